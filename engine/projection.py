"""What a month will have cost by its end, if everything declared runs as declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

HORIZON_DAYS = 366  # an open-ended flight is projected a year ahead


@dataclass(frozen=True, slots=True)
class DeclaredBudget:
    """A budget as declared, of something that is to run. Days are wall days of its account, both included.

    `carrier` is (platform, YAML key) of what carries it.
    """

    carrier: tuple[str, str]
    amount: Decimal
    currency: str
    period: Literal["day", "lifetime"]
    start: date
    end: date | None

    def days(self, today: date) -> Iterator[tuple[date, Decimal]]:
        """Each day from `today` on with what may be spent on it; a lifetime budget is spread evenly."""
        last = self.end or today + timedelta(days=HORIZON_DAYS)
        per_day = self.amount
        if self.period == "lifetime":
            per_day = self.amount / max(1, (last - self.start).days + 1)
        day = max(today, self.start)
        while day <= last:
            yield day, per_day
            day += timedelta(days=1)


def by_month(
    budgets: Iterable[DeclaredBudget], spent: Mapping[str, Decimal], today: date
) -> dict[str, dict[str, Decimal]]:
    """Month ("2026-12") → currency → amount in major units.

    The current month is `spent` (its days before `today`) plus the declared remainder from `today` on; later
    months are what is declared for them.
    """
    months: dict[str, dict[str, Decimal]] = {f"{today:%Y-%m}": dict(spent)}
    for budget in budgets:
        for day, amount in budget.days(today):
            month = months.setdefault(f"{day:%Y-%m}", {})
            month[budget.currency] = month.get(budget.currency, Decimal(0)) + amount
    return months


def days_left(today: date) -> int:
    """Days to the end of the month, today included."""
    first_of_next = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (first_of_next - today).days
