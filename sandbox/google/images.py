"""Pictures as the platform sees them: their size from their bytes, and the shapes that each role takes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from sandbox.google.messages import Message, set_enum

SHOWN = "/_shown/"  # below it the bytes of images, by the id of their asset

LARGEST = 5_242_880  # bytes: …/docs/performance-max/asset-requirements
TOLERANCE = 0.01  # of the ratio: support.google.com/google-ads/answer/13676244
# Role → ratios of width to height with the least pixels: …/docs/performance-max/asset-requirements;
# AD_IMAGE: support.google.com/google-ads/answer/9566341.
SHAPES: dict[str, tuple[tuple[float, int, int], ...]] = {
    "AD_IMAGE": ((1.0, 300, 300), (1.91, 600, 314)),
    "MARKETING_IMAGE": ((1.91, 600, 314),),
    "SQUARE_MARKETING_IMAGE": ((1.0, 300, 300),),
    "PORTRAIT_MARKETING_IMAGE": ((0.8, 480, 600),),
    "TALL_PORTRAIT_MARKETING_IMAGE": ((0.5625, 600, 1067),),
    "LOGO": ((1.0, 128, 128),),
    "BUSINESS_LOGO": ((1.0, 128, 128),),
    "LANDSCAPE_LOGO": ((4.0, 512, 128),),
}
JPEG_FRAMES = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})


@dataclass(frozen=True)
class Picture:
    """Its MIME type as the enum names it, and its size in pixels."""

    mime: str
    width: int
    height: int


def look(data: bytes) -> Picture | None:
    """None for bytes that are no PNG, GIF or JPEG."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return Picture("IMAGE_PNG", width, height)
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return Picture("IMAGE_GIF", width, height)
    return _jpeg(data) if data.startswith(b"\xff\xd8") else None


def _jpeg(data: bytes) -> Picture | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("IMAGE_JPEG", width, height)
        at += 2 + length
    return None


def fits(role: str, width: int, height: int) -> bool:
    """Whether an image of that size may be used in the role; any size in a role without shapes."""
    shapes = SHAPES.get(role)
    if shapes is None:
        return True
    return any(
        height
        and abs(width / height - ratio) <= ratio * TOLERANCE
        and width >= least[0]
        and height >= least[1]
        for ratio, *least in shapes
    )


def complete(asset: Message) -> None:
    """Size and type of an image asset, which the platform reads from its bytes."""
    picture = look(asset.image_asset.data)
    if picture is not None:
        asset.image_asset.file_size = len(asset.image_asset.data)
        asset.image_asset.full_size.width_pixels = picture.width
        asset.image_asset.full_size.height_pixels = picture.height
        set_enum(asset.image_asset, "mime_type", picture.mime)


def url(address: str, asset: Message) -> str:
    """ImageDimension.url: it shows the image to anybody who knows it, as on the platform."""
    return f"{address}{SHOWN}{asset.id}"
