"""What changed behind our back: a report that changes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.assemble import Sides, Spending
from engine.diff import diff
from engine.render import show
from engine.resource import Address, Fields, Observed, Value, from_json, resolve, same, to_json
from journal.store import Journal
from operations.plan import Tell, Wish, look
from operations.site import Site

Sort = Literal["changed", "paused", "archived", "gone", "foreign"]


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between what Kampanya last set and what the platform holds.

    `field`, `ours` and `theirs` are set where the sort is changed or paused; `shown` are both for a person.
    """

    sort: Sort
    subject: str
    field: str = ""
    ours: Value = None
    theirs: Value = None
    shown: tuple[str, str] = dataclasses.field(default=("", ""), compare=False)


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
    marks = {each.mark for each in sides.desired} | {each.mark for each in sides.context.known.values()}
    for stranger in found.matching.foreign:
        if stranger.mark in marks:  # another brand's objects are no drift of ours
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
        shown = _shown(address, name, ours, sides), _shown(address, name, theirs, sides)
        yield Drift("paused" if paused else "changed", str(address), name, ours, theirs, shown)


def _shown(address: Address, name: str, value: Value, sides: Sides) -> str:
    return show(value, name, address, sides.supports[address.platform], sides.currencies[address.platform])
