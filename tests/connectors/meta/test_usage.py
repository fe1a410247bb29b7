from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.meta.usage import Usage, usage

BUSINESS = {
    "1": [
        {"type": "ads_management", "call_count": 95, "total_cputime": 20, "total_time": 20,
         "estimated_time_to_regain_access": 5},
        {"type": "ads_insights", "call_count": 3, "total_cputime": 1, "total_time": 1,
         "estimated_time_to_regain_access": 0},
    ]
}  # fmt: skip


def test_the_scarcest_allowance_counts_and_minutes_become_seconds() -> None:
    headers = {
        "X-App-Usage": json.dumps({"call_count": 28, "total_time": 25, "total_cputime": 25}),
        "X-Business-Use-Case-Usage": json.dumps(BUSINESS),
        "X-Ad-Account-Usage": json.dumps({"acc_id_util_pct": 60, "reset_time_duration": 2}),
    }
    assert usage(headers) == Usage(95.0, 300.0)


def test_headers_inside_a_batch_are_a_list() -> None:
    listed = [
        {"name": "Content-Type", "value": "text/javascript"},
        {
            "name": "X-FB-Ads-Insights-Throttle",
            "value": json.dumps({"app_id_util_pct": 40, "acc_id_util_pct": 80}),
        },
    ]
    assert usage(listed) == Usage(80.0)


@pytest.mark.parametrize("headers", [{}, None, [], [{"name": "Date"}], {"x-app-usage": "not JSON"}, [3]])
def test_without_a_readable_usage_header_nothing_is_known(headers: object) -> None:
    assert usage(headers) is None


def test_pauses_begin_at_three_quarters_and_grow() -> None:
    pauses = [Usage(percent).pause for percent in (0, 75, 82.5, 90, 95, 100, 140)]
    assert pauses == [0.0, 0.0, 1.0, 2.0, 8.5, 15.0, 15.0]


@given(st.floats(0, 500), st.floats(0, 500))
def test_more_used_never_means_a_shorter_pause(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= Usage(low).pause <= Usage(high).pause <= 15
