"""What changed behind our back: a report that changes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.assemble import Sides, Spending
from engine.diff import diff
from engine.render import EMPTY, leaves, show
from engine.resource import MARK, Address, Fields, Observed, Value, from_json, resolve, same, to_json
from journal.store import Journal
from operations.plan import Tell, Wish, look
from operations.site import Site

Sort = Literal["changed", "paused", "archived", "gone", "foreign", "left"]
Owner = Literal["ours", "human", "platform"]
VERSION = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value inside of a field, with dots, before and after, as a person reads it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between what Kampanya last set and what the platform holds.

    `field`, `ours` and `theirs` are set where the sort is changed, paused or left; `leaves` are both for a
    person. `owner` is whose field it is: ours (Kampanya set it), a human's (a pause; a field that
    `ignore_changes` leaves to people; a duplicate), or the platform's (never declared). What is `left` is no
    drift: it is told only when everything is asked for.
    """

    sort: Sort
    subject: str
    field: str = ""
    ours: Value = None
    theirs: Value = None
    owner: Owner = dataclasses.field(default="ours", compare=False)
    leaves: tuple[Leaf, ...] = dataclasses.field(default=(), compare=False)
    address: Address | None = dataclasses.field(default=None, compare=False)
    id: str = dataclasses.field(default="", compare=False)

    @property
    def key(self) -> str:
        return self.address.key if self.address else ""


def drift(
    site: Site, journal: Journal, tell: Tell = lambda _: None, *, everything: bool = False
) -> list[Drift]:
    """Every difference since Kampanya last wrote, whatever the YAML says now. Raises ConnectorError.

    `everything` adds the fields that are somebody else's.
    """
    sides = look(site, journal, Wish(), Spending(), tell)
    return [each for each in differences(sides) if everything or each.sort != "left"]


def document(found: Sequence[Drift]) -> dict[str, Any]:
    """The JSON form, version 1."""
    return {"version": VERSION, "drift": [_row(each) for each in found]}


def _row(each: Drift) -> dict[str, Any]:
    return {
        "sort": each.sort,
        "subject": each.subject,
        "platform": each.address.platform if each.address else each.subject.partition(" ")[0],
        "key": each.key,
        "id": each.id,
        "field": each.field,
        "owner": each.owner,
        "ours": to_json(each.ours),
        "theirs": to_json(each.theirs),
        "shown": [{"field": one.field, "before": one.before, "after": one.after} for one in each.leaves],
    }


def differences(sides: Sides) -> Iterator[Drift]:
    found = diff(sides.desired, sides.observed, sides.context)
    doubted = {
        at: seen
        for at, some in found.matching.doubted.items()
        for seen in some
        if at in sides.context.known and seen.id == sides.context.known[at].id
    }
    for address in sides.context.known:
        seen = found.matching.found.get(address) or doubted.get(address)
        kind = sides.context.kind(address)
        id = sides.context.known[address].id
        if seen is None:
            yield Drift("gone", str(address), address=address, id=id)
        elif seen.archived and kind.archivable:
            yield Drift("archived", str(address), address=address, id=id)
        else:
            yield from _mark(address, seen, sides)
            yield from _fields(address, sides.applied.get(address, {}), seen, sides)
    marks = {each.mark for each in sides.desired} | {each.mark for each in sides.context.known.values()}
    for stranger in found.matching.foreign:
        if stranger.mark in marks:  # another brand's objects are no drift of ours
            subject = f"{stranger.platform} {stranger.kind} {stranger.id} “{stranger.label}”"
            yield Drift("foreign", subject, owner="human", id=stranger.id)


def _mark(address: Address, seen: Observed, sides: Sides) -> Iterator[Drift]:
    """A label that somebody took off, or put another in its place."""
    ours = sides.context.known[address].mark
    if sides.context.kind(address).marked and ours and ours not in (seen.mark, *seen.also):
        each = Drift("changed", str(address), MARK, ours, seen.mark, "human", (), address, seen.id)
        yield _told(each, sides)


def _fields(address: Address, applied: Fields, seen: Observed, sides: Sides) -> Iterator[Drift]:
    ignored = sides.context.life(address).ignore
    status = sides.context.kind(address).status
    ids = {known: each.id for known, each in sides.context.known.items()}
    for name, ours in applied.items():
        theirs = seen.fields.get(name)
        if same(resolve(from_json(to_json(ours)), ids), theirs):
            continue
        paused = status is not None and name == status.name and theirs == status.held
        sort: Sort = "left" if name in ignored else "paused" if paused else "changed"
        owner: Owner = "ours" if sort == "changed" else "human"
        yield _told(Drift(sort, str(address), name, ours, theirs, owner, (), address, seen.id), sides)
    for name, theirs in seen.fields.items():
        if name not in applied and theirs not in EMPTY:
            left = Drift("left", str(address), name, None, theirs, "platform", (), address, seen.id)
            yield _told(left, sides)


def _told(each: Drift, sides: Sides) -> Drift:
    """With the values that differ in a person's words, those inside of a field one by one."""
    before, after = (dict(leaves({each.field: value})) for value in (each.ours, each.theirs))
    pairs = [
        Leaf(name, _shown(each, name, before.get(name), sides), _shown(each, name, after.get(name), sides))
        for name in {**before, **after}
    ]
    return dataclasses.replace(each, leaves=tuple(one for one in pairs if one.before != one.after))


def _shown(each: Drift, name: str, value: Value, sides: Sides) -> str:
    assert each.address is not None
    platform = each.address.platform
    return show(value, name, each.address, sides.supports[platform], sides.currencies[platform])
