"""Rules of assets and of the roles they are linked in, each with the platform's own code."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.contract.brand import png

PROMOTION = {"promotion_target": "Servis", "language_code": "tr", "percent_off": 200_000}
OFFER = {
    "header": "Çorba",
    "description": "Kişi başı",
    "final_url": "https://lezzet.example/menu",
    "price": {"amount_micros": 90_000_000, "currency_code": "TRY"},
}


def offers(*changes: dict[str, Any]) -> dict[str, Any]:
    made = [{**OFFER, "header": f"{index}. yemek", **change} for index, change in enumerate(changes)]
    return {"type_": "SERVICES", "language_code": "tr", "price_offerings": made}


@pytest.mark.parametrize(
    ("content", "code", "path"),
    [
        ({"call_asset": {"country_code": "TUR", "phone_number": "0212 123 45 67"}},
         "asset_error.CALL_INVALID_COUNTRY_CODE", "call_asset.country_code"),
        ({"call_asset": {"country_code": "TR", "phone_number": "ara beni"}},
         "asset_error.CALL_INVALID_PHONE_NUMBER", "call_asset.phone_number"),
        ({"call_asset": {"country_code": "TR"}}, "field_error.REQUIRED", "call_asset.phone_number"),
        ({"price_asset": offers({}, {})}, "collection_size_error.TOO_FEW", "price_asset.price_offerings"),
        ({"price_asset": offers({}, {}, {"header": "Kişi başı"})},
         "asset_error.PRICE_HEADER_SAME_AS_DESCRIPTION", "price_asset.price_offerings.header"),
        ({"price_asset": offers({}, {}, {"description": "a" * 26})},
         "string_length_error.TOO_LONG", "price_asset.price_offerings.description"),
        ({"price_asset": offers({}, {}, {"final_url": ""})},
         "field_error.REQUIRED", "price_asset.price_offerings.final_url"),
        ({"promotion_asset": {"promotion_target": "Servis", "language_code": "tr"}},
         "field_error.REQUIRED", "promotion_asset.discount_type"),
        ({"promotion_asset": {**PROMOTION, "promotion_target": "a" * 21}},
         "string_length_error.TOO_LONG", "promotion_asset.promotion_target"),
        ({"structured_snippet_asset": {"header": "Types", "values": ["Pide", "Kebap"]}},
         "collection_size_error.TOO_FEW", "structured_snippet_asset.values"),
        ({"image_asset": {"data": b"kein Bild"}, "name": "kutu"},
         "image_error.INVALID_IMAGE", "image_asset.data"),
        ({"image_asset": {"data": png(9, 300, 300)}}, "asset_error.NAME_REQUIRED_FOR_ASSET_TYPE", "name"),
    ],
)  # fmt: skip
def test_what_an_asset_may_say(ads: Any, content: dict[str, Any], code: str, path: str) -> None:
    refused = ads.refused(lambda: ads.create("assets", **content))
    assert refused == [(code, f"operations.create.{path}")]


def test_an_image_knows_its_size_and_is_kept_once_under_its_first_name(ads: Any) -> None:
    first = ads.create("assets", name="kutu", image_asset={"data": png(9, 300, 300)})
    assert ads.create("assets", name="baska", image_asset={"data": png(9, 300, 300)}) == first
    assert ads.create("assets", name="baska", image_asset={"data": png(8, 300, 300)}) != first
    columns = "asset.name, asset.image_asset.full_size.width_pixels, asset.image_asset.mime_type"
    kept = ads.query(f"SELECT {columns} FROM asset")[0].asset
    assert (kept.name, kept.image_asset.full_size.width_pixels) == ("kutu", 300)
    assert kept.image_asset.mime_type.name == "IMAGE_PNG"


@pytest.mark.parametrize(("width", "height"), [(299, 299), (600, 400), (300, 157)])
def test_an_image_is_linked_only_in_a_shape_that_its_role_takes(ads: Any, width: int, height: int) -> None:
    campaign, _, _ = ads.tree()
    asset = ads.create("assets", name="kutu", image_asset={"data": png(9, width, height)})
    link = {"campaign": campaign, "asset": asset, "field_type": "AD_IMAGE"}
    refused = ads.refused(lambda: ads.create("campaign_assets", **link))
    code = "asset_link_error.IMAGE_NOT_WITHIN_SPECIFIED_DIMENSION_RANGE"
    assert refused == [(code, "operations.create.asset")]


def test_an_image_is_shown_at_the_address_that_is_told(ads: Any) -> None:
    picture = png(9, 300, 300)
    made = ads.create("assets", name="kutu", image_asset={"data": picture})
    texts = ads.create("assets", text_asset={"text": "Sıcak gelir"})
    query = f"SELECT asset.image_asset.full_size.url FROM asset WHERE asset.resource_name = '{made}'"
    (row,) = ads.query(query)
    url = row.asset.image_asset.full_size.url
    with urlopen(url, timeout=10) as answer:
        assert answer.read() == picture
    with pytest.raises(HTTPError, match="404"):
        urlopen(url.replace(made.rpartition("/")[2], texts.rpartition("/")[2]), timeout=10)
