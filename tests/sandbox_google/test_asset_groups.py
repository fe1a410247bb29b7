"""Rules of asset groups and of responsive display ads, each with the platform's own code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.brand import png
from tests.sandbox_google.conftest import CUSTOMER, ROOT

TEXTS = {
    "HEADLINE": ["Bir", "İki", "Üç"],
    "LONG_HEADLINE": ["Uzun başlık"],
    "DESCRIPTION": ["Kısa", "Ötekisi"],
    "BUSINESS_NAME": ["Lezzet"],
}
IMAGES = {"MARKETING_IMAGE": (600, 314), "SQUARE_MARKETING_IMAGE": (300, 300), "LOGO": (128, 128)}
GROUP = f"{ROOT}/assetGroups/-1"


def pmax(ads: Any, **fields: Any) -> str:
    given = {
        "advertising_channel_type": "PERFORMANCE_MAX",
        "manual_cpc": None,
        "maximize_conversions": {},
        "brand_guidelines_enabled": False,
    }
    return str(ads.campaign(**(given | fields)))


def links(ads: Any, **changed: list[str]) -> list[dict[str, Any]]:
    """Operations that link everything a group needs; `changed` replaces the texts of a role."""
    made = []
    for role, texts in (TEXTS | changed).items():
        for text in texts:
            made.append((role, ads.create("assets", text_asset={"text": text})))
    for role, (width, height) in IMAGES.items():
        if role not in changed:
            data = png(9, width, height)
            made.append((role, ads.create("assets", name=role, image_asset={"data": data})))
    return [
        {
            "asset_group_asset_operation": {
                "create": {"asset_group": GROUP, "asset": asset, "field_type": role}
            }
        }
        for role, asset in made
    ]


def group(ads: Any, campaign: str, operations: list[dict[str, Any]], **fields: Any) -> Any:
    body = {"resource_name": GROUP, "campaign": campaign, "name": "grup",
            "final_urls": ["https://lezzet.example/"], **fields}  # fmt: skip
    request = {"asset_group_operation": {"create": {k: v for k, v in body.items() if v is not None}}}
    return ads.service("GoogleAdsService").mutate(
        request={"customer_id": CUSTOMER, "mutate_operations": [request, *operations]}
    )


def codes(ads: Any, act: Any) -> list[str]:
    return [code for code, _ in ads.refused(act)]


def test_a_group_is_made_with_all_that_it_needs_in_one_request(ads: Any) -> None:
    group(ads, pmax(ads), links(ads))
    rows = ads.query("SELECT asset_group_asset.field_type, asset_group.name FROM asset_group_asset")
    assert len(rows) == 10
    assert {row.asset_group.name for row in rows} == {"grup"}


@pytest.mark.parametrize(
    ("role", "left", "code"),
    [
        ("HEADLINE", ["Bir", "İki"], "NOT_ENOUGH_HEADLINE_ASSET"),
        ("LONG_HEADLINE", [], "NOT_ENOUGH_LONG_HEADLINE_ASSET"),
        ("DESCRIPTION", ["Kısa"], "NOT_ENOUGH_DESCRIPTION_ASSET"),
        ("BUSINESS_NAME", [], "NOT_ENOUGH_BUSINESS_NAME_ASSET"),
        ("MARKETING_IMAGE", [], "NOT_ENOUGH_MARKETING_IMAGE_ASSET"),
        ("SQUARE_MARKETING_IMAGE", [], "NOT_ENOUGH_SQUARE_MARKETING_IMAGE_ASSET"),
        ("LOGO", [], "NOT_ENOUGH_LOGO_ASSET"),
        ("DESCRIPTION", ["a" * 61, "b" * 61], "SHORT_DESCRIPTION_REQUIRED"),
    ],
)
def test_a_group_that_lacks_something_is_refused_and_nothing_stays(
    ads: Any, role: str, left: list[str], code: str
) -> None:
    campaign, operations = pmax(ads), links(ads, **{role: left})
    assert codes(ads, lambda: group(ads, campaign, operations)) == [f"asset_group_error.{code}"]
    assert ads.query("SELECT asset_group.id FROM asset_group") == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"final_urls": None}, "asset_group_error.FINAL_URL_REQUIRED"),
        ({"path2": "menu"}, "asset_group_error.PATH1_REQUIRED_WHEN_PATH2_IS_SET"),
        ({"name": None}, "field_error.REQUIRED"),
    ],
)
def test_what_a_group_says_of_itself(ads: Any, fields: dict[str, Any], code: str) -> None:
    campaign, operations = pmax(ads), links(ads)
    assert codes(ads, lambda: group(ads, campaign, operations, **fields))[0] == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"HEADLINE": ["a" * 31, "b", "c"]}, "string_length_error.TOO_LONG"),
        ({"BUSINESS_NAME": ["a", "b"]}, "resource_count_limit_exceeded_error.RESOURCE_LIMIT"),
        ({"HEADLINE": [f"n{n}" for n in range(16)]}, "resource_count_limit_exceeded_error.RESOURCE_LIMIT"),
    ],
)
def test_how_many_assets_and_how_long(ads: Any, changed: dict[str, list[str]], code: str) -> None:
    campaign, operations = pmax(ads), links(ads, **changed)
    assert codes(ads, lambda: group(ads, campaign, operations))[0] == code


def test_groups_are_of_performance_max_alone_and_ad_groups_are_not(ads: Any) -> None:
    search, operations = ads.campaign(), links(ads)
    refused = codes(ads, lambda: group(ads, search, operations))
    assert refused[0] == "asset_group_error.CANNOT_ADD_ASSET_GROUP_FOR_CAMPAIGN_TYPE"
    other = pmax(ads, name="baska")
    assert codes(ads, lambda: ads.ad_group(other)) == ["ad_group_error.CANNOT_ADD_AD_GROUP_FOR_CAMPAIGN_TYPE"]
    assert codes(ads, lambda: pmax(ads, name="c", maximize_conversions=None, manual_cpc={})) == [
        "bidding_error.INVALID_BIDDING_STRATEGY_TYPE"
    ]


def test_with_brand_guidelines_name_and_logo_are_the_campaigns(ads: Any) -> None:
    campaign, operations = pmax(ads, brand_guidelines_enabled=True), links(ads)
    refused = codes(ads, lambda: group(ads, campaign, operations))
    assert set(refused) == {
        "asset_link_error.BRAND_ASSETS_NOT_LINKED_AT_CAMPAIGN_LEVEL",
        "campaign_error.REQUIRED_BUSINESS_NAME_ASSET_NOT_LINKED",
        "campaign_error.REQUIRED_LOGO_ASSET_NOT_LINKED",
    }


def test_a_group_keeps_what_it_needs_when_links_go(ads: Any) -> None:
    group(ads, pmax(ads), links(ads))
    where = "WHERE asset_group_asset.field_type = 'LOGO'"
    found = ads.query(f"SELECT asset_group_asset.resource_name FROM asset_group_asset {where}")
    name = found[0].asset_group_asset.resource_name
    refused = codes(ads, lambda: ads.mutate("asset_group_assets", {"remove": name}))
    assert refused == ["asset_group_error.NOT_ENOUGH_LOGO_ASSET"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bir iki üç dört beş altı yedi sekiz dokuz on onbir", "asset_group_signal_error.TOO_MANY_WORDS"),
        ("a" * 81, "string_length_error.TOO_LONG"),
        ("", "field_error.REQUIRED"),
    ],
)
def test_a_search_theme_is_short(ads: Any, text: str, code: str) -> None:
    group(ads, pmax(ads), links(ads))
    name = ads.query("SELECT asset_group.id FROM asset_group")[0].asset_group.resource_name
    signal = {"asset_group": name, "search_theme": {"text": text}}
    assert codes(ads, lambda: ads.create("asset_group_signals", **signal)) == [code]


def display_ad(ads: Any, **changed: Any) -> dict[str, Any]:
    wide = ads.create("assets", name="w", image_asset={"data": png(9, 600, 314)})
    square = ads.create("assets", name="s", image_asset={"data": png(9, 300, 300)})
    info = {
        "headlines": [{"text": "Sıcak gelir"}],
        "long_headline": {"text": "Ustanın elinden"},
        "descriptions": [{"text": "Kapında"}],
        "business_name": "Lezzet",
        "marketing_images": [{"asset": wide}],
        "square_marketing_images": [{"asset": square}],
    }
    given = {k: v(wide, square) if callable(v) else v for k, v in (info | changed).items()}
    return {"final_urls": ["https://lezzet.example/"], "responsive_display_ad": given}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"headlines": []}, "collection_size_error.TOO_FEW"),
        ({"headlines": [{"text": f"n{n}"} for n in range(6)]}, "collection_size_error.TOO_MANY"),
        ({"headlines": [{"text": "a" * 31}]}, "string_length_error.TOO_LONG"),
        ({"long_headline": {}}, "field_error.REQUIRED"),
        ({"business_name": "a" * 26}, "string_length_error.TOO_LONG"),
        ({"square_marketing_images": []}, "collection_size_error.TOO_FEW"),
        (
            {"marketing_images": lambda wide, square: [{"asset": square}]},
            "image_error.ASPECT_RATIO_NOT_ALLOWED",
        ),
    ],
)
def test_what_a_responsive_display_ad_needs(ads: Any, changed: dict[str, Any], code: str) -> None:
    team = ads.ad_group(ads.campaign(advertising_channel_type="DISPLAY"))
    content = display_ad(ads, **changed)
    assert codes(ads, lambda: ads.ad(team, ad=content)) == [code]


def test_a_display_ad_fits_display_alone(ads: Any) -> None:
    content = display_ad(ads)
    search = ads.ad_group(ads.campaign())
    assert codes(ads, lambda: ads.ad(search, ad=content)) == ["ad_error.INVALID_AD_TYPE"]
    assert ads.ad(ads.ad_group(ads.campaign(name="d", advertising_channel_type="DISPLAY")), ad=content)
