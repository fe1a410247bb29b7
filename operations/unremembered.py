"""What bears our marks on the platforms though the journal knows nothing of it: for a stop that must work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.moves import before, former, moves
from engine.resource import Address, Observed
from journal.records import Bearer
from journal.store import Journal
from operations.adopt import record_adopted
from operations.site import Site
from operations.validate import validate
from schemas.errors import KampanyaError

FEW = 10  # so many are named


@dataclass(slots=True)
class Remembered:
    """`several` are bearers of one mark of ours, any of which may be it; `unsure` what could not be known."""

    several: list[tuple[Address, Observed]] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def remember_by_marks(
    site: Site,
    journal: Journal,
    platforms: Sequence[str],
    actor: str,
    clock: datetime,
    tell: Callable[[str], None],
) -> Remembered:
    """Write into the journal what on these platforms bears the mark of something declared and can be paused.

    Raises nothing for what it cannot read or know: that is told.
    """
    found = Remembered()
    marks = _declared(site, platforms, found)
    taken = {(at.platform, at.kind, id) for at, id in journal.ids().items()}
    gone = {each.address for each in journal.objects("gone")}
    adopted = []
    for platform in platforms:
        tell(f"the journal knows nothing on {site.supports[platform].title}: looking for marks there")
        bearers: dict[tuple[str, str], list[Observed]] = defaultdict(list)
        for each in _live(site, platform, found):
            if (platform, each.kind, each.id) not in taken:
                bearers[each.kind, each.mark].append(each)
        others: list[Observed] = []
        single: dict[Address, Observed] = {}
        for (kind, mark), some in bearers.items():
            address = marks.get((platform, kind, mark))
            if address is None or address in gone:
                others += some
            elif len(some) == 1:
                single[address] = some[0]
            else:
                found.several += [(address, each) for each in some]
        in_place = _in_place(site, single, taken | {_handle(each) for _, each in found.several})
        adopted += [Bearer(address, each.account, each.id, each.mark) for address, each in in_place.items()]
        others += [each for address, each in single.items() if address not in in_place]
        found.unsure += _delivering(site, others)
    record_adopted(journal, adopted, datetime.now(UTC), actor, clock)
    found.unsure = _shortened(found.unsure)
    return found


def _in_place(
    site: Site, single: Mapping[Address, Observed], taken: Collection[tuple[str, str, str]]
) -> dict[Address, Observed]:
    """Those that hang under something of ours: another is a copy, wherever its mark comes from."""
    found = dict(single)
    while True:
        ours = {*taken, *(_handle(each) for each in found.values())}
        kept = {}
        for address, each in found.items():
            kind = site.supports[each.platform].kinds[each.kind]
            above = (each.platform, kind.parent_kind or "", str(each.fields.get(kind.parent or "")))
            if kind.parent is None or above in ours:
                kept[address] = each
        if len(kept) == len(found):
            return kept
        found = kept


def _handle(each: Observed) -> tuple[str, str, str]:
    return each.platform, each.kind, each.id


def _declared(
    site: Site, platforms: Sequence[str], found: Remembered
) -> Mapping[tuple[str, str, str], Address]:
    """Platform, kind and mark → address of what is declared, under its old mark too where it was renamed."""
    marks: dict[tuple[str, str, str], Address] = {}
    try:
        neutral = validate(site)
        for platform in platforms:
            mine = [each for each in neutral if each.address.platform == platform]
            desired = site.offline(platform).canonical(mine)
            renamed = moves(site.workspace.campaigns)
            for at, mark in former(desired, renamed, site.scope).items():
                marks[platform, at.kind, mark] = before(at, renamed)
            marks |= {(platform, each.address.kind, each.mark): each.address for each in desired}
    except KampanyaError as error:
        found.unsure.append(f"which marks are ours, since the YAML cannot be used: {error.problem.summary}")
    if not marks and not found.unsure:
        found.unsure.append("which marks are ours, since nothing is declared, or the YAML cannot be read")
    return marks


def _live(site: Site, platform: str, found: Remembered) -> Iterator[Observed]:
    """What bears any mark of Kampanya's and is not held already."""
    try:
        seen = site.connectors[platform].read()
    except KampanyaError as error:
        found.unsure.append(f"{site.supports[platform].title}, which cannot be asked: {error}")
        return
    for each in seen:
        kind = site.supports[platform].kinds[each.kind]
        if kind.marked and kind.status is not None and each.mark and not each.archived:
            yield each


def _delivering(site: Site, others: Sequence[Observed]) -> Iterator[str]:
    """Those that are live, by the tops of their trees: a pause there would stop all that is below."""
    ids = {(each.kind, each.id) for each in others}
    for each in others:
        kind = site.supports[each.platform].kinds[each.kind]
        above = (kind.parent_kind or "", str(each.fields.get(kind.parent or "")))
        if kind.status and each.fields.get(kind.status.name) == kind.status.live and above not in ids:
            named = f"{each.platform} {each.kind} {each.id} “{each.label}”"
            yield f"whether {named} is ours: its mark is of nothing that is declared here"


def _shortened(unsure: list[str]) -> list[str]:
    more = len(unsure) - FEW
    return unsure if more <= 0 else [*unsure[:FEW], f"the same of {more} more"]
