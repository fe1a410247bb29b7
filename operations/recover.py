"""Settle what is not known: for every intent without a trustworthy outcome, look at the platform and say."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from engine.resource import Address, Observed, from_json, same
from engine.supports import Supports
from journal.errors import Locked
from journal.records import Intent
from journal.store import Journal
from operations.site import Site

# A platform may need a moment until a list shows what was just created (read-after-write lag). Graph gives
# no bound; practitioners report seconds. The stand-ins have none.
LAG_SECONDS = (0.0, 5.0, 20.0)


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
        seen = _read(site, open_intents)
        open_intents = [each for each in open_intents if not _settle(each, seen, journal, found)]
        if not open_intents:
            return found
    for intent in open_intents:
        if len(_bearers(intent, seen, _taken(intent, journal))) <= 1:
            journal.settle(intent.intent_id, "abandoned", datetime.now(UTC), message="not on the platform")
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


def _settle(intent: Intent, seen: Sequence[Observed], journal: Journal, found: dict[Address, str]) -> bool:
    if intent.operation == "create":
        return _settle_create(intent, seen, journal, found)
    address = intent.address
    kind = (address.platform, address.kind, intent.id)
    mine = next((each for each in seen if (each.platform, each.kind, each.id) == kind), None)
    if mine is None:
        return False
    if intent.operation == "archive":
        done = mine.archived
    else:
        after = intent.payload.get("after", {})
        done = all(same(mine.fields.get(name), from_json(value)) for name, value in after.items())
    if done:
        journal.settle(
            intent.intent_id, "applied", datetime.now(UTC), mine.id, message="found on the platform"
        )
    return done


def _settle_create(
    intent: Intent, seen: Sequence[Observed], journal: Journal, found: dict[Address, str]
) -> bool:
    bearers = _bearers(intent, seen, _taken(intent, journal))
    if len(bearers) != 1:
        return False
    journal.settle(intent.intent_id, "applied", datetime.now(UTC), bearers[0].id, message="found by its mark")
    found[intent.address] = bearers[0].id
    return True


def _taken(intent: Intent, journal: Journal) -> set[str]:
    """Ids that the journal holds for other addresses of the same kind."""
    address = intent.address
    return {
        id
        for at, id in journal.ids().items()
        if at != address and (at.platform, at.kind) == (address.platform, address.kind)
    }


def _bearers(intent: Intent, seen: Sequence[Observed], taken: Collection[str]) -> list[Observed]:
    """What bears the intent's mark, is nobody else's by the journal, and was not there before the create."""
    address = intent.address
    before = {*intent.payload.get("bearers", ()), *taken}
    return [
        each
        for each in seen
        if (each.platform, each.kind, each.mark) == (address.platform, address.kind, intent.mark)
        and not each.archived
        and each.id not in before
    ]
