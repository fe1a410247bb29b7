"""The shapes of images that Google takes, by the place they are shown in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.campaign import Campaign
from schemas.errors import Problem
from schemas.workspace import Asset

LARGEST = 5_242_880  # bytes: support.google.com/google-ads/answer/13676244
TOLERANCE = 0.01  # of the ratio: same page, "+-1%"


@dataclass(frozen=True, slots=True)
class Shape:
    """A ratio of width to height, written as people write it, and the least pixels."""

    role: str
    ratio: float
    written: str
    least: tuple[int, int]

    def takes(self, width: int, height: int) -> bool:
        """Whether an image of that many pixels may be used in it."""
        near = abs(width / height - self.ratio) <= self.ratio * TOLERANCE
        return near and width >= self.least[0] and height >= self.least[1]

    def __str__(self) -> str:
        return f"{self.written} from {self.least[0]}x{self.least[1]}"


# Image assets of a search campaign: support.google.com/google-ads/answer/9566341.
AD_IMAGE = (
    Shape("AD_IMAGE", 1.0, "1:1", (300, 300)),
    Shape("AD_IMAGE", 1.91, "1.91:1", (600, 314)),
)


# Images of Performance Max and of responsive display ads: …/docs/performance-max/asset-requirements and the
# docstring of ResponsiveDisplayAdInfo.
PICTURES = (
    Shape("MARKETING_IMAGE", 1.91, "1.91:1", (600, 314)),
    Shape("SQUARE_MARKETING_IMAGE", 1.0, "1:1", (300, 300)),
    Shape("PORTRAIT_MARKETING_IMAGE", 0.8, "4:5", (480, 600)),
    Shape("TALL_PORTRAIT_MARKETING_IMAGE", 0.5625, "9:16", (600, 1067)),
)
LOGOS = (Shape("LOGO", 1.0, "1:1", (128, 128)), Shape("LANDSCAPE_LOGO", 4.0, "4:1", (512, 128)))


def role_of(width: int, height: int, shapes: tuple[Shape, ...]) -> str:
    """The role of the first shape that an image of so many pixels fits; "" for none."""
    return next((each.role for each in shapes if each.takes(width, height)), "")


def declared(campaign: Campaign) -> Iterator[tuple[tuple[str | int, ...], str, tuple[Shape, ...]]]:
    """The images of a campaign's Google blocks: their path, their file, and the shapes that are taken."""
    levels: list[tuple[tuple[str | int, ...], Any]] = [((), campaign)]
    levels += [(("ad_sets", index), ad_set) for index, ad_set in enumerate(campaign.ad_sets)]
    for path, level in levels:
        found = level.google.assets if level.google else None
        for index, name in enumerate(found.images if found else ()):
            yield (*path, "google", "assets", "images", index), name, AD_IMAGE
    for index, ad_set in enumerate(campaign.ad_sets):
        for number, ad in enumerate(ad_set.ads):
            place = ("ad_sets", index, "ads", number, "google")
            for key, shapes in (("images", PICTURES), ("logos", LOGOS)):
                for position, name in enumerate(getattr(ad.google, key) if ad.google else ()):
                    yield (*place, key, position), name, shapes


def misfits(
    campaign: Campaign, files: Mapping[str, Asset]
) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
    """What Google would refuse of the images that were found."""
    for path, name, shapes in declared(campaign):
        if name in files and (problem := misfit(files[name], shapes)):
            yield path, problem


def shape_of(image: Asset, shapes: tuple[Shape, ...]) -> Shape | None:
    """The first shape that the image fits."""
    if not image.height:
        return None
    return next((each for each in shapes if each.takes(image.width, image.height)), None)


def misfit(image: Asset, shapes: tuple[Shape, ...]) -> Problem | None:
    """What Google would refuse of an image."""
    if image.size > LARGEST:
        detail = f"`{image.file}` has {image.size:,} bytes, Google takes {LARGEST:,}"
        return Problem("an image too large for Google", detail, "save it smaller")
    if shape_of(image, shapes) is None:
        taken = ", ".join(str(each) for each in shapes)
        detail = f"`{image.file}` is {image.width}x{image.height}; taken are {taken}"
        return Problem("an image of a shape that Google does not take here", detail, "cut it to one of these")
    return None
