"""What is given back: its mark is taken off and the journal forgets it; nothing else of it changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from engine.change import Update
from engine.context import Context
from engine.match import Matching
from engine.plan import Note
from engine.resource import MARK, Address, Observed, Resource, Value
from engine.supports import Supports

RUNS_ON = "It runs on as it is, outside of every ceiling, pause and report of this brand."


def at_or_below(address_key: str, key: str) -> bool:
    return address_key == key or address_key.startswith(f"{key}/")


def unused_with(
    taken: Collection[Address],
    there: Mapping[Address, Observed],
    wanted: Collection[Address],
    supports: Mapping[str, Supports],
) -> Iterator[Address]:
    """Library objects among those that are `there` which only what is `taken` away refers to.

    What hangs under such an object, as the keywords of a list, is no use of it.
    """
    unused = set(taken)
    library = [at for at in there if not supports[at.platform].kinds[at.kind].archivable and at not in wanted]
    users = {at: seen for at, seen in there.items() if not part_of_library(at, supports)}
    more = unused
    while more:  # a picture is used by a creative, which is used by an ad
        used = _texts(seen.fields for at, seen in there.items() if at in unused)
        still_used = _texts(seen.fields for at, seen in users.items() if at not in unused)
        more = {at for at in library if at not in unused and there[at].id in used - still_used}
        unused = unused | more
        yield from sorted(more)


def part_of_library(address: Address, supports: Mapping[str, Supports]) -> bool:
    """Whether it hangs under something that is left in place when nothing uses it."""
    kinds = supports[address.platform].kinds
    above = kinds[address.kind].parent_kind
    return above is not None and not kinds[above].archivable


def _texts(values: Iterable[Value]) -> set[str]:
    """Every text inside: ids are among them."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, Mapping):
            found |= _texts(value.values())
        elif isinstance(value, (list, tuple)):
            found |= _texts(value)
    return found


def changes(matching: Matching, context: Context) -> Iterator[Update]:
    """The marks of what is released, taken off; what bears none needs no change."""
    for address in sorted(context.releasing):
        seen = matching.found.get(address)
        if seen is not None and not seen.archived and seen.mark and context.kind(address).marked:
            bare = Resource(address, seen.account, "", seen.fields)
            yield Update(bare, seen.id, {MARK: seen.mark}, {MARK: ""})


def notes(matching: Matching, context: Context) -> Iterator[Note]:
    """One for each object that is let go while it delivers."""
    for address in sorted(context.releasing):
        seen, kind = matching.found.get(address), context.kind(address)
        live = kind.status is not None and seen is not None and not seen.archived
        if live and seen is not None and kind.status and kind.parent is None:
            state = "runs" if seen.fields.get(kind.status.name) == kind.status.live else "is paused"
            yield Note("released", f"{address.platform} {address.key} {state}", RUNS_ON)
