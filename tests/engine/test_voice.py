"""The brand's forbidden words hold wherever people write words that are shown."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from engine import voice
from schemas.brand import GuardRails
from schemas.campaign import Campaign

RAILS = GuardRails.model_validate({"forbidden_words": ["en ucuz"]})
LINK = {"text": "En ucuz menü", "url": "https://lezzet.example/en-ucuz"}
AD = {"ad": "a", "creative": {"headlines": ["Sıcak gelir"], "url": "https://lezzet.example/"}}


def declared(**more: Any) -> Campaign:
    tree = {
        "campaign": "kis",
        "objective": "sales",
        "platforms": ["google"],
        "flight": {"start": "2026-12-01"},
        "ad_sets": [{"ad_set": "eve", "ads": [AD]}],
    }
    return TypeAdapter(Campaign).validate_python(tree | more)


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"google": {"assets": {"sitelinks": [LINK]}}}, ("google", "assets", "sitelinks", 0, "text")),
        ({"google": {"assets": {"callouts": ["Yeni", "En Ucuz"]}}}, ("google", "assets", "callouts", 1)),
        (
            {"ad_sets": [{"ad_set": "eve", "ads": [{**AD, "google": {"headlines": ["EN UCUZ"]}}]}]},
            ("ad_sets", 0, "ads", 0, "google", "headlines", 0),
        ),
    ],
)
def test_a_forbidden_word_in_a_platforms_own_block_is_found_where_it_stands(
    more: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    places: list[tuple[str | int, ...]] = []
    found = voice.check([declared(**more)], RAILS, lambda *at: places.append(at))
    assert [each.summary for each in found] == ["A word that the brand forbids"]
    assert places == [("campaign", "kis", *path)]
    assert voice.check([declared()], RAILS, lambda *at: None) == []
