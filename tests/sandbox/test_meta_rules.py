"""Every refusal with the platform's own code, subcode and blamed field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.exceptions import FacebookRequestError

from sandbox.meta.rules import GOAL_NAMES, GOALS
from sandbox.runtime import Sandbox

DE = {"geo_locations": {"countries": ["DE"]}, "targeting_automation": {"advantage_audience": 0}}
TR = {"geo_locations": {"countries": ["TR"]}, "targeting_automation": {"advantage_audience": 0}}
GONE = object()  # leave the field out


def refused(graph: Any, path: str, fields: dict[str, Any]) -> Any:
    """The error of a POST that must fail."""
    sent = {name: value for name, value in fields.items() if value is not GONE}
    answer = graph.raw("POST", path, **sent)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["fbtrace_id"]
    return error


def check(error: dict[str, Any], subcode: int | None, blame: str) -> None:
    assert (error["code"], error.get("error_subcode")) == (100, subcode)
    assert f'["{blame.replace(".", chr(34) + ", " + chr(34))}"]' in error["error_data"]
    if subcode:
        assert error["error_user_title"]
        assert error["error_user_msg"]


def test_the_sdk_meets_a_refusal_with_all_its_parts(account: AdAccount) -> None:
    with pytest.raises(FacebookRequestError) as met:
        account.create_campaign(
            params={
                "name": "a",
                "objective": "OUTCOME_SALES",
                "special_ad_categories": [],
                "status": "PAUSED",
            }
        )
    error = met.value
    assert (error.http_status(), error.api_error_code(), error.api_error_subcode()) == (400, 100, 4834011)
    assert error.api_error_type() == "OAuthException"
    assert error.api_blame_field_specs() == [["is_adset_budget_sharing_enabled"]]
    assert "is_adset_budget_sharing_enabled" in error.body()["error"]["error_user_msg"]
    assert error.api_transient_error() is False


@pytest.mark.parametrize(
    ("changes", "subcode", "blame"),
    [
        ({"name": GONE}, None, "name"),
        ({"objective": GONE}, None, "objective"),
        ({"special_ad_categories": GONE}, None, "special_ad_categories"),
        ({"frobnicate": "1"}, None, "frobnicate"),
        ({"effective_status": "ACTIVE"}, None, "effective_status"),
        ({"date_format": "U"}, None, "date_format"),
        ({"objective": "CONVERSIONS"}, None, "objective"),
        ({"objective": "OUTCOME_FAME"}, None, "objective"),
        ({"status": "ARCHIVED"}, None, "status"),
        ({"name": "x" * 401}, None, "name"),
        ({"special_ad_categories": ["CREDIT"]}, None, "special_ad_categories"),
        ({"special_ad_categories": ["PETS"]}, None, "special_ad_categories"),
        ({"special_ad_categories": ["HOUSING"]}, 2909034, "special_ad_category_country"),
        ({"is_adset_budget_sharing_enabled": GONE}, 4834011, "is_adset_budget_sharing_enabled"),
        (
            {"is_adset_budget_sharing_enabled": "true", "daily_budget": 60000},
            4834002,
            "is_adset_budget_sharing_enabled",
        ),
        ({"is_adset_budget_sharing_enabled": "true"}, 4834005, "bid_strategy"),
        ({"bid_strategy": "COST_CAP"}, None, "bid_strategy"),
        ({"daily_budget": 60000, "bid_strategy": "CHEAPEST"}, None, "bid_strategy"),
        ({"daily_budget": 2099}, 1885272, "daily_budget"),
        ({"daily_budget": -5}, None, "daily_budget"),
        ({"daily_budget": "600.5"}, None, "daily_budget"),
        ({"daily_budget": 60000, "lifetime_budget": 600000}, None, "daily_budget"),
        ({"lifetime_budget": 4_200_000_001}, 1885261, "lifetime_budget"),
        ({"spend_cap": 1000}, 2446307, "spend_cap"),
        ({"smart_promotion_type": "AUTOMATED_SHOPPING_ADS"}, None, "smart_promotion_type"),
        ({"buying_type": "BARTER"}, None, "buying_type"),
        ({"start_time": "yarın"}, None, "start_time"),
        ({"stop_time": "2026-11-01T00:00:00+0300"}, None, "stop_time"),
        ({"adlabels": [{"id": "1"}]}, None, "adlabels"),
        ({"adlabels": [{"title": "x"}]}, None, "adlabels"),
        ({"adlabels": [{"name": str(n)} for n in range(51)]}, None, "adlabels"),
        ({"execution_options": ["maybe"]}, None, "execution_options"),
    ],
)
def test_a_campaign_that_breaks_a_rule_is_refused(
    graph: Any, changes: dict[str, Any], subcode: int | None, blame: str
) -> None:
    fields = {
        "name": "Yıl sonu",
        "objective": "OUTCOME_SALES",
        "special_ad_categories": [],
        "is_adset_budget_sharing_enabled": "false",
    }
    if "daily_budget" in changes and "is_adset_budget_sharing_enabled" not in changes:
        fields["is_adset_budget_sharing_enabled"] = GONE
    error = refused(graph, f"{graph.account}/campaigns", fields | changes)
    check(error, subcode, blame)
    assert graph.get(f"{graph.account}/campaigns")["data"] == []


def targeting(**changes: Any) -> dict[str, Any]:
    return {"targeting": {key: value for key, value in (TR | changes).items() if value is not GONE}}


@pytest.mark.parametrize(
    ("changes", "subcode", "blame"),
    [
        ({"name": GONE}, None, "name"),
        ({"campaign_id": "1"}, None, "campaign_id"),
        ({"targeting": GONE}, None, "targeting"),
        ({"billing_event": GONE}, None, "billing_event"),
        ({"optimization_goal": GONE}, None, "optimization_goal"),
        ({"effective_status": "ACTIVE"}, None, "effective_status"),
        ({"optimization_goal": "FAME"}, None, "optimization_goal"),
        ({"optimization_goal": "POST_ENGAGEMENT"}, 2490408, "optimization_goal"),
        ({"destination_type": "ON_PAGE"}, 2446509, "destination_type"),
        ({"billing_event": "LINK_CLICKS"}, None, "billing_event"),
        ({"daily_budget": GONE}, None, "daily_budget"),
        ({"daily_budget": 2000}, 1885272, "daily_budget"),
        ({"daily_budget": GONE, "lifetime_budget": 600000}, None, "end_time"),
        (
            {"start_time": "2026-12-02T00:00:00+0300", "end_time": "2026-12-01T00:00:00+0300"},
            None,
            "end_time",
        ),
        (
            {"start_time": "2026-12-02T00:00:00+0300", "end_time": "2026-12-02T12:00:00+0300"},
            None,
            "end_time",
        ),
        (
            {"start_time": "2026-10-01T00:00:00+0300", "end_time": "2026-11-01T00:00:00+0300"},
            1487033,
            "end_time",
        ),
        ({"bid_strategy": "LOWEST_COST_WITH_BID_CAP"}, 1815857, "bid_amount"),
        ({"bid_strategy": "COST_CAP"}, 1815857, "bid_amount"),
        ({"bid_strategy": "LOWEST_COST_WITHOUT_CAP", "bid_amount": 500}, None, "bid_amount"),
        ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}, None, "bid_constraints"),
        ({"promoted_object": GONE}, None, "promoted_object"),
        (
            {"promoted_object": {"pixel_id": "9", "custom_event_type": "PURCHASE"}},
            None,
            "promoted_object.pixel_id",
        ),
        (
            {"promoted_object": {"pixel_id": "3000000000000001", "custom_event_type": "BUY"}},
            None,
            "promoted_object.custom_event_type",
        ),
        ({"promoted_object": {"pixel": "3000000000000001"}}, None, "promoted_object.pixel"),
        (
            {"attribution_spec": [{"event_type": "CLICK_THROUGH", "window_days": 28}]},
            1885501,
            "attribution_spec",
        ),
        ({"dsa_payor": "x" * 513}, None, "dsa_payor"),
        ({"targeting": DE}, 3858081, "dsa_beneficiary"),
        ({"targeting": DE, "dsa_beneficiary": "Lezzet"}, 3858079, "dsa_payor"),
        (targeting(geo_locations=GONE), None, "targeting.geo_locations"),
        (targeting(geo_locations={}), None, "targeting.geo_locations"),
        (targeting(targeting_automation=GONE), None, "targeting.targeting_automation"),
        (targeting(age_min=12), None, "targeting.age_min"),
        (targeting(age_min=40, age_max=30), None, "targeting.age_min"),
        (targeting(genders=[3]), None, "targeting.genders"),
        (targeting(shoe_size=42), None, "targeting.shoe_size"),
        (targeting(geo_locations={"regions": [{"key": "1"}]}), 1487694, "targeting.geo_locations.regions"),
        (targeting(geo_locations={"countries": ["XX"]}), 1487694, "targeting.geo_locations.countries"),
        (targeting(geo_locations={"planets": ["3"]}), None, "targeting.geo_locations.planets"),
        (
            targeting(geo_locations={"countries": ["TR"], "location_types": ["home"]}),
            1870199,
            "targeting.geo_locations.location_types",
        ),
        (
            targeting(
                geo_locations={"cities": [{"key": "2603423", "radius": 5, "distance_unit": "kilometer"}]}
            ),
            None,
            "targeting.geo_locations.cities",
        ),
        (targeting(flexible_spec=[{"interests": [{"id": "1"}]}]), 1487694, "targeting.flexible_spec"),
        (
            targeting(flexible_spec=[{"interests": [{"id": "6002714895372"}]}]),
            1487694,
            "targeting.flexible_spec",
        ),
        (
            targeting(flexible_spec=[{"behaviors": [{"id": "6003054185372"}]}]),
            1487694,
            "targeting.flexible_spec",
        ),
        (targeting(flexible_spec=[{"dreams": [{"id": "1"}]}]), None, "targeting.flexible_spec.dreams"),
        (targeting(geo_locations={"zips": [{"key": "TR:99999"}]}), 1487694, "targeting.geo_locations.zips"),
        (targeting(geo_locations={"zips": [{"key": "34710"}]}), 1487694, "targeting.geo_locations.zips"),
        (targeting(publisher_platforms=["myspace"]), None, "targeting.publisher_platforms"),
        (
            targeting(publisher_platforms=["facebook"], instagram_positions=["story"]),
            None,
            "targeting.instagram_positions",
        ),
        (targeting(instagram_positions=["explore"]), None, "targeting.instagram_positions"),
        (targeting(custom_audiences=[{"id": "1"}]), None, "targeting.custom_audiences"),
    ],
)
def test_an_ad_set_that_breaks_a_rule_is_refused(
    graph: Any, changes: dict[str, Any], subcode: int | None, blame: str
) -> None:
    campaign = graph.campaign()
    error = refused(graph, f"{graph.account}/adsets", graph.adset_fields(campaign) | changes)
    check(error, subcode, blame)
    assert graph.get(f"{campaign}/adsets")["data"] == []


def test_a_budget_stands_at_one_level_only(graph: Any) -> None:
    campaign = graph.post(
        f"{graph.account}/campaigns",
        name="a",
        objective="OUTCOME_SALES",
        special_ad_categories=[],
        daily_budget=60000,
    )["id"]
    check(refused(graph, f"{graph.account}/adsets", graph.adset_fields(campaign)), 1885621, "daily_budget")
    plain = graph.campaign()
    graph.adset(plain)
    check(refused(graph, plain, {"daily_budget": 60000}), 1885621, "daily_budget")


def test_a_capped_campaign_needs_bids_on_its_ad_sets(graph: Any) -> None:
    campaign = graph.post(
        f"{graph.account}/campaigns", name="a", objective="OUTCOME_SALES", special_ad_categories=[],
        daily_budget=60000, bid_strategy="COST_CAP",
    )["id"]  # fmt: skip
    fields = graph.adset_fields(campaign)
    del fields["daily_budget"]
    check(refused(graph, f"{graph.account}/adsets", fields), 1815857, "bid_amount")
    assert graph.post(f"{graph.account}/adsets", **fields, bid_amount=900)["id"]


@pytest.mark.parametrize(
    ("link", "subcode", "blame"),
    [
        ({"link": None}, 2446383, "link"),
        ({"link": "lezzet.example"}, 2446383, "link"),
        ({"image_hash": "0" * 32}, None, "image_hash"),
        ({"headline": "x"}, None, "headline"),
        ({"call_to_action": {"type": "EAT_NOW"}}, None, "call_to_action[type]"),
        ({"call_to_action": {"type": "ORDER_NOW", "value": {"url": "x"}}}, None, "call_to_action.value.url"),
        ({"call_to_action": {"kind": "ORDER_NOW"}}, None, "call_to_action.kind"),
        ({"message": 5}, None, "message"),
        ({"child_attachments": [{"link": "https://a.example"}]}, None, "child_attachments"),
    ],
)
def test_a_link_creative_that_breaks_a_rule_is_refused(
    graph: Any, link: dict[str, Any], subcode: int | None, blame: str
) -> None:
    fields = {"name": "a", "object_story_spec": graph.story(**link)}
    error = refused(graph, f"{graph.account}/adcreatives", fields)
    check(error, subcode, f"object_story_spec.link_data.{blame}")


@pytest.mark.parametrize(
    ("fields", "subcode", "blame"),
    [
        ({"name": "a"}, None, "object_story_spec"),
        ({"object_story_spec": {"link_data": {}}}, None, "object_story_spec.page_id"),
        (
            {"object_story_spec": {"page_id": "1", "link_data": {"link": "https://a.example"}}},
            1885029,
            "object_story_spec.page_id",
        ),
        ({"object_story_id": "1_2"}, 1885029, "object_story_id"),
        ({"object_story_spec": {"page_id": "2000000000000001"}}, None, "object_story_spec"),
        ({"asset_feed_spec": {"bodies": [{"text": "a"}]}}, None, "asset_feed_spec.ad_formats"),
        (
            {
                "asset_feed_spec": {
                    "bodies": [{"text": str(n)} for n in range(6)],
                    "ad_formats": ["SINGLE_IMAGE"],
                }
            },
            None,
            "asset_feed_spec.bodies",
        ),
        (
            {"asset_feed_spec": {"images": [{"hash": "0"}], "ad_formats": ["SINGLE_IMAGE"]}},
            None,
            "asset_feed_spec.images",
        ),
        ({"asset_feed_spec": {"songs": [], "ad_formats": ["SINGLE_IMAGE"]}}, None, "asset_feed_spec.songs"),
        (
            {"asset_feed_spec": {"link_urls": [{"website_url": "x"}], "ad_formats": ["SINGLE_IMAGE"]}},
            2446383,
            "asset_feed_spec.link_urls",
        ),
        ({"object_story_id": "2000000000000001_1", "url_tags": "x" * 1025}, None, "url_tags"),
        ({"object_story_id": "2000000000000001_1", "colour": "red"}, None, "colour"),
        ({"object_story_id": "2000000000000001_1", "name": "x" * 401}, None, "name"),
        (
            {"object_story_spec": {"page_id": "2000000000000001", "video_data": {"video_id": "1"}}},
            None,
            "object_story_spec.video_data.video_id",
        ),
    ],
)
def test_a_creative_that_breaks_a_rule_is_refused(
    graph: Any, fields: dict[str, Any], subcode: int | None, blame: str
) -> None:
    check(refused(graph, f"{graph.account}/adcreatives", fields), subcode, blame)


def test_a_creative_never_changes_but_for_name_status_and_labels(graph: Any) -> None:
    creative = graph.creative()
    for name in ("object_story_spec", "url_tags", "asset_feed_spec", "degrees_of_freedom_spec"):
        check(refused(graph, creative, {name: "{}"}), None, name)
    graph.post(creative, name="yeni", adlabels=[{"name": "a"}])
    assert graph.get(creative, fields="name,adlabels{name}")["adlabels"][0]["name"] == "a"


def test_a_multi_text_creative_with_an_asset_feed_is_accepted(graph: Any) -> None:
    feed = {
        "bodies": [{"text": "Ustanın elinden"}, {"text": "Şimdi sipariş ver"}],
        "titles": [{"text": "Kadıköy: 30 dk"}],
        "descriptions": [{"text": "Sıcak"}],
        "images": [{"hash": graph.image()}],
        "link_urls": [{"website_url": "https://lezzet.example/siparis"}],
        "call_to_action_types": ["ORDER_NOW"],
        "ad_formats": ["SINGLE_IMAGE"],
    }
    creative = graph.creative(object_story_spec={"page_id": graph.world.meta.page}, asset_feed_spec=feed)
    assert graph.get(creative, fields="asset_feed_spec")["asset_feed_spec"] == feed


@pytest.mark.parametrize(
    ("changes", "blame"),
    [
        ({"name": GONE}, "name"),
        ({"adset_id": "1"}, "adset_id"),
        ({"adset_id": GONE}, "adset_id"),
        ({"creative": GONE}, "creative"),
        ({"creative": {"creative_id": "1"}}, "creative"),
        ({"status": "DELETED"}, "status"),
        ({"effective_status": "ACTIVE"}, "effective_status"),
    ],
)
def test_an_ad_that_breaks_a_rule_is_refused(graph: Any, changes: dict[str, Any], blame: str) -> None:
    adset = graph.adset(graph.campaign())
    fields = {"name": "a", "adset_id": adset, "creative": {"creative_id": graph.creative()}} | changes
    check(refused(graph, f"{graph.account}/ads", fields), None, blame)


def test_archived_parents_take_no_children_and_archived_objects_few_edits(graph: Any) -> None:
    top, adset, (ad,) = graph.tree(ads=1)
    graph.post(adset, status="ARCHIVED")
    check(
        refused(
            graph, f"{graph.account}/ads", {"name": "a", "adset_id": adset, "creative": {"creative_id": "1"}}
        ),
        1487056,
        "adset_id",
    )
    check(refused(graph, adset, {"daily_budget": 70000}), 1487056, "daily_budget")
    check(refused(graph, adset, {"status": "ACTIVE"}), 1487056, "status")
    check(refused(graph, ad, {"status": "ACTIVE"}), 1487056, "status")
    graph.post(adset, name="Eski")
    graph.post(adset, status="DELETED")
    check(refused(graph, adset, {"status": "PAUSED"}), 1487056, "status")
    graph.post(top, status="ARCHIVED")
    check(refused(graph, f"{graph.account}/adsets", graph.adset_fields(top)), 1487056, "campaign_id")


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("campaign", {"objective": "OUTCOME_TRAFFIC"}),
        ("campaign", {"buying_type": "RESERVED"}),
        ("adset", {"campaign_id": "5"}),
        ("ad", {"adset_id": "5"}),
    ],
)
def test_what_was_fixed_at_creation_stays_so(graph: Any, kind: str, changes: dict[str, Any]) -> None:
    campaign, adset, (ad,) = graph.tree(ads=1)
    (name,) = changes
    check(refused(graph, {"campaign": campaign, "adset": adset, "ad": ad}[kind], changes), None, name)


def test_budget_sharing_can_be_switched_off_but_not_on(graph: Any) -> None:
    plain = graph.campaign()
    check(
        refused(graph, plain, {"is_adset_budget_sharing_enabled": "true"}),
        3858418,
        "is_adset_budget_sharing_enabled",
    )
    sharing = graph.campaign(is_adset_budget_sharing_enabled="true", bid_strategy="LOWEST_COST_WITHOUT_CAP")
    check(refused(graph, sharing, {"bid_strategy": "COST_CAP"}), 4834006, "bid_strategy")
    graph.post(sharing, is_adset_budget_sharing_enabled="false")


def test_a_budget_changes_four_times_an_hour_by_the_sandboxs_clock(graph: Any, box: Sandbox) -> None:
    adset = graph.adset(graph.campaign())
    for n in range(4):
        graph.post(adset, daily_budget=61000 + n)
    error = refused(graph, adset, {"daily_budget": 70000})
    assert (error["code"], error["error_subcode"]) == (613, 1487632)
    graph.post(adset, name="still free", daily_budget=61003)
    box.clock.advance(1)
    graph.post(adset, daily_budget=70000)


def test_the_budget_change_limit_can_be_switched_off(graph: Any) -> None:
    graph.admin("POST", "switches", budget_changes=False)
    adset = graph.adset(graph.campaign())
    for n in range(6):
        graph.post(adset, daily_budget=61000 + n)
    assert graph.get(adset, fields="daily_budget")["daily_budget"] == "61005"


def test_a_lowered_budget_is_refused_by_its_own_subcodes(graph: Any, box: Sandbox) -> None:
    adset = graph.adset(graph.campaign())
    check(refused(graph, adset, {"daily_budget": 100}), 1885650, "daily_budget")
    check(refused(graph, adset, {"lifetime_budget": 900000}), None, "lifetime_budget")
    campaign = graph.campaign(status="ACTIVE")
    lifetime = graph.adset_fields(campaign) | {
        "lifetime_budget": 600000,
        "end_time": "2026-12-10T00:00:00+0300",
    }
    del lifetime["daily_budget"]
    spending = graph.post(f"{graph.account}/adsets", **lifetime)["id"]
    graph.ad(spending)
    box.advance(5)
    check(refused(graph, spending, {"lifetime_budget": 250000}), 1885650, "lifetime_budget")


def test_mutations_per_second_are_limited_when_switched_on(graph: Any) -> None:
    graph.admin("POST", "switches", mutation_rate=True)
    creative = graph.creative()
    change = {"method": "POST", "relative_url": creative, "body": "name=again"}
    codes = set()
    for _ in range(4):  # of fifty each, well within a second
        for answer in graph.post("", batch=[change] * 50):
            error = json.loads(answer["body"]).get("error", {})
            codes.add((answer["code"], error.get("error_subcode")))
    assert codes == {(200, None), (400, 5044001)}


def test_a_special_category_with_its_country_is_accepted(graph: Any) -> None:
    campaign = graph.campaign(special_ad_categories=["HOUSING"], special_ad_category_country=["TR"])
    assert graph.get(campaign, fields="special_ad_categories")["special_ad_categories"] == ["HOUSING"]


def test_dsa_fields_may_come_from_the_accounts_defaults(graph: Any) -> None:
    graph.post(graph.account, default_dsa_beneficiary="Lezzet", default_dsa_payor="Lezzet")
    assert graph.adset(graph.campaign(), targeting=DE)


def test_a_currency_without_decimals_has_its_own_minimum() -> None:
    from sandbox.meta.rules import from_usd, minor_per_unit

    assert [minor_per_unit(c) for c in ("TRY", "USD", "JPY", "HUF", "IDR", "BHD")] == [100, 100, 1, 1, 1, 100]
    assert from_usd(0.5, "JPY") == 75


APP = {"application_id": "1", "object_store_url": "https://play.google.com/store/apps/details?id=a"}


def promoted_for(graph: Any, objective: str, goal: str) -> dict[str, Any]:
    if goal.startswith("APP_INSTALLS") or objective == "OUTCOME_APP_PROMOTION":
        return APP
    pixel = {"pixel_id": graph.world.meta.pixel, "custom_event_type": "PURCHASE"}
    return pixel | {"page_id": graph.world.meta.page}


@pytest.mark.parametrize("objective", sorted(GOALS))
def test_every_documented_goal_of_an_objective_is_accepted_and_no_other(graph: Any, objective: str) -> None:
    campaign = graph.campaign(objective=objective)
    for destination, goals in GOALS[objective].items():
        for goal in GOAL_NAMES:
            spec = TR | {"user_os": ["Android"]}
            fields = graph.adset_fields(campaign) | {
                "optimization_goal": goal, "destination_type": destination, "targeting": spec,
                "promoted_object": promoted_for(graph, objective, goal),
                "execution_options": ["validate_only"],
            }  # fmt: skip
            answer = graph.raw("POST", f"{graph.account}/adsets", **fields)
            assert answer.status_code == (200 if goal in goals else 400), (destination, goal, answer.text)
            if goal not in goals:
                assert answer.json()["error"]["error_subcode"] == 2490408


def test_clicks_may_be_billed_and_then_need_a_higher_budget(graph: Any) -> None:
    traffic = graph.campaign(objective="OUTCOME_TRAFFIC")
    by_click = {"optimization_goal": "LINK_CLICKS", "billing_event": "LINK_CLICKS"}
    assert graph.adset(traffic, **by_click)
    fields = graph.adset_fields(traffic) | by_click | {"daily_budget": 10_000}
    check(refused(graph, f"{graph.account}/adsets", fields), 1885272, "daily_budget")


def test_an_apps_ad_set_must_target_the_system_of_its_store(graph: Any) -> None:
    fields = graph.adset_fields(graph.campaign(objective="OUTCOME_APP_PROMOTION")) | {
        "optimization_goal": "APP_INSTALLS", "destination_type": "APP", "promoted_object": APP,
        "targeting": TR | {"user_os": ["iOS"]},
    }  # fmt: skip
    check(refused(graph, f"{graph.account}/adsets", fields), 1487678, "targeting.user_os")


def test_the_accounts_spending_limit_changes_ten_times_a_day(graph: Any, box: Sandbox) -> None:
    for n in range(10):
        graph.post(graph.account, spend_cap=5000 + n)
    error = refused(graph, graph.account, {"spend_cap": 9000})
    assert (error["code"], error["error_subcode"]) == (17, 1885172)
    box.clock.advance(1)
    graph.post(graph.account, spend_cap=9000)
    check(refused(graph, graph.account, {"currency": "EUR"}), None, "currency")


def test_a_label_cannot_take_anothers_name(graph: Any) -> None:
    graph.post(f"{graph.account}/adlabels", name="a")
    label = graph.post(f"{graph.account}/adlabels", name="b")["id"]
    check(refused(graph, label, {"name": "a"}), None, "name")
    graph.post(label, name="c")
    assert graph.get(label, fields="name")["name"] == "c"


def test_a_call_with_too_many_members_is_refused(graph: Any) -> None:
    audience = graph.post(
        f"{graph.account}/customaudiences",
        name="a",
        subtype="CUSTOM",
        customer_file_source="USER_PROVIDED_ONLY",
    )["id"]
    payload = {"schema": ["EMAIL"], "data": [["0" * 64]] * 10_001}
    check(refused(graph, f"{audience}/users", {"payload": payload}), None, "payload.data")
    check(
        refused(graph, f"{graph.account}/customaudiences", {"name": "a", "subtype": "DREAM"}), None, "subtype"
    )


def hours(*spans: dict[str, Any], pacing: str = "day_parting", **fields: Any) -> dict[str, Any]:
    plain = {"start_minute": 540, "end_minute": 1020, "days": [1, 2]}
    made = [{**plain, **span} for span in spans]
    lifetime = {"daily_budget": GONE, "lifetime_budget": 3_000_000, "end_time": "2026-12-31T23:59:59+0300"}
    return {"adset_schedule": made, "pacing_type": [pacing], **lifetime, **fields}


def test_hours_are_kept_for_a_lifetime_budget(graph: Any) -> None:
    fields = graph.adset_fields(graph.campaign()) | hours({}, {"start_minute": 1080, "end_minute": 1440})
    sent = {name: value for name, value in fields.items() if value is not GONE}
    made = graph.post(f"{graph.account}/adsets", **sent)["id"]
    seen = graph.get(made, fields="adset_schedule,pacing_type")
    assert seen["pacing_type"] == ["day_parting"]
    assert [each["start_minute"] for each in seen["adset_schedule"]] == [540, 1080]


@pytest.mark.parametrize(
    ("changes", "blame"),
    [
        (hours({}, daily_budget=60000, lifetime_budget=GONE), "adset_schedule"),
        (hours({}, pacing="standard"), "adset_schedule"),
        (hours(), "adset_schedule"),
        (hours({"start_minute": 545}), "adset_schedule"),
        (hours({"start_minute": 1080}), "adset_schedule"),
        (hours({"end_minute": 1500}), "adset_schedule"),
        (hours({"days": [7]}), "adset_schedule"),
        (hours({"days": []}), "adset_schedule"),
        (hours({"timezone_type": "MARS"}), "adset_schedule[timezone_type]"),
        (hours({"minutes": 1}), "adset_schedule"),
        (hours({}, {"start_minute": 600}), "adset_schedule"),
        ({"pacing_type": ["fast"]}, "pacing_type"),
    ],
)
def test_hours_are_refused(changes: dict[str, Any], blame: str, graph: Any) -> None:
    fields = graph.adset_fields(graph.campaign()) | changes
    check(refused(graph, f"{graph.account}/adsets", fields), None, blame)


@pytest.mark.parametrize(
    ("spec", "blame"),
    [
        ({"age_min": 25}, "targeting.age_min"),
        ({"age_max": 50}, "targeting.age_min"),
        ({"genders": [1]}, "targeting.genders"),
        ({"geo_locations": {"zips": [{"key": "TR:34710"}]}}, "targeting.geo_locations.zips"),
        ({"geo_locations": {"cities": [{"key": "2606400"}]}}, "targeting.geo_locations.cities"),
    ],
)
@pytest.mark.parametrize("category", ["HOUSING", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES"])
def test_a_special_category_has_to_reach_everybody(
    category: str, spec: dict[str, Any], blame: str, graph: Any
) -> None:
    top = graph.campaign(special_ad_categories=[category], special_ad_category_country=["TR"])
    everybody = {"geo_locations": {"countries": ["TR"]}, "targeting_automation": {"advantage_audience": 0}}
    fields = graph.adset_fields(top) | {"targeting": {**everybody, **spec}}
    if "cities" in spec.get("geo_locations", {}):
        [city] = graph.get("search", type="adgeolocation", q="Bodrum", location_types=["city"])["data"]
        fields["targeting"]["geo_locations"] = {"cities": [{"key": city["key"]}]}
    check(refused(graph, f"{graph.account}/adsets", fields), None, blame)
    assert graph.adset(top, targeting=everybody)


def test_a_system_that_no_telephone_has_is_refused(graph: Any) -> None:
    spec = {**TR, "user_os": ["Symbian"]}
    fields = graph.adset_fields(graph.campaign()) | {"targeting": spec}
    check(refused(graph, f"{graph.account}/adsets", fields), None, "targeting.user_os")
    assert graph.adset(graph.campaign(), targeting={**TR, "user_os": ["iOS_ver_16.0_and_above"]})


@pytest.mark.parametrize(
    ("campaign", "limits", "blame"),
    [
        ({}, {"daily_spend_cap": 20000}, "daily_spend_cap"),
        ({"daily_budget": 60000}, {"lifetime_min_spend_target": 20000}, "lifetime_min_spend_target"),
        ({"daily_budget": 60000}, {"daily_spend_cap": 70000}, "daily_spend_cap"),
        (
            {"daily_budget": 60000},
            {"daily_min_spend_target": 40000, "daily_spend_cap": 30000},
            "daily_min_spend_target",
        ),
    ],
)
def test_limits_of_ad_sets_are_shares_of_their_campaigns_budget(
    graph: Any, campaign: dict[str, Any], limits: dict[str, int], blame: str
) -> None:
    shared = {"name": "a", "objective": "OUTCOME_SALES", "special_ad_categories": [], **campaign}
    above = graph.post(f"{graph.account}/campaigns", **shared)["id"] if campaign else graph.campaign()
    fields = graph.adset_fields(above) | limits
    if campaign:
        fields |= {"daily_budget": GONE}
    check(refused(graph, f"{graph.account}/adsets", fields), None, blame)
