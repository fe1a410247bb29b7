"""Which object on the platform is which declared one: by the journalled id first, else by exactly one mark.

journalled id   bearers of the mark          then
found           that one only                it is ours
found           others too                   it is ours; the others are foreign (somebody's "Duplicate")
not found       any                          ours is gone; the bearers are foreign
none            one                          adopted: the mark says ours
none            several                      quarantined: that object stops, not the brand
none            none                         it does not exist
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.resource import Address, Observed
from schemas.errors import Problem

LastStatus = Literal["live", "held", "paused"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal knows of one object.

    `status` is the last Kampanya itself set: "live" or "held" by a plan, "paused" by the pause command,
    None where it never set one.
    """

    account: str
    id: str
    mark: str
    status: LastStatus | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """`found` may hold archived objects. `foreign` bear a mark of Kampanya's but are not ours to touch."""

    found: Mapping[Address, Observed]
    foreign: tuple[Observed, ...]
    quarantined: Mapping[Address, Problem]

    @property
    def ids(self) -> dict[Address, str]:
        return {address: seen.id for address, seen in self.found.items() if not seen.archived}


def match(
    marks: Mapping[Address, str],
    observed: Iterable[Observed],
    known: Mapping[Address, Known],
    gone: Collection[Address] = (),
) -> Matching:
    """Match declared and journalled addresses with what was read. `marks` holds the declared ones.

    `gone` are addresses whose object the journal saw archived: a live bearer of such a mark is not ours.
    """
    seen = tuple(observed)
    by_id = _by_id(seen)
    found: dict[Address, Observed] = {}
    unknown: list[Address] = []
    for address in {**marks, **known}:
        record = known.get(address)
        if record is None:
            unknown.append(address)
        elif (journalled := by_id[address.platform, address.kind].get(record.id)) is not None:
            found[address] = journalled
    adopted, quarantined = _by_mark(unknown, marks, seen, known, gone) if unknown else ({}, {})
    found |= adopted
    return Matching(found, _foreign(seen, found, quarantined, marks), quarantined)


def _by_id(seen: Iterable[Observed]) -> dict[tuple[str, str], dict[str, Observed]]:
    """Platform and kind → id → object: ids may be unique within a kind only."""
    found: dict[tuple[str, str], dict[str, Observed]] = defaultdict(dict)
    for each in seen:
        found[each.platform, each.kind][each.id] = each
    return found


def _by_mark(
    unknown: Iterable[Address],
    marks: Mapping[Address, str],
    seen: Iterable[Observed],
    known: Mapping[Address, Known],
    gone: Collection[Address],
) -> tuple[dict[Address, Observed], dict[Address, Problem]]:
    """What bears the marks of addresses without a journalled id, and of which of them that is in doubt."""
    taken = {(at.platform, at.kind, record.id) for at, record in known.items()}
    bearers: dict[tuple[str, str, str], list[Observed]] = defaultdict(list)
    for each in seen:
        if (each.platform, each.kind, each.id) not in taken:
            bearers[each.platform, each.kind, each.mark].append(each)
    found: dict[Address, Observed] = {}
    quarantined: dict[Address, Problem] = {}
    for address in unknown:
        same_mark = bearers.get((address.platform, address.kind, marks[address]), [])
        live = [each for each in same_mark if not each.archived]
        if len(live) > 1 or (live and address in gone):
            quarantined[address] = _several(address, live) if len(live) > 1 else _copy(address, live[0])
        elif same_mark:
            found[address] = (live or same_mark)[0]
    return found, quarantined


def _several(address: Address, bearers: list[Observed]) -> Problem:
    ids = ", ".join(each.id for each in bearers)
    return Problem(
        "Several objects bear the same mark and the journal knows none of them",
        f"{address}: {ids}",
        "Keep the right one, remove the label from the others on the platform, and plan again.",
    )


def _copy(address: Address, bearer: Observed) -> Problem:
    return Problem(
        "Ours was archived, and something else bears its mark",
        f"{address}: {bearer.id} “{bearer.label}”",
        "It is somebody's copy: remove the label from it on the platform, or give ours a new key.",
    )


def _foreign(
    seen: Sequence[Observed],
    found: Mapping[Address, Observed],
    quarantined: Mapping[Address, Problem],
    marks: Mapping[Address, str],
) -> tuple[Observed, ...]:
    found_at = {id(each) for each in found.values()}
    if len(found_at) == len(seen):
        return ()  # all that was read is ours, as nearly always
    ours = {(each.platform, each.kind, each.id) for each in found.values()}
    held_up = {(address.platform, address.kind, marks[address]) for address in quarantined}
    return tuple(
        each
        for each in seen
        if not each.archived
        and (each.platform, each.kind, each.id) not in ours
        and (each.platform, each.kind, each.mark) not in held_up
    )
