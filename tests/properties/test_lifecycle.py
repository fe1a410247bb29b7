"""moved, ignore_changes, protect, replace and parts of a plan, end to end on both platforms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.change import Archive, Create, Update
from engine.naming import label
from engine.plan import Plan
from engine.resource import Address
from operations.drift import drift
from schemas.errors import InvalidDeclaration, KampanyaError
from tests.properties import contents, declared
from tests.properties.declared import State
from tests.properties.example import brand
from tests.properties.grounds import SCOPE, Ground, InMemory, InSandbox
from tests.properties.strangers import Google, Meta, create, path

pytestmark = pytest.mark.server
AD_SET = "yil-sonu/eve-siparis"


@pytest.fixture
def ground(stands: InSandbox) -> InSandbox:
    """The brand, launched on both."""
    stands.fresh()
    declared.write(brand(), stands.root)
    assert stands.apply().complete
    return stands


def edited(state: State, **ad_set: Any) -> State:
    (campaign,) = state.campaigns
    first = {**campaign["ad_sets"][0], **ad_set}
    return replace(state, campaigns=({**campaign, "ad_sets": [first]},))


def on_campaign(state: State, **fields: Any) -> State:
    return replace(state, campaigns=({**state.campaigns[0], **fields},))


def ids(ground: InSandbox, *kinds: str) -> dict[tuple[str, str], str]:
    """Ids of what lives, by platform and kind, where there is one of each."""
    return {(at.platform, at.kind): id for at, id in ground.journal.ids().items() if at.kind in kinds}


def budgets_by_hand(ground: InSandbox) -> None:
    known = ground.journal.ids()
    Meta(ground).ask(known[Address("meta", "ad_set", AD_SET)], daily_budget=70000)
    campaign = known[Address("google", "campaign", AD_SET)]
    store = ground.sandbox.platforms["google"].store  # type: ignore[attr-defined]
    budget = store.entries[f"customers/1234567890/campaigns/{campaign}"].message.campaign_budget
    update = {"resource_name": budget, "amount_micros": 700_000_000}
    assert Google(ground).mutate(
        {"campaign_budget_operation": {"update": update, "update_mask": "amountMicros"}}
    )


def test_a_moved_ad_set_keeps_its_objects_on_both_platforms(ground: InSandbox) -> None:
    kinds = ("campaign", "ad_set", "ad_group", "keyword")
    before = ids(ground, *kinds)
    declared.write(edited(brand(), ad_set="evde", moved=AD_SET), ground.root)
    assert not [each for each in ground.plan().changes if isinstance(each.change, Archive)]
    assert ground.apply().complete
    assert ids(ground, *kinds) == before
    assert ground.plan().changes == ()
    declared.write(edited(brand(), ad_set="evde"), ground.root)
    assert ground.plan().changes == ()


def test_a_moved_ad_set_is_known_without_the_journal_and_without_moved(ground: InSandbox) -> None:
    moved_and_forgotten(ground)


def test_a_moved_campaign_is_known_without_the_journal_and_without_moved(ground: InSandbox) -> None:
    declared.write(on_campaign(brand(), campaign="yilbasi", moved="yil-sonu"), ground.root)
    assert ground.apply().complete
    ground.forget()
    declared.write(on_campaign(brand(), campaign="yilbasi"), ground.root)
    assert ground.plan().changes == ()


def test_a_move_leaves_other_peoples_labels_alone(ground: InSandbox) -> None:
    known = ground.journal.ids()
    campaign = known[Address("meta", "campaign", "yil-sonu")]
    Meta(ground).ask(f"{campaign}/adlabels", adlabels=[{"name": "öncelik"}])
    theirs = Google(ground).mutate(create("label", name="öncelik"))[0]
    group = path("adGroups", int(known[Address("google", "ad_group", AD_SET)]))
    assert Google(ground).mutate(create("ad_group_label", ad_group=group, label=theirs))
    declared.write(on_campaign(brand(), campaign="yilbasi", moved="yil-sonu"), ground.root)
    assert ground.apply().complete
    tokens = {each: SCOPE.token(Address(*each)) for each in MARKED}
    assert meta_labels(ground, campaign) == {"öncelik", label(tokens["meta", "campaign", "yilbasi"])}
    mine = label(tokens["google", "ad_group", "yilbasi/eve-siparis"])
    assert google_labels(ground, group) == {"öncelik", mine}


MARKED = (("meta", "campaign", "yilbasi"), ("google", "ad_group", "yilbasi/eve-siparis"))


def meta_labels(ground: InSandbox, id: str) -> set[str]:
    nodes = ground.sandbox.meta.graph.store._nodes
    return {nodes[each].data["name"] for each in nodes[id].data["adlabels"]}


def google_labels(ground: InSandbox, group: str) -> set[str]:
    entries = ground.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    attached = [
        each.message
        for each in entries.values()
        if each.kind.name == "ad_group_label" and not each.removed and each.message.ad_group == group
    ]
    return {entries[each.label].message.name for each in attached}


def anew(plan: Plan) -> set[str]:
    """The kinds of what is built or archived."""
    return {each.change.address.kind for each in plan.changes if not isinstance(each.change, Update)}


def moved_and_forgotten(ground: Ground) -> None:
    """A key is renamed, then `moved:` leaves the YAML, then the journal is lost: nothing is built again."""
    declared.write(edited(brand(), ad_set="evde", moved=AD_SET), ground.root)
    plan = ground.plan()
    assert "mark" in {
        name for each in plan.changes if isinstance(each.change, Update) for name in each.change.after
    }
    assert anew(plan) <= {"creative"}, "whose links tell the key"
    assert ground.apply(plan).complete
    assert ground.plan().changes == ()
    assert drift(ground.site, ground.journal) == []
    declared.write(edited(brand(), ad_set="evde"), ground.root)
    assert ground.plan().changes == ()
    ground.forget()
    assert ground.plan().changes == ()
    declared.write(edited(brand(), ad_set="evde", moved=AD_SET), ground.root)
    assert ground.plan().changes == (), "`moved:` is still there, the journal is not"


def test_a_moved_ad_set_in_memory_is_known_without_the_journal_and_without_moved(tmp_path: Path) -> None:
    made = InMemory.at(tmp_path / "lezzet")
    declared.write(brand(), made.root)
    assert made.apply().complete
    moved_and_forgotten(made)
    made.close()


def test_a_move_is_undone_by_no_lost_journal_before_it_was_applied(ground: InSandbox) -> None:
    """The old mark is still on the platform, and `moved:` tells what it stands for."""
    known = ids(ground, "campaign", "ad_set", "ad_group")
    ground.forget()
    declared.write(edited(brand(), ad_set="evde", moved=AD_SET), ground.root)
    assert anew(ground.plan()) <= {"creative"}
    assert ground.apply().complete
    assert ids(ground, "campaign", "ad_set", "ad_group") == known
    assert ground.plan().changes == ()


def test_an_ignored_budget_stays_as_a_person_set_it_on_both_platforms(ground: InSandbox) -> None:
    budgets_by_hand(ground)
    assert len(ground.plan().changes) == 2
    declared.write(edited(brand(), ignore_changes=["budget"]), ground.root)
    assert ground.plan().changes == ()
    assert drift(ground.site, ground.journal) == []
    declared.write(edited(brand(), ignore_changes=["budget"], name="Eve"), ground.root)
    assert ground.apply().complete
    assert ground.plan().money.daily_after["TRY"] == 1400


def test_ignoring_what_is_no_field_is_an_error_at_its_line(ground: InSandbox) -> None:
    declared.write(edited(brand(), ignore_changes=["budgets"]), ground.root)
    with pytest.raises(InvalidDeclaration) as caught:
        ground.plan()
    (problem,) = caught.value.problems
    assert problem.where is not None
    assert "budget" in problem.fix


def test_a_protected_change_is_shown_and_refused_and_nothing_happens(ground: InSandbox) -> None:
    declared.write(edited(brand("650 TRY"), protect=True), ground.root)
    before = contents.everything(ground.sandbox)
    plan = ground.plan()
    assert {each.change.address.platform for each in plan.changes} == {"meta", "google"}
    assert "protected" in {each.rule for each in plan.refusals}
    with pytest.raises(KampanyaError):
        ground.apply(plan)
    assert contents.everything(ground.sandbox) == before


def test_what_cannot_change_is_refused_with_the_reason_and_left_as_it_is(ground: InSandbox) -> None:
    declared.write(on_campaign(brand(), objective="traffic"), ground.root)
    before = contents.everything(ground.sandbox)
    plan = ground.plan()
    (blocked,) = plan.blocked
    assert "objective" in blocked.text
    assert "replace: allow" in blocked.text
    campaign = ground.journal.ids()[Address("meta", "campaign", "yil-sonu")]
    assert not ground.apply(plan).complete
    assert contents.everything(ground.sandbox)[campaign] == before[campaign]


def test_with_permission_it_is_archived_and_built_anew_on_both_platforms(ground: InSandbox) -> None:
    before = ids(ground, "campaign")
    lifetime = {"lifetime": {"meta": "9000 TRY", "google": "9000 TRY"}}
    state = on_campaign(edited(brand(), budget=lifetime), objective="traffic", replace="allow")
    declared.write(state, ground.root)
    plan = ground.plan()
    made = {each.change.address for each in plan.changes if isinstance(each.change, Create)}
    gone = {each.change.address for each in plan.changes if isinstance(each.change, Archive)}
    assert {(at.platform, at.kind) for at in made & gone} >= {("meta", "campaign"), ("google", "campaign")}
    assert ground.apply(plan).complete
    after = ids(ground, "campaign")
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert ground.plan().changes == ()


@pytest.mark.parametrize("target", [(), ("yil-sonu",), (AD_SET,), (f"{AD_SET}/kadikoy",)])
def test_a_part_of_a_plan_touches_that_part_and_the_rest_comes_later(
    ground: InSandbox, target: tuple[str, ...]
) -> None:
    state = brand("550 TRY")
    state.campaigns[0]["ad_sets"][0]["ads"][0]["status"] = "paused"
    declared.write(state, ground.root)
    whole = {each.change.address for each in ground.plan().changes}
    part = ground.plan(platform="meta", targets=target)
    mine = {each.change.address for each in part.changes}
    assert mine == {at for at in whole if at.platform == "meta" and (not target or _under(at.key, target[0]))}
    assert ground.apply(part).complete
    assert {each.change.address for each in ground.plan().changes} == whole - mine
    assert ground.apply().complete
    assert ground.plan().changes == ()


def _under(key: str, target: str) -> bool:
    return key == target or key.startswith(f"{target}/")


def test_an_ad_group_that_is_aimed_at_nobody_any_more_says_nothing_of_its_audiences(
    ground: InSandbox,
) -> None:
    before = contents.google(ground.sandbox)
    aimed = {"include": ["son-30-gun"]}
    declared.write(edited(brand(), audience=aimed), ground.root)
    assert ground.apply().complete
    assert contents.google(ground.sandbox) != before
    declared.write(brand(), ground.root)
    assert ground.apply().complete
    assert contents.google(ground.sandbox) == before
    assert ground.plan().changes == ()
