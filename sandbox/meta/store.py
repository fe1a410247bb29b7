"""The objects of the ad account: written through to SQLite before an answer, indexed in memory."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT,
  created INTEGER, updated INTEGER, data TEXT);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS picture (hash TEXT PRIMARY KEY, content BLOB);
"""
FIRST_ID = 120_210_000_000_000_000  # real ids of recent accounts look like this
PARENT = {"adset": "campaign_id", "ad": "adset_id", "adstudycell": "study_id", "adasyncrequest": "set_id"}


@dataclass(eq=False)
class Node:
    """One object; `data` holds the values as the platform would answer them, times as unix seconds."""

    seq: int
    id: str
    kind: str
    created: int
    updated: int
    data: dict[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)


class Store:
    """`meta.db` in the state folder. One transaction per request: `commit` or `rollback` ends it."""

    def __init__(self, state_dir: Path | str) -> None:
        path = Path(state_dir) / "meta.db"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        self._undo: list[tuple[Node | None, Node | None]] = []
        self._open = False
        self._index()

    def _index(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._kinds: dict[str, dict[int, Node]] = defaultdict(dict)
        self._children: dict[str, dict[int, Node]] = defaultdict(dict)
        self._labelled: dict[str, dict[int, Node]] = defaultdict(dict)
        self._label_names: dict[str, dict[str, None]] = defaultdict(dict)
        self._next = 1
        for seq, id_, kind, created, updated, data in self._db.execute("SELECT * FROM object ORDER BY seq"):
            self._add(Node(seq, id_, kind, created, updated, json.loads(data)))
        used = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'object'").fetchone()
        self._next = max(self._next, used[0] + 1 if used else 1)  # ids of removed objects never come back

    @property
    def next(self) -> int:
        """The sequence number of the next object."""
        return self._next

    def get(self, id_: str, kind: str | None = None) -> Node | None:
        node = self._nodes.get(id_)
        return node if node and kind in (None, node.kind) else None

    def every(self, kind: str) -> Iterable[Node]:
        """Oldest first."""
        return self._kinds[kind].values()

    def children(self, parent: str) -> Iterable[Node]:
        """Ad sets of a campaign, ads of an ad set; oldest first."""
        return self._children[parent].values()

    def labelled(self, label: str) -> dict[int, Node]:
        """Objects that carry an ad label, by sequence number."""
        return self._labelled[label]

    def labels_named(self, name: str) -> list[Node]:
        return [self._nodes[id_] for id_ in self._label_names.get(name, ())]

    def counts(self) -> dict[str, int]:
        return {kind: len(nodes) for kind, nodes in sorted(self._kinds.items()) if nodes}

    def create(self, kind: str, data: dict[str, Any], now: int, id_: str | None = None) -> Node:
        node = Node(self._next, id_ or str(FIRST_ID + self._next * 10_001), kind, now, now, data)
        self._begin()
        self._db.execute(
            "INSERT INTO object VALUES (?,?,?,?,?,?)",
            (node.seq, node.id, kind, now, now, json.dumps(data, ensure_ascii=False)),
        )
        self._add(node)
        self._undo.append((None, node))
        return node

    def update(self, node: Node, changes: dict[str, Any], now: int) -> Node:
        """A changed copy takes the node's place; a value of None removes the field."""
        data = {k: v for k, v in {**node.data, **changes}.items() if v is not None}
        changed = Node(node.seq, node.id, node.kind, node.created, now, data)
        self._begin()
        self._db.execute(
            "UPDATE object SET updated = ?, data = ? WHERE seq = ?",
            (now, json.dumps(data, ensure_ascii=False), node.seq),
        )
        self._replace(node, changed)
        return changed

    def remove(self, node: Node) -> None:
        """For what leaves no trace, such as labels and images."""
        self._begin()
        self._db.execute("DELETE FROM object WHERE seq = ?", (node.seq,))
        self._replace(node, None)

    def setting(self, name: str, default: Any) -> Any:
        found = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else default

    def set(self, name: str, value: Any) -> None:
        self._begin()
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))

    def keep_picture(self, hash_: str, content: bytes) -> None:
        self._begin()
        self._db.execute("INSERT OR IGNORE INTO picture VALUES (?, ?)", (hash_, content))

    def picture(self, hash_: str) -> bytes | None:
        """The bytes of an image that was uploaded."""
        row = self._db.execute("SELECT content FROM picture WHERE hash = ?", (hash_,)).fetchone()
        return row[0] if row else None

    def commit(self) -> None:
        if self._open:
            self._db.execute("COMMIT")
        self._open = False
        self._undo.clear()

    def rollback(self) -> None:
        """Take back everything since the last commit."""
        if self._open:
            self._db.execute("ROLLBACK")
        self._open = False
        for before, after in reversed(self._undo):
            self._swap(after, before)
        self._undo.clear()

    def clear(self) -> None:
        self.rollback()
        self._db.execute("DELETE FROM object")
        self._db.execute("DELETE FROM setting")
        self._db.execute("DELETE FROM picture")
        self._db.execute("DELETE FROM sqlite_sequence")
        self._index()

    def close(self) -> None:
        self.rollback()
        self._db.close()

    def _begin(self) -> None:
        if not self._open:
            self._db.execute("BEGIN IMMEDIATE")
            self._open = True

    def _replace(self, before: Node, after: Node | None) -> None:
        self._swap(before, after)
        self._undo.append((before, after))

    def _swap(self, before: Node | None, after: Node | None) -> None:
        if before and (not after or before.seq != after.seq):
            self._drop(before)
        elif before:
            self._drop_links(before)
        if after:
            self._add(after)

    def _add(self, node: Node) -> None:
        self._next = max(self._next, node.seq + 1)
        self._nodes[node.id] = node
        self._kinds[node.kind][node.seq] = node
        for index, key in self._links(node):
            index[key][node.seq] = node
        if node.kind == "adlabel":
            self._label_names[node.data["name"]][node.id] = None

    def _drop(self, node: Node) -> None:
        self._nodes.pop(node.id, None)
        self._kinds[node.kind].pop(node.seq, None)
        self._drop_links(node)

    def _drop_links(self, node: Node) -> None:
        for index, key in self._links(node):
            index[key].pop(node.seq, None)
        if node.kind == "adlabel":
            self._label_names[node.data["name"]].pop(node.id, None)

    def _links(self, node: Node) -> Iterator[tuple[dict[str, dict[int, Node]], str]]:
        if node.kind in PARENT:
            yield self._children, node.data[PARENT[node.kind]]
        for label in node.data.get("adlabels", ()):
            yield self._labelled, label
