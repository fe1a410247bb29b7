"""What bears our mark and is not in the journal becomes known to it; what was renamed moves along."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.assemble import Sides
from engine.diff import matched
from engine.match import Matching
from engine.resource import differing, to_json
from journal.errors import Locked
from journal.records import AFTER, Bearer
from journal.store import Journal
from operations.memory import ABSORBED, ADOPTED


def remember_found(journal: Journal, sides: Sides, matching: Matching, at: datetime, actor: str) -> None:
    """Adopt and move along what an approved plan found. Call it under the lock."""
    marks = {each.address: each.mark for each in sides.desired}
    known = journal.ids()
    by_id = {(address.platform, address.kind, id): address for address, id in known.items()}
    adopted = []
    _keep_what_was_said(journal, sides, matching, at, actor)
    for address, seen in matching.found.items():
        if address not in marks or address in known or seen.archived:
            continue
        old = by_id.get((seen.platform, seen.kind, seen.id))
        if old is None:
            mark = marks[address] if address in sides.context.claims else seen.mark
            adopted.append(Bearer(address, seen.account, seen.id, mark))
        else:
            journal.move_object(old, address, at, actor)
    record_adopted(journal, adopted, at, actor, sides.now)


def _keep_what_was_said(journal: Journal, sides: Sides, matching: Matching, at: datetime, actor: str) -> None:
    """What is adopted is as it was declared, and counts as set by us: what differs later is drift.

    Before the objects themselves: what the journal knows without it would be watched by nobody.
    """
    ids = matching.ids
    for each in sides.desired:
        address, seen = each.address, matching.found.get(each.address)
        if seen is None or address not in sides.context.claims or address in sides.known:
            continue
        unlike = set(differing(each.fields, seen.fields, ids))
        fields = {name: to_json(value) for name, value in each.fields.items() if name not in unlike}
        detail = {"fields": fields, "clock": sides.now.isoformat(), AFTER: journal.last_intent()}
        journal.event(ABSORBED, at, actor, detail, address)


def record_adopted(
    journal: Journal, adopted: list[Bearer], at: datetime, actor: str, clock: datetime
) -> None:
    """Known from now on, and said so: what was done to them before is not known."""
    journal.record_objects(adopted, at)
    for each in adopted:
        journal.event(ADOPTED, at, actor, {"id": each.id, "clock": clock.isoformat()}, each.address)


def adopt(journal: Journal, sides: Sides, actor: str) -> int:
    """Remember what a plan found by the very mark of its key, so that a stop needs no apply to have been; how
    many that were.

    Nothing that was renamed: the YAML may still be put back. An apply under way remembers it itself.
    """
    marks = {each.mark for each in sides.observed}
    new = {each.address: each.mark for each in sides.desired if each.address not in sides.known}
    if not any(mark in marks for mark in new.values()):
        return 0
    found = matched(sides.desired, sides.observed, sides.context).found
    taken = {(at.platform, at.kind, each.id) for at, each in sides.known.items()}
    bearers = [
        Bearer(address, seen.account, seen.id, seen.mark)
        for address, mark in new.items()
        if (seen := found.get(address)) is not None
        and not seen.archived
        and seen.mark == mark
        and (seen.platform, seen.kind, seen.id) not in taken
    ]
    if not bearers or journal.lock_holder() is not None:
        return 0
    try:
        with journal.exclusive(owner=actor, command="adopt", at=datetime.now(UTC)):
            known = journal.ids()
            bearers = [each for each in bearers if each.address not in known]
            record_adopted(journal, bearers, datetime.now(UTC), actor, sides.now)
    except Locked:  # an apply began meanwhile
        return 0
    return len(bearers)
