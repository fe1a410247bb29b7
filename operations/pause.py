"""Stop now: no plan, no approval, no guard rail, no Prefect; only the journal's ids."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.change import Applied, Update
from engine.resource import Address, Resource
from engine.supports import Supports
from journal.records import ObjectRecord
from journal.store import Journal
from operations.apply import words
from operations.intents import Ledger
from operations.site import Site
from schemas.errors import KampanyaError


@dataclass(slots=True)
class Stopped:
    """What was paused, and what could not be, with the platform's words."""

    paused: list[Address] = field(default_factory=list)
    failed: dict[Address, str] = field(default_factory=dict)


def pause(
    site: Site,
    journal: Journal,
    keys: Sequence[str],
    *,
    actor: str,
    tell: Callable[[str], None] = lambda _: None,
) -> Stopped:
    """Pause the objects at each key, or everything for no keys. Takes no lock; a running apply stops for it.

    Raises KampanyaError when the journal knows no such key.
    """
    journal.event("pause", datetime.now(UTC), actor, {"keys": list(keys) or ["everything"]})
    targets = _targets(journal.objects("live"), keys, site, applying=journal.lock_holder() is not None)
    run = journal.begin_run(None, actor, socket.gethostname(), datetime.now(UTC))
    ledger = Ledger(journal, run, _clock(site))
    stopped = Stopped()
    for platform, records in targets.items():
        tell(f"pausing {len(records)} on {site.supports[platform].title}")
        _pause(site, ledger, platform, records, stopped)
    journal.finish_run(run, "failed" if stopped.failed else "done", datetime.now(UTC))
    return stopped


def _clock(site: Site) -> datetime:
    """The environment's clock; a sandbox that cannot tell it does not stand in the way."""
    try:
        return site.now()
    except KampanyaError:
        return datetime.now(UTC)


def _pause(
    site: Site, ledger: Ledger, platform: str, records: Sequence[ObjectRecord], stopped: Stopped
) -> None:
    try:
        connector = site.connectors[platform]
    except KampanyaError as error:  # this platform cannot be reached; the others still are
        stopped.failed |= {each.address: str(error) for each in records}
        return
    updates = [_update(each, site.supports[platform]) for each in records]
    intents = ledger.intend("pause", updates, {}, operation="pause")
    for outcome in connector.apply(updates, {each.address: each.id for each in records}):
        ledger.settle([(intents[outcome.address], outcome)])
        if isinstance(outcome, Applied):
            stopped.paused.append(outcome.address)
        else:
            stopped.failed[outcome.address] = words(outcome)


def _update(record: ObjectRecord, supports: Supports) -> Update:
    status = supports.kinds[record.address.kind].status
    assert status is not None
    resource = Resource(record.address, record.account, record.mark, {})
    return Update(resource, record.id, {status.name: status.live}, {status.name: status.held})


def _targets(
    objects: Sequence[ObjectRecord], keys: Sequence[str], site: Site, applying: bool
) -> dict[str, list[ObjectRecord]]:
    """The objects to pause, by platform. While an apply runs, what it has not made yet needs no pause."""
    pausable = [
        each
        for each in objects
        if each.address.platform in site.platforms
        and site.supports[each.address.platform].kinds[each.address.kind].status is not None
    ]
    found: dict[str, list[ObjectRecord]] = {}
    for key in keys or [""]:
        matching = [each for each in pausable if _at_or_below(each.address.key, key)]
        if not matching and not applying:
            raise KampanyaError(
                "Nothing to pause at this key" if key else "The journal knows nothing that could be paused",
                key or f"environment {site.environment}",
                "kampanya log shows the keys. Pause on the platform what the journal does not know.",
            )
        for platform in {each.address.platform for each in matching}:
            tops = _tops([each for each in matching if each.address.platform == platform], site)
            found.setdefault(platform, []).extend(
                each for each in tops if each not in found.get(platform, [])
            )
    return found


def _at_or_below(address_key: str, key: str) -> bool:
    return not key or address_key == key or address_key.startswith(f"{key}/")


def _tops(records: Sequence[ObjectRecord], site: Site) -> list[ObjectRecord]:
    """The highest kind present: pausing it stops all that is below."""
    order = {name: rank for rank, name in enumerate(site.supports[records[0].address.platform].kinds)}
    top = min(order[each.address.kind] for each in records)
    return [each for each in records if order[each.address.kind] == top]
