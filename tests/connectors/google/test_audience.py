"""Website audiences on Google: user lists both ways, attached to ad groups, and after lost answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.google import audience, normal
from connectors.google.convert import Converter
from connectors.google.supports import SUPPORTS
from engine.change import Applied, Outcome, Refused, Unknown, Update
from engine.context import Context
from engine.diff import Diff, diff
from engine.match import Known
from engine.naming import signed
from engine.resource import Address, Ref, Resource, same
from schemas.errors import InvalidDeclaration
from tests.connectors.google import neutral

CONTEXT = Context({"google": SUPPORTS})
GROUP = Address("google", "ad_group", "yil-sonu/eve-siparis")
TOKEN = "abcdefghij"


def rule(event: str = "Purchase", days: int = 30, url: str | None = None) -> dict[str, Any]:
    return {"event": event, "within_days": days, "url_contains": url}


def at(key: str) -> Address:
    return Address("google", "audience", key)


def aimed(*include: str, exclude: Sequence[str] = (), **audiences: Any) -> list[Resource]:
    """A tree of one ad set; keyword arguments are audiences' own fields."""
    top = neutral.campaign()
    pairs = (("include", include), ("exclude", exclude))
    sides = {name: tuple(Ref(at(key)) for key in keys) for name, keys in pairs}
    group, content = neutral.ad_set(top, audience=neutral.audience(**sides)), neutral.creative()
    used = [neutral.website(key, **audiences.get(key, {})) for key in (*include, *exclude)]
    return [top, group, content, neutral.ad(group, content), *used]


def canonical(resources: Sequence[Resource]) -> list[Resource]:
    return Converter(neutral.SCOPE, "TRY").convert(resources)


def list_fields(**fields: Any) -> dict[str, Any]:
    (made,) = canonical([neutral.website(**fields)])
    return dict(made.fields)


def test_a_rule_is_an_or_of_operands_that_look_back_each_by_itself() -> None:
    carts = rule("AddToCart", 14, "/sepet")
    made = list_fields(include=(carts,), exclude=(rule(days=7),), description="not")
    body = audience.birth(made, TOKEN)
    assert body["description"] == f"not [k:{TOKEN}]"
    flexible = body["rule_based_user_list"]["flexible_rule_user_list"]
    assert body["rule_based_user_list"]["prepopulation_status"] == "REQUESTED"
    assert flexible["inclusive_rule_operator"] == "OR"
    (operand,) = flexible["inclusive_operands"]
    assert operand["lookback_window_days"] == 14
    (items,) = [group["rule_items"] for group in operand["rule"]["rule_item_groups"]]
    assert items == [
        {"name": "event", "string_rule_item": {"operator": "EQUALS", "value": "AddToCart"}},
        {"name": "url__", "string_rule_item": {"operator": "CONTAINS", "value": "/sepet"}},
    ]
    assert flexible["exclusive_operands"][0]["lookback_window_days"] == 7


RULES = st.lists(
    st.builds(rule, st.sampled_from(["Purchase", "AddToCart", "custom:X"]), st.integers(1, 540),
              st.none() | st.text("abç/ -", min_size=1, max_size=8)),
    min_size=1, max_size=4,
).map(tuple)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(RULES, RULES | st.just(()), st.randoms(use_true_random=False))
def test_what_is_sent_reads_back_the_same_in_whatever_order_operands_come(
    include: tuple[Any, ...], exclude: tuple[Any, ...], chance: Any
) -> None:
    fields = list_fields(include=include, exclude=exclude, description="not")
    row = json.loads(json.dumps(audience.birth(fields, TOKEN)))
    flexible = row["rule_based_user_list"]["flexible_rule_user_list"]
    for side in ("inclusive_operands", "exclusive_operands"):
        chance.shuffle(flexible[side])
        for operand in flexible[side]:
            operand["lookback_window_days"] = str(operand["lookback_window_days"])  # as JSON has int64
            chance.shuffle(operand["rule"]["rule_item_groups"][0]["rule_items"])
    seen = audience.receive({"user_list": row})
    assert all(same(value, seen[name]) for name, value in fields.items())


def test_a_list_that_somebody_made_otherwise_differs_and_breaks_nothing() -> None:
    seen = audience.receive({"user_list": {"name": "x", "basic_user_list": {}}})
    assert seen["rule"] != list_fields()["rule"]
    listed = audience.receive(
        {"user_list": {"name": "x", "crm_based_user_list": {"upload_key_type": "CRM_ID"}}}
    )
    assert (listed["upload_key_type"], "rule" in listed) == ("CRM_ID", False)
    assert audience.mark({"user_list": {"name": "x"}}) == ""
    assert audience.mark({"user_list": {"description": signed("", TOKEN)}}) == TOKEN


def test_an_ad_group_that_merely_observes_is_aimed_at_nobody() -> None:
    watching = {"target_restrictions": [{"targeting_dimension": "AUDIENCE", "bid_only": True}]}
    row = {
        "ad_group": {"resource_name": "customers/1/adGroups/2", "targeting_setting": watching},
        "campaign": {"resource_name": "customers/1/campaigns/3"},
    }
    seen = normal.ad_group(row, (), ["9", "8"], ["7"])
    assert (seen["user_lists"], seen["excluded_user_lists"]) == ([], ["7"])


def test_two_lists_cannot_have_one_name() -> None:
    with pytest.raises(InvalidDeclaration, match="same name"):
        canonical([neutral.website("bir", name="Müşteri"), neutral.website("iki", name="müşteri")])


# -- through the SDK, against the sandbox


def planned(google: Any, wanted: Sequence[Resource], known: dict[Address, Known] | None = None) -> Diff:
    asked = {(address.kind, each.id) for address, each in (known or {}).items()}
    return diff(wanted, google.read(asked), replace(CONTEXT, known=known or {}))


def apply(google: Any, wanted: Sequence[Resource]) -> list[Outcome]:
    plan = planned(google, wanted)
    return list(google.apply(plan.changes, plan.matching.ids))


def done(google: Any, resources: Sequence[Resource]) -> dict[Address, str]:
    outcomes = apply(google, canonical(resources))
    assert [each for each in outcomes if not isinstance(each, Applied)] == []
    return {each.address: each.id for each in outcomes if isinstance(each, Applied)}


@pytest.mark.server
def test_a_plan_after_an_apply_is_empty_and_lists_have_a_request_of_their_own(google: Any) -> None:
    wanted = aimed("sepet", exclude=("eskiler", "alanlar"))
    done(google, wanted)
    assert planned(google, canonical(wanted)).changes == ()
    calls, _ = google.calls()
    assert calls["Mutate"] == 2


STEPS: list[tuple[list[Resource], set[str]]] = [
    (aimed(exclude=("alanlar",)), {"user_lists", "excluded_user_lists"}),
    (aimed("alanlar", exclude=("sepet", "eskiler")), {"user_lists", "excluded_user_lists"}),
    (aimed("yeni", "sepet", exclude=("eskiler", "alanlar")), {"user_lists"}),
    (aimed(), {"user_lists", "excluded_user_lists"}),
]


@pytest.mark.server
@pytest.mark.parametrize(("after", "differ"), STEPS, ids=["less", "swapped", "more", "none"])
def test_an_ad_group_is_aimed_anew_by_what_differs_and_then_nothing(
    google: Any, after: list[Resource], differ: set[str]
) -> None:
    done(google, aimed("sepet", exclude=("eskiler", "alanlar")))
    plan = planned(google, canonical(after))
    updates = [each for each in plan.changes if isinstance(each, Update)]
    assert [each.address for each in updates] == [GROUP]
    assert updates[0].after.keys() == differ
    done(google, after)
    assert planned(google, canonical(after)).changes == ()


@pytest.mark.server
def test_a_changed_rule_is_an_update_of_the_same_list(google: Any) -> None:
    ids = done(google, aimed(exclude=("alanlar",)))
    later = aimed(exclude=("alanlar",), alanlar={"include": (rule(days=60),), "description": "yeni"})
    (update,) = planned(google, canonical(later)).changes
    assert isinstance(update, Update)
    assert (update.id, set(update.after)) == (ids[at("alanlar")], {"rule", "description"})
    done(google, later)
    assert planned(google, canonical(later)).changes == ()


@pytest.mark.server
def test_one_that_nobody_uses_any_more_is_left_in_place(google: Any) -> None:
    ids = done(google, aimed(exclude=("alanlar",)))
    known = {address: Known(neutral.ACCOUNT, id, "") for address, id in ids.items()}
    plan = planned(google, canonical(aimed()), known)
    assert [each.address for each in plan.changes] == [GROUP]


@pytest.mark.server
def test_a_list_whose_answer_was_lost_is_found_by_its_mark_and_not_made_twice(google: Any) -> None:
    wanted = canonical(aimed(exclude=("alanlar",)))
    google.fault(kind="lost", method="GoogleAdsService.Mutate")
    outcomes = {each.address: each for each in apply(google, wanted)}
    assert isinstance(outcomes[at("alanlar")], Unknown)
    refused = outcomes[GROUP]
    assert isinstance(refused, Refused)
    assert refused.code == "parent"
    assert {type(each) for each in apply(google, wanted)} == {Applied}
    assert planned(google, wanted).changes == ()
    assert sum(each.kind == "audience" for each in google.read()) == 1


@pytest.mark.server
def test_a_refused_list_leaves_the_other_trees_alone(google: Any) -> None:
    bad = aimed(exclude=("alanlar",), alanlar={"include": (rule(days=999),)})
    good = neutral.tree(key="baska")
    outcomes = {each.address: each for each in apply(google, canonical([*bad, *good]))}
    assert isinstance(outcomes[at("alanlar")], Refused)
    assert isinstance(outcomes[GROUP], Refused)
    assert isinstance(outcomes[Address("google", "ad_group", "baska/eve-siparis")], Applied)


@pytest.mark.server
def test_a_list_that_a_human_makes_observed_is_aimed_at_again_without_a_second_criterion(google: Any) -> None:
    wanted = aimed("sepet")
    ids = done(google, wanted)
    name = f"customers/{neutral.ACCOUNT}/adGroups/{ids[GROUP]}"
    watching = {"target_restrictions": [{"targeting_dimension": "AUDIENCE", "bid_only": True}]}
    body = {"resource_name": name, "targeting_setting": watching}
    mask = "targetingSetting.targetRestrictions"
    google.mutate([{"ad_group_operation": {"update": body, "update_mask": mask}}])
    (update,) = planned(google, canonical(wanted)).changes
    assert isinstance(update, Update)
    assert update.after.keys() == {"user_lists"}
    done(google, wanted)
    assert planned(google, canonical(wanted)).changes == ()


@pytest.mark.server
def test_a_list_without_its_mark_is_known_by_its_id(google: Any) -> None:
    wanted = aimed(exclude=("alanlar",))
    ids = done(google, wanted)
    name = f"customers/{neutral.ACCOUNT}/userLists/{ids[at('alanlar')]}"
    body = {"resource_name": name, "description": ""}
    google.mutate([{"user_list_operation": {"update": body, "update_mask": "description"}}])
    known = {at("alanlar"): Known(neutral.ACCOUNT, ids[at("alanlar")], "")}
    (change,) = planned(google, canonical(wanted), known).changes
    assert isinstance(change, Update)
    assert (change.id, set(change.after)) == (ids[at("alanlar")], {"mark"})


@pytest.mark.server
def test_a_size_is_googles_estimate_and_search_wants_a_thousand(google: Any) -> None:
    visitors = {"include": (rule("PageView", 30),)}
    top = neutral.campaign()
    sides = {"exclude": (Ref(at("ziyaret")),)}
    group = neutral.ad_set(top, audience=neutral.audience(**sides), budget=neutral.budget("90000.00"))
    content = neutral.creative()
    wanted = [top, group, content, neutral.ad(group, content), neutral.website("ziyaret", **visitors)]
    id = done(google, wanted)[at("ziyaret")]
    empty = google.sizes([id])[id]
    assert (empty.least, empty.ready) == (0, False)
    assert "1,000" in empty.note
    google.deliver(3)
    grown = google.sizes([id, "999"])
    assert grown.keys() == {id}
    assert grown[id].ready
    assert grown[id].least > 1000


@pytest.mark.server
def test_what_the_journal_knows_is_asked_for_by_kind_and_id(google: Any) -> None:
    """Without its mark a list is ours by the journal, though another kind's object may have the same id."""
    id = done(google, aimed(exclude=("alanlar",)))[at("alanlar")]
    name = f"customers/{neutral.ACCOUNT}/userLists/{id}"
    unmark = {"update": {"resource_name": name, "description": ""}, "update_mask": "description"}
    google.mutate([{"user_list_operation": unmark}])

    def seen(*known: tuple[str, str]) -> list[str]:
        return [each.id for each in google.read(set(known)) if each.kind == "audience"]

    assert seen(("audience", id), ("campaign", id)) == [id]
    assert seen(("campaign", id)) == []
