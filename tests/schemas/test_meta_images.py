"""Images are held to the frames that Meta shows them in, by their size on disk and in pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas import meta_images
from schemas.campaign import Campaign
from schemas.workspace import Asset

STORIES = {"placements": {"instagram": ["story", "reels"]}}
EVERYWHERE_THERE = {"placements": {"platforms": ["facebook"], "instagram": ["story"]}}


def campaign(creative: dict[str, Any], meta: dict[str, Any] | None = None, **more: Any) -> Campaign:
    ad_set = {"ad_set": "bir", "budget": {"daily": "600 TRY"}, **({"meta": meta} if meta else {})}
    ad = {"ad": "ilk", "creative": {"headlines": ["Bir"], "url": "https://lezzet.example/", **creative}}
    top = {
        "campaign": "yaz",
        "objective": "traffic",
        "platforms": ["meta"],
        "flight": {"start": "2026-12-01"},
    }
    return Campaign.model_validate(top | more | {"ad_sets": [ad_set | {"ads": [ad]}]})


def image(width: int, height: int, size: int = 1000) -> dict[str, Asset]:
    return {"a.png": Asset("a.png", Path("a.png"), "0", size, width, height, "png")}


@pytest.mark.parametrize(
    ("width", "height", "meta", "whole"),
    [
        (1080, 1080, None, True),
        (1200, 628, None, True),
        (1080, 1350, None, True),
        (1080, 1920, None, False),
        (1600, 600, None, False),
        (500, 500, None, False),
        (1080, 1920, STORIES, True),
        (1080, 1080, STORIES, False),
        (1080, 1080, EVERYWHERE_THERE, True),
    ],
)
def test_a_shape_that_the_place_does_not_show_whole_is_warned_of(
    width: int, height: int, meta: dict[str, Any] | None, whole: bool
) -> None:
    found = list(meta_images.warnings(campaign({"image": "a.png"}, meta), image(width, height)))
    assert (not found) == whole
    assert all(path == ("ad_sets", 0, "ads", 0, "creative", "image") for path, _ in found)


def test_cards_are_square() -> None:
    cards = [{"headline": "Bir", "image": "a.png"}, {"headline": "İki", "image": "a.png"}]
    places = [path for path, _ in meta_images.warnings(campaign({"cards": cards}), image(1200, 628))]
    assert [path[-3:] for path in places] == [("cards", 0, "image"), ("cards", 1, "image")]
    assert not list(meta_images.warnings(campaign({"cards": cards}), image(1080, 1080)))


def test_a_file_of_more_than_thirty_megabytes_is_refused_on_meta_alone() -> None:
    heavy = image(1080, 1080, 30_000_001)
    (problem,) = [each for _, each in meta_images.problems(campaign({"image": "a.png"}), heavy)]
    assert "30,000,001" in problem.detail
    assert not list(meta_images.problems(campaign({"image": "a.png"}, platforms=["google"]), heavy))
