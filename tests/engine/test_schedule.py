"""Order and holding back: nothing delivers before it was read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.change import Archive, Create, Update
from engine.resource import Resource
from engine.schedule import activation, schedule
from tests.engine.trees import PLATFORMS, ad, ad_set, campaign, creative, tree


def creates(*resources: Resource) -> list[Create]:
    return [Create(each) for each in resources]


def status(change: Create) -> object:
    return change.resource.fields.get("status")


def test_a_new_tree_hangs_under_a_held_top_and_is_let_go_by_one_update() -> None:
    steps = schedule(creates(*tree()), PLATFORMS)
    held = {each.address.kind: status(each) for each in steps.build}
    assert held == {"campaign": "PAUSED", "ad_set": "ACTIVE", "creative": None, "ad": "ACTIVE"}
    assert [each.address.kind for each in steps.roots] == ["campaign"]
    assert activation(steps.roots[0], "1", PLATFORMS).after == {"status": "ACTIVE"}


def test_a_new_child_of_what_already_runs_is_itself_held() -> None:
    steps = schedule(creates(ad_set("c/new"), creative(), ad("c/new/a")), PLATFORMS)
    assert [each.address.key for each in steps.roots] == ["c/new"]


def test_what_is_declared_paused_is_built_paused_and_not_let_go() -> None:
    steps = schedule(creates(campaign(status="PAUSED"), ad_set()), PLATFORMS)
    assert steps.roots == ()


def test_parents_come_before_children_whatever_the_order() -> None:
    steps = schedule(creates(*reversed(tree())), PLATFORMS)
    order = [each.address.kind for each in steps.build]
    assert order.index("campaign") < order.index("ad_set") < order.index("ad")
    assert order.index("creative") < order.index("ad")


def test_an_update_is_split_into_what_lowers_what_changes_and_what_raises() -> None:
    update = Update(
        ad_set(),
        "1",
        {"name": "a", "status": "ACTIVE", "daily_budget": 1},
        {"name": "b", "status": "PAUSED", "daily_budget": 2},
    )
    steps = schedule([update], PLATFORMS)
    assert [set(each.after) for each in steps.reduce] == [{"status"}]
    assert [set(each.after) for each in steps.change] == [{"name"}]
    assert [set(each.after) for each in steps.activate if isinstance(each, Update)] == [{"daily_budget"}]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_budget_that_falls_is_a_reduction_and_one_that_rises_is_not(old: int, new: int) -> None:
    steps = schedule([Update(ad_set(), "1", {"daily_budget": old}, {"daily_budget": new})], PLATFORMS)
    assert bool(steps.reduce) == (new < old)
    assert bool(steps.activate) == (new > old)


@given(st.permutations([*tree(), ad_set("c/t"), ad("c/t/a"), ad("c/t/b"), campaign("d", status="PAUSED")]))
def test_every_create_is_built_once_and_nothing_live_stands_alone(resources: list[Resource]) -> None:
    steps = schedule(creates(*resources), PLATFORMS)
    assert {each.address for each in steps.build} == {each.address for each in resources}
    assert len(steps.build) == len(resources)
    built = {each.address: each.resource for each in steps.build}
    for each in steps.build:
        if status(each) == "ACTIVE":
            parents = [up for up in each.resource.refs if up in built and up.kind != "creative"]
            assert parents, f"{each.address} is created live under something that may run"


def bent(field: str) -> dict[str, Any]:
    kinds = dict(PLATFORMS["memory"].kinds)
    kinds["campaign"] = replace(kinds["campaign"], first=frozenset({field}))
    return {"memory": replace(PLATFORMS["memory"], kinds=kinds)}


def test_what_new_children_must_find_is_changed_before_they_are_built() -> None:
    update = Update(campaign(), "1", {"bid": "low", "name": "x"}, {"bid": "cap", "name": "c"})
    steps = schedule([update, Create(ad_set("c/new"))], bent("bid"))
    assert [dict(each.after) for each in steps.reduce if isinstance(each, Update)] == [{"bid": "cap"}]
    assert [dict(each.after) for each in steps.change] == [{"name": "c"}]


def test_what_is_to_go_anyway_goes_before_its_parent_changes_so_that_it_no_longer_fits() -> None:
    update = Update(campaign(), "1", {"bid": "low"}, {"bid": "cap"})
    gone = Archive(ad_set("c/old").address, "1", "2", {"campaign": "1"})
    below = Archive(ad("c/old/a").address, "1", "3", {"ad_set": "2"})
    other = Archive(ad_set("d/old").address, "1", "4", {"campaign": "9"})
    steps = schedule([update, gone, below, other], bent("bid"))
    assert [each.address.key for each in steps.reduce] == ["c/old/a", "c/old", "c"]
    assert [each.address.key for each in steps.retire] == ["d/old"]
