"""The rows of the ledger as immutable values; every timestamp is aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from engine.resource import Address

State: TypeAlias = Literal["live", "gone"]
Operation: TypeAlias = Literal["create", "update", "archive", "pause"]
OutcomeName: TypeAlias = Literal["applied", "refused", "unknown", "abandoned"]
RunStatus: TypeAlias = Literal["running", "done", "failed", "interrupted"]
Detail: TypeAlias = Mapping[str, Any]
AFTER = "after_intent"  # in an event's detail: the last intent before it, since clocks may differ


@dataclass(frozen=True, slots=True)
class Bearer:
    """A platform object to be recorded as ours: its mark is how it is recognised, its id the platform's."""

    address: Address
    account: str
    id: str
    mark: str


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """A platform object that is or was ours; `gone` rows are history and say why in `reason`."""

    address: Address
    account: str
    id: str
    mark: str
    state: State
    created_at: datetime
    updated_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A saved plan: its digest, where its file is, what it sums up to, and what the guard rails said."""

    digest: str
    path: str
    environment: str
    created_at: datetime
    summary: Detail
    verdict: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an applied plan declared, as the caller's own text, and when it was last applied."""

    digest: str
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to one digest. `shown` is the digest of the text that person was shown."""

    digest: str
    by: str
    at: datetime
    expires_at: datetime
    shown: str
    evidence: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it is neither expired at `now` nor taken back."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Run:
    """One apply or pause; `digest` is None where no plan was needed (pause)."""

    run_id: int
    digest: str | None
    actor: str
    host: str
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class IntentRow:
    """What is about to be sent, written down first. `payload` is JSON and holds no secret.

    An update's payload is `{"before": {...}, "after": {...}}`; a create's is its fields.
    """

    address: Address
    account: str
    operation: Operation
    phase: str
    payload: Detail
    mark: str = ""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A journalled intent and what came of it; `outcome` None means that nobody wrote down an answer.

    `id` is the platform's: the one intended upon, or the one the outcome named.
    """

    intent_id: int
    run_id: int
    digest: str | None
    address: Address
    account: str
    operation: Operation
    phase: str
    payload: Detail
    mark: str
    id: str | None
    at: datetime
    outcome: OutcomeName | None = None
    code: str = ""
    message: str = ""
    settled_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is None or self.outcome == "unknown"

    def follows(self, event: Event) -> bool:
        """Whether it came after the event: by their order where the event tells it, else by their times."""
        last = event.detail.get(AFTER)
        return self.intent_id > last if isinstance(last, int) else event.at <= self.at


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of one intent; `id` is required where a create was applied."""

    intent_id: int
    outcome: OutcomeName
    id: str | None = None
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened besides plans and runs: a pause, drift found, a load, an experiment's verdict."""

    at: datetime
    kind: str
    actor: str
    detail: Detail
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the audit trail."""

    at: datetime
    actor: str
    kind: str
    address: Address | None
    detail: Detail


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the trail are asked for; "" means any. A `key` stands for all that is below it too."""

    key: str = ""
    actor: str = ""
    kind: str = ""

    def __call__(self, row: LogRow) -> bool:
        key = row.address.key if row.address else ""
        return (
            (not self.key or key == self.key or key.startswith(f"{self.key}/"))
            and self.actor in ("", row.actor)
            and self.kind in ("", row.kind)
        )


ANYTHING = Wanted()
