"""Customizers of ads through the SDK: attributes, values at four levels, and texts that name them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_google.conftest import rsa


def attribute(ads: Any, name: str = "indirim", kind: str = "PERCENT") -> str:
    return str(ads.create("customizer_attributes", name=name, type_=kind))


def value(text: str = "20%", kind: str = "PERCENT") -> dict[str, str]:
    return {"type_": kind, "string_value": text}


def said(text: str) -> dict[str, Any]:
    ad = rsa()
    ad["responsive_search_ad"]["headlines"].append({"text": text})
    return ad


def test_values_hang_at_four_levels_and_are_read_with_their_attribute(ads: Any) -> None:
    campaign, group, _ = ads.tree()
    of, keyword = attribute(ads), ads.keyword(group, "indirim")
    made = {
        "customer": ads.create("customer_customizers", customizer_attribute=of, value=value("5%")),
        "campaign": ads.create("campaign_customizers", customizer_attribute=of, value=value("10%"),
                               campaign=campaign),
        "ad_group": ads.create("ad_group_customizers", customizer_attribute=of, value=value("15%"),
                               ad_group=group),
        "ad_group_criterion": ads.create("ad_group_criterion_customizers", customizer_attribute=of,
                                         value=value("20%"), ad_group_criterion=keyword),
    }  # fmt: skip
    assert made["ad_group_criterion"].split("/")[-1] == "~".join((keyword.split("/")[-1], of.split("/")[-1]))
    told = {}
    for level in made:
        kind = f"{level}_customizer"
        query = f"SELECT {kind}.value.string_value, customizer_attribute.name, {kind}.status FROM {kind}"
        (row,) = ads.query(query)
        assert (row.customizer_attribute.name, getattr(row, kind).status.name) == ("indirim", "ENABLED")
        told[level] = getattr(row, kind).value.string_value
    assert told == {"customer": "5%", "campaign": "10%", "ad_group": "15%", "ad_group_criterion": "20%"}


def test_a_value_is_changed_by_removing_and_making_it(ads: Any) -> None:
    of = attribute(ads)
    made = ads.create("customer_customizers", customizer_attribute=of, value=value())
    again = ads.refused(lambda: ads.create("customer_customizers", customizer_attribute=of, value=value()))
    assert again[0][0] == "mutate_error.RESOURCE_ALREADY_EXISTS"
    ads.mutate("customer_customizers", {"remove": made})
    assert ads.create("customer_customizers", customizer_attribute=of, value=value("30%")) == made


def test_an_ad_names_an_attribute_and_counts_with_its_default(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    attribute(ads, "cok-uzun-bir-ozellik-adi", "TEXT")
    assert ads.ad(group, ad=said("{CUSTOMIZER.Cok-Uzun-Bir-Ozellik-Adi:Sıcak gelir bugün}"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{CUSTOMIZER.yok:20%}", "INVALID_CUSTOMIZER_ATTRIBUTE_NAME"),
        ("{CUSTOMIZER.indirim:20%", "UNPAIRED_BRACE_IN_AD_CUSTOMIZER_TAG"),
        ("{CUSTOMIZER:indirim}", "INVALID_AD_CUSTOMIZER_FORMAT"),
    ],
)
def test_a_text_names_customizers_whole_and_those_that_are_there(ads: Any, text: str, code: str) -> None:
    group = ads.ad_group(ads.campaign())
    attribute(ads)
    found = ads.refused(lambda: ads.ad(group, ad=said(text)))
    assert found[0][0] == f"ad_error.{code}"
    assert found[0][1].endswith("responsive_search_ad.headlines.text")


def test_a_removed_attribute_is_named_by_nobody_and_its_name_is_free(ads: Any) -> None:
    of, group = attribute(ads), ads.ad_group(ads.campaign())
    twice = ads.refused(lambda: attribute(ads, "INDIRIM"))
    assert twice[0][0] == "customizer_attribute_error.DUPLICATE_CUSTOMIZER_ATTRIBUTE_NAME"
    ads.mutate("customizer_attributes", {"remove": of})
    gone = ads.refused(lambda: ads.ad(group, ad=said("{CUSTOMIZER.indirim:20%}")))
    assert gone[0][0] == "ad_error.INVALID_CUSTOMIZER_ATTRIBUTE_NAME"
    late = ads.refused(lambda: ads.create("customer_customizers", customizer_attribute=of, value=value()))
    assert late[0][0] == "context_error.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE"
    assert attribute(ads) != of


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (value("20", "NUMBER"), "field_error.INVALID_VALUE"),
        (value("yirmi"), "string_format_error.INVALID_FORMAT"),
    ],
)
def test_a_value_is_of_its_attributes_type_and_form(ads: Any, given: dict[str, str], code: str) -> None:
    of = attribute(ads)
    refused = ads.refused(lambda: ads.create("customer_customizers", customizer_attribute=of, value=given))
    assert refused[0][0] == code


@pytest.mark.parametrize(
    ("kind", "text"), [("PRICE", "100.0€"), ("PRICE", "₺1.250,50"), ("NUMBER", "12"), ("TEXT", "Kadıköy")]
)
def test_values_of_every_type_are_taken(ads: Any, kind: str, text: str) -> None:
    of = attribute(ads, "o", kind)
    assert ads.create("customer_customizers", customizer_attribute=of, value=value(text, kind))


def test_a_customizer_of_a_criterion_is_a_keywords(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    age = ads.create("ad_group_criteria", ad_group=group, age_range={"type_": "AGE_RANGE_18_24"})
    fields = {"customizer_attribute": attribute(ads), "value": value(), "ad_group_criterion": age}
    refused = ads.refused(lambda: ads.create("ad_group_criterion_customizers", **fields))
    assert refused[0] == ("field_error.INVALID_VALUE", "operations.create.ad_group_criterion")


def test_an_attribute_has_a_type_and_an_account_forty_of_them(ads: Any) -> None:
    untyped = ads.refused(lambda: ads.create("customizer_attributes", name="x"))
    assert untyped[0] == ("field_error.REQUIRED", "operations.create.type")
    names = [{"create": {"name": f"o{number}", "type_": "TEXT"}} for number in range(40)]
    ads.mutate("customizer_attributes", *names)
    assert ads.refused(lambda: attribute(ads, "o41"))[0][0] == (
        "resource_count_limit_exceeded_error.ACCOUNT_LIMIT"
    )
