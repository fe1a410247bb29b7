"""The order of keys in every kind of file, taken from the models themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from schemas.jsonschema import FILES

LAST = ("ad_sets", "ads")  # what is long comes last, so that what is said of the whole stands together
LOOP, REUSE = "for_each", ("from", "vars")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a node may hold: a part of a JSON Schema; nothing is known below an empty one."""

    parts: tuple[Mapping[str, Any], ...] = ()
    root: Mapping[str, Any] | None = None

    def child(self, key: str) -> Shape:
        """The shape under a key."""
        return self._of(
            each["properties"].get(key) or each.get("additionalProperties")
            if "properties" in each
            else each.get("additionalProperties")
            for each in self.parts
        )

    def item(self) -> Shape:
        """The shape of a list's items."""
        return self._of(each.get("items") for each in self.parts)

    def order(self) -> list[str]:
        """The keys it knows, in the order in which they are written; empty where there is none."""
        known = [name for each in self.parts for name in each.get("properties", ())]
        if not known:
            return []
        first, rest = known[0], [name for name in known[1:] if name not in LAST]
        last = [name for name in known if name in LAST]
        return list(dict.fromkeys((LOOP, first, *REUSE, *rest, *last)))

    def _of(self, found: Any) -> Shape:
        parts = [part for each in found if isinstance(each, Mapping) for part in self._flat(each)]
        return Shape(tuple(parts), self.root)

    def _flat(self, part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """A part without references and alternatives."""
        if "$ref" in part and self.root is not None:
            return self._flat(self.root["$defs"][part["$ref"].rpartition("/")[2]])
        several = [*part.get("anyOf", ()), *part.get("oneOf", ())]
        return [flat for each in several for flat in self._flat(each)] if several else [part]


@cache
def shape(kind: str) -> Shape:
    """The shape of a whole file of a kind; an unknown kind has none."""
    if kind not in FILES:
        return Shape()
    made = TypeAdapter(FILES[kind]).json_schema(mode="validation", by_alias=True)
    return Shape((), made)._of([made])
