"""Audiences that imported campaigns aim at: the brand's own by their keys, others as files of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.authoring import plain
from engine.importing import Draft, Importer
from engine.resource import Address, Observed
from schemas.types import slugify

KIND = "audience"
SOURCE = "source"  # whom a lookalike resembles
UNSAID = "the language cannot say who is in it"
UNKNOWN = "the brand declares no such audience"


@dataclass(frozen=True, slots=True)
class Written:
    """One as YAML; `address` is what it would be declared as, `seen` what it is there."""

    address: Address
    seen: Observed
    body: dict[str, Any]


@dataclass(slots=True)
class Audiences:
    """`keys` are ids of audiences with the key they have in the brand, `taken` keys that are not free."""

    importer: Importer
    keys: dict[str, str]
    taken: set[str]
    made: dict[str, Written] = field(default_factory=dict)

    def name(self, draft: Draft) -> None:
        """What a draft aims at by keys; what cannot be declared is told."""
        audience, own = draft.body.get("audience", {}), draft.body.get(self.importer.platform, {})
        for block, name in ((audience, "include"), (audience, "exclude"), (own, "observe")):
            ids = block.pop(name, [])
            for each in (id for id in ids if self.key(id) is None):
                why = UNSAID if (KIND, each) in self.importer.library.objects else UNKNOWN
                self.importer.miss(draft.seen, f"{name} {each}", why)
            if found := [key for id in ids if (key := self.key(id)) is not None]:
                block[name] = found
        if "audience" in draft.body and not audience:
            del draft.body["audience"]

    def key(self, id: str) -> str | None:
        """The brand's key of an audience, a new one where it can be declared; None where it cannot."""
        if id not in self.keys and (made := self._written(id)) is not None:
            self.made[id] = made
            self.keys[id] = str(made.body[KIND])
        return self.keys.get(id)

    def _written(self, id: str) -> Written | None:
        seen = self.importer.library.objects.get((KIND, id))
        if seen is None:
            return None
        said, unsaid = self.importer.speak(KIND, seen.fields)
        if unsaid or "type" not in said:
            return None
        body = {name: plain(value) for name, value in said.items() if value not in (None, "", ())}
        if SOURCE in said and said["type"] == "lookalike":
            body[SOURCE] = self.key(str(said[SOURCE]))
            if body[SOURCE] is None:
                return None
        key = self._free(slugify(seen.label)[:56].strip("-") or f"audience-{id}")
        return Written(Address(self.importer.platform, KIND, key), seen, {KIND: key, **body})

    def _free(self, base: str) -> str:
        key, number = base, 2
        while key in self.taken:
            key, number = f"{base}-{number}", number + 1
        self.taken.add(key)
        return key

    def used(self, drafts: Iterable[Draft]) -> Iterator[Written]:
        """Those that these aim at, whom a lookalike resembles before it."""
        wanted = {key for top in drafts for each in top.all() for key in self._aimed(each)}
        found = {str(each.body[KIND]): each for each in self.made.values()}
        alike = {key: str(each.body[SOURCE]) for key, each in found.items() if _is_alike(each)}
        wanted |= {alike[key] for key in wanted & alike.keys()}
        yield from (each for key, each in found.items() if key in wanted)

    def _aimed(self, draft: Draft) -> Iterator[str]:
        audience, own = draft.body.get("audience", {}), draft.body.get(self.importer.platform, {})
        for block, name in ((audience, "include"), (audience, "exclude"), (own, "observe")):
            yield from block.get(name, ())


def _is_alike(audience: Written) -> bool:
    return bool(audience.body["type"] == "lookalike")
