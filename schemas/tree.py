"""What a YAML file is made of: nodes that know their place in the author's file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from schemas.errors import Problem, Where

MAX_DEPTH = 40
MAX_NODES = 200_000  # a file, after aliases and expansion


@dataclass(eq=False)
class Source:
    """One file as the author wrote it."""

    file: Path
    lines: list[str] = field(default_factory=list)

    def hide(self, place: Place, secret: str) -> None:
        """Mask a value that must not be shown, wherever its words stand in the file."""
        first = place.line - 1
        self.lines[first] = self.lines[first][: place.column - 1] + "********"
        for word in (word for word in re.split(r"[\s\\]+", secret) if len(word) > 3):
            self.lines = [line.replace(word, "********") for line in self.lines]

    def where(self, line: int, column: int) -> Where:
        """The place, counted from 1, with its line; what may be a secret is masked."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Where(self.file, line, column, text)


# Places and nodes are never changed once made; to have Python forbid it would make a large brand a tenth
# slower to read.


@dataclass(slots=True, eq=False)
class Place:
    """Where a node stands; `use` tells how a template's line came to matter."""

    source: Source
    line: int
    column: int
    use: str = ""

    def where(self) -> Where:
        return self.source.where(self.line, self.column)


@dataclass(slots=True, eq=False)
class Scalar:
    """One value; `text` is what the author typed, `value` what YAML 1.2 makes of it."""

    value: Any
    text: str
    place: Place


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    items: list[Node]
    place: Place


@dataclass(slots=True, eq=False)
class Entry:
    """One key of a mapping, with the key's own place."""

    key: str
    place: Place
    node: Node


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values in the author's order."""

    entries: dict[str, Entry]
    place: Place

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry.node if entry else None

    def without(self, *keys: str) -> Mapping:
        return Mapping({k: e for k, e in self.entries.items() if k not in keys}, self.place)


class Unreadable(Exception):
    """The text is not YAML as we read it; carries the one problem at which reading stopped."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.summary)
        self.problem = problem


Node: TypeAlias = Scalar | Sequence | Mapping
Path_: TypeAlias = tuple[str | int, ...]


def plain(node: Node) -> Any:
    """The values alone: dict, list, str, int, Decimal, bool, None."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    return [plain(item) for item in node.items]


def child(node: Node | None, part: str | int) -> Node | None:
    """What stands under a key or at an index, None where there is nothing."""
    if isinstance(node, Mapping):
        return node.get(str(part))
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


def find(node: Node, path: Path_) -> Node | None:
    """The node at a path, None where the path leads nowhere."""
    found: Node | None = node
    for part in path:
        found = child(found, part)
    return found


def place_of(node: Node, path: Path_, *, of_key: bool = False) -> Place:
    """The place of the value (or of its key) at a path, or of the nearest parent that has one.

    What a template, a default or a shared creative only repeats is its own node: what holds it knows of the
    use.
    """
    here = node.place
    for part in path:
        entry = node.entries.get(str(part)) if isinstance(node, Mapping) else None
        inner = child(node, part)
        if inner is None:
            return here
        held = _used(entry.place if entry else node.place, here)
        node, here = inner, held if of_key and entry else _used(inner.place, held)
    return here


def _used(place: Place, holder: Place) -> Place:
    if place.use or not holder.use:
        return place
    return Place(place.source, place.line, place.column, holder.use)


def below(node: Node) -> Iterator[Node]:
    """The nodes directly under one."""
    if isinstance(node, Mapping):
        yield from (entry.node for entry in node.entries.values())
    elif isinstance(node, Sequence):
        yield from node.items


def height(node: Node) -> int:
    """Levels under a node; 0 for a scalar."""
    return max((1 + height(inner) for inner in below(node)), default=0)


def size(node: Node, limit: int) -> int:
    """Nodes of a tree, itself included; counting stops soon after the limit."""
    total = 1
    for inner in below(node):
        if total > limit:
            break
        total += size(inner, limit - total)
    return total
