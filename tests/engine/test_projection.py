"""What a month will have cost by its end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.projection import DeclaredBudget, by_month, days_left

FLIGHT = DeclaredBudget(("meta", "c"), Decimal(100), "TRY", "day", date(2026, 12, 1), date(2027, 1, 2))


def test_a_month_is_what_was_spent_and_what_is_declared_for_the_rest() -> None:
    months = by_month([FLIGHT], {"TRY": Decimal(950)}, date(2026, 12, 11))
    assert months == {"2026-12": {"TRY": Decimal(950 + 21 * 100)}, "2027-01": {"TRY": Decimal(200)}}


def test_a_flight_not_begun_counts_from_its_first_day() -> None:
    assert by_month([FLIGHT], {}, date(2026, 11, 30))["2026-12"] == {"TRY": Decimal(3100)}


@given(st.integers(1, 400), st.integers(1, 10**6))
def test_a_lifetime_budget_is_spread_without_losing_any(days: int, amount: int) -> None:
    start = date(2026, 12, 1)
    flight = DeclaredBudget(
        ("meta", "c"), Decimal(amount), "TRY", "lifetime", start, start + timedelta(days=days - 1)
    )
    months = by_month([flight], {}, start)
    total = sum(month.get("TRY", Decimal(0)) for month in months.values())
    assert abs(total - amount) < Decimal("0.000001")


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_days_left_reach_exactly_to_the_end_of_the_month(today: date) -> None:
    last = today + timedelta(days=days_left(today) - 1)
    assert last.month == today.month
    assert (last + timedelta(days=1)).day == 1
