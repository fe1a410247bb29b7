"""What stands where a new object would, under the very name that it would get: most likely it was imported.

Nothing is ever taken for ours by its name (money rule 1). But to build a second one beside it may be to spend
twice, so that waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.change import Change, Create
from engine.resource import Address, Ref, Resource
from engine.supports import KindSupport, Supports
from schemas.errors import Problem

Place: TypeAlias = tuple[str, str, str, str]  # platform, kind, the id of what it hangs under or "", name
Namesakes: TypeAlias = Mapping[Place, str]  # place → the id of what is there and not ours


@dataclass(frozen=True, slots=True)
class Living:
    """An object of the account that is not archived: `parent` is the id of what it hangs under, or ""."""

    kind: str
    id: str
    name: str
    parent: str = ""


def kinds(changes: Iterable[Change], supports: Mapping[str, Supports]) -> set[tuple[str, str]]:
    """Platform and kind of what is to be built where there may be something: not below what is new itself."""
    made = {each.address: each.resource for each in changes if isinstance(each, Create)}
    found = set()
    for at, resource in made.items():
        kind = supports[at.platform].kinds[at.kind]
        above = resource.fields.get(kind.parent) if kind.parent else None
        if _delivers(kind, resource) and not (isinstance(above, Ref) and above.address in made):
            found.add((at.platform, at.kind))
    return found


def _delivers(kind: KindSupport, resource: Resource) -> bool:
    return kind.status is not None and kind.delivers and bool(resource.fields.get("name"))


def of_others(platform: str, living: Iterable[Living], ours: Iterable[tuple[str, str]]) -> dict[Place, str]:
    """By place; `ours` are kind and id of what is left out."""
    mine = set(ours)
    return {
        (platform, each.kind, each.parent, each.name): each.id
        for each in living
        if (each.kind, each.id) not in mine
    }


def problem(
    resource: Resource, kind: KindSupport, ids: Mapping[Address, str], namesakes: Namesakes
) -> Problem | None:
    """Why it is not built; None where nothing of others has its name there."""
    if not namesakes or not _delivers(kind, resource):
        return None
    above = resource.fields.get(kind.parent) if kind.parent else None
    parent = ids.get(above.address, "new") if isinstance(above, Ref) else ""
    at, name = resource.address, str(resource.fields["name"])
    id = namesakes.get((at.platform, at.kind, parent, name))
    if id is None:
        return None
    return Problem(
        "Not built: something of its name is there already, and not ours",
        f"{at}: {id} “{name}”",
        f"It looks like an import not adopted yet: kampanya import --platform {at.platform} --adopt makes"
        " it ours. If it is something else, rename it on the platform, or give ours another `name:`.",
    )
