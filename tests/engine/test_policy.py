"""Guard rails: what they refuse, and that they never stop a reduction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.anchor import Rise
from engine.budget import Amount
from engine.change import Archive, Change, Create, Update
from engine.plan import Money
from engine.policy import Rails, Rate, Situation, judge
from tests.engine.trees import PLATFORMS, ad_set, address, campaign

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
RAILS = Rails("TRY", daily=Decimal(1000), monthly=Decimal(30_000))


def money(before: int, after: int, currency: str, month: int) -> Money:
    nothing = Amount(Decimal(0), "TRY")
    return Money(
        {"memory": currency}, {currency: Decimal(before)}, {currency: Decimal(after)}, {}, "2026-12",
        {"2026-12": Amount(Decimal(month), "TRY")}, nothing, None, None,
    )  # fmt: skip


def situation(before: int, after: int, *changes: Change, month: int = 0, currency: str = "TRY") -> Situation:
    sums = money(before, after, currency, month)
    return Situation(changes, PLATFORMS, sums, NOW, live=False)


def rules(rails: Rails, at: Situation) -> list[str]:
    return [each.rule for each in judge(rails, at)]


def test_a_plan_within_the_ceilings_passes() -> None:
    assert rules(RAILS, situation(0, 1000, Create(campaign()), month=30_000)) == []


def test_nothing_starts_to_spend_without_both_ceilings() -> None:
    assert rules(replace(RAILS, monthly=None), situation(0, 1)) == ["ceiling missing"]


def test_more_than_the_daily_ceiling_is_refused_with_the_figures() -> None:
    (refusal,) = judge(RAILS, situation(900, 1001))
    assert refusal.rule == "daily ceiling"
    assert "1,001.00 TRY a day is 1.00 above" in refusal.detail


def test_more_than_the_monthly_ceiling_is_refused() -> None:
    assert rules(RAILS, situation(0, 10, month=30_001)) == ["monthly ceiling"]


@pytest.mark.parametrize(("raised", "refused"), [(200, False), (201, True)])
def test_active_budgets_rise_by_a_fifth_in_a_day_at_most(raised: int, refused: bool) -> None:
    at = replace(situation(1000, 1000), rises_24h={"TRY": Rise(Decimal(raised), Decimal(1000))})
    assert ("raise in 24 hours" in rules(RAILS, at)) == refused


def test_a_foreign_currency_counts_at_its_rate_and_margin() -> None:
    rates = {"EUR": Rate("EUR", Decimal(50), Decimal("0.05"))}
    assert rules(replace(RAILS, rates=rates), situation(0, 19, currency="EUR")) == []
    assert rules(replace(RAILS, rates=rates), situation(0, 20, currency="EUR")) == ["daily ceiling"]


def test_a_missing_or_stale_rate_refuses() -> None:
    stale = {"EUR": Rate("EUR", Decimal(50), Decimal(0), fresh=False)}
    assert rules(RAILS, situation(0, 1, currency="EUR")) == ["exchange rate"]
    assert rules(replace(RAILS, rates=stale), situation(0, 1, currency="EUR")) == ["exchange rate"]


@pytest.mark.parametrize("before", [0, 1])
def test_live_spend_must_be_known_before_anything_more_runs(before: int) -> None:
    at = replace(situation(before, 2), live=True)
    assert rules(RAILS, at) == ["spend unknown"]
    assert rules(RAILS, replace(at, spend_loaded_at=NOW - timedelta(hours=36))) == []
    assert rules(RAILS, replace(at, spend_loaded_at=NOW - timedelta(hours=37))) == ["spend unknown"]


def test_spend_known_at_an_instant_to_come_is_not_known() -> None:
    """A clock that was set back makes nothing fresh."""
    at = replace(situation(1, 2), live=True)
    assert rules(RAILS, replace(at, spend_loaded_at=NOW + timedelta(minutes=59))) == []
    assert rules(RAILS, replace(at, spend_loaded_at=NOW + timedelta(hours=2))) == ["spend unknown"]


def test_protected_keys_may_not_change_but_may_be_paused() -> None:
    rename = Update(ad_set("c/s"), "1", {"name": "a"}, {"name": "b"})
    pause = Update(ad_set("c/s"), "1", {"status": "ACTIVE"}, {"status": "PAUSED"})
    rails = replace(RAILS, protected=("c",))
    assert rules(rails, situation(1, 1, rename)) == ["protected"]
    assert rules(rails, situation(1, 1, Archive(address("ad_set", "c/s"), "1", "1", {}))) == ["protected"]
    assert rules(rails, situation(1, 0, pause)) == []


def test_a_freeze_stops_all_but_reductions() -> None:
    rails = replace(RAILS, freezes=((NOW, NOW + timedelta(days=1), "bayram"),))
    rename = Update(ad_set("c/s"), "1", {"name": "a"}, {"name": "b"})
    cut = Update(ad_set("c/s"), "1", {"daily_budget": 2}, {"daily_budget": 1})
    assert rules(rails, situation(1, 1, rename)) == ["freeze"]
    assert rules(rails, situation(2, 1, cut)) == []


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**7))
def test_no_ceiling_ever_refuses_a_plan_that_does_not_raise(before: int, after: int, month: int) -> None:
    if after <= before:
        assert rules(RAILS, situation(before, after, month=month)) == []
