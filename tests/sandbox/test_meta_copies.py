"""Copies through the SDK: what "Duplicate" makes, how much of it at once, and under which names."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adasyncrequestset import AdAsyncRequestSet
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.exceptions import FacebookRequestError

from sandbox.runtime import Sandbox
from tests.sandbox.conftest import CAMPAIGN, Client


@pytest.fixture
def tree(graph: Client) -> tuple[str, str, list[str]]:
    """A running campaign with one ad set of two ads, all with one label."""
    top, adset, ads = graph.tree(ads=2)
    for one in (top, adset, *ads):
        graph.post(one, adlabels=[{"name": "kmp:lezzet"}])
    return top, adset, ads


def told(graph: Client, id_: str, *fields: str) -> dict[str, Any]:
    found = graph.get(id_, fields=",".join(fields))
    return {name: found.get(name) for name in fields}


def test_a_deep_copy_is_the_whole_tree_again_paused_and_with_its_labels(
    graph: Client, account: AdAccount, tree: Any
) -> None:
    top, adset, ads = tree
    made = Campaign(top, api=account.get_api()).create_copy(params={"deep_copy": True})
    copied = made["copied_campaign_id"]
    pairs = {row["source_id"]: row["copied_id"] for row in made["ad_object_ids"]}
    assert list(pairs) == [top, adset, *ads]
    assert [row["ad_object_type"] for row in made["ad_object_ids"]] == ["campaign", "ad_set", "ad", "ad"]
    assert pairs[top] == copied
    for source, copy in pairs.items():
        asked = ("status", "effective_status", "adlabels{name}")
        found = graph.get(copy, fields=",".join(asked))
        assert (found["status"], found["effective_status"]) == ("PAUSED", "PAUSED")
        assert [one["name"] for one in found["adlabels"]] == ["kmp:lezzet"]
        assert graph.get(source, fields="status")["status"] == "ACTIVE"
    same = ("daily_budget", "targeting", "promoted_object", "optimization_goal", "start_time", "bid_strategy")
    assert told(graph, pairs[adset], *same) == told(graph, adset, *same)
    first = graph.get(pairs[ads[0]], fields="creative{id},adset_id,source_ad_id,source_ad")
    assert first["creative"] == graph.get(ads[0], fields="creative{id}")["creative"]
    assert (first["adset_id"], first["source_ad_id"]) == (pairs[adset], ads[0])
    assert first["source_ad"] == {"id": ads[0], "name": "ad 0"}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["Yıl sonu - Copy", "Eve sipariş", "ad 0"]),
        ({"rename_suffix": " 2"}, ["Yıl sonu 2", "Eve sipariş", "ad 0"]),
        ({"rename_prefix": "K ", "rename_suffix": ""}, ["K Yıl sonu", "Eve sipariş", "ad 0"]),
        ({"rename_strategy": "NO_RENAME"}, ["Yıl sonu", "Eve sipariş", "ad 0"]),
        ({"rename_strategy": "DEEP_RENAME", "rename_suffix": "!"}, ["Yıl sonu!", "Eve sipariş!", "ad 0!"]),
    ],
)
def test_copies_are_named_as_asked(
    graph: Client, account: AdAccount, tree: Any, options: dict[str, str], names: list[str]
) -> None:
    params = {"deep_copy": True, "rename_options": options}
    made = Campaign(tree[0], api=account.get_api()).create_copy(params=params)
    found = [graph.get(row["copied_id"], fields="name")["name"] for row in made["ad_object_ids"]]
    assert found[:3] == names


@pytest.mark.parametrize(
    ("option", "status"), [("ACTIVE", "ACTIVE"), ("PAUSED", "PAUSED"), ("INHERITED_FROM_SOURCE", "ACTIVE")]
)
def test_a_copy_delivers_only_when_asked_to(
    graph: Client, account: AdAccount, tree: Any, option: str, status: str, box: Sandbox
) -> None:
    params = {"deep_copy": True, "status_option": option}
    made = AdSet(tree[1], api=account.get_api()).create_copy(params=params)["copied_adset_id"]
    assert told(graph, made, "status", "campaign_id") == {"status": status, "campaign_id": tree[0]}
    box.advance(2)
    spent = graph.get(f"{made}/insights", fields="spend", date_preset="maximum")["data"]
    assert bool(spent) == (status == "ACTIVE")


def test_a_shallow_copy_is_one_object_and_can_be_read_back(
    graph: Client, account: AdAccount, tree: Any
) -> None:
    top, adset, ads = tree
    api = account.get_api()
    made = Campaign(top, api=api).create_copy(fields=["name"])
    assert made["name"] == "Yıl sonu - Copy"
    assert [one["id"] for one in Campaign(top, api=api).get_copies()] == [made["copied_campaign_id"]]
    assert graph.get(f"{made['copied_campaign_id']}/adsets")["data"] == []
    other = graph.campaign()
    moved = AdSet(adset, api=api).create_copy(params={"campaign_id": other})["copied_adset_id"]
    assert graph.get(moved, fields="campaign_id")["campaign_id"] == other
    ad = Ad(ads[0], api=api).create_copy(params={"adset_id": moved})["copied_ad_id"]
    assert told(graph, ad, "adset_id", "name") == {"adset_id": moved, "name": "ad 0 - Copy"}
    assert [one["id"] for one in Ad(ads[0], api=api).get_copies()] == [ad]


def test_more_than_three_children_are_copied_by_asynchronous_requests_alone(
    graph: Client, account: AdAccount
) -> None:
    top, adset, _ = graph.tree(ads=4)
    with pytest.raises(FacebookRequestError) as met:
        AdSet(adset, api=account.get_api()).create_copy(params={"deep_copy": True})
    assert (met.value.api_error_code(), met.value.api_error_subcode()) == (100, 1885194)
    batch = [{"name": "a", "relative_url": f"{adset}/copies", "body": "deep_copy=true"}]
    tasks = account.create_async_batch_request(params={"name": "x", "adbatch": batch})["id"]
    (done,) = AdAsyncRequestSet(tasks, api=account.get_api()).get_requests(fields=["status", "result"])
    assert done["status"] == "SUCCESS"
    assert len(done["result"]["ad_object_ids"]) == 5
    assert len(graph.get(f"{top}/ads")["data"]) == 8


def test_a_copy_takes_the_budget_of_the_campaign_it_moves_under(graph: Client, tree: Any) -> None:
    budget = CAMPAIGN | {"daily_budget": 90000}
    del budget["is_adset_budget_sharing_enabled"]
    shared = graph.post(f"{graph.account}/campaigns", **budget)["id"]
    made = graph.post(f"{tree[1]}/copies", campaign_id=shared)["copied_adset_id"]
    assert graph.get(made, fields="daily_budget")["daily_budget"] == "0"
    back = graph.raw("POST", f"{made}/copies", campaign_id=tree[0]).json()["error"]
    assert back["error_user_title"] == "No budget"


def test_an_ad_set_that_has_ended_is_copied_to_begin_now(graph: Client, box: Sandbox) -> None:
    adset = graph.adset(graph.campaign(), end_time="2026-12-03T09:00:00+0300")
    box.advance(10)
    made = graph.post(f"{adset}/copies")["copied_adset_id"]
    assert told(graph, made, "start_time", "end_time") == {
        "start_time": "2026-12-10T09:00:00+0300", "end_time": "2026-12-13T09:00:00+0300",
    }  # fmt: skip


@pytest.mark.parametrize(
    "params",
    [
        {"status_option": "ARCHIVED"}, {"rename_options": {"suffix": "x"}}, {"campaign_id": "1"},
        {"rename_options": {"rename_strategy": "HALF"}}, {"rename_options": "x"},
        {"create_dco_adset": "true"},
    ],
)  # fmt: skip
def test_a_copy_that_cannot_be_is_refused(graph: Client, params: Any, tree: Any) -> None:
    answer = graph.raw("POST", f"{tree[1]}/copies", **params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
    assert len(graph.get(f"{graph.account}/adsets")["data"]) == 1


def test_what_is_deleted_is_not_copied(graph: Client, tree: Any) -> None:
    graph.raw("DELETE", tree[1])
    assert graph.raw("POST", f"{tree[1]}/copies").json()["error"]["error_subcode"] == 1487056
