"""Everything that exists on the account: messages in memory, written to SQLite before an answer."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox.google.changelog import Changelog
from sandbox.google.content import content_key
from sandbox.google.kinds import KINDS, Kind
from sandbox.google.members import Members
from sandbox.google.messages import Message, enum_name

SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
  position INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL UNIQUE, message BLOB NOT NULL,
  created TEXT NOT NULL, removed TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS part (
  owner TEXT NOT NULL, sort TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (owner, sort, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
FIRST_ID = 20_000_000_001


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource and the days (ISO, account's zone) it came and went; its message is never changed."""

    kind: Kind
    message: Message
    created: str
    removed: str = ""


class Store:
    """Resources by name, with an index of who points to whom; writes happen inside `change`.

    With a clock, what is changed and when is kept as well.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] | None = None) -> None:
        self.lock = threading.RLock()
        self.entries: dict[str, Entry] = {}
        self.by_kind: dict[str, dict[str, Entry]] = {kind: {} for kind in KINDS}
        self._pointing: dict[tuple[str, str], dict[str, None]] = {}
        self._unique: dict[tuple[str, ...], str] = {}
        self.undeclared: set[str] = set()  # campaigns without a declaration on EU political advertising
        self._undo: list[tuple[str, Entry | None]] | None = None
        self.next_id = FIRST_ID
        self.address = ""  # where its images are shown, while they are
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        self.members = Members(self._db, self.lock)
        self.log = Changelog(self._db, clock)
        self._load()

    def _load(self) -> None:
        for kind_name, blob, created, removed in self._db.execute(
            "SELECT kind, message, created, removed FROM resource ORDER BY position"
        ):
            message = KINDS[kind_name].new()
            message.ParseFromString(blob)
            self._insert(message.resource_name, Entry(KINDS[kind_name], message, created, removed))
        row = self._db.execute("SELECT value FROM counter WHERE name = 'id'").fetchone()
        self.next_id = row[0] if row else FIRST_ID

    def get(self, name: str) -> Message | None:
        entry = self.entries.get(name)
        return entry.message if entry else None

    def of(self, kind: str) -> dict[str, Entry]:
        return self.by_kind[kind]

    def pointing(self, kind: str, target: str) -> list[Entry]:
        """Resources of a kind that name the target in one of their references, oldest first."""
        return [self.entries[name] for name in self._pointing.get((kind, target), ())]

    def holder(self, key: tuple[str, ...]) -> str | None:
        """Who bears a name that must be unique; keys are made by unique_keys."""
        return self._unique.get(key)

    def new_id(self) -> int:
        number, self.next_id = self.next_id, self.next_id + 1
        return number

    def put(self, name: str, entry: Entry) -> None:
        self._note(name)
        self._insert(name, entry)

    def drop(self, name: str) -> None:
        self._note(name)
        self._delete(name)

    @contextmanager
    def change(self, keep: bool = True) -> Iterator[None]:
        """Writes inside are on disk when it ends; they vanish on an exception, or with keep=False."""
        with self.lock:
            self._undo, first_id = [], self.next_id
            try:
                yield
                done = keep
            except BaseException:
                done = False
                raise
            finally:
                changes, self._undo = self._undo, None
                if done:
                    self._write(changes)
                else:
                    self.next_id = first_id
                    self._rollback(changes)

    def mark(self) -> int:
        """A place to which `back` can return, for one operation among many."""
        return len(self._undo or ())

    def back(self, mark: int) -> None:
        assert self._undo is not None
        self._rollback(self._undo[mark:])
        del self._undo[mark:]

    def keep(self, owner: str, sort: str, blobs: Sequence[bytes]) -> None:
        """Add parts of a resource that cannot be queried; on disk at once."""
        with self.lock, self._db:
            first = len(self.kept(owner, sort))
            rows = [(owner, sort, first + index, blob) for index, blob in enumerate(blobs)]
            self._db.executemany("INSERT INTO part VALUES (?,?,?,?)", rows)

    def kept(self, owner: str, sort: str) -> list[bytes]:
        """The parts of a resource, in their order."""
        query = "SELECT data FROM part WHERE owner = ? AND sort = ? ORDER BY position"
        with self.lock:
            return [row[0] for row in self._db.execute(query, (owner, sort))]

    def forget(self, owner: str, *sorts: str) -> None:
        """Parts of these sorts, or all."""
        with self.lock, self._db:
            for sort in sorts or ("*",):
                self._db.execute("DELETE FROM part WHERE owner = ? AND sort GLOB ?", (owner, sort))

    def clear(self) -> None:
        """Forget everything, ids too."""
        with self.lock:
            self._db.executescript("DELETE FROM resource; DELETE FROM part; DELETE FROM counter;")
            self.members.clear()
            self.log.clear()
            self.entries.clear()
            self._pointing.clear()
            self._unique.clear()
            self.undeclared.clear()
            for entries in self.by_kind.values():
                entries.clear()
            self.next_id = FIRST_ID

    def close(self) -> None:
        with self.lock:
            self._db.close()

    def _note(self, name: str) -> None:
        if self._undo is None:
            raise RuntimeError("a write outside of Store.change")
        self._undo.append((name, self.entries.get(name)))

    def _rollback(self, changes: list[tuple[str, Entry | None]]) -> None:
        for name, before in reversed(changes):
            if before is None:
                self._delete(name)
            else:
                self._insert(name, before)

    def _insert(self, name: str, entry: Entry) -> None:
        if name in self.entries:
            self._unlink(name)
        self.entries[name] = entry
        self.by_kind[entry.kind.name][name] = entry
        for target in targets(entry):
            self._pointing.setdefault((entry.kind.name, target), {})[name] = None
        for key in unique_keys(entry):
            self._unique[key] = name
        if is_undeclared(entry):
            self.undeclared.add(name)

    def _delete(self, name: str) -> None:
        self._unlink(name)
        entry = self.entries.pop(name)
        del self.by_kind[entry.kind.name][name]

    def _unlink(self, name: str) -> None:
        entry = self.entries[name]
        self.undeclared.discard(name)
        for target in targets(entry):
            self._pointing[entry.kind.name, target].pop(name, None)
        for key in unique_keys(entry):
            if self._unique.get(key) == name:
                del self._unique[key]

    def _write(self, changes: list[tuple[str, Entry | None]]) -> None:
        kept, gone, log = [], [], []
        for name, before in _first(changes).items():
            entry, blob = self.entries.get(name), None
            if entry is None:
                gone.append((name,))
            else:
                blob = entry.message.SerializeToString()
                kept.append((entry.kind.name, name, blob, entry.created, entry.removed))
            if entry is not before and (one := entry or before) is not None:
                was = before.message.SerializeToString() if before else None
                log.append((one.kind.name, name, was, blob))
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("DELETE FROM resource WHERE name = ?", gone)
            self._db.executemany(
                "INSERT INTO resource (kind, name, message, created, removed) VALUES (?,?,?,?,?)"
                " ON CONFLICT (name) DO UPDATE SET message = excluded.message, removed = excluded.removed,"
                " created = excluded.created",
                kept,
            )
            self._db.execute("INSERT OR REPLACE INTO counter VALUES ('id', ?)", (self.next_id,))
            self.log.note(log)


def _first(changes: list[tuple[str, Entry | None]]) -> dict[str, Entry | None]:
    """What each changed resource was before the first of its changes."""
    found: dict[str, Entry | None] = {}
    for name, before in changes:
        found.setdefault(name, before)
    return found


def targets(entry: Entry) -> list[str]:
    """Names of the resources that this one points to."""
    message = entry.message
    names = [name for ref in entry.kind.refs if (name := getattr(message, ref))]
    if entry.kind.name == "ad_group_ad":
        names.append(message.ad.resource_name)  # how AdService finds the ad it updates
    return names


def is_removed(message: Message) -> bool:
    """Whether a resource has a status and it is REMOVED."""
    return "status" in message.DESCRIPTOR.fields_by_name and enum_name(message, "status") == "REMOVED"


def is_undeclared(entry: Entry) -> bool:
    """Whether it is a campaign that lives without its declaration on political advertising."""
    if entry.kind.name != "campaign" or is_removed(entry.message):
        return False
    return enum_name(entry.message, "contains_eu_political_advertising") in ("UNSPECIFIED", "UNKNOWN")


# Names that must differ among resources that are not removed: kind → (fields, error family, code).
# Docstrings of the kinds' `name` fields, and of the error enums.
UNIQUE: dict[str, tuple[tuple[str, ...], str, str]] = {
    "campaign_budget": (("name",), "campaign_budget_error", "DUPLICATE_NAME"),
    "campaign": (("name",), "campaign_error", "DUPLICATE_CAMPAIGN_NAME"),
    "ad_group": (("campaign", "name"), "ad_group_error", "DUPLICATE_ADGROUP_NAME"),
    "asset_group": (("campaign", "name"), "asset_group_error", "DUPLICATE_NAME"),
    "experiment": (("name",), "experiment_error", "DUPLICATE_EXPERIMENT_NAME"),
    "label": (("name",), "label_error", "DUPLICATE_NAME"),
    "user_list": (("name",), "user_list_error", "NAME_ALREADY_USED"),
    "custom_audience": (("name",), "custom_audience_error", "NAME_ALREADY_USED"),
    "conversion_action": (("name",), "conversion_action_error", "DUPLICATE_NAME"),
    "bidding_strategy": (("name",), "bidding_strategy_error", "DUPLICATE_NAME"),
    "custom_conversion_goal": (("name",), "custom_conversion_goal_error", "CUSTOM_GOAL_DUPLICATE_NAME"),
    "shared_set": (("name",), "shared_set_error", "DUPLICATE_NAME"),
    "audience": (("name",), "audience_error", "NAME_ALREADY_IN_USE"),
    "customizer_attribute": (
        ("name",),
        "customizer_attribute_error",
        "DUPLICATE_CUSTOMIZER_ATTRIBUTE_NAME",
    ),
}


def unique_keys(entry: Entry) -> list[tuple[str, ...]]:
    """What nobody else may be called while this resource lives; names compare without regard to case."""
    if entry.kind.name == "asset":
        key = content_key(entry.message)
        return [key] if key else []
    message, rule = entry.message, UNIQUE.get(entry.kind.name)
    if rule is None or is_removed(message):
        return []
    if entry.kind.name == "campaign_budget" and not message.explicitly_shared:
        return []  # its name is the campaign's
    values = [getattr(message, name) for name in rule[0]]
    return [(entry.kind.name, *(value.casefold() for value in values))] if all(values) else []
