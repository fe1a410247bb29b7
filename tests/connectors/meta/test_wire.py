from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.meta import normal, targeting, wire
from engine.resource import Address, Ref, same


class Keys:
    """Keys that are the names themselves, numbered where Meta wants numbers."""

    LANGUAGES = ("tr", "en", "de", "ar")

    def region_key(self, code: str) -> str:
        return f"key-{code}"

    def region_code(self, row: Mapping[str, Any]) -> str:
        return str(row["key"]).removeprefix("key-")

    def locale_keys(self, code: str) -> list[int]:
        number = self.LANGUAGES.index(code) * 10
        return [number, number + 1]  # a group that reads back as its members

    def language(self, key: int) -> str:
        return self.LANGUAGES[key // 10]

    def city(self, name: str, region: str) -> str:
        return f"{name}|{region}"

    def city_name(self, row: Mapping[str, Any]) -> tuple[str, str]:
        name, _, region = str(row["key"]).partition("|")
        return name, region

    def detail(self, kind: str, name: str) -> tuple[str, str]:
        return {"demographics": "life_events"}.get(kind, kind), f"id-{name}"

    def detail_name(self, field: str, row: Mapping[str, Any]) -> str:
        return str(row["name"])


def echoed(params: dict[str, Any]) -> dict[str, Any]:
    """What Graph returns for what was sent: numbers as texts, empty things gone, things of its own added."""
    row: dict[str, Any] = json.loads(json.dumps(params))
    for name in ("daily_budget", "lifetime_budget"):
        row[name] = str(row.get(name, 0))
    if row.get("end_time") == 0:
        del row["end_time"]
    if "creative" in row:
        row["creative"] = {"id": row["creative"]["creative_id"]}
    if "targeting" in row:
        row["targeting"] |= {
            "brand_safety_content_filter_levels": ["FACEBOOK_STANDARD"],
            "age_range": [18, 65],
        }
        row["targeting"]["geo_locations"] = {
            "location_types": ["home"],
            **row["targeting"].get("geo_locations", {}),
        }
    if "promoted_object" in row:
        row["promoted_object"]["smart_pse_enabled"] = False
    link = row.get("object_story_spec", {}).get("link_data", {})
    for card in link.get("child_attachments", ()):
        card["caption"] = "lezzet.example"
    if "video_data" in row.get("object_story_spec", {}):
        row["object_story_spec"]["video_data"]["image_url"] = "https://scontent.example/1"
    for part in row.get("asset_feed_spec", {}).values():
        for each in part if isinstance(part, list) else ():
            if isinstance(each, dict):
                each["adlabels"] = [{"name": "placement_asset"}]
    return row


def round_trip(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return wire.receive(kind, echoed(wire.send(fields, Keys())), Keys())


text = st.text(st.characters(categories=["L", "N", "Zs"], exclude_characters="\x00"), min_size=1).map(
    lambda value: value.strip() or "x"
)
digits = st.integers(1, 10**17).map(str)
some = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
targetings = st.builds(
    normal.targeting,
    countries=st.lists(st.sampled_from(["TR", "DE", "FR"])),
    regions=st.lists(st.sampled_from(["US-CA", "US-TX", "GB-ENG"])),
    age=st.tuples(st.integers(13, 40), st.integers(41, 65)),
    genders=st.lists(st.sampled_from([1, 2])),
    languages=st.lists(st.sampled_from(Keys.LANGUAGES)),
    interests=st.lists(text, max_size=3),
    include=st.lists(digits, max_size=2, unique=True).map(sorted),
    exclude=st.lists(digits, max_size=2, unique=True).map(sorted),
    placements=st.fixed_dictionaries({}, optional=dict.fromkeys(normal.PLACEMENT_LISTS, some)),
    advantage=st.integers(0, 1),
    cities=st.lists(st.sampled_from(["Bodrum, TR-48", "Bodrum, TR-48 +25 km", "Paris, US-TX +80 km"])),
    zips=st.lists(st.sampled_from(["TR:34710", "GB:SW1A 1AA"])),
    behaviors=st.lists(text, max_size=2),
    demographics=st.lists(text, max_size=2),
).map(dict)
instants = st.integers(1_600_000_000, 2_000_000_000).map(normal.same_instant)
ad_sets = st.fixed_dictionaries(
    {
        "campaign_id": digits,
        "name": text,
        "status": st.sampled_from(["ACTIVE", "PAUSED"]),
        "billing_event": st.just("IMPRESSIONS"),
        "optimization_goal": st.just("VALUE"),
        "targeting": targetings,
        "end_time": st.none() | instants,
    },
    optional={
        "start_time": instants,
        "daily_budget": st.integers(1, 10**9),
        "bid_strategy": st.just("COST_CAP"),
        "bid_amount": st.integers(1, 10**6),
        "bid_constraints": st.fixed_dictionaries({"roas_average_floor": st.integers(1, 10**6)}),
        "promoted_object": st.fixed_dictionaries(
            {"pixel_id": digits, "custom_event_type": st.just("PURCHASE")}
        ),
        "destination_type": st.just("WEBSITE"),
        "attribution_spec": st.just(normal.attribution([("VIEW_THROUGH", 1), ("CLICK_THROUGH", 7)])),
        "dsa_payor": text,
    },
)
listed = st.lists(st.fixed_dictionaries({"text": text}), max_size=5).map(tuple)
links = st.fixed_dictionaries(
    {"link": st.just("https://lezzet.example/"), "message": text, "image_hash": digits},
    optional={
        "name": text,
        "description": text,
        "call_to_action": st.just(normal.call_to_action("ORDER_NOW", "https://lezzet.example/")),
    },
)
cards = st.fixed_dictionaries(
    {"link": st.just("https://lezzet.example/"), "image_hash": digits},
    optional={
        "name": text,
        "description": text,
        "video_id": digits,
        "call_to_action": st.just(normal.call_to_action("SHOP_NOW", "https://lezzet.example/")),
    },
)
carousels = st.fixed_dictionaries(
    {
        "link": st.just("https://lezzet.example/"),
        "child_attachments": st.lists(cards, min_size=2, max_size=3).map(tuple),
        "multi_share_optimized": st.booleans(),
        "multi_share_end_card": st.booleans(),
    }
)
films = st.fixed_dictionaries(
    {"video_id": digits, "image_hash": digits, "title": text},
    optional={
        "message": text,
        "link_description": text,
        "call_to_action": st.just(normal.call_to_action("ORDER_NOW", "https://lezzet.example/")),
    },
)
stories = st.one_of(
    st.fixed_dictionaries({"page_id": digits, "link_data": links | carousels}),
    st.fixed_dictionaries({"page_id": digits, "video_data": films}),
)
creatives = st.one_of(
    st.fixed_dictionaries({"name": text, "object_story_id": st.just("1_2")}),
    st.fixed_dictionaries(
        {"name": text, "object_story_spec": stories},
        optional={"url_tags": text, "instagram_user_id": digits},
    ),
    st.fixed_dictionaries(
        {
            "name": text,
            "object_story_spec": st.fixed_dictionaries({"page_id": digits}),
            "asset_feed_spec": st.fixed_dictionaries(
                {
                    "ad_formats": st.just(("SINGLE_IMAGE",)),
                    "bodies": listed,
                    "titles": listed,
                    "descriptions": listed,
                    "images": st.tuples(st.fixed_dictionaries({"hash": digits})),
                    "link_urls": st.just(({"website_url": "https://lezzet.example/"},)),
                    "call_to_action_types": st.just(()) | st.just(("ORDER_NOW",)),
                    "optimization_type": st.just("DEGREES_OF_FREEDOM"),
                },
                optional={
                    "videos": st.tuples(
                        st.fixed_dictionaries({"video_id": digits}, optional={"thumbnail_hash": digits})
                    )
                },
            ),
        }
    ),
)
campaigns = st.fixed_dictionaries(
    {
        "name": text,
        "objective": st.just("OUTCOME_SALES"),
        "status": st.sampled_from(["ACTIVE", "PAUSED"]),
        "buying_type": st.just("AUCTION"),
        "special_ad_categories": st.just(()) | st.just(("HOUSING",)),
    },
    optional={
        "special_ad_category_country": st.just(("TR",)),
        "is_adset_budget_sharing_enabled": st.just(False),
        "daily_budget": st.integers(1, 10**9),
        "lifetime_budget": st.integers(1, 10**9),
        "spend_cap": st.integers(1, 10**9),
        "bid_strategy": st.just("LOWEST_COST_WITHOUT_CAP"),
    },
)
ads = st.fixed_dictionaries(
    {
        "adset_id": digits,
        "creative": st.fixed_dictionaries({"creative_id": digits}),
        "name": text,
        "status": st.sampled_from(["ACTIVE", "PAUSED"]),
    }
)
KINDS = st.one_of(
    *(st.tuples(st.just(kind), fields) for kind, fields in [
        ("campaign", campaigns), ("ad_set", ad_sets), ("ad", ads), ("creative", creatives),
    ])
)  # fmt: skip


@settings(deadline=None)
@given(KINDS)
def test_whatever_is_sent_reads_back_the_same(declared: tuple[str, dict[str, Any]]) -> None:
    kind, fields = declared
    seen = round_trip(kind, fields)
    different = {name for name, value in fields.items() if not same(value, seen.get(name))}
    assert different == set()


@settings(deadline=None)
@given(ad_sets)
def test_what_is_read_is_a_fixed_point(fields: dict[str, Any]) -> None:
    once = round_trip("ad_set", fields)
    assert round_trip("ad_set", once) == once


def test_no_end_is_sent_as_zero_and_other_absences_not_at_all() -> None:
    assert wire.send({"end_time": None, "daily_budget": None}, Keys()) == {"end_time": 0}


def test_a_reference_that_is_not_known_yet_is_never_sent() -> None:
    with pytest.raises(ValueError, match="still refers"):
        wire.send({"campaign_id": Ref(Address("meta", "campaign", "a"))}, Keys())


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-01T00:00:00+0300", "2026-11-30T21:00:00+0000"),
        ("2026-11-30T13:00:00-0800", "2026-11-30T21:00:00+0000"),
        ("2026-11-30T21:00:00+0000", "2026-11-30T21:00:00+0000"),
        (1796072400, "2026-11-30T21:00:00+0000"),
        ("1796072400", "2026-11-30T21:00:00+0000"),
        ("0", None),
        (None, None),
    ],
)
def test_times_are_compared_as_instants(text: Any, utc: str | None) -> None:
    assert normal.same_instant(text) == utc


def test_a_category_of_none_is_no_category() -> None:
    row = {"special_ad_categories": ["NONE"]}
    assert wire.receive("campaign", row, Keys())["special_ad_categories"] == ()


def test_a_limit_of_spend_is_taken_away_by_nought_and_none_reads_back_as_none() -> None:
    assert wire.send({"daily_spend_cap": None, "daily_min_spend_target": 20000}, Keys()) == {
        "daily_spend_cap": 0,
        "daily_min_spend_target": 20000,
    }
    row = {"daily_spend_cap": "0", "daily_min_spend_target": "20000"}
    fields = wire.receive("ad_set", row, Keys())
    assert fields["daily_min_spend_target"] == 20000
    assert "daily_spend_cap" not in fields


def test_an_image_is_known_by_its_name_with_or_without_a_suffix() -> None:
    names = ("kampanya-0123456789abcdef.png", "kampanya-0123456789abcdef")
    assert {str(wire.receive("image", {"name": name}, Keys())["name"]) for name in names} == {
        "kampanya-0123456789abcdef"
    }


HUMAN = [
    {"geo_locations": {"countries": ["TR"], "cities": [{"key": "1", "radius": 50}]}},
    {"geo_locations": {"countries": ["TR"]}, "excluded_geo_locations": {"countries": ["GR"]}},
    {"geo_locations": {"countries": ["TR"]}, "excluded_geo_locations": {"places": [{"key": "1"}]}},
    {"geo_locations": {"countries": ["TR"]}, "flexible_spec": [{"behaviors": [{"id": "6"}]}]},
    {"geo_locations": {"countries": ["TR"]}, "flexible_spec": [{"work_employers": [{"id": "6"}]}]},
    {"geo_locations": {"countries": ["TR"]}, "income": [{"id": "6"}], "flexible_spec": [{}]},
    {"geo_locations": {"countries": ["TR"]}, "exclusions": {"interests": [{"id": "1"}]}},
]


@pytest.mark.parametrize("spec", HUMAN, ids=lambda spec: ",".join(spec))
def test_what_somebody_narrows_by_hand_is_seen(spec: dict[str, Any]) -> None:
    plain = targeting.receive({"geo_locations": {"countries": ["TR"]}}, Anywhere())
    assert targeting.receive(spec, Anywhere()) != plain
    again = {**spec, "geo_locations": {**spec["geo_locations"], "location_types": ["home", "recent"]}}
    assert targeting.receive(again, Anywhere()) == targeting.receive(spec, Anywhere())


class Anywhere:
    """Names for any key."""

    def region_code(self, region: Any) -> str:
        return "TR-34"

    def language(self, key: int) -> str:
        return "tr"

    def city_name(self, row: Any) -> tuple[str, str]:
        return str(row["key"]), "TR-34"

    def detail_name(self, field: str, row: Any) -> str:
        return str(row["id"])
