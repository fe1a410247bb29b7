"""What Google may make by itself of a Performance Max campaign: nothing that nobody declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

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
FIELD: Final = "asset_automation_settings"
IN, OUT = "OPTED_IN", "OPTED_OUT"


def declared(allowed: Collection[str]) -> list[Value]:
    """All of them, by name: in where the declaration says so, out where it does not."""
    return [_setting(type, IN if word in allowed else OUT) for word, type in _sorted()]


def observed(settings: Sequence[Mapping[str, Any]]) -> list[Value]:
    """As `declared` says them, from what the campaign has; what it does not name is Google's default."""
    said = {each.get("asset_automation_type"): each.get("asset_automation_status") for each in settings}
    return [_setting(type, str(said.get(type) or IN)) for _, type in _sorted()]


def _sorted() -> list[tuple[str, str]]:
    return sorted(TYPES.items(), key=lambda item: item[1])


def _setting(type: str, status: str) -> dict[str, Value]:
    return {"asset_automation_type": type, "asset_automation_status": status}
