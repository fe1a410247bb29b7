"""SIGKILL at any moment of a load: the old window or the new one, and a log that agrees; never half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from warehouse.store import open_warehouse

KILLS = 20
ADS, DAYS = 60, 28
UNTIL = date(2026, 12, 28)
SINCE = UNTIL - timedelta(days=DAYS - 1)

# Loads the newest landing of the folder; says when it begins, so that the kill is counted from there.
LOADER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import importlib.util
found = importlib.util.spec_from_file_location("reports", sys.argv[3])
reports = importlib.util.module_from_spec(found)
sys.modules["reports"] = reports
found.loader.exec_module(reports)
from warehouse.landing import landings
from warehouse.load import load_window
from warehouse.store import open_warehouse
folder = Path(sys.argv[1])
landing = next(each for each in landings(folder / "landing") if each.run == sys.argv[4])
print("begin", flush=True)
with open_warehouse(folder / "warehouse.duckdb") as con:
    load_window(con, reports.META_AD, landing)
print("done", flush=True)
"""


def start(folder: Path, run: str) -> subprocess.Popen[bytes]:
    here = Path(__file__)
    command = [
        sys.executable,
        "-c",
        LOADER,
        str(folder),
        str(here.parents[2]),
        str(here.with_name("conftest.py")),
        run,
    ]
    loader = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert loader.stdout is not None
    assert loader.stdout.readline() == b"begin\n"
    return loader


def finish(loader: subprocess.Popen[bytes]) -> bool:
    """Whether it said that it was done."""
    out, _ = loader.communicate(timeout=30)
    return out == b"done\n"


def state(folder: Path) -> tuple[Any, ...]:
    """Distinct spend, rows, gone rows, names and the last logged run of what is in the file."""
    with open_warehouse(folder / "warehouse.duckdb") as con:
        sql = """select
            (select list(distinct spend_micros order by spend_micros) from fact_ad_day),
            (select count(*) from fact_ad_day),
            (select list(distinct name order by name) from entity where kind = 'campaign'),
            (select arg_max(run, load_id) from load_log),
            (select max(load_id) from load_log) = (select count(*) from load_log)"""
        row = con.execute(sql).fetchone()
    assert row is not None
    return row


def test_a_load_killed_at_any_moment_leaves_the_old_window_or_the_new(world: Any, meta: Any) -> None:
    folder = world.folder
    for run, spend in (("old", "1"), ("new", "2")):
        days = [SINCE + timedelta(days=number) for number in range(DAYS)]
        rows = [meta(day, ad, spend=spend, campaign_name=run) for day in days for ad in range(ADS)]
        world.land("ad", rows, SINCE, UNTIL, run)
    world.con.close()
    expected = {
        run: ([micros], ADS * DAYS, [run], run, True) for run, micros in (("old", 10**6), ("new", 2 * 10**6))
    }
    assert finish(start(folder, "old"))
    assert state(folder) == expected["old"]
    began = time.monotonic()
    assert finish(start(folder, "new"))
    whole = time.monotonic() - began

    current, survived = "new", 0
    for kill in range(KILLS):
        wanted = "old" if current == "new" else "new"
        loader = start(folder, wanted)
        time.sleep(1.5 * whole * kill / KILLS)  # beyond the end too: a slower machine shall reach the commit
        os.killpg(loader.pid, signal.SIGKILL)
        finish(loader)
        found = state(folder)
        assert found in expected.values(), f"kill {kill}: {found}"
        survived += found[3] == wanted
        current = found[3]
    assert 0 < survived < KILLS  # kills fell on both sides of the commit
    assert finish(start(folder, "old" if current == "new" else "new"))
