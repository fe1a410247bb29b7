"""Copies of a journal file, made while it may be in use, and the way back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from journal.database import create_private
from journal.errors import JournalError, JournalUnavailable


def private_backup_name(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.name}.{suffix}")


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of everything committed, complete under `target` or not there at all; 0600.

    Raises JournalUnavailable.
    """
    partial = private_backup_name(target, "partial")
    partial.unlink(missing_ok=True)
    create_private(partial)
    try:
        with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(partial)) as copy:
            held.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").close()  # one file, nothing beside it
            check(copy, partial)
        _flush(partial)
        os.replace(partial, target)
    except (sqlite3.Error, OSError) as error:
        raise JournalUnavailable(
            "The journal cannot be copied", f"{source} to {target}: {error}", "Check the disk and try again."
        ) from None


def backup(source: Path, target: Path) -> None:
    """As `copy_database`, never over a file that is there."""
    if target.exists():
        raise JournalError("The backup exists already", str(target), "Give a name that is not taken.")
    copy_database(source, target)


def restore(source: Path, target: Path) -> Path | None:
    """The journal `target` as it was in the backup `source`, for processes that have it open too.

    Returns where the state before is kept, None if there was none. Raises JournalUnavailable for a backup
    that is damaged or no journal; the journal is then untouched.
    """
    kept = None
    with closing(_read_only(source)) as held:
        check(held, source)
        if target.exists():
            kept = private_backup_name(target, "before-restore")
            copy_database(target, kept)
        create_private(target)
        with closing(sqlite3.connect(target)) as journal:
            held.backup(journal)
    return kept


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises JournalUnavailable unless the file is whole and is a journal."""
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        connection.execute("SELECT version FROM journal_schema").close()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise JournalUnavailable("The backup cannot be used", f"{path}: {found}", "Use another backup.")


def _read_only(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise JournalUnavailable("There is no such backup", str(path), "Name a file that exists.")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
