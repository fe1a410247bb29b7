"""Stop now: no plan, no approval, no guard rail, no Prefect; only the journal's ids, or else the marks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.change import Applied, Update
from engine.resource import Address, Observed, Resource
from engine.supports import Supports
from journal.records import Bearer, ObjectRecord
from journal.store import Journal
from operations.execution import words
from operations.intents import Ledger
from operations.memory import RESTORED
from operations.site import Site
from operations.unremembered import remember_by_marks
from schemas.errors import KampanyaError


@dataclass(slots=True)
class Stopped:
    """What was paused, what could not be, with the platform's words, and what could not be known."""

    paused: list[Address] = field(default_factory=list)
    failed: dict[Address, str] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not (self.failed or self.unsure)


def pause(
    site: Site,
    journal: Journal,
    keys: Sequence[str],
    *,
    actor: str,
    tell: Callable[[str], None] = lambda _: None,
) -> Stopped:
    """Pause what is at each key, or everything for no keys. Takes no lock: a running apply stops for it.

    The journal's ids are all it needs. Where the journal knows nothing, and no apply is under way, it looks
    for the marks of what is declared on the platforms themselves.
    Raises KampanyaError when neither knows such a key.
    """
    journal.event("pause", datetime.now(UTC), actor, {"keys": list(keys) or ["everything"]})
    applying = journal.lock_holder() is not None
    run = journal.begin_run(None, actor, socket.gethostname(), datetime.now(UTC))
    stop = _Stop(site, journal, Ledger(journal, run, site.now_or_ours()), actor, tell)
    behind = _behind(journal)
    if keys and not applying and not behind and _unknown(_pausable(journal, site), keys):
        stop.look(site.platforms, keys)
    known = _pausable(journal, site)
    missing = _unknown(known, keys)
    if missing and not applying and not behind and not stop.found:
        journal.finish_run(run, "failed", datetime.now(UTC))
        raise _nothing(missing[0], site, stop.stopped)
    stop.send(_targets(known, keys, site))
    if not applying and (behind or not keys):
        there = set() if behind else {each.address.platform for each in known}
        stop.look([each for each in site.platforms if each not in there], keys)
        now = _pausable(journal, site)
        stop.send(_targets([each for each in now if each not in known], keys, site))
        missing = _unknown(now, keys)
        if not stop.found and (missing or not now):
            journal.finish_run(run, "failed", datetime.now(UTC))
            raise _nothing(missing[0] if missing else "", site, stop.stopped)
    stop.send_several()
    stopped = stop.stopped
    journal.finish_run(run, "done" if stopped.complete else "failed", datetime.now(UTC))
    return stopped


@dataclass(slots=True)
class _Stop:
    """One emergency stop under way; `found` are several bearers of one mark, any of which may be ours."""

    site: Site
    journal: Journal
    ledger: Ledger
    actor: str
    tell: Callable[[str], None]
    stopped: Stopped = field(default_factory=Stopped)
    found: list[tuple[Address, Observed]] = field(default_factory=list)

    def look(self, platforms: Sequence[str], keys: Sequence[str]) -> None:
        if not platforms:
            return
        seen = remember_by_marks(self.site, self.journal, platforms, self.actor, self.ledger.clock, self.tell)
        self.stopped.unsure += seen.unsure
        self.found += [
            pair for pair in seen.several if any(_at_or_below(pair[0].key, key) for key in keys or [""])
        ]

    def send(self, targets: Mapping[str, Sequence[ObjectRecord | Bearer]]) -> None:
        for platform, records in targets.items():
            if records:
                self.tell(f"pausing {len(records)} on {self.site.supports[platform].title}")
                _pause(self.site, self.ledger, platform, records, self.stopped)

    def send_several(self) -> None:
        """All bearers of one mark, one after the other, since an address has one outcome at a time."""
        for address, each in self.found:
            self.send({address.platform: [Bearer(address, each.account, each.id, each.mark)]})
            told = f"{each.id} “{each.label}” is paused too"
            self.stopped.unsure.append(f"which bearer of the mark of {address} is ours: {told}")


def _nothing(key: str, site: Site, stopped: Stopped) -> KampanyaError:
    detail = key or f"environment {site.environment}"
    if stopped.unsure:
        detail += "; not known: " + "; ".join(stopped.unsure)
    return KampanyaError(
        "Nothing to pause at this key" if key else "The journal knows nothing that could be paused",
        detail,
        "kampanya log shows the keys. Pause on the platform what neither the journal nor a mark tells.",
    )


def _pause(
    site: Site, ledger: Ledger, platform: str, records: Sequence[ObjectRecord | Bearer], stopped: Stopped
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


def _update(record: ObjectRecord | Bearer, supports: Supports) -> Update:
    status = supports.kinds[record.address.kind].status
    assert status is not None
    resource = Resource(record.address, record.account, record.mark, {})
    return Update(resource, record.id, {status.name: status.live}, {status.name: status.held})


def _pausable(journal: Journal, site: Site) -> list[ObjectRecord]:
    return [
        each
        for each in journal.objects("live")
        if each.address.platform in site.platforms
        and site.supports[each.address.platform].kinds[each.address.kind].status is not None
    ]


def _behind(journal: Journal) -> bool:
    """Whether a backup was brought back and no apply has looked since: the platforms may hold more."""
    restored = journal.events(RESTORED)
    looked = (each.digest is not None and each.started_at > restored[-1].at for each in journal.runs())
    return bool(restored) and not any(looked)


def _unknown(objects: Sequence[ObjectRecord], keys: Sequence[str]) -> list[str]:
    return [key for key in keys if not any(_at_or_below(each.address.key, key) for each in objects)]


def _targets(
    objects: Sequence[ObjectRecord], keys: Sequence[str], site: Site
) -> dict[str, list[ObjectRecord]]:
    """The objects to pause, by platform. While an apply runs, what it has not made yet needs no pause."""
    found: dict[str, list[ObjectRecord]] = {}
    for key in keys or [""]:
        matching = [each for each in objects if _at_or_below(each.address.key, key)]
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
