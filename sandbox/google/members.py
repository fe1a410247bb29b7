"""Who was uploaded to customer lists: seals of identifiers, and which of them are one person."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from datetime import date

from sandbox.visitors import MATCHED

# `since`: the day a person first came in; `added`: the day he was last sent, from which membership runs.
SCHEMA = """
CREATE TABLE IF NOT EXISTS member (
  list TEXT NOT NULL, seal BLOB NOT NULL, person BLOB NOT NULL, known INTEGER NOT NULL,
  since TEXT NOT NULL, added TEXT NOT NULL, PRIMARY KEY (list, seal)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_person ON member (list, person);
"""
SEAL = 12  # bytes
Person = Sequence[str]  # the identifiers of one customer, as they were hashed by the caller


def seal(identifier: str) -> bytes:
    """What is kept in place of an identifier: a digest of the digest."""
    return hashlib.blake2b(identifier.encode(), digest_size=SEAL).digest()


def is_known(identifier: str) -> bool:
    """Whether the platform has an account for an identifier; by the identifier alone, so always the same."""
    digest = hashlib.blake2b(identifier.encode(), digest_size=2, person=b"known").digest()
    return int.from_bytes(digest, "big") / 0xFFFF < MATCHED["google"]


def matched(person: Person) -> bool:
    """One identifier that the platform knows is enough."""
    return any(is_known(identifier) for identifier in person)


# The upper ends of the platform's ranges of match rates, in percent.
RATES = (
    (20, "LESS_THAN_20"), (31, "20_TO_30"), (41, "31_TO_40"), (51, "41_TO_50"), (61, "51_TO_60"),
    (71, "61_TO_70"), (81, "71_TO_80"), (91, "81_TO_90"), (101, "91_TO_100"),
)  # fmt: skip


def match_range(people: Sequence[Person]) -> str:
    """How many of an upload the platform knows, as the end of an enum constant."""
    known = 100 * sum(map(matched, people)) / len(people)
    return next(name for end, name in RATES if known < end)


class Members:
    """The members of all lists, in the account's own database."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db, self._lock = db, lock
        db.executescript(SCHEMA)

    def add(self, user_list: str, people: Iterable[Person], day: date) -> None:
        """Take people in; who is there already under any identifier is the same person, seen again."""
        today = day.isoformat()
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for identifiers in people:
                seals = [(seal(one), is_known(one)) for one in identifiers]
                found = self._persons(user_list, [each for each, _ in seals])
                person, since = (found[0][0], found[0][1]) if found else (seals[0][0], today)
                rows = [(user_list, each, person, known, since, today) for each, known in seals]
                self._db.executemany("INSERT OR REPLACE INTO member VALUES (?,?,?,?,?,?)", rows)
                self._db.executemany(
                    "UPDATE member SET person = ?, added = ? WHERE list = ? AND person = ?",
                    [(person, today, user_list, other) for other, _ in found],
                )

    def remove(self, user_list: str, people: Iterable[Person]) -> None:
        """Whoever is there under any of these identifiers goes, with all he was known by."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for identifiers in people:
                for person, _ in self._persons(user_list, [seal(one) for one in identifiers]):
                    self._db.execute("DELETE FROM member WHERE list = ? AND person = ?", (user_list, person))

    def remove_all(self, user_list: str, before: date | None = None) -> None:
        """Everybody, or those last sent before a day."""
        last = before.isoformat() if before else "9999"
        with self._lock, self._db:
            self._db.execute("DELETE FROM member WHERE list = ? AND added < ?", (user_list, last))

    def count(self, user_list: str, today: date, oldest: date) -> int:
        """People whom the platform knows, from the day after they came until their membership ends.

        `oldest` is the first day on which having been sent still counts.
        """
        query = (
            "SELECT count(*) FROM (SELECT person FROM member WHERE list = ? GROUP BY person"
            " HAVING max(known) AND min(since) < ? AND max(added) >= ?)"
        )
        with self._lock:
            found = self._db.execute(query, (user_list, today.isoformat(), oldest.isoformat())).fetchone()
        return int(found[0])

    def clear(self) -> None:
        with self._lock, self._db:
            self._db.execute("DELETE FROM member")

    def _persons(self, user_list: str, seals: Sequence[bytes]) -> list[tuple[bytes, str]]:
        """(person, since) of everybody who is in the list under one of the seals, oldest first."""
        marks = ",".join("?" * len(seals))
        query = (
            f"SELECT person, min(since) FROM member WHERE list = ? AND seal IN ({marks})"
            " GROUP BY person ORDER BY min(since)"
        )
        return self._db.execute(query, (user_list, *seals)).fetchall()
