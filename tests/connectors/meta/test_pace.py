"""Nothing is refused for haste: pauses come before the platform has to say so."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import RetryLater
from connectors.meta.pace import SCORE_SECONDS, WRITE_POINTS, WRITES_PER_SECOND, Pace

PATH = ("act_1", "campaigns")


@dataclass
class Time:
    """Passes only while somebody sleeps, and as told."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self, **options: Any) -> Pace:
        return Pace(self.sleep, lambda: self.now, **options)


@pytest.fixture
def time() -> Time:
    return Time()


def business(kind: str, percent: float, minutes: float = 0, tier: str = "standard_access") -> dict[str, str]:
    told = {
        "type": kind, "call_count": percent, "estimated_time_to_regain_access": minutes,
        "ads_api_access_tier": tier,
    }  # fmt: skip
    return {"X-Business-Use-Case-Usage": json.dumps({"1": [told]})}


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 0.4), st.floats(0, 0.4)), max_size=40))
@settings(deadline=None)
def test_no_second_sees_more_writes_than_the_platform_takes(
    calls: Sequence[tuple[int, float, float]],
) -> None:
    """Whenever within a call the platform counts its writes."""
    time, spans = Time(), []
    pace = time.pace()
    for count, duration, gap in calls:
        with pace.writing(count):
            began = time.now
            time.now += duration
        spans.append((count, began, time.now))
        time.now += gap
    for _, began, _ in spans:
        for moment in (began, began + 0.999):
            within = [many for many, start, end in spans if start <= moment and end > moment - 1]
            assert sum(within) <= WRITES_PER_SECOND


def test_a_hundred_writes_go_at_once_and_the_next_waits_for_room(time: Time) -> None:
    pace = time.pace()
    for count in (1, 50, 49):
        with pace.writing(count):
            pass
        time.now += 0.1
    assert time.slept == []
    with pace.writing(50):  # the first two must be a second old
        pass
    assert time.slept == [pytest.approx(0.7), pytest.approx(0.1)]


def test_calls_under_way_count_until_they_have_ended_however_many_threads_there_are() -> None:
    pace = Pace(writes_per_second=10)
    lock, writing, most = threading.Lock(), 0, 0

    def call(_: int) -> None:
        nonlocal writing, most
        with pace.writing(5):
            with lock:
                writing += 5
                most = max(most, writing)
            threading.Event().wait(0.02)
            with lock:
                writing -= 5

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(call, range(6)))
    assert most == 10


def test_an_account_of_limited_access_gets_twenty_writes_in_five_minutes(time: Time) -> None:
    pace = time.pace()
    pace.hear(business("ads_management", 1, tier="development_access"))
    assert pace.most_writes == 60 // WRITE_POINTS
    with pace.writing(20):
        pass
    with pace.writing(1):
        pass
    assert sum(time.slept) == pytest.approx(SCORE_SECONDS)


def test_reads_use_the_score_up_too(time: Time) -> None:
    pace = time.pace()
    pace.hear(business("ads_management", 1, tier="development_access"))
    for _ in range(58):
        pace.before("GET", PATH)
    with pace.writing(1):
        pass
    assert sum(time.slept) == pytest.approx(SCORE_SECONDS)


def test_more_than_fits_at_all_waits_only_until_it_is_alone(time: Time) -> None:
    pace = time.pace(writes_per_second=10)
    with pace.writing(50):
        pass
    assert time.slept == []


def test_a_block_that_the_headers_announce_is_waited_out_once(time: Time) -> None:
    pace = time.pace()
    pace.hear(business("ads_management", 60, minutes=2))
    pace.before("POST", PATH)
    pace.before("POST", PATH)
    assert time.slept == [120.0]


def test_a_block_longer_than_five_minutes_is_said_without_a_call(time: Time) -> None:
    pace = time.pace()
    pace.hear(business("ads_management", 100, minutes=30))
    with pytest.raises(RetryLater) as caught:
        pace.before("POST", PATH)
    assert (caught.value.after, time.slept) == (1800.0, [])


@pytest.mark.parametrize(
    ("kind", "path", "slowed"),
    [
        ("ads_insights", ("act_1", "insights"), True),
        ("ads_insights", PATH, False),
        ("ads_management", ("act_1", "insights"), False),
        ("ads_management", PATH, True),
        ("custom_audience", ("23", "users"), True),
    ],
)
def test_each_use_case_answers_for_its_own_calls(
    kind: str, path: tuple[str, ...], slowed: bool, time: Time
) -> None:
    pace = time.pace()
    pace.hear(business(kind, 90))
    pace.before("POST", path)
    assert time.slept == ([2.0] if slowed else [])


def test_the_apps_and_the_accounts_shares_are_everybodys(time: Time) -> None:
    pace = time.pace()
    pace.hear({"X-Ad-Account-Usage": json.dumps({"acc_id_util_pct": 90, "reset_time_duration": 40})})
    pace.before("GET", ("act_1", "insights"))
    assert time.slept == [2.0]  # the reset time is no wait while there is something left
    pace.hear({"X-Ad-Account-Usage": json.dumps({"acc_id_util_pct": 100, "reset_time_duration": 40})})
    pace.before("POST", PATH)
    assert time.slept == [2.0, 40.0]
