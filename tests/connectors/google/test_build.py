"""Changes as operations: order, ids, masks, labels, and what cannot be built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.errors import Rejected
from connectors.google.build import Builder, parent_of
from connectors.google.convert import Converter
from connectors.google.operation import RANK, Lookups, Op
from engine.change import Archive, Create, Update
from engine.naming import label
from engine.resource import Address, Resource
from tests.connectors.google import neutral

ROOT = f"customers/{neutral.ACCOUNT}"
KNOWN = Lookups(
    locations={"TR-34": "geoTargetConstants/34", "TR-06": "geoTargetConstants/6"},
    languages={"tr": "languageConstants/1037"},
    budgets={"11": {"resource_name": f"{ROOT}/campaignBudgets/5", "explicitly_shared": False}},
    criteria={
        ("11", "location", "geoTargetConstants/34"): f"{ROOT}/campaignCriteria/11~34",
        ("12", "age_range", "AGE_RANGE_18_24"): f"{ROOT}/adGroupCriteria/12~503001",
    },
    ad_groups={"13": "12"},
    goals={"": ("purchase/website", "page_view/website")},
)
IDS = {"campaign": "11", "ad_group": "12", "ad": "13", "keyword": "12~14"}


@pytest.fixture
def made() -> dict[str, Resource]:
    """One resource of each kind."""
    return {each.address.kind: each for each in Converter(neutral.SCOPE, "TRY").convert(neutral.tree())}


def builder(lookups: Lookups = KNOWN, ids: Mapping[Address, str] | None = None) -> Builder:
    return Builder(neutral.ACCOUNT, lookups, ids or {})


def update(resource: Resource, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Op]:
    change = Update(resource, IDS[resource.address.kind], dict(before), dict(after))
    return builder().build(change)


def test_a_campaign_is_a_budget_of_its_own_itself_its_criteria_and_its_label(
    made: dict[str, Resource],
) -> None:
    ops = builder().build(Create(made["campaign"]))
    assert [op.resource for op in ops] == [
        "campaign_budget",
        "campaign",
        "campaign_criterion",
        "campaign_criterion",
        "campaign_conversion_goal",
        "campaign_conversion_goal",
        "label",
        "campaign_label",
    ]
    budget, campaign = ops[0].body, ops[1].body
    assert budget == {
        "resource_name": f"{ROOT}/campaignBudgets/-2",
        "period": "DAILY",
        "explicitly_shared": False,
        "amount_micros": 400_000_000,
    }
    assert campaign["campaign_budget"] == budget["resource_name"]
    assert campaign["contains_eu_political_advertising"] == "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"
    assert [op.body["biddable"] for op in ops[4:6]] == [True, False]  # never a moment without a goal
    assert ops[6].body["name"] == label(made["campaign"].mark)


def test_no_temporary_id_is_used_twice_and_each_is_made_before_it_is_used(made: dict[str, Resource]) -> None:
    building = builder()
    ops = sorted(
        (op for each in made.values() for op in building.build(Create(each))), key=lambda op: op.rank
    )
    known: list[str] = []
    for op in ops:
        used = [value for value in op.body.values() if isinstance(value, str) and value.startswith(ROOT)]
        own = op.body.get("resource_name")
        assert own not in known
        assert {value for value in used if value != own} <= set(known)
        known.append(str(own))


def test_a_status_is_always_said(made: dict[str, Resource]) -> None:
    building = builder()
    ops = [op for each in made.values() for op in building.build(Create(each)) if op.bears]
    assert len(ops) == len(made)
    for op in ops:
        assert op.body.get("status") == "ENABLED" or op.body["negative"] is True


def test_an_existing_label_is_attached_and_not_made_again(made: dict[str, Resource]) -> None:
    name = f"{ROOT}/labels/77"
    ops = builder(
        Lookups(
            labels={label(made["campaign"].mark): name},
            locations=KNOWN.locations,
            languages=KNOWN.languages,
            goals=KNOWN.goals,
        )
    ).build(Create(made["campaign"]))
    assert "label" not in [op.resource for op in ops]
    assert ops[-1].body["label"] == name


def test_a_child_of_something_that_exists_names_it_by_its_id(made: dict[str, Resource]) -> None:
    building = builder(ids={made["ad_group"].address: "12"})
    (keyword,) = building.build(Create(made["keyword"]))
    assert keyword.body["ad_group"] == f"{ROOT}/adGroups/12"
    ad, _, attached = building.build(Create(made["ad"]))
    assert ad.body["resource_name"] == attached.body["ad_group_ad"] == f"{ROOT}/adGroupAds/12~-1"


def test_an_update_masks_only_what_differs_down_to_the_leaves(made: dict[str, Resource]) -> None:
    network = made["campaign"].fields["network_settings"]
    (op,) = update(
        made["campaign"],
        {"name": "a", "network_settings": {}, "end_date_time": "2026-12-31 23:59:59"},
        {"name": "b", "network_settings": network, "end_date_time": None},
    )
    assert op.mask == (
        "end_date_time",
        "name",
        "network_settings.target_content_network",
        "network_settings.target_google_search",
        "network_settings.target_partner_search_network",
        "network_settings.target_search_network",
    )
    assert "end_date_time" not in op.body
    assert op.to_json()["campaign_operation"]["update_mask"].startswith(
        "endDateTime,name,networkSettings.target"
    )


def test_another_strategy_names_the_leaves_of_the_new_one(made: dict[str, Resource]) -> None:
    (op,) = update(
        made["campaign"],
        {"bidding": {}},
        {"bidding": {"strategy": "TARGET_SPEND", "cpc_bid_ceiling_micros": None}},
    )
    assert (op.body["target_spend"], op.mask) == ({}, ("target_spend.cpc_bid_ceiling_micros",))


def test_a_new_budget_changes_the_campaigns_own_budget(made: dict[str, Resource]) -> None:
    (op,) = update(made["campaign"], {"daily_budget_micros": 1}, {"daily_budget_micros": 450_000_000})
    assert (op.resource, op.mask) == ("campaign_budget", ("amount_micros",))
    assert op.body == {"resource_name": f"{ROOT}/campaignBudgets/5", "amount_micros": 450_000_000}


@pytest.mark.parametrize(
    ("budgets", "words"),
    [
        ({}, "has no budget"),
        ({"11": {"resource_name": "customers/1/campaignBudgets/5", "explicitly_shared": True}}, "is shared"),
    ],
)
def test_a_budget_that_others_share_is_left_alone(
    made: dict[str, Resource], budgets: Any, words: str
) -> None:
    change = Update(made["campaign"], "11", {"daily_budget_micros": 1}, {"daily_budget_micros": 2})
    with pytest.raises(Rejected, match=words):
        builder(Lookups(budgets=budgets)).build(change)


def test_only_the_difference_of_a_set_is_sent(made: dict[str, Resource]) -> None:
    removed, added = update(made["campaign"], {"locations": ["TR-34"]}, {"locations": ["TR-06"]})
    assert (removed.verb, removed.body) == ("remove", f"{ROOT}/campaignCriteria/11~34")
    assert added.body["location"] == {"geo_target_constant": "geoTargetConstants/6"}


def test_an_age_that_is_wanted_again_loses_its_exclusion(made: dict[str, Resource]) -> None:
    everything = ["AGE_RANGE_18_24", "AGE_RANGE_25_34", "AGE_RANGE_35_44", "AGE_RANGE_45_54",
                  "AGE_RANGE_55_64", "AGE_RANGE_65_UP", "AGE_RANGE_UNDETERMINED"]  # fmt: skip
    removed, added = update(
        made["ad_group"], {"age_ranges": everything[1:]}, {"age_ranges": everything[:-2] + everything[-1:]}
    )
    assert (removed.verb, removed.body) == ("remove", f"{ROOT}/adGroupCriteria/12~503001")
    assert added.body == {
        "ad_group": f"{ROOT}/adGroups/12",
        "negative": True,
        "age_range": {"type": "AGE_RANGE_65_UP"},
    }


def test_an_ads_status_and_its_texts_are_two_resources(made: dict[str, Resource]) -> None:
    group, content = update(
        made["ad"],
        {"status": "PAUSED", "path1": "x", "final_urls": []},
        {"status": "ENABLED", "path1": None, "final_urls": ["https://lezzet.example"]},
    )
    assert (group.resource, group.body["resource_name"]) == ("ad_group_ad", f"{ROOT}/adGroupAds/12~13")
    assert (content.resource, content.body["resource_name"]) == ("ad", f"{ROOT}/ads/13")
    assert content.mask == ("final_urls", "responsive_search_ad.path1")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("campaign", "campaigns/11"),
        ("ad_group", "adGroups/12"),
        ("ad", "adGroupAds/12~13"),
        ("keyword", "adGroupCriteria/12~14"),
    ],
)
def test_an_archive_is_a_removal_by_name(made: dict[str, Resource], kind: str, name: str) -> None:
    (op,) = builder().build(Archive(made[kind].address, neutral.ACCOUNT, IDS[kind], {}))
    assert (op.verb, op.body) == ("remove", f"{ROOT}/{name}")


def test_removals_come_first_and_children_before_parents() -> None:
    ops = [Op(name, verb, "x") for name in RANK for verb in ("create", "remove")]  # type: ignore[arg-type]
    ordered = sorted(ops, key=lambda op: op.rank)
    assert [op.verb for op in ordered] == ["remove"] * len(RANK) + ["create"] * len(RANK)
    assert [op.resource for op in ordered[len(RANK) :]] == list(RANK)
    assert [op.resource for op in ordered[: len(RANK)]] == list(reversed(RANK))


def test_a_place_google_does_not_know_is_refused_before_anything_is_sent(made: dict[str, Resource]) -> None:
    with pytest.raises(Rejected, match="Google knows no location TR-34"):
        builder(Lookups()).build(Create(made["campaign"]))


def test_everything_but_a_campaign_has_a_parent(made: dict[str, Resource]) -> None:
    for kind, resource in made.items():
        assert (parent_of(resource) is None) == (kind == "campaign")
