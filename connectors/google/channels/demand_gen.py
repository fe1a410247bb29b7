"""Demand Gen: ad groups that keep places, languages and people themselves.

Such a campaign takes no places and languages (`upgraded_targeting`, on by default and immutable), and one
without any on its ad groups shows all over the world. Ages, genders and audiences are one Audience, since the
ad group is made for that (`audience_setting.use_audience_grouped`, immutable). Sources: …/docs/demand-gen/
create-campaign, audience-targeting and channel-controls; …/docs/targeting/location-targeting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.google.normal import Row, last
from engine.resource import Ref, Value

TYPE = "DEMAND_GEN"
EVERYWHERE = "ALL_CHANNELS"
SURFACES: Final = (
    "youtube_in_stream", "youtube_in_feed", "youtube_shorts", "discover", "gmail", "display",
    "maps",
)  # fmt: skip
UPGRADED = "upgraded_targeting"
GROUPED, OPTIMIZED, CHANNELS, PEOPLE = "audience_grouped", "optimized_targeting_enabled", "channels", "people"
CONTROLS = "ad_group.demand_gen_ad_group_settings.channel_controls"
COLUMNS: Final = (
    "campaign.advertising_channel_type", "ad_group.audience_setting.use_audience_grouped",
    "ad_group.optimized_targeting_enabled", f"{CONTROLS}.channel_strategy",
    *(f"{CONTROLS}.selected_channels.{name}" for name in SURFACES),
)  # fmt: skip
# Our call to action → CallToActionTypeEnum; a multi-asset ad and a carousel say it in words: "Learn more".
BUTTONS: Final[Mapping[str, str]] = {
    each: each.upper()
    for each in (
        "apply_now", "book_now", "download", "get_quote", "learn_more", "order_now", "shop_now", "sign_up",
        "subscribe",
    )
} | {"contact_us": "CONTACT_US", "watch_more": "WATCH_NOW"}  # fmt: skip


def words(button: str) -> str:
    """`LEARN_MORE` as people read it."""
    return button.replace("_", " ").capitalize()


def group(
    audience: Mapping[str, Any], options: Mapping[str, Any], excluded: Any, people: Ref | None
) -> dict[str, Value]:
    """What an ad group says beside its name and status."""
    return {
        GROUPED: True,
        OPTIMIZED: bool(options.get("optimized_targeting")),
        CHANNELS: [name for name in SURFACES if name in options.get("channels", ())] or EVERYWHERE,
        "locations": sorted(str(each) for each in audience["locations"]),
        "excluded_locations": sorted(str(each) for each in excluded or ()),
        "languages": sorted(str(each) for each in audience["languages"]),
        PEOPLE: people,
    }


def controls(channels: Any) -> dict[str, Any]:
    """`demand_gen_ad_group_settings` of the canonical field."""
    if isinstance(channels, str):
        return {"channel_controls": {"channel_strategy": channels}}
    return {"channel_controls": {"selected_channels": {name: name in channels for name in SURFACES}}}


def masks(channels: Any) -> list[str]:
    """The paths that say it in an update."""
    inner = CONTROLS.removeprefix("ad_group.")
    if isinstance(channels, str):
        return [f"{inner}.channel_strategy"]
    return [f"{inner}.selected_channels.{name}" for name in SURFACES]


def kept(criteria: Sequence[Row]) -> dict[str, list[str]]:
    """Resource names of an ad group's places and languages, and the id of its audience, from its criteria."""
    found: dict[str, list[str]] = {"locations": [], "excluded_locations": [], "languages": [], PEOPLE: []}
    for each in criteria:
        if "location" in each:
            name = "excluded_locations" if each.get("negative") else "locations"
            found[name].append(str(each["location"]["geo_target_constant"]))
        elif "language" in each:
            found["languages"].append(str(each["language"]["language_constant"]))
        elif "audience" in each:
            found[PEOPLE].append(last(str(each["audience"]["audience"])))
    return found


def receive(row: Row) -> dict[str, Value]:
    """The same of a row of `ad_group`, but for its criteria; nothing of another channel's ad group."""
    if row["campaign"].get("advertising_channel_type") != TYPE:
        return {}
    seen = row["ad_group"]
    told = seen.get("demand_gen_ad_group_settings", {}).get("channel_controls", {})
    chosen = [name for name in SURFACES if told.get("selected_channels", {}).get(name)]
    return {
        GROUPED: bool(seen.get("audience_setting", {}).get("use_audience_grouped", False)),
        OPTIMIZED: bool(seen.get("optimized_targeting_enabled", False)),
        CHANNELS: chosen or told.get("channel_strategy", EVERYWHERE),
    }
