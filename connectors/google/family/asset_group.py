"""Asset groups of Performance Max and the search themes that point their way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.google import listing
from connectors.google.channels import performance_max as pmax
from connectors.google.family.base import Family, Fields, never_changes
from connectors.google.operation import Desk, Op
from connectors.google.plain import changed_body
from engine.change import Update
from engine.naming import signed
from engine.resource import Resource

PRODUCTS = "products"
TABLE: Final = dict.fromkeys(pmax.PLAIN, ())


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    body, _ = changed_body(TABLE, fields)
    body |= {
        "resource_name": desk.path("assetGroups", number),
        "campaign": desk.path("campaigns", fields["campaign"]),
        "name": signed(fields["name"], resource.mark),
    }
    yield Op(pmax.GROUP, "create", body, bears=True)
    if fields.get(PRODUCTS):
        yield from listing.create(desk, listing.FILTERS, number, fields[PRODUCTS])


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    body, mask = changed_body(TABLE, after)
    if "name" in after:
        body["name"] = signed(after["name"], change.context.mark)
    body["resource_name"] = desk.path("assetGroups", change.id)
    if mask:
        yield Op(pmax.GROUP, "update", body, tuple(sorted(mask)), bears=True)
    if PRODUCTS in after:
        there = desk.lookups.trees.get((listing.FILTERS.owner, change.id), ())
        yield from listing.change(desk, listing.FILTERS, change.id, there, after[PRODUCTS])


def theme(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    body = {
        "asset_group": desk.path("assetGroups", fields[pmax.GROUP]),
        "search_theme": {"text": fields["text"]},
    }
    yield Op("asset_group_signal", "create", body, bears=True)


FAMILIES: Final = (
    Family(pmax.GROUP, pmax.GROUP, "assetGroups", create, update, parent="campaign", signed="name"),
    Family(pmax.THEME, "asset_group_signal", "assetGroupSignals", theme, never_changes, parent=pmax.GROUP),
)
