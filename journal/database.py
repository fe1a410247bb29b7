"""The connection to the ledger's database: a private SQLite file that loses nothing, or PostgreSQL by URL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from journal.errors import JournalUnavailable
from journal.redaction import Redactor
from schemas.private import private_folder

BUSY_MILLISECONDS = 10_000
READ_ONLY = "kampanya_reads"
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an intent must be on the disk before its call leaves
    "PRAGMA foreign_keys = ON",
)


def sqlite_path(target: str | Path) -> Path | None:
    """The file a target means, or None for a database server."""
    text = str(target)
    if "://" not in text:
        return Path(text)
    url = make_url(text)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def connect(target: str | Path, secrets: Sequence[str] = ()) -> Engine:
    """An engine whose every write passes the redactor. Raises JournalUnavailable."""
    path = sqlite_path(target)
    engine = _server(str(target)) if path is None else _file(path)
    redactor = Redactor(secrets)

    def redact(
        connection: Connection, cursor: Any, statement: str, bound: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        return statement, redactor.parameters(bound)

    event.listen(engine, "before_cursor_execute", redact, retval=True)
    return engine


def _server(url: str) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
        if engine.dialect.is_async:
            raise ArgumentError("its driver is asynchronous")
        return engine
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        name = make_url(url).drivername
        raise JournalUnavailable(
            "The journal's database cannot be used",
            f"{name}: {error}",
            "Install the driver the URL names (postgresql+psycopg: `pip install psycopg`), or use a file.",
        ) from None


def _file(path: Path) -> Engine:
    create_private(path)
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is late and leaves DDL outside
        for pragma in PRAGMAS:
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that read first could not wait for another writer.
        reads = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def create_private(path: Path) -> None:
    """The file exists, 0600, and so does its folder, 0700 where it had to be made."""
    try:
        if not path.parent.exists():
            private_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        os.chmod(path, 0o600)
    except OSError as error:
        raise JournalUnavailable(
            "The journal cannot be opened",
            f"{path}: {error.strerror}",
            "Check the folder's owner and permissions.",
        ) from None


@contextmanager
def translated(target: str) -> Iterator[None]:
    """Failures of the database become JournalUnavailable, without any value that was being written."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        raise _unavailable(target, str(error.orig)) from None
    except sqlite3.DatabaseError as error:
        raise _unavailable(target, str(error)) from None


def _unavailable(target: str, reason: str) -> JournalUnavailable:
    return JournalUnavailable("The journal cannot be read or written", f"{target}: {reason}", _fix(reason))


def _fix(reason: str) -> str:
    if "locked" in reason or "busy" in reason:
        return "Another process is writing for longer than 10 seconds; wait for it, then try again."
    if "full" in reason:
        return "Make room on the disk, then run the same command again: it resumes."
    if "not a database" in reason or "malformed" in reason:
        return "The file is damaged: `kampanya journal restore` brings a backup back."
    return "Check that the database is there and may be written."
