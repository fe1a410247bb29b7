"""A flight that can no longer be as declared, because its days are over: said before, not by the apply."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from engine.resource import Fields, Resource
from engine.supports import KindSupport
from schemas.errors import Problem


def begun(
    resource: Resource, names: Collection[str], kind: KindSupport, today: Mapping[str, date]
) -> Problem | None:
    """Why the platform would refuse to set the fields `names`; None if it would not, or no day is known.

    `today` is platform → the wall day of its account.
    """
    day = today.get(resource.address.platform)
    if kind.flight is None or day is None:
        return None
    start, end = kind.flight
    if end in names and _before(resource.fields, end, day):
        return Problem(
            "The flight is over",
            f"{resource.address}: {end} is {resource.fields[end]}, today is {day}",
            "Give it a later end, or delete it from the YAML.",
        )
    if start in names and not kind.past_start and _before(resource.fields, start, day):
        return Problem(
            "The flight has begun, and the platform takes no start in the past",
            f"{resource.address}: {start} is {resource.fields[start]}, today is {day}",
            "Let it start today or later.",
        )
    return None


def _before(fields: Fields, name: str, day: date) -> bool:
    value = fields.get(name)
    return isinstance(value, str) and bool(value) and date.fromisoformat(value[:10]) < day
