"""Take down for good: stop now, then a plan that archives. Only what is ours, and no longer declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine import spared
from engine.assemble import Sides, Spending, assemble
from engine.change import Archive
from engine.match import match
from engine.moves import moves
from engine.plan import Plan
from engine.released import at_or_below, unused_with
from engine.resource import Address
from journal.records import ObjectRecord
from journal.store import Journal
from operations.company import draw
from operations.pause import Stopped, pause
from operations.plan import Wish, lifecycles, look, rails
from operations.rules import judge
from operations.site import Site
from operations.validate import validate
from schemas.errors import KampanyaError

# What an archive leaves behind, by kind. A Google budget that is not shared goes with its campaign
# (Google Ads API, "Remove a campaign budget"); a label stays and marks nothing.
STAYS = "it delivers nothing by itself, and the platform keeps it"
LEFT: Mapping[str, str] = {
    "audience": "ad sets of others may aim at it; delete it on the platform once nobody's does",
}


@dataclass(frozen=True, slots=True)
class Destruction:
    """What was stopped now, the plan that archives (None: nothing is left to), and what stays and why.

    `stopped.failed` holds only what can still deliver.
    """

    key: str
    stopped: Stopped
    plan: Plan | None
    left: Mapping[Address, str]


def destroy(
    site: Site,
    journal: Journal,
    key: str,
    *,
    spending: Spending,
    actor: str,
    with_foreign: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Destruction:
    """Pause everything at and below `key`, and plan to archive it; archives nothing itself.

    Objects of others that hang under it stand in the way, unless they are to end with it (`with_foreign`).
    Raises KampanyaError where the key is still declared, protected or was never ours: then nothing was sent.
    """
    records = [each for each in journal.objects() if at_or_below(each.address.key, key)]
    if not records:
        raise KampanyaError(
            "The journal knows nothing at this key", key, "kampanya log shows the keys of all that is ours."
        )
    live = [each for each in records if each.state == "live" and _ends(each, site)]
    demand_undeclared(site, key)
    if not live:
        return Destruction(key, Stopped(), None, {})
    demand_unprotected(site, key)
    journal.event("destroy", datetime.now(UTC), actor, {"key": key})
    stopped = Stopped()
    if any(_can_pause(each, site) for each in live):
        stopped = pause(site, journal, [key], actor=actor, tell=tell)
    try:
        sides = look(site, journal, Wish(targets=(key,)), spending, tell)
    except KampanyaError as error:
        if not stopped.failed:
            raise
        tell(str(error))  # the reasons why it was not paused come first
        return Destruction(key, stopped, None, {})
    sides, drawn = draw(site, sides, tell)
    if with_foreign and sides.context.below:
        others = frozenset(spared.label_of(each) for some in sides.context.below.values() for each in some)
        sides = replace(sides, context=replace(sides.context, along=others))
        drawn = assemble(sides)
    plan = judge(site, drawn)
    archived = {each.change.address for each in plan.changes if isinstance(each.change, Archive)}
    running = {address: why for address, why in stopped.failed.items() if address in archived}
    return Destruction(
        key,
        Stopped(stopped.paused, running),
        plan if archived or plan.blocked else None,
        dict(left_behind(plan, sides)),
    )


def _ends(record: ObjectRecord, site: Site) -> bool:
    """Whether the platform can archive it."""
    support = site.supports.get(record.address.platform)
    return support is not None and support.kinds[record.address.kind].archivable


def _can_pause(record: ObjectRecord, site: Site) -> bool:
    return site.supports[record.address.platform].kinds[record.address.kind].status is not None


def demand_undeclared(site: Site, key: str) -> None:
    """Raises KampanyaError where the YAML still wants it: the next plan would build it again, or be stuck."""
    declared = [each for each in validate(site) if at_or_below(each.address.key, key)]
    if declared:
        where = site.workspace.where(*declared[0].path) if declared[0].path else None  # type: ignore[arg-type]
        raise KampanyaError(
            "It is still declared",
            f"{key}: {declared[0].address}" + (f" and {len(declared) - 1} more" if declared[1:] else ""),
            f"Delete it from the YAML, then destroy it. To stop it at once: kampanya pause {key}",
            where,
        )
    for new, old in moves(site.workspace.campaigns).items():
        if at_or_below(old, key) or at_or_below(key, old):
            raise KampanyaError(
                "It is still declared, under a new key",
                f"{new} says `moved: {old}`",
                f"Apply the move first, then destroy {new}; or take `moved:` out of the YAML.",
            )


def demand_unprotected(site: Site, key: str) -> None:
    """Raises KampanyaError where the key, one above or one below it is protected."""
    kept = {*rails(site, site.now()).protected}
    kept |= {each for each, life in lifecycles(site).items() if life.protect}
    touched = sorted(each for each in kept if at_or_below(key, each) or at_or_below(each, key))
    if touched:
        raise KampanyaError(
            "It is protected",
            f"{', '.join(touched)}: nothing was stopped or archived",
            "Take the key out of `protected`, or apply its campaign once without `protect: true`, in a"
            " reviewed change.",
        )


def left_behind(plan: Plan, sides: Sides) -> Iterator[tuple[Address, str]]:
    """Library objects of ours that only what the plan archives refers to: they stay on the platform."""
    matching = match({}, sides.observed, sides.known, sides.context.gone)
    there = {address: seen for address, seen in matching.found.items() if not seen.archived}
    wanted = {each.address for each in sides.desired}
    taken = {each.change.address for each in plan.changes if isinstance(each.change, Archive)}
    for address in unused_with(taken, there, wanted, sides.supports):
        yield address, LEFT.get(address.kind, STAYS)
