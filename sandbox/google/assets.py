"""Rules of assets and of their links to the account, campaigns and ad groups."""

from __future__ import annotations

import re

from sandbox.google import images, texts
from sandbox.google.context import Operation
from sandbox.google.errors import Step, Unimplemented
from sandbox.google.messages import Message, enum_name

COUNTRY = re.compile("[A-Za-z]{2}")
PHONE = re.compile(r"\+?[\d ().-]{4,24}")  # choice: digits and what stands between them
# asset_data → (asset type, (field, longest) of its texts, required fields): docstrings of SitelinkAsset,
# CalloutAsset, StructuredSnippetAsset, LeadFormAsset and so on.
TYPES: dict[str, tuple[str, tuple[tuple[str, int], ...], tuple[str, ...]]] = {
    "text_asset": ("TEXT", (("text", 90),), ("text",)),
    "image_asset": ("IMAGE", (), ("data",)),
    "youtube_video_asset": ("YOUTUBE_VIDEO", (), ("youtube_video_id",)),
    "sitelink_asset": (
        "SITELINK",
        (("link_text", 25), ("description1", 35), ("description2", 35)),
        ("link_text",),
    ),
    "callout_asset": ("CALLOUT", (("callout_text", 25),), ("callout_text",)),
    "structured_snippet_asset": (
        "STRUCTURED_SNIPPET",
        (("header", 25), ("values", 25)),
        ("header", "values"),
    ),
    "call_asset": ("CALL", (), ("country_code", "phone_number")),
    "price_asset": ("PRICE", (), ("type_", "language_code", "price_offerings")),
    "promotion_asset": ("PROMOTION", (("promotion_target", 20),), ("promotion_target",)),
    "lead_form_asset": (
        "LEAD_FORM",
        (("business_name", 25), ("headline", 30), ("description", 200)),
        ("business_name", "headline", "description", "privacy_policy_url"),
    ),
    "hotel_callout_asset": ("HOTEL_CALLOUT", (("text", 25),), ("text", "language_code")),
    "page_feed_asset": ("PAGE_FEED", (), ("page_url",)),
    "call_to_action_asset": ("CALL_TO_ACTION", (), ("call_to_action",)),
    "demand_gen_carousel_card_asset": ("DEMAND_GEN_CAROUSEL_CARD", (("headline", 40),), ("headline",)),
}
# Field types under which an asset of a type may be linked: docstrings of AssetFieldType (partly from memory).
LINKS = {
    "SITELINK": {"SITELINK"}, "CALLOUT": {"CALLOUT"}, "STRUCTURED_SNIPPET": {"STRUCTURED_SNIPPET"},
    "CALL": {"CALL"}, "PRICE": {"PRICE"}, "PROMOTION": {"PROMOTION"}, "LEAD_FORM": {"LEAD_FORM"},
    "HOTEL_CALLOUT": {"HOTEL_CALLOUT"},
    "IMAGE": {"AD_IMAGE", "BUSINESS_LOGO", "LOGO", "LANDSCAPE_LOGO", "MARKETING_IMAGE",
              "SQUARE_MARKETING_IMAGE", "PORTRAIT_MARKETING_IMAGE", "TALL_PORTRAIT_MARKETING_IMAGE"},
    "TEXT": {"BUSINESS_NAME", "HEADLINE", "LONG_HEADLINE", "DESCRIPTION"}, "YOUTUBE_VIDEO": {"YOUTUBE_VIDEO"},
}  # fmt: skip
# Roles of an asset group; on a campaign or an ad group they mean nothing (docstrings of AssetFieldType).
OF_GROUPS = frozenset({
    "HEADLINE", "LONG_HEADLINE", "DESCRIPTION", "MARKETING_IMAGE", "SQUARE_MARKETING_IMAGE",
    "PORTRAIT_MARKETING_IMAGE", "TALL_PORTRAIT_MARKETING_IMAGE", "YOUTUBE_VIDEO",
})  # fmt: skip
OFFER_LENGTH = 25  # docstring of PriceOffering
PRICE_OFFERINGS = (3, 8)  # docstring of PriceAsset.price_offerings
SNIPPET_VALUES = (3, 10)  # docstring of StructuredSnippetAsset.values


def check(op: Operation) -> None:
    """The content of one asset."""
    data = op.new.WhichOneof("asset_data")
    if data is None:
        op.refuse("asset_error", "ASSET_DATA_IS_MISSING", "The asset has no data.")
        return
    if data not in TYPES:
        raise Unimplemented(f"Asset.{data}")
    content, (_, lengths, needed) = getattr(op.new, data), TYPES[data]
    for field in needed:
        if not getattr(content, field):
            op.refuse(
                "field_error", "REQUIRED", "The required field was not present.", data, field.rstrip("_")
            )
    for field, longest in lengths:
        _check_lengths(op, content, field, longest, data)
    for field, (low, high) in (("price_offerings", PRICE_OFFERINGS), ("values", SNIPPET_VALUES)):
        if field in content.DESCRIPTOR.fields_by_name and not low <= len(getattr(content, field)) <= high:
            code = "TOO_FEW" if len(getattr(content, field)) < low else "TOO_MANY"
            op.refuse("collection_size_error", code, f"{low} to {high} are needed.", data, field)
    if extra := EXTRA.get(data):
        extra(op, content)
    texts.check_urls(op, op.new)


def _check_lengths(op: Operation, content: Message, field: str, longest: int, data: str) -> None:
    value = getattr(content, field)
    items: list[tuple[Step, str]] = (
        [(field, value)] if isinstance(value, str) else [((field, i), text) for i, text in enumerate(value)]
    )
    for step, text in items:
        if texts.width(text) > longest:
            op.refuse("string_length_error", "TOO_LONG", "Too long.", data, step, trigger=text)


def _check_sitelink(op: Operation, content: Message) -> None:
    if bool(content.description1) != bool(content.description2):
        missing = "description2" if content.description1 else "description1"
        op.refuse(
            "field_error", "REQUIRED", "Sitelinks have both descriptions or none.", "sitelink_asset", missing
        )
    if not op.new.final_urls:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "final_urls")


def _check_call(op: Operation, content: Message) -> None:
    if content.country_code and not COUNTRY.fullmatch(content.country_code):
        op.refuse("asset_error", "CALL_INVALID_COUNTRY_CODE", "The country code is invalid.", "call_asset",
                  "country_code", trigger=content.country_code)  # fmt: skip
    if content.phone_number and not PHONE.fullmatch(content.phone_number):
        op.refuse("asset_error", "CALL_INVALID_PHONE_NUMBER", "The phone number is invalid.", "call_asset",
                  "phone_number", trigger=content.phone_number)  # fmt: skip


def _check_prices(op: Operation, content: Message) -> None:
    for index, offer in enumerate(content.price_offerings):
        place: tuple[Step, ...] = ("price_asset", ("price_offerings", index))
        for field in ("header", "description", "final_url"):
            if not getattr(offer, field):
                op.refuse("field_error", "REQUIRED", "The required field was not present.", *place, field)
        for field in ("header", "description"):
            if texts.width(getattr(offer, field)) > OFFER_LENGTH:
                op.refuse("string_length_error", "TOO_LONG", "Too long.", *place, field)
        if offer.header and offer.header == offer.description:
            code, text = "PRICE_HEADER_SAME_AS_DESCRIPTION", "Header and description are the same."
            op.refuse("asset_error", code, text, *place, "header", trigger=offer.header)


def _check_promotion(op: Operation, content: Message) -> None:
    if content.WhichOneof("discount_type") is None:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "promotion_asset",
                  "discount_type")  # fmt: skip


def _check_image(op: Operation, content: Message) -> None:
    picture = images.look(content.data)
    if content.data and picture is None:
        op.refuse("image_error", "INVALID_IMAGE", "The image is not valid.", "image_asset", "data")
    elif len(content.data) > images.LARGEST:
        op.refuse("image_error", "FILE_TOO_LARGE", "The file is too large.", "image_asset", "data")
    if op.creating and not op.new.name:
        op.refuse("asset_error", "NAME_REQUIRED_FOR_ASSET_TYPE", "An image needs a name.", "name")


# Field of a card → the role that its picture's shape fits: docstring of DemandGenCarouselCardAsset.
CARD_IMAGES = {
    "marketing_image_asset": "MARKETING_IMAGE",
    "square_marketing_image_asset": "SQUARE_MARKETING_IMAGE",
    "portrait_marketing_image_asset": "PORTRAIT_MARKETING_IMAGE",
}


def _check_card(op: Operation, content: Message) -> None:
    inside = "demand_gen_carousel_card_asset"
    if not (content.marketing_image_asset or content.square_marketing_image_asset):
        text = "A wide or a square image is needed."
        op.refuse("field_error", "REQUIRED", text, inside, "marketing_image_asset")
    for field, role in CARD_IMAGES.items():
        name = getattr(content, field)
        image = op.account.store.get(name) if name else None
        if name and (image is None or not image.HasField("image_asset")):
            op.refuse(
                "asset_error", "ASSET_DATA_IS_MISSING", "Not an image asset.", inside, field, trigger=name
            )
        elif image is not None:
            size = image.image_asset.full_size
            if not images.fits(role, size.width_pixels, size.height_pixels):
                text = f"Not a size that {field} takes."
                op.refuse("image_error", "ASPECT_RATIO_NOT_ALLOWED", text, inside, field)


EXTRA = {
    "sitelink_asset": _check_sitelink,
    "call_asset": _check_call,
    "price_asset": _check_prices,
    "promotion_asset": _check_promotion,
    "image_asset": _check_image,
    "demand_gen_carousel_card_asset": _check_card,
}


def check_link(op: Operation) -> None:
    """The asset's type, and an image's size, fit the role it is linked in."""
    asset = op.parent("asset")
    if asset is None or not op.creating:
        return
    size = asset.image_asset.full_size
    role = enum_name(op.new, "field_type")
    if op.kind.name != "asset_group_asset" and role in OF_GROUPS:
        text = f"{role} assets belong to asset groups."
        op.refuse("asset_link_error", "UNSUPPORTED_FIELD_TYPE", text, "field_type", trigger=role)
    if asset.HasField("image_asset") and not images.fits(role, size.width_pixels, size.height_pixels):
        code, text = "IMAGE_NOT_WITHIN_SPECIFIED_DIMENSION_RANGE", f"Not a size that {role} takes."
        op.refuse(
            "asset_link_error", code, text, "asset", trigger=f"{size.width_pixels}x{size.height_pixels}"
        )
    kind, role = enum_name(asset, "type_"), enum_name(op.new, "field_type")
    if role not in LINKS.get(kind, ()):
        code, text = "FIELD_TYPE_INCOMPATIBLE_WITH_ASSET_TYPE", f"A {kind} asset cannot be linked as {role}."
        op.refuse("asset_link_error", code, text, "field_type", trigger=role)
