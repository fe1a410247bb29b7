"""What Google may make by itself of a campaign or an ad: nothing that nobody declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from connectors.google import formats
from engine.resource import Value

# google.ads.googleads.v26.enums.AssetAutomationTypeEnum: where nothing is said, all of these are opted in for
# Performance Max (images taken from the page: as the account says). By the words of the declaration.
TYPES: Final[Mapping[str, str]] = {
    "texts": "TEXT_ASSET_AUTOMATION",
    "pages": "FINAL_URL_EXPANSION_TEXT_ASSET_AUTOMATION",
    "images": "GENERATE_IMAGE_ENHANCEMENT",
    "page_images": "GENERATE_IMAGE_EXTRACTION",
    "videos": "GENERATE_ENHANCED_YOUTUBE_VIDEOS",
}
# The same of one Demand Gen ad, by its format: word → types, all of them opted in where nothing is said.
OF_ADS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    formats.MULTI: {
        "images": ("GENERATE_DESIGN_VERSIONS_FOR_IMAGES", "GENERATE_ANIMATED_IMAGES_FROM_OTHER_ASSETS"),
        "videos": ("GENERATE_VIDEOS_FROM_OTHER_ASSETS",),
    },
    formats.VIDEO: {
        "videos": ("GENERATE_VERTICAL_YOUTUBE_VIDEOS", "GENERATE_SHORTER_YOUTUBE_VIDEOS"),
        "texts": ("GENERATE_LANDING_PAGE_TEXT",),
        "page_images": ("GENERATE_LANDING_PAGE_PREVIEW",),
    },
}
FIELD: Final = "asset_automation_settings"
ON_AD: Final = "asset_automation"  # the field of an ad
IN, OUT = "OPTED_IN", "OPTED_OUT"


def declared(allowed: Collection[str]) -> list[Value]:
    """All of them, by name: in where the declaration says so, out where it does not."""
    return [_setting(type, IN if word in allowed else OUT) for word, type in _sorted()]


def observed(settings: Sequence[Mapping[str, Any]]) -> list[Value]:
    """As `declared` says them, from what the campaign has; what it does not name is Google's default."""
    said = {each.get("asset_automation_type"): each.get("asset_automation_status") for each in settings}
    return [_setting(type, str(said.get(type) or IN)) for _, type in _sorted()]


def declared_of(format: str, allowed: Collection[str]) -> dict[str, Value]:
    """The field of an ad of that format, if Google makes anything of such."""
    said = {
        type: IN if word in allowed else OUT
        for word, types in OF_ADS.get(format, {}).items()
        for type in types
    }
    return {ON_AD: [_setting(type, said[type]) for type in sorted(said)]} if said else {}


def observed_of(format: str, settings: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """As `declared_of` says it; what the ad does not name is Google's default."""
    told = {each.get("asset_automation_type"): each.get("asset_automation_status") for each in settings}
    types = sorted(type for several in OF_ADS.get(format, {}).values() for type in several)
    return {ON_AD: [_setting(type, str(told.get(type) or IN)) for type in types]} if types else {}


def _sorted() -> list[tuple[str, str]]:
    return sorted(TYPES.items(), key=lambda item: item[1])


def _setting(type: str, status: str) -> dict[str, Value]:
    return {"asset_automation_type": type, "asset_automation_status": status}
