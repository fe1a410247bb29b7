"""Campaigns, ad sets, ads and their statuses: what is written is what is read."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign

from sandbox.runtime import Sandbox


def test_the_account_tells_its_currency_zone_and_minimum(account: AdAccount) -> None:
    found = account.api_get(
        fields=[
            "name",
            "currency",
            "timezone_name",
            "timezone_offset_hours_utc",
            "account_status",
            "amount_spent",
        ]
    )
    assert found["currency"] == "TRY"
    assert (found["timezone_name"], found["timezone_offset_hours_utc"]) == ("Europe/Istanbul", 3.0)
    assert (found["account_status"], found["amount_spent"]) == (1, "0")
    (minimum,) = account.get_minimum_budgets()
    assert minimum["min_daily_budget_imp"] == 2100


def test_a_tree_made_by_the_sdk_reads_back_as_written(account: AdAccount, graph: Any) -> None:
    campaign = account.create_campaign(params={**_campaign(), "adlabels": [{"name": "kampanya:abc"}]})
    adset = account.create_ad_set(params=graph.adset_fields(campaign["id"]))
    image = graph.image()
    creative = account.create_ad_creative(
        params={
            "name": "kutu",
            "object_story_spec": graph.story(image_hash=image),
            "url_tags": "utm_source=meta",
        }
    )
    ad = account.create_ad(
        params={"name": "kadikoy", "adset_id": adset["id"], "creative": {"creative_id": creative["id"]}}
    )
    read = graph.get(
        ad["id"],
        fields="name,status,adset_id,campaign_id,adset{name,daily_budget,campaign{name,adlabels{name}}},"
        "creative{url_tags,object_story_spec{link_data{image_hash}}}",
    )
    assert read["adset"]["daily_budget"] == "60000"
    assert read["adset"]["campaign"]["adlabels"][0]["name"] == "kampanya:abc"
    assert read["creative"]["url_tags"] == "utm_source=meta"
    assert read["creative"]["object_story_spec"] == {"link_data": {"image_hash": image}}
    assert (read["campaign_id"], read["adset_id"]) == (campaign["id"], adset["id"])


def _campaign() -> dict[str, Any]:
    return {
        "name": "Yıl sonu",
        "objective": "OUTCOME_SALES",
        "status": "PAUSED",
        "special_ad_categories": ["NONE"],
        "is_adset_budget_sharing_enabled": False,
    }


def test_targeting_is_read_back_with_the_names_of_places_and_the_default_ages(graph: Any) -> None:
    spec = {
        "geo_locations": {"cities": [{"key": "2603423", "radius": 20, "distance_unit": "kilometer"}]},
        "flexible_spec": [{"interests": [{"id": "6003668857118"}]}],
        "targeting_automation": {"advantage_audience": 1},
    }
    adset = graph.adset(graph.campaign(), targeting=spec)
    read = graph.get(adset, fields="targeting")["targeting"]
    (city,) = read["geo_locations"]["cities"]
    assert (city["name"], city["region"], city["country"], city["radius"]) == (
        "Kadıköy",
        "İstanbul",
        "TR",
        20,
    )
    assert read["flexible_spec"][0]["interests"] == [{"id": "6003668857118", "name": "Pizza"}]
    assert (read["age_min"], read["age_max"]) == (18, 65)


def test_read_after_write_answers_the_fields_asked_for(account: AdAccount) -> None:
    made = account.create_campaign(
        params=_campaign(), fields=["name", "effective_status", "special_ad_categories"]
    )
    assert (made["name"], made["effective_status"]) == ("Yıl sonu", "PAUSED")
    assert made["special_ad_categories"] == []


def test_validate_only_checks_and_makes_nothing(account: AdAccount, graph: Any) -> None:
    account.create_campaign(params={**_campaign(), "execution_options": ["validate_only"]})
    assert graph.get(f"{graph.account}/campaigns")["data"] == []
    campaign = graph.campaign()
    graph.post(campaign, name="Başka", execution_options=["validate_only"])
    assert graph.get(campaign, fields="name")["name"] == "Yıl sonu"


def test_times_are_taken_with_an_offset_without_one_and_as_unix_and_answered_in_the_accounts_zone(
    graph: Any,
) -> None:
    campaign = graph.campaign()
    for given in ("2026-12-01T00:00:00+0300", "2026-12-01T00:00:00", "2026-11-30T21:00:00Z", "1796072400"):
        adset = graph.adset(campaign, start_time=given, end_time="2027-01-01T00:00:00+03:00")
        read = graph.get(adset, fields="start_time,end_time")
        assert read["start_time"] == "2026-12-01T00:00:00+0300"
        assert read["end_time"] == "2027-01-01T00:00:00+0300"
    graph.post(adset, end_time=0)
    assert "end_time" not in graph.get(adset, fields="end_time")


@pytest.mark.parametrize(
    ("campaign", "adset", "ad", "seen"),
    [
        ("ACTIVE", "ACTIVE", "ACTIVE", ("ACTIVE", "ACTIVE", "ACTIVE")),
        ("PAUSED", "ACTIVE", "ACTIVE", ("PAUSED", "CAMPAIGN_PAUSED", "CAMPAIGN_PAUSED")),
        ("ACTIVE", "PAUSED", "ACTIVE", ("ACTIVE", "PAUSED", "ADSET_PAUSED")),
        ("PAUSED", "PAUSED", "ACTIVE", ("PAUSED", "PAUSED", "ADSET_PAUSED")),
        ("PAUSED", "PAUSED", "PAUSED", ("PAUSED", "PAUSED", "PAUSED")),
        ("ARCHIVED", "ACTIVE", "PAUSED", ("ARCHIVED", "ARCHIVED", "ARCHIVED")),
        ("ACTIVE", "DELETED", "ACTIVE", ("ACTIVE", "DELETED", "DELETED")),
        ("ACTIVE", "ACTIVE", "ARCHIVED", ("ACTIVE", "ACTIVE", "ARCHIVED")),
    ],
)
def test_the_effective_status_comes_down_from_the_parents(
    graph: Any, campaign: str, adset: str, ad: str, seen: tuple[str, str, str]
) -> None:
    top, middle, (bottom,) = graph.tree(ads=1)
    for node, status in ((bottom, ad), (middle, adset), (top, campaign)):
        graph.post(node, status=status)
    read = [graph.get(node, fields="effective_status,configured_status") for node in (top, middle, bottom)]
    assert tuple(one["effective_status"] for one in read) == seen
    assert [one["configured_status"] for one in read] == [campaign, adset, ad]


def test_deleting_by_http_deletes_and_the_node_can_still_be_read(account: AdAccount, graph: Any) -> None:
    campaign = Campaign(graph.campaign(), api=account.get_api())
    campaign.api_delete()
    assert graph.get(campaign.get_id(), fields="status")["status"] == "DELETED"


def test_lists_hide_what_is_archived_or_deleted_unless_asked(graph: Any) -> None:
    live, archived, deleted = (graph.campaign(name=name) for name in ("a", "b", "c"))
    graph.post(archived, status="ARCHIVED")
    graph.post(deleted, status="DELETED")
    edge = f"{graph.account}/campaigns"

    def ids(**params: Any) -> list[str]:
        return sorted(one["id"] for one in graph.get(edge, **params)["data"])

    assert ids() == [live]
    assert ids(effective_status=["ARCHIVED"]) == [archived]
    asks = [{"field": "effective_status", "operator": "IN", "value": ["DELETED", "PAUSED"]}]
    assert ids(filtering=asks) == sorted([live, deleted])


def test_children_of_an_archived_campaign_leave_the_lists_too(graph: Any) -> None:
    top, adset, ads = graph.tree()
    graph.post(top, status="ARCHIVED")
    assert graph.get(f"{graph.account}/ads")["data"] == []
    found = graph.get(f"{adset}/ads", effective_status=["ARCHIVED"])["data"]
    assert sorted(one["id"] for one in found) == sorted(ads)


def test_edges_lead_down_the_tree(graph: Any, account: AdAccount) -> None:
    top, adset, ads = graph.tree(ads=3)
    assert [one["id"] for one in Campaign(top, api=account.get_api()).get_ad_sets()] == [adset]
    assert sorted(one["id"] for one in AdSet(adset, api=account.get_api()).get_ads()) == sorted(ads)
    assert len(graph.get(f"{top}/ads")["data"]) == 3
    assert len(graph.get(f"{adset}/adcreatives")["data"]) == 1
    nested = graph.get(top, fields="adsets{id,ads.limit(2){id}}")["adsets"]["data"][0]["ads"]
    assert len(nested["data"]) == 2
    assert "next" in nested["paging"]


def test_an_inline_creative_is_made_with_its_ad(graph: Any) -> None:
    _, adset, _ = graph.tree(ads=0)
    ad = graph.post(
        f"{graph.account}/ads",
        name="a",
        adset_id=adset,
        creative={"name": "c", "object_story_spec": graph.story()},
    )
    assert graph.get(ad["id"], fields="creative{name}")["creative"]["name"] == "c"


def test_an_update_changes_only_what_is_sent_and_says_when(graph: Any, box: Sandbox) -> None:
    adset = graph.adset(graph.campaign())
    box.clock.advance(1)
    graph.post(adset, daily_budget=70000)
    read = graph.get(adset, fields="daily_budget,name,created_time,updated_time,budget_remaining")
    assert (read["daily_budget"], read["name"], read["budget_remaining"]) == ("70000", "Eve sipariş", "70000")
    assert read["created_time"] == "2026-11-30T09:00:00+0300"
    assert read["updated_time"] == "2026-12-01T09:00:00+0300"


def test_advantage_is_a_derived_state(graph: Any) -> None:
    broad = {"geo_locations": {"countries": ["TR"]}, "targeting_automation": {"advantage_audience": 1}}
    campaign = graph.post(
        f"{graph.account}/campaigns",
        name="a",
        objective="OUTCOME_SALES",
        special_ad_categories=[],
        daily_budget=60000,
    )["id"]
    fields = graph.adset_fields(campaign) | {"targeting": broad}
    del fields["daily_budget"]
    graph.post(f"{graph.account}/adsets", **fields)
    state = graph.get(campaign, fields="advantage_state_info")["advantage_state_info"]
    assert state["advantage_state"] == "ENABLED"


def test_nodes_of_the_world_can_be_read(graph: Any) -> None:
    assert graph.get("me/adaccounts", fields="name")["data"][0]["id"] == graph.account
    assert graph.get("me/accounts")["data"][0]["id"] == graph.world.meta.page
    assert graph.get(f"{graph.world.meta.business}/owned_pixels")["data"][0]["id"] == graph.world.meta.pixel
    assert graph.get(f"{graph.account}/promote_pages", fields="name")["data"][0]["name"] == "Lezzet"
    assert {"permission": "ads_management", "status": "granted"} in graph.get("me/permissions")["data"]
