"""Every class of fault as the unchanged SDK meets it, in a request by itself and in a part of a batch."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adasyncrequestset import AdAsyncRequestSet
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.exceptions import FacebookRequestError

from tests.sandbox.conftest import Client

NEW = {
    "name": "a", "objective": "OUTCOME_SALES", "special_ad_categories": [],
    "is_adset_budget_sharing_enabled": False,
}  # fmt: skip
CREATE = "POST */campaigns"
Way = Callable[[Client, AdAccount], None]
WAYS: dict[tuple[str, str], Way] = {}
# Only parts of a batch can be null, or fail in part.
ALONE_IMPOSSIBLE = {"null sub-response", "partial failure"}
CLASSES = (
    "latency", "HTML 502", "JSON 500 without error", "empty body", "applied, response lost", "reset before",
    "throttling", "expired token", "partial failure", "null sub-response", "stuck job", "failed job",
    "empty page with next", "concurrent modification", "human edit",
)  # fmt: skip


def met(fault: str, alone: bool) -> Callable[[Way], Way]:
    def keep(way: Way) -> Way:
        WAYS[fault, "alone" if alone else "in a batch"] = way
        return way

    return keep


def strike(graph: Client, kind: str, route: str = CREATE, **more: Any) -> None:
    found = graph.admin("POST", "faults", route=route, kind=kind, **{"times": 1, **more})
    assert "error" not in found, found


def there(graph: Client) -> list[str]:
    return sorted(one["name"] for one in graph.get(f"{graph.account}/campaigns", fields="name")["data"])


class Parts:
    """Campaigns made in one batch through the SDK, and what its callbacks were told, by name."""

    def __init__(self, account: AdAccount, names: str) -> None:
        self.batch = account.get_api().new_batch()
        self.done: dict[str, Any] = {}
        self.failed: dict[str, Any] = {}
        for name in names:
            account.create_campaign(
                params=NEW | {"name": name}, batch=self.batch,
                success=lambda answer, name=name: self.done.update({name: answer}),
                failure=lambda answer, name=name: self.failed.update({name: answer}),
            )  # fmt: skip

    def execute(self) -> Any:
        return self.batch.execute()


@met("latency", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "delay", seconds=0.2)
    started = time.monotonic()
    assert account.create_campaign(params=NEW)["id"]
    assert time.monotonic() - started >= 0.2


@met("latency", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "delay", seconds=1, times=9)
    parts, started = Parts(account, "abcdefghi"), time.monotonic()
    assert parts.execute() is None
    assert 1 <= time.monotonic() - started < 9, "they wait side by side"
    assert sorted(parts.done) == there(graph) == list("abcdefghi")


@met("HTML 502", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "http502")
    with pytest.raises(TypeError):
        account.create_campaign(params=NEW)
    assert there(graph) == []


@met("HTML 502", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "http502")
    parts = Parts(account, "ab")
    parts.execute()
    assert (list(parts.done), list(parts.failed)) == (["a", "b"], [])  # a text is a success to the SDK
    assert "<h1>502" in parts.done["a"].body()
    assert there(graph) == ["b"]


@met("JSON 500 without error", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "http500")
    assert account.create_campaign(params=NEW).get("id") is None
    assert there(graph) == []


@met("JSON 500 without error", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "http500", applied=True)
    parts = Parts(account, "ab")
    parts.execute()
    assert parts.done["a"].status() == 500
    assert "id" not in parts.done["a"].json()
    assert there(graph) == ["a", "b"]  # though nothing says so


@met("empty body", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "empty_200", applied=True)
    assert account.create_campaign(params=NEW).get("id") is None
    assert there(graph) == ["a"]


@met("empty body", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "empty_200")
    parts = Parts(account, "ab")
    parts.execute()
    assert parts.done["a"].body() == ""
    assert there(graph) == ["b"]


@met("applied, response lost", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "lost_response")
    with pytest.raises(requests.ConnectionError):
        account.create_campaign(params=NEW)
    assert there(graph) == ["a"]


@met("applied, response lost", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "lost_response")
    parts = Parts(account, "ab")
    with pytest.raises(requests.ConnectionError):
        parts.execute()
    assert (parts.done, there(graph)) == ({}, ["a", "b"])


@met("reset before", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "dropped_request")
    with pytest.raises(requests.ConnectionError):
        account.create_campaign(params=NEW)
    assert there(graph) == []


@met("reset before", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "dropped_request", "POST /")
    parts = Parts(account, "ab")
    with pytest.raises(requests.ConnectionError):
        parts.execute()
    assert (parts.done, there(graph)) == ({}, [])


@met("throttling", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "throttle", code=80004)
    with pytest.raises(FacebookRequestError) as error:
        account.create_campaign(params=NEW)
    headers = {name.lower(): value for name, value in error.value.http_headers().items()}
    assert error.value.api_error_code() == 80004
    assert '"estimated_time_to_regain_access": 1' in headers["x-business-use-case-usage"]
    assert {"x-app-usage", "x-ad-account-usage", "x-fb-ads-insights-throttle"} <= headers.keys()


@met("throttling", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "throttle", code=17)
    parts = Parts(account, "ab")
    parts.execute()
    answer = parts.failed["a"]
    told = {one["name"].lower(): one["value"] for one in answer.headers()}  # a list, other than outside
    assert answer.error().api_error_code() == 17
    assert '"acc_id_util_pct": 100' in told["x-ad-account-usage"]
    assert there(graph) == ["b"]


@met("expired token", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "expired_token", "GET *")
    with pytest.raises(FacebookRequestError) as error:
        account.api_get(fields=["name"])
    assert (error.value.api_error_code(), error.value.api_error_subcode()) == (190, 463)
    assert account.api_get(fields=["name"])["name"]


@met("expired token", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "expired_token", "POST /")
    with pytest.raises(FacebookRequestError) as error:
        Parts(account, "ab").execute()
    assert (error.value.api_error_code(), error.value.api_error_subcode()) == (190, 463)
    strike(graph, "expired_token")
    parts = Parts(account, "ab")
    parts.execute()
    assert parts.failed["a"].error().api_error_subcode() == 463
    assert there(graph) == ["b"]


@met("partial failure", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "error", code=2, http=500, transient=True, skip=1)
    parts = Parts(account, "abc")
    assert parts.execute() is None
    assert (sorted(parts.done), sorted(parts.failed)) == (["a", "c"], ["b"])
    assert parts.failed["b"].error().api_transient_error() is True
    assert there(graph) == ["a", "c"]


@met("null sub-response", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "null", applied=True)
    parts = Parts(account, "ab")
    again = parts.execute()
    assert len(again) == 1  # the SDK would send it a second time
    assert there(graph) == ["a", "b"]


REPORT: dict[str, Any] = {"level": "ad", "date_preset": "yesterday"}


def started(account: AdAccount, in_batch: bool) -> Any:
    """A report run, and how often it was looked at is what its status shows."""
    if not in_batch:
        return account.get_insights(fields=["spend"], params=dict(REPORT), is_async=True)
    kept: list[Any] = []
    batch = account.get_api().new_batch()
    account.get_insights_async(fields=["spend"], params=dict(REPORT), batch=batch, success=kept.append)
    batch.execute()
    return kept[0].json()["report_run_id"]


def seen(account: AdAccount, run: Any, looks: int = 6) -> tuple[str, int]:
    id_ = run if isinstance(run, str) else run["id"]
    told: list[Any] = []
    for _ in range(looks):
        batch = account.get_api().new_batch()
        batch.add("GET", (id_,), success=told.append)
        batch.execute()
    last = told[-1].json()
    return last["async_status"], last["async_percent_completion"]


@met("stuck job", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "report_stuck", "POST */insights")
    assert seen(account, started(account, False)) == ("Job Running", 100)


@met("stuck job", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "report_stuck", "POST */insights")
    assert seen(account, started(account, True)) == ("Job Running", 100)


@met("failed job", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "report_failed", "POST */insights")
    assert seen(account, started(account, False)) == ("Job Failed", 60)


@met("failed job", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    strike(graph, "report_failed", "POST */insights")
    assert seen(account, started(account, True)) == ("Job Failed", 60)


@met("empty page with next", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    for _ in range(3):
        graph.campaign()
    strike(graph, "empty_page", "GET */campaigns", skip=1)
    assert len(list(account.get_campaigns(params={"limit": 1}))) == 1  # the SDK ends here, silently
    assert len(list(account.get_campaigns(params={"limit": 1}))) == 3


@met("empty page with next", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    graph.campaign()
    strike(graph, "empty_page", "GET */campaigns")
    told: list[Any] = []
    batch = account.get_api().new_batch()
    account.get_campaigns(batch=batch, success=told.append)
    batch.execute()
    body = told[0].json()
    assert (body["data"], "next" in body["paging"]) == ([], True)


@met("concurrent modification", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    adset = AdSet(graph.adset(graph.campaign()), api=account.get_api())
    strike(graph, "edited", f"POST /{adset['id']}", change={"daily_budget": 90000, "name": "başkasının"})
    adset.api_update(params={"name": "bizim"})  # no error: Graph has no versions, and the last one wins
    found = adset.api_get(fields=["name", "daily_budget"])
    assert (found["name"], found["daily_budget"]) == ("bizim", "90000")


@met("concurrent modification", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    top = Campaign(graph.campaign(), api=account.get_api())
    strike(graph, "edited", f"POST /{top['id']}", change={"status": "DELETED"})
    failed: list[Any] = []
    batch = account.get_api().new_batch()
    top.api_update(params={"status": "ACTIVE"}, batch=batch, failure=failed.append)
    batch.execute()
    assert failed[0].error().api_error_subcode() == 1487056
    assert top.api_get(fields=["status"])["status"] == "DELETED"


@met("human edit", alone=True)
def _(graph: Client, account: AdAccount) -> None:
    top = Campaign(graph.campaign(), api=account.get_api())
    before = top.api_get(fields=["name", "updated_time"])["name"]
    strike(graph, "edited", f"GET /{top['id']}", change={"name": "elle değişti"})
    assert top.api_get(fields=["name"])["name"] == "elle değişti" != before


@met("human edit", alone=False)
def _(graph: Client, account: AdAccount) -> None:
    """Somebody pauses the campaign while a batch makes its ad sets, which then do not deliver."""
    top, *others = graph.campaign(status="ACTIVE"), graph.campaign(status="ACTIVE")
    strike(graph, "edited", "POST */adsets", change={"status": "PAUSED"}, target=top)
    made: list[Any] = []
    batch = account.get_api().new_batch()
    for campaign in (top, *others):
        account.create_ad_set(params=graph.adset_fields(campaign), batch=batch, success=made.append)
    batch.execute()
    told = [graph.get(one.json()["id"], fields="effective_status")["effective_status"] for one in made]
    assert told == ["CAMPAIGN_PAUSED", "ACTIVE"]


@pytest.mark.parametrize("where", sorted(WAYS), ids=", ".join)
def test_the_sdk_meets_a_fault(where: tuple[str, str], graph: Client, account: AdAccount) -> None:
    WAYS[where](graph, account)


def test_every_class_is_met_alone_and_in_a_batch() -> None:
    wanted = {(each, "in a batch") for each in CLASSES}
    wanted |= {(each, "alone") for each in CLASSES if each not in ALONE_IMPOSSIBLE}
    assert set(WAYS) == wanted


@pytest.mark.parametrize(
    ("kind", "status", "count"), [("requests_stuck", "INITIAL", 0), ("requests_failed", "ERROR", 0)]
)
def test_asynchronous_requests_get_stuck_or_fail(
    graph: Client, account: AdAccount, kind: str, status: str, count: int
) -> None:
    asked = {"name": "a", "relative_url": f"{graph.account}/adlabels", "body": "name=b"}
    set_ = account.create_async_batch_request(params={"name": "x", "adbatch": [asked]})["id"]
    strike(graph, kind, f"GET /{set_}/requests")
    (one,) = AdAsyncRequestSet(set_, api=account.get_api()).get_requests(fields=["status", "result"])
    assert one["status"] == status
    assert len(graph.get(f"{graph.account}/adlabels")["data"]) == count
    if kind == "requests_failed":
        assert one["result"]["error"]["is_transient"] is True


def test_an_edit_that_cannot_be_is_told(graph: Client) -> None:
    strike(graph, "edited", "GET /me", change={"objective": "OUTCOME_LEADS"}, target=graph.campaign())
    assert graph.raw("GET", "me").json()["error"]["error_user_title"] == "Field cannot be changed"
    assert graph.get("me")["id"]
    assert "change" in graph.admin("POST", "faults", route="GET /me", kind="edited")["error"]
