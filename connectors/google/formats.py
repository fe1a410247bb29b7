"""Formats of ads, as data: the fields of each, how Google says them, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from connectors.google.plain import last
from engine.resource import Value

SEARCH = "responsive_search_ad"
MULTI, CAROUSEL, VIDEO = (
    "demand_gen_multi_asset_ad",
    "demand_gen_carousel_ad",
    "demand_gen_video_responsive_ad",
)
PRODUCTS = "shopping_product_ad"  # says nothing itself, so that only the ad's type tells it
# What an app campaign is after → the format and its videos: …/docs/app-campaigns/create-ad-group.
APP: Final = {
    "installs": ("app_ad", "youtube_videos"),
    "engagement": ("app_engagement_ad", "videos"),
    "pre_registration": ("app_pre_registration_ad", "youtube_videos"),
}
DEMAND_GEN: Final = frozenset({MULTI, CAROUSEL, VIDEO})
TEXTS, TEXT, ASSETS, ASSET, CARDS, AS_IT_IS = "texts", "text", "assets", "asset", "cards", "as it is"
# Format (the member of `ad_data`) → its fields and how each is said.
FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    SEARCH: {"headlines": TEXTS, "descriptions": TEXTS, "path1": AS_IT_IS, "path2": AS_IT_IS},
    "responsive_display_ad": {
        "headlines": TEXTS, "descriptions": TEXTS, "long_headline": TEXT, "business_name": AS_IT_IS,
        "marketing_images": ASSETS, "square_marketing_images": ASSETS, "logo_images": ASSETS,
        "square_logo_images": ASSETS,
    },
    MULTI: {
        "headlines": TEXTS, "descriptions": TEXTS, "business_name": AS_IT_IS, "marketing_images": ASSETS,
        "square_marketing_images": ASSETS, "portrait_marketing_images": ASSETS,
        "tall_portrait_marketing_images": ASSETS, "logo_images": ASSETS, "call_to_action_text": AS_IT_IS,
    },
    CAROUSEL: {
        "business_name": AS_IT_IS, "logo_image": ASSET, "headline": TEXT, "description": TEXT,
        "carousel_cards": CARDS, "call_to_action_text": AS_IT_IS,
    },
    VIDEO: {
        "headlines": TEXTS, "long_headlines": TEXTS, "descriptions": TEXTS, "business_name": TEXT,
        "videos": ASSETS, "logo_images": ASSETS, "call_to_actions": ASSETS, "breadcrumb1": AS_IT_IS,
        "breadcrumb2": AS_IT_IS,
    },
    PRODUCTS: {},
    **{
        format: {"headlines": TEXTS, "descriptions": TEXTS, "images": ASSETS, videos: ASSETS}
        for format, videos in APP.values()
    },
}  # fmt: skip
COLUMNS: Final = tuple(
    f"ad_group_ad.ad.{format}.{name}" for format, fields in FORMATS.items() for name in fields
)
FIELDS: Final = frozenset(name for fields in FORMATS.values() for name in fields)
# Role of a card's picture → its leaf: docstring of DemandGenCarouselCardAsset.
CARD_IMAGES: Final = {
    "MARKETING_IMAGE": "marketing_image_asset",
    "SQUARE_MARKETING_IMAGE": "square_marketing_image_asset",
    "PORTRAIT_MARKETING_IMAGE": "portrait_marketing_image_asset",
}
MOST_CARDS: Final = 10  # docstring of DemandGenCarouselAdInfo


def card_key(position: int) -> str:
    """Cards stand in a mapping, because a sequence of references is a set and has no order."""
    return f"card {position:02}"


# Fields that name assets, those of cards with the card.
POINTING: Final = (
    *sorted({n for fields in FORMATS.values() for n, how in fields.items() if how in (ASSETS, ASSET)}),
    *(f"carousel_cards.{card_key(position)}" for position in range(1, MOST_CARDS + 1)),
)


def _text(asset: Mapping[str, Any]) -> str:
    """A text somebody pinned says so, since it then differs."""
    pin = asset.get("pinned_field")
    pinned = f" [{pin}]" if pin and pin != "UNSPECIFIED" else ""
    return f"{asset.get('text', '')}{pinned}"


def _cards(value: Any) -> dict[str, Value]:
    return {card_key(position): last(str(each["asset"])) for position, each in enumerate(value or (), 1)}


_READ: Final[Mapping[str, Callable[[Any], Value]]] = {
    TEXTS: lambda value: sorted(_text(each) for each in value or ()),
    TEXT: lambda value: (value or {}).get("text"),
    ASSETS: lambda value: tuple(sorted(last(str(each["asset"])) for each in value or ())),
    ASSET: lambda value: last(str((value or {}).get("asset", ""))),
    CARDS: _cards,
    AS_IT_IS: lambda value: value or None,
}


def received(content: Mapping[str, Any]) -> dict[str, Value]:
    """The canonical fields of an Ad message's own format; of a search ad where it has none of these."""
    format = next((each for each in FORMATS if each in content), SEARCH)
    seen = content.get(format, {})
    fields = {name: _READ[how](seen.get(name)) for name, how in FORMATS[format].items()}
    return fields if format == SEARCH else {"format": format, **fields}


def message(
    format: str, given: Mapping[str, Any], asset: Callable[[str], Mapping[str, Any]]
) -> dict[str, Any]:
    """The format's part of an Ad message, of the fields that are given; `asset` points to one by its id."""
    said: Mapping[str, Callable[[Any], Any]] = {
        TEXTS: lambda value: [{"text": text} for text in value],
        TEXT: lambda value: {"text": value},
        ASSETS: lambda value: [asset(id) for id in value],
        ASSET: asset,
        CARDS: lambda value: [asset(value[key]) for key in sorted(value)],
        AS_IT_IS: lambda value: value,
    }
    return {name: said[how](given[name]) for name, how in FORMATS[format].items() if name in given}


def mask(format: str, name: str) -> str:
    """The path of a field in an update mask; of a text or an asset alone, what is in it."""
    leaf = {TEXT: ".text", ASSET: ".asset"}.get(FORMATS[format][name], "")
    return f"{format}.{name}{leaf}"
