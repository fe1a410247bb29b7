"""What pydantic found, said to the author: at the right line, with the reason and the mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Free
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from schemas.errors import Problem
from schemas.expand import nearest
from schemas.tongue import meant as meant_by
from schemas.tree import Entry, Mapping, Node, Place, Scalar, Sequence, child, find, place_of, plain
from schemas.types import PLATFORMS, shown

Path = tuple[str | int, ...]
CLOSER = 0.85  # `headline` for `headlines`, and not `budget` for `bidding`


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and the path in the tree at which it was found."""

    path: Path
    problem: Problem
    place: Place


@dataclass(frozen=True, slots=True)
class Validated:
    """A model, possibly of a mended tree so that other checks can go on, and all that was wrong."""

    model: Any
    tree: Mapping
    findings: tuple[Finding, ...] = ()


def validate(adapter: TypeAdapter[Any], root: Any, tree: Mapping) -> Validated:
    """The tree as a model, None beyond mending; `root` is the annotation, to look up known keys."""
    try:
        return Validated(adapter.validate_python(plain(tree)), tree)
    except ValidationError as error:
        details = [d for d in error.errors(include_url=False, include_input=False) if not _follows(d, tree)]
    meant = _chosen(root, tree)
    found = [_finding(detail, meant, tree) for detail in details]
    findings = tuple(finding for finding in found if not _misspelt(finding, found))
    repaired: Node = tree
    for detail, finding in zip(details, found, strict=True):
        repaired = _mended(repaired, finding.path, detail)
    try:
        model = adapter.validate_python(plain(repaired))
    except ValidationError:
        model = None
    return Validated(model, tree, findings)


def _chosen(root: Any, tree: Mapping) -> Any:
    """Of several models for a file, the one that its `type` names."""
    named = tree.get("type")
    for model in _here(root):
        info = model.model_fields.get("type")
        if info and isinstance(named, Scalar) and named.value in get_args(info.annotation):
            return model
    return root


def _misspelt(missing: Finding, found: list[Finding]) -> bool:
    """Whether a missing key is there under a misspelt name, which is reported already."""
    if missing.problem.summary != "a key is missing":
        return False
    meant = f"did you mean `{missing.path[-1]}`?"
    return any(
        other.path[:-1] == missing.path[:-1] and other.problem.fix == meant for other in found if other.path
    )


def _follows(detail: Any, tree: Mapping) -> bool:
    """Whether a list is only too short because pydantic dropped its bad items, which are reported already."""
    path, _ = _path(detail, tree)
    node = find(tree, path)
    if detail["type"] != "too_short" or not isinstance(node, Sequence):
        return False
    return len(node.items) >= int(detail["ctx"]["min_length"])


def point(tree: Node, path: Path) -> Place:
    """Where to put the caret: under a scalar itself, else under the key of the mapping or list."""
    node = find(tree, path)
    return place_of(tree, path, of_key=not isinstance(node, Scalar))


def noted(problem: Problem, place: Place) -> Problem:
    """The problem with its place, and how a template's line came to matter."""
    detail = "; ".join(filter(None, (problem.detail, place.use)))
    return replace(problem, detail=detail, where=place.where())


def _finding(detail: Any, root: Any, tree: Mapping) -> Finding:
    path, of_key = _path(detail, tree)
    kind, context = detail["type"], detail.get("ctx", {})
    node = find(tree, path)
    if kind == "extra_forbidden":
        problem, of_key = _unknown_key(root, path), True
    elif kind == "missing":
        key = str(detail["loc"][-1])
        return Finding((*path, key), _missing(key, root, path), point(tree, path))
    elif kind == "union_tag_invalid":
        path = (*path, "type")
        problem = _not_known(find(tree, path), context["expected_tags"])
    elif kind == "union_tag_not_found":
        path = (*path, "type")
        problem = Problem("a key is missing", "an audience needs `type`", "add `type: website`")
    elif kind == "literal_error":
        named = Scalar(str(path[-1]), str(path[-1]), tree.place) if of_key else node
        problem = _not_known(named, context["expected"])
    elif kind == "kampanya":
        fix = _quoted(node, context["summary"] == "not a text") or context["fix"]
        problem = Problem(context["summary"], context["detail"], fix)
    else:
        found = "" if "credentials" in path or node is None else f"found {shown(plain(node))}"
        problem = _said(kind, context, found, node, detail["msg"])
        if fix := _example(kind, path, node):
            problem = replace(problem, fix=fix)
    place = place_of(tree, path, of_key=True) if of_key else point(tree, path)
    return Finding(path, problem, place)


def _path(detail: Any, tree: Node) -> tuple[Path, bool]:
    """The error's path without the names pydantic gives to members of unions; whether the key is meant."""
    node: Node | None = tree
    path: list[str | int] = []
    for part in detail["loc"]:
        if part == "[key]":
            return tuple(path), True
        inner = child(node, part)
        if inner is not None:
            node = inner
            path.append(part)
    return tuple(path), False


def _unknown_key(root: Any, path: Path) -> Problem:
    key = str(path[-1])
    model = model_at(root, path[:-1])
    known = sorted(model.model_fields) if model else []
    home = next((m for m in models(root) if key in m.model_fields), None)
    if home and get_close_matches(key, known, 1, CLOSER):
        home = None  # a slip of the finger, though another level has such a key
    if word := meant_by(key, known):
        return Problem("unknown key", f"`{key}` is not a key of {words(model)}", f"did you mean `{word}`?")
    if re.match(r"\d", key) and known:
        fix = "write the amount with a point before its decimals and without separators: 1500.50 TRY"
        return Problem("unknown key", f"`{key}`: a comma between braces begins a new key", fix)
    otherwise = f"`{key}` is a key of {words(home)}" if home else f"known keys: {', '.join(known)}"
    return Problem(
        "unknown key",
        f"`{key}` is not a key of {words(model)}",
        nearest(key, () if home else known, otherwise),
    )


def _missing(key: str, root: Any, path: Path) -> Problem:
    model = model_at(root, path)
    values = get_args(model.model_fields[key].annotation) if model else ()
    example = " | ".join(values) if values and all(isinstance(value, str) for value in values) else "…"
    return Problem("a key is missing", f"{words(model)} needs `{key}`", f"add `{key}: {example}`")


def _not_known(node: Node | None, expected: str) -> Problem:
    known = re.findall(r"'([^']*)'", expected)
    value = node.text if isinstance(node, Scalar) else ""
    found = "" if node is None else f"found {shown(plain(node))}"
    if word := meant_by(value, known):
        return Problem("not one of the known values", found, f"did you mean `{word}`?")
    return Problem(
        "not one of the known values", found, nearest(value, known, f"write one of {', '.join(known)}")
    )


def words(model: type[BaseModel] | None) -> str:
    """A model's name as people say it: "an ad set"."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower() if model else "this mapping"
    name = name.replace("meta ", "Meta ").replace("google ", "Google ")
    if model is None or name.endswith("s"):
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


# How the usual mappings look, for who wrote one value.
_EXAMPLES = {
    "budget": "write {{daily: {0}}}",
    "flight": "write {{start: {0}}}, and `end` where it has one",
    "audience": "write {{locations: [TR], age: 18-44}}",
}


def _example(kind: str, path: Path, node: Node | None) -> str:
    """The mend in the author's own words: one text where a list is needed, a value for a whole mapping."""
    if not isinstance(node, Scalar) or not node.text or not path:
        return ""
    if kind == "tuple_type" and not re.search(r"[,\[\]{}]", node.text):
        return f"write [{node.text}]"
    return _EXAMPLES.get(str(path[-1]), "").format(node.text) if kind.startswith("model") else ""


def _quoted(node: Node | None, is_text: bool = False) -> str:
    """`ad: {ilce}` is a mapping to YAML, and so is a text with a colon: the mend is quotes."""
    if isinstance(node, Mapping) and len(node.entries) == 1:
        (entry,) = node.entries.values()
        if isinstance(entry.node, Scalar) and entry.node.text == "":
            return f'put it in quotes: "{{{entry.key}}}"'
        if isinstance(entry.node, Scalar) and is_text:
            return f'a text with a colon needs quotes: "{entry.key}: {entry.node.text}"'
    return ""


# pydantic's error type → summary and mend; {…} are the error's own values.
_SAID = {
    "tuple_type": ("a list is needed", "write [one, two], or a line with `- ` for each"),
    "model_type": ("a mapping is needed", "write keys and values: {{key: value}}"),
    "model_attributes_type": ("a mapping is needed", "write keys and values: {{key: value}}"),
    "dict_type": ("a mapping is needed", "write keys and values: {{key: value}}"),
    "mapping_type": ("a mapping is needed", "write keys and values: {{key: value}}"),
    "bool_type": ("neither true nor false", "write true or false"),
    "int_type": ("not a whole number", "write digits only"),
    "too_short": ("too few", "write at least {min_length}"),
    "too_long": ("too many", "write at most {max_length}"),
    "string_too_long": ("a text that is too long", "write at most {max_length} characters"),
    "greater_than": ("a number that is too small", "write more than {gt}"),
    "greater_than_equal": ("a number that is too small", "write at least {ge}"),
    "less_than_equal": ("a number that is too large", "write at most {le}"),
    "string_pattern_mismatch": ("not in the form that is needed", "write it like {pattern}"),
}


def _said(kind: str, context: dict[str, Any], found: str, node: Node | None, message: str) -> Problem:
    if kind in _SAID:
        summary, fix = _SAID[kind]
        return Problem(summary, found, _quoted(node) or fix.format(**context))
    return Problem("not valid here", "; ".join(filter(None, (found, message))), "see docs/language.md")


# Known keys: the models behind an annotation.


def models(annotation: Any, seen: set[Any] | None = None) -> Iterator[type[BaseModel]]:
    """Every model reachable from an annotation, outermost first."""
    seen = set() if seen is None else seen
    for model in _here(annotation):
        if model in seen:
            continue
        seen.add(model)
        yield model
        for info in model.model_fields.values():
            yield from models(info.annotation, seen)


def _here(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from _here(inner)


def model_at(annotation: Any, path: Path) -> type[BaseModel] | None:
    """The model that stands at a path, None for free mappings and scalars."""
    for part in path:
        annotation = _step(annotation, part)
    return next(_here(annotation), None)


def _step(annotation: Any, part: str | int) -> Any:
    """The annotation one key or index further in, None where it does not lead on."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        info = annotation.model_fields.get(str(part))
        return info.annotation if info else None
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Free:
        return args[1]
    if origin is tuple:
        return args[0] if isinstance(part, int) else None
    return next(filter(None, (_step(inner, part) for inner in args)), None)


# Mending: so that one misspelt key does not hide what else is wrong.


# What stands in for a required value that was wrong or missing; its path is known as bad to all checks.
_STAND_INS: dict[str, Any] = {
    "objective": "sales",
    "url": "https://example.com/",
    "headlines": ["-"],
    "start": "2000-01-01",
    "share": "50%",
    "minimum_effect": "10%",
    "metric": "ctr",
    "weeks": 1,
    "event": "PageView",
    "within": "1d",
}


def _mended(tree: Node, path: Path, detail: Any) -> Node:
    """The tree without what was wrong, or with a value that passes in its place."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if not path:
        return tree
    if path[-1] == "platforms":
        return _replaced(tree, path, _platforms(find(tree, path)))
    if detail["type"] == "literal_error":
        return _replaced(tree, path, re.findall(r"'([^']*)'", detail["ctx"]["expected"])[0])
    return _replaced(tree, path, _STAND_INS.get(str(path[-1])))


def _platforms(node: Node | None) -> list[str]:
    """The platforms that are likely meant: nothing of a campaign can be checked without any."""
    items = node.items if isinstance(node, Sequence) else [node] if node else []
    words = [item.text for item in items if isinstance(item, Scalar)]
    meant = [close for word in words for close in get_close_matches(word, PLATFORMS, 1)]
    return list(dict.fromkeys(meant)) or [PLATFORMS[0]]


def _node(value: Any, place: Place) -> Node:
    if isinstance(value, list):
        return Sequence([_node(item, place) for item in value], place)
    return Scalar(value, str(value), place)


def _replaced(node: Node, path: Path, value: Any) -> Node:
    """The tree with another value at a path; without the key when the value is None."""
    part, rest = path[0], path[1:]
    inner = child(node, part)
    if isinstance(node, Mapping):
        entries = dict(node.entries)
        entry = entries.pop(str(part), Entry(str(part), node.place, node))
        if rest and inner is not None:
            entries[entry.key] = replace(entry, node=_replaced(inner, rest, value))
        elif not rest and value is not None:
            entries[entry.key] = replace(entry, node=_node(value, entry.place))
        return replace(node, entries=entries)
    if isinstance(node, Sequence) and inner is not None and rest:
        made = _replaced(inner, rest, value)
        return replace(node, items=[made if i == part else item for i, item in enumerate(node.items)])
    return node
