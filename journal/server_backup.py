"""Copies of a journal on a server, each the same single file as of a journal in a file, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, delete, func, insert, select, text

from journal.backup import copy_database, private_backup_name
from journal.database import connect, translated
from journal.errors import JournalError
from journal.migrations import migrate
from journal.tables import NUMBER, lock_holders, metadata

ROWS = 1000
NOT_COPIED = (lock_holders,)  # who holds the lock now is nobody's history


def backup(server: Engine, target: Path) -> None:
    """Everything committed at one instant, complete under `target` or not there at all; 0600.

    Raises JournalError where `target` exists, JournalUnavailable.
    """
    if target.exists():
        raise JournalError("The backup exists already", str(target), "Give a name that is not taken.")
    rows = private_backup_name(target, "rows")
    rows.unlink(missing_ok=True)
    try:
        _write(server, rows)
        copy_database(rows, target)
    finally:
        rows.unlink(missing_ok=True)


def _write(server: Engine, path: Path) -> None:
    file = connect(path)
    try:
        migrate(file)
        snapshot = server.execution_options(isolation_level="REPEATABLE READ")
        with translated(str(path)), snapshot.connect() as source, file.begin() as copy:
            _copy(source, copy)
    finally:
        file.dispose()


def restore(source: Connection, server: Connection) -> None:
    """All of `source` (a journal's newest schema) in place of all that the server's journal holds.

    In the caller's transaction: either state is seen, never a mixture.
    """
    for table in reversed(_tables()):
        server.execute(delete(table))
    _copy(source, server)


def _copy(source: Connection, target: Connection) -> None:
    for table in _tables():
        target.execute(delete(table))
        columns = list(table.columns)
        rows = source.execute(select(*columns).order_by(*table.primary_key.columns))
        for chunk in _chunks(rows, columns):
            target.execute(insert(table), chunk)
        if target.dialect.name == "postgresql":
            _count_on(target, table)


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table not in NOT_COPIED]


def _chunks(rows: Any, columns: Sequence[Column[Any]]) -> Iterator[list[dict[str, Any]]]:
    names = [column.name for column in columns]
    for part in rows.partitions(ROWS):
        yield [dict(zip(names, row, strict=True)) for row in part]


def _count_on(server: Connection, table: Table) -> None:
    """The server numbers the next row after the last one copied."""
    column = table.columns.get("number")
    if column is None or column.type is not NUMBER:
        return
    last = server.execute(select(func.max(column))).scalar_one()
    statement = text("SELECT setval(pg_get_serial_sequence(:table, 'number'), :next, false)")
    server.execute(statement, {"table": table.name, "next": (last or 0) + 1})
