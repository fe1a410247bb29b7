"""Declared against observed, and whose object is whose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connectors.memory import SUPPORTS
from engine.change import Archive, Create, Update
from engine.context import Context, Lifecycle
from engine.diff import diff
from engine.match import Known
from engine.resource import Address, Observed, Resource
from engine.supports import KindSupport
from tests.engine.trees import (
    PLATFORMS,
    ad,
    ad_set,
    address,
    campaign,
    creative,
    observed,
    resource,
    tree,
)


def known(seen: list[Observed], resources: list[Resource], status: Any = "live") -> dict[Address, Known]:
    return {
        each.address: Known(each.account, found.id, each.mark, status)
        for each, found in zip(resources, seen, strict=True)
    }


def context(**fields: Any) -> Context:
    return Context(PLATFORMS, **fields)


def test_what_is_not_there_is_created_in_declared_order() -> None:
    found = diff(tree(), [], context())
    assert [type(each) for each in found.changes] == [Create] * 4


def test_what_is_there_as_declared_needs_nothing() -> None:
    assert diff(tree(), observed(tree()), context()).changes == ()


def test_an_update_holds_only_the_declared_fields_that_differ() -> None:
    seen = observed(tree(), **{"c/s": {"daily_budget": 50_000, "undeclared": "x"}})
    (change,) = diff(tree(), seen, context()).changes
    assert isinstance(change, Update)
    assert (change.before, change.after) == ({"daily_budget": 50_000}, {"daily_budget": 60_000})


def test_an_object_without_our_mark_is_never_touched_even_with_an_equal_name() -> None:
    stranger = Observed("memory", "1", "campaign", "99", "", {"name": "c", "status": "ACTIVE"}, "c")
    found = diff([campaign()], [stranger], context())
    assert [type(each) for each in found.changes] == [Create]


def test_the_journalled_id_wins_and_the_other_bearer_is_foreign() -> None:
    seen = observed([campaign()])
    twin = replace(seen[0], id="99", fields={**seen[0].fields, "name": "c (copy)"})
    found = diff([campaign()], [twin, *seen], context(known=known(seen, [campaign()])))
    assert found.changes == ()
    assert [each.id for each in found.matching.foreign] == ["99"]


def test_without_a_journal_one_bearer_is_adopted() -> None:
    assert diff([campaign()], observed([campaign()]), context()).matching.ids == {
        address("campaign", "c"): "1"
    }


def renamed() -> Context:
    return context(former={address("campaign", "d"): "mark of c"})


def bearing(mark: str, id: str = "1") -> Observed:
    return replace(observed([campaign("d")])[0], mark=mark, id=id)


def test_without_a_journal_a_renamed_object_is_known_by_its_old_mark_and_gets_the_new_one() -> None:
    (change,) = diff([campaign("d")], [bearing("mark of c")], renamed()).changes
    assert isinstance(change, Update)
    assert change.after == {"mark": campaign("d").mark}
    assert change.before == {"mark": "mark of c"}


def test_what_bears_the_new_mark_is_ours_and_a_copy_with_the_old_one_is_not() -> None:
    found = diff([campaign("d")], [bearing("mark of c", "99"), bearing(campaign("d").mark)], renamed())
    assert found.changes == ()
    assert [each.id for each in found.matching.foreign] == ["99"]


def test_two_bearers_of_the_old_mark_stop_the_renamed_object() -> None:
    found = diff([campaign("d")], [bearing("mark of c"), bearing("mark of c", "99")], renamed())
    assert found.changes == ()
    assert "same mark" in found.blocked[0].summary
    assert found.matching.foreign == ()


def test_a_mark_that_kampanya_never_put_there_is_not_replaced() -> None:
    seen = bearing("somebody else's")
    found = diff([campaign("d")], [seen], context(known=known([seen], [campaign("d")])))
    assert found.changes == ()


def test_without_a_journal_several_bearers_stop_that_object_and_no_other() -> None:
    seen = observed([campaign()])
    found = diff([campaign(), campaign("d")], [*seen, replace(seen[0], id="99")], context())
    assert [each.address.key for each in found.changes] == ["d"]
    assert "same mark" in found.blocked[0].summary


def test_an_object_found_by_its_journalled_id_is_ours_though_its_mark_was_removed() -> None:
    seen = observed([campaign()])
    bare = [replace(seen[0], mark="")]
    found = diff([campaign()], bare, context(known=known(seen, [campaign()])))
    assert [each.after for each in found.changes if isinstance(each, Update)] == [{"mark": campaign().mark}]
    assert len(found.changes) == 1


def test_a_mark_nobody_declared_is_reported_and_left_alone() -> None:
    orphan = Observed("memory", "1", "campaign", "7", "otherbrand", {"status": "ACTIVE"}, "x")
    found = diff([], [orphan], context())
    assert found.changes == ()
    assert found.matching.foreign == (orphan,)


def test_what_left_the_declaration_is_archived_but_library_objects_stay() -> None:
    resources = tree()
    seen = observed(resources)
    found = diff([campaign(), ad_set(), creative()], seen, context(known=known(seen, resources)))
    assert [(type(each), each.address.kind) for each in found.changes] == [(Archive, "ad")]


def test_a_pause_by_somebody_wins_until_it_is_acknowledged() -> None:
    resources = [campaign()]
    seen = observed(resources, c={"status": "PAUSED"})
    held = diff(resources, seen, context(known=known(seen, resources, "live")))
    assert held.changes == ()
    assert held.held[0].by == "somebody on the platform"
    resumed = context(known=known(seen, resources, "live"), resume=frozenset({"c"}))
    assert len(diff(resources, seen, resumed).changes) == 1


def test_a_pause_found_without_a_journal_is_kept_too() -> None:
    seen = observed([campaign()], c={"status": "PAUSED"})
    assert diff([campaign()], seen, context()).changes == ()


def test_what_we_created_held_is_still_to_be_activated() -> None:
    resources = [campaign()]
    seen = observed(resources, c={"status": "PAUSED"})
    found = diff(resources, seen, context(known=known(seen, resources, "held")))
    assert [each.after for each in found.changes if isinstance(each, Update)] == [{"status": "ACTIVE"}]


def test_a_paused_object_still_gets_its_other_changes() -> None:
    resources = [ad_set()]
    seen = observed(resources, **{"c/s": {"status": "PAUSED", "daily_budget": 1}})
    (change,) = diff(resources, seen, context(known=known(seen, resources))).changes
    assert isinstance(change, Update)
    assert change.after == {"daily_budget": 60_000}


def test_an_immutable_change_is_refused_with_both_values_and_a_way_out() -> None:
    seen = observed([campaign()], c={"objective": "traffic"})
    found = diff([campaign()], seen, context())
    assert found.changes == ()
    assert "'traffic' → 'sales'" in found.blocked[0].detail
    assert "replace: allow" in found.blocked[0].fix


def test_of_an_audience_nothing_is_advised_that_the_language_does_not_have() -> None:
    people = resource("audience", "vips", type="website")
    kinds = {**SUPPORTS.kinds, "audience": KindSupport("audience", status=None, delivers=False,
                                                       immutable=frozenset({"type"}))}  # fmt: skip
    seen = Observed("memory", people.account, "audience", "7", people.mark, {"type": "customer_list"})
    platforms = Context({"memory": replace(SUPPORTS, kinds=kinds)})
    for state in (seen, replace(seen, archived=True)):
        (blocked,) = diff([people], [state], platforms).blocked
        assert "replace: allow" not in blocked.fix
        assert "new key" in blocked.fix


def test_replace_allow_archives_and_builds_anew() -> None:
    seen = observed([campaign()], c={"objective": "traffic"})
    found = diff([campaign()], seen, context(lifecycle={"c": Lifecycle(replace=True)}))
    assert [type(each) for each in found.changes] == [Archive, Create]


def test_what_was_archived_by_hand_is_blocked_with_all_below_it_but_an_ad_is_built_anew() -> None:
    resources = [campaign(), ad_set(), creative(), ad()]
    seen = [replace(each, archived=True) for each in observed(resources)]
    found = diff(resources, seen, context())
    assert {each.address.kind for each in found.changes} == {"creative"}
    assert [each.detail for each in found.blocked] == ["memory:campaign/c"]
    alone = diff([ad()], [replace(observed(resources)[3], archived=True)], context())
    assert [type(each) for each in alone.changes] == [Create]


def test_ignored_fields_stay_as_somebody_set_them() -> None:
    seen = observed([ad_set()], **{"c/s": {"daily_budget": 1}})
    life = {"c": Lifecycle(ignore=frozenset({"daily_budget"}))}
    assert diff([ad_set()], seen, context(lifecycle=life)).changes == ()


def test_a_new_creative_is_a_create_and_an_update_of_its_ad() -> None:
    seen = observed(tree())
    wanted = [campaign(), ad_set(), creative("k2"), ad(creative_key="k2")]
    found = diff(wanted, seen, context())
    assert [(type(each), each.address.kind) for each in found.changes] == [
        (Create, "creative"),
        (Update, "ad"),
    ]


# -- budgets that change level, and what is declared no more


def clearing(field: str, **more: Any) -> dict[str, Any]:
    kinds = dict(PLATFORMS["memory"].kinds)
    kinds["campaign"] = replace(kinds["campaign"], clearable=frozenset({field}), **more)
    return {"memory": replace(PLATFORMS["memory"], kinds=kinds)}


def test_a_budget_that_leaves_the_declaration_blocks_or_with_permission_is_built_anew() -> None:
    declared = ad_set()
    seen = observed([declared], **{declared.address.key: {"lifetime_budget": 900_000}})
    ours = known(seen, [declared])
    (blocked,) = diff([declared], seen, context(known=ours)).blocked
    assert "replace: allow" in blocked.fix
    allowed = context(known=ours, lifecycle={"c/s": Lifecycle(replace=True)})
    assert [type(each) for each in diff([declared], seen, allowed).changes] == [Archive, Create]


def test_an_object_without_a_budget_is_never_given_one_in_place() -> None:
    declared = campaign(daily_budget=60_000)
    seen = observed([declared], c={"daily_budget": None})
    found = diff([declared], seen, context())
    assert (found.changes, len(found.blocked)) == ((), 1)
    allowed = context(lifecycle={"c": Lifecycle(replace=True)})
    assert [type(each) for each in diff([declared], seen, allowed).changes] == [Archive, Create]


def test_what_kampanya_set_and_nobody_changed_is_taken_away_with_its_declaration() -> None:
    seen = observed([campaign()], c={"spend_cap": 9_000})
    ours = {campaign().address: {"spend_cap": 9_000}}
    (change,) = diff([campaign()], seen, Context(clearing("spend_cap"), applied=ours)).changes
    assert isinstance(change, Update)
    assert change.after == {"spend_cap": None}


def test_what_is_taken_away_is_expected_to_read_as_the_platform_then_says() -> None:
    seen = observed([campaign()], c={"spend_cap": 9_000})
    ours = {campaign().address: {"spend_cap": 9_000}}
    supports = clearing("spend_cap", cleared={"spend_cap": 0})
    (change,) = diff([campaign()], seen, Context(supports, applied=ours)).changes
    assert isinstance(change, Update)
    assert change.after == {"spend_cap": 0}


def test_what_somebody_else_set_stays_when_it_is_not_declared() -> None:
    seen = observed([campaign()], c={"spend_cap": 5_000})
    for ours in ({}, {"spend_cap": 9_000}, {"spend_cap": None}):
        known_fields = Context(clearing("spend_cap"), applied={campaign().address: ours})
        assert diff([campaign()], seen, known_fields).changes == ()
