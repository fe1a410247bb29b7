"""User lists: audiences of the website, shared by all campaigns of the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.google import audience
from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.resource import Resource


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    body = audience.birth(fields, resource.mark)
    yield Op("user_list", "create", {"resource_name": desk.path("userLists", number), **body}, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    body, leaves = audience.message(after, change.context.mark)
    body["resource_name"] = desk.path("userLists", change.id)
    yield Op("user_list", "update", body, tuple(sorted(leaves)), bears=True)


FAMILY: Final = Family(
    "audience", "user_list", "userLists", create, update, library=True, signed="description"
)
