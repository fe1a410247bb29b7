"""A YAML file as written: nodes with their exact place in the text, and every comment between them.

`schemas.tree` says what a file means; this says how it is written, so that an edit or a formatter can keep
what it does not touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import ruamel.yaml
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schemas.errors import KampanyaError

Sort = Literal["scalar", "alias", "map", "list"]


@dataclass(slots=True, eq=False)
class Written:
    """One node. `start` and `end` are offsets of its text; a block's end is that of its last child.

    `style` of a scalar is its quote or block sign, "" for plain; `value` is what the parser read.
    """

    sort: Sort
    start: int
    end: int
    flow: bool = False
    style: str = ""
    value: str = ""
    anchor: str = ""
    entries: list[Item] = field(default_factory=list)

    def get(self, key: str | int) -> Written | None:
        """What stands under a key or at an index."""
        if isinstance(key, int):
            fits = self.sort == "list" and 0 <= key < len(self.entries)
            return self.entries[key].node if fits else None
        return next((each.node for each in self.entries if each.name == key), None)


@dataclass(slots=True, eq=False)
class Item:
    """A key with its value, or an item of a list (then `key` is None)."""

    node: Written
    key: Written | None = None

    @property
    def start(self) -> int:
        return self.key.start if self.key else self.node.start

    @property
    def name(self) -> str | None:
        return self.key.value if self.key else None


@dataclass(frozen=True, slots=True)
class Comment:
    """From `#` to the end of its line."""

    start: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file's text, its tree, and its comments in order."""

    text: str
    root: Written
    comments: tuple[Comment, ...]

    def line(self, offset: int) -> int:
        """Counted from 0."""
        return self.text.count("\n", 0, offset)

    def column(self, offset: int) -> int:
        """Counted from 0."""
        return offset - (self.text.rfind("\n", 0, offset) + 1)

    def line_end(self, offset: int) -> int:
        """The offset of the line's newline, or of the text's end."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found


def parse(text: str) -> Document:
    """The document of a text with `\\n` line ends. Raises KampanyaError unless it is one mapping in YAML."""
    try:
        root = _Builder(text).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}: " if mark else ""
        raise _unreadable(f"{place}{error.problem or error.context}") from None
    except (YAMLError, StopIteration) as error:
        raise _unreadable(type(error).__name__) from None
    return Document(text, root, tuple(_comments(text, root)))


def _unreadable(detail: str) -> KampanyaError:
    return KampanyaError(
        "this file cannot be rewritten", detail, "mend it first: kampanya validate shows what is wrong"
    )


class _Builder:
    """Events of the YAML 1.2 parser into nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events: Iterator[Any] = iter(ruamel.yaml.YAML(typ="safe", pure=True).parse(text))

    def document(self) -> Written:
        event = next(self.events)
        while _name(event) in ("StreamStart", "DocumentStart"):
            event = next(self.events)
        if _name(event) != "MappingStart":
            raise _unreadable("it is not a mapping")
        root = self.node(event)
        for event in self.events:
            if _name(event) not in ("DocumentEnd", "StreamEnd"):
                raise _unreadable("it holds a second document")
        return root

    def node(self, event: Any) -> Written:
        name, start = _name(event), event.start_mark.index
        if name == "Alias":
            return Written("alias", start, event.end_mark.index, value=event.anchor)
        if event.tag and event.tag != "!":
            raise _unreadable(f"it holds a YAML tag, {str(event.tag)[:60]}")
        anchor = event.anchor or ""
        if name == "Scalar":
            end = self._scalar_end(event)
            return Written("scalar", start, end, style=event.style or "", value=event.value, anchor=anchor)
        made = Written(
            "map" if name == "MappingStart" else "list", start, start, bool(event.flow_style), anchor=anchor
        )
        while _name(inner := next(self.events)) not in ("MappingEnd", "SequenceEnd"):
            made.entries.append(self._item(made.sort, inner))
        made.end = inner.end_mark.index if made.flow else self._block_end(made)
        return made

    def _item(self, sort: Sort, event: Any) -> Item:
        first = self.node(event)
        if sort == "list":
            return Item(first)
        if first.sort != "scalar":
            raise _unreadable("it has a key that is not a word")
        return Item(self.node(next(self.events)), first)

    def _scalar_end(self, event: Any) -> int:
        start, end = int(event.start_mark.index), int(event.end_mark.index)
        if event.style in ("|", ">"):
            return start + len(self.text[start:end].rstrip())
        return end

    def _block_end(self, made: Written) -> int:
        ends = [max(each.node.end, each.key.end if each.key else 0) for each in made.entries]
        return max(ends, default=made.start)


def _name(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def scalars(node: Written) -> Iterator[Written]:
    """Keys and values that are words, in order."""
    if node.sort in ("scalar", "alias"):
        yield node
    for each in node.entries:
        if each.key:
            yield each.key
        yield from scalars(each.node)


_COMMENT = re.compile(r"(?:^|(?<=[\s,\[\]{}]))#[^\n]*")


def _comments(text: str, root: Written) -> Iterator[Comment]:
    """Whatever looks like a comment and stands outside of every scalar is one."""
    spans = [(each.start, each.end) for each in scalars(root)]
    begin = 0
    for start, end in [*spans, (len(text), len(text))]:
        position = begin
        while (found := _COMMENT.search(text, position, start)) is not None:
            last = text.find("\n", found.start())
            last = len(text) if last < 0 else last
            yield Comment(found.start(), text[found.start() : last].rstrip())
            position = last
        begin = max(begin, end)
