"""Lifetime budgets near their end: what is left of them goes in the days that are left."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import connectors
from engine import budget
from engine.assemble import Spending
from engine.plan import Plan
from engine.resource import Address, Ref
from operations import plan as plans
from operations.pause import pause
from tests.operations import sites
from tests.operations.sites import Bench
from tests.operations.test_convergence import HOME, at

START = "2026-12-01T00:00:00+0300"
RESUME = {"resume": frozenset({"yil-sonu"})}


@pytest.fixture
def brand(brand: Bench) -> Bench:
    """600 TRY a day over all of December; the daily ceiling is 2,000 TRY."""
    brand.edit("daily: 600 TRY", "lifetime: 18600 TRY")
    brand.launch()
    return brand


def on(day: int, clock: pytest.MonkeyPatch) -> None:
    clock.setattr(sites, "NOW", datetime(2026, 12, day, 6, tzinfo=UTC))


def rules(plan: Plan) -> set[str]:
    return {each.rule for each in plan.refusals}


def test_one_that_lay_still_would_be_spent_in_its_last_days(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause(brand.site, brand.journal, [], actor="ayse")
    on(30, monkeypatch)
    plan = brand.plan(**RESUME)
    assert plan.money.daily_after == {"TRY": Decimal(9300 + 300)}
    assert plan.money.months["2026-12"].amount == 18600 + 31 * 300  # nothing of it was loaded
    assert rules(plan) == {"daily ceiling"}


def test_what_was_loaded_of_its_spend_is_gone(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pause(brand.site, brand.journal, [], actor="ayse")
    on(30, monkeypatch)
    spent = {("meta", "ad_set", brand.journal.ids()[at("ad_set", HOME)]): Decimal(17400)}
    plan = plans.make(brand.site, brand.journal, plans.Wish(**RESUME), Spending(objects=spent))
    assert plan.money.daily_after == {"TRY": Decimal(600 + 300)}
    assert not plan.refusals


def test_a_raise_is_spent_in_the_days_left(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    on(31, monkeypatch)
    brand.edit("18600 TRY", "22000 TRY")
    plan = brand.plan()
    assert plan.money.daily_after == {"TRY": Decimal(22000 - 30 * 600 + 300)}
    assert "daily ceiling" in rules(plan)


def test_one_that_is_over_and_is_to_run_on_has_what_it_did_not_spend(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "NOW", datetime(2027, 1, 5, 6, tzinfo=UTC))
    brand.edit("end: 2026-12-31", "end: 2027-01-06")
    spent = {("meta", "ad_set", brand.journal.ids()[at("ad_set", HOME)]): Decimal(13600)}
    plan = plans.make(brand.site, brand.journal, plans.Wish(), Spending(objects=spent))
    assert plan.money.daily_after == {"TRY": Decimal(2500 + 300)}
    assert "daily ceiling" in rules(plan)


def test_one_that_runs_on_unchanged_counts_as_it_did(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    on(30, monkeypatch)
    brand.edit("daily: 150 TRY", "daily: 160 TRY", "kampanya.yaml")
    plan = brand.plan()
    assert plan.money.daily_after == {"TRY": Decimal(600 + 320)}
    assert not plan.refusals


def test_one_that_is_built_anew_has_all_of_it_to_spend(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    on(30, monkeypatch)
    brand.edit("objective: sales", "objective: traffic\nreplace: allow")
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    plan = brand.plan()
    assert plan.money.daily_after == {"TRY": Decimal(9300 + 300)}
    assert "daily ceiling" in rules(plan)


def test_a_campaigns_budget_goes_in_the_days_of_its_ad_sets() -> None:
    """Meta's campaigns know no days: those of the declaration say nothing of what was there before."""
    supports = {"meta": connectors.supports("meta")}
    campaign, ad_set = Address("meta", "campaign", "c"), Address("meta", "ad_set", "c/a")
    flights = {key: (date(2026, 12, 1), date(2026, 12, 3)) for key in ("c", "c/a")}

    def daily(end: str) -> Decimal:
        nodes: budget.Nodes = {
            campaign: {"status": "ACTIVE", "lifetime_budget": 27_900_00},
            ad_set: {"status": "ACTIVE", "campaign_id": Ref(campaign), "start_time": START, "end_time": end},
        }
        money = budget.Money(supports, {"meta": "TRY"}, flights, date(2026, 11, 30), nodes.keys())
        return budget.running(nodes, money)[campaign].daily.amount

    assert daily("2026-12-31T23:59:59+0300") == Decimal(900)
    assert daily("2026-12-03T23:59:59+0300") == Decimal(9300)
