"""What one Google block alone cannot know: names of the brand, and settings that exclude each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from schemas.campaign import Campaign
from schemas.errors import Problem
from schemas.expand import nearest

Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, Problem]]


def google_problems(campaign: Campaign, brand: Any, audiences: Collection[str]) -> Found:
    """Paths in the campaign and what is wrong there; `brand` is None where it could not be read."""
    if campaign.google and brand is not None:
        known = brand.google.negative_lists if brand.google else {}
        for index, name in enumerate(campaign.google.negative_lists):
            if name not in known:
                fix = nearest(name, list(known), "declare it in kampanya.yaml under google.negative_lists")
                yield (
                    ("google", "negative_lists", index),
                    Problem("an unknown negative list", f"found `{name}`", fix),
                )
    for index, ad_set in enumerate(campaign.ad_sets):
        place = ("ad_sets", index, "google", "observe")
        for position, key in enumerate(ad_set.google.observe if ad_set.google else ()):
            if key not in audiences:
                fix = nearest(key, list(audiences), "declare it in audiences/")
                yield (*place, position), Problem("an unknown audience", f"found `{key}`", fix)
        if ad_set.google and ad_set.google.observe and ad_set.audience and ad_set.audience.include:
            aims = ", ".join(ad_set.audience.include)
            detail = f"`{ad_set.ad_set}` is aimed at {aims}; Google does one or the other"
            fix = "take these out of `include`, or leave `observe` out"
            yield place, Problem("audiences that are aimed at and observed", detail, fix)
