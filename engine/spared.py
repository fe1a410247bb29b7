"""What must not be archived: above or below a doubted object, or above what somebody else has put there.

Archiving a campaign ends all that hangs under it, whoever made it: the platforms never let it deliver again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from engine.change import Archive
from engine.plan import Note
from engine.resource import Address, Observed
from engine.supports import Supports
from schemas.errors import Problem

Below: TypeAlias = Mapping[tuple[str, str, str], tuple[Observed, ...]]  # by platform, kind and id of the top


def label_of(each: Observed) -> str:
    """What a yes names it by."""
    return f"{each.platform}:{each.kind}/{each.id}"


def doubt(archive: Archive, quarantined: Collection[Address]) -> Problem | None:
    """Whether it would end something of which nobody knows whose it is."""
    address = archive.address
    near = sorted(
        each for each in quarantined if each.platform == address.platform and _one_line(each, address)
    )
    if not near:
        return None
    return Problem(
        "Not archived: it is above or below something in doubt",
        f"{address} ({archive.id}): {', '.join(str(each) for each in near)}",
        "Settle first which object that is, as told beside; then plan again.",
    )


def _one_line(one: Address, other: Address) -> bool:
    keys = sorted((one.key, other.key), key=len)
    return keys[0] == keys[1] or keys[1].startswith(f"{keys[0]}/")


def company(archive: Archive, strangers: Iterable[Observed]) -> Problem:
    """That others' objects would go down with it."""
    return Problem(
        "Not archived: objects that are not ours hang under it and could never deliver again",
        f"{archive.address} ({archive.id}): {', '.join(map(_named, strangers))}",
        "Move them elsewhere or archive them on the platform, then plan again. To end them too, by a yes"
        f" that names them: kampanya destroy {archive.address.key} --with-foreign; below a campaign that is"
        " still declared, `replace: allow`.",
    )


def notes(archives: Iterable[Archive], below: Below) -> Iterator[Note]:
    """What goes down with what is archived, by somebody's explicit yes."""
    for each in archives:
        for stranger in below.get((each.address.platform, each.address.kind, each.id), ()):
            yield Note(
                "foreign",
                f"{_named(stranger)} ends with {each.address.kind} {each.address.key}",
                "It is not ours. The platform keeps it, and never lets it deliver again.",
            )


def tops(archives: Iterable[Archive], supports: Mapping[str, Supports]) -> list[Archive]:
    """Those under which something can hang that delivers by itself."""
    parents = {
        (name, kind.parent_kind)
        for name, each in supports.items()
        for kind in each.kinds.values()
        if kind.marked and kind.status is not None
    }
    return [each for each in archives if (each.address.platform, each.address.kind) in parents]


def strangers_below(
    archives: Iterable[Archive],
    objects: Iterable[Observed],
    ours: Collection[tuple[str, str, str]],
    supports: Mapping[str, Supports],
) -> Below:
    """Under each archived object whatever hangs there, at any depth, delivers by itself and is not ours.

    `ours` are (platform, kind, id).
    """
    all_ = {(each.platform, each.kind, each.id): each for each in objects}
    found: dict[tuple[str, str, str], list[Observed]] = {
        (each.address.platform, each.address.kind, each.id): [] for each in archives
    }
    for key, each in all_.items():
        kind = supports[each.platform].kinds[each.kind]
        if key in ours or each.archived or not kind.marked or kind.status is None:
            continue
        above = _parent(each, supports)
        while above is not None:
            found.get(above, []).append(each)
            above = _parent(all_[above], supports) if above in all_ else None
    return {at: tuple(some) for at, some in found.items() if some}


def _parent(each: Observed, supports: Mapping[str, Supports]) -> tuple[str, str, str] | None:
    kind = supports[each.platform].kinds[each.kind]
    if kind.parent is None or kind.parent_kind is None:
        return None
    return each.platform, kind.parent_kind, str(each.fields.get(kind.parent))


def _named(each: Observed) -> str:
    return f"{each.platform} {each.kind} {each.id} “{each.label}”"
