"""The budgets and targets that ran in the last 24 hours, from the journal told again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import budget
from engine.anchor import Allowed, Anchor, allowed, anchors
from engine.resource import Address, Fields, Observed
from engine.supports import Supports
from engine.targets import Bound, Watch
from journal.records import Intent
from journal.store import Journal
from operations.memory import ADOPTED, RESTORED, clock_of, told


def ran_since(journal: Journal, since: datetime, money: budget.Money) -> dict[Address, Anchor]:
    """What each budget that ran since then first allowed. `since` is of the environment's clock."""
    return anchors(_allowed(applied, ids, money) for applied, ids in _moments(journal, since, money.supports))


def bounds_since(journal: Journal, since: datetime, supports: Mapping[str, Supports]) -> dict[Address, Bound]:
    """What each target that ran since then first said, and what we last set; as `ran_since`."""
    watch = Watch(supports)
    for applied, _ in _moments(journal, since, supports):
        watch.see(applied)
    return watch.held


def adopted_since(journal: Journal, since: datetime) -> frozenset[Address]:
    """What was found by its mark since then, or all after a backup was brought back: the journal does not
    know what had been done to it.
    """
    if any(clock_of(each) >= since for each in journal.events(RESTORED)):
        return frozenset(journal.ids())
    return frozenset(
        each.address for each in journal.events(ADOPTED) if each.address and clock_of(each) >= since
    )


def _moments(
    journal: Journal, since: datetime, supports: Mapping[str, Supports]
) -> Iterator[tuple[Mapping[Address, Fields], Mapping[Address, str]]]:
    """What we had set, and its ids, as the time began and after each run or take-over within it.

    The 24 hours begin with the first step of them, by the order in the journal: a clock that was set back
    since brings nothing out of sight. Both are written on after each moment.
    """
    applied: dict[Address, dict[str, Any]] = {}
    ids: dict[Address, str] = {}
    step: object = None
    for each in told(journal, supports, applied, set()):
        begun = step is not None or clock_of(each) >= since
        now = each.run_id if isinstance(each, Intent) else each
        if begun and now != step:
            yield applied, ids
            step = now
        if isinstance(each, Intent) and each.id is not None:
            ids[each.address] = each.id
    yield applied, ids


def _allowed(applied: Mapping[Address, Fields], ids: Mapping[Address, str], money: budget.Money) -> Allowed:
    kinds = carrying(money.supports)
    found = {
        address: Observed(address.platform, "", address.kind, ids.get(address, ""), "", fields)
        for address, fields in applied.items()
        if (address.platform, address.kind) in kinds and address.platform in money.currency
    }
    nodes = budget.before(found, money.supports)
    return allowed(nodes, replace(money, existing=nodes.keys()))


def carrying(supports: Mapping[str, Supports]) -> frozenset[tuple[str, str]]:
    """The kinds that carry budgets, and those above them."""
    found = set()
    for platform, support in supports.items():
        for name, kind in support.kinds.items():
            if kind.budgets:
                found |= {(platform, each) for each in (name, kind.parent_kind) if each}
    return frozenset(found)
