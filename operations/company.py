"""What of others hangs under the objects that a plan archives; asked for only where there is such a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from connectors.base import Handle, LivingReader, NamesakeReader
from engine import namesakes, spared
from engine.assemble import Sides, assemble
from engine.change import Archive, Change, Create
from engine.diff import matched
from engine.namesakes import Place
from engine.plan import Note, Plan
from engine.resource import Address, Observed
from operations.site import Site


def draw(site: Site, sides: Sides, tell: Callable[[str], None] = lambda _: None) -> tuple[Sides, Plan]:
    """The plan of both sides, blocked where it would end what is not ours. Raises ConnectorError."""
    plan = assemble(sides)
    if taken := _places_taken(site, sides, plan):
        sides = replace(sides, context=replace(sides.context, namesakes=taken))
        plan = assemble(sides)
    archives = [each.change for each in plan.changes if isinstance(each.change, Archive)]
    tops = spared.tops(archives, sides.supports)
    if not tops:
        return sides, plan
    matching = matched(sides.desired, sides.observed, sides.context)
    ours = {(each.platform, each.kind, each.id) for each in matching.counted.values()}
    objects = _everything(site, sides, tops, tell)
    below = spared.strangers_below(tops, objects, ours, sides.supports)
    if not below:
        return sides, plan
    sides = replace(sides, context=replace(sides.context, below=below))
    return sides, assemble(sides)


def _places_taken(site: Site, sides: Sides, plan: Plan) -> dict[Place, str]:
    """What of others stands where something would be built; asked for only where something would be."""
    wanted: dict[str, set[str]] = {}
    for platform, kind in namesakes.kinds((each.change for each in plan.changes), sides.supports):
        wanted.setdefault(platform, set()).add(kind)
    found: dict[Place, str] = {}
    for platform, kinds in wanted.items():
        connector = site.connectors[platform]
        if isinstance(connector, LivingReader):
            ours = matched(sides.desired, sides.observed, sides.context).counted.values()
            mine = ((each.kind, each.id) for each in ours if each.platform == platform)
            found |= namesakes.of_others(platform, connector.living(sorted(kinds)), mine)
    return found


def clashes(site: Site, sides: Sides, plan: Plan) -> Iterator[Note]:
    """What would be called as something of others where a name is taken once. Raises ConnectorError."""
    wanted: dict[tuple[str, str], dict[str, Address]] = {}
    for each in plan.changes:
        at, name = each.change.address, _name(each.change)
        if name and sides.context.kind(at).only_name:
            wanted.setdefault((at.platform, at.kind), {})[name.casefold()] = at
    for (platform, kind), mine in wanted.items():
        connector = site.connectors[platform]
        if isinstance(connector, NamesakeReader):
            called = connector.called(kind)
            taken = {id: name for id, name in called.items() if name.casefold() in mine}
            for id in taken.keys() - _our_ids(sides, platform, kind) if taken else ():
                address = mine[taken[id].casefold()]
                yield _clash(site.supports[platform].title, address, id, taken[id])


def _our_ids(sides: Sides, platform: str, kind: str) -> set[str]:
    found = matched(sides.desired, sides.observed, sides.context).counted.values()
    return {each.id for each in found if (each.platform, each.kind) == (platform, kind)}


def _name(change: Change) -> str:
    fields = change.resource.fields if isinstance(change, Create) else getattr(change, "after", {})
    return str(fields.get("name") or "")


def _clash(title: str, address: Address, id: str, name: str) -> Note:
    return Note(
        "name taken",
        f"{address.platform} {address.kind} {id} is called “{name}” and is not ours",
        f"{title} takes a name once: {address.kind} {address.key} would be refused, with all below it."
        " Rename that one on the platform, or give ours another `name:` or naming pattern.",
    )


def _everything(
    site: Site, sides: Sides, tops: Sequence[Archive], tell: Callable[[str], None]
) -> list[Observed]:
    """What was read, and on the platforms concerned also what bears no mark."""
    found = list(sides.observed)
    for platform in sorted({each.address.platform for each in tops}):
        tell(f"looking at {site.supports[platform].title} for what others have put under it")
        connector, kinds = site.connectors[platform], site.supports[platform].kinds
        seen = {(each.kind, each.id) for each in sides.observed if each.platform == platform}
        unread: set[Handle] = {
            each for each in connector.handles() if each not in seen and kinds[each[0]].status is not None
        }
        if unread:
            found += [each for each in connector.read(unread) if (each.kind, each.id) in unread]
    return found
