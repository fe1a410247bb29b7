"""Whether an apply may go on with what it finds."""

from __future__ import annotations

from engine.change import Archive, Create, Update
from engine.progress import Done, unexplained
from tests.engine.trees import ad_set, address, campaign

BUDGET = Update(ad_set(), "2", {"daily_budget": 1}, {"daily_budget": 2})


def test_the_same_changes_need_no_explanation() -> None:
    plan = [Create(campaign()), BUDGET, Archive(address("ad", "c/s/a"), "1", "3", {})]
    assert not list(unexplained(plan, plan, {}))


def test_another_value_on_the_platform_is_told() -> None:
    now = Update(ad_set(), "2", {"daily_budget": 5}, {"daily_budget": 2})
    assert "daily_budget (5 → 2)" in next(unexplained([BUDGET], [now], {}))


def test_a_change_somebody_else_already_made_is_told() -> None:
    assert "no longer needed" in next(unexplained([BUDGET], [], {}))


def test_a_change_this_plan_already_made_is_explained() -> None:
    assert not list(unexplained([BUDGET], [], {BUDGET.address: Done(fields={"daily_budget": 2})}))


def test_what_is_left_of_a_create_is_its_activation() -> None:
    left = Update(campaign(), "1", {"status": "PAUSED"}, {"status": "ACTIVE"})
    held = {campaign().address: Done(created=True, fields={"status": "PAUSED"})}
    assert not list(unexplained([Create(campaign())], [left], held))
    assert list(unexplained([Create(campaign())], [left], {}))


def test_what_this_plan_did_and_somebody_undid_is_not_done_again() -> None:
    cut = Update(ad_set(), "2", {"daily_budget": 1}, {"daily_budget": 2})
    done = {BUDGET.address: Done(fields={"daily_budget": 2})}
    assert list(unexplained([BUDGET], [cut], done))
    let_go = {campaign().address: Done(created=True, fields={"status": "ACTIVE"})}
    paused = Update(campaign(), "1", {"status": "PAUSED"}, {"status": "ACTIVE"})
    assert list(unexplained([Create(campaign())], [paused], let_go))
    archived = {campaign().address: Done(created=True)}
    assert list(unexplained([Create(campaign())], [Create(campaign())], archived))


def test_a_begun_object_that_moved_elsewhere_is_not_explained() -> None:
    other = Update(campaign(), "1", {"name": "y"}, {"name": "x"})
    assert list(unexplained([Create(campaign())], [other], {campaign().address: Done(created=True)}))
