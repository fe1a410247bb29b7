"""What of others hangs under the objects that a plan archives; asked for only where there is such a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from connectors.base import Handle
from engine import spared
from engine.assemble import Sides, assemble
from engine.change import Archive
from engine.diff import matched
from engine.plan import Plan
from engine.resource import Observed
from operations.site import Site


def draw(site: Site, sides: Sides, tell: Callable[[str], None] = lambda _: None) -> tuple[Sides, Plan]:
    """The plan of both sides, blocked where it would end what is not ours. Raises ConnectorError."""
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
