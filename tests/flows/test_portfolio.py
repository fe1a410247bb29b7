"""Many brands at once: one run of each brand's own deployment, over two workers and a PostgreSQL server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from operations.site import open_site
from tests.flows.running import QUICK
from tests.journal import postgres

pytestmark = pytest.mark.server
HOME = Path(__file__).parents[2]
BRANDS = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fleet")


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    programs = postgres.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.serving(programs) as url:
        done = subprocess.run(
            [sys.executable, "-m", "tests.flows.fleet", str(folder), str(BRANDS), "600"],
            cwd=HOME,
            env={
                **os.environ,
                **QUICK,
                "PREFECT_API_DATABASE_CONNECTION_URL": url.replace("+psycopg", "+asyncpg"),
            },
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_schedule_starts_one_run_of_every_brand_and_all_complete(told: Any) -> None:
    assert [(each["state_type"], each["auto_scheduled"]) for each in told["portfolio"]] == [
        ("COMPLETED", True)
    ]
    names = sorted(each["name"] for each in told["runs"])
    assert names == [f"performance marka-{number:02} (sandbox)" for number in range(1, BRANDS + 1)]
    assert {each["state_type"] for each in told["runs"]} == {"COMPLETED"}


def test_the_runs_are_spread_over_both_workers_pools(told: Any) -> None:
    assert Counter(each["work_pool_name"] for each in told["runs"]) == {"istanbul": 2, "ankara": 2}


def test_every_brand_has_its_own_numbers_and_its_own_entry_in_its_journal(told: Any, folder: Path) -> None:
    assert told["runs"]
    for root in sorted((folder / "brands").iterdir()):
        site = open_site(root)
        assert (site.state / "mart.duckdb").exists()
        with site.journal() as journal:
            assert len(journal.events("load")) == 1


def test_the_server_kept_nothing_in_sqlite(told: Any, folder: Path) -> None:
    assert told["runs"]
    assert list((folder / ".kampanya" / "prefect").glob("*.db")) == []
