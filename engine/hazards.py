"""What each change risks, in the words of the person who will be asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from engine.budget import Amount, Nodes, ancestors
from engine.change import Archive, Change, Create, Update
from engine.projection import days_left
from engine.resource import Address
from engine.schedule import lengthens
from engine.supports import Supports

HazardKind = Literal["spend", "learning", "review", "irreversible", "identity", "experiment"]

# A cut deeper than this makes a platform learn anew (product rule 5); a raise beyond it is folklore with the
# same number everywhere and no primary source, so it is shown, not refused.
LEARNING_STEP = Decimal("0.30")
LEARNING_RAISE = Decimal("0.20")


@dataclass(frozen=True, slots=True)
class Hazard:
    """`note` carries the figures; `per_day` is set for spend (negative: frees money)."""

    kind: HazardKind
    note: str = ""
    per_day: Amount | None = None


@dataclass(frozen=True, slots=True)
class Risks:
    """What hazards are judged by. `flights` is YAML key → first and last day; an ad set's wins over its
    campaign's.
    """

    supports: Mapping[str, Supports]
    nodes: Nodes
    deltas: Mapping[Address, Amount]
    today: date
    flights: Mapping[str, tuple[date, date | None]]
    in_experiment: Mapping[Address, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What one budget adds a day, and to the end of the month in which it runs."""

    currency: str
    daily: Decimal
    monthly: Decimal
    month: str


def hazards(changes: Sequence[Change], risks: Risks) -> list[tuple[Hazard, ...]]:
    """The hazards of each change, in the order given.

    A budget's delta is told once: on the change of its carrier, else on the nearest changed object above it.
    """
    told = _attribute(changes, risks)
    return [(*_spend(told.get(index, [])), *_others(change, risks)) for index, change in enumerate(changes)]


def _attribute(changes: Sequence[Change], risks: Risks) -> dict[int, list[Step]]:
    index_of: dict[Address, int] = {}
    for index, change in enumerate(changes):
        index_of.setdefault(change.address, index)
    told: dict[int, list[Step]] = {}
    for carrier, delta in risks.deltas.items():
        for address in (carrier, *ancestors(carrier, risks.nodes, risks.supports)):
            if address in index_of:
                month, days = running_days(carrier.key, risks.flights, risks.today)
                step = Step(delta.currency, delta.amount, delta.amount * days, month)
                told.setdefault(index_of[address], []).append(step)
                break
    return told


def running_days(key: str, flights: Mapping[str, tuple[date, date | None]], today: date) -> tuple[str, int]:
    """The month in which what is declared at `key` next runs, and its days in it from today on."""
    start, end = flights.get(key) or flights.get(key.partition("/")[0]) or (today, None)
    first = max(start, today)
    days = days_left(first)
    return f"{first:%Y-%m}", min(days, (end - first).days + 1) if end else days


def _spend(steps: Sequence[Step]) -> list[Hazard]:
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for step in steps:
        daily, monthly = sums.get((step.currency, step.month), (Decimal(0), Decimal(0)))
        sums[step.currency, step.month] = daily + step.daily, monthly + step.monthly
    return [
        Hazard(
            "spend",
            f"{daily:+,.2f} {currency} a day, {monthly:+,.2f} {currency} to the end of {month}",
            Amount(daily, currency),
        )
        for (currency, month), (daily, monthly) in sums.items()
        if daily
    ]


def _others(change: Change, risks: Risks) -> list[Hazard]:
    found: list[Hazard] = []
    kind = risks.supports[change.address.platform].kinds[change.address.kind]
    if isinstance(change, Archive):
        found.append(Hazard("irreversible", "archived for good"))
        if kind.recreate:
            found.append(Hazard("identity", "loses its history"))
    if isinstance(change, Update):
        found += [
            Hazard("spend", f"runs on more days: {name} {change.before.get(name)} → {change.after[name]}")
            for name in change.after
            if lengthens(change, name, risks.supports)
        ]
        learning = sorted(kind.learning & change.after.keys() - kind.budgets.keys())
        learning += sorted(name for name in kind.budgets.keys() & change.after.keys() if _big(change, name))
        if learning:
            found.append(Hazard("learning", f"{', '.join(learning)} starts the learning phase again"))
        review = sorted(kind.review & change.after.keys())
        if review:
            found.append(Hazard("review", f"{', '.join(review)} goes back to review"))
    if isinstance(change, Create) and kind.review and kind.recreate:
        found.append(Hazard("review", "goes to review"))
    experiment = risks.in_experiment.get(change.address)
    if experiment and not isinstance(change, Create):
        found.append(Hazard("experiment", f"touches the running test {experiment}"))
    return found


def _big(change: Update, name: str) -> bool:
    old, new = change.before.get(name), change.after[name]
    if not isinstance(old, int) or not isinstance(new, int) or old <= 0:
        return False
    step = Decimal(new - old) / old
    return step < -LEARNING_STEP or step > LEARNING_RAISE
