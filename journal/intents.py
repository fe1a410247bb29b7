"""Runs and their intents: written before a call leaves, settled after it came back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.resource import MARK
from journal import approvals, audit, objects
from journal.errors import JournalError, LedgerConflict, UnknownRecord
from journal.records import Bearer, Event, Intent, IntentRow, OutcomeName, Run, RunStatus, Settlement
from journal.tables import OPEN, intents, runs

CHUNK = 500
_INTENT = (
    intents.c.number,
    intents.c.run,
    runs.c.digest,
    intents.c.address,
    intents.c.account,
    intents.c.operation,
    intents.c.phase,
    intents.c.payload,
    intents.c.mark,
    intents.c.id,
    intents.c.at,
    intents.c.outcome,
    intents.c.code,
    intents.c.message,
    intents.c.settled_at,
)
_RUN = (
    runs.c.number,
    runs.c.digest,
    runs.c.actor,
    runs.c.host,
    runs.c.status,
    runs.c.started_at,
    runs.c.finished_at,
)
Item = TypeVar("Item")


def begin_run(connection: Connection, digest: str | None, actor: str, host: str, at: datetime) -> int:
    if digest is not None:
        approvals.must_hold(connection, digest)
    values = {"digest": digest, "actor": actor, "host": host, "status": "running", "started_at": at}
    return int(connection.execute(insert(runs).values(values).returning(runs.c.number)).scalar_one())


def finish_run(connection: Connection, run_id: int, status: RunStatus, at: datetime) -> None:
    """Raises LedgerConflict where a run with open intents would be called done."""
    run = _run(connection, run_id)
    left = selected(connection, intents.c.run == run_id, OPEN) if status == "done" else []
    if left:
        raise LedgerConflict(
            "A run with open intents is not done",
            f"Run {run.run_id}: {len(left)} open, first {left[0].operation} {left[0].address}.",
            "Settle them, or finish the run as failed or interrupted.",
        )
    connection.execute(update(runs).where(runs.c.number == run_id).values(status=status, finished_at=at))


def listed_runs(connection: Connection, status: RunStatus | None) -> list[Run]:
    statement = select(*_RUN).order_by(runs.c.number)
    if status is not None:
        statement = statement.where(runs.c.status == status)
    return [Run(*row) for row in connection.execute(statement)]


def last(connection: Connection) -> int:
    """The number of the latest intent, 0 before the first."""
    return int(connection.execute(select(func.max(intents.c.number))).scalar() or 0)


def _run(connection: Connection, run_id: int) -> Run:
    row = connection.execute(select(*_RUN).where(runs.c.number == run_id)).first()
    if row is None:
        raise UnknownRecord("The journal holds no such run", f"Run {run_id}.", "See `kampanya log`.")
    return Run(*row)


def intend(connection: Connection, run_id: int, rows: Sequence[IntentRow], at: datetime) -> list[int]:
    """Writes all rows or none. Raises LedgerConflict where a create of an address is still open."""
    if _run(connection, run_id).status != "running":
        raise LedgerConflict("The run is finished", f"Run {run_id}.", "Begin a new run.")
    if not rows:
        return []
    values = [_values(run_id, row, at) for row in rows]
    statement = insert(intents).returning(intents.c.number, sort_by_parameter_order=True)
    try:
        return list(connection.execute(statement, values).scalars())
    except IntegrityError:
        raise LedgerConflict(
            "A create is still open",
            f"One of {len(rows)} intents is a create whose address has one without a known outcome.",
            "Look for its mark on the platform and settle it first; it is never sent twice unseen.",
        ) from None


def _values(run_id: int, row: IntentRow, at: datetime) -> dict[str, object]:
    return {
        "run": run_id,
        "address": row.address,
        "account": row.account,
        "operation": row.operation,
        "phase": row.phase,
        "payload": row.payload,
        "mark": row.mark,
        "id": row.id,
        "at": at,
    }


def selected(connection: Connection, *where: ColumnElement[bool]) -> list[Intent]:
    """The intents that meet all conditions, in the order they were written."""
    return [Intent(*row) for row in connection.execute(_select(*where))]


def _select(*where: ColumnElement[bool]) -> Select[Any]:
    statement = select(*_INTENT).join(runs, runs.c.number == intents.c.run).where(*where)
    return statement.order_by(intents.c.number)


def settled(
    connection: Connection,
    since: datetime,
    operations: Collection[str],
    fields: Collection[str],
    outcomes: Collection[OutcomeName],
) -> list[Intent]:
    """Intents settled at or after `since`; empty `operations` or `fields` mean any."""
    where = [intents.c.settled_at >= since, intents.c.outcome.in_(outcomes)]
    if operations:
        where.append(intents.c.operation.in_(operations))
    found = selected(connection, *where)
    return [intent for intent in found if not fields or _touches(intent.payload, fields)]


def _touches(payload: Mapping[str, Any], fields: Collection[str]) -> bool:
    named = payload.get("after", payload)
    return any(field in named for field in fields)


def settle(connection: Connection, settlements: Sequence[Settlement], at: datetime) -> None:
    """Outcomes, and in the same transaction what they mean for the objects.

    An outcome that is already written may be written again. An unknown one may become any other, and the
    audit log keeps what it said. Raises LedgerConflict for any other change, UnknownRecord, JournalError.
    """
    held = _by_number(connection, [one.intent_id for one in settlements])
    pairs = [(held[one.intent_id], one) for one in settlements]
    news = [(intent, one) for intent, one in pairs if _is_news(intent, one)]
    if len({one.intent_id for _, one in news}) != len(news):
        raise JournalError("An intent is settled twice in one call", fix="Settle each intent once.")
    _write(connection, news, at)
    _keep_resolved(connection, news, at)
    done = [(intent, one) for intent, one in news if one.outcome == "applied"]
    objects.record(connection, [_bearer(*pair) for pair in done if pair[0].operation == "create"], at)
    objects.remark(
        connection, {intent.address: mark for intent, _ in done if (mark := _mark_set(intent))}, at
    )
    gone = [(intent.address, intent.id or one.id) for intent, one in done if intent.operation == "archive"]
    objects.forget_many(connection, gone, at, "archived")


def _mark_set(intent: Intent) -> str:
    """The mark that an update has put on its object, or ""."""
    after = intent.payload.get("after", {}) if intent.operation == "update" else {}
    return str(after.get(MARK) or "")


def _by_number(connection: Connection, numbers: Sequence[int]) -> dict[int, Intent]:
    """With the payloads of updates alone: others are large, and nothing depends on them."""
    held: dict[int, Intent] = {}
    payload = case((intents.c.operation == "update", intents.c.payload))
    light = [payload if each is intents.c.payload else each for each in _INTENT]
    for chunk in _chunks(numbers):
        # Locked against another settler where the database has no single writer; SQLite does not need it.
        found = select(*light).join(runs, runs.c.number == intents.c.run)
        found = found.where(intents.c.number.in_(chunk)).with_for_update(of=intents)
        held |= {row.number: Intent(*row) for row in connection.execute(found)}
    missing = sorted(set(numbers) - set(held))
    if missing:
        raise UnknownRecord(
            "The journal holds no such intent", f"Intents {missing[:5]}.", "See `kampanya log`."
        )
    return held


def _is_news(intent: Intent, one: Settlement) -> bool:
    if intent.outcome is None:
        return True
    if intent.outcome == one.outcome and one.id in (None, intent.id):
        return False
    if intent.outcome == "unknown":
        return True
    raise LedgerConflict(
        "The intent was settled otherwise",
        f"{intent.operation} {intent.address} was settled as {intent.outcome} at {intent.settled_at}, "
        f"now as {one.outcome}.",
        "Read the platform again and plan anew; what is written stays written.",
    )


def _write(connection: Connection, news: Sequence[tuple[Intent, Settlement]], at: datetime) -> None:
    if not news:
        return
    statement = (
        update(intents)
        .where(intents.c.number == bindparam("row"))
        .values(
            outcome=bindparam("new_outcome"),
            id=bindparam("new_id"),
            code=bindparam("new_code"),
            message=bindparam("new_message"),
            settled_at=at,
        )
    )
    rows = [
        {
            "row": one.intent_id,
            "new_outcome": one.outcome,
            "new_id": one.id or intent.id,
            "new_code": one.code,
            "new_message": one.message,
        }
        for intent, one in news
    ]
    connection.execute(statement, rows)


def _keep_resolved(connection: Connection, news: Sequence[tuple[Intent, Settlement]], at: datetime) -> None:
    resolved = [
        Event(
            at=at,
            kind="resolved",
            actor="",
            detail={"operation": intent.operation, "was": intent.message, "is": one.outcome},
            address=intent.address,
        )
        for intent, one in news
        if intent.outcome == "unknown"
    ]
    audit.append(connection, resolved)


def _bearer(intent: Intent, one: Settlement) -> Bearer:
    id_ = one.id or intent.id
    if not id_:
        raise JournalError(
            "An applied create has no id",
            f"Intent {intent.intent_id}, {intent.address}.",
            "Settle it as unknown and look for its mark.",
        )
    return Bearer(intent.address, intent.account, id_, intent.mark)


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
