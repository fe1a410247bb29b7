"""What Kampanya set, the declaration has no more, and no call of a platform takes away: told, not hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.plan import Note
from engine.resource import Address, Fields, Observed, Resource, same
from engine.supports import Supports


def notes(
    desired: Iterable[Resource],
    found: Mapping[Address, Observed],
    applied: Mapping[Address, Fields],
    supports: Mapping[str, Supports],
) -> Iterator[Note]:
    """One note a field that stays as Kampanya set it; none for what somebody has changed since."""
    for each in desired:
        address = each.address
        keeps = supports[address.platform].kinds[address.kind].keeps
        seen = found.get(address) if keeps else None
        if seen is None or seen.archived:
            continue
        ours = applied.get(address, {})
        for name in sorted(keeps.keys() - each.fields.keys()):
            if ours.get(name) is not None and same(ours[name], seen.fields.get(name)):
                yield Note(
                    "stays",
                    f"{address.platform} {address.kind} {address.key}: {name} {_shown(ours[name])}",
                    f"{keeps[name]} Declare it again, or change it on the platform.",
                )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else f"“{value}”"
