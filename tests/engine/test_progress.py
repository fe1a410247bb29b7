"""Whether an apply may go on with what it finds."""

from __future__ import annotations

from engine.change import Archive, Create, Update
from engine.progress import unexplained
from tests.engine.trees import ad_set, address, campaign

BUDGET = Update(ad_set(), "2", {"daily_budget": 1}, {"daily_budget": 2})


def test_the_same_changes_need_no_explanation() -> None:
    plan = [Create(campaign()), BUDGET, Archive(address("ad", "c/s/a"), "1", "3", {})]
    assert not list(unexplained(plan, plan, set()))


def test_another_value_on_the_platform_is_told() -> None:
    now = Update(ad_set(), "2", {"daily_budget": 5}, {"daily_budget": 2})
    assert "daily_budget (5 → 2)" in next(unexplained([BUDGET], [now], set()))


def test_a_change_somebody_else_already_made_is_told() -> None:
    assert "no longer needed" in next(unexplained([BUDGET], [], set()))


def test_a_change_this_plan_already_made_is_explained() -> None:
    assert not list(unexplained([BUDGET], [], {BUDGET.address}))


def test_what_is_left_of_a_create_is_its_activation() -> None:
    left = Update(campaign(), "1", {"status": "PAUSED"}, {"status": "ACTIVE"})
    assert not list(unexplained([Create(campaign())], [left], {campaign().address}))
    assert list(unexplained([Create(campaign())], [left], set()))


def test_a_begun_object_that_moved_elsewhere_is_not_explained() -> None:
    other = Update(campaign(), "1", {"name": "y"}, {"name": "x"})
    assert list(unexplained([Create(campaign())], [other], {campaign().address}))
