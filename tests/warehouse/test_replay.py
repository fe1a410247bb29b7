"""The warehouse can be made again from what was landed, and forgets nothing by that."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from warehouse.errors import LandingDamaged, LoadRefused, WarehouseError
from warehouse.landing import landings
from warehouse.replay import Replayed, replay
from warehouse.store import open_warehouse

TABLES = ("fact_ad_day", "fact_account_day", "entity", "account", "load_log", "restatement", "quarantine")


def again(world: Any, con: Any) -> list[Replayed]:
    folder: Path = world.folder
    told: list[str] = []
    specs = {(each.platform, each.name): each for each in world.specs.values()}
    done = replay(con, folder / "replay.duckdb", landings(folder / "landing"), specs, told.append)
    assert len(told) == len(done)
    return done


def everything(con: Any) -> dict[str, list[Any]]:
    return {table: con.execute(f"from {table} order by all").fetchall() for table in TABLES}


def reading_otherwise(world: Any, **columns: str) -> None:
    spec = world.specs["ad"]
    world.specs = {**world.specs, "ad": replace(spec, select={**spec.select, **columns})}


@pytest.fixture
def lived(world: Any, meta: Any) -> Any:
    world.load("account", [], ago=28)
    world.load("ad", [meta(world.day(20), 1), meta(world.day(3), 2)])
    world.load("ad", [meta(world.day(3), 2, purchases=4)], ago=7)
    world.load("ad", [meta(world.day(1), 3), meta(world.day(1), 4, impressions="many")], ago=2)
    return world


def test_a_lost_warehouse_comes_back_as_it_was(lived: Any) -> None:
    with open_warehouse(lived.folder / "again" / "warehouse.duckdb") as con:
        assert len(again(lived, con)) == 4
        assert everything(con) == everything(lived.con)
    assert all(everything(lived.con)[table] for table in ("fact_ad_day", "restatement", "quarantine"))


def test_what_was_changed_by_hand_is_undone_in_place(lived: Any) -> None:
    before = everything(lived.con)
    lived.con.execute("update fact_ad_day set spend_micros = 1")
    again(lived, lived.con)
    assert everything(lived.con) == before
    assert not list(lived.folder.glob("replay*"))


def test_a_report_read_in_another_way_is_read_so_from_the_start(lived: Any) -> None:
    ((clicks,),) = lived.rows("select sum(clicks) from fact_ad_day")
    reading_otherwise(lived, clicks=f"2 * ({lived.specs['ad'].select['clicks']})")
    again(lived, lived.con)
    assert lived.rows("select sum(clicks) from fact_ad_day") == [(2 * clicks,)]


def test_an_answer_that_was_refused_when_it_came_is_refused_again_and_told(lived: Any, meta: Any) -> None:
    with pytest.raises(LoadRefused):
        lived.load("ad", [meta(lived.day(2), impressions="many")], run="unreadable")
    before = everything(lived.con)
    refused = {each.landing.run: each.refused for each in again(lived, lived.con) if each.refused}
    assert refused.keys() == {"unreadable"}
    assert "No row could be read" in refused["unreadable"]
    assert everything(lived.con) == before


def test_a_warehouse_that_knows_more_than_was_kept_is_not_made_to_forget(lived: Any) -> None:
    before = everything(lived.con)
    shutil.rmtree(landings(lived.folder / "landing")[1].manifest.parent)
    with pytest.raises(WarehouseError, match="knows more than was kept"):
        again(lived, lived.con)
    assert everything(lived.con) == before


def test_what_was_loaded_and_is_refused_now_stops_the_whole(lived: Any) -> None:
    """A report mended wrongly must not make days vanish."""
    before = everything(lived.con)
    reading_otherwise(lived, account_id="'another'")
    with pytest.raises(LoadRefused):
        again(lived, lived.con)
    assert everything(lived.con) == before


def test_a_damaged_landing_stops_the_whole(lived: Any) -> None:
    before = everything(lived.con)
    file = landings(lived.folder / "landing")[-1].files[0].path
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(LandingDamaged):
        again(lived, lived.con)
    assert everything(lived.con) == before


def test_a_landing_of_a_report_nobody_knows_is_told(lived: Any) -> None:
    lived.specs = {"account": lived.specs["account"]}
    with pytest.raises(WarehouseError, match="nobody knows"):
        again(lived, lived.con)


def test_a_manifest_that_says_too_little_is_told_with_its_place(lived: Any) -> None:
    manifest = landings(lived.folder / "landing")[0].manifest
    manifest.write_text(manifest.read_text().replace('"at":', '"when":'))
    with pytest.raises(LandingDamaged, match="does not say all"):
        landings(lived.folder / "landing")
