"""Rules of responsive display ads: how many texts and images, how long, in which shapes."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.google import images, texts
from sandbox.google.context import Operation
from sandbox.google.errors import Step
from sandbox.google.messages import Message

# Docstring of ResponsiveDisplayAdInfo: field → (fewest, most, longest text).
TEXTS = {"headlines": (1, 5, 30), "descriptions": (1, 5, 90)}
LONG_HEADLINE, BUSINESS_NAME = 90, 25
# Field → (fewest, the shape's role); together with its partner at most so many.
IMAGES = {
    "marketing_images": (1, "MARKETING_IMAGE"),
    "square_marketing_images": (1, "SQUARE_MARKETING_IMAGE"),
    "logo_images": (0, "LANDSCAPE_LOGO"),
    "square_logo_images": (0, "LOGO"),
}
TOGETHER = ((("marketing_images", "square_marketing_images"), 15), (("logo_images", "square_logo_images"), 5))


def check(op: Operation, ad: Message, *above: Step) -> None:
    """One responsive display ad; `above` is the way to the ad."""
    info, inside = ad.responsive_display_ad, (*above, "responsive_display_ad")
    for field, (fewest, most, longest) in TEXTS.items():
        check_count(op, len(getattr(info, field)), fewest, most, *inside, field)
        for index, each in enumerate(getattr(info, field)):
            check_text(op, each.text, longest, *inside, (field, index), "text")
    check_text(op, info.long_headline.text, LONG_HEADLINE, *inside, "long_headline", "text")
    check_text(op, info.business_name, BUSINESS_NAME, *inside, "business_name")
    for field, (fewest, role) in IMAGES.items():
        check_count(op, len(getattr(info, field)), fewest, 20, *inside, field)
        check_assets(op, getattr(info, field), "image_asset", role, inside, field)
    for fields, most in TOGETHER:
        if sum(len(getattr(info, field)) for field in fields) > most:
            op.refuse("collection_size_error", "TOO_MANY", f"At most {most}.", *inside, fields[0])


def check_count(op: Operation, count: int, fewest: int, most: int, *path: Step) -> None:
    if not fewest <= count <= most:
        code = "TOO_FEW" if count < fewest else "TOO_MANY"
        op.refuse("collection_size_error", code, f"{fewest} to {most} are needed.", *path)


def check_text(op: Operation, text: str, longest: int, *path: Step) -> None:
    if not text.strip():
        op.refuse("field_error", "REQUIRED", "The required field was not present.", *path)
    elif texts.width(text) > longest:
        op.refuse("string_length_error", "TOO_LONG", "Too long.", *path, trigger=text)


def check_assets(
    op: Operation, found: Sequence[Message], data: str, role: str, inside: tuple[Step, ...], field: str
) -> None:
    """Each points to an asset with such data; an image fits the role it is shown in, if it has one."""
    for index, each in enumerate(found):
        place, asset = (*inside, (field, index), "asset"), op.account.store.get(each.asset)
        if asset is None or not asset.HasField(data):
            text = f"Not an asset with {data}."
            op.refuse("asset_error", "ASSET_DATA_IS_MISSING", text, *place, trigger=each.asset)
            continue
        size = asset.image_asset.full_size
        if role and not images.fits(role, size.width_pixels, size.height_pixels):
            text = f"Not a size that {field} takes."
            op.refuse("image_error", "ASPECT_RATIO_NOT_ALLOWED", text, *place)
