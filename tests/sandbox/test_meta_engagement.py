"""Audiences of those who did something on the page, and estimates of whom a targeting reaches."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox
from tests.sandbox.conftest import TARGETING

DAY = 86_400


def rule(id_: str, kind: str = "page", event: str = "page_engaged", days: int = 365) -> dict[str, Any]:
    test = {"field": "event", "operator": "eq", "value": event}
    one = {
        "event_sources": [{"id": id_, "type": kind}], "retention_seconds": days * DAY,
        "filter": {"operator": "and", "filters": [test]},
    }  # fmt: skip
    return {"inclusions": {"operator": "or", "rules": [one]}}


def test_an_audience_of_the_page_grows_with_those_who_click(
    graph: Any, account: AdAccount, box: Sandbox
) -> None:
    made = account.create_custom_audience(
        params={"name": "etkileşim", "rule": json.dumps(rule(graph.world.meta.page)), "prefill": True}
    )
    fields = ["subtype", "approximate_count_lower_bound"]
    before = made.api_get(fields=fields)
    assert (before["subtype"], before["approximate_count_lower_bound"]) == ("ENGAGEMENT", 1000)
    top = graph.campaign(status="ACTIVE")
    graph.ad(graph.adset(top, daily_budget=6_000_000))
    box.advance(10)
    assert made.api_get(fields=fields)["approximate_count_lower_bound"] > 1000


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"id_": "12"}, "Source of an audience"),
        ({"kind": "cinema"}, "Source of an audience"),
        ({"kind": "video"}, "Source of an audience"),
        ({"event": "page_burnt"}, "Event of an audience"),
        ({"event": "page_engaged", "kind": "lead", "days": 90}, "Event of an audience"),
        ({"days": 731}, "Retention of an audience"),
        ({"kind": "ig_business"}, "Source of an audience"),
        ({"days": 0}, "Retention of an audience"),
        ({"kind": "lead", "event": "lead_generation_opened", "days": 91}, "Retention of an audience"),
    ],
)
def test_what_no_page_tells_is_refused(
    changes: dict[str, Any], title: str, graph: Any, account: AdAccount
) -> None:
    given = rule(**({"id_": graph.world.meta.page} | changes))
    with pytest.raises(FacebookRequestError) as met:
        account.create_custom_audience(params={"name": "x", "rule": json.dumps(given)})
    error = met.value.body()["error"]
    assert (error["code"], error["error_user_title"]) == (100, title)


def test_an_instagram_account_is_a_source_with_events_of_its_own(graph: Any, account: AdAccount) -> None:
    own = graph.world.meta.instagram
    given = rule(own, "ig_business", "ig_business_profile_all", 730)
    made = account.create_custom_audience(params={"name": "x", "rule": json.dumps(given)})
    assert made.api_get(fields=["subtype"])["subtype"] == "ENGAGEMENT"
    wrong = rule(own, "ig_business", "page_engaged", 30)
    with pytest.raises(FacebookRequestError) as met:
        account.create_custom_audience(params={"name": "x", "rule": json.dumps(wrong)})
    assert met.value.body()["error"]["error_user_title"] == "Event of an audience"


def test_a_lookalike_tells_its_origin_and_all_its_countries(graph: Any, account: AdAccount) -> None:
    given = json.dumps(rule(graph.world.meta.page))
    origin = account.create_custom_audience(params={"name": "kaynak", "rule": given})
    spec = {"ratio": 0.02, "location_spec": {"geo_locations": {"countries": ["TR", "AZ"]}}}
    told = {"name": "benzer", "subtype": "LOOKALIKE", "origin_audience_id": origin["id"]}
    made = account.create_custom_audience(params=told | {"lookalike_spec": json.dumps(spec)})
    seen = made.api_get(fields=["lookalike_spec"])["lookalike_spec"]
    assert seen["type"] == "custom_ratio"
    assert (seen["ratio"], seen["target_countries"]) == (0.02, ["TR", "AZ"])
    assert seen["origin"] == [{"id": origin["id"], "name": "kaynak", "type": "custom_audience"}]


def test_a_website_rule_looks_back_half_a_year_and_takes_any_event(graph: Any, account: AdAccount) -> None:
    pixel = graph.world.meta.pixel
    given = rule(pixel, "pixel", "Purchase", 180)
    assert account.create_custom_audience(params={"name": "x", "rule": json.dumps(given)}).api_get(
        fields=["subtype"]
    )
    with pytest.raises(FacebookRequestError):
        account.create_custom_audience(
            params={"name": "x", "rule": json.dumps(rule(pixel, "pixel", "Purchase", 181))}
        )


def test_reach_and_delivery_are_estimated_alike(graph: Any, account: AdAccount) -> None:
    spec = {"geo_locations": {"countries": ["TR"]}, "age_min": 20, "age_max": 40}
    (reach,) = account.get_reach_estimate(params={"targeting_spec": spec})
    (delivery,) = account.get_delivery_estimate(params={"targeting_spec": spec, "optimization_goal": "REACH"})
    assert reach["estimate_ready"] is True
    bounds = ("users_lower_bound", "users_upper_bound")
    assert [reach[name] for name in bounds] == [
        delivery[name] for name in ("estimate_mau_lower_bound", "estimate_mau_upper_bound")
    ]
    assert 0 < reach[bounds[0]] < reach[bounds[1]]
    (fewer,) = account.get_reach_estimate(params={"targeting_spec": TARGETING})
    assert fewer[bounds[1]] < reach[bounds[1]]


@pytest.mark.parametrize("params", [{}, {"targeting_spec": "x"}, {"targeting_spec": {"geo_locations": {}}}])
def test_an_estimate_needs_a_targeting_that_can_be(params: dict[str, Any], graph: Any) -> None:
    answer = graph.raw("GET", f"{graph.account}/reachestimate", **params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
