"""What a month will have cost by its end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.budget import Amount, Running
from engine.projection import by_month, days_left, spans, unknown_days
from tests.engine.trees import address


def running(daily: int, start: date, end: date | None) -> Running:
    return Running(address("ad_set", "c/s"), Amount(Decimal(daily), "TRY"), start, end)


FLIGHT = running(100, date(2026, 12, 1), date(2027, 1, 2))
TODAY = date(2026, 12, 11)


def known(*days: int, of: int = 0) -> dict[str, dict[date, Decimal]]:
    """Days of December not loaded whole, of each of which `of` is known."""
    return {"memory": {date(2026, 12, day): Decimal(of) for day in days}}


def test_a_month_is_what_was_spent_and_what_may_be_spent_from_then_on() -> None:
    months = by_month([FLIGHT], {"TRY": Decimal(950)}, known(), TODAY)
    assert months == {"2026-12": {"TRY": Decimal(950 + 21 * 100)}, "2027-01": {"TRY": Decimal(200)}}


def test_days_that_were_not_loaded_count_with_what_may_have_been_spent() -> None:
    assert by_month([FLIGHT], {"TRY": Decimal(750)}, known(4, 9), TODAY)["2026-12"] == {
        "TRY": Decimal(750 + 2 * 100 + 21 * 100)
    }


def test_of_a_platform_that_was_never_loaded_every_day_counts_so() -> None:
    assert by_month([FLIGHT], {}, {}, TODAY)["2026-12"] == {"TRY": Decimal(3100)}
    assert by_month([FLIGHT], {}, {"another": {}}, TODAY)["2026-12"] == {"TRY": Decimal(3100)}


@pytest.mark.parametrize(("part", "counted"), [(0, 100), (60, 100), (130, 130)])
def test_of_a_day_known_in_part_the_larger_counts(part: int, counted: int) -> None:
    """What was spent on it is in the sum already; a platform may also spend more than a day's budget."""
    months = by_month([FLIGHT], {"TRY": Decimal(part)}, known(9, of=part), TODAY)
    assert months["2026-12"] == {"TRY": Decimal(counted + 21 * 100)}


def test_a_part_that_is_known_counts_once_for_all_budgets_of_its_platform() -> None:
    months = by_month([FLIGHT, FLIGHT], {"TRY": Decimal(60)}, known(9, of=60), TODAY)
    assert months["2026-12"] == {"TRY": Decimal(200 + 21 * 200)}


def test_a_flight_not_begun_counts_from_its_first_day() -> None:
    assert by_month([FLIGHT], {}, {}, date(2026, 11, 30))["2026-12"] == {"TRY": Decimal(3100)}


def test_the_days_not_known_are_named_also_where_nothing_of_ours_could_run() -> None:
    assert unknown_days([], known(4, 9), TODAY) == {"memory": [date(2026, 12, 4), date(2026, 12, 9)]}
    assert unknown_days([], {}, TODAY) == {}
    (days,) = unknown_days([FLIGHT], {}, TODAY).values()
    assert (len(days), days[0], days[-1]) == (10, date(2026, 12, 1), date(2026, 12, 10))


def test_days_are_told_as_unbroken_runs() -> None:
    first = date(2026, 12, 1)
    days = [first + timedelta(days=number) for number in (6, 0, 1, 2, 4)]
    told = [((a - first).days, (b - first).days) for a, b in spans(days)]
    assert told == [(0, 2), (4, 4), (6, 6)]


@given(st.integers(1, 300), st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_no_day_is_counted_twice_and_none_is_left_out(days: int, lost: set[int], passed: int) -> None:
    start = date(2026, 12, 1)
    flight = running(1, start, start + timedelta(days=days - 1))
    missing = {"memory": {start + timedelta(days=number): Decimal(0) for number in lost if number < passed}}
    months = by_month([flight], {}, missing, start + timedelta(days=passed))
    counted = [number for number in range(days) if number >= passed or number in lost]
    assert sum(month.get("TRY", Decimal(0)) for month in months.values()) == len(counted)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_days_left_reach_exactly_to_the_end_of_the_month(today: date) -> None:
    last = today + timedelta(days=days_left(today) - 1)
    assert last.month == today.month
    assert (last + timedelta(days=1)).day == 1
