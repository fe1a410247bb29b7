"""What the applies of one plan did so far, counted as the plan's own footer counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.change import Update
from engine.resource import Address, Resource, from_json
from engine.schedule import lets_go
from engine.supports import Supports
from journal.records import Intent
from journal.store import Journal


@dataclass(frozen=True, slots=True)
class Tally:
    """Objects, not calls. `let_go` are those set live, most of which were created or changed as well."""

    created: int
    changed: int
    archived: int
    let_go: int


def tally(journal: Journal, digest: str, supports: Mapping[str, Supports]) -> Tally:
    """Count what is journalled as applied for a plan, by all of its runs together."""
    done = [each for each in journal.intents(digest=digest) if each.outcome == "applied"]
    created = _addresses(done, "create")
    return Tally(
        created=len(created),
        changed=len(_addresses(done, "update") - created),
        archived=len(_addresses(done, "archive")),
        let_go=len({each.address for each in done if _sets_live(each, supports)}),
    )


def _addresses(intents: list[Intent], operation: str) -> set[Address]:
    return {each.address for each in intents if each.operation == operation}


def _sets_live(intent: Intent, supports: Mapping[str, Supports]) -> bool:
    if intent.operation != "update":
        return False
    after = {name: from_json(value) for name, value in intent.payload.get("after", {}).items()}
    resource = Resource(intent.address, intent.account, intent.mark, {})
    update = Update(resource, intent.id or "", {}, after)
    return any(lets_go(update, name, supports) for name in after)
