"""YAML 1.2 text as a tree of nodes that know their place in the author's file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from schemas.errors import Problem, Where

MAX_BYTES = 1_000_000
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
    """The place of the value (or of its key) at a path, or of the nearest parent that has one."""
    here = node.place
    for part in path:
        entry = node.entries.get(str(part)) if isinstance(node, Mapping) else None
        inner = child(node, part)
        if inner is None:
            return here
        node, here = inner, inner.place
        if of_key and entry is not None:
            here = entry.place
    return here


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


class Unreadable(Exception):
    """The text is not YAML as we read it; carries the one problem at which reading stopped."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.summary)
        self.problem = problem


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
    return _Composer(source, _events(source, text), problems).document()


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
    source.lines.extend(_masked(line) for line in text.split("\n"))
    if stray := _STRAY_BREAK.search(text):
        before = text[: stray.start()]
        where = source.where(before.count("\n") + 1, len(before) - before.rfind("\n"))
        detail = f"U+{ord(stray[0]):04X}, which YAML 1.1 takes for the end of a line and YAML 1.2 does not"
        fix = "delete it; it may be invisible in the editor"
        raise Unreadable(Problem("a line break that editors do not show", detail, fix, where))
    return text


_STRAY_BREAK = re.compile("[\x85\u2028\u2029]")


# Bounded repetitions: a line of a megabyte must not cost its square.
_SECRET_KEY = re.compile(
    r"""(?ix) (?:token|secret|password|passwd|private[_-]?key|api[_-]?key|service[_-]?account) [\w-]{0,40}
    ["']? \s{0,20} [:=] \s{0,20} (?=\S)"""
)
_WORD = re.compile(r"[A-Za-z0-9_-]{32,}")
_HARMLESS = re.compile(r"""["']?(?:env|file):|[{&*|>#]""")


def _masked(line: str) -> str:
    """The line as it may be shown: what follows a key that smells of a secret is hidden."""
    line = line.replace("\t", " ")
    for match in _SECRET_KEY.finditer(line):
        if not _HARMLESS.match(line, match.end()):
            return line[: match.end()] + "********"
    return hidden(line)


def hidden(text: str) -> str:
    """The text without words that nobody writes by hand: long, with capitals and digits, as tokens are."""
    return _WORD.sub(lambda m: "********" if re.search(r"[0-9]", m[0]) and not m[0].islower() else m[0], text)


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


def _events(source: Source, text: str) -> Iterator[tuple[str, Any]]:
    """(kind, event) pairs; the parser's own complaints come out in our words."""
    import ruamel.yaml  # as long to import as a small brand to read, and seldom needed
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        for event in ruamel.yaml.YAML(typ="safe", pure=True).parse(text):
            yield type(event).__name__.removesuffix("Event"), event
    except MarkedYAMLError as error:
        open_ended = any(sign in str(error.problem) for sign in ("end of stream", "',' or"))
        marks = (error.problem_mark, error.context_mark)
        mark = next(filter(None, reversed(marks) if open_ended else marks), None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        where = source.where(min(line, len(source.lines)), column)
        raise Unreadable(_syntax(str(error.problem or error.context), where, text)) from None
    except YAMLError:
        position = next((i for i, c in enumerate(text) if not (c.isprintable() or c in "\t\n\r\x85")), 0)
        line = text.count("\n", 0, position) + 1
        where = source.where(line, position - text.rfind("\n", 0, position))
        fix = "delete it; it may be invisible in the editor"
        raise Unreadable(Problem("a character that YAML does not allow", "", fix, where)) from None


# What the parser says → (what is likely wrong, how to mend it).
_SYNTAX = (
    ("cannot start any token", "a character that cannot begin a value", "put the value in quotes"),
    (
        "mapping values are not allowed",
        "a colon too many, or a wrong indentation",
        'put texts with ": " in quotes',
    ),
    ("expected ',' or ']'", "a list that is not closed", "close it with ]"),
    ("expected ',' or '}'", "a mapping that is not closed", "close it with }"),
    ("unexpected end of stream", "a quote that is not closed", "close it with the same sign"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`"),
    (
        "expected '-' indicator",
        "a line that does not belong to the list above",
        "align it with the list's dashes",
    ),
    ("expected <block end>", "a line with another indentation than its neighbours", "align it with them"),
    ("unknown escape", "an unknown escape in a text in double quotes", "write \\\\ for a backslash"),
    ("found undefined tag", "a YAML tag", "leave it out; tags have no meaning here"),
    ("duplicate anchor", "the same anchor twice", "give each its own name"),
)


def _syntax(complaint: str, where: Where, text: str) -> Problem:
    line = text.split("\n")[where.line - 1] if where.line <= text.count("\n") + 1 else ""
    if "\t" in line[: where.column]:
        fix = "indent with spaces"
        return Problem("a tab where YAML wants spaces", "tabs cannot indent", fix, where)
    for sign, summary, fix in _SYNTAX:
        if sign in complaint:
            return Problem(summary, f"the YAML parser says: {complaint}", fix, where)
    return Problem(
        "not YAML", f"the YAML parser says: {complaint}", "compare with the lines around it", where
    )
