"""Bidding strategies that campaigns share: made once in the account, changed for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.google import bidding
from connectors.google.normal import Row
from engine.naming import Scope, unsigned
from engine.resource import Address, Ref, Resource, Value

KIND = "portfolio"
COLUMNS: Final = (
    "bidding_strategy.resource_name", "bidding_strategy.name", "bidding_strategy.type",
    "bidding_strategy.target_spend.cpc_bid_ceiling_micros",
    "bidding_strategy.maximize_conversions.target_cpa_micros",
    "bidding_strategy.maximize_conversion_value.target_roas", "bidding_strategy.target_cpa.target_cpa_micros",
    "bidding_strategy.target_roas.target_roas", "bidding_strategy.target_impression_share.location",
    "bidding_strategy.target_impression_share.location_fraction_micros",
    "bidding_strategy.target_impression_share.cpc_bid_ceiling_micros",
)  # fmt: skip


def declared(
    block: Mapping[str, Any], bids: Mapping[str, Value], campaign: Resource, scope: Scope
) -> Resource:
    """The strategy by its key in the brand; `bids` is the canonical bidding that it says."""
    address = Address("google", KIND, str(block["portfolio"]))
    fields: dict[str, Value] = {"name": str(block.get("name") or address.key), "bidding": dict(bids)}
    return Resource(address, campaign.account, scope.token(address), fields, campaign.path)


def used(strategy: Resource, bids: Mapping[str, Value]) -> dict[str, Value]:
    """The canonical bidding of a campaign that uses it."""
    return {"strategy": bids["strategy"], "portfolio": Ref(strategy.address)}


def receive(row: Row) -> dict[str, Value]:
    """Canonical fields of a row of `bidding_strategy`."""
    seen = row["bidding_strategy"]
    told: dict[str, Any] = {**seen, "bidding_strategy_type": seen.get("type")}
    return {"name": unsigned(str(seen.get("name", "")))[0], "bidding": bidding.observed(told)}


def mark(row: Row) -> str:
    """The token at the end of its name; "" without one."""
    return unsigned(str(row["bidding_strategy"].get("name", "")))[1] or ""
