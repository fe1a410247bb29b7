from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Account, Connection
from connectors.meta import convert
from connectors.meta.sheet import Sheet
from engine.naming import Scope
from engine.resource import Address, Ref, Resource, to_json
from schemas.errors import InvalidDeclaration

GOLDEN = Path(__file__).parent / "golden" / "tree.json"


def made(tree: Any, connection: Connection) -> dict[str, Resource]:
    """Canonical resources by kind and the last part of their key."""
    found = convert.canonical(tree.resources, connection)
    return {f"{each.address.kind}/{each.address.key.rsplit('/')[-1]}": each for each in found}


def only(tree: Any, connection: Connection, kind: str) -> dict[str, Any]:
    [fields] = [each.fields for each in made(tree, connection).values() if each.address.kind == kind]
    return dict(fields)


def problems(tree: Any, connection: Connection) -> list[str]:
    with pytest.raises(InvalidDeclaration) as caught:
        convert.canonical(tree.resources, connection)
    return [str(problem) for problem in caught.value.problems]


def test_a_small_tree_is_written_as_meta_wants_it(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=1)
    found = [
        {"address": str(each.address), "mark": each.mark, "fields": to_json(each.fields)}
        for each in convert.canonical(small.resources, connection)
    ]
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_creatives_move_to_the_address_of_their_content_and_ads_follow(
    tree: Any, connection: Connection
) -> None:
    small = tree(ad_sets=1, ads=1)
    before = made(small, connection)
    small.change("creative", "c-0-0", headlines=("Başka",))
    after = made(small, connection)
    [old], [new] = [
        [each for each in found.values() if each.address.kind == "creative"] for found in (before, after)
    ]
    assert old.address != new.address
    assert new.mark == connection.scope.token(new.address)
    assert after["ad/reklam-0"].fields["creative"] == {"creative_id": Ref(new.address)}
    assert new.fields["name"] != old.fields["name"]


def test_equal_creatives_are_one(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=2)
    for number in (0, 1):
        small.change("creative", f"c-0-{number}", headlines=("Aynı",))
    found = made(small, connection)
    [creative] = [each.address for each in found.values() if each.address.kind == "creative"]
    for number in (0, 1):
        assert found[f"ad/reklam-{number}"].fields["creative"] == {"creative_id": Ref(creative)}


def test_several_texts_make_text_options_in_one_ad(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=1)
    small.change("creative", "c-0-0", headlines=("Bir", "İki"), texts=("A", "B"), descriptions=("d",))
    fields = only(small, connection, "creative")
    feed = fields["asset_feed_spec"]
    assert fields["object_story_spec"] == {"page_id": "2000000000000001"}
    assert feed["titles"] == ({"text": "Bir"}, {"text": "İki"})
    assert feed["bodies"] == ({"text": "A"}, {"text": "B"})
    assert feed["link_urls"] == ({"website_url": "https://lezzet.example/siparis"},)
    assert feed["call_to_action_types"] == ("ORDER_NOW",)
    assert feed["ad_formats"] == ("SINGLE_IMAGE",)
    assert feed["optimization_type"] == "DEGREES_OF_FREEDOM"
    [picture] = feed["images"]
    assert picture["hash"].address.kind == "image"


@pytest.mark.parametrize(
    ("goal", "optimization", "event"),
    [
        ("purchases", "OFFSITE_CONVERSIONS", "PURCHASE"),
        ("add_to_carts", "OFFSITE_CONVERSIONS", "ADD_TO_CART"),
        ("value", "VALUE", "PURCHASE"),
        ("link_clicks", "LINK_CLICKS", "PURCHASE"),
        (None, "OFFSITE_CONVERSIONS", "PURCHASE"),
    ],
)
def test_a_sales_goal_promotes_the_pixel_and_its_event(
    goal: str | None, optimization: str, event: str, tree: Any, connection: Connection
) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("ad_set", "yil-sonu/takim-0", optimize_for=goal)
    fields = only(small, connection, "ad_set")
    assert fields["optimization_goal"] == optimization
    assert fields["destination_type"] == "WEBSITE"
    assert fields["promoted_object"] == {"pixel_id": "3000000000000001", "custom_event_type": event}


def test_a_custom_conversion_replaces_the_goals_event(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("ad_set", "yil-sonu/takim-0", conversion="777")
    assert only(small, connection, "ad_set")["promoted_object"] == {
        "pixel_id": "3000000000000001", "custom_event_type": "OTHER", "custom_conversion_id": "777",
    }  # fmt: skip


def test_leads_from_a_form_on_the_ad_are_another_goal(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0, objective="leads")
    small.change("ad_set", "yil-sonu/takim-0", optimize_for="leads", options={"destination": "on_ad"})
    fields = only(small, connection, "ad_set")
    assert (fields["optimization_goal"], fields["destination_type"]) == ("LEAD_GENERATION", "ON_AD")
    assert fields["promoted_object"] == {"page_id": "2000000000000001"}


@pytest.mark.parametrize(
    ("goal", "options", "windows"),
    [
        ("purchases", {}, {"CLICK_THROUGH": 7, "VIEW_THROUGH": 1}),
        ("link_clicks", {}, {"CLICK_THROUGH": 1}),
        ("purchases", {"attribution": {"click": "1d"}}, {"CLICK_THROUGH": 1}),
    ],
)
def test_attribution_is_always_said(
    goal: str, options: Any, windows: dict[str, int], tree: Any, connection: Connection
) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("ad_set", "yil-sonu/takim-0", optimize_for=goal, options=options)
    spec = only(small, connection, "ad_set")["attribution_spec"]
    assert {each["event_type"]: each["window_days"] for each in spec} == windows


def test_an_instagram_account_of_an_ad_makes_a_creative_of_its_own(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=2)
    for number in (0, 1):
        small.change("creative", f"c-0-{number}", headlines=("Aynı",))
    small.change("ad", "yil-sonu/takim-0/reklam-1", options={"instagram": "178"})
    found = [each for each in made(small, connection).values() if each.address.kind == "creative"]
    assert sorted(str(each.fields.get("instagram_user_id")) for each in found) == ["178", "None"]
    assert len({each.mark for each in found}) == 2


def test_a_page_of_the_creative_speaks_instead_of_the_accounts(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=1)
    small.change("creative", "c-0-0", page="42")
    assert only(small, connection, "creative")["object_story_spec"]["page_id"] == "42"


def test_awareness_promotes_the_page_and_leads_nowhere(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0, objective="awareness")
    small.change("ad_set", "yil-sonu/takim-0", optimize_for="reach")
    fields = only(small, connection, "ad_set")
    assert fields["promoted_object"] == {"page_id": "2000000000000001"}
    assert "destination_type" not in fields


def test_days_are_the_accounts_and_the_last_one_is_whole(tree: Any, connection: Connection) -> None:
    fields = only(tree(ad_sets=1, ads=0), connection, "ad_set")
    assert fields["start_time"] == "2026-11-30T21:00:00+0000"
    assert fields["end_time"] == "2026-12-31T20:59:59+0000"


def test_a_flight_without_an_end_says_so(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("ad_set", "yil-sonu/takim-0", start=None, end=None)
    fields = only(small, connection, "ad_set")
    assert fields["end_time"] is None
    assert "start_time" not in fields


@pytest.mark.parametrize("declared_on", ["campaign", "ad_set"])
def test_a_campaign_budget_takes_the_strategy_and_leaves_the_caps_below(
    declared_on: str, tree: Any, connection: Connection
) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("campaign", "yil-sonu", budget=small.budget("1500.50"), ad_set_budgets=False)
    small.change("ad_set", "yil-sonu/takim-0", budget=None)
    key = "yil-sonu" if declared_on == "campaign" else "yil-sonu/takim-0"
    small.change(declared_on, key, bid={"strategy": "cost_cap", "amount": "90 TRY"})
    campaign, ad_set = only(small, connection, "campaign"), only(small, connection, "ad_set")
    assert campaign["daily_budget"] == 150_050
    assert campaign["bid_strategy"] == "COST_CAP"
    assert "is_adset_budget_sharing_enabled" not in campaign
    assert ad_set["bid_amount"] == 9_000
    assert not {"daily_budget", "bid_strategy"} & ad_set.keys()


def test_a_minimum_return_is_in_ten_thousandths(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("ad_set", "yil-sonu/takim-0", bid={"strategy": "min_roas", "roas": "2.5"})
    assert only(small, connection, "ad_set")["bid_constraints"] == {"roas_average_floor": 25_000}


def test_what_the_campaigns_block_says_is_upper_case_and_in_units(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=0)
    options = {
        "special_ad_categories": ["housing"],
        "special_ad_category_countries": ["TR"],
        "spend_cap": "9000 TRY",
    }
    small.change("campaign", "yil-sonu", options=options)
    fields = only(small, connection, "campaign")
    assert fields["special_ad_categories"] == ("HOUSING",)
    assert fields["special_ad_category_country"] == ("TR",)
    assert fields["spend_cap"] == 900_000


def test_whole_currencies_have_no_minor_unit_on_meta(tree: Any, connection: Connection) -> None:
    yen = replace(connection, account=replace(connection.account, currency="JPY"))
    small = tree(ad_sets=1, ads=0)
    budget = {"period": "day", "amount": "5000", "currency": "JPY"}
    small.change("ad_set", "yil-sonu/takim-0", budget=budget)
    assert only(small, yen, "ad_set")["daily_budget"] == 5000


@given(st.integers(1, 10**9), st.sampled_from(["TRY", "JPY", "USD", "HUF", "BHD"]))
def test_money_in_units_is_the_amount_times_the_currencys_units(units: int, currency: str) -> None:
    per_unit = 1 if currency in ("JPY", "HUF") else 100
    account = Account("act_1", currency, "Europe/Istanbul", {"pixel": "3"})
    sheet = Sheet(account, Scope("b", "e"), {})
    resource = Resource(Address("meta", "ad_set", "a/b"), "act_1", "m", {})
    amount = {"amount": f"{units / per_unit:.2f}" if per_unit == 100 else str(units), "currency": currency}
    assert convert._units(resource, amount, sheet) == units
    assert sheet.problems == []


def test_placements_and_audiences_are_sorted_lists(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0)
    placements = {"platforms": ["messenger"], "instagram": ["stream", "reels"], "facebook": ["feed"]}
    options = {"placements": placements, "devices": ["mobile"], "beneficiary": "Lezzet"}
    audience = {
        "locations": ("TR", "DE-BE"), "languages": ("tr", "de"), "age": None, "genders": ("women",),
        "interests": ("Pizza", "Cooking"), "exclude": (),
        "include": (small.ref("audience", "b"), small.ref("audience", "a")),
    }  # fmt: skip
    small.change("ad_set", "yil-sonu/takim-0", options=options, audience=audience)
    targeting = only(small, connection, "ad_set")["targeting"]
    assert targeting["geo_locations"] == {"countries": ("TR",), "regions": ("DE-BE",)}
    assert targeting["publisher_platforms"] == ("facebook", "instagram", "messenger")
    assert targeting["instagram_positions"] == ("reels", "stream")
    assert targeting["genders"] == (2,)
    assert (targeting["age_min"], targeting["age_max"]) == (18, 65)
    assert [each.address.key for each in targeting["custom_audiences"]] == ["a", "b"]
    assert targeting["targeting_automation"] == {"advantage_audience": 0}


def test_everything_wrong_is_told_at_once(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=1)
    small.change("campaign", "yil-sonu", options={"special_ad_categories": ["housing"], "spesial": 1})
    small.change(
        "ad_set", "yil-sonu/takim-0", optimize_for="quality_leads", bid={"strategy": "cost_cap"},
        budget={"period": "lifetime", "amount": "10.005", "currency": "USD"}, end=None,
        audience={"locations": ("TR", "TR-34")}, options={},
    )  # fmt: skip
    small.change("creative", "c-0-0", headlines=("a", "b"), image=None, call_to_action="see_menu")
    told = "\n".join(problems(small, connection))
    for part in (
        "Unknown key in a `meta:` block\n  meta:campaign/yil-sonu: `spesial`",
        "A special ad category needs its countries",
        "sales × quality_leads",
        "cost_cap without `amount`",
        "10.005 USD, account act_1000000000000001 is in TRY",
        "Amount finer than the currency",
        "A lifetime budget needs an end",
        "TR-34",
        "Several texts need an image",
        "`see_menu`",
    ):
        assert part in told


def test_an_ad_cannot_lead_where_meta_has_no_destination(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=1, ads=0)
    small.change("ad_set", "yil-sonu/takim-0", options={"destination": "nowhere"})
    assert "Ads cannot lead there" in "\n".join(problems(small, connection))


def test_an_account_without_page_or_pixel_is_told_where_to_write_them(
    tree: Any, connection: Connection
) -> None:
    bare = replace(connection, account=replace(connection.account, settings={}))
    told = "\n".join(problems(tree(ad_sets=1, ads=1), bare))
    assert "Write `page: <id>` under the Meta account act_1000000000000001 in kampanya.yaml." in told
    assert "has no pixel" in told


def test_bids_that_differ_under_one_campaign_budget_are_refused(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=2, ads=0)
    small.change("campaign", "yil-sonu", budget=small.budget("100"))
    small.change("ad_set", "yil-sonu/takim-0", budget=None)
    small.change(
        "ad_set",
        "yil-sonu/takim-1",
        budget=None,
        bid={"strategy": "bid_cap", "amount": "5 TRY"},
    )
    assert "LOWEST_COST_WITHOUT_CAP, LOWEST_COST_WITH_BID_CAP" in "\n".join(problems(small, connection))


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_declaration_changes_nothing(order: int, tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=2, ads=2)
    forwards: Callable[[Resource], str] = lambda each: str(each.address)  # noqa: E731
    usual = sorted(convert.canonical(small.resources, connection), key=forwards)
    shuffled = sorted(convert.canonical(small.resources[::order], connection), key=forwards)
    assert usual == shuffled
