"""What the connectors share in saying canonical fields in neutral terms: what was said, what has no words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from connectors.base import Account, Spoken
from engine.resource import Fields, Value
from schemas.audience import EVENTS


class Wordless(Exception):
    """The language has no word for this value."""


@dataclass(slots=True)
class Sheet:
    """One object while it is put into words; `units` is how many of its currency's go into a major unit."""

    account: Account
    fields: Fields
    units: int

    def money(self, units: Any) -> str:
        """An amount in the platform's units as an author writes it. Raises ValueError or TypeError."""
        return f"{major(int(units), self.units)} {self.account.currency}"

    def budget(self, period: str, units: Value) -> dict[str, Value]:
        return spoken_budget(period, units, self.units, self.account.currency)


Say: TypeAlias = Callable[[str, str, Any, Sheet], Iterable[tuple[str, Value]]]


def spoken(kind: str, sheet: Sheet, say: Say) -> Spoken:
    """What `say` makes of each field; whatever does not come out as it went in is `unsaid`."""
    said: dict[str, Value] = {}
    unsaid: set[str] = set()
    for name, value in sheet.fields.items():
        try:
            said |= dict(say(kind, name, value, sheet))
        except (Wordless, KeyError, ValueError, TypeError):
            unsaid.add(name)
    return Spoken(said, frozenset(unsaid))


def major(units: int, per_major: int) -> str:
    """Major units without zeros that say nothing."""
    return f"{(Decimal(units) / per_major).normalize():f}"


def spoken_budget(period: str, units: Value, per_major: int, currency: str) -> dict[str, Value]:
    """A budget in the platform's units as a neutral one; none where there is none."""
    if not isinstance(units, int) or not units:
        return {}
    return {"budget": {"period": period, "amount": major(units, per_major), "currency": currency}}


def rule_said(event: str, days: int, page: str | None) -> dict[str, Value]:
    """A rule of a website audience; an event of the brand's own says so."""
    said: dict[str, Value] = {"event": event if event in EVENTS else f"custom:{event}", "within": f"{days}d"}
    return said | ({"url_contains": page} if page else {})
