"""Lists of negative keywords, and their use by campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.google import lists
from connectors.google.family.base import Family, Fields, never_changes
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.naming import signed
from engine.resource import Resource


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    body = {
        "resource_name": desk.path("sharedSets", number),
        "name": signed(fields["name"], resource.mark),
        "type": "NEGATIVE_KEYWORDS",
    }
    yield Op("shared_set", "create", body, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    name = signed(after["name"], change.context.mark)
    body = {"resource_name": desk.path("sharedSets", change.id), "name": name}
    yield Op("shared_set", "update", body, ("name",), bears=True)


def use(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    body = {
        "campaign": desk.path("campaigns", fields["campaign"]),
        "shared_set": desk.path("sharedSets", fields["negative_list"]),
    }
    yield Op("campaign_shared_set", "create", body, bears=True)


FAMILIES: Final = (
    Family(lists.LIST, "shared_set", "sharedSets", create, update, library=True, signed="name"),
    Family(lists.USE, "campaign_shared_set", "campaignSharedSets", use, never_changes, parent="campaign"),
)
