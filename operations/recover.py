"""Settle what is not known: for every intent without a trustworthy outcome, look at the platform and say."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from engine.resource import Address, Observed, from_json, same
from engine.supports import Supports
from journal.errors import Locked
from journal.records import Intent, Settlement
from journal.store import Journal
from operations.site import Site

# A platform may need a moment until a list shows what was just created (read-after-write lag). Graph gives
# no bound; practitioners report seconds. The stand-ins have none.
LAG_SECONDS = (0.0, 5.0, 20.0)
Key: TypeAlias = tuple[str, str, str]  # platform, kind, id or mark


def recover(
    site: Site,
    journal: Journal,
    *,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[Address, str]:
    """Settle the open intents; returns the ids of what turned out to exist. Needs no approval, sends nothing.

    One bearer of the mark: the create did happen. None, even after the lag: it did not. Several: quarantined;
    the intent stays open and the object is blocked in every plan until a person decides.
    """
    open_intents = [each for each in journal.open_intents() if each.address.platform in site.platforms]
    found: dict[Address, str] = {}
    if not open_intents:
        return found
    tell(f"settling {len(open_intents)} intents of an earlier run whose outcome is not known")
    for wait in LAG_SECONDS if site.live else LAG_SECONDS[:1]:
        sleep(wait)
        seen = Seen(_read(site, open_intents), journal.ids())
        open_intents = _settle(open_intents, seen, journal, found)
        if not open_intents:
            return found
    absent = [each for each in open_intents if len(seen.bearers(each)) <= 1]
    gone = [Settlement(each.intent_id, "abandoned", message="not on the platform") for each in absent]
    journal.settle_many(gone, datetime.now(UTC))
    return found


def recover_abandoned(site: Site, journal: Journal, tell: Callable[[str], None] = lambda _: None) -> None:
    """Settle what an apply that is gone left open, so that a new plan builds on it.

    One under way is left alone. Without this a tree that was made and never activated would look like one
    that somebody paused.
    """
    if not journal.open_intents() or journal.lock_holder() is not None:
        return
    try:
        with journal.exclusive(owner="kampanya", command="recover", at=datetime.now(UTC)):
            recover(site, journal, tell=tell)
    except Locked:  # an apply began meanwhile, and settles them itself
        return


def _read(site: Site, intents: Sequence[Intent]) -> list[Observed]:
    seen: list[Observed] = []
    for platform in {each.address.platform for each in intents}:
        mine = [each for each in intents if each.address.platform == platform]
        found = site.connectors[platform].read({(each.address.kind, each.id) for each in mine if each.id})
        if unseen := _parents(found, site.supports[platform]) - {(each.kind, each.id) for each in found}:
            again = site.connectors[platform].read(unseen)
            found += [each for each in again if (each.kind, each.id) in unseen]
        seen += found
    return seen


def _parents(seen: Sequence[Observed], supports: Supports) -> set[tuple[str, str]]:
    """Kind and id of what the objects hang under: it exists, though a list may not show it yet."""
    found = set()
    for each in seen:
        kind = supports.kinds[each.kind]
        above = each.fields.get(kind.parent) if kind.parent and not each.archived else None
        if above and kind.parent_kind:
            found.add((kind.parent_kind, str(above)))
    return found


def _settle(
    intents: Sequence[Intent], seen: Seen, journal: Journal, found: dict[Address, str]
) -> list[Intent]:
    """Writes down what is certain by now, all in one transaction; returns what is still open."""
    settled, left = [], []
    for intent in intents:
        outcome = _created(intent, seen) if intent.operation == "create" else _changed(intent, seen)
        if outcome is None:
            left.append(intent)
            continue
        settled.append(outcome)
        if intent.operation == "create" and outcome.id:
            found[intent.address] = outcome.id
            seen.take(intent.address, outcome.id)
    journal.settle_many(settled, datetime.now(UTC))
    return left


def _changed(intent: Intent, seen: Seen) -> Settlement | None:
    mine = seen.with_id(intent)
    if mine is None:
        return None
    if intent.operation == "archive":
        done = mine.archived
    else:
        after = intent.payload.get("after", {})
        done = all(same(mine.shows(name), from_json(value)) for name, value in after.items())
    return Settlement(intent.intent_id, "applied", mine.id, message="found on the platform") if done else None


def _created(intent: Intent, seen: Seen) -> Settlement | None:
    bearers = seen.bearers(intent)
    if len(bearers) != 1:
        return None
    return Settlement(intent.intent_id, "applied", bearers[0].id, message="found by its mark")


class Seen:
    """What the platforms show, by id and by mark, and whose each id is by the journal.

    Looked up, never scanned: everything that was sent may have to be settled.
    """

    def __init__(self, observed: Iterable[Observed], ids: Mapping[Address, str]) -> None:
        self._by_id: dict[Key, Observed] = {}
        self._by_mark: dict[Key, list[Observed]] = defaultdict(list)
        self._holders: dict[Key, set[Address]] = defaultdict(set)
        for each in observed:
            self._by_id.setdefault((each.platform, each.kind, each.id), each)
            if not each.archived:
                self._by_mark[each.platform, each.kind, each.mark].append(each)
        for address, id in ids.items():
            self.take(address, id)

    def take(self, address: Address, id: str) -> None:
        """From now on the id is that address's."""
        self._holders[address.platform, address.kind, id].add(address)

    def with_id(self, intent: Intent) -> Observed | None:
        address = intent.address
        return self._by_id.get((address.platform, address.kind, intent.id or ""))

    def bearers(self, intent: Intent) -> list[Observed]:
        """What bears its mark, is nobody else's by the journal, and was not there before the create."""
        address, before = intent.address, intent.payload.get("bearers", ())
        return [
            each
            for each in self._by_mark.get((address.platform, address.kind, intent.mark), ())
            if each.id not in before
            and self._holders.get((each.platform, each.kind, each.id), {address}) == {address}
        ]
