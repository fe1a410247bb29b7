"""A flight whose days are over is said in the plan, before anybody approves it."""

from __future__ import annotations

from tests.operations.sites import Bench

FLIGHT = "flight: {start: 2026-12-01, end: 2026-12-31}"


def test_a_campaign_that_is_over_is_blocked_with_all_below_and_costs_nothing(brand: Bench) -> None:
    brand.edit(FLIGHT, "flight: {start: 2026-11-01, end: 2026-11-29}")
    plan = brand.plan()
    assert {each.change.address.kind for each in plan.changes} <= {"creative", "image"}
    assert plan.money.daily_after == {}
    (note,) = plan.blocked
    assert (note.sort, note.subject) == ("blocked", "The flight is over")
    assert "2026-11-29, today is 2026-11-30" in note.text


def test_the_last_day_is_not_over(brand: Bench) -> None:
    brand.edit(FLIGHT, "flight: {start: 2026-11-01, end: 2026-11-30}")
    assert brand.plan().blocked == ()
