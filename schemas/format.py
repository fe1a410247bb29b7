"""Canonical layout of a file: one indentation, one order of keys, every comment and every quote kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from schemas.cst import Comment, Document, Item, Written, parse
from schemas.errors import KampanyaError
from schemas.files import KINDS, paths
from schemas.order import Shape, shape

WIDTH = 110  # of a flow collection with its key; a longer one is written as a block
STEP = 2


@dataclass(slots=True)
class Notes:
    """The comments of one document by what they belong to; keys are nodes by identity."""

    head: dict[int, list[str]] = field(default_factory=dict)
    tail: dict[int, list[str]] = field(default_factory=dict)
    foot: dict[int, list[str]] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)  # flow collections that hold a comment
    end: list[str] = field(default_factory=list)


def formatted(text: str, kind: str) -> str:
    """The file's canonical text; `kind` is brand, campaign, audience or experiment.

    Raises KampanyaError where it cannot be read, or where nothing could be changed without losing something.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    document = parse(text)
    made = _Writer(document, _notes(document)).file(shape(kind))
    _demand_same(document, made)
    return made


def files(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file of a workspace that people write, with its kind."""
    brand = root / "kampanya.yaml"
    if brand.is_file():
        yield brand, "brand"
    for kind, (folder, _) in KINDS.items():
        yield from ((path, kind) for path in paths(root / folder))


def _demand_same(before: Document, made: str) -> None:
    """Every word and every comment of the one is in the other: a formatter that loses is worse than none."""
    summary = "this file cannot be formatted"
    after = parse(made)
    if sorted(meaning(before.root)) != sorted(meaning(after.root)):
        raise KampanyaError(summary, "a value would change", "format it by hand")
    if sorted(each.text for each in before.comments) != sorted(each.text for each in after.comments):
        raise KampanyaError(summary, "a comment would be lost", "move the comment to a line of its own")


def meaning(node: Written, path: str = "") -> Iterator[str]:
    """Every value with its path and style of quoting, so that two layouts of one tree compare equal."""
    here = f"{path}&{node.anchor}" if node.anchor else path
    if node.sort in ("scalar", "alias"):
        yield f"{here}={node.sort}:{'plain' if not node.style else 'text'}:{node.value}"
        return
    yield f"{here}={node.sort}"
    for index, each in enumerate(node.entries):
        yield from meaning(each.node, f"{here}/{each.name if each.key else index}")


# Which comment belongs to what.


@dataclass(slots=True)
class _Spot:
    """An entry in document order, and the block collections open around it."""

    item: Item
    flow: bool
    parents: tuple[Written, ...]


def _spots(node: Written, parents: tuple[Written, ...] = ()) -> Iterator[_Spot]:
    inner = (*parents, node)
    for each in node.entries:
        yield _Spot(each, node.flow, inner)
        yield from _spots(each.node, inner)


def _notes(document: Document) -> Notes:
    notes, spots = Notes(), list(_spots(document.root))
    index = 0
    for comment in document.comments:
        while index < len(spots) and spots[index].item.start < comment.start:
            index += 1
        _place(document, notes, comment, spots[:index], spots[index] if index < len(spots) else None)
    return notes


def _place(
    document: Document, notes: Notes, comment: Comment, before: list[_Spot], after: _Spot | None
) -> None:
    around = [each for each in _around(before) if each.start < comment.start < each.end]
    notes.inside.update(id(each) for each in around)
    owner = _on_its_line(document, comment, before, around[-1] if around else None)
    if owner is not None:
        notes.tail.setdefault(id(owner), []).append(comment.text)
        return
    closed = _closed(document, comment, before, after)
    if closed is not None:
        notes.foot.setdefault(id(closed), []).append(comment.text)
    elif after is not None:
        notes.head.setdefault(id(after.item), []).append(comment.text)
    else:
        notes.end.append(comment.text)


def _around(before: list[_Spot]) -> Iterator[Written]:
    """Flow collections at or above the last entry begun."""
    if before:
        last = before[-1]
        yield from (each for each in (*last.parents, last.item.node) if each.flow)


def _on_its_line(
    document: Document, comment: Comment, before: list[_Spot], flow: Written | None
) -> Item | None:
    """The entry that begins or ends in the comment's own line, left of it."""
    line = document.line(comment.start)
    for spot in reversed(before):
        if spot.parents[-1] is not flow and (spot.flow or flow is not None):
            continue
        item = spot.item
        begins = document.line((item.key or item.node).start) == line
        ends = item.node.end <= comment.start and document.line(max(item.node.end - 1, 0)) == line
        return item if begins or ends else None
    return None


def _closed(document: Document, comment: Comment, before: list[_Spot], after: _Spot | None) -> Written | None:
    """The deepest block that ended before the comment and is not indented further than it."""
    column = document.column(comment.start)
    if not before or (after is not None and column <= document.column(after.parents[-1].start)):
        return None
    still_open = {id(each) for each in after.parents} if after else set()
    ended = [each for each in before[-1].parents if id(each) not in still_open and not each.flow]
    return next((each for each in reversed(ended) if document.column(each.start) <= column), None)


# Writing.


@dataclass(slots=True)
class _Writer:
    document: Document
    notes: Notes

    def file(self, shape: Shape) -> str:
        root = self.document.root
        root = Written("map", root.start, root.end, False, entries=root.entries) if root.flow else root
        lines = [*self.block(root, 0, shape, id(self.document.root)), *self.notes.end]
        return "\n".join(lines).strip("\n") + "\n"

    def block(self, node: Written, indent: int, shape: Shape, known_as: int | None = None) -> list[str]:
        """A mapping's or list's lines."""
        pad, lines = " " * indent, list[str]()
        for position, each in enumerate(self.ordered(node, shape)):
            made = self.entry(each, indent, shape)
            heads, made = _heads(made, pad) if node.sort == "list" else ([], made)
            above = [pad + text for text in self.notes.head.get(id(each), ())]
            gap = [""] if position and self.gap(each) else []
            lines += [*gap, *above, *heads, *made]
        return lines + [pad + text for text in self.notes.foot.get(known_as or id(node), ())]

    def ordered(self, node: Written, shape: Shape) -> list[Item]:
        """In the canonical order; what no model knows stays where it stands, behind."""
        if node.sort == "list" or self.has_alias:
            return node.entries
        rank = {name: place for place, name in enumerate(shape.order())}
        return sorted(node.entries, key=lambda each: rank.get(str(each.name), len(rank)))

    @property
    def has_alias(self) -> bool:
        """An alias must stay behind its anchor: such a file keeps its order."""
        return _has_alias(self.document.root)

    def gap(self, item: Item) -> bool:
        """Whether the author left a line empty above the entry and its comments."""
        lines = self.document.text[: item.start].split("\n")[:-1]
        for line in reversed(lines):
            if not line.strip():
                return True
            if not line.lstrip().startswith("#"):
                return False
        return False

    def entry(self, item: Item, indent: int, shape: Shape) -> list[str]:
        """The entry's lines, the first with its key or dash."""
        pad = " " * indent
        if item.key is None:
            inner = self.value(item.node, indent, len(pad) + STEP, shape.item())
            return self.dashed(item, inner, pad)
        key = self.raw(item.key)
        inner = self.value(item.node, indent, len(pad) + len(key) + 2, shape.child(str(item.name)))
        head = f"{pad}{key}:{inner[0]}"
        return self.tailed(item, [head, *inner[1:]])

    def dashed(self, item: Item, inner: list[str], pad: str) -> list[str]:
        """A block in a list begins behind its dash."""
        if inner[0].strip() or len(inner) == 1:
            return self.tailed(item, [f"{pad}-{inner[0]}", *inner[1:]])
        tails = [pad + text for text in self.notes.tail.get(id(item), ())]
        first = next(index for index, line in enumerate(inner[1:], 1) if not line.lstrip().startswith("#"))
        opened = [pad + "- " + inner[first].lstrip(), *inner[first + 1 :]]
        return [*tails, *(pad + line.lstrip() for line in inner[1:first]), *opened]

    def tailed(self, item: Item, lines: list[str]) -> list[str]:
        texts = self.notes.tail.get(id(item), [])
        if not texts:
            return lines
        block = len(lines) > 1 and not self.is_text(item.node)
        at = 0 if block else len(lines) - 1
        lines[at] += f"  {texts[0]}"
        pad = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        return [*(pad + text for text in texts[1:]), *lines]

    def is_text(self, node: Written) -> bool:
        return node.sort == "scalar"

    def value(self, node: Written, indent: int, used: int, shape: Shape) -> list[str]:
        """What follows the key's colon or the dash: the rest of its line, then further lines."""
        anchor = f" &{node.anchor}" if node.anchor else ""
        if node.sort == "alias":
            return [f" *{node.value}"]
        if node.sort == "scalar":
            return self.text(node, indent)
        one_line = self.flow(node, shape)
        if one_line is not None and (not node.entries or (node.flow and used + len(one_line) <= WIDTH)):
            return [f"{anchor} {one_line}"]
        return [anchor, *self.block(node, indent + STEP, shape)]

    def text(self, node: Written, indent: int) -> list[str]:
        raw = self.raw(node)
        if not raw:
            return [""]
        first, *rest = raw.split("\n")
        if not rest:
            return [f" {first}"]
        pad = " " * (indent + STEP)
        if node.style in ("|", ">"):
            return [f" {first}", *_shifted(rest, node.value, indent, first)]
        return [f" {first.rstrip()}", *(pad + line.strip() if line.strip() else "" for line in rest)]

    def flow(self, node: Written, shape: Shape) -> str | None:
        """The node in one line; None where a comment or a text of several lines stands in the way."""
        if id(node) in self.notes.inside:
            return None
        if node.sort in ("scalar", "alias"):
            raw = self.raw(node) if node.sort == "scalar" else f"*{node.value}"
            return None if "\n" in raw else raw
        parts = [self.flow_entry(each, shape) for each in self.ordered(node, shape)]
        if any(part is None for part in parts):
            return None
        inner = ", ".join(part for part in parts if part is not None)
        return f"{{{inner}}}" if node.sort == "map" else f"[{inner}]"

    def flow_entry(self, item: Item, shape: Shape) -> str | None:
        below = shape.child(str(item.name)) if item.key else shape.item()
        made = self.flow(item.node, below)
        if made is None:
            return None
        anchor = f"&{item.node.anchor} " if item.node.anchor and item.node.sort != "scalar" else ""
        value = f"{anchor}{made}".strip()
        return f"{self.raw(item.key)}: {value}".rstrip() if item.key else value

    def raw(self, node: Written) -> str:
        return self.document.text[node.start : node.end]


def _has_alias(node: Written) -> bool:
    return node.sort == "alias" or any(_has_alias(each.node) for each in node.entries)


def _heads(made: list[str], pad: str) -> tuple[list[str], list[str]]:
    """Comments that came to stand above a dash, apart from the item itself."""
    first = next((index for index, line in enumerate(made) if line.startswith(f"{pad}-")), 0)
    return made[:first], made[first:]


def _shifted(lines: list[str], value: str, indent: int, header: str) -> list[str]:
    """A block text's lines moved to their new indentation, relative to each other as they were."""
    digit = re.search(r"[|>][+-]?([1-9])", header)
    step = int(digit[1]) if digit else STEP
    within, without = (
        next((_depth(line) for line in each if line.strip()), 0) for each in (lines, value.split("\n"))
    )
    old = within - without  # what stands before the text proper
    return [" " * (indent + step) + line[old:] if line[old:] else "" for line in lines]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
