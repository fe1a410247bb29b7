"""SIGKILL of `kampanya load`: each report's window is the old one or the new one, the mart too, never half.

Full: `-m soak`, figures in docs/evidence/crashes.md. The slice without the mark draws a new seed every time.
"""

from __future__ import annotations

import random
import secrets
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.soak.rig import Rig, kill, prepare, tapped, told

MOMENTS = 20
SLOW = 0.01  # seconds a request
DAYS_BEFORE, DAYS_BETWEEN = 9, 4
FACTS = ("fact_account_day", "fact_campaign_day", "fact_ad_day")
LOADED = ("warehouse.duckdb", "warehouse.duckdb.wal", "mart.duckdb", "landing", "journal.db",
          "journal.db-wal", "journal.db-shm")  # fmt: skip
Rows = tuple[tuple[Any, ...], ...]
State = dict[str, Rows]  # fact and platform → rows without what a load stamps on them


@dataclass(frozen=True)
class Calm:
    """A brand with one load behind it and days of delivery since; what the next load makes of it."""

    root: Path
    before: Path  # the state files as the first load left them
    old: State
    new: State
    marts: tuple[Rows, Rows]
    seconds: float  # from the first report asked for to the end of the process


def warehouse(path: Path) -> State:
    """The facts as a reader finds them after the crash: a copy is opened, so that nothing is mended here."""
    folder = path.parent / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("warehouse.duckdb", "warehouse.duckdb.wal"):
        if (path.parent / name).exists():
            shutil.copy2(path.parent / name, folder / name)
    found: State = {}
    with duckdb.connect(str(folder / path.name)) as con:
        for fact in FACTS:
            for platform in ("meta", "google"):
                found[f"{fact} {platform}"] = stamped_off(con, fact, platform)
    shutil.rmtree(folder)
    return found


def stamped_off(con: duckdb.DuckDBPyConnection, fact: str, platform: str) -> Rows:
    rows = con.execute(
        f"select * exclude (load_id) from {fact} where platform = ? order by all",
        [platform],
    ).fetchall()
    return tuple(rows)


def mart(path: Path) -> Rows:
    with duckdb.connect(str(path), read_only=True) as con:
        return tuple(con.execute("select * from ad_reporting__ad_report order by all").fetchall())


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    root = tmp_path_factory.mktemp("load") / "lezzet"
    plan = prepare(root)
    with tapped(Rig(root)) as rig:
        done = rig.run("apply", str(plan))
        assert done.returncode == 0, told(done)
        assert rig.sandbox is not None
        rig.sandbox.advance(DAYS_BEFORE + 1)
        yield rig


@pytest.fixture(scope="module")
def calm(rig: Rig) -> Calm:
    """Load, keep that, deliver on, load again: the two known states."""
    assert rig.sandbox is not None
    demand_load(rig)
    old, old_mart = warehouse(rig.state / "warehouse.duckdb"), mart(rig.state / "mart.duckdb")
    before = keep(rig)
    rig.sandbox.advance(DAYS_BETWEEN)
    rig.taps["meta"].slow = rig.taps["google"].slow = SLOW
    with loading(rig) as process:
        begun = time.monotonic()
        assert process.wait(120) == 0
        seconds = time.monotonic() - begun
    new, new_mart = warehouse(rig.state / "warehouse.duckdb"), mart(rig.state / "mart.duckdb")
    assert all(old[report] != new[report] for report in old)
    assert old_mart != new_mart
    return Calm(rig.root, before, old, new, (old_mart, new_mart), seconds)


def demand_load(rig: Rig) -> None:
    done = rig.run("load")
    assert done.returncode == 0, told(done)


def keep(rig: Rig) -> Path:
    folder = rig.root.parent / "before"
    folder.mkdir()
    for name in LOADED:
        copy(rig.state / name, folder / name)
    return folder


def copy(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


@contextmanager
def loading(rig: Rig) -> Iterator[subprocess.Popen[bytes]]:
    """A load under way that has just asked for its first report."""
    asked = rig.taps["meta"].requests
    process = rig.start("load")
    try:
        while rig.taps["meta"].requests == asked:
            assert process.poll() is None, "the load ended before it asked for anything"
            time.sleep(0.001)
        yield process
    finally:
        kill(process)


def moment(rig: Rig, calm: Calm, share: float) -> str:
    """Kill one load; say how much of it had been done."""
    for name in LOADED:
        copy(calm.before / name, rig.state / name)
    with loading(rig) as process:
        time.sleep(share * calm.seconds)
        assert kill(process) == -9, "it ended before it was killed"
    found = warehouse(rig.state / "warehouse.duckdb")
    for report, rows in found.items():
        assert rows in (calm.old[report], calm.new[report]), f"{report} is half, killed at {share:.3f}"
    published = mart(rig.state / "mart.duckdb")
    assert published in calm.marts, f"the mart is half, killed at {share:.3f}"
    demand_load(rig)
    assert warehouse(rig.state / "warehouse.duckdb") == calm.new
    assert mart(rig.state / "mart.duckdb") == calm.marts[1]
    left = [path.name for path in rig.state.iterdir() if path.name.startswith(".mart")]
    if left:
        print(f"left behind by the killed load: {left}")
    done = sum(rows == calm.new[report] for report, rows in found.items())
    return f"{done} of {len(found)} reports new, mart {'new' if published == calm.marts[1] else 'old'}"


@pytest.mark.soak
def test_a_load_killed_at_any_moment_leaves_the_old_window_or_the_new_one(rig: Rig, calm: Calm) -> None:
    ends = Counter(moment(rig, calm, 0.97 * step / MOMENTS) for step in range(MOMENTS))
    print(f"\n{calm.seconds:.2f} s undisturbed; {MOMENTS} kills: {dict(sorted(ends.items()))}")
    assert len(ends) >= 4, "the moments were not spread"


def test_a_slice_of_the_moments_with_a_new_seed(rig: Rig, calm: Calm) -> None:
    share = random.Random(seed := secrets.randbits(32)).uniform(0, 0.9)
    print(f"seed {seed}, killed at {share:.3f}: {moment(rig, calm, share)}")
