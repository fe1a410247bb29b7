"""Ads and ad groups of Demand Gen: what becomes of a declaration, and what is refused, with its mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.google.convert import Converter
from engine.resource import Address, Ref, Resource
from schemas.errors import InvalidDeclaration, Problem
from tests.connectors.google import neutral


def convert(resources: Sequence[Resource]) -> list[Resource]:
    return Converter(neutral.SCOPE, "TRY").convert(resources)


def one(resources: Sequence[Resource]) -> Problem:
    with pytest.raises(InvalidDeclaration) as caught:
        convert(resources)
    (found,) = caught.value.problems
    return found


def changed(kind: str, key: str, change: Any) -> list[Resource]:
    """The declaration of `neutral.demand_gen` with the fields of one resource changed."""
    return [
        replace(each, fields=change(each.fields))
        if (each.address.kind, each.address.key.rsplit("/", 1)[-1]) == (kind, key)
        else each
        for each in neutral.demand_gen()
    ]


def options(kind: str, key: str, **own: Any) -> list[Resource]:
    return changed(kind, key, lambda fields: {**fields, "options": {**fields["options"], **own}})


def made(resources: Sequence[Resource], kind: str, key: str) -> Any:
    return next(
        each.fields
        for each in convert(resources)
        if each.address.kind == kind and each.address.key.endswith(key)
    )


def test_each_ad_is_of_the_format_that_its_content_asks_for() -> None:
    ads = [each.fields for each in convert(neutral.demand_gen()) if each.address.kind == "ad"]
    assert [each["format"] for each in ads] == [
        "demand_gen_multi_asset_ad",
        "demand_gen_video_responsive_ad",
        "demand_gen_carousel_ad",
    ]


def test_the_campaign_says_no_places_and_its_ad_group_says_them() -> None:
    whole = neutral.demand_gen()
    campaign, group = made(whole, "campaign", ""), made(whole, "ad_group", "")
    assert not campaign.keys() & {"locations", "languages", "network_settings", "type"}
    assert campaign["upgraded_targeting"] is True
    assert (group["locations"], group["audience_grouped"]) == (["TR-34"], True)
    assert isinstance(group["people"], Ref)


def test_cards_stand_in_their_order_and_each_is_made_of_its_picture() -> None:
    found = convert(neutral.demand_gen())
    carousel = made(neutral.demand_gen(), "ad", "kartlar")
    assert [*carousel["carousel_cards"]] == ["card 01", "card 02"]
    cards = [each for each in found if each.fields.get("type") == "DEMAND_GEN_CAROUSEL_CARD"]
    there = {each.address: each.fields.get("type") for each in found}
    assert [[there[ref] for ref in each.refs] for each in cards] == [["IMAGE"], ["IMAGE"]]


@pytest.mark.parametrize(
    ("resources", "summary", "fix"),
    [
        (options("ad", "kare", logos=[]), "Demand Gen needs square logos", "logos"),
        (options("ad", "kare", logos=["genis.png"]), "Demand Gen needs square logos", "1:1"),
        (options("ad", "kare", images=[]), "A Demand Gen ad needs a wide or a square picture", "images"),
        (options("ad", "film", videos=["dQw4w9WgXcQ"] * 6), "Too many videos for a Demand Gen ad", "5"),
        (options("ad", "kare", logos=["logo.png"] * 6), "Too many logos for a Demand Gen ad", "5"),
        (options("ad", "kartlar", logos=["logo.png"] * 2), "Too many logos for a Demand Gen ad", "1"),
        (options("ad", "kare", business_name="a" * 26), "The ad does not say who speaks", "business_name"),
        (
            options("ad", "film", long_headlines=[]),
            "The number of long_headlines does not fit a Demand Gen ad",
            "1 to 5",
        ),
        (
            options("campaign", "yil-sonu", bidding={"strategy": "maximize_clicks", "max_cpc": "5 TRY"}),
            "Demand Gen takes no limit on a click",
            "target_cpa",
        ),
        (
            options("campaign", "yil-sonu", bidding={"strategy": "manual_cpc"}),
            "This channel of Google Ads cannot bid so",
            "maximize_conversions",
        ),
    ],
)
def test_what_google_would_refuse_is_refused_with_a_way_out(
    resources: list[Resource], summary: str, fix: str
) -> None:
    found = one(resources)
    assert found.summary.startswith(summary)
    assert fix in found.fix


def carded(**card: Any) -> list[Resource]:
    def change(fields: Any) -> Any:
        return {**fields, "cards": tuple({**each, **card} for each in fields["cards"][:2])}

    keys = [
        each for each in neutral.demand_gen() if each.address.kind == "creative" and "cards" in each.fields
    ]
    return changed("creative", keys[0].address.key.rsplit("/", 1)[-1], change)


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"description": "Ustanın elinden"}, "it has a description"),
        ({"headline": "a" * 41}, "card 1"),
        ({"headline": None}, "card 1"),
    ],
)
def test_a_card_that_cannot_be_shown_is_refused_by_its_number(card: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        convert(carded(**card))
    assert {each.summary for each in caught.value.problems} == {"A card that Demand Gen cannot show"}
    assert told in caught.value.problems[0].detail


def test_a_button_that_google_does_not_have_is_refused_with_those_it_has() -> None:
    keys = [
        each.address.key.rsplit("/", 1)[-1]
        for each in neutral.demand_gen()
        if each.address.kind == "creative" and "cards" not in each.fields
    ]
    resources = changed("creative", keys[0], lambda fields: {**fields, "call_to_action": "see_menu"})
    with pytest.raises(InvalidDeclaration) as caught:
        convert(resources)
    assert {each.summary for each in caught.value.problems} == {"Demand Gen has no such button"}
    assert all("learn_more" in each.fix for each in caught.value.problems)


def test_an_ad_set_without_a_place_is_refused_since_it_would_show_all_over_the_world() -> None:
    audience = {**neutral.audience(), "locations": ()}
    resources = changed("ad_set", "eve-siparis", lambda fields: {**fields, "audience": audience})
    with pytest.raises(InvalidDeclaration) as caught:
        convert(resources)
    assert "all over the world" in caught.value.problems[0].summary


def test_people_of_an_asset_group_are_a_signal_of_it() -> None:
    listed = {**neutral.audience(age=None), "include": (Ref(Address("google", "audience", "musteriler")),)}
    resources = [
        replace(each, fields={**each.fields, "audience": listed}) if each.address.kind == "ad_set" else each
        for each in [*neutral.pictured(), neutral.website()]
    ]
    found = convert(resources)
    signal = next(each for each in found if each.address.kind == "audience_signal")
    assert {each.kind for each in signal.refs} == {"asset_group", "target_audience"}
