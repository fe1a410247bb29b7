"""The ledger as one object: every call is one transaction, on the disk when it returns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from engine.resource import Address
from journal import (
    approvals,
    audit,
    backup,
    declarations,
    intents,
    locks,
    migrations,
    objects,
    server_backup,
    server_lock,
)
from journal.database import READ_ONLY, connect, sqlite_path, translated
from journal.errors import JournalError
from journal.records import (
    AFTER,
    ANYTHING,
    Approval,
    Bearer,
    Declaration,
    Detail,
    Event,
    Intent,
    IntentRow,
    LogRow,
    ObjectRecord,
    OutcomeName,
    PlanRecord,
    Run,
    RunStatus,
    Settlement,
    State,
    Wanted,
)
from journal.tables import OPEN
from journal.tables import intents as intent_table
from journal.tables import runs as run_table

Result = TypeVar("Result")
APPLIED: tuple[OutcomeName, ...] = ("applied",)


class Journal:
    """Open it with `Journal.open`; close it, or use it as a context manager.

    Every method raises JournalUnavailable where the database does not answer. Timestamps are the caller's,
    aware; the ledger has no clock. Safe to use from several threads and processes at once.
    """

    def __init__(self, engine: Engine, upgraded_from: int | None) -> None:
        self._engine = engine
        self._reader = engine.execution_options(**{READ_ONLY: True})
        self.upgraded_from = upgraded_from
        self._held: server_lock.Held | None = None

    @classmethod
    def open(cls, target: str | Path, secrets: Sequence[str] = ()) -> Journal:
        """The journal in a file or behind a `postgresql+DRIVER://` URL, made or upgraded where needed.

        `secrets` are values that shall never be written; what looks like a token is not written anyway.
        Raises JournalUnavailable, NewerSchema.
        """
        engine = connect(target, secrets)
        try:
            with translated(engine.url.render_as_string(hide_password=True)):
                before, after = migrations.migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, None if before == after else before)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path | None:
        """The file, or None on a server."""
        return sqlite_path(self._engine.url.render_as_string(hide_password=False))

    @property
    def schema_version(self) -> int:
        return self._read(migrations.version) or 0

    # Objects

    def record_object(self, address: Address, account: str, id: str, mark: str, at: datetime) -> None:
        """Ours and live. Another id than the live one makes that one history."""
        self.record_objects([Bearer(address, account, id, mark)], at)

    def record_objects(self, bearers: Iterable[Bearer], at: datetime) -> None:
        rows = list(bearers)
        with self._write() as connection:
            objects.record(connection, rows, at)

    def forget_object(self, address: Address, at: datetime, reason: str) -> bool:
        """Archived or lost: kept as history. False if it was not live."""
        with self._write() as connection:
            return objects.forget(connection, address, at, reason)

    def forget_objects(self, addresses: Iterable[Address], at: datetime, reason: str) -> int:
        """Returns how many were live."""
        rows = [(address, None) for address in addresses]
        with self._write() as connection:
            return objects.forget_many(connection, rows, at, reason)

    def move_object(self, old: Address, new: Address, at: datetime, actor: str = "") -> None:
        """`moved:` — the same platform object under a new address, its mark unchanged; the log says so.

        Raises UnknownRecord where `old` is not live, LedgerConflict where `new` is.
        """
        with self._write() as connection:
            objects.move(connection, old, new, at)
            detail = {"from": str(old), AFTER: intents.last(connection)}
            audit.append(connection, [Event(at, "moved", actor, detail, new)])

    def objects(self, state: State | None = None) -> list[ObjectRecord]:
        """Live and gone ones, in the order recorded; or those of one state."""
        return self._read(lambda connection: objects.listed(connection, state))

    def ids(self) -> dict[Address, str]:
        """The platform's id of everything live."""
        return self._read(objects.ids)

    def by_mark(self, mark: str) -> list[ObjectRecord]:
        """The live objects recorded with a mark: none or one, several only after a move."""
        return self._read(lambda connection: objects.by_mark(connection, mark))

    # Plans and approvals

    def record_plan(
        self, digest: str, path: str, environment: str, created_at: datetime, summary: Detail, verdict: str
    ) -> None:
        """The same digest again renews path, summary and verdict."""
        record = PlanRecord(digest, path, environment, created_at, summary, verdict)
        with self._write() as connection:
            approvals.record_plan(connection, record)

    def plan(self, digest: str) -> PlanRecord | None:
        return self._read(lambda connection: approvals.plan(connection, digest))

    def plans(self) -> list[PlanRecord]:
        return self._read(approvals.listed_plans)

    def keep_declaration(self, digest: str, body: str, at: datetime) -> None:
        """What a plan declared, from its first apply on; `body` must hold no secret, it is not looked into.

        Raises UnknownRecord for an unrecorded plan.
        """
        with self._write() as connection:
            declarations.keep(connection, digest, body, at)

    def declarations(self, prefix: str) -> list[Declaration]:
        """Those of plans whose digest begins so, the latest applied last."""
        return self._read(lambda connection: declarations.beginning(connection, prefix))

    def approve(
        self, digest: str, by: str, at: datetime, expires_at: datetime, shown: str, evidence: str = ""
    ) -> Approval:
        """`shown` is the digest of the text they were shown. Raises UnknownRecord for an unrecorded plan."""
        approval = Approval(digest, by, at, expires_at, shown, evidence)
        with self._write() as connection:
            approvals.approve(connection, approval)
        return approval

    def revoke(self, digest: str, by: str, at: datetime) -> int:
        """Takes every standing approval of a plan back; returns how many there were."""
        with self._write() as connection:
            return approvals.revoke(connection, digest, by, at)

    def approval(self, digest: str, now: datetime) -> Approval | None:
        """One that at `now` is neither expired nor revoked, the longest-lasting first."""
        return self._read(lambda connection: approvals.standing(connection, digest, now))

    def approvals(self) -> list[Approval]:
        """All of them, expired and revoked ones included."""
        return self._read(approvals.listed)

    def use_code(self, approver: str, counter: int, at: datetime) -> bool:
        """False if that approver's one-time code was used before: it proves nothing then."""
        try:
            with self._write() as connection:
                approvals.use_code(connection, approver, counter, at)
        except IntegrityError:
            return False
        return True

    # Runs and intents

    def begin_run(self, digest: str | None, actor: str, host: str, at: datetime) -> int:
        """`digest` is None for what needs no plan (pause). Raises UnknownRecord for an unrecorded plan."""
        with self._write() as connection:
            return intents.begin_run(connection, digest, actor, host, at)

    def finish_run(self, run_id: int, status: RunStatus, at: datetime) -> None:
        """Raises LedgerConflict for `done` while an intent of the run is open."""
        with self._write() as connection:
            intents.finish_run(connection, run_id, status, at)

    def runs(self, status: RunStatus | None = None) -> list[Run]:
        """In the order they began; `running` ones whose lock is free were killed."""
        return self._read(lambda connection: intents.listed_runs(connection, status))

    def intend(self, run_id: int, rows: Iterable[IntentRow], at: datetime) -> list[int]:
        """Call it before the calls: all rows are on the disk when it returns, or none is. Ids in order.

        Raises LedgerConflict where an address has a create without a known outcome (money rule 6), Locked
        where the lock was lost meanwhile; a pause needs none.
        """
        wanted = list(rows)
        if self._held and any(row.operation != "pause" for row in wanted):
            self._held.demand()
        with self._write() as connection:
            return intents.intend(connection, run_id, wanted, at)

    def last_intent(self) -> int:
        """The number of the latest intent, 0 before the first; an event that holds it is ordered by it."""
        return self._read(intents.last)

    def settle(
        self,
        intent_id: int,
        outcome: OutcomeName,
        at: datetime,
        id: str | None = None,
        code: str = "",
        message: str = "",
    ) -> None:
        """As `settle_many` with one."""
        self.settle_many([Settlement(intent_id, outcome, id, code, message)], at)

    def settle_many(self, settlements: Iterable[Settlement], at: datetime) -> None:
        """The outcomes of a batch of calls; an applied create is ours, an applied archive gone, with it.

        Raises LedgerConflict where an intent was settled otherwise before, unless as unknown.
        """
        rows = list(settlements)
        with self._write() as connection:
            intents.settle(connection, rows, at)

    def open_intents(self) -> list[Intent]:
        """Without an outcome, or with an unknown one: to be looked for on the platform first."""
        return self._read(lambda connection: intents.selected(connection, OPEN))

    def intents(self, *, run: int | None = None, digest: str | None = None) -> list[Intent]:
        """Of one run, of every run of one plan, or all."""
        where = [intent_table.c.run == run] if run is not None else []
        where += [run_table.c.digest == digest] if digest is not None else []
        return self._read(lambda connection: intents.selected(connection, *where))

    def settled(
        self,
        since: datetime,
        operations: Collection[str] = (),
        fields: Collection[str] = (),
        outcomes: Collection[OutcomeName] = APPLIED,
    ) -> list[Intent]:
        """What was settled at or after `since`, with payloads: budget raises, edits during a test.

        `fields` keeps those whose payload names one of them (`after` of an update, all of a create).
        """
        return self._read(lambda connection: intents.settled(connection, since, operations, fields, outcomes))

    # Events and the audit log

    def event(
        self, kind: str, at: datetime, actor: str, detail: Detail, address: Address | None = None
    ) -> None:
        """Appends; nothing changes an event later."""
        with self._write() as connection:
            audit.append(connection, [Event(at, kind, actor, detail, address)])

    def events(self, kind: str | None = None, since: datetime | None = None) -> list[Event]:
        return self._read(lambda connection: audit.listed_events(connection, kind, since))

    def log(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        wanted: Wanted = ANYTHING,
    ) -> list[LogRow]:
        """The last `limit` wanted lines from `since` to before `until`, oldest first."""
        return self._read(lambda connection: audit.log(connection, since, until, limit, wanted))

    def log_csv(
        self, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> str:
        """The same as comma-separated text with a header; `detail` is JSON."""
        return audit.as_csv(self.log(since, until, limit))

    # The lock

    @contextmanager
    def exclusive(self, owner: str, command: str, at: datetime) -> Iterator[locks.Holder]:
        """The only one to apply, until the block or the process ends: the operating system's lock beside the
        file, PostgreSQL's own on a server. Raises Locked at once if somebody else holds it.
        """
        path = self.path
        if path is not None:
            with locks.exclusive(path, owner, command, at) as holder:
                yield holder
        else:
            with server_lock.exclusive(self._engine, owner, command, at) as held:
                self._held = held
                try:
                    yield held.holder
                finally:
                    self._held = None

    def lock_holder(self) -> locks.Holder | None:
        """Who holds the lock now; a dead owner does not."""
        return locks.lock_holder(self.path) if self.path else self._read(server_lock.lock_holder)

    def break_lock(self) -> locks.Holder | None:
        """Clears what a dead owner left and returns it. Raises Locked if the owner lives."""
        if self.path:
            return locks.break_lock(self.path)
        with self._write() as connection:
            return server_lock.break_lock(connection)

    # Copies

    def backup(self, target: str | Path) -> None:
        """A whole copy in one file, 0600, while others write. Raises JournalError if `target` exists."""
        if self.path is None:
            server_backup.backup(self._engine, Path(target))
        else:
            backup.backup(self.path, Path(target))

    def restore(self, source: Journal, kept: str | Path) -> None:
        """Everything as it is in `source`, another journal; what stood here is written to `kept` first.

        Call it inside `exclusive`. Raises JournalError if `kept` exists, or on a file: `backup.restore`.
        """
        if self.path is not None:
            raise JournalError("The journal is a file", str(self.path), "Use `journal.backup.restore`.")
        self.backup(kept)
        with source._reader.connect() as held, self._write() as connection:
            server_backup.restore(held, connection)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._translated(), self._engine.begin() as connection:
            yield connection

    def _read(self, query: Callable[[Connection], Result]) -> Result:
        with self._translated(), self._reader.connect() as connection:
            return query(connection)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._engine.url.render_as_string(hide_password=True))
