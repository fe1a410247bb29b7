"""What several ads or campaigns of an account use: pictures, creatives, assets, lists, each under a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine.resource import Fields, Observed, Value, canonical_json
from engine.supports import Supports
from schemas.types import slugify

Handle: TypeAlias = tuple[str, str]  # kind and id


def named(observed: Iterable[Observed], supports: Supports, kind: str) -> set[str]:
    """The ids of a kind that these link to."""
    found: set[str] = set()
    for each in observed:
        for path, linked in supports.kinds[each.kind].links.items():
            if linked == kind:
                found.update(_at(each.fields, path.split(".")))
    return found


def _at(value: Any, path: Sequence[str]) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _at(each, path)
    elif not path:
        if isinstance(value, str):
            yield value
    elif isinstance(value, Mapping):
        yield from _at(value.get(path[0]), path[1:])


@dataclass(slots=True)
class Library:
    """Objects by kind and id, with what hangs under them.

    `keys` are those that the brand has for some already, and `given` says which; `files` where pictures and
    videos were put; `taken` the keys of a kind that are not free.
    """

    supports: Supports
    keys: dict[Handle, str] = field(default_factory=dict)
    given: frozenset[Handle] = frozenset()
    files: Mapping[Handle, str] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)
    objects: dict[Handle, Observed] = field(default_factory=dict)
    below: dict[Handle, list[Observed]] = field(default_factory=dict)
    contents: dict[bytes, str] = field(default_factory=dict)
    copies: dict[Handle, str] = field(default_factory=dict)

    def put(self, seen: Observed) -> None:
        self.objects[seen.kind, seen.id] = seen
        support = self.supports.kinds[seen.kind]
        if support.mark == "content":
            told = {name: value for name, value in seen.fields.items() if name not in support.given}
            first = self.contents.setdefault(canonical_json([seen.kind, told]), seen.id)
            if told and first != seen.id:
                self.copies[seen.kind, seen.id] = first

    def copied(self, kind: str, fields: Fields) -> str | None:
        """The id of what a linked object is a copy of: what is known by its content is declared once."""
        for path, named in self.supports.kinds[kind].links.items():
            if (first := self.copies.get((named, str(fields.get(path))))) is not None:
                return first
        return None

    def key(self, seen: Observed) -> str:
        """The brand's key for it, else one of its own, made of its name."""
        handle = (seen.kind, seen.id)
        if handle not in self.keys:
            taken = self.taken.setdefault(seen.kind, set())
            base = slugify(seen.label)[:56].strip("-") or f"{seen.kind.replace('_', '-')}-{seen.id}"
            key, number = base, 2
            while key in taken:
                key, number = f"{base}-{number}", number + 1
            taken.add(key)
            self.keys[handle] = key
        return self.keys[handle]

    def linked(self, kind: str, fields: Fields) -> dict[str, Any]:
        """The fields with what they name in the place of its id: `{id, key, file, below, **its fields}`.

        An id of what was not read stays.
        """
        made: dict[str, Any] = dict(fields)
        for path, named in self.supports.kinds[kind].links.items():
            head, *rest = path.split(".")
            if head in made:
                made[head] = self._within(made[head], rest, named)
        return made

    def _within(self, value: Any, path: Sequence[str], kind: str) -> Any:
        if isinstance(value, (list, tuple)):
            return tuple(self._within(each, path, kind) for each in value)
        if not path:
            return self._object(kind, value)
        if isinstance(value, Mapping) and path[0] in value:
            return {**value, path[0]: self._within(value[path[0]], path[1:], kind)}
        return value

    def _object(self, kind: str, id: Value) -> Any:
        seen = self.objects.get((kind, str(id)))
        if seen is None:
            return id
        below = [(each.kind, each.fields) for each in self.below.get((kind, seen.id), ())]
        return {
            **self.linked(kind, seen.fields),
            "id": seen.id,
            "key": self.key(seen),
            "known": (kind, seen.id) in self.given,
            "file": self.files.get((kind, seen.id)),
            "below": below,
        }
