"""What other people's clients send, in their own bytes: forms, headers, and what they ask of insights."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.runtime import Sandbox

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
CAMPAIGN = {
    "name": "form", "objective": "OUTCOME_TRAFFIC", "status": "PAUSED",
    "is_adset_budget_sharing_enabled": "false",
}  # fmt: skip


def sent(graph: Any, method: str, path: str, **how: Any) -> Any:
    how.setdefault("headers", {})["Authorization"] = f"Bearer {graph.token}"
    return graph.http.request(method, f"{graph.url}/v26.0/{path}", timeout=20, **how)


@pytest.mark.parametrize("name", ["special_ad_categories[]", "special_ad_categories[0]"])
def test_a_form_may_write_lists_in_brackets(graph: Any, name: str) -> None:
    body = {**CAMPAIGN, name: "EMPLOYMENT", "special_ad_category_country[]": "TR"}
    made = sent(graph, "POST", f"{graph.account}/campaigns", data=body)
    assert made.status_code == 200, made.text
    read = graph.get(made.json()["id"], fields="special_ad_categories,special_ad_category_country")
    assert (read["special_ad_categories"], read["special_ad_category_country"]) == (["EMPLOYMENT"], ["TR"])


def test_brackets_nest_and_repeat_in_a_form_with_files_and_in_a_batch(graph: Any) -> None:
    campaign = graph.campaign(daily_budget=20000, bid_strategy="LOWEST_COST_WITHOUT_CAP")
    pairs = [
        ("name", "nested"), ("campaign_id", campaign), ("billing_event", "IMPRESSIONS"), ("status", "PAUSED"),
        ("optimization_goal", "LINK_CLICKS"), ("targeting[geo_locations][countries][]", "TR"),
        ("targeting[geo_locations][countries][]", "GB"),
        ("targeting[targeting_automation]", '{"advantage_audience": 0}'),
    ]  # fmt: skip
    multipart = [(name, (None, text)) for name, text in pairs]
    made = sent(graph, "POST", f"{graph.account}/adsets", files=multipart)
    assert made.status_code == 200, made.text
    targeting = graph.get(made.json()["id"], fields="targeting")["targeting"]
    assert sorted(targeting["geo_locations"]["countries"]) == ["GB", "TR"]
    part = {"method": "GET", "relative_url": f"{graph.account}/adsets?effective_status[]=PAUSED&limit=5"}
    answer = graph.post("", batch=[part])[0]
    assert answer["code"] == 200, answer["body"]


def test_an_unknown_name_in_brackets_is_refused_like_any_other(graph: Any) -> None:
    refused = sent(graph, "POST", f"{graph.account}/campaigns", data={**CAMPAIGN, "colour[]": "red"})
    assert refused.json()["error"]["message"] == "(#100) Unknown parameter: colour"


def test_the_next_page_of_a_list_asked_for_in_json_or_brackets_can_be_followed(graph: Any) -> None:
    for number in range(3):
        graph.campaign(name=f"c{number}", status="PAUSED")
    for how in (
        {"params": {"effective_status[]": "PAUSED", "limit": "2", "fields": "name"}},
        {
            "data": json.dumps({"effective_status": ["PAUSED"], "limit": 2, "fields": ["name"]}),
            "headers": JSON,
        },
    ):
        first = sent(graph, "GET", f"{graph.account}/campaigns", **how).json()
        second = graph.http.get(first["paging"]["next"], timeout=20).json()
        assert [one["name"] for one in first["data"] + second["data"]] == ["c2", "c1", "c0"]


def test_fields_may_be_a_json_list(graph: Any) -> None:
    campaign = graph.campaign(name="listed")
    read = graph.get(campaign, fields='["id","name"]')
    assert read == {"id": campaign, "name": "listed"}


def test_a_write_may_repeat_the_id_of_the_node_it_goes_to_and_no_other(graph: Any) -> None:
    body = {**CAMPAIGN, "special_ad_categories": [], "id": graph.account}
    made = sent(graph, "POST", f"{graph.account}/campaigns", json=body)
    assert made.status_code == 200, made.text
    id_ = made.json()["id"]
    assert sent(graph, "POST", id_, json={"id": id_, "name": "renamed"}).json() == {"success": True}
    assert sent(graph, "POST", id_, json={"id": "7", "name": "x"}).json()["error"]["code"] == 100


def test_head_is_a_get_without_its_body(graph: Any) -> None:
    campaign = graph.campaign()
    answer = sent(graph, "HEAD", campaign)
    whole = sent(graph, "GET", campaign)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(whole.content))
    assert sent(graph, "HEAD", "7").status_code == 400


def test_a_refusal_is_200_where_suppress_http_code_asks_for_it(graph: Any) -> None:
    for asked, status in (("1", 200), ("true", 200), ("0", 400)):
        answer = graph.raw("GET", "me", fields="nope", suppress_http_code=asked)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, 100)


def test_metadata_names_the_fields_edges_and_type_of_a_node(graph: Any) -> None:
    campaign = graph.campaign()
    about = graph.get(campaign, fields="id", metadata=1)["metadata"]
    assert about["type"] == "adcampaigngroup"
    assert {"name": "daily_budget"} in about["fields"]
    assert (
        graph.http.get(about["connections"]["adsets"], params={"access_token": graph.token}).json()["data"]
        == []
    )
    assert "metadata" not in graph.get(campaign, fields="id")


def test_links_lead_back_through_a_proxy_that_ends_tls(graph: Any) -> None:
    graph.campaign(), graph.campaign()
    headers = {"X-Forwarded-Proto": "https", "Host": "graph.facebook.com"}
    page = sent(graph, "GET", f"{graph.account}/campaigns", params={"limit": 1}, headers=headers).json()
    link = urlsplit(page["paging"]["next"])
    assert (link.scheme, link.netloc) == ("https", "graph.facebook.com")
    assert dict(parse_qsl(link.query))["limit"] == "1"


def test_the_token_can_be_inspected_and_another_is_invalid(graph: Any) -> None:
    own = graph.get("debug_token", input_token=graph.token, fields="app_id")["data"]
    assert (own["is_valid"], own["type"]) == (True, "SYSTEM_USER")
    assert "ads_management" in own["scopes"]
    other = graph.get("debug_token", input_token="EAAother")["data"]
    assert (other["is_valid"], other["error"]["code"]) == (False, 190)
    assert graph.raw("GET", "debug_token").json()["error"]["code"] == 100


def test_an_estimate_takes_what_the_sdk_sends_with_every_edge(graph: Any) -> None:
    spec = {"geo_locations": {"countries": ["TR"]}}
    asked = {"targeting_spec": spec, "optimization_goal": "REACH", "summary": True}
    assert graph.get(f"{graph.account}/delivery_estimate", **asked)["data"][0]["estimate_ready"] is True
    assert graph.raw("GET", "me/permissions", colour="red").json()["error"]["code"] == 100


@pytest.mark.parametrize("edge", ["customconversions", "saved_audiences"])
def test_edges_of_things_that_nobody_can_make_are_empty(graph: Any, edge: str) -> None:
    assert graph.get(f"{graph.account}/{edge}", limit=100, summary=True)["data"] == []
    refused = graph.raw("POST", f"{graph.account}/{edge}", name="one")
    assert refused.status_code == 400


LOADER = {  # what a loader asks for by default
    "level": "ad", "time_increment": 1, "date_preset": "last_7d",
    "action_breakdowns": ["action_type", "action_target_id", "action_destination"],
}  # fmt: skip


def test_action_breakdowns_say_where_an_action_leads_and_change_no_number(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=2)
    box.advance(6)
    fields = "actions,action_values,catalog_segment_actions,converted_product_quantity"
    report = graph.get(f"{graph.account}/insights", fields=fields, **LOADER)["data"]
    plain = {**LOADER, "action_breakdowns": ["action_type"]}
    whole = graph.get(f"{graph.account}/insights", fields=fields, **plain)["data"]
    leads = {"action_target_id", "action_destination"}
    bare = [{**row, "actions": [_without(one, leads) for one in row["actions"]]} for row in report]
    values = [[_without(one, leads) for one in row.get("action_values", [])] for row in report]
    assert [row["actions"] for row in bare] == [row["actions"] for row in whole]
    assert values == [row.get("action_values", []) for row in whole]
    targets = {one["action_type"]: one["action_target_id"] for row in report for one in row["actions"]}
    assert (targets["link_click"], targets["purchase"]) == (graph.world.meta.page, graph.world.meta.pixel)


def _without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    assert names <= set(row)
    return {name: value for name, value in row.items() if name not in names}


def test_what_nobody_does_here_has_no_action_breakdown_and_unknown_ones_are_refused(
    graph: Any, box: Sandbox
) -> None:
    graph.tree(ads=1)
    box.advance(2)
    asked = {**LOADER, "action_breakdowns": ["action_reaction"]}
    (row, *_) = graph.get(f"{graph.account}/insights", fields="actions", **asked)["data"]
    assert set(row["actions"][0]) == {"action_type", "value"}
    refused = {**LOADER, "action_breakdowns": ["action_mood"]}
    answer = graph.raw("GET", f"{graph.account}/insights", **refused).json()
    assert json.loads(answer["error"]["error_data"])["blame_field_specs"] == [["action_breakdowns"]]


def test_devices_of_a_report_sum_to_it_alone_and_within_publishers(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=1)
    box.advance(3)
    asked = {"fields": "impressions,spend", "level": "campaign", "date_preset": "last_7d"}
    (whole,) = graph.get(f"{graph.account}/insights", **asked)["data"]
    for names in (["device_platform"], ["publisher_platform", "device_platform"]):
        rows = graph.get(f"{graph.account}/insights", **asked, breakdowns=names, limit=100)["data"]
        assert {row["device_platform"] for row in rows} == {"mobile_app", "mobile_web", "desktop"}
        assert sum(int(row["impressions"]) for row in rows) == int(whole["impressions"])
        assert sum(Decimal(row["spend"]) for row in rows) == Decimal(whole["spend"])


def test_ads_are_listed_by_what_becomes_of_them_deleted_ones_too(graph: Any) -> None:
    ids = {"inactive": graph.campaign(status="PAUSED"), "active": graph.campaign(status="ACTIVE")}
    ids["deleted"], ids["archived"] = graph.campaign(), graph.campaign()
    graph.post(ids["deleted"], status="DELETED")
    graph.post(ids["archived"], status="ARCHIVED")
    ids["scheduled"] = graph.campaign(status="ACTIVE", start_time="2027-01-01T00:00:00+0300")
    for told, id_ in ids.items():
        asked = [{"field": "campaign.delivery_info", "operator": "IN", "value": [told, "rejected"]}]
        found = graph.get(f"{graph.account}/campaigns", filtering=asked)["data"]
        assert [one["id"] for one in found] == [id_], told


def test_interests_are_suggested_by_topic_and_never_the_named_one(graph: Any) -> None:
    asked = {"type": "adinterestsuggestion", "interest_list": ["Pizza", "Music"]}
    found = graph.get("search", **asked)["data"]
    assert {one["topic"] for one in found} == {"Food and drink", "Entertainment"}
    assert not {"Pizza", "Music"} & {one["name"] for one in found}
    assert graph.get("search", **asked, limit=2)["data"] == found[:2]
    assert graph.raw("GET", "search", type="adinterestsuggestion").json()["error"]["code"] == 100


def spends(rows: list[dict[str, Any]]) -> list[Decimal]:
    return [Decimal(row["spend"]) for row in rows]


def test_a_report_is_sorted_through_all_its_pages_by_what_it_may_not_even_show(
    graph: Any, box: Sandbox
) -> None:
    graph.tree(ads=3)
    box.advance(4)
    asked = {**LOADER, "fields": "ad_id,spend", "limit": 100}
    rows = graph.get(f"{graph.account}/insights", **asked)["data"]
    asked |= {"sort": ["spend_descending"], "limit": 5}
    page = graph.get(f"{graph.account}/insights", **asked)
    found = page["data"]
    while "next" in page["paging"]:
        page = graph.http.get(page["paging"]["next"], timeout=20).json()
        found += page["data"]
    assert spends(found) == sorted(spends(rows), reverse=True)
    assert len(found) == 12
    hidden = {**asked, "fields": "ad_id", "limit": 100}
    assert [row["ad_id"] for row in graph.get(f"{graph.account}/insights", **hidden)["data"]] == [
        row["ad_id"] for row in found
    ]


def test_a_report_is_sorted_by_a_kind_of_action_then_by_text_and_the_silent_come_last(
    graph: Any, box: Sandbox
) -> None:
    graph.tree(ads=3)
    box.advance(6)
    asked = {**LOADER, "action_breakdowns": [], "fields": "actions,ad_id", "limit": 100}
    sort = ["actions:purchase_ascending", "date_start_descending"]
    rows = graph.get(f"{graph.account}/insights", **asked, sort=sort)["data"]
    bought = [
        next((int(one["value"]) for one in row["actions"] if one["action_type"] == "purchase"), None)
        for row in rows
    ]
    said = [count for count in bought if count is not None]
    assert bought == sorted(said) + [None] * (len(bought) - len(said))
    plain = graph.get(f"{graph.account}/insights", **asked, sort=["ad_id"])["data"]
    assert [row["ad_id"] for row in plain] == sorted(row["ad_id"] for row in rows)
    days = [row["date_start"] for row, count in zip(rows, bought, strict=True) if count == said[0]]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("sort", ["colour", "colour_descending", "age_ascending", "spend_downwards"])
def test_an_order_that_cannot_be_is_refused(graph: Any, sort: str) -> None:
    answer = graph.raw("GET", f"{graph.account}/insights", fields="spend", sort=[sort])
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
