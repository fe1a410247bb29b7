"""What bears a mark of ours and hangs under something that is not: a copy, whatever the journal forgot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from engine.match import Known, Matching
from engine.resource import Address, Observed, Ref, Resource
from engine.supports import Supports
from schemas.errors import Problem

Journalled: TypeAlias = Mapping[Address, Known]


def disowned(
    matching: Matching,
    desired: Iterable[Resource],
    known: Mapping[Address, Known],
    supports: Mapping[str, Supports],
) -> Matching:
    """The matching without what was adopted by its mark alone and hangs where we would never have made it.

    Neither platform moves an object below another. Where what it should hang under is found, it is somebody's
    copy and foreign; where that is not found either, nobody can tell, so nothing is done to it.
    """
    if matching.found.keys() <= known.keys():
        return matching
    astray = {each.address: above for each, above in _astray(matching, desired, known, supports)}
    if not astray:
        return matching
    copies = [matching.found[at] for at, above in astray.items() if above is not None]
    lost = {at: matching.found[at] for at, above in astray.items() if above is None}
    return replace(
        matching,
        found={at: each for at, each in matching.found.items() if at not in astray},
        foreign=(*matching.foreign, *copies),
        quarantined={**matching.quarantined, **{at: _problem(at, each) for at, each in lost.items()}},
        doubted={**matching.doubted, **{at: (each,) for at, each in lost.items()}},
    )


def _astray(
    matching: Matching,
    desired: Iterable[Resource],
    known: Mapping[Address, Known],
    supports: Mapping[str, Supports],
) -> Iterator[tuple[Resource, Observed | None]]:
    """Adopted objects that hang elsewhere, each with what it should hang under, where that is there."""
    for resource in desired:
        address = resource.address
        seen = matching.found.get(address)
        if seen is None or seen.archived or address in known:
            continue
        name = supports[address.platform].kinds[address.kind].parent
        parent = resource.fields.get(name) if name else None
        if not name or not isinstance(parent, Ref) or parent.address in matching.quarantined:
            continue
        above = matching.found.get(parent.address)
        if above is None or str(seen.fields.get(name)) != above.id:
            yield resource, above


def _problem(address: Address, seen: Observed) -> Problem:
    return Problem(
        "An object bears a mark of ours and hangs under something that is not",
        f"{address}: {seen.id} “{seen.label}”",
        "If it is a copy, remove the label from it on the platform; if what it hangs under is ours, put that"
        " one's label back. Then plan again.",
    )
