from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import Rejected
from connectors.meta.places import Places, fold

REGIONS = [
    {"key": "3834", "name": "İstanbul Province", "type": "region", "country_code": "TR"},
    {"key": "3846", "name": "Kahramanmaraş", "type": "region", "country_code": "TR"},
    {"key": "9", "name": "İstanbul", "type": "city", "country_code": "TR"},
]
LOCALES = [
    {"key": 6, "name": "English (US)"},
    {"key": 24, "name": "English (UK)"},
    {"key": 1001, "name": "English (All)"},
    {"key": 19, "name": "Turkish"},
    {"key": 31, "name": "Portuguese (Brazil)"},
]


class Search:
    """Targeting search over the lists above; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get(self, *path: str, **params: Any) -> dict[str, Any]:
        assert path == ("search",)
        self.asked.append(params)
        if params["type"] == "adgeolocationmeta":
            [key] = params["regions"]
            if key == "79":
                raise Rejected("no such search", code="100")
            return {"data": {"regions": {each["key"]: each for each in REGIONS if each["key"] == key}}}
        if params["type"] == "adgeolocation":
            rows = [each for each in REGIONS if each["type"] in params["location_types"]]
        elif params["type"] == "adlocale":
            rows = LOCALES
        else:
            rows = [{"id": "600", "name": "Pizza"}, {"id": "601", "name": "Pizza Hut"}]
        return {"data": rows}


@pytest.fixture
def search() -> Search:
    return Search()


@pytest.fixture
def places(search: Search) -> Places:
    return Places(lambda: search)


def test_a_province_is_found_by_its_name_once(places: Places, search: Search) -> None:
    assert [places.region_key("TR-34") for _ in range(3)] == ["3834"] * 3
    assert search.asked == [
        {
            "type": "adgeolocation",
            "q": "İstanbul",
            "limit": 1000,
            "location_types": ["region"],
            "country_code": "TR",
        }
    ]


def test_a_region_reads_back_as_its_code_from_what_the_ad_set_says(places: Places, search: Search) -> None:
    assert places.region_code({"key": "3846", "name": "Kahramanmaras", "country": "TR"}) == "TR-46"
    assert search.asked == []


def test_a_region_without_a_name_is_looked_up_by_its_key(places: Places) -> None:
    assert places.region_code({"key": "3834"}) == "TR-34"


def test_a_region_nobody_knows_shows_as_its_key(places: Places) -> None:
    assert places.region_code({"key": "77", "name": "Atlantis", "country": "TR"}) == "#77"
    assert places.region_code({"key": "78"}) == "#78"
    assert places.region_code({"key": "79"}) == "#79"


@pytest.mark.parametrize("code", ["TR-35", "TR-99"])
def test_a_region_that_search_or_iso_does_not_know_is_rejected_with_its_field(
    code: str, places: Places
) -> None:
    with pytest.raises(Rejected) as caught:
        places.region_key(code)
    assert caught.value.field == "targeting.geo_locations"


def test_a_language_is_its_group_where_there_is_one(places: Places) -> None:
    assert places.locale_keys("en") == [1001]
    assert places.locale_keys("tr") == [19]
    assert places.locale_keys("pt") == [31]
    with pytest.raises(Rejected, match="knows no language ja"):
        places.locale_keys("ja")


def test_a_group_that_reads_back_as_its_members_is_still_that_language(places: Places) -> None:
    assert {places.language(key) for key in (6, 24, 1001)} == {"en"}
    assert places.language(19) == "tr"
    assert places.language(404) == "#404"


def test_an_interest_needs_its_exact_name(places: Places) -> None:
    assert places.detail("interests", "Pizza") == ("interests", "600")
    with pytest.raises(Rejected, match="“Piz” and found none; it has “Pizza”, “Pizza Hut”"):
        places.detail("interests", "Piz")
    with pytest.raises(Rejected, match="“pizza” and found none; it has “Pizza”"):
        places.detail("interests", "pizza")


def test_several_of_one_name_are_told_with_what_tells_them_apart(places: Places, search: Search) -> None:
    two = [{"id": "1", "name": "Java", "topic": "Coffee"}, {"id": "2", "name": "Java", "topic": "Computers"}]
    search.get = lambda *path, **params: {"data": two}  # type: ignore[method-assign]
    with pytest.raises(Rejected, match=r"found several; it has “Java” \(Coffee\), “Java” \(Computers\)"):
        places.detail("interests", "Java")


TWINS = [
    {"key": "71", "name": "Yeniköy", "type": "city", "country_code": "TR", "region": "İstanbul"},
    {"key": "72", "name": "Yeniköy", "type": "city", "country_code": "TR", "region": "İstanbul Province"},
    {"key": "73", "name": "Yeniköy", "type": "city", "country_code": "TR", "region": "Ankara"},
]


@pytest.fixture
def twins(search: Search) -> Places:
    """Where two cities of İstanbul have one name, and a third in another province."""
    rows = [each for each in REGIONS if each["type"] == "region"]
    search.get = lambda *path, **params: {  # type: ignore[method-assign]
        "data": TWINS if params.get("location_types") == ["city"] else rows
    }
    return Places(lambda: search)


def test_two_cities_of_one_name_in_a_region_are_both_named_and_none_is_guessed(twins: Places) -> None:
    with pytest.raises(Rejected, match=r"“Yeniköy” in TR-34 and found several: `key: 71`, `key: 72`"):
        twins.city("Yeniköy", "TR-34")
    assert twins.city("Yeniköy #72", "TR-34") == "72"
    with pytest.raises(Rejected, match="found several"):
        twins.city("Yeniköy #73", "TR-34")  # lies in another region


def test_an_ad_set_in_one_of_them_reads_back_as_that_one_and_teaches_nothing_of_the_other(
    twins: Places,
) -> None:
    row = {
        "key": "72",
        "name": "Yeniköy",
        "country": "TR",
        "region_id": "3834",
        "region": "İstanbul Province",
    }
    assert twins.city_name(row) == ("Yeniköy #72", "TR-34")
    assert twins.city_name({**row, "key": "71"}) == ("Yeniköy #71", "TR-34")
    with pytest.raises(Rejected, match="found several"):
        twins.city("Yeniköy", "TR-34")


def test_a_city_that_is_alone_needs_no_key_and_takes_none(twins: Places) -> None:
    assert twins.city("Yeniköy", "TR-06") == "73"
    with pytest.raises(Rejected, match="leave `key` out"):
        twins.city("Yeniköy #73", "TR-06")
    row = {"key": "73", "name": "Yeniköy", "country": "TR", "region_id": "8", "region": "Ankara"}
    assert twins.city_name(row) == ("Yeniköy", "TR-06")


@pytest.mark.parametrize("name", ["İstanbul", "ISTANBUL", "istanbul", "Istanbul Province", "İstanbul ili"])
def test_names_are_compared_without_case_accents_and_the_word_province(name: str) -> None:
    assert fold(name) == "istanbul"
