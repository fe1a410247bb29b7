"""What a release gives back, and how the journal forgets it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from engine.assemble import Sides
from engine.match import match
from engine.released import at_or_below, part_of_library, unused_with
from engine.resource import Address
from journal.store import Journal
from operations.claims import RELEASED, claim


def releasing(sides: Sides, keys: Iterable[str], kept: Collection[str]) -> frozenset[Address]:
    """All of ours at and below these keys, with what of the library only they use.

    `kept` are keys of audiences that the brand still declares: those stay ours.
    """
    wanted = tuple(keys)
    ours = {at for at in sides.known if any(at_or_below(at.key, key) for key in wanted)}
    found = match({}, sides.observed, sides.known, sides.context.gone).found
    there = {address: seen for address, seen in found.items() if not seen.archived}
    declared = {each.address for each in sides.desired}
    unused = unused_with(ours, there, declared, sides.supports)
    ours |= {at for at in unused if not (at.kind == "audience" and at.key in kept)}
    handles = {(at.platform, at.kind, at.key) for at in ours}
    parts = {at for at in sides.known if part_of_library(at, sides.supports)}
    return frozenset({*ours, *(at for at in parts if _above(at, sides) in handles)})


def _above(address: Address, sides: Sides) -> tuple[str, str, str]:
    """What it hangs under in the library, whose key its own begins with."""
    kind = sides.supports[address.platform].kinds[address.kind].parent_kind or ""
    return address.platform, kind, address.key.partition("/")[0]


def forget_released(journal: Journal, sides: Sides, broken: Collection[Address], actor: str) -> None:
    """What bears no mark of ours any more is forgotten, and claimed: declared again at its key, it waits to
    be adopted, and nothing is built in its place. What hangs under something that kept its mark stays.
    """
    kept = [each.key for each in broken if each in sides.context.releasing]
    gone = [at for at in sides.context.releasing if not any(at_or_below(at.key, key) for key in kept)]
    now = datetime.now(UTC)
    journal.event(RELEASED, now, actor, {"keys": sorted(map(str, gone)), "clock": sides.now.isoformat()})
    for account in sorted({sides.known[at].account for at in gone}):
        ids = {at: sides.known[at].id for at in gone if sides.known[at].account == account}
        claim(journal, ids, account, now, actor, sides.now)
    journal.forget_objects(gone, now, RELEASED)
