"""The mart: complete, private, never torn, never locked; read-only queries and exports."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import warehouse.publish as publish_module
from warehouse.errors import WarehouseError
from warehouse.models import build, models
from warehouse.objects import ObjectRow, put_objects
from warehouse.publish import LEDGERS, export, publish
from warehouse.query import daily_spend, query
from warehouse.store import open_mart

# Opens the mart as often as it can until told to stop; a torn one has rows of two loads.
READER = """
import sys, threading
from pathlib import Path
from warehouse.store import open_mart
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
opened, seen = 0, set()
print("ready", flush=True)
while not stop.is_set():
    with open_mart(Path(sys.argv[1])) as con:
        spends, rows, logged = con.execute(
            "select count(distinct spend), count(*), (select max(load_id) from load_log) from ad_day"
        ).fetchone()
        shown = con.execute("select count(*), min(spend) from ad_reporting__ad_report").fetchone()
    assert spends == 1 and shown == (rows, logged), (spends, rows, shown, logged)
    opened += 1
    seen.add(logged)
print(opened, len(seen))
"""


def published(world: Any) -> Path:
    build(world.con)
    mart = Path(world.folder / "mart.duckdb")
    publish(world.con, mart)
    return mart


def test_the_mart_holds_every_model_and_ledger_as_a_table_and_is_private(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    mart = published(world)
    with open_mart(mart) as con:
        tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == {model.name for model in models()} | set(LEDGERS)
    assert stat.S_IMODE(mart.stat().st_mode) == 0o600
    assert [path.name for path in world.folder.glob(".mart*")] == []


def test_readers_never_fail_nor_see_half_a_publish(world: Any, meta: Any) -> None:
    def load(number: int) -> None:
        world.load(
            "ad", [meta(world.day(ago), ad, spend=str(number)) for ago in range(20) for ad in range(30)]
        )

    load(1)
    mart = published(world)
    command = [sys.executable, "-c", READER, str(mart)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for number in range(2, 10):
            load(number)
            publish(world.con, mart)
            time.sleep(0.05)
        out, _ = reader.communicate("", timeout=20)
    opened, versions = map(int, out.split())
    assert reader.returncode == 0
    assert opened >= versions > 2


def test_a_publish_that_fails_leaves_the_old_mart(
    world: Any, meta: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.load("ad", [meta(world.day(2))])
    mart = published(world)
    before = mart.read_bytes()
    monkeypatch.setattr(publish_module, "LEDGERS", {"no_such_table": "1"})
    with pytest.raises(duckdb.CatalogException):
        publish(world.con, mart)
    assert mart.read_bytes() == before
    assert [path.name for path in world.folder.glob(".mart*")] == []
    monkeypatch.undo()
    publish(world.con, mart)


def test_an_older_storage_version_can_be_asked_for(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    mart = published(world)
    publish(world.con, mart.with_name("old.duckdb"), storage_version="v1.4.0")
    with duckdb.connect() as con:
        con.execute(f"attach '{mart}' as new (read_only)")
        con.execute(f"attach '{mart.with_name('old.duckdb')}' as old (read_only)")
        tags = con.execute("select database_name, tags['storage_version'] from duckdb_databases()").fetchall()
    assert dict(tags)["old"].startswith("v1.4.0")
    assert dict(tags)["new"] != dict(tags)["old"]


def test_export_writes_one_private_parquet_file_a_table(world: Any, meta: Any, tmp_path: Path) -> None:
    world.load("ad", [meta(world.day(2)), meta(world.day(3))])
    files = export(published(world), tmp_path / "out")
    assert {file.stem for file in files} == {model.name for model in models()} | set(LEDGERS)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    report = duckdb.sql(f"select sum(spend) from '{tmp_path}/out/ad_reporting__ad_report.parquet'").fetchall()
    assert report == [(Decimal("21.000000"),)]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(file.name for file in files)


def test_a_query_gives_names_and_rows_with_times_in_utc(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(2))])
    columns, rows = query(published(world), "select timestamptz '2026-12-31 03:00:00+03' as at, 1 as n")
    assert columns == ["at", "n"]
    assert rows == [(datetime(2026, 12, 31, tzinfo=UTC), 1)]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from ad_day",
        "create table mine (n integer)",
        "copy ad_day to '{folder}/out.csv'",
        "select * from read_text('{folder}/secret')",
        "attach '{folder}/other.duckdb'",
        "set enable_external_access = true",
        "select nothing",
    ],
)
def test_a_query_can_neither_write_nor_reach_other_files(
    world: Any, meta: Any, tmp_path: Path, sql: str
) -> None:
    (tmp_path / "secret").write_text("s")
    world.load("ad", [meta(world.day(2))])
    with pytest.raises(WarehouseError, match="The query failed"):
        query(published(world), sql.format(folder=tmp_path))
    assert not (tmp_path / "out.csv").exists()


def test_spend_of_a_day_counts_our_campaigns_and_each_account_by_itself(
    world: Any, meta: Any, google: Any
) -> None:
    world.load(
        "ad", [meta(world.day(2)), meta(world.day(3)), meta(world.day(2), 9, campaign_id="7", adset_id="70")]
    )
    world.load("google", [google(world.day(2)), google(world.day(2), 2)], ago=30)
    ours = [
        ObjectRow("meta", "100", "ad", "101", "kis/ev/a"),
        ObjectRow("google", "200", "campaign", "1", "kis/ev"),
    ]
    put_objects(world.con, ours)
    mart = published(world)
    owned = {(row.platform, row.account): row.spend for row in daily_spend(mart, world.day(2), world.day(0))}
    assert owned == {("meta", "100"): Decimal("10.5"), ("google", "200"): Decimal(7)}
    everything = daily_spend(world.con, world.day(3), world.day(0), owned=False)
    assert sum(row.spend for row in everything) == Decimal("45.5")
    assert [
        (row.day, row.campaign_key, row.spend) for row in daily_spend(mart, world.day(3), world.day(0))
    ] == [
        (world.day(2), "kis", Decimal(7)),
        (world.day(3), "kis", Decimal("10.5")),
        (world.day(2), "kis", Decimal("10.5")),
    ]


def test_campaign_report_goes_before_the_sum_of_ads_for_spend(world: Any, meta: Any, google: Any) -> None:
    from dataclasses import replace

    spec = replace(world.specs["google"], platform="meta")
    world.specs = {**world.specs, "campaign": spec}
    world.load("ad", [meta(world.day(2))])
    world.load("campaign", [google(world.day(2), micros=11_000_000) | {"customer": {"id": "100"}}])
    build(world.con)
    assert [row.spend for row in daily_spend(world.con, world.day(9), world.day(0), owned=False)] == [
        Decimal(11)
    ]
