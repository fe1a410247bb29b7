"""The text of a YAML 1.2 file as a tree of nodes that know their place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from schemas.errors import Problem, Where
from schemas.mask import masked
from schemas.syntax import events
from schemas.tree import (
    MAX_DEPTH,
    MAX_NODES,
    Entry,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
    Source,
    Unreadable,
    height,
)

MAX_BYTES = 1_000_000


def read(file: Path, problems: list[Problem]) -> Mapping | None:
    """The file's tree, or None; whatever is wrong with it is added to problems."""
    source = Source(file)
    try:
        return _composed(source, _text(source), problems)
    except Unreadable as stop:
        problems.append(stop.problem)
        return None


def _composed(source: Source, text: str, problems: list[Problem]) -> Mapping:
    """By libyaml, ten times as fast; where it stumbles, by the parser that is YAML 1.2 and says why."""
    if yaml.__with_libyaml__:
        found: list[Problem] = []
        with suppress(yaml.YAMLError):
            tree = _Composer(source, _quickly(text), found).document()
            problems.extend(found)
            return tree
    return _Composer(source, events(source, text), problems).document()


def _text(source: Source) -> str:
    try:
        raw = source.file.read_bytes()
    except OSError as error:
        raise Unreadable(
            Problem(
                "the file cannot be read", f"{source.file}: {error.strerror}", "check the file and its rights"
            )
        ) from None
    if len(raw) > MAX_BYTES:
        detail = f"{source.file} has {len(raw)} bytes, at most {MAX_BYTES} are read"
        raise Unreadable(Problem("the file is too large", detail, "split it"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        where = Where(source.file, line, 1)
        raise Unreadable(
            Problem("the file is not UTF-8 text", f"byte {error.start}", "save it as UTF-8", where)
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    source.lines.extend(masked(line) for line in text.split("\n"))
    if stray := _STRAY_BREAK.search(text):
        before = text[: stray.start()]
        where = source.where(before.count("\n") + 1, len(before) - before.rfind("\n"))
        detail = f"U+{ord(stray[0]):04X}, which YAML 1.1 takes for the end of a line and YAML 1.2 does not"
        fix = "delete it; it may be invisible in the editor"
        raise Unreadable(Problem("a line break that editors do not show", detail, fix, where))
    return text


_STRAY_BREAK = re.compile("[\x85\u2028\u2029]")


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,39})")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,40}|(?:0|[1-9][0-9]{0,39})\.[0-9]{0,40})(?:[eE][-+]?[0-9]{1,2})?")


def resolved(text: str) -> Any:
    """A plain scalar's value by the core schema of YAML 1.2.

    Kept as text, on purpose: numbers with leading zeros (they are ids), octal, hexadecimal, infinities, and
    numbers beyond 40 digits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


_HALF = re.compile("[\ud800-\udfff]")


class _Composer:
    """Events of the YAML parser into nodes."""

    def __init__(self, source: Source, events: Iterator[tuple[str, Any]], problems: list[Problem]) -> None:
        self.source, self.events, self.problems = source, events, problems
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0

    def document(self) -> Mapping:
        kind, event = next(self.events)
        while kind in ("StreamStart", "DocumentStart"):
            kind, event = next(self.events)
        if kind == "StreamEnd":
            where = self.source.where(1, 1)
            raise Unreadable(Problem("the file is empty", "", "write it, or delete it", where))
        root = self.node(kind, event, 0)
        if not isinstance(root, Mapping):
            fix = "begin with a key, such as `campaign: yil-sonu`"
            raise Unreadable(Problem("the file is not a mapping", "", fix, root.place.where()))
        kind, event = next(self.events)
        kind, event = next(self.events)
        if kind != "StreamEnd":
            where = self.at(event).where()
            raise Unreadable(Problem("a second document in the file", "", "write one document a file", where))
        return root

    def at(self, event: Any) -> Place:
        return Place(self.source, event.start_mark.line + 1, event.start_mark.column + 1)

    def stop(self, summary: str, detail: str, fix: str, event: Any) -> Unreadable:
        return Unreadable(Problem(summary, detail, fix, self.at(event).where()))

    def node(self, kind: str, event: Any, depth: int) -> Node:
        before = self.count
        if depth > MAX_DEPTH:
            raise self.stop("nested too deeply", f"more than {MAX_DEPTH} levels", "flatten it", event)
        if kind == "Alias":
            return self.alias(event, depth)
        self.counted(1, event)
        if event.tag and event.tag != "!":
            raise self.stop(
                "a YAML tag", f"found {event.tag[:60]}", "leave it out; tags have no meaning here", event
            )
        if kind == "Scalar":
            node: Node = self.scalar(event)
        elif kind == "SequenceStart":
            node = Sequence(list(self.items(depth)), self.at(event))
        else:
            node = self.mapping(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = (node, self.count - before)
        return node

    def counted(self, nodes: int, event: Any) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            detail = f"more than {MAX_NODES} values once aliases are followed"
            raise self.stop("the file is too large", detail, "split it", event)

    def alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self.anchors:
            detail = f"*{event.anchor} is not an anchor that ended before this line"
            raise self.stop("unknown alias", detail, f"write &{event.anchor} at the value first", event)
        node, size = self.anchors[event.anchor]
        self.counted(size, event)
        if depth + height(node) > MAX_DEPTH:
            raise self.stop("nested too deeply", f"more than {MAX_DEPTH} levels", "flatten it", event)
        return node

    def scalar(self, event: Any) -> Scalar:
        text = self.word(event)
        literal = not event.style and event.tag is None
        return Scalar(resolved(text) if literal else text, text, self.at(event))

    def word(self, event: Any) -> str:
        """The event's text; two halves of a character, as JSON escapes it, become the character."""
        text: str = event.value
        if text.isascii() or not _HALF.search(text):
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            half = f"\\u{ord(_HALF.findall(text)[0]):04x}"
            fix = "write the character itself"
            raise self.stop("half of a character", f"{half} alone is no character", fix, event) from None

    def items(self, depth: int) -> Iterator[Node]:
        for kind, event in self.events:
            if kind == "SequenceEnd":
                return
            yield self.node(kind, event, depth + 1)

    def mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        for kind, event in self.events:
            if kind == "MappingEnd":
                break
            key = self.key(kind, event)
            value = self.node(*next(self.events), depth + 1)
            if key in entries:
                first = entries[key].place.line
                self.problems.append(
                    Problem(
                        "the same key twice",
                        f"`{key}` stands in line {first} already; only one of the two could count",
                        "leave one",
                        self.at(event).where(),
                    )
                )
                continue
            entries[key] = Entry(key, self.at(event), value)
        return Mapping(entries, self.at(start))

    def key(self, kind: str, event: Any) -> str:
        if kind != "Scalar":
            raise self.stop("a key that is not a word", "", "write the key as plain text", event)
        if event.value == "<<":
            fix = "use `from` and the brand's `templates`"
            raise self.stop("a merge key", "YAML 1.2 has no merge keys", fix, event)
        return self.word(event)


def _quickly(text: str) -> Iterator[tuple[str, Any]]:
    """(kind, event) pairs of libyaml. Raises yaml.YAMLError."""
    parser = yaml.cyaml.CParser(text)
    while parser.check_event():
        event = parser.get_event()
        yield type(event).__name__.removesuffix("Event"), event
