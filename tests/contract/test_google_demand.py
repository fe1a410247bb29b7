"""Demand Gen and audience signals, walked: each state is applied, plans empty, and changes alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.states import ad, ad_set, campaign
from tests.contract.test_google_breadth import Story, channel, pictured, story

__all__ = ["pictured", "story"]
pytestmark = pytest.mark.server
Tree = Mapping[str, Any]
SHOWN = {"business_name": "Lezzet", "images": ["assets/kare.png"], "logos": ["assets/logo.png"]}
FILM = {
    "business_name": "Lezzet",
    "videos": ["dQw4w9WgXcQ"],
    "logos": ["assets/logo.png"],
    "long_headlines": ["Mevsimin sebzeleriyle ustanın elinden"],
}
TR = {"locations": ["TR-34"], "languages": ["tr"]}


def demand(*ads: Tree, audience: Tree = TR, block: Tree | None = None, **group: Any) -> Tree:
    """A Demand Gen campaign of one ad set."""
    inner = {**ad_set("eve", *ads), "optimize_for": "purchases", "google": group, "audience": audience}
    google = {"channel": "demand_gen", "bidding": {"strategy": "maximize_conversions"}, **(block or {})}
    return {**campaign("google", inner), "audience": {}, "objective": "sales", "google": google}


def shown(key: str = "kare", headline: str = "Sıcak gelir", **own: Any) -> Tree:
    return {**ad(key, headline), "google": {**SHOWN, **own}}


def film(key: str = "film", **own: Any) -> Tree:
    return {**ad(key), "google": {**FILM, **own}}


def carousel(*headlines: str, key: str = "kartlar") -> Tree:
    """An ad of cards, one for each headline, in that order."""
    cards = [{"headline": each, "image": "assets/kare.png"} for each in headlines]
    creative = {
        **ad(key)["creative"],
        "headlines": ["Sıcak gelir"],
        "texts": ["Ustanın elinden."],
        "cards": cards,
    }
    return {
        **ad(key),
        "creative": creative,
        "google": {"business_name": "Lezzet", "logos": ["assets/logo.png"]},
    }


def only(story: Story, kind: str) -> Mapping[str, Any]:
    (found,) = (each for each in story.walker.read() if each.kind == kind)
    return found.fields


def test_demand_gen_shows_pictures_and_films_in_ad_groups_that_keep_their_places(pictured: Story) -> None:
    first = pictured.step(demand(shown(), film()))
    assert first == {
        ("create", "campaign"): 1, ("create", "ad_group"): 1, ("create", "ad"): 2,
        ("create", "asset"): 5,  # two pictures, one logo for both, a film and its button
    }  # fmt: skip
    group = only(pictured, "ad_group")
    assert (group["locations"], group["languages"], group["people"]) == (["TR-34"], ["tr"], None)
    assert (group["channels"], group["optimized_targeting_enabled"]) == ("ALL_CHANNELS", False)
    assert only(pictured, "campaign")["locations"] == []
    moved = demand(shown(headline="Çok sıcak"), film(), audience={**TR, "locations": ["TR-06", "TR-35"]})
    assert pictured.step(moved) == {("update", "ad"): 1, ("update", "ad_group"): 1}
    assert only(pictured, "ad_group")["locations"] == ["TR-06", "TR-35"]
    assert pictured.step(demand(shown(headline="Çok sıcak"), audience=moved["ad_sets"][0]["audience"])) == {
        ("archive", "ad"): 1
    }


def test_a_carousel_is_made_of_cards_that_keep_their_order(pictured: Story) -> None:
    first = pictured.step(demand(carousel("Çorba", "Pide", "Tatlı")))
    assert first["create", "asset"] == 5  # a picture and a logo, then three cards of that picture
    turned = demand(carousel("Tatlı", "Çorba", "Pide"))
    assert pictured.step(turned) == {("update", "ad"): 1}
    assert pictured.step(demand(carousel("Tatlı", "Çorba", "Kebap"))) == {
        ("create", "asset"): 1, ("update", "ad"): 1,
    }  # fmt: skip


def test_an_ad_sets_people_are_one_audience_of_its_ad_group(pictured: Story) -> None:
    pictured.audiences = ["musteriler", "gezenler"]
    aimed = {**TR, "include": ["gezenler"], "exclude": ["musteriler"], "age": "25-54", "genders": ["women"]}
    first = pictured.step(demand(shown(), audience=aimed))
    assert (first["create", "audience"], first["create", "target_audience"]) == (2, 1)
    people = only(pictured, "target_audience")
    assert people["ages"] == {"min": 25, "max": 54, "unknown": True}
    assert people["genders"] == ["FEMALE", "UNDETERMINED"]
    assert (len(people["user_lists"]), len(people["excluded_user_lists"])) == (1, 1)
    wider = {**TR, "include": ["gezenler", "musteriler"], "age": "25-54", "genders": ["women"]}
    assert pictured.step(demand(shown(), audience=wider)) == {("update", "target_audience"): 1}
    # Without people of its own the ad group lets its audience go; Google keeps the audience itself.
    assert pictured.step(demand(shown())) == {("update", "ad_group"): 1}
    assert only(pictured, "ad_group")["people"] is None


def test_channels_and_targeting_of_an_ad_group_are_set_and_taken_back(pictured: Story) -> None:
    pictured.step(demand(shown(), channels=["youtube_shorts", "gmail"], optimized_targeting=True))
    group = only(pictured, "ad_group")
    assert (group["channels"], group["optimized_targeting_enabled"]) == (["youtube_shorts", "gmail"], True)
    assert pictured.step(demand(shown(), channels=["discover"])) == {("update", "ad_group"): 1}
    assert only(pictured, "ad_group")["channels"] == ["discover"]
    assert pictured.step(demand(shown())) == {("update", "ad_group"): 1}
    assert only(pictured, "ad_group")["channels"] == "ALL_CHANNELS"


def test_ad_sets_of_one_budget_may_show_in_different_places_and_leave_some_out(pictured: Story) -> None:
    one, other = (
        {**{k: v for k, v in ad_set(key, shown()).items() if k != "budget"}, "optimize_for": "purchases",
         "google": {}, "audience": {**TR, "locations": [place]}}
        for key, place in (("avrupa", "TR-34"), ("ege", "TR-35"))
    )  # fmt: skip
    block = {"channel": "demand_gen", "locations": {"exclude": ["TR-06"]}}
    both = {**campaign("google", one, other), "audience": {}, "objective": "sales", "google": block}
    first = pictured.step({**both, "budget": {"daily": "900 TRY"}})
    assert (first["create", "campaign"], first["create", "ad_group"]) == (1, 2)
    groups = [each.fields for each in pictured.walker.read() if each.kind == "ad_group"]
    assert sorted(each["locations"] for each in groups) == [["TR-34"], ["TR-35"]]  # type: ignore[type-var]
    assert all(each["excluded_locations"] == ["TR-06"] for each in groups)
    bare = {**both, "budget": {"daily": "900 TRY"}, "google": {"channel": "demand_gen"}}
    assert pictured.step(bare) == {("update", "ad_group"): 2}


def test_google_makes_nothing_of_an_ad_that_nobody_declared(pictured: Story) -> None:
    def allowed() -> set[str]:
        ads = [each.fields["asset_automation"] for each in pictured.walker.read() if each.kind == "ad"]
        settings: Any = [each for one in ads for each in one]  # type: ignore[union-attr]
        return {
            each["asset_automation_type"]
            for each in settings
            if each["asset_automation_status"] != "OPTED_OUT"
        }

    pictured.step(demand(shown(), film()))
    assert allowed() == set()
    assert pictured.step(demand(shown(), film(), block={"automation": ["videos"]})) == {("update", "ad"): 2}
    assert allowed() == {
        "GENERATE_VIDEOS_FROM_OTHER_ASSETS", "GENERATE_VERTICAL_YOUTUBE_VIDEOS",
        "GENERATE_SHORTER_YOUTUBE_VIDEOS",
    }  # fmt: skip


def test_an_audience_of_an_asset_group_is_a_signal_and_changes_with_the_declaration(pictured: Story) -> None:
    pictured.audiences = ["musteriler", "gezenler"]

    def tree(*keys: str) -> Tree:
        declared = channel("performance_max", search_themes=["eve yemek"])
        declared["ad_sets"][0]["audience"] = {"include": list(keys)} if keys else {}
        return declared

    first = pictured.step(tree("gezenler"))
    assert (first["create", "target_audience"], first["create", "audience_signal"]) == (1, 1)
    assert pictured.step(tree("gezenler", "musteriler")) == {
        ("create", "audience"): 1, ("update", "target_audience"): 1,
    }  # fmt: skip
    assert pictured.step(tree()) == {("archive", "audience_signal"): 1}
