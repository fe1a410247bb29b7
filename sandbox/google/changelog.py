"""What was changed on the account, by whom and when: kept in the account's own database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

SCHEMA = """
CREATE TABLE IF NOT EXISTS history (
  at INTEGER NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  before BLOB, after BLOB, client TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (at, place)) WITHOUT ROWID;
"""
MICROS = 1_000_000
# Kinds whose changes the platform tells, with their number in names of change_status:
# …/docs/change-status, …/docs/change-event.
TOLD = {
    "ad_group": 2, "ad_group_ad": 3, "ad_group_criterion": 4, "campaign": 5, "campaign_criterion": 6,
    "campaign_budget": 7, "asset": 13, "customer_asset": 14, "campaign_asset": 15, "ad_group_asset": 16,
    "shared_set": 17, "campaign_shared_set": 18, "asset_group": 19,
}  # fmt: skip


@dataclass(frozen=True)
class Author:
    """Who changes something: a member of ChangeClientType, and an address."""

    client: str
    user: str


# Who is at work; nobody where the platform itself furnishes an account.
_author: ContextVar[Author | None] = ContextVar("author", default=None)


@contextmanager
def acting(author: Author) -> Iterator[None]:
    """What is written inside was changed by this one."""
    before = _author.set(author)
    try:
        yield
    finally:
        _author.reset(before)


@dataclass(frozen=True, slots=True)
class Changed:
    """One resource changed: microseconds since 1970, its place in that commit, and it before and after."""

    at: int
    place: int
    kind: str
    name: str
    before: bytes | None
    after: bytes | None
    client: str
    user: str


class Changelog:
    """All changes, oldest first. Each commit has a time of its own, even while the clock stands still."""

    def __init__(self, db: sqlite3.Connection, clock: Callable[[], datetime] | None) -> None:
        self._db, self._clock = db, clock
        db.executescript(SCHEMA)
        self._last = int(db.execute("SELECT coalesce(max(at), 0) FROM history").fetchone()[0])

    def note(self, changes: Sequence[tuple[str, str, bytes | None, bytes | None]]) -> None:
        """(kind, name, before, after) of one commit, inside its transaction; of nobody's work nothing."""
        author = _author.get()
        if author is None or self._clock is None:
            return
        self._last = max(micros(self._clock()), self._last + 1)
        rows = [
            (self._last, place, *change, author.client, author.user)
            for place, change in enumerate(changes)
            if change[0] in TOLD
        ]
        self._db.executemany("INSERT INTO history VALUES (?,?,?,?,?,?,?,?)", rows)

    def read(self, since: int, until: int) -> Iterator[Changed]:
        """From `since` to `until` microseconds, both included."""
        query = "SELECT * FROM history WHERE at BETWEEN ? AND ? ORDER BY at, place"
        for row in self._db.execute(query, (since, until)):
            yield Changed(*row)

    def clear(self) -> None:
        with self._db:
            self._db.execute("DELETE FROM history")
        self._last = 0


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * MICROS + moment.microsecond
