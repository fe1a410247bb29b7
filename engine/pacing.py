"""Pacing a budget to the end of its period: what is needed per day, what may be proposed, and where the month
will end.

Only arithmetic: platforms pace within the day themselves, so a throttle on top would fight them. All amounts
are Decimal in one currency's major units; days are wall dates of the account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from engine.wording import money, percent
from schemas.errors import KampanyaError

Flag = Literal["on_track", "capped", "exhausted", "behind"]

STEP = Decimal("0.20")  # a larger change of a daily budget is taken to restart the platform's learning phase


@dataclass(frozen=True, slots=True)
class Pace:
    """A proposal for one budget; `gap` is what the period would miss (positive) or overspend (negative) at
    the proposal.

    on_track: the proposal reaches the budget exactly (to one minor unit a day). capped: one step does not,
    further daily steps can. behind: not even raising by a full step every remaining day can spend the budget.
    exhausted: nothing is left.
    """

    flag: Flag
    needed_daily: Decimal
    proposed_daily: Decimal
    days_left: int
    left: Decimal
    gap: Decimal
    reason_tr: str
    reason_en: str


def pace(
    budget: Decimal,
    spent: Decimal,
    current_daily: Decimal,
    tomorrow: date,
    end: date,
    *,
    step: Decimal = STEP,
    minor: Decimal = Decimal("0.01"),
    currency: str = "",
) -> Pace:
    """Propose a daily budget from `tomorrow` (first day whose spend is not in `spent`) to `end`, both
    included.

    The proposal stays within `step` of `current_daily`, rounded down to the `minor` unit; once the budget is
    exhausted it is 0 (a pause), as a capped cut would go on overspending. Raises KampanyaError if no day is
    left or an amount is negative.
    """
    days = (end - tomorrow).days + 1
    if days < 1 or min(budget, spent) < 0 or current_daily <= 0:
        detail = f"{days} days left, budget {budget}, spent {spent}, daily budget {current_daily}"
        raise KampanyaError("The budget cannot be paced", detail, "Pace a budget before its last day ends.")
    left = budget - spent
    needed = max(left / days, Decimal(0))
    low, high = current_daily * (1 - step), current_daily * (1 + step)
    proposed = min(max(needed, low), high) if left > 0 else Decimal(0)
    flag = _flag(left, needed, low, high, days, step)
    proposed = proposed.quantize(minor, ROUND_DOWN)
    needed = needed.quantize(minor, ROUND_DOWN)
    tr, en = _reason(flag, needed, proposed, days, left, step, currency)
    return Pace(flag, needed, proposed, days, left, left - proposed * days, tr, en)


def _flag(left: Decimal, needed: Decimal, low: Decimal, high: Decimal, days: int, step: Decimal) -> Flag:
    if left <= 0:
        return "exhausted"
    if low <= needed <= high:
        return "on_track"
    climbing = sum((high * (1 + step) ** day for day in range(days)), Decimal(0))
    return "behind" if left > climbing else "capped"


def _reason(
    flag: Flag, needed: Decimal, proposed: Decimal, days: int, left: Decimal, step: Decimal, currency: str
) -> tuple[str, str]:
    amounts = {"left": left, "need": needed, "new": proposed}
    tr = {name: money(amount, currency, "tr") for name, amount in amounts.items()}
    en = {name: money(amount, currency, "en") for name, amount in amounts.items()}
    cap_tr, cap_en = percent(float(step), "tr"), percent(float(step), "en")
    words: dict[Flag, tuple[str, str]] = {
        "on_track": (
            f"Kalan {tr['left']} için {days} gün var: günde {tr['new']} yeter.",
            f"{en['left']} is left for {days} days: {en['new']} a day spends it.",
        ),
        "capped": (
            f"Günde {tr['need']} gerekir; bir adımda en çok {cap_tr} değiştirildiği için {tr['new']}"
            " önerilir.",
            f"{en['need']} a day is needed; as one step changes {cap_en} at most, {en['new']} is proposed.",
        ),
        "behind": (
            f"Günde {tr['need']} gerekir; her gün {cap_tr} artırılsa bile {days} günde kalan {tr['left']}"
            " harcanamaz.",
            f"{en['need']} a day is needed; even raising by {cap_en} every day cannot spend {en['left']} in"
            f" {days} days.",
        ),
        "exhausted": (
            "Dönem bütçesi bitti: yayını durdurun ya da bütçeyi artırın.",
            "The period's budget is used up: pause, or raise the budget.",
        ),
    }
    return words[flag]


@dataclass(frozen=True, slots=True)
class DeclaredBudget:
    """A daily budget as declared, on every day of its flight, first and last included."""

    key: str
    daily: Decimal
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the month ends: spend loaded plus declared remainder; `by_day` is the running total after each
    remaining day."""

    spent: Decimal
    remainder: Decimal
    by_day: tuple[tuple[date, Decimal], ...]

    @property
    def total(self) -> Decimal:
        return self.spent + self.remainder


def project(
    spent: Decimal, loaded_through: date, month_end: date, declared: Iterable[DeclaredBudget]
) -> Projection:
    """Project spend to `month_end`: what is loaded up to and including `loaded_through`, then each day's
    declared budgets.

    Days already past but not yet loaded count at their declared budget, so that a late load never makes room
    for spending.
    """
    budgets = tuple(declared)
    running, by_day = spent, []
    for offset in range(1, (month_end - loaded_through).days + 1):
        when = loaded_through + timedelta(days=offset)
        running += sum((each.daily for each in budgets if each.start <= when <= each.end), Decimal(0))
        by_day.append((when, running))
    return Projection(spent, running - spent, tuple(by_day))
