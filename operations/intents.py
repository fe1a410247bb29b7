"""Intents before calls, outcomes after: how changes become journal rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.change import Applied, Archive, Change, Create, Outcome, Refused, Update
from engine.resource import Address, Observed, resolve, to_json
from journal.records import IntentRow, Operation, Settlement
from journal.store import Journal


@dataclass(frozen=True, slots=True)
class Ledger:
    """One run's part of the journal. `clock` is the environment's: the sandbox's own may differ from ours.

    `bearers` are (platform, kind, mark) → ids of what bore the mark before: a create did not make those.
    """

    journal: Journal
    run: int
    clock: datetime
    bearers: Mapping[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def intend(
        self,
        phase: str,
        changes: Sequence[Change],
        ids: Mapping[Address, str],
        operation: Operation | None = None,
    ) -> dict[Address, int]:
        """Write down what is about to be sent; durable when this returns."""
        rows = [self._row(phase, each, ids, operation) for each in changes]
        numbers = self.journal.intend(self.run, rows, datetime.now(UTC))
        return {change.address: number for change, number in zip(changes, numbers, strict=True)}

    def _row(
        self, phase: str, change: Change, ids: Mapping[Address, str], operation: Operation | None
    ) -> IntentRow:
        payload: dict[str, Any] = {"clock": self.clock.isoformat()}
        match change:
            case Create(resource):
                payload["after"] = to_json(resolve(resource.fields, ids))
                address = resource.address
                payload["bearers"] = self.bearers.get((address.platform, address.kind, resource.mark), [])
                return IntentRow(change.address, resource.account, "create", phase, payload, resource.mark)
            case Update(context=resource, id=id, before=before, after=after):
                payload |= {"before": to_json(before), "after": to_json(resolve(after, ids))}
                return IntentRow(
                    change.address, resource.account, operation or "update", phase, payload, resource.mark, id
                )
            case Archive(address=address, account=account, id=id):
                return IntentRow(address, account, "archive", phase, payload, id=id)

    def settle(self, pairs: Sequence[tuple[int, Outcome]]) -> None:
        """Write down what came of intents, in one transaction."""
        self.journal.settle_many([_settlement(*pair) for pair in pairs], datetime.now(UTC))


def _settlement(intent: int, outcome: Outcome) -> Settlement:
    match outcome:
        case Applied(id=id):
            return Settlement(intent, "applied", id)
        case Refused(code=code, message=message):
            return Settlement(intent, "refused", code=code, message=message)
        case _:
            return Settlement(intent, "unknown", message=outcome.message)


def bearers(observed: Iterable[Observed]) -> dict[tuple[str, str, str], list[str]]:
    """Who bears which mark, archived ones too."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in observed:
        if each.mark:
            found.setdefault((each.platform, each.kind, each.mark), []).append(each.id)
    return found
