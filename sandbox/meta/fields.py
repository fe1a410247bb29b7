"""The `fields` parameter: `id,name,adset{id,name},ads.limit(5){id}` as a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.meta.errors import refuse
from sandbox.meta.params import decoded

_NAME = re.compile(r"\s*([A-Za-z0-9_]+)\s*")


@dataclass
class Field:
    """One requested field with its modifiers (`.limit(5)`) and sub-fields."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    children: list[Field] | None = None


def parse(given: Any) -> list[Field]:
    """Raises GraphError 2500 for a text that is not of the grammar; an empty text is no field.

    A list of names, as a JSON body or a text has it, is the same as the names between commas.
    """
    given = decoded(given) if str(given).startswith("[") else given
    text = ",".join(str(one) for one in given) if isinstance(given, list) else str(given)
    wanted, at = _fields(text, 0)
    if at != len(text):
        raise _error(text, at)
    return wanted


def _error(text: str, at: int) -> Exception:
    return refuse("syntax", "fields", detail=f'Unexpected "{text[at : at + 20]}" at character {at} of fields')


def _fields(text: str, at: int) -> tuple[list[Field], int]:
    wanted: list[Field] = []
    while at < len(text) and text[at] != "}":
        found = _NAME.match(text, at)
        if not found:
            raise _error(text, at)
        one, at = _modifiers(Field(found[1]), text, found.end())
        if text[at : at + 1] == "{":
            one.children, at = _fields(text, at + 1)
            if text[at : at + 1] != "}":
                raise _error(text, at)
            at += 1
        wanted.append(one)
        if text[at : at + 1] == ",":
            at += 1
        elif at < len(text) and text[at] != "}":
            raise _error(text, at)
    return wanted, at


def _modifiers(one: Field, text: str, at: int) -> tuple[Field, int]:
    while text[at : at + 1] == ".":
        found = _NAME.match(text, at + 1)
        if not found or text[found.end() : found.end() + 1] != "(":
            raise _error(text, at)
        end = _closing(text, found.end())
        one.modifiers[found[1]] = text[found.end() + 1 : end]
        at = end + 1
    return one, at


def _closing(text: str, at: int) -> int:
    depth = 0
    for position in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise _error(text, at)
