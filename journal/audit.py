"""The audit trail: one query over plans, approvals, runs, intents and events."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)

from engine.resource import Address
from journal.records import ANYTHING, Event, LogRow, Wanted
from journal.tables import AddressText, Json, approvals, events, intents, plans, runs

PARTS = (
    "digest",
    "run",
    "host",
    "path",
    "verdict",
    "phase",
    "outcome",
    "id",
    "code",
    "message",
    "expires_at",
    "shown",
    "evidence",
)


def append(connection: Connection, rows: Sequence[Event]) -> None:
    """Adds events; nothing ever changes or removes one."""
    if not rows:
        return
    values = [
        {"at": row.at, "kind": row.kind, "actor": row.actor, "detail": row.detail, "address": row.address}
        for row in rows
    ]
    connection.execute(insert(events), values)


def listed_events(connection: Connection, kind: str | None, since: datetime | None) -> list[Event]:
    columns = (events.c.at, events.c.kind, events.c.actor, events.c.detail, events.c.address)
    statement = select(*columns).order_by(events.c.number)
    if kind is not None:
        statement = statement.where(events.c.kind == kind)
    if since is not None:
        statement = statement.where(events.c.at >= since)
    return [Event(*row) for row in connection.execute(statement)]


def log(
    connection: Connection,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    wanted: Wanted = ANYTHING,
) -> list[LogRow]:
    """The last `limit` wanted lines at or after `since` and before `until`, oldest first."""
    trail = union_all(*_branches()).subquery()
    statement = select(trail).order_by(trail.c.at.desc(), trail.c.place.desc(), trail.c.number.desc())
    if since is not None:
        statement = statement.where(trail.c.at >= since)
    if until is not None:
        statement = statement.where(trail.c.at < until)
    rows = (row for row in map(_row, connection.execute(statement)) if wanted(row))
    return list(islice(rows, limit))[::-1]


def as_json(rows: Iterable[LogRow]) -> str:
    """`{"version": 1, "log": [{at, actor, kind, address, detail}]}`; times are ISO 8601 in UTC."""
    lines = [
        {
            "at": row.at.isoformat(),
            "actor": row.actor,
            "kind": row.kind,
            "address": None if row.address is None else str(row.address),
            "detail": row.detail,
        }
        for row in rows
    ]
    return json.dumps({"version": 1, "log": lines}, ensure_ascii=False, indent=1)


def as_csv(rows: Iterable[LogRow]) -> str:
    """Comma-separated lines with a header; `detail` is JSON, times are ISO 8601 in UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("at", "actor", "kind", "address", "detail"))
    for row in rows:
        detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True)
        address = "" if row.address is None else str(row.address)
        writer.writerow((row.at.isoformat(), _cell(row.actor), _cell(row.kind), address, detail))
    return text.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet takes a cell that begins like a formula for one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _row(row: Any) -> LogRow:
    parts = {name: getattr(row, name) for name in PARTS}
    detail = {name: value for name, value in parts.items() if value not in (None, "")}
    if row.detail is not None:
        detail |= row.detail if row.kind_of == "event" else {row.kind_of: row.detail}
    address: Address | None = row.address
    return LogRow(row.at, row.actor, row.kind, address, detail)


def _branches() -> list[Select[Any]]:
    return [
        _branch(
            0, plans, plans.c.created_at, literal("plan"), literal(""), kind_of="summary",
            detail=plans.c.summary, digest=plans.c.digest, path=plans.c.path, verdict=plans.c.verdict,
        ),
        _branch(
            1, approvals, approvals.c.at, literal("approve"), approvals.c.by, number=approvals.c.number,
            digest=approvals.c.digest, expires_at=approvals.c.expires_at, shown=approvals.c.shown,
            evidence=approvals.c.evidence,
        ),
        _branch(
            2, approvals, approvals.c.revoked_at, literal("revoke"), approvals.c.revoked_by,
            number=approvals.c.number, digest=approvals.c.digest,
        ).where(approvals.c.revoked_at.is_not(None)),
        _branch(
            3, runs, runs.c.started_at, literal("run started"), runs.c.actor, number=runs.c.number,
            run=runs.c.number, digest=runs.c.digest, host=runs.c.host,
        ),
        _intents(),
        _branch(
            5, events, events.c.at, events.c.kind, events.c.actor, number=events.c.number,
            address=events.c.address, detail=events.c.detail,
        ),
        _branch(
            6, runs, runs.c.finished_at, literal("run ") + runs.c.status, runs.c.actor, number=runs.c.number,
            run=runs.c.number, digest=runs.c.digest,
        ).where(runs.c.finished_at.is_not(None)),
    ]  # fmt: skip


def _intents() -> Select[Any]:
    joined = intents.join(runs, runs.c.number == intents.c.run)
    at = func.coalesce(intents.c.settled_at, intents.c.at, type_=intents.c.at.type)
    return _branch(
        4, joined, at, intents.c.operation, runs.c.actor, number=intents.c.number,
        address=intents.c.address, kind_of="payload", detail=intents.c.payload, digest=runs.c.digest,
        run=intents.c.run, phase=intents.c.phase, id=intents.c.id, code=intents.c.code,
        message=intents.c.message, outcome=func.coalesce(intents.c.outcome, "open"),
    )  # fmt: skip


def _branch(
    place: int,
    source: FromClause,
    at: ColumnElement[Any],
    kind: ColumnElement[Any],
    actor: ColumnElement[Any],
    *,
    kind_of: str = "event",
    **given: ColumnElement[Any],
) -> Select[Any]:
    """One source of the trail in the columns all share; `place` orders what happened at one instant."""
    parts = [cast(given.get(name, null()), Text).label(name) for name in PARTS]
    return select(
        at.label("at"),
        literal(place).label("place"),
        given.get("number", literal(0)).label("number"),
        cast(kind, Text).label("kind"),
        cast(actor, Text).label("actor"),
        cast(given.get("address", null()), AddressText).label("address"),
        cast(literal(kind_of), Text).label("kind_of"),
        cast(given.get("detail", null()), Json).label("detail"),
        *parts,
    ).select_from(source)
