"""The shapes of images that Meta shows whole, by the place they are shown in.

Source: Meta Ads Guide, image and carousel, "Technical requirements" of each placement (as public copies of it
have them). Meta takes other shapes too, and crops or shrinks them: they are warned of, not refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.campaign import Ad, AdSet, Campaign, skips
from schemas.errors import Problem
from schemas.workspace import Asset

LARGEST = 30_000_000  # bytes: 30 MB in every placement
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Ratios of width to height from the tallest to the widest, how far off they may be, the least width."""

    where: str
    tallest: float
    widest: float
    tolerance: float
    width: int
    written: str

    def shows_whole(self, image: Asset) -> bool:
        ratio = image.width / image.height if image.height else 0.0
        low, high = self.tallest * (1 - self.tolerance), self.widest * (1 + self.tolerance)
        return low <= ratio <= high and image.width >= self.width


FEED = Frame("a feed", 0.8, 1.91, 0.03, 600, "4:5 to 1.91:1, at least 600 pixels wide")
CARD = Frame("a carousel", 1.0, 1.0, 0.03, 600, "1:1, at least 600 pixels wide")
UPRIGHT = Frame("stories and reels", 0.5625, 0.5625, 0.01, 500, "9:16, at least 500 pixels wide")
# Positions that fill a telephone's screen.
WHOLE_SCREEN: Mapping[str, frozenset[str]] = {
    "facebook": frozenset({"story", "facebook_reels"}),
    "instagram": frozenset({"story", "reels", "profile_reels"}),
    "whatsapp": frozenset({"status"}),
}


def problems(campaign: Campaign, files: Mapping[str, Asset]) -> Iterator[tuple[Path, Problem]]:
    """What Meta refuses of the images that were found."""
    for path, name, _ in _shown(campaign):
        if name in files and files[name].size > LARGEST:
            detail = f"`{name}` has {files[name].size:,} bytes, Meta takes {LARGEST:,}"
            yield path, Problem("an image too large for Meta", detail, "save it smaller")


def warnings(campaign: Campaign, files: Mapping[str, Asset]) -> Iterator[tuple[Path, Problem]]:
    """Images that Meta would crop or shrink where they are shown."""
    for path, name, frame in _shown(campaign):
        image = files.get(name)
        if image is not None and not frame.shows_whole(image):
            detail = f"`{name}` is {image.width}x{image.height}; {frame.where} shows {frame.written}"
            yield path, Problem("An image that Meta crops", detail, "cut it to that shape yourself")


def _shown(campaign: Campaign) -> Iterator[tuple[Path, str, Frame]]:
    """Every image that Meta shows, its place in the file, and the frame it is shown in."""
    if "meta" not in campaign.platforms or skips(campaign, "meta"):
        return
    for i, ad_set in enumerate(campaign.ad_sets):
        for j, ad in enumerate(ad_set.ads):
            if not skips(ad_set, "meta") and not skips(ad, "meta"):
                for path, name, frame in _of(ad_set, ad):
                    yield ("ad_sets", i, "ads", j, "creative", *path), name, frame


def _of(ad_set: AdSet, ad: Ad) -> Iterator[tuple[Path, str, Frame]]:
    """A thumbnail is of its film's shape, which nobody looks into."""
    for index, card in enumerate(ad.creative.cards):
        yield ("cards", index, "image"), card.image, CARD
    if ad.creative.image:
        yield ("image",), ad.creative.image, UPRIGHT if _fills_screens(ad_set) else FEED


def _fills_screens(ad_set: AdSet) -> bool:
    """Whether it is shown nowhere else than in stories and reels."""
    chosen: Any = ad_set.meta.placements if ad_set.meta else None
    if chosen is None:
        return False
    named = {name: set(getattr(chosen, name)) for name in type(chosen).model_fields if name != "platforms"}
    if any(not named.get(platform) for platform in chosen.platforms):
        return False  # all positions of a platform are feeds too
    said = {name: positions for name, positions in named.items() if positions}
    return bool(said) and all(
        positions <= WHOLE_SCREEN.get(name, frozenset()) for name, positions in said.items()
    )
