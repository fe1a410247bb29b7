"""Asynchronous request sets through the SDK: counts, results and errors of each request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adasyncrequestset import AdAsyncRequestSet
from facebook_business.exceptions import FacebookRequestError

COUNTS = ["total_count", "initial_count", "success_count", "error_count", "canceled_count", "is_completed"]


def request(account: str, name: str, edge: str = "campaigns", **body: Any) -> dict[str, str]:
    given = {
        "name": name, "objective": "OUTCOME_TRAFFIC", "status": "PAUSED", "special_ad_categories": "[]",
        "is_adset_budget_sharing_enabled": "false",
    } | body  # fmt: skip
    return {"name": name, "relative_url": f"{account}/{edge}", "body": urlencode(given)}


def started(account: AdAccount, batch: list[dict[str, str]], name: str = "toplu") -> AdAsyncRequestSet:
    made = account.create_async_batch_request(params={"adbatch": batch, "name": name})
    return AdAsyncRequestSet(made["id"], api=account.get_api())


def counted(found: AdAsyncRequestSet) -> list[Any]:
    read = found.api_get(fields=COUNTS)
    return [read[name] for name in COUNTS]


def test_a_set_is_done_bit_by_bit_as_it_is_looked_at(graph: Any, account: AdAccount) -> None:
    made = started(account, [request(graph.account, f"k{n}") for n in range(60)])
    assert graph.get(f"{graph.account}/campaigns")["data"] == []
    assert counted(made) == [60, 35, 25, 0, 0, False]
    assert counted(made) == [60, 10, 50, 0, 0, False]
    assert counted(made) == [60, 0, 60, 0, 0, True]
    assert counted(made) == [60, 0, 60, 0, 0, True]
    assert len(graph.get(f"{graph.account}/campaigns", limit=100)["data"]) == 60


def test_each_request_has_its_result_or_its_error(graph: Any, account: AdAccount) -> None:
    bad = request(graph.account, "bad", objective="CONVERSIONS")
    needing = {
        "name": "after", "relative_url": f"{graph.account}/adsets",
        "body": "name=x&campaign_id={result=bad:$.id}",
    }  # fmt: skip
    made = started(account, [request(graph.account, "good"), bad, needing])
    fields = ["status", "result", "input", "id"]
    found = {one["input"]["name"]: one for one in made.get_requests(fields=fields)}
    assert {name: one["status"] for name, one in found.items()} == {
        "good": "SUCCESS", "bad": "ERROR", "after": "ERROR_DEPENDENCY"
    }  # fmt: skip
    assert graph.get(found["good"]["result"]["id"], fields="name")["name"] == "good"
    assert found["bad"]["result"]["error"]["code"] == 100
    assert counted(made) == [3, 0, 1, 2, 0, True]
    failed = list(made.get_requests(fields=["status"], params={"statuses": ["ERROR"]}))
    assert [one["id"] for one in failed] == [found["bad"]["id"]]


def test_a_request_takes_the_result_of_one_before_it_even_from_an_earlier_look(
    graph: Any, account: AdAccount
) -> None:
    first = request(graph.account, "first", daily_budget="100000")
    first["body"] = first["body"].replace(
        "is_adset_budget_sharing_enabled=false", "bid_strategy=LOWEST_COST_WITHOUT_CAP"
    )
    fields = graph.adset_fields("{result=first:$.id}") | {"optimization_goal": "LINK_CLICKS"}
    texts = {
        name: str(v).replace("'", '"')
        for name, v in fields.items()
        if name not in ("daily_budget", "promoted_object")
    }
    last = {"name": "last", "relative_url": f"{graph.account}/adsets", "body": urlencode(texts)}
    made = started(account, [first, *(request(graph.account, f"k{n}") for n in range(30)), last])
    counted(made)
    assert counted(made)[2:] == [32, 0, 0, True]
    parent = graph.get(f"{graph.account}/adsets", fields="campaign{name}")["data"][0]["campaign"]
    assert parent["name"] == "first"


def test_what_is_not_done_yet_can_be_canceled(graph: Any, account: AdAccount) -> None:
    made = started(account, [request(graph.account, f"k{n}") for n in range(30)])
    counted(made)
    made.api_delete()
    assert counted(made) == [30, 0, 25, 0, 5, True]
    assert made.api_update(params={"notification_mode": "OFF", "name": "başka"})
    assert made.api_get(fields=["name"])["name"] == "başka"


@pytest.mark.parametrize(
    "batch",
    [
        [{"name": "x"}],
        [{"relative_url": "act_1/ads", "body": ""}],
        [{"name": "x", "relative_url": "act_1/ads", "colour": "red"}],
        [{"name": "x", "relative_url": "act_1/ads"}] * 2,
        [{"name": f"x{n}", "relative_url": "act_1/ads"} for n in range(1001)],
    ],
    ids=["no address", "no name", "unknown key", "twice", "too many"],
)
def test_a_set_of_the_wrong_shape_is_refused_whole(batch: Any, graph: Any, account: AdAccount) -> None:
    with pytest.raises(FacebookRequestError) as met:
        started(account, batch)
    assert met.value.api_error_code() == 100
    assert (
        graph.raw("POST", f"{graph.account}/async_batch_requests", adbatch=["x"], name="x").status_code == 400
    )
    assert graph.get(f"{graph.account}/asyncadrequestsets")["data"] == []


def test_sets_are_listed_and_wrong_filters_refused(graph: Any, account: AdAccount) -> None:
    made = started(account, [request(graph.account, "a")])
    listed = graph.get(f"{graph.account}/asyncadrequestsets", fields="name,owner_id")["data"]
    assert [(one["id"], one["name"]) for one in listed] == [(made["id"], "toplu")]
    for params in ({"statuses": ["DONE"]}, {"colour": "red"}):
        assert graph.raw("GET", f"{made['id']}/requests", **params).status_code == 400
    assert graph.raw("POST", made["id"], notification_mode="LOUD").status_code == 400
