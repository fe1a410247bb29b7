"""What hangs under Google's campaigns, said in neutral terms; what has no word says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Account
from connectors.google import normal
from connectors.google.spoken import spoken

ACCOUNT = Account("1234567890", "TRY", "Europe/Istanbul")


def said(kind: str, **fields: Any) -> tuple[dict[str, Any], frozenset[str]]:
    found = spoken(kind, fields, ACCOUNT)
    return dict(found.fields), found.unsaid


def asset(sort: str, urls: tuple[str, ...] = (), **data: Any) -> dict[str, Any]:
    return {"type": sort, "name": "", "data": data, "final_urls": urls, "id": "1", "key": "x", "file": None}


def test_a_promotion_is_said_with_all_its_terms() -> None:
    amount = {"amount_micros": 12_500_000, "currency_code": "TRY"}
    linked = asset(
        "PROMOTION", ("https://a.example/",), promotion_target="Paket", language_code="tr",
        money_amount_off=amount, discount_modifier="UP_TO", promotion_code="YENI",
    )  # fmt: skip
    fields, unsaid = said("campaign_asset", campaign="1", asset=linked, field_type="PROMOTION")
    assert unsaid == frozenset()
    assert fields == {
        "options.assets.promotions": (
            {
                "item": "Paket", "language": "tr", "url": "https://a.example/", "amount": "12.5 TRY",
                "up_to": True, "code": "YENI",
            },
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("linked", "role"),
    [
        (asset("PROMOTION", (), promotion_target="Paket", language_code="tr"), "PROMOTION"),
        (asset("SITELINK", ("https://a.example/", "https://b.example/"), link_text="Menü"), "SITELINK"),
        (asset("IMAGE", full_size={"width_pixels": 300, "height_pixels": 300}), "AD_IMAGE"),
        (asset("CALLOUT", callout_text="Yeni"), "SITELINK"),
        ("77", "SITELINK"),
    ],
    ids=["leads nowhere", "leads to two pages", "not fetched", "in another role", "not read"],
)
def test_an_asset_without_a_word_says_nothing(linked: Any, role: str) -> None:
    fields, unsaid = said("campaign_asset", campaign="1", asset=linked, field_type=role)
    assert (fields, "asset" in unsaid) == ({}, True)


def test_a_keyword_that_is_held_is_not_said_as_one_that_runs() -> None:
    word = {"ad_group": "1", "text": "eve yemek", "match_type": "PHRASE"}
    assert said("keyword", **word, status="ENABLED")[0] == {"options.keywords.phrase": ("eve yemek",)}
    assert said("keyword", **word, status="PAUSED")[0] == {}


@pytest.mark.parametrize(
    ("suffix", "utm"),
    [
        (None, {}),
        ("utm_source=a&utm_term={keyword}", {"source": "a", "term": "{keyword}"}),
        ("kaynak=a", None),
        ("utm_source=a&x=b", None),
    ],
)
def test_a_suffix_is_tracking_where_it_is_made_of_nothing_else(suffix: str | None, utm: Any) -> None:
    fields, unsaid = said("ad", final_url_suffix=suffix)
    assert fields.get("creative.utm") == utm
    assert ("final_url_suffix" in unsaid) == (utm is None)


def test_a_list_of_the_brand_is_named_and_one_of_others_is_told_to_the_brand() -> None:
    word = ("negative_list_keyword", {"text": "bedava", "match_type": "EXACT"})
    shared = {"name": "Markalar", "key": "markalar", "below": [word]}
    use = {"options.negative_lists": ("markalar",)}
    told = {"brand.google.negative_lists.markalar": {"name": "Markalar", "exact": ("bedava",)}}
    assert said("campaign_negative_list", campaign="1", negative_list={**shared, "known": True})[0] == use
    new = said("campaign_negative_list", campaign="1", negative_list={**shared, "known": False})[0]
    assert new == use | told


def test_a_budget_that_campaigns_share_is_none_of_ours() -> None:
    row = {
        "campaign": {},
        "campaign_budget": {"period": "DAILY", "amount_micros": "1", "explicitly_shared": True},
    }
    assert normal.campaign(row, (), ())["budget_period"] == "DAILY SHARED"
    own = {**row, "campaign_budget": {"period": "DAILY", "explicitly_shared": False}}
    assert normal.campaign(own, (), ())["budget_period"] == "DAILY"
