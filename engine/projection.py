"""What a month will have cost by its end, if everything that can deliver delivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from engine.budget import Running

HORIZON_DAYS = 366  # an open-ended flight is projected a year ahead
ZERO = Decimal(0)
DAY = timedelta(days=1)

# Platform → the days of this month before today that are not loaded whole → what is known of them, in the
# currency of its account. A platform without an entry was never loaded.
Missing = Mapping[str, Mapping[date, Decimal]]


def by_month(
    budgets: Iterable[Running], spent: Mapping[str, Decimal], missing: Missing, today: date
) -> dict[str, dict[str, Decimal]]:
    """Month ("2026-12") → currency → amount in major units.

    `spent` is what is loaded of the current month up to yesterday. Today, and all days to come, count with
    what may be spent on them; so does a missing day, where that is more than what is known of it.
    """
    months: dict[str, dict[str, Decimal]] = {f"{today:%Y-%m}": dict(spent)}
    past: dict[tuple[str, date, str], Decimal] = {}
    for (platform, currency, start, end), amount in _together(budgets, today).items():
        for day, days in _months(max(start, today), end):
            _add(months, day, currency, amount * days)
        for day in _each(start, min(end, today - DAY)):
            if platform not in missing or day in missing[platform]:
                past[platform, day, currency] = past.get((platform, day, currency), ZERO) + amount
    for (platform, day, currency), amount in past.items():
        known = missing.get(platform, {}).get(day, ZERO)
        _add(months, day, currency, max(amount - known, ZERO))
    return months


def unknown_days(budgets: Iterable[Running], missing: Missing, today: date) -> dict[str, list[date]]:
    """Platform → days of this month before today of which the spend is not known whole, oldest first.

    Of a platform that was never loaded, those on which a budget could be spent.
    """
    found = {platform: set(days) for platform, days in missing.items()}
    for platform, _, start, end in _together(budgets, today):
        if platform not in missing:
            found.setdefault(platform, set()).update(_each(start, min(end, today - DAY)))
    return {platform: sorted(days) for platform, days in found.items() if days}


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as (first, last) of each unbroken run."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day == found[-1][1] + DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _add(months: dict[str, dict[str, Decimal]], day: date, currency: str, amount: Decimal) -> None:
    month = months.setdefault(f"{day:%Y-%m}", {})
    month[currency] = month.get(currency, ZERO) + amount


def _together(budgets: Iterable[Running], today: date) -> dict[tuple[str, str, date, date], Decimal]:
    """Platform, currency, first and last day, from this month on → a day's amount: many run on the same."""
    first, horizon = today.replace(day=1), today + timedelta(days=HORIZON_DAYS)
    found: dict[tuple[str, str, date, date], Decimal] = {}
    for each in budgets:
        key = each.carrier.platform, each.daily.currency, max(first, each.start), each.end or horizon
        found[key] = found.get(key, ZERO) + each.daily.amount
    return found


def _each(day: date, last: date) -> Iterator[date]:
    while day <= last:
        yield day
        day += DAY


def _months(day: date, last: date) -> Iterator[tuple[date, int]]:
    """The months between two days, both included: a day in each, and its share of the days."""
    while day <= last:
        days = min(days_left(day), (last - day).days + 1)
        yield day, days
        day += timedelta(days=days)


def days_left(today: date) -> int:
    """Days to the end of the month, today included."""
    first_of_next = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (first_of_next - today).days
