"""Objects that were imported and are to become ours: bound to addresses by their ids before they bear a mark.

claimed, and                             without a yes to adopt           under a plan that adopts
journalled, or found by its mark         ours already                     ours already
there, bears no mark                     waits: no change, no create      ours: its mark is the only change
gone, archived, marked by another,       waits                            quarantined: nothing is done to it
claimed twice, another's mark bearer
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.match import Known, Matching
from engine.plan import Note
from engine.resource import Address, Observed, Resource
from engine.supports import Supports
from schemas.errors import Problem

Claims: TypeAlias = Mapping[Address, str]  # address → the platform's id
AGAIN = "Take its file out of campaigns/ and import it again, or set it back on the platform."


@dataclass(frozen=True, slots=True)
class Desk:
    """What decides on claims: the kinds, what is declared, what the journal knows."""

    supports: Mapping[str, Supports]
    marks: Mapping[Address, str]
    known: Mapping[Address, Known]


def settled(
    matching: Matching, desired: Sequence[Resource], observed: Iterable[Observed], claims: Claims, desk: Desk,
    adopting: bool,
) -> Matching:  # fmt: skip
    """The matching with what is claimed: found where a plan adopts it, else waiting and left alone."""
    pending = {
        each.address: claims[each.address]
        for each in desired
        if each.address in claims and each.address not in desk.known and not _found(each, matching)
    }
    if not pending:
        return matching
    if not adopting:
        found = {at: each for at, each in matching.found.items() if at not in pending}
        return replace(matching, found=found, waiting=frozenset(pending))
    seen = {(each.platform, each.kind, each.id): each for each in observed}
    found, doubts = dict(matching.found), dict(matching.quarantined)
    for address, problem in _problems(pending, seen, matching, desk):
        if problem is not None:
            doubts[address] = problem
        else:
            found[address] = seen[address.platform, address.kind, pending[address]]
    ours = {id(each) for each in found.values()}
    foreign = tuple(each for each in matching.foreign if _marked(each) and id(each) not in ours)
    return replace(matching, found=found, quarantined=doubts, foreign=foreign)


def _found(resource: Resource, matching: Matching) -> bool:
    seen = matching.found.get(resource.address)
    return seen is not None and not seen.archived


def _marked(seen: Observed) -> bool:
    return bool(seen.mark or seen.also)


def _problems(
    pending: Claims, seen: Mapping[tuple[str, str, str], Observed], matching: Matching, desk: Desk
) -> Iterator[tuple[Address, Problem | None]]:
    claimed = Counter((at.platform, at.kind, id) for at, id in pending.items())
    taken = {(at.platform, at.kind, each.id): at for at, each in desk.known.items()}
    bearers = {(each.platform, each.kind, each.mark) for each in seen.values() if each.mark}
    for address, id in pending.items():
        handle = (address.platform, address.kind, id)
        marked = desk.supports[address.platform].kinds[address.kind].marked
        there = seen.get(handle)
        if address in matching.quarantined:
            yield address, matching.quarantined[address]
        elif there is None or there.archived:
            yield address, _gone(address, id)
        elif claimed[handle] > 1 or handle in taken:
            yield address, _twice(address, there, taken.get(handle))
        elif marked and _marked(there):
            yield address, _anothers(address, there)
        elif marked and (address.platform, address.kind, desk.marks[address]) in bearers:
            yield address, _elsewhere(address, there)
        else:
            yield address, None


def _gone(address: Address, id: str) -> Problem:
    return Problem(
        "What was imported is no longer there",
        f"{address}: {id} was removed or archived since",
        "Take it out of its file in campaigns/, or give it a new key to have one built.",
    )


def _twice(address: Address, there: Observed, owner: Address | None) -> Problem:
    whose = f"is {owner.key} already" if owner else "is claimed by several keys"
    return Problem(
        "One object cannot be two",
        f"{address}: {there.id} “{there.label}” {whose}",
        "Leave one of the keys in campaigns/.",
    )


def _anothers(address: Address, there: Observed) -> Problem:
    return Problem(
        "It bears a mark already",
        f"{address}: {there.id} “{there.label}” bears {', '.join((there.mark, *there.also))}",
        "Another brand or environment manages it. Let that one release it (take the label off there) first.",
    )


def _elsewhere(address: Address, there: Observed) -> Problem:
    return Problem(
        "Its mark is on another object",
        f"{address}: {there.id} “{there.label}” was imported, and something else bears the mark of this key",
        "Remove the label from the other one on the platform, or give what was imported another key.",
    )


def changed(resource: Resource, seen: Observed, names: Collection[str]) -> Problem:
    """Why what is no longer as it was imported is not adopted: a yes to a mark is no yes to a change."""
    told = "; ".join(f"{name}: {seen.fields.get(name)!r} → {resource.fields.get(name)!r}" for name in names)
    return Problem(
        "It is no longer as it was imported, and adopting changes nothing but marks",
        f"{resource.address} ({seen.id}): {told}",
        f"{AGAIN} What you mean to change, change once it is ours.",
    )


def notes(waiting: Iterable[Address], supports: Mapping[str, Supports]) -> Iterator[Note]:
    """One for each campaign that waits to be adopted, or thing that campaigns share."""
    tops: dict[tuple[str, str], list[Address]] = {}
    for at in sorted(waiting):
        own = at.kind == "campaign" or supports[at.platform].kinds[at.kind].parent is not None
        tops.setdefault((at.platform, at.key.partition("/")[0] if own else ""), []).append(at)
    for (platform, top), found in tops.items():
        subject = f"{platform} {top}" if top else f"{platform}: {len(found)} shared objects"
        yield Note(
            "not adopted",
            subject,
            f"{len(found)} of its objects were imported and are not ours yet: nothing is done to them, and"
            f" nothing is built in their place. To make them ours: kampanya import --platform {platform}"
            " --adopt",
        )
