"""The warehouse can be made again from what was landed."""

from __future__ import annotations

from typing import Any

from warehouse.landing import landings
from warehouse.load import AccountRow, load_window
from warehouse.store import open_warehouse


def test_replaying_the_landings_gives_the_same_facts(world: Any, meta: Any) -> None:
    world.load("ad", [meta(world.day(20), 1), meta(world.day(3), 2)])
    world.load("ad", [meta(world.day(3), 2, purchases=4)], ago=7)
    world.load("ad", [meta(world.day(1), 3)], ago=2)
    account = AccountRow("meta", "100", "Lezzet", "TRY", "Europe/Istanbul")
    with open_warehouse(world.folder / "again" / "warehouse.duckdb") as con:
        for landing in landings(world.folder / "landing"):
            asked = landing.asked
            moment = world.rows("select max(loaded_at)::timestamptz from load_log")[0][0]
            spec = world.specs["ad"]
            load_window(con, spec, landing, account, asked.since, asked.until, asked.today, moment)
        for table in ("fact_ad_day", "entity", "load_log", "restatement"):
            again = con.execute(f"from {table} order by all").fetchall()
            assert again == world.rows(f"from {table} order by all")
            assert again
