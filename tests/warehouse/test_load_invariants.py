"""Whatever windows are loaded in whatever order, each day says what was last said of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.errors import LoadRefused

FIRST = date(2026, 12, 1)
DAYS, ADS = 5, 3

Truth = dict[tuple[int, int], int]  # (day, ad) → spend in minor units


@st.composite
def loads(draw: st.DrawFn) -> tuple[int, int, Truth]:
    """A window of days and what the platform says of it."""
    since = draw(st.integers(0, DAYS - 1))
    until = draw(st.integers(since, DAYS - 1))
    keys = st.tuples(st.integers(since, until), st.integers(1, ADS))
    return since, until, draw(st.dictionaries(keys, st.integers(0, 3), max_size=8))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(loads(), min_size=1, max_size=6))
def test_any_sequence_of_windows_ends_equal_to_the_latest_truth(
    world: Any, meta: Any, sequence: list[tuple[int, int, Truth]]
) -> None:
    shown: Truth = {}
    gone: Truth = {}
    for table in ("fact_ad_day", "entity", "load_log"):
        world.con.execute(f"delete from {table}")
    for since, until, truth in sequence:
        rows = [meta(day(d), ad, spend=f"0.0{cents}") for (d, ad), cents in truth.items()]
        ago, last = (world.day(0) - day(since)).days, (world.day(0) - day(until)).days
        window = {key: cents for key, cents in shown.items() if since <= key[0] <= until}
        before = {key: cents for key, cents in gone.items() if since <= key[0] <= until}
        try:
            summary = world.load("ad", rows, ago, last)
        except LoadRefused:
            assert not truth
            assert sum(window.values()) > 0
            continue
        assert summary.new == len(truth.keys() - window.keys() - before.keys())
        assert summary.restated == sum(window[key] != truth[key] for key in window.keys() & truth.keys())
        assert summary.vanished == len(window.keys() - truth.keys())
        assert summary.returned == len(before.keys() & truth.keys())
        gone = {**gone, **window}
        shown = {key: cents for key, cents in shown.items() if key not in window} | truth
        gone = {key: cents for key, cents in gone.items() if key not in shown}
    fact = world.rows(
        "select day, ad_id::int - 100, spend_micros // 10000, gone_at is not null from fact_ad_day"
    )
    assert {(d, ad): cents for d, ad, cents, left in fact if not left} == keyed(shown)
    assert {(d, ad): cents for d, ad, cents, left in fact if left} == keyed(gone)
    assert len(fact) == len(shown) + len(gone)


def keyed(truth: Truth) -> dict[tuple[date, int], int]:
    return {(day(d), ad): cents for (d, ad), cents in truth.items()}
