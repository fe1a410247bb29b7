"""ISO codes and Google's constants, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.google import places


def constant(name: str, kind: str = "Province", country: str = "TR", number: int = 21354) -> dict[str, Any]:
    return {
        "resource_name": f"geoTargetConstants/{number}",
        "name": name,
        "country_code": country,
        "target_type": kind,
    }


def test_turkey_has_81_provinces_by_plate_number() -> None:
    assert len(places.PROVINCES) == 81
    assert (places.PROVINCES["TR-06"], places.PROVINCES["TR-34"], places.PROVINCES["TR-81"]) == (
        "Ankara",
        "Istanbul",
        "Duzce",
    )


@given(st.sampled_from(sorted(places.PROVINCES)))
def test_a_province_found_by_name_is_the_province_that_was_meant(code: str) -> None:
    assert places.by_code([constant(places.PROVINCES[code])]) == {code: "geoTargetConstants/21354"}


@pytest.mark.parametrize("name", ["İstanbul", "Istanbul", "Istanbul Province"])
def test_a_province_is_recognised_in_every_spelling(name: str) -> None:
    assert places.code_of(constant(name)) == "TR-34"


@pytest.mark.parametrize(
    "other",
    [constant("Istanbul", "City"), constant("Istanbul", country="BG"), constant("Greater London")],
)
def test_what_has_no_code_shows_under_its_own_name(other: dict[str, Any]) -> None:
    assert places.code_of(other) == other["resource_name"]
    assert places.by_code([other]) == {}


def test_a_country_is_its_own_code() -> None:
    assert places.code_of(constant("Turkey", "Country")) == "TR"
    assert places.known("DE")
    assert not places.known("DE-BY")
    assert not places.known("TR-82")


def test_languages_go_by_their_iso_code() -> None:
    rows = [{"resource_name": "languageConstants/1037", "code": "tr"}, {"resource_name": "x"}]
    assert places.languages(rows) == {"tr": "languageConstants/1037"}
