"""What each applied plan declared, kept whole, so that there is a way back to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from journal.approvals import must_hold
from journal.records import Declaration
from journal.tables import declarations

_COLUMNS = (declarations.c.digest, declarations.c.at, declarations.c.body)


def keep(connection: Connection, digest: str, body: str, at: datetime) -> None:
    """Of a recorded plan; the same digest again renews when. Raises UnknownRecord."""
    must_hold(connection, digest)
    renewed = update(declarations).where(declarations.c.digest == digest).values(at=at, body=body)
    if not connection.execute(renewed).rowcount:
        connection.execute(insert(declarations).values(digest=digest, at=at, body=body))


def beginning(connection: Connection, prefix: str) -> list[Declaration]:
    """Those of plans whose digest begins so, the latest last."""
    statement = select(*_COLUMNS).where(declarations.c.digest.startswith(prefix, autoescape=True))
    return [Declaration(*row) for row in connection.execute(statement.order_by(declarations.c.at))]
