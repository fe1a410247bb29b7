"""Audiences that ad groups are aimed by, and that hint asset groups at people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.google import people
from connectors.google.family.base import Family, Fields, never_changes
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.resource import Resource, resolve


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    body = people.message(_named(desk, fields), resource.mark)
    yield Op("audience", "create", {"resource_name": desk.path("audiences", number), **body}, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    """Dimensions are one list: a change of one says all of them again."""
    whole: Any = {name: resolve(value, desk.ids) for name, value in change.context.fields.items()}
    positive = {people.LISTS, people.AGES, people.SEXES}
    given = {**{name: whole[name] for name in positive if not positive.isdisjoint(after)}, **after}
    body = people.message(_named(desk, given), change.context.mark)
    yield Op(
        "audience", "update", {"resource_name": desk.path("audiences", change.id), **body},
        tuple(sorted(_mask(body))), bears=True,
    )  # fmt: skip


def _mask(body: Mapping[str, Any]) -> list[str]:
    return ["exclusion_dimension.exclusions" if name == "exclusion_dimension" else name for name in body]


def _named(desk: Desk, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with resource names in place of the ids of lists."""
    lists = {name: [desk.path("userLists", id) for id in fields[name]]
             for name in (people.LISTS, people.SHUT) if name in fields}  # fmt: skip
    return {**fields, **lists}


def signal(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    body = {
        "asset_group": desk.path("assetGroups", fields["asset_group"]),
        "audience": {"audience": desk.path("audiences", fields["audience"])},
    }
    yield Op("asset_group_signal", "create", body, bears=True)


FAMILIES: Final = (
    Family(people.KIND, "audience", "audiences", create, update, library=True, signed="name"),
    Family(
        people.SIGNAL, "asset_group_signal", "assetGroupSignals", signal, never_changes, parent="asset_group"
    ),
)
