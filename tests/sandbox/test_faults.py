"""Faults on demand, as the unchanged SDK and a raw client meet them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.exceptions import FacebookRequestError

from sandbox.faults import FaultError, Faults

CAMPAIGN = {
    "name": "a", "objective": "OUTCOME_SALES", "special_ad_categories": [],
    "is_adset_budget_sharing_enabled": False,
}  # fmt: skip
CREATE = "POST */campaigns"


def campaigns(graph: Any) -> int:
    return len(graph.get(f"{graph.account}/campaigns", limit=100)["data"])


def add(graph: Any, kind: str, route: str = CREATE, **more: Any) -> dict[str, Any]:
    return graph.admin("POST", "faults", route=route, kind=kind, **more)


def test_a_lost_response_leaves_the_object_behind(graph: Any, account: AdAccount) -> None:
    add(graph, "lost_response", times=1)
    with pytest.raises(requests.ConnectionError):
        account.create_campaign(params=CAMPAIGN)
    assert campaigns(graph) == 1


def test_a_dropped_request_leaves_nothing(graph: Any, account: AdAccount) -> None:
    add(graph, "dropped_request", times=1)
    with pytest.raises(requests.ConnectionError):
        account.create_campaign(params=CAMPAIGN)
    assert campaigns(graph) == 0
    assert account.create_campaign(params=CAMPAIGN)["id"]


def test_any_graph_error_can_be_answered(graph: Any, account: AdAccount) -> None:
    add(graph, "error", code=2, subcode=99, http=500, message="Service {down}", transient=True, times=1)
    with pytest.raises(FacebookRequestError) as met:
        account.create_campaign(params=CAMPAIGN)
    assert (met.value.http_status(), met.value.api_error_code(), met.value.api_error_subcode()) == (
        500,
        2,
        99,
    )
    assert met.value.api_transient_error() is True
    assert "Service {down}" in str(met.value)


def test_html_breaks_the_sdk_as_it_does_on_the_platform(graph: Any, account: AdAccount) -> None:
    add(graph, "http502", times=1)
    with pytest.raises(TypeError):
        account.create_campaign(params=CAMPAIGN)
    assert campaigns(graph) == 0


@pytest.mark.parametrize("kind", ["http500", "empty_200"])
@pytest.mark.parametrize("applied", [True, False])
def test_answers_without_an_error_look_like_success_to_the_sdk(
    graph: Any, account: AdAccount, kind: str, applied: bool
) -> None:
    add(graph, kind, times=1, applied=applied)
    assert account.create_campaign(params=CAMPAIGN).get("id") is None
    assert campaigns(graph) == int(applied)


@pytest.mark.parametrize(
    ("code", "use_case"), [(80004, "ads_management"), (17, "ads_management"), (4, "ads_management")]
)
def test_throttling_comes_with_its_headers(graph: Any, code: int, use_case: str) -> None:
    add(graph, "throttle", code=code, times=1)
    answer = graph.raw("POST", f"{graph.account}/campaigns", name="a")
    assert answer.json()["error"]["code"] == code
    (cases,) = json.loads(answer.headers["x-business-use-case-usage"]).values()
    used = {case["type"]: case for case in cases}
    assert (used[use_case]["call_count"], used[use_case]["estimated_time_to_regain_access"]) == (100, 1)
    assert json.loads(answer.headers["x-app-usage"])["call_count"] == 100
    again = graph.raw("GET", "me")
    assert json.loads(again.headers["x-app-usage"])["call_count"] < 100


@pytest.mark.parametrize("applied", [True, False])
def test_a_null_sub_response_says_nothing_of_what_was_done(
    graph: Any, account: AdAccount, applied: bool
) -> None:
    add(graph, "null", times=1, applied=applied)
    batch = account.get_api().new_batch()
    for name in "ab":
        account.create_campaign(params=CAMPAIGN | {"name": name}, batch=batch)
    left = batch.execute()
    assert len(left) == 1
    assert campaigns(graph) == (2 if applied else 1)


@pytest.mark.parametrize(("kind", "left"), [("lost_response", 3), ("dropped_request", 1)])
def test_a_batch_may_be_lost_after_it_was_done_or_break_off_in_the_middle(
    graph: Any, account: AdAccount, kind: str, left: int
) -> None:
    add(graph, kind, times=1, skip=1)
    batch = account.get_api().new_batch()
    for name in "abc":
        account.create_campaign(params=CAMPAIGN | {"name": name}, batch=batch)
    with pytest.raises(requests.ConnectionError):
        batch.execute()
    assert campaigns(graph) == left


def test_a_delay_waits_and_then_answers(graph: Any) -> None:
    add(graph, "delay", route="GET /me", seconds=0.2, times=1)
    started = time.monotonic()
    assert graph.get("me")["id"]
    assert time.monotonic() - started >= 0.2


def test_an_empty_page_with_a_next_link_ends_the_sdks_iteration(graph: Any, account: AdAccount) -> None:
    for n in range(3):
        graph.campaign(name=f"c{n}")
    add(graph, "empty_page", route="GET */campaigns", skip=1, times=1)
    assert len(list(account.get_campaigns(params={"limit": 1}))) == 1
    assert len(list(account.get_campaigns(params={"limit": 1}))) == 3


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_the_rows_of_an_empty_page_come_with_the_next_one(graph: Any, skip: int) -> None:
    names = [f"c{n}" for n in range(3)]
    for name in names:
        graph.campaign(name=name)
    add(graph, "empty_page", route="GET */campaigns", skip=skip, times=1)
    pages = [graph.get(f"{graph.account}/campaigns", fields="name", limit=1)]
    while "next" in pages[-1]["paging"]:
        after = pages[-1]["paging"]["cursors"]["after"]
        pages.append(graph.get(f"{graph.account}/campaigns", fields="name", limit=1, after=after))
    assert [len(page["data"]) for page in pages].count(0) == 1
    assert [each["name"] for page in pages for each in page["data"]] == names[::-1]


def test_faults_can_be_counted_skipped_listed_and_cleared(graph: Any) -> None:
    add(graph, "error", times=2, skip=1, route="GET /me")
    codes = [graph.raw("GET", "me").status_code for _ in range(5)]
    assert codes == [200, 400, 400, 200, 200]
    (listed,) = graph.admin("GET", "faults")
    assert (listed["struck"], listed["seen"]) == (2, 5)
    graph.admin("DELETE", "faults")
    assert graph.admin("GET", "faults") == []


def test_a_rate_strikes_the_same_requests_for_the_same_seed(tmp_path: Path) -> None:
    def struck(where: Path) -> list[bool]:
        where.mkdir()
        faults = Faults(where, seed=5)
        faults.add({"route": "* *", "kind": "error", "rate": 0.3})
        return [faults.strike("GET", "/me") is not None for _ in range(200)]

    first = struck(tmp_path / "a")
    assert first == struck(tmp_path / "b")
    assert 40 < sum(first) < 80


def test_faults_survive_a_restart(tmp_path: Path) -> None:
    Faults(tmp_path).add({"route": "GET /me", "kind": "error", "times": 1})
    again = Faults(tmp_path)
    assert again.strike("GET", "/me")
    assert Faults(tmp_path).strike("GET", "/me") is None


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"route": "GET /me", "kind": "gremlins"}, "kind: must be one of"),
        ({"route": "/me", "kind": "error"}, "route: must be"),
        ({"route": "GET /me", "kind": "error", "colour": 1}, "colour: unknown"),
        ({"route": "GET /me", "kind": "delay", "seconds": 1000}, "seconds: must be"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(tmp_path: Path, fault: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FaultError, match=complaint):
        Faults(tmp_path).add(fault)


SPAN = {"level": "ad", "time_increment": 1, "time_range": {"since": "2026-11-30", "until": "2026-12-05"}}


def looked_at(run: Any, times: int = 6) -> list[tuple[str, int]]:
    seen = []
    for _ in range(times):
        run = run.api_get()
        seen.append((run["async_status"], run["async_percent_completion"]))
    return seen


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("report_failed", ("Job Failed", 60)),
        ("report_skipped", ("Job Skipped", 0)),
        ("report_stuck", ("Job Running", 100)),
        ("report_waiting", ("Job Not Started", 0)),
        ("report_expired", ("Job Completed", 100)),
    ],
)
def test_report_runs_end_badly_on_demand(
    kind: str, last: tuple[str, int], graph: Any, account: AdAccount, box: Any
) -> None:
    graph.tree(ads=2)
    box.advance(3)
    add(graph, kind, "POST */insights", times=1)
    run = account.get_insights(fields=["spend"], params=dict(SPAN), is_async=True)
    assert looked_at(run)[-1] == last
    with pytest.raises(FacebookRequestError) as met:
        list(run.get_insights())
    code = (met.value.api_error_code(), met.value.api_error_subcode())
    assert code == ((100, 33) if kind == "report_expired" else (2601, None))
    told = run.api_get(fields=["error_code", "error_subcode", "error_user_title"])
    assert (told.get("error_code"), told.get("error_subcode")) == (
        (100, 1487534) if kind == "report_failed" else (None, None)
    )
    after = account.get_insights(fields=["spend"], params=dict(SPAN), is_async=True)
    assert looked_at(after)[-1] == ("Job Completed", 100)


def test_a_run_fails_for_its_size_and_its_halves_do_not(graph: Any, account: AdAccount, box: Any) -> None:
    graph.tree(ads=2)
    box.advance(6)
    add(graph, "report_failed", "POST */insights", rows=6)
    for until, last in (("2026-12-05", "Job Failed"), ("2026-12-02", "Job Completed")):
        params = SPAN | {"time_range": {"since": "2026-11-30", "until": until}}
        run = account.get_insights(fields=["spend"], params=params, is_async=True)
        assert looked_at(run)[-1][0] == last


@pytest.mark.parametrize(("code", "met_as"), [(None, (500, 1, 99)), (100, (400, 100, 1487534))])
def test_a_report_that_is_too_big_is_refused_as_documented(
    code: int | None, met_as: tuple[int, int, int], graph: Any, account: AdAccount, box: Any
) -> None:
    graph.tree(ads=2)
    box.advance(3)
    add(graph, "too_much_data", "GET */insights", rows=5, **({"code": code} if code else {}))
    with pytest.raises(FacebookRequestError) as met:
        account.get_insights(fields=["spend"], params=dict(SPAN))
    error = met.value
    assert (error.http_status(), error.api_error_code(), error.api_error_subcode()) == met_as
    assert len(list(account.get_insights(fields=["spend"], params=SPAN | {"level": "account"}))) == 3


def test_a_report_run_is_gone_after_thirty_days(graph: Any, account: AdAccount, box: Any) -> None:
    run = account.get_insights(fields=["spend"], params=dict(SPAN), is_async=True)
    assert looked_at(run)[-1] == ("Job Completed", 100)
    box.advance(29)
    assert list(run.get_insights()) == []
    box.advance(1)
    for asked in (run.api_get, run.get_insights):
        with pytest.raises(FacebookRequestError) as met:
            asked()
        assert (met.value.api_error_code(), met.value.api_error_subcode()) == (100, 33)


def test_rows_belong_to_faults_of_reports_alone(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="rows: only for"):
        Faults(tmp_path).add({"route": CREATE, "kind": "http502", "rows": 3})
