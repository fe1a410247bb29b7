"""What Google's channels spend is loaded whole: every level that the warehouse keeps says the same money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.google.reports import REPORTS
from tests.contract.conftest import run
from tests.contract.test_google_breadth import Story, channel, pictured, story, tree
from tests.contract.test_google_demand import demand, film, shown
from warehouse.landing import AccountRow, Asked, land
from warehouse.load import load_window
from warehouse.store import open_warehouse

__all__ = ["pictured", "story"]
pytestmark = pytest.mark.server
SINCE, UNTIL, NOW = date(2026, 11, 30), date(2026, 12, 6), datetime(2026, 12, 7, 9, tzinfo=UTC)


def loaded(story: Story, folder: Path) -> tuple[Mapping[str, int], list[tuple[str, str, int]], list[str]]:
    """Micros by level, (ad group, its name, micros) of the ad level, and what the loads warned of."""
    account = AccountRow("google", "1234567890", "Lezzet", "TRY", "Europe/Istanbul")
    warnings: list[str] = []
    with open_warehouse(folder / "warehouse.duckdb") as con:
        for report in sorted(REPORTS, key=lambda each: each.level != "account"):
            pages: Any = story.walker.connector.pages(report, SINCE, UNTIL)  # type: ignore[attr-defined]
            asked = Asked(account, report.name, report.attribution, SINCE, UNTIL, UNTIL, NOW)
            landed = land(folder / "landing", pages, "r", asked)
            warnings += load_window(con, report, landed).warnings
        spent = {
            level: int(con.execute(f"select sum(spend_micros) from fact_{level}_day").fetchall()[0][0] or 0)
            for level in ("account", "campaign", "ad")
        }
        groups = con.execute(
            """select f.ad_group_id, e.name, sum(f.spend_micros)::bigint from fact_ad_day f join entity e
            on e.kind = 'ad_group' and e.entity_id = f.ad_group_id group by all order by all"""
        ).fetchall()
    return spent, groups, warnings


def test_performance_max_spends_and_no_level_misses_it(pictured: Story, state: Path, tmp_path: Path) -> None:
    search = tree()
    pmax = {**channel("performance_max"), "campaign": "her-yer"}
    pictured.step(search, pmax)
    run("advance", state, "7")
    spent, groups, warnings = loaded(pictured, tmp_path)
    assert spent["account"] == spent["campaign"] == spent["ad"] > 0
    assert len(groups) == 2
    assert all(micros > 0 for _, _, micros in groups)
    assert not any("[k:" in name for _, name, _ in groups)  # as people named it, without our mark
    assert warnings == []


def test_every_ad_of_demand_gen_spends_and_converts_at_every_level(
    pictured: Story, state: Path, tmp_path: Path
) -> None:
    pictured.step(demand(shown(), film()))
    run("advance", state, "7")
    spent, groups, warnings = loaded(pictured, tmp_path)
    assert spent["account"] == spent["campaign"] == spent["ad"] > 0
    (group,) = groups
    assert group[1].endswith("eve")
    assert warnings == []
    client: Any = pictured.walker.connector.client  # type: ignore[attr-defined]
    where = "WHERE segments.date BETWEEN '2026-12-01' AND '2026-12-06'"
    metrics = "metrics.cost_micros, metrics.conversions"
    rows = client.rows(f"SELECT ad_group_ad.ad.name, {metrics} FROM ad_group_ad {where}")
    assert {row["ad_group_ad"]["ad"]["name"] for row in rows} == {"kare", "film"}
    assert all(int(row["metrics"]["cost_micros"]) > 0 for row in rows)
    (whole,) = client.rows(f"SELECT {metrics} FROM campaign {where}")
    assert whole["metrics"]["conversions"] == sum(row["metrics"]["conversions"] for row in rows) > 0


def test_an_asset_group_that_was_paused_spends_no_more(pictured: Story, state: Path, tmp_path: Path) -> None:
    pictured.step(channel("performance_max"))
    run("advance", state, "2")
    paused = channel("performance_max")
    paused["ad_sets"][0]["status"] = "paused"
    pictured.step(paused)
    before, _, _ = loaded(pictured, tmp_path / "before")
    run("advance", state, "3")
    after, _, _ = loaded(pictured, tmp_path / "after")
    assert before["account"] == after["account"] > 0
