"""Which object on the platform is which declared one: by the journalled id first, else by exactly one mark.

journalled id        bearers of the mark      then
found, with it       that one only            it is ours
found, with it       others too               it is ours; the others are foreign (somebody's "Duplicate")
found, without       none                     it is ours, and gets its mark back
found, without       another                  quarantined: the label may have been moved to a copy
found, with another  any                      quarantined: labels were swapped, or somebody else claims it
not found            any                      ours is gone; the bearers are foreign
none                 one                      adopted: the mark says ours
none                 several                  quarantined: that object stops, not the brand
none                 none                     it does not exist
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, TypeAlias

from engine.naming import label
from engine.resource import Address, Observed
from schemas.errors import Problem

LastStatus = Literal["live", "held", "paused"]
Bearers: TypeAlias = Mapping[tuple[str, str, str], Sequence[Observed]]  # by platform, kind and mark
NONE: Mapping[Address, str] = {}


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
    """`found` may hold archived objects. `foreign` bear a mark of Kampanya's but are not ours to touch.

    `doubted` are the objects that may be a quarantined one: each may be spending ours. `waiting` were
    imported and are not adopted (see engine.claims).
    """

    found: Mapping[Address, Observed]
    foreign: tuple[Observed, ...]
    quarantined: Mapping[Address, Problem]
    doubted: Mapping[Address, tuple[Observed, ...]] = field(default_factory=dict)
    waiting: frozenset[Address] = frozenset()

    @property
    def ids(self) -> dict[Address, str]:
        return {address: seen.id for address, seen in self.found.items() if not seen.archived}

    @property
    def counted(self) -> Mapping[Address, Observed]:
        """All whose money is ours for all we know, a doubted object under a key with its id."""
        if not self.doubted:
            return self.found
        told = {(at.platform, at.kind, each.id) for at, each in self.found.items()}
        found = dict(self.found)
        for address, objects in self.doubted.items():
            for each in objects:
                if (each.platform, each.kind, each.id) not in told:
                    told.add((each.platform, each.kind, each.id))
                    found[address._replace(key=f"{address.key}~{each.id}")] = each
        return found


@dataclass(frozen=True, slots=True)
class Side:
    """What is asked for on our side: see `match`."""

    marks: Mapping[Address, str]
    known: Mapping[Address, Known]
    gone: Collection[Address]
    former: Mapping[Address, str]

    def mark(self, address: Address) -> str:
        """The mark that it is to bear; "" for what is not declared and was recorded without one."""
        record = self.known.get(address)
        return self.marks.get(address, record.mark if record else "")

    def wanted(self, address: Address) -> set[str]:
        """The marks that an object may bear and be the one of this address."""
        record = self.known.get(address)
        return {self.mark(address), record.mark if record else "", self.former.get(address, "")} - {""}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an object is quarantined, and what is named in it; `counts` are those that may be ours."""

    problem: Problem
    named: tuple[Observed, ...]
    counts: tuple[Observed, ...]


def match(
    marks: Mapping[Address, str],
    observed: Iterable[Observed],
    known: Mapping[Address, Known],
    gone: Collection[Address] = (),
    former: Mapping[Address, str] = NONE,
    marked: Collection[tuple[str, str]] = (),
) -> Matching:
    """Match declared and journalled addresses with what was read. `marks` holds the declared ones.

    `gone` are addresses whose object the journal saw archived: a live bearer of such a mark is not ours.
    `former` are the marks of keys that were renamed: they count where nothing that lives bears the new one.
    `marked` are the kinds (platform, kind) that bear a mark of their own, which may contradict the journal.
    """
    seen = tuple(observed)
    by_id = _by_id(seen)
    found: dict[Address, Observed] = {}
    unknown: list[Address] = []
    odd: list[Address] = []
    # Each address is looked up as seldom as can be: with many, that is what takes the time.
    others = () if known.keys() <= marks.keys() else [at for at in known if at not in marks]
    asked = chain(marks.items(), ((at, known[at].mark) for at in others))
    for address, mark in asked:
        record = known.get(address)
        if record is None:
            unknown.append(address)
        elif (journalled := by_id[address.platform, address.kind].get(record.id)) is not None:
            found[address] = journalled
            if journalled.mark != mark:
                odd.append(address)
    doubts: dict[Address, Doubt] = {}
    if unknown or odd:
        side, bearers = Side(marks, known, gone, former), _bearers(seen)
        disputed = (at for at in odd if (at.platform, at.kind) in marked and not found[at].archived)
        doubts = dict(_contradictions(disputed, found, bearers, side))
        adopted, doubtful = _by_mark(unknown, bearers, side)
        found = {at: each for at, each in found.items() if at not in doubts} | adopted
        doubts |= doubtful
    return Matching(
        found,
        _foreign(seen, found, doubts),
        {at: each.problem for at, each in doubts.items()},
        {at: each.counts for at, each in doubts.items() if each.counts},
    )


def _by_id(seen: Iterable[Observed]) -> dict[tuple[str, str], dict[str, Observed]]:
    """Platform and kind → id → object: ids may be unique within a kind only."""
    found: dict[tuple[str, str], dict[str, Observed]] = defaultdict(dict)
    for each in seen:
        found[each.platform, each.kind][each.id] = each
    return found


def _bearers(seen: Iterable[Observed]) -> Bearers:
    bearers: dict[tuple[str, str, str], list[Observed]] = defaultdict(list)
    for each in seen:
        for mark in (each.mark, *each.also):
            bearers[each.platform, each.kind, mark].append(each)
    return bearers


def _contradictions(
    odd: Iterable[Address], found: Mapping[Address, Observed], bearers: Bearers, side: Side
) -> Iterator[tuple[Address, Doubt]]:
    """Of journalled objects without their mark, those that cannot simply have it back."""
    owners = {(at.platform, at.kind, side.mark(at)): at for at in {**side.known, **side.marks}}
    for address in odd:
        seen, wanted = found[address], side.wanted(address)
        if wanted & {seen.mark, *seen.also}:
            continue
        others = [
            each
            for mark in sorted(wanted)
            for each in bearers.get((address.platform, address.kind, mark), ())
            if not each.archived and each.id != seen.id
        ]
        if seen.mark or others:
            owner = owners.get((address.platform, address.kind, seen.mark))
            named = (seen, *others)
            yield (
                address,
                Doubt(_contradiction(address, side.mark(address), seen, others, owner), named, named),
            )


def _by_mark(
    unknown: Iterable[Address], bearers: Bearers, side: Side
) -> tuple[dict[Address, Observed], dict[Address, Doubt]]:
    """What bears the marks of addresses without a journalled id, and of which of them that is in doubt."""
    taken = {(at.platform, at.kind, record.id) for at, record in side.known.items()}
    found: dict[Address, Observed] = {}
    doubts: dict[Address, Doubt] = {}
    claims: dict[tuple[str, str, str], list[Address]] = defaultdict(list)
    for address in unknown:
        same_mark = _free(bearers, address, side.marks[address], taken)
        if address in side.former and all(each.archived for each in same_mark):
            same_mark += _free(bearers, address, side.former[address], taken)
        live = tuple(each for each in same_mark if not each.archived)
        if len(live) > 1:
            doubts[address] = Doubt(_several(address, live), live, live)
        elif live and address in side.gone:
            doubts[address] = Doubt(_copy(address, live[0]), live, ())
        elif same_mark:
            one = found[address] = (live or same_mark)[0]
            if one.also:
                claims[one.platform, one.kind, one.id].append(address)
    for several in claims.values():
        if len(several) > 1:
            doubts |= {
                address: Doubt(_both(several, found[address]), (found[address],), (found[address],))
                for address in several
            }
    return {at: each for at, each in found.items() if at not in doubts}, doubts


def _free(
    bearers: Bearers, address: Address, mark: str, taken: Collection[tuple[str, str, str]]
) -> list[Observed]:
    """The bearers of a mark that the journal knows under no address."""
    same_mark = bearers.get((address.platform, address.kind, mark), ())
    return [each for each in same_mark if (each.platform, each.kind, each.id) not in taken]


def _contradiction(
    address: Address, mark: str, seen: Observed, others: Sequence[Observed], owner: Address | None
) -> Problem:
    bears = f"bears the mark of {owner.key}" if owner else "bears a mark that is none of this brand's"
    told = f"by the journal it is {_named(seen)}, which {bears if seen.mark else 'has lost its mark'}"
    if others:
        told += f"; its mark is on {', '.join(_named(each) for each in others)}"
    return Problem(
        "The journal and the mark name different objects",
        f"{address}: {told}",
        f"Nothing of it is changed meanwhile. Put its mark (the label {label(mark)}, of an audience"
        f" [k:{mark}] at the end of its description) on the right object and on no other, and plan again.",
    )


def _named(each: Observed) -> str:
    return f"{each.id} “{each.label}”"


def _several(address: Address, bearers: Sequence[Observed]) -> Problem:
    ids = ", ".join(each.id for each in bearers)
    return Problem(
        "Several objects bear the same mark and the journal knows none of them",
        f"{address}: {ids}",
        "Keep the right one, remove the label from the others on the platform, and plan again.",
    )


def _both(addresses: Sequence[Address], bearer: Observed) -> Problem:
    return Problem(
        "One object bears the marks of several keys",
        f"{bearer.platform} {bearer.kind} {_named(bearer)}: {', '.join(each.key for each in addresses)}",
        "Leave it the label of the one it is, remove the others on the platform, and plan again.",
    )


def _copy(address: Address, bearer: Observed) -> Problem:
    return Problem(
        "Ours was archived, and something else bears its mark",
        f"{address}: {bearer.id} “{bearer.label}”",
        "It is somebody's copy: remove the label from it on the platform, or give ours a new key.",
    )


def _foreign(
    seen: Sequence[Observed], found: Mapping[Address, Observed], doubts: Mapping[Address, Doubt]
) -> tuple[Observed, ...]:
    if len({id(each) for each in found.values()}) == len(seen):
        return ()  # all that was read is ours, as nearly always
    told = [*found.values(), *(each for doubt in doubts.values() for each in doubt.named)]
    ours = {(each.platform, each.kind, each.id) for each in told}
    return tuple(
        each for each in seen if not each.archived and (each.platform, each.kind, each.id) not in ours
    )
