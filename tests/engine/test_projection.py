"""What a month will have cost by its end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.budget import Amount, Running
from engine.projection import by_month, days_left
from tests.engine.trees import address


def running(daily: int, start: date, end: date | None) -> Running:
    return Running(address("ad_set", "c/s"), Amount(Decimal(daily), "TRY"), start, end)


FLIGHT = running(100, date(2026, 12, 1), date(2027, 1, 2))
TODAY = date(2026, 12, 11)


def test_a_month_is_what_was_spent_and_what_may_be_spent_from_then_on() -> None:
    months = by_month([FLIGHT], {"TRY": Decimal(950)}, date(2026, 12, 10), TODAY)
    assert months == {"2026-12": {"TRY": Decimal(950 + 21 * 100)}, "2027-01": {"TRY": Decimal(200)}}


def test_days_that_were_not_loaded_count_with_what_may_have_been_spent() -> None:
    assert by_month([FLIGHT], {"TRY": Decimal(750)}, date(2026, 12, 8), TODAY)["2026-12"] == {
        "TRY": Decimal(750 + 23 * 100)
    }
    assert by_month([FLIGHT], {}, None, TODAY)["2026-12"] == {"TRY": Decimal(3100)}


def test_a_flight_not_begun_counts_from_its_first_day() -> None:
    assert by_month([FLIGHT], {}, None, date(2026, 11, 30))["2026-12"] == {"TRY": Decimal(3100)}


@given(st.integers(1, 300), st.integers(0, 60))
def test_no_day_is_counted_twice_and_none_is_left_out(days: int, loaded: int) -> None:
    start = date(2026, 12, 1)
    flight = running(1, start, start + timedelta(days=days - 1))
    through = start + timedelta(days=loaded - 1) if loaded else None
    months = by_month([flight], {}, through, start)
    assert sum(month.get("TRY", Decimal(0)) for month in months.values()) == max(0, days - loaded)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_days_left_reach_exactly_to_the_end_of_the_month(today: date) -> None:
    last = today + timedelta(days=days_left(today) - 1)
    assert last.month == today.month
    assert (last + timedelta(days=1)).day == 1
