"""Marks that are lost, swapped or moved on the platforms themselves, through the vendors' SDKs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.change import Archive, Create, Update
from engine.naming import label, unsigned
from engine.plan import Plan
from engine.resource import Address
from operations.pause import pause
from tests.properties import declared
from tests.properties.declared import State
from tests.properties.example import brand
from tests.properties.grounds import SCOPE, InSandbox
from tests.properties.reach import bytes_of, content
from tests.properties.strangers import Google, Meta, Stranger, create, path

pytestmark = pytest.mark.server
AD_SET = "yil-sonu/eve-siparis"
LABELLED = (
    Address("meta", "campaign", "yil-sonu"),
    Address("meta", "ad_set", AD_SET),
    Address("meta", "ad", f"{AD_SET}/kadikoy"),
    Address("google", "campaign", AD_SET),
    Address("google", "ad_group", AD_SET),
    Address("google", "ad", f"{AD_SET}/kadikoy"),
)


@pytest.fixture
def ground(stands: InSandbox) -> InSandbox:
    """The brand, launched on both."""
    stands.fresh()
    declared.write(brand(), stands.root)
    assert stands.apply().complete
    return stands


def links(ground: InSandbox, id: str) -> dict[str, str]:
    """Label → resource name of its link to the Google object with an id."""
    entries = ground.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    found = {}
    for name, each in entries.items():
        owner = name.rpartition("/")[2].split("~")[:-1]
        if each.kind.name.endswith("_label") and not each.removed and id in owner[-1:]:
            found[entries[each.message.label].message.name] = name
    return found


def labels(ground: InSandbox, at: Address) -> set[str]:
    id = ground.journal.ids()[at]
    if at.platform == "google":
        return set(links(ground, id))
    nodes = ground.sandbox.meta.graph.store._nodes
    return {nodes[each].data["name"] for each in nodes[id].data.get("adlabels", ())}


def take_off(ground: InSandbox, at: Address) -> None:
    id = ground.journal.ids()[at]
    if at.platform == "meta":
        Meta(ground).ask(id, adlabels=[])
        return
    ((_, link),) = links(ground, id).items()
    family = {"campaign": "campaign", "ad_group": "ad_group", "ad": "ad_group_ad"}[at.kind]
    assert Google(ground).mutate({f"{family}_label_operation": {"remove": link}})


def put_on(ground: InSandbox, at: Address, name: str) -> None:
    id = ground.journal.ids()[at]
    if at.platform == "meta":
        assert Meta(ground).ask(f"{id}/adlabels", adlabels=[{"name": name}])
        return
    google = Google(ground)
    entries = ground.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    there = [key for key, each in entries.items() if each.kind.name == "label" and each.message.name == name]
    found = there or google.mutate(create("label", name=name))
    if at.kind == "ad":
        group = ground.journal.ids()[Address("google", "ad_group", AD_SET)]
        owner = {"ad_group_ad": path("adGroupAds", f"{group}~{id}")}  # type: ignore[arg-type]
    else:
        owner = {at.kind: path({"campaign": "campaigns", "ad_group": "adGroups"}[at.kind], int(id))}
    assert google.mutate(create(f"{next(iter(owner))}_label", label=found[0], **owner))


def marked(plan: Plan) -> set[Address]:
    changes = [each.change for each in plan.changes]
    assert all(isinstance(each, Update) and set(each.after) == {"mark"} for each in changes)
    return {each.address for each in changes}


def test_lost_labels_are_put_back_beside_those_of_others(ground: InSandbox) -> None:
    for at in LABELLED:
        take_off(ground, at)
        put_on(ground, at, "öncelik")
    plan = ground.plan()
    assert marked(plan) == set(LABELLED)
    assert ground.apply(plan).complete
    for at in LABELLED:
        assert labels(ground, at) == {"öncelik", label(SCOPE.token(at))}
    assert ground.plan().changes == ()
    ground.forget()
    assert ground.plan().changes == ()


def test_a_creatives_lost_label_is_put_back(ground: InSandbox) -> None:
    creative = next(at for at in ground.journal.ids() if at.kind == "creative")
    take_off(ground, creative)
    plan = ground.plan()
    assert marked(plan) == {creative}
    assert ground.apply(plan).complete
    assert labels(ground, creative) == {label(SCOPE.token(creative))}
    assert ground.plan().changes == ()


@pytest.mark.parametrize("platform", ["meta", "google"])
def test_an_audience_bears_its_mark_again_in_its_description(ground: InSandbox, platform: str) -> None:
    at = Address(platform, "audience", "son-30-gun")
    id = ground.journal.ids()[at]
    text, token = unsigned(described(ground, platform, id))
    assert token == SCOPE.token(at)
    if platform == "meta":
        Meta(ground).ask(id, description=text)
    else:
        body = {"resource_name": path("userLists", int(id)), "description": text}
        change = {"user_list_operation": {"update": body, "update_mask": "description"}}
        assert Google(ground).mutate(change)
    plan = ground.plan()
    assert marked(plan) == {at}
    assert ground.apply(plan).complete
    assert unsigned(described(ground, platform, id)) == (text, token)
    assert ground.plan().changes == ()


def described(ground: InSandbox, platform: str, id: str) -> str:
    if platform == "meta":
        return str(ground.sandbox.meta.graph.store._nodes[id].data["description"])
    entries: Any = ground.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    return str(entries[path("userLists", int(id))].message.description)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("meta", "ad", f"{AD_SET}/kadikoy"), ("meta", "ad", f"{AD_SET}/besiktas")),
        (("google", "ad", f"{AD_SET}/kadikoy"), ("google", "ad", f"{AD_SET}/besiktas")),
    ],
)
def test_swapped_labels_stop_both_and_change_nothing(
    ground: InSandbox, one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    first, second = Address(*one), Address(*other)
    for at, mine in ((first, second), (second, first)):
        take_off(ground, at)
        put_on(ground, at, label(SCOPE.token(mine)))
    before = bytes_of(ground)
    plan = ground.plan()
    assert plan.changes == ()
    ids = ground.journal.ids()
    assert len(plan.blocked) == 2
    assert all(ids[first] in each.text and ids[second] in each.text for each in plan.blocked)
    assert plan.money.daily_before == plan.money.daily_after == {"TRY": 1200}
    assert not ground.apply(plan).complete
    assert bytes_of(ground) == before


@pytest.mark.parametrize("platform", ["meta", "google"])
def test_an_object_with_the_labels_of_two_keys_is_adopted_as_neither(
    ground: InSandbox, platform: str
) -> None:
    first, second = (Address(platform, "ad", f"{AD_SET}/{each}") for each in ("kadikoy", "besiktas"))
    put_on(ground, first, label(SCOPE.token(second)))
    assert ground.plan().changes == (), "the journal knows which is which"
    take_off(ground, second)
    ground.forget()
    plan = ground.plan()
    assert [each.change for each in plan.changes] == []
    assert any("several keys" in each.subject for each in plan.blocked)


STATUSES = {2: "ENABLED", 3: "PAUSED", 4: "REMOVED"}  # CampaignStatusEnum


def states(ground: InSandbox) -> dict[Address, str]:
    """The status on the platform of each campaign of ours."""
    found = {}
    for at, id in ground.journal.ids().items():
        if at.kind == "campaign" and at.platform == "meta":
            found[at] = str(ground.sandbox.meta.graph.store._nodes[id].data["status"])
        elif at.kind == "campaign":
            entries: Any = ground.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
            found[at] = STATUSES[entries[path("campaigns", int(id))].message.status]
    return found


def test_with_the_journal_lost_a_stop_finds_both_campaigns_by_their_marks(ground: InSandbox) -> None:
    before = content(ground)
    ground.forget()
    stopped = pause(ground.site, ground.journal, [], actor="test")
    assert stopped.complete
    assert sorted(states(ground).values()) == ["PAUSED", "PAUSED"]
    assert {each.kind for each in stopped.paused} == {"campaign"}
    assert ground.apply(ground.plan(resume=frozenset({""}))).complete
    assert content(ground) == before


def test_with_the_journal_lost_a_plan_finds_everything_and_remembers_it(ground: InSandbox) -> None:
    ids, before = ground.journal.ids(), bytes_of(ground)
    ground.forget()
    plan = ground.plan()
    assert (plan.changes, plan.notes) == ((), ())
    assert ground.journal.ids() == ids
    assert bytes_of(ground) == before


def without_the_campaign() -> State:
    only = brand()
    return replace(only, campaigns=({**only.campaigns[0], "campaign": "baska", "status": "paused"},))


def test_others_below_what_leaves_the_yaml_are_named_and_nothing_above_them_ends(ground: InSandbox) -> None:
    ids = ground.journal.ids()
    campaign = ids[Address("meta", "campaign", "yil-sonu")]
    group = ids[Address("google", "ad_group", AD_SET)]
    top = path("campaigns", int(ids[Address("google", "campaign", AD_SET)]))
    meta = Meta(ground)
    theirs = [meta.make("adsets", campaign_id=campaign, name="elle", **meta.ad_set(), daily_budget=99900)]
    fields = {"campaign": top, "name": "elle", "status": "ENABLED"}
    made = Google(ground).mutate(
        create("ad_group", resource_name=path("adGroups", -2), type="SEARCH_STANDARD", **fields)
    )
    texts = {"headlines": [{"text": t} for t in "ABC"], "descriptions": [{"text": t} for t in "DE"]}
    ad = {"final_urls": ["https://rakip.example/"], "responsive_search_ad": texts}
    made += Google(ground).mutate(
        create("ad_group_ad", ad_group=path("adGroups", int(group)), status="ENABLED", ad=ad)
    )
    theirs += [name.rpartition("/")[2].rpartition("~")[2] for name in made]
    assert len(theirs) == 3
    declared.write(without_the_campaign(), ground.root)
    plan = ground.plan()
    archived = {each.change.address for each in plan.changes if isinstance(each.change, Archive)}
    assert not archived & {
        Address("meta", "campaign", "yil-sonu"),
        Address("google", "campaign", AD_SET),
        Address("google", "ad_group", AD_SET),
    }
    assert Address("meta", "ad_set", AD_SET) in archived, "nobody else is in there"
    told = " ".join(each.text for each in plan.blocked)
    assert all(str(each) in told for each in theirs)
    assert not ground.apply(plan).complete
    assert states(ground)[Address("google", "campaign", AD_SET)] != "REMOVED"
    assert states(ground)[Address("meta", "campaign", "yil-sonu")] != "ARCHIVED"


def test_a_strangers_campaign_and_audience_of_our_name_are_told_before_google_refuses(
    stands: InSandbox,
) -> None:
    stands.fresh()
    declared.write(brand(), stands.root)
    planned = [each.change for each in stands.plan().changes if isinstance(each.change, Create)]
    names = {each.address: str(each.resource.fields.get("name")) for each in planned}
    campaign = names[Address("google", "campaign", AD_SET)]
    google = Google(stands)
    theirs = google.settle(Stranger("campaign", campaign.upper(), "none", True, False, False), str)
    assert theirs is not None
    (note,) = [each for each in stands.plan().notes if each.sort == "name taken"]
    assert theirs.rpartition("/")[2] in note.subject
    assert campaign.upper() in note.subject
    assert AD_SET in note.text
    assert "Rename" in note.text
    done = stands.apply()
    assert any("name" in why for at, why in done.failed.items() if at.platform == "google")


def test_a_stranger_of_another_name_is_no_clash_and_ours_is_none_with_itself(ground: InSandbox) -> None:
    google = Google(ground)
    assert google.settle(Stranger("campaign", "Başka", "none", True, False, False), str)
    campaign = brand().campaigns[0]
    declared.write(replace(brand(), campaigns=({**campaign, "name": "Yılbaşı"},)), ground.root)
    plan = ground.plan()
    assert plan.changes
    assert [each for each in plan.notes if each.sort == "name taken"] == []


SHARED = {"negative_lists": {"genel": {"broad": ["tarif"]}}}


def test_a_negative_list_bears_its_mark_again_in_its_name(stands: InSandbox) -> None:
    stands.fresh()
    campaign = brand().campaigns[0]
    google = {"negative_lists": ["genel"]}
    declared.write(replace(brand(), campaigns=({**campaign, "google": google},)), stands.root)
    kampanya = stands.root / "kampanya.yaml"
    settings = json.loads(kampanya.read_text(encoding="utf-8"))
    kampanya.write_text(json.dumps({**settings, "google": SHARED}), encoding="utf-8")
    assert stands.apply().complete
    (at,) = [each for each in stands.journal.ids() if each.kind == "negative_list"]
    name = path("sharedSets", int(stands.journal.ids()[at]))
    entries: Any = stands.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    text, token = unsigned(str(entries[name].message.name))
    body = {"resource_name": name, "name": text}
    assert Google(stands).mutate({"shared_set_operation": {"update": body, "update_mask": "name"}})
    plan = stands.plan()
    assert marked(plan) == {at}
    assert stands.apply(plan).complete
    assert unsigned(str(entries[name].message.name)) == (text, token)
    assert stands.plan().changes == ()
