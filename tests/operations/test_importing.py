"""A live account becomes YAML that would plan nothing where it is owned; what has no word is listed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.importing import survey, write
from schemas.compose import read
from schemas.errors import KampanyaError
from schemas.tree import plain
from tests.contract.brand import on_memory
from tests.operations.sites import Bench

AD = {"headlines": ("Sıcak gelir",), "texts": (), "descriptions": (), "image": None, "video": None,
      "call_to_action": None, "url": "https://lezzet.example/", "utm": {}, "display_path": (), "page": None,
      "options": {}}  # fmt: skip


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    made.launch()
    yield made
    made.journal.close()


def people(**more: Any) -> dict[str, Any]:
    nobody = {"locations": ("TR-34",), "languages": (), "age": None, "genders": (), "interests": ()}
    return {**nobody, "options": {}, "include": (), "exclude": (), **more}


def put(brand: Bench, kind: str, **fields: Any) -> str:
    """A stranger's object."""
    return brand.far_side.insert(kind, "", fields)


def stranger(brand: Bench) -> str:
    """A campaign of somebody else, with two ad sets."""
    top = put(
        brand, "campaign", name="Yaz İndirimi", objective="traffic", status="ACTIVE", start="2026-12-01",
        end=None, bid=None, ad_set_budgets=True, options={},
    )  # fmt: skip
    for name, budget in (("Kadıköy", 50_000), ("Beşiktaş", 70_050)):
        ad_set = put(
            brand, "ad_set", campaign=top, name=name, status="PAUSED", optimize_for="link_clicks",
            conversion=None, bid=None, audience=people(), start="2026-12-01", end=None, daily_budget=budget,
            options={},
        )  # fmt: skip
        creative = put(brand, "creative", **AD)
        put(brand, "ad", ad_set=ad_set, creative=creative, name="ilk", status="ACTIVE", options={})
    return top


def imported(brand: Bench) -> Any:
    return survey(brand.site, brand.journal, "meta")


def tree(text: str, folder: Path) -> Any:
    path = folder / "read.yaml"
    path.write_text(text, encoding="utf-8")
    found = read(path, [])
    assert found is not None
    return plain(found)


def test_a_strangers_campaign_becomes_yaml_with_what_is_shared_said_once(
    brand: Bench, tmp_path: Path
) -> None:
    stranger(brand)
    found = imported(brand)
    assert list(found.files) == ["yaz-indirimi.yaml"]
    told = tree(found.files["yaz-indirimi.yaml"], tmp_path)
    assert told["campaign"] == "yaz-indirimi"
    assert told["name"] == "Yaz İndirimi"
    assert told["audience"] == {"locations": ["TR-34"]}
    assert told["optimize_for"] == "link_clicks"
    assert [(each["ad_set"], each["budget"], each["status"]) for each in told["ad_sets"]] == [
        ("kadikoy", {"daily": "500 TRY"}, "paused"),
        ("besiktas", {"daily": "700.5 TRY"}, "paused"),
    ]
    assert all("audience" not in each and "flight" not in each for each in told["ad_sets"])


def test_names_that_the_brands_pattern_makes_become_keys_and_terms(brand: Bench, tmp_path: Path) -> None:
    naming = """naming:
  campaign: "{market}_{campaign}_{objective}_{year}{month}"
  ad_set: "{campaign} {ad_set}"
  terms: {market: [tr, de]}
"""
    (brand.root / "campaigns" / "yil-sonu.yaml").unlink()
    path = brand.root / "kampanya.yaml"
    path.write_text(path.read_text(encoding="utf-8") + naming, encoding="utf-8")
    top = stranger(brand)
    brand.far_side.records[top].fields["name"] = "de_yaz-indirimi_traffic_202612"
    for each in brand.far_side.records.values():
        if each.kind == "ad_set" and each.fields["name"] == "Kadıköy":
            each.fields["name"] = "yaz-indirimi kadikoy"
    found = imported(brand)
    assert list(found.files) == ["yaz-indirimi.yaml"]
    said = tree(found.files["yaz-indirimi.yaml"], tmp_path)
    assert (said["terms"], "name" in said) == ({"market": "de"}, False)
    assert [(each["ad_set"], each.get("name")) for each in said["ad_sets"]] == [
        ("kadikoy", None),
        ("besiktas", "Beşiktaş"),
    ]
    assert not any("name" in each.what for each in found.lost)


def test_nothing_is_changed_and_nothing_owned(brand: Bench) -> None:
    stranger(brand)
    before = copy.deepcopy(brand.far_side.records), brand.journal.objects(), brand.journal.intents()
    imported(brand)
    assert (brand.far_side.records, brand.journal.objects(), brand.journal.intents()) == before
    assert brand.plan().changes == ()


def test_what_is_ours_is_not_imported(brand: Bench) -> None:
    assert imported(brand).files == {}


def test_tracking_that_the_naming_would_not_give_is_said_of_the_ad(brand: Bench, tmp_path: Path) -> None:
    stranger(brand)
    found = imported(brand)
    assert {each.what for each in found.lost} == {"creative"}, "two creatives alike: one is said"
    said = tree(found.files["yaz-indirimi.yaml"], tmp_path)
    assert [ad["creative"]["utm"] for each in said["ad_sets"] for ad in each["ads"]] == [{}, {}]


def test_a_field_that_comes_out_otherwise_is_listed_in_the_file_too(brand: Bench, tmp_path: Path) -> None:
    brand.far_side.records[stranger(brand)].fields["ad_set_budgets"] = False
    found = imported(brand)
    told = tree(found.files["yaz-indirimi.yaml"], tmp_path)
    assert "ignore_changes" not in told, "no word of the language, so nothing that could be ignored"
    assert any("Yaz İndirimi" in each.subject and each.what == "ad_set_budgets" for each in found.lost)
    assert "# Not said: meta campaign" in found.files["yaz-indirimi.yaml"]


def test_what_cannot_be_said_is_listed_and_left_to_the_platform(brand: Bench, tmp_path: Path) -> None:
    top = stranger(brand)
    brand.far_side.records[top].fields["objective"] = "what nobody declares"
    found = imported(brand)
    assert found.files == {}
    assert any(top in each.subject and "what nobody declares" in each.why for each in found.lost)


def test_the_files_stand_where_no_plan_reads_them_and_over_no_other(brand: Bench) -> None:
    stranger(brand)
    found = imported(brand)
    with pytest.raises(KampanyaError, match="must stand apart"):
        write(found, brand.root / "campaigns" / "new", brand.site)
    (path,) = write(found, brand.root / "imported" / "meta", brand.site)
    assert "In campaigns/ a plan would build all of it a second time" in path.read_text(encoding="utf-8")
    assert brand.plan().changes == ()
    with pytest.raises(KampanyaError, match="overwritten"):
        write(found, brand.root / "imported" / "meta", brand.site)
