"""Allowances that run out, are told in the headers, and come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.exceptions import FacebookRequestError

from sandbox.meta.quotas import HOURLY, STANDARD, Quotas, most
from sandbox.runtime import Sandbox


@pytest.fixture
def limited(graph: Any) -> Iterator[Any]:
    graph.admin("POST", "switches", quotas=True, development_tier=True)
    yield graph
    graph.admin("POST", "switches", quotas=False, development_tier=False)


def header(answer: Any, name: str) -> Any:
    return json.loads(answer.headers[name])


def use(answer: Any, case: str) -> dict[str, Any]:
    (cases,) = header(answer, "x-business-use-case-usage").values()
    return {one["type"]: one for one in cases}[case]


def wait(graph: Any, seconds: float) -> None:
    graph.admin("POST", "quota", seconds=seconds)


def refused(graph: Any, method: str, path: str, **params: Any) -> tuple[int, int | None] | None:
    answer = graph.raw(method, path, **params).json()
    error = answer.get("error")
    return (error["code"], error.get("error_subcode")) if error else None


def test_nothing_runs_out_while_quotas_are_off(graph: Any) -> None:
    for _ in range(70):
        last = graph.raw("GET", graph.account)
    assert last.status_code == 200
    assert header(last, "x-ad-account-usage")["ads_api_access_tier"] == STANDARD


def test_the_score_grows_by_reads_and_writes_and_blocks_for_five_minutes(
    limited: Any, account: AdAccount
) -> None:
    for _ in range(30):
        last = limited.raw("GET", limited.account)
    told = header(last, "x-ad-account-usage")
    assert (told["acc_id_util_pct"], told["ads_api_access_tier"]) == (50, "development_access")
    limited.post(f"{limited.account}/adlabels", name="x")
    assert header(limited.raw("GET", limited.account), "x-ad-account-usage")["acc_id_util_pct"] == 56
    for _ in range(26):
        limited.get(limited.account)
    with pytest.raises(FacebookRequestError) as met:
        account.api_get()
    error = met.value
    assert (error.api_error_code(), error.api_error_subcode()) == (17, 2446079)
    assert error.api_transient_error() is True
    told = json.loads(error.http_headers()["x-ad-account-usage"])
    assert told["acc_id_util_pct"] == 100
    assert 290 < told["reset_time_duration"] <= 300
    wait(limited, 290)
    assert refused(limited, "GET", limited.account) == (17, 2446079)
    wait(limited, 11)
    assert refused(limited, "GET", limited.account) is None


def test_points_are_forgotten_after_five_minutes(limited: Any) -> None:
    for _ in range(4):
        for _ in range(55):
            limited.get(limited.account)
        wait(limited, 301)


def test_reports_do_not_count_for_the_score_but_by_the_hour(limited: Any) -> None:
    for _ in range(600):
        limited.get(f"{limited.account}/insights")
    answer = limited.raw("GET", f"{limited.account}/insights")
    error = answer.json()["error"]
    assert (error["code"], error["error_subcode"]) == (80000, 2446079)
    told = use(answer, "ads_insights")
    assert told["call_count"] == 100
    assert 58 <= told["estimated_time_to_regain_access"] <= 60
    assert refused(limited, "GET", limited.account) is None
    wait(limited, 3601)
    assert refused(limited, "GET", f"{limited.account}/insights") is None


@pytest.mark.parametrize(
    ("path", "case", "error"),
    [
        ("", "ads_management", (80004, 2446079)),
        ("/customaudiences", "custom_audience", (80003, 2446079)),
    ],
)
def test_an_hour_has_so_many_calls_of_a_use_case(
    path: str, case: str, error: tuple[int, int], limited: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HOURLY[case].base, "development_access", 5)
    for _ in range(5):
        limited.get(limited.account + path)
    assert refused(limited, "GET", limited.account + path) == error
    wait(limited, 3601)
    assert refused(limited, "GET", limited.account + path) is None


def test_the_full_tier_blocks_for_a_minute_by_another_code(
    limited: Any, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited.admin("POST", "switches", development_tier=False)
    quotas: Quotas = box.meta._server.quotas
    for _ in range(2999):
        quotas._score.append((quotas._now(), 3))
    assert refused(limited, "POST", f"{limited.account}/adlabels", name="x") is None
    assert refused(limited, "GET", limited.account) == (613, 1487742)
    wait(limited, 61)
    assert refused(limited, "GET", limited.account) is None


def test_active_ads_and_audiences_raise_the_hourly_limits(graph: Any, box: Sandbox) -> None:
    before = {case: most(box.meta.graph, case) for case in HOURLY}
    graph.tree(ads=2)
    graph.post(
        f"{graph.account}/customaudiences",
        name="liste", subtype="CUSTOM", customer_file_source="USER_PROVIDED_ONLY",
    )  # fmt: skip
    after = {case: most(box.meta.graph, case) - before[case] for case in HOURLY}
    assert after == {"ads_management": 80, "ads_insights": 800, "custom_audience": 40}


def test_parts_of_a_batch_count_each(limited: Any) -> None:
    batch = [{"method": "GET", "relative_url": limited.account}] * 50
    assert [one["code"] for one in limited.post("", batch=batch)] == [200] * 50
    assert [one["code"] for one in limited.post("", batch=batch)] == [200] * 10 + [400] * 40
