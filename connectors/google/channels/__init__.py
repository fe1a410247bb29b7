"""What a campaign's channel changes: its networks, its bidding, and what stands in the place of ad groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from connectors.google import automation, formats, normal
from connectors.google.channels import demand_gen
from engine.resource import Value


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of Google Ads.

    type      AdvertisingChannelType
    group     the type of its ad groups, "" where they have none; None: it has asset groups instead
    format    the member of `ad_data` that its ads are
    bidding   strategies it takes; empty: those of search
    keywords  whether its ad groups take keywords
    placed    whether its ad groups keep places, languages and people, which else are the campaign's
    total     how many days a total budget of it may be for, at most; 0: it has daily budgets only
    """

    type: str
    group: str | None
    format: str
    bidding: frozenset[str] = frozenset()
    keywords: bool = False
    placed: bool = False
    total: int = 0


# …/docs/campaigns/bidding/strategy-types, …/docs/performance-max/create-campaign; total budgets:
# …/docs/campaigns/budgets/overview, support.google.com/google-ads/answer/10486938.
CHANNELS: Final[Mapping[str, Channel]] = {
    "search": Channel("SEARCH", "SEARCH_STANDARD", "responsive_search_ad", keywords=True, total=90),
    "display": Channel(
        "DISPLAY",
        "DISPLAY_STANDARD",
        "responsive_display_ad",
        frozenset({"TARGET_SPEND", "MAXIMIZE_CONVERSIONS", "MAXIMIZE_CONVERSION_VALUE", "MANUAL_CPC"}),
    ),
    "demand_gen": Channel(
        demand_gen.TYPE,
        "",
        formats.MULTI,
        frozenset({"TARGET_SPEND", "MAXIMIZE_CONVERSIONS", "MAXIMIZE_CONVERSION_VALUE"}),
        placed=True,
        total=366,
    ),
    "performance_max": Channel(
        "PERFORMANCE_MAX",
        None,
        "",
        frozenset({"MAXIMIZE_CONVERSIONS", "MAXIMIZE_CONVERSION_VALUE"}),
        total=90,
    ),
    # …/docs/shopping-ads/create-campaign; answer/7065882 (conversion value, with or without a target).
    "shopping": Channel(
        "SHOPPING",
        "SHOPPING_PRODUCT_ADS",
        "shopping_product_ad",
        frozenset({"TARGET_SPEND", "MANUAL_CPC", "MAXIMIZE_CONVERSION_VALUE"}),
        total=90,
    ),
    "app": Channel("MULTI_CHANNEL", "", "", frozenset({"MAXIMIZE_CONVERSIONS", "MAXIMIZE_CONVERSION_VALUE"})),
}
FEWEST_DAYS: Final = 3  # of a total budget
PRIORITIES: Final = {"low": 0, "medium": 1, "high": 2}  # docstring of ShoppingSetting.campaign_priority


def shop(channel: Channel, options: Mapping[str, Any], merchant: str) -> dict[str, Value]:
    """What a campaign sells, of the linked Merchant Center account; empty where it sells nothing.

    Performance Max has no priority and always shows products of local shops (…/performance-max/retail).
    """
    said = options.get("shopping")
    if channel.type != "SHOPPING" and said is None:
        return {}
    said = said or {}
    found: dict[str, Value] = {"feed_label": said.get("feed_label")}
    if channel.type == "SHOPPING":
        priority = PRIORITIES[str(said.get("priority") or "low")]
        found |= {"campaign_priority": priority, "enable_local": bool(said.get("local"))}
    return {"merchant_id": merchant, "shopping_setting": found}


def total_budget(channel: Channel, start: str, end: str | None) -> tuple[str, str, str] | None:
    """What is wrong with a total budget for a flight (ISO dates): summary, detail, mend; or nothing."""
    daily = "Write the budget as `daily`."
    if not channel.total:
        return "No total budgets in this channel", f"a {channel.type} campaign has a daily one", daily
    if not end:
        return "A total budget needs an end", "the flight is open", "Add `end` to the flight."
    days = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
    if FEWEST_DAYS <= days <= channel.total:
        return None
    bounds = f"{FEWEST_DAYS} to {channel.total} days for a {channel.type} campaign"
    return "A total budget is not for so many days", f"the flight has {days}, Google takes {bounds}", daily


def settings(channel: Channel, options: Mapping[str, Any]) -> dict[str, Value]:
    """Fields of a campaign that depend on its channel."""
    fields: dict[str, Value] = {"advertising_channel_type": channel.type}
    if channel.type == "SEARCH":
        fields["network_settings"] = normal.networks(**(options.get("network") or {}))
    elif channel.type == "SHOPPING":
        fields["network_settings"] = normal.networks(**{**(options.get("network") or {}), "display": False})
    elif channel.type == "DISPLAY":
        networks = dict.fromkeys(normal.NETWORKS, False) | {"target_content_network": True}
        fields["network_settings"] = networks
    elif channel.type == demand_gen.TYPE:
        fields[demand_gen.UPGRADED] = True
    elif channel.type == "PERFORMANCE_MAX":
        # Name and logo are then the asset groups' own: each says its whole content.
        fields["brand_guidelines_enabled"] = False
        fields[automation.FIELD] = automation.declared(options.get("automation") or ())
    return fields
