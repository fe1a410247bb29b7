"""Bidding of a search campaign: from the declaration, and between canonical fields and the campaign's own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.errors import Problem

MICROS = 1_000_000
# Our `strategy` (BiddingStrategyType) → the campaign's field, and its settings that we know.
# developers.google.com/google-ads/api/docs/campaigns/bidding/assign-strategies; a target CPA or ROAS of a
# search campaign is a setting of the two maximising strategies.
STRATEGIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "TARGET_SPEND": ("target_spend", ("cpc_bid_ceiling_micros",)),
    "MAXIMIZE_CONVERSIONS": ("maximize_conversions", ("target_cpa_micros",)),
    "MAXIMIZE_CONVERSION_VALUE": ("maximize_conversion_value", ("target_roas",)),
    "MANUAL_CPC": ("manual_cpc", ("enhanced_cpc_enabled",)),
    "TARGET_IMPRESSION_SHARE": (
        "target_impression_share",
        ("location", "location_fraction_micros", "cpc_bid_ceiling_micros"),
    ),
}
# What older accounts still report, in today's terms: type → (strategy, the campaign's field it is told in).
FORMER = {
    "TARGET_CPA": ("MAXIMIZE_CONVERSIONS", "target_cpa"),
    "TARGET_ROAS": ("MAXIMIZE_CONVERSION_VALUE", "target_roas"),
}
DECLARED = {  # GoogleCampaign.bidding.strategy
    "maximize_clicks": "TARGET_SPEND",
    "maximize_conversions": "MAXIMIZE_CONVERSIONS",
    "maximize_conversion_value": "MAXIMIZE_CONVERSION_VALUE",
    "manual_cpc": "MANUAL_CPC",
    "impression_share": "TARGET_IMPRESSION_SHARE",
}
BY_GOAL = {
    "purchases": "MAXIMIZE_CONVERSIONS",
    "add_to_carts": "MAXIMIZE_CONVERSIONS",
    "checkouts": "MAXIMIZE_CONVERSIONS",
    "content_views": "MAXIMIZE_CONVERSIONS",
    "leads": "MAXIMIZE_CONVERSIONS",
    "registrations": "MAXIMIZE_CONVERSIONS",
    "calls": "MAXIMIZE_CONVERSIONS",
    "app_installs": "MAXIMIZE_CONVERSIONS",
    "app_events": "MAXIMIZE_CONVERSIONS",
    "value": "MAXIMIZE_CONVERSION_VALUE",
    "impressions": "TARGET_IMPRESSION_SHARE",
}
BY_OBJECTIVE = dict.fromkeys(("sales", "leads", "app_installs", "engagement"), "MAXIMIZE_CONVERSIONS")
SHARE: Mapping[str, Any] = {"location": "ANYWHERE_ON_PAGE", "location_fraction_micros": 500_000}
# A neutral bid × strategy → the setting it becomes. Anything else cannot be said to Google.
BIDS = {
    ("cost_cap", "MAXIMIZE_CONVERSIONS"): "target_cpa_micros",
    ("bid_cap", "TARGET_SPEND"): "cpc_bid_ceiling_micros",
    ("min_roas", "MAXIMIZE_CONVERSION_VALUE"): "target_roas",
}
OPTIONS = {  # GoogleCampaign.bidding → setting
    "max_cpc": "cpc_bid_ceiling_micros",
    "target_cpa": "target_cpa_micros",
    "target_roas": "target_roas",
}


def micros(money: str, currency: str) -> int:
    """`12.50 TRY` in micros. Raises ValueError for another currency than the account's."""
    amount, _, given = money.partition(" ")
    if given != currency:
        raise ValueError(f"{money} is not in the account's currency, {currency}")
    return int(Decimal(amount) * MICROS)


def blank(strategy: str) -> dict[str, Any]:
    """The strategy with every setting explicit."""
    return {"strategy": strategy} | dict.fromkeys(STRATEGIES[strategy][1])


def declared(
    objective: str,
    goal: str | None,
    bid: Mapping[str, Any] | None,
    option: Mapping[str, Any] | None,
    currency: str,
) -> dict[str, Any] | Problem:
    """The canonical `bidding` of a campaign; a Problem without place where it cannot be said to Google."""
    if option:
        chosen = DECLARED[option["strategy"]]
    else:
        chosen = BY_GOAL.get(goal, "TARGET_SPEND") if goal else BY_OBJECTIVE.get(objective, "TARGET_SPEND")
    bidding = blank(chosen)
    if chosen == "TARGET_IMPRESSION_SHARE":
        bidding |= SHARE
    try:
        settings = _from_options(option, currency) | _from_bid(bid, chosen, currency)
    except ValueError as error:
        return Problem(
            "This bid cannot be used on Google Ads", str(error), f"Write an amount such as 40 {currency}."
        )
    if unknown := settings.keys() - bidding.keys():
        return _impossible(chosen, sorted(unknown))
    bidding |= settings
    if chosen == "TARGET_IMPRESSION_SHARE" and not bidding["cpc_bid_ceiling_micros"]:
        return Problem(
            "An impression share needs a limit",
            "impression_share bids whatever a place costs",
            "Write `google: {bidding: {strategy: impression_share, max_cpc: 10 TRY}}` on the campaign.",
        )
    return bidding


def _from_options(option: Mapping[str, Any] | None, currency: str) -> dict[str, Any]:
    found = {name: option[name] for name in OPTIONS if option and option.get(name) is not None}
    return {OPTIONS[name]: _setting(OPTIONS[name], value, currency) for name, value in found.items()}


def _from_bid(bid: Mapping[str, Any] | None, strategy: str, currency: str) -> dict[str, Any]:
    if not bid or bid["strategy"] == "lowest_cost":
        return {}
    name = BIDS.get((bid["strategy"], strategy))
    if name is None:
        return {str(bid["strategy"]): None}
    value = bid.get("roas" if name == "target_roas" else "amount")
    if value is None:
        raise ValueError(f"{bid['strategy']} says no amount")
    return {name: _setting(name, value, currency)}


def _setting(name: str, value: Any, currency: str) -> Any:
    return float(value) if name == "target_roas" else micros(str(value), currency)


def _impossible(strategy: str, settings: list[str]) -> Problem:
    taken = ", ".join(f"{bid} with {name.lower()}" for bid, name in BIDS)
    return Problem(
        "This bid cannot be said to Google Ads",
        f"{strategy.lower()} takes no {', '.join(settings)}",
        f"Possible are {taken}; or declare `google: {{bidding: ...}}` on the campaign.",
    )


def observed(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical `bidding` of a campaign row.

    A portfolio is told by its type and id, a strategy that is unknown here by its type alone.
    """
    kind = str(campaign.get("bidding_strategy_type", "UNSPECIFIED"))
    if campaign.get("bidding_strategy"):
        shared = str(campaign["bidding_strategy"]).rsplit("/", 1)[-1]
        return {"strategy": FORMER.get(kind, (kind, ""))[0], "portfolio": shared}
    kind, source = FORMER.get(kind, (kind, ""))
    if kind not in STRATEGIES:
        return {"strategy": kind}
    message, settings = STRATEGIES[kind]
    told = campaign.get(source or message, {})
    return {"strategy": kind} | {name: _number(name, told.get(name)) for name in settings}


def _number(name: str, value: Any) -> Any:
    """Unset, zero and false are one to Google; int64 comes as text."""
    if name.endswith("_micros") and value is not None:
        return int(value) or None
    return value or None


def message_of_app(bidding: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """As `message`, for an app campaign: there a target is a strategy of its own.

    …/docs/app-campaigns/create-campaign; it reads back by FORMER as the strategy that it is elsewhere.
    """
    for strategy, field in FORMER.values():
        (setting,) = STRATEGIES[strategy][1]
        if bidding["strategy"] == strategy and bidding.get(setting) is not None:
            return {field: {setting: bidding[setting]}}, (f"{field}.{setting}",)
    return message(bidding)


def message(bidding: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The campaign's own fields and the update mask that says them: its mutable leaves, set or cleared."""
    field, settings = STRATEGIES[str(bidding["strategy"])]
    values = {name: bidding[name] for name in settings if bidding.get(name) is not None}
    return {field: values}, tuple(f"{field}.{name}" for name in settings)
