"""What a month will have cost by its end, if everything that can deliver delivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from engine.budget import Running

HORIZON_DAYS = 366  # an open-ended flight is projected a year ahead


def by_month(
    budgets: Iterable[Running], spent: Mapping[str, Decimal], through: date | None, today: date
) -> dict[str, dict[str, Decimal]]:
    """Month ("2026-12") → currency → amount in major units.

    `spent` is what the current month cost up to and including `through`, the last day loaded; the days since,
    and all to come, count with what may be spent on them. Days that were never loaded count so too.
    """
    months: dict[str, dict[str, Decimal]] = {f"{today:%Y-%m}": dict(spent)}
    first = max(today.replace(day=1), through + timedelta(days=1)) if through else today.replace(day=1)
    for budget in budgets:
        for day in _days(budget, first, today):
            month = months.setdefault(f"{day:%Y-%m}", {})
            currency = budget.daily.currency
            month[currency] = month.get(currency, Decimal(0)) + budget.daily.amount
    return months


def _days(budget: Running, first: date, today: date) -> Iterator[date]:
    last = budget.end or today + timedelta(days=HORIZON_DAYS)
    day = max(first, budget.start)
    while day <= last:
        yield day
        day += timedelta(days=1)


def days_left(today: date) -> int:
    """Days to the end of the month, today included."""
    first_of_next = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (first_of_next - today).days
