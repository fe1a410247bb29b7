"""Whose turn it is: the operating system's lock on a file beside the journal, which dies with its owner."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from journal.errors import JournalUnavailable, Locked

ATTEMPTS = 5  # a reader asking who holds the lock may itself be in the way for an instant
PAUSE_SECONDS = 0.02
_held: set[int] = set()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: `owner` is the person, `since` aware UTC."""

    owner: str
    host: str
    pid: int
    since: datetime
    command: str

    def __str__(self) -> str:
        since = self.since.isoformat(timespec="seconds")
        return f"{self.owner} ({self.command}), process {self.pid} on {self.host}, since {since}"


def lock_path(journal: str | Path) -> Path:
    """The lock's file for a journal's: beside it."""
    path = Path(journal)
    return path.with_name(path.name + ".lock")


@contextmanager
def exclusive(journal: str | Path, owner: str, command: str, at: datetime) -> Iterator[Holder]:
    """The only one to apply, until the block ends or the process does, however it ends.

    Not inherited by children, forked or executed. Raises Locked at once if somebody else holds it.
    """
    path = lock_path(journal)
    holder = Holder(owner, socket.gethostname(), os.getpid(), at, command)
    descriptor = _open(path)
    _held.add(descriptor)
    try:
        if not _take(descriptor, fcntl.LOCK_EX):
            raise locked(_content(descriptor))
        _write(descriptor, json.dumps(asdict(holder) | {"since": at.isoformat()}))
        try:
            yield holder
        finally:
            if descriptor in _held:
                _write(descriptor, "")
    finally:
        _release(descriptor)


def lock_holder(journal: str | Path) -> Holder | None:
    """Who holds it now; None if nobody does, whatever a dead owner left in the file.

    Raises Locked in the instant between a holder's taking it and writing its name.
    """
    path = lock_path(journal)
    if not path.exists():
        return None
    descriptor = _open(path)
    try:
        if _take(descriptor, fcntl.LOCK_SH):
            return None
        holder = _content(descriptor)
        if holder is None:
            raise locked(None)
        return holder
    finally:
        os.close(descriptor)


def break_lock(journal: str | Path) -> Holder | None:
    """Clears what a dead owner left and returns it, None if nothing was. Raises Locked if the owner lives:
    a lock of the operating system cannot be broken, only its process be stopped.
    """
    path = lock_path(journal)
    if not path.exists():
        return None
    descriptor = _open(path)
    try:
        left = _content(descriptor)
        if not _take(descriptor, fcntl.LOCK_EX):
            raise locked(_content(descriptor))
        _write(descriptor, "")
        return left
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise JournalUnavailable(
            "The lock's file cannot be opened",
            f"{path}: {error.strerror}",
            "Check that the folder exists and is yours.",
        ) from None


def _take(descriptor: int, kind: int) -> bool:
    for attempt in range(ATTEMPTS):
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if attempt < ATTEMPTS - 1:
                time.sleep(PAUSE_SECONDS)
    return False


def _content(descriptor: int) -> Holder | None:
    try:
        found: dict[str, Any] = json.loads(os.pread(descriptor, 64_000, 0))
        return Holder(**found | {"since": datetime.fromisoformat(found["since"])})
    except (ValueError, TypeError, KeyError):
        return None  # empty, or being written this instant


def _write(descriptor: int, content: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content.encode(), 0)
    os.fsync(descriptor)


def locked(holder: Holder | None) -> Locked:
    """The refusal that tells who holds the lock and what to do about it."""
    if holder is None:
        return Locked(
            "The lock is held", "Its holder has not written its name yet.", "Try again in a moment."
        )
    return Locked(
        "The lock is held",
        f"{holder}.",
        f"Wait until it ends, or stop process {holder.pid} on {holder.host}: the lock is free the moment "
        "that process is gone. `kampanya pause` needs no lock.",
    )


def _release(descriptor: int) -> None:
    """Closes it, except in a forked child that leaves its parent's block: there it is closed already, and its
    number may mean another file.
    """
    if descriptor in _held:
        _held.discard(descriptor)
        os.close(descriptor)


def _drop_in_child() -> None:
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


# A fork shares the open file and with it the lock; an exec closes it (O_CLOEXEC).
os.register_at_fork(after_in_child=_drop_in_child)
