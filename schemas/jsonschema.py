"""JSON Schemas of the files people write, for completion and hints in their editor."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from schemas.audience import Audience
from schemas.brand import Brand, BrandDefaults
from schemas.campaign import Campaign, Defaults
from schemas.creative import SharedCreative
from schemas.defaults import LEVELS, part_of
from schemas.experiment import Experiment
from schemas.problems import models

FILES: Mapping[str, Any] = {
    "brand": Brand,
    "creative": SharedCreative,
    "campaign": Campaign,
    "audience": Audience,
    "experiment": Experiment,
}
FOLDER = ".schemas"  # beside kampanya.yaml, where the first line of each file points

# What any mapping of a campaign, audience or experiment may hold beside its own keys.
EXPANSION: Mapping[str, Any] = {
    "from": {"type": "string", "description": "A template of the brand to start from; keys here win."},
    "vars": {"type": "object", "description": "Values for `{name}` in everything below."},
    "for_each": {
        "type": "object",
        "description": "In a list: one item for each value, or for each combination of several names.",
        "additionalProperties": {"type": ["array", "string"]},
    },
}
# Models whose required keys come from elsewhere in the brand once this key is there.
INSTEAD: Mapping[str, str] = {"Flight": "season"}
# Keys under which the key of something shared may stand, in place of the thing itself.
SHARED = ("creative",)
PART = "Part"  # begins the names of what `defaults` may hold
_VARIABLE = {"type": "string", "pattern": r"\{[^{}]+\}"}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of file: brand, creative, campaign, audience or experiment."""
    annotation = FILES[kind]
    made = TypeAdapter(annotation).json_schema(mode="validation", by_alias=True)
    described = {model.__name__: model for model in models(annotation)}
    _with_defaults(made, described)
    for name, part in _objects(made, kind, annotation):
        _describe(part, described.get(name))
        if kind != "brand" or name.startswith(PART):
            _loosen(part, INSTEAD.get(name, "from"))
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return {key: made[key] for key in sorted(made)}


def write(folder: Path) -> list[Path]:
    """Write all schemas into a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in FILES:
        path = folder / f"{kind}.json"
        path.write_text(json.dumps(schema(kind), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _with_defaults(made: dict[str, Any], described: dict[str, type[BaseModel]]) -> None:
    """Say what may stand under each level of `defaults`: the level's own keys, none of them needed."""
    for model in (BrandDefaults, Defaults):
        levels = made.get("$defs", {}).get(model.__name__, {"properties": {}})["properties"]
        for level in levels:
            part = part_of(level)
            whole = TypeAdapter(part).json_schema(mode="validation", by_alias=True)
            inner = whole.pop("$defs", {})
            if model is BrandDefaults:  # what stands there otherwise is not expanded, and so is stricter
                inner = json.loads(json.dumps(inner).replace("#/$defs/", f"#/$defs/{PART}"))
                whole = json.loads(json.dumps(whole).replace("#/$defs/", f"#/$defs/{PART}"))
                inner = {f"{PART}{name}": each for name, each in inner.items()}
            made["$defs"] |= {**inner, f"{PART}{part.__name__}": whole}
            described |= {f"{PART}{each.__name__}": each for each in models(LEVELS[level])}
            levels[level] = {"$ref": f"#/$defs/{PART}{part.__name__}"}


def docs(model: type[BaseModel]) -> dict[str, str]:
    """The sentence written under each field of a model, those it inherits included."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is not BaseModel and issubclass(base, BaseModel):
            found |= _docs_of(base)
    return {key: text for key, text in found.items() if key in model.model_fields}


def _docs_of(model: type[BaseModel]) -> dict[str, str]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    pairs = zip(tree.body, tree.body[1:], strict=False)
    return {
        field.target.id: text.value.value
        for field, text in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _objects(made: dict[str, Any], kind: str, annotation: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema's objects with the names of their models."""
    if "properties" in made:
        yield annotation.__name__, made
    for name, part in made.get("$defs", {}).items():
        if "properties" in part:
            yield name, part


def _describe(part: dict[str, Any], model: type[BaseModel] | None) -> None:
    part.pop("title", None)
    texts = docs(model) if model else {}
    for key, inner in part["properties"].items():
        inner.pop("title", None)
        inner.pop("default", None)
        if key in texts:
            inner["description"] = texts[key]


def _loosen(part: dict[str, Any], instead: str) -> None:
    """Before expansion a value may be a variable, and a template or a season may bring what is required."""
    required = part.pop("required", [])
    if required:
        others = dict.fromkeys(("from", instead))
        part["anyOf"] = [{"required": required}, *({"required": [other]} for other in others)]
    own = {key: _or_variable(inner, key in SHARED) for key, inner in part["properties"].items()}
    part["properties"] = {**own, **EXPANSION}


def _or_variable(inner: dict[str, Any], shared: bool = False) -> dict[str, Any]:
    free = inner.get("type") == "string" and not {"pattern", "enum", "format", "const"} & inner.keys()
    if free:
        return inner
    description = {"description": inner.pop("description")} if "description" in inner else {}
    if isinstance(inner.get("items"), dict):
        inner["items"] = _or_variable(inner["items"])
    options = inner.pop("anyOf") if set(inner) == {"anyOf"} else [inner]
    return {**description, "anyOf": [*options, {"type": "string"} if shared else _VARIABLE]}
