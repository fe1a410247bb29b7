"""What changed behind our back: a report that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.assemble import Sides, Spending
from engine.diff import diff
from engine.resource import Address, Fields, Observed, Value, from_json, resolve, same, to_json
from journal.store import Journal
from operations.plan import Tell, Wish, look
from operations.site import Site

Sort = Literal["changed", "paused", "archived", "gone", "foreign"]


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between what Kampanya last set and what the platform holds.

    `field`, `ours` and `theirs` are set where the sort is changed or paused.
    """

    sort: Sort
    subject: str
    field: str = ""
    ours: Value = None
    theirs: Value = None


def drift(site: Site, journal: Journal, tell: Tell = lambda _: None) -> list[Drift]:
    """Every difference since Kampanya last wrote, whatever the YAML says now. Raises ConnectorError."""
    sides = look(site, journal, Wish(), Spending(), tell)
    return list(differences(sides))


def differences(sides: Sides) -> Iterator[Drift]:
    found = diff(sides.desired, sides.observed, sides.context)
    for address in sides.context.known:
        seen = found.matching.found.get(address)
        kind = sides.context.kind(address)
        if seen is None:
            yield Drift("gone", str(address))
        elif seen.archived and kind.archivable:
            yield Drift("archived", str(address))
        else:
            yield from _fields(address, sides.applied.get(address, {}), seen, sides)
    for stranger in found.matching.foreign:
        yield Drift("foreign", f"{stranger.platform} {stranger.kind} {stranger.id} “{stranger.label}”")


def _fields(address: Address, applied: Fields, seen: Observed, sides: Sides) -> Iterator[Drift]:
    ignored = sides.context.life(address).ignore
    status = sides.context.kind(address).status
    ids = {known: each.id for known, each in sides.context.known.items()}
    for name, ours in applied.items():
        theirs = seen.fields.get(name)
        if name in ignored or same(resolve(from_json(to_json(ours)), ids), theirs):
            continue
        paused = status is not None and name == status.name and theirs == status.held
        yield Drift("paused" if paused else "changed", str(address), name, ours, theirs)
