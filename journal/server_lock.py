"""Whose turn it is on PostgreSQL: a session's advisory lock, which dies with its connection."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from journal.database import translated
from journal.errors import Locked
from journal.locks import Holder, locked
from journal.tables import lock_holders

CLASS = 7_265_111  # any number, the same for everybody; the second half of the key is the schema's name
_TAKE = text(f"SELECT pg_try_advisory_lock({CLASS}, hashtext(current_schema()))")
_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    f" AND classid = {CLASS} AND objid::bigint = hashtext(current_schema())::bigint & 4294967295"
)
_GIVE_BACK = text("SELECT pg_advisory_unlock_all()")  # the server sees a closed connection a moment later
_MINE = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
    f" AND classid = {CLASS}"
)
# The server notices a holder's machine that vanished within two minutes, not within Linux's two hours.
_KEEPALIVE = ("tcp_keepalives_idle = 60", "tcp_keepalives_interval = 15", "tcp_keepalives_count = 4")
_HOLDER = (
    lock_holders.c.owner,
    lock_holders.c.host,
    lock_holders.c.pid,
    lock_holders.c.since,
    lock_holders.c.command,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A lock that is held; the lock lasts as long as its connection."""

    holder: Holder
    connection: Connection

    def demand(self) -> None:
        """Raises Locked where the connection is gone, and with it the lock: somebody else may be at work."""
        try:
            ours = self.connection.execute(_MINE).scalar_one()
        except SQLAlchemyError:
            ours = 0
        if not ours:
            raise Locked(
                "The lock was lost",
                "the journal's server closed the connection that held it",
                "Run the same command again: it takes the lock anew and goes on where this one stopped.",
            )


@contextmanager
def exclusive(engine: Engine, owner: str, command: str, at: datetime) -> Iterator[Held]:
    """As `locks.exclusive`; the lock lasts as long as the connection, which a forked child would share."""
    holder = Holder(owner, socket.gethostname(), os.getpid(), at, command)
    connection = _take(engine, holder)
    try:
        yield Held(holder, connection)
    finally:
        with suppress(SQLAlchemyError), connection:  # where the connection is gone, so is the lock
            connection.execute(delete(lock_holders).where(lock_holders.c.pid == holder.pid))
            connection.execute(_GIVE_BACK)


def lock_holder(connection: Connection) -> Holder | None:
    """As `locks.lock_holder`."""
    if not connection.execute(_HELD).scalar_one():
        return None
    holder = _written(connection)
    if holder is None:
        raise locked(None)
    return holder


def break_lock(connection: Connection) -> Holder | None:
    """As `locks.break_lock`."""
    left = _written(connection)
    if connection.execute(_HELD).scalar_one():
        raise locked(left)
    connection.execute(delete(lock_holders))
    return left


def _take(engine: Engine, holder: Holder) -> Connection:
    with _translated(engine), ExitStack() as undo:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        undo.enter_context(connection)
        for setting in _KEEPALIVE:
            connection.execute(text(f"SET {setting}"))
        connection.detach()  # closed at the end, not kept in the pool with its lock
        if not connection.execute(_TAKE).scalar_one():
            raise locked(_written(connection))
        _write(connection, holder)
        undo.pop_all()
    return connection


def _translated(engine: Engine) -> AbstractContextManager[None]:
    return translated(engine.url.render_as_string(hide_password=True))


def _written(connection: Connection) -> Holder | None:
    row = connection.execute(select(*_HOLDER)).first()
    return Holder(*row) if row else None


def _write(connection: Connection, holder: Holder) -> None:
    connection.execute(delete(lock_holders))
    values = {column.name: getattr(holder, column.name) for column in _HOLDER}
    connection.execute(insert(lock_holders).values(values))
