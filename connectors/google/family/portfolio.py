"""Portfolio bidding strategies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.google import bidding, portfolios
from connectors.google.family.base import Family, Fields, renamed
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.naming import signed
from engine.resource import Resource


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    bids, _ = bidding.message(fields["bidding"])
    body = {
        "resource_name": desk.path("biddingStrategies", number),
        "name": signed(fields["name"], resource.mark),
        **bids,
    }
    yield Op("bidding_strategy", "create", body, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    body, mask = renamed(desk.path("biddingStrategies", change.id), change, after)
    if "bidding" in after:
        bids, leaves = bidding.message(after["bidding"])
        body |= bids
        mask += leaves
    yield Op("bidding_strategy", "update", body, tuple(mask), bears=True)


FAMILY: Final = Family(
    portfolios.KIND, "bidding_strategy", "biddingStrategies", create, update, library=True, signed="name"
)
