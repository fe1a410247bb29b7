"""What can be asked of a read beside its fields, and what is read back of a write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.campaign import Campaign
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox
from tests.sandbox.conftest import CAMPAIGN, TARGETING, Client
from tests.sandbox.test_meta_every_rule import FILM

DAYS = {"since": "2026-11-30", "until": "2026-12-01"}


def refused(answer: Any) -> tuple[int, str]:
    error = answer.json()["error"]
    return error["code"], error["message"]


# -- lists


def test_the_days_of_insights_among_the_fields_may_be_named_beside_them(graph: Client, box: Sandbox) -> None:
    _, _, (ad,) = graph.tree(ads=1)
    box.advance(4)
    whole = graph.get(ad, fields="insights{spend}")["insights"]["data"][0]
    asked = {"fields": "insights{spend,date_stop}", "time_range": DAYS}
    for read in (graph.get(ad, **asked), graph.get(f"{graph.account}/ads", **asked)["data"][0]):
        (row,) = read["insights"]["data"]
        assert row["date_stop"] == "2026-12-01"
        assert 0 < float(row["spend"]) < float(whole["spend"])
    preset = graph.get(ad, fields="insights{date_start,spend}", date_preset="yesterday")["insights"]["data"][
        0
    ]
    assert preset["date_start"] == "2026-12-03"
    own = graph.get(ad, fields="insights.date_preset(yesterday){date_start,spend}", time_range=DAYS)
    assert own["insights"]["data"][0]["date_start"] == "2026-12-03"
    assert refused(graph.raw("GET", ad, time_range={"since": "2026-11-30"}))[0] == 100


def test_a_list_may_leave_out_what_did_not_change(graph: Client, box: Sandbox) -> None:
    _, _, ads = graph.tree(ads=2)
    box.advance(1)
    moment = int(box.clock.now().timestamp())
    graph.post(ads[0], name="değişti")
    changed = graph.get(f"{graph.account}/ads", updated_since=moment)["data"]
    assert [one["id"] for one in changed] == ads[:1]
    assert graph.get(f"{graph.account}/adsets", updated_since=moment)["data"] == []
    assert refused(graph.raw("GET", f"{graph.account}/campaigns", updated_since=moment))[0] == 100


def test_a_list_may_hold_only_what_has_come_to_its_end(graph: Client, box: Sandbox) -> None:
    top = graph.campaign(stop_time="2026-12-03T09:00:00+0300")
    ends = {"end_time": "2026-12-03T09:00:00+0300"}
    short, long = graph.adset(top, **ends), graph.adset(top)
    for days, done in ((0, []), (4, [short])):
        box.advance(days)
        for completed, ids in (("true", done), ("false", [one for one in (long, short) if one not in done])):
            found = graph.get(f"{graph.account}/adsets", is_completed=completed)["data"]
            assert [one["id"] for one in found] == ids
    assert [one["id"] for one in graph.get(f"{graph.account}/campaigns", is_completed="true")["data"]] == [
        top
    ]
    assert refused(graph.raw("GET", f"{graph.account}/ads", is_completed="true"))[0] == 100


def test_videos_are_found_by_their_title(graph: Client) -> None:
    edge = f"{graph.account}/advideos"
    ids = [
        graph.post(edge, title=title, files={"source": ("f.mp4", FILM, "video/mp4")})["id"]
        for title in ("Mutfakta", "Salonda")
    ]
    assert [one["id"] for one in graph.get(edge, title="salon")["data"]] == ids[1:]


def test_audiences_are_found_by_their_pixel(graph: Client) -> None:
    edge, pixel = f"{graph.account}/customaudiences", graph.world.meta.pixel
    source = {"event_sources": [{"id": pixel, "type": "pixel"}], "retention_seconds": 86400}
    rule = json.dumps({"inclusions": {"operator": "or", "rules": [source]}})
    made = graph.post(edge, name="gelenler", rule=rule, prefill="true")["id"]
    graph.post(edge, name="liste", subtype="CUSTOM", customer_file_source="USER_PROVIDED_ONLY")
    assert [one["id"] for one in graph.get(edge, pixel_id=pixel)["data"]] == [made]
    assert graph.get(edge, pixel_id="1")["data"] == []


def test_an_audience_takes_those_who_were_there_before_or_is_refused(graph: Client) -> None:
    source = {"event_sources": [{"id": graph.world.meta.pixel, "type": "pixel"}], "retention_seconds": 86400}
    given = {"name": "x", "rule": json.dumps({"inclusions": {"operator": "or", "rules": [source]}})}
    assert graph.post(f"{graph.account}/customaudiences", **given, prefill="true")["id"]
    code, message = refused(graph.raw("POST", f"{graph.account}/customaudiences", **given, prefill="false"))
    assert (code, "prefill" in message) == (100, True)


@pytest.mark.parametrize("edge", ["campaigns", "adsets", "ads", "adcreatives", "adlabels", "customaudiences"])
def test_an_order_of_objects_is_refused_since_lists_have_none(graph: Client, edge: str) -> None:
    answer = graph.raw("GET", f"{graph.account}/{edge}", sort=["name_ascending"])
    assert refused(answer) == (100, "(#100) Unknown parameter: sort")


# -- reports


def test_a_summary_of_a_report_holds_what_is_asked_for(graph: Client, box: Sandbox) -> None:
    graph.tree(ads=2)
    box.advance(3)
    edge, asked = f"{graph.account}/insights", {"level": "ad", "date_preset": "maximum"}
    rows = graph.get(edge, **asked, fields="clicks")["data"]
    told = graph.get(edge, **asked, fields="clicks", summary=["clicks"])["summary"]
    assert int(told["clicks"]) == sum(int(row["clicks"]) for row in rows)
    assert "spend" not in told
    assert {"impressions", "spend"} <= graph.get(edge, **asked, default_summary="true")["summary"].keys()
    assert refused(graph.raw("GET", edge, **asked, summary=["colour"]))[0] == 100


def test_a_report_may_be_of_several_ranges(graph: Client, box: Sandbox) -> None:
    graph.tree(ads=1)
    box.advance(5)
    spans = [DAYS, {"since": "2026-12-03", "until": "2026-12-03"}]
    rows = graph.get(f"{graph.account}/insights", fields="spend", time_ranges=spans)["data"]
    assert [(row["date_start"], row["date_stop"]) for row in rows] == [tuple(one.values()) for one in spans]


@pytest.mark.parametrize("more", [{}, {"breakdowns": ["age"]}, {"sort": ["spend_descending"]}])
def test_a_report_can_be_paged_back(graph: Client, box: Sandbox, more: dict[str, Any]) -> None:
    graph.tree(ads=3)
    box.advance(3)
    asked = {"level": "ad", "fields": "ad_id,spend", "date_preset": "maximum", "time_increment": 1, **more}
    edge = f"{graph.account}/insights"
    whole = graph.get(edge, **asked, limit=500)["data"]
    pages = [graph.get(edge, **asked, limit=4)]
    while "next" in pages[-1]["paging"]:
        pages.append(graph.get(edge, **asked, limit=4, after=pages[-1]["paging"]["cursors"]["after"]))
    assert "previous" not in pages[0]["paging"]
    assert all("previous" in page["paging"] for page in pages[1:])
    back = [pages[-1]]
    while "previous" in back[-1]["paging"]:
        back.append(graph.get(edge, **asked, limit=4, before=back[-1]["paging"]["cursors"]["before"]))
    assert [row for page in pages for row in page["data"]] == whole
    assert [row for page in reversed(back) for row in page["data"]] == whole


# -- fields


def test_a_write_whose_fields_cannot_be_read_is_done_and_says_so(graph: Client) -> None:
    answer = graph.raw("POST", f"{graph.account}/campaigns", **CAMPAIGN, fields="name,colour")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, 100)
    assert "nonexisting field (colour)" in error["message"]
    made = error["original_response"]["id"]
    assert graph.get(made, fields="name")["name"] == CAMPAIGN["name"]
    again = graph.raw("POST", made, name="yeni", fields="colour").json()["error"]
    assert again["original_response"] == {"success": True}
    assert graph.get(made, fields="name")["name"] == "yeni"


def test_the_sdk_meets_a_done_write_as_an_error(graph: Client, account: AdAccount) -> None:
    with pytest.warns(UserWarning, match="colour"), pytest.raises(FacebookRequestError) as met:
        account.create_campaign(fields=["colour"], params=CAMPAIGN)
    made = met.value.body()["error"]["original_response"]["id"]
    assert Campaign(made, api=account.get_api()).api_get(fields=["name"])["name"] == CAMPAIGN["name"]


def test_what_is_written_besides_objects_has_no_fields_to_read(graph: Client) -> None:
    label = graph.post(f"{graph.account}/adlabels", name="x", fields="name")
    assert label["name"] == "x"
    image = {"kutu.png": ("kutu.png", graph.png(), "image/png")}
    made = graph.post(f"{graph.account}/adimages", files=image, fields="width")
    assert made["images"]["kutu.png"]["width"] == 20
    assert refused(graph.raw("DELETE", label["id"], fields="name")) == (
        100,
        "(#100) Unknown parameter: fields",
    )


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("minimum_budgets", {}, "min_daily_budget_imp"),
        ("delivery_estimate", {"optimization_goal": "REACH"}, "estimate_ready"),
        ("reachestimate", {}, "users_lower_bound"),
    ],
)
def test_answers_that_are_no_objects_have_fields_too(
    graph: Client, path: str, asked: dict[str, Any], field: str
) -> None:
    given = asked if path == "minimum_budgets" else {"targeting_spec": TARGETING, **asked}
    found = graph.get(f"{graph.account}/{path}", **given, fields=field)["data"]
    assert (found if isinstance(found, dict) else found[0]).keys() == {field}
    assert refused(graph.raw("GET", f"{graph.account}/{path}", **given, fields="colour"))[0] == 100


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("targeting{colour}", 100), ("promoted_object{colour}", 100), ("attribution_spec{colour}", 100),
        ("name{first}", 2500), ("daily_budget{currency}", 2500), ("effective_status{x}", 2500),
        ("name.limit(2)", 100), ("name.colour(red)", 100),
    ],
)  # fmt: skip
def test_parts_that_a_field_does_not_have_are_refused(graph: Client, fields: str, code: int) -> None:
    adset = graph.adset(graph.campaign())
    assert refused(graph.raw("GET", adset, fields=fields))[0] == code


def test_parts_of_a_field_are_shown_alone(graph: Client) -> None:
    adset = graph.adset(graph.campaign(), adlabels=[{"name": "a"}, {"name": "b"}])
    asked = "targeting{age_min},attribution_spec{event_type},adlabels.limit(1){name},name.as(adi)"
    found = graph.get(adset, fields=asked)
    assert found["targeting"] == {"age_min": 18}
    assert [sorted(one) for one in found["attribution_spec"]] == [["event_type"]] * 2
    assert [one["name"] for one in found["adlabels"]] == ["a"]
    assert found["adi"] == "Eve sipariş"


def test_every_product_can_be_read_by_its_id(graph: Client) -> None:
    for product in graph.get(f"{graph.world.meta.catalog}/products", fields="name")["data"]:
        assert graph.get(product["id"], fields="name") == product


# -- the account's limit, and bids


def test_the_amount_spent_can_be_reset_and_the_limit_deleted(graph: Client, box: Sandbox) -> None:
    graph.tree(ads=2)
    graph.post(graph.account, spend_cap=500)
    box.advance(4)
    told = graph.get(graph.account, fields="spend_cap,amount_spent")
    assert told["spend_cap"] == "50000"
    assert 0 < int(told["amount_spent"]) <= 50_000
    stuck = graph.get(f"{graph.account}/insights", fields="spend", date_preset="maximum")["data"][0]["spend"]
    graph.post(graph.account, spend_cap_action="reset")
    assert graph.get(graph.account, fields="spend_cap,amount_spent") == {
        "spend_cap": "50000", "amount_spent": "0", "id": graph.account,
    }  # fmt: skip
    box.advance(2)
    again = graph.get(f"{graph.account}/insights", fields="spend", date_preset="maximum")["data"][0]["spend"]
    assert float(again) > float(stuck) + 100
    graph.post(graph.account, spend_cap_action="delete")
    assert graph.get(graph.account, fields="spend_cap")["spend_cap"] == "0"
    assert refused(graph.raw("POST", graph.account, spend_cap_action="double"))[0] == 100


def test_a_bid_raises_the_least_budgets(graph: Client) -> None:
    edge = f"{graph.account}/minimum_budgets"
    plain, bid = graph.get(edge)["data"][0], graph.get(edge, bid_amount=50_000)["data"][0]
    assert bid["min_daily_budget_imp"] == 50_000 > plain["min_daily_budget_imp"]
    assert bid["min_daily_budget_high_freq"] == 250_000


def test_a_floor_for_the_return_is_kept(graph: Client) -> None:
    floor = {"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS", "bid_constraints": {"roas_average_floor": 20_000}}
    adset = graph.adset(graph.campaign(), optimization_goal="VALUE", **floor)
    assert graph.get(adset, fields="bid_constraints")["bid_constraints"] == floor["bid_constraints"]
    wrong = {**floor, "bid_constraints": {"roas_average_floor": 20_000, "roas_ceiling": 1}}
    assert refused(graph.raw("POST", adset, **wrong))[0] == 100


def test_a_flag_of_creation_is_kept(graph: Client) -> None:
    adset = graph.adset(graph.campaign(), is_dynamic_creative=True)
    assert graph.get(adset, fields="is_dynamic_creative")["is_dynamic_creative"] is True
