"""Small edits of a brand's YAML: one value replaced or added, every other character left as it was."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas.compose import resolved
from schemas.cst import Document, Item, Written, parse
from schemas.errors import KampanyaError
from schemas.order import Shape, shape

Path_ = tuple[str | int, ...]


def assign(text: str, path: Path_, value: Any, kind: str = "campaign") -> str:
    """The file's text with `value` at `path`; missing keys are added at their canonical place.

    `value` is plain: dict, list, str, int, bool, None. Texts are taken literally: a brace is no variable.
    Raises KampanyaError where a comment would be lost or the path leads through something that has no keys.
    """
    document = parse(text)
    node, below = document.root, shape(kind)
    for depth, part in enumerate(path):
        found = node.get(part)
        if found is None or found.sort == "alias":
            return _added(document, node, path[depth:], value, below)
        node, below = found, below.item() if isinstance(part, int) else below.child(part)
    return _replaced(document, node, value)


def _replaced(document: Document, node: Written, value: Any) -> str:
    if node.anchor:
        raise _refusal(f"`&{node.anchor}` gives the value to other places too")
    if node.sort == "list" and isinstance(value, (list, tuple)) and not node.flow:
        return _relisted(document, node, value)
    if any(node.start < each.start < node.end for each in document.comments):
        raise _refusal("a comment stands inside of what would be replaced")
    made = rendered(value, node.style)
    text = document.text
    if node.entries and not node.flow:  # a block becomes one line behind its key
        before = text[: node.start].rstrip()
        if any(each.start < len(before) <= each.start + len(each.text) for each in document.comments):
            raise _refusal("a comment stands where the value would")
        return f"{before} {made}{text[node.end :]}"
    space = " " if node.start == node.end else ""
    return f"{text[: node.start]}{space}{made}{text[node.end :]}"


def _relisted(document: Document, node: Written, value: Sequence[Any]) -> str:
    """A list of lines: what stays keeps its line, what goes takes its line along, what is new comes last."""
    old = [_plain(each.node) for each in node.entries]
    kept = [index for index, each in enumerate(old) if each in value]
    if [old[index] for index in kept] != [each for each in value if each in old]:
        raise _refusal("the order of a list would change")
    pad = " " * _dash_column(document, node.entries[0])
    if not kept:
        raise _refusal("a whole list would be replaced")
    text = document.text
    new = "".join(f"\n{pad}- {rendered(each)}" for each in value if each not in old)
    end = document.line_end(node.entries[kept[-1]].node.end)
    text = text[:end] + new + text[end:]
    for index in reversed([index for index in range(len(old)) if index not in kept]):
        item = node.entries[index]
        line = text.rfind("\n", 0, item.start) + 1
        if item.node.sort != "scalar" or text[line : item.start].strip() != "-" or "\n" in item.node.value:
            raise _refusal("an item of several lines would be removed")
        text = text[:line] + text[document.line_end(item.node.end) + 1 :]
    return text


def _dash_column(document: Document, item: Item) -> int:
    start = document.text.rfind("-", 0, item.start)
    return document.column(start)


def _plain(node: Written) -> Any:
    if node.sort == "scalar":
        return node.value if node.style else resolved(node.value)
    if node.sort == "map":
        return {each.name: _plain(each.node) for each in node.entries}
    return [_plain(each.node) for each in node.entries]


def _added(document: Document, node: Written, path: Path_, value: Any, below: Shape) -> str:
    """The missing rest of the path as new keys of a mapping."""
    name, *rest = path
    if node.sort != "map" or isinstance(name, int):
        raise _refusal(f"there is no place for `{name}`")
    for part in reversed(rest):
        value = {part: value}
    entry = f"{name}: {rendered(value)}"
    at = _predecessor(node, str(name), below)
    text = document.text
    if node.flow:
        if at is None:
            return f"{text[: node.start + 1]}{entry}{text[node.start + 1 :]}"
        end = max(at.node.end, at.key.end if at.key else 0)
        return f"{text[:end]}, {entry}{text[end:]}"
    assert at is not None  # a block mapping has an entry
    end = document.line_end(max(at.node.end, at.key.end if at.key else 0))
    column = document.column(node.entries[0].start)
    return f"{text[:end]}\n{' ' * column}{entry}{text[end:]}"


def _predecessor(node: Written, name: str, below: Shape) -> Item | None:
    """The key after which a new one belongs: the last that canonically comes before it, else the first."""
    order = below.order()
    if name not in order:
        return node.entries[-1] if node.entries else None
    place = order.index(name)
    before = [each for each in node.entries if each.name in order and order.index(each.name) < place]
    return before[-1] if before else next(iter(node.entries), None)


def rendered(value: Any, style: str = "") -> str:
    """A value in flow style, plain where that is read back the same, else in quotes (`style`, if it was)."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {rendered(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(rendered(each) for each in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return str(value)
    text = value.replace("{", "{{").replace("}", "}}")
    if style == "'" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if style == '"' or not _is_plain(text):
        return json.dumps(text, ensure_ascii=False)
    return text


# What needs no quotes in a block nor between braces, for any parser; everything else gets them.
_PLAIN = re.compile(r"\w(?:[\w .%/;+()?!₺€’–-]*[\w.%/;+()?!₺€’–-])?|https?://[\w./~%+=-]+")


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and isinstance(resolved(text), str)


def rewrite(file: Path, was: bytes, text: str, replace: Callable[[str, Path], None] = os.replace) -> None:
    """Put `text` in the place of the file's content `was`, whole or not at all; its rights stay.

    Raises KampanyaError if the file no longer holds `was`.
    """
    if file.is_symlink():
        file = file.resolve()
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, file.stat().st_mode & 0o7777)
        if file.read_bytes() != was:
            raise KampanyaError(
                "the file changed meanwhile", str(file), "look at it, then run the command again"
            )
        replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _refusal(detail: str) -> KampanyaError:
    return KampanyaError("this cannot be written into the YAML", detail, "edit the file by hand")
