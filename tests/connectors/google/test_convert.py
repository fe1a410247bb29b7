"""Neutral declarations in Google's terms: where things live, their names, what is refused and how."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.google.bidding import message_of_app
from connectors.google.convert import Converter
from engine.resource import Address, Ref, Resource, to_json
from schemas.errors import InvalidDeclaration, Problem
from tests.connectors.google import neutral

GOLDEN = Path(__file__).parent / "golden" / "tree.json"


def convert(*resources: Resource) -> list[Resource]:
    return Converter(neutral.SCOPE, "TRY").convert(resources)


def problems(*resources: Resource) -> Sequence[Problem]:
    with pytest.raises(InvalidDeclaration) as caught:
        convert(*resources)
    return caught.value.problems


def one(*resources: Resource) -> Problem:
    (found,) = problems(*resources)
    assert found.fix
    return found


def address(kind: str, key: str) -> Address:
    return Address("google", kind, key)


def ad_set_with(top: Resource | None = None, **fields: Any) -> tuple[Resource, ...]:
    top = top or neutral.campaign()
    group, content = neutral.ad_set(top, **fields), neutral.creative()
    return top, group, content, neutral.ad(group, content)


def test_the_canonical_form_is_what_it_was() -> None:
    made = [
        {"address": str(each.address), "mark": each.mark, "fields": to_json(each.fields)}
        for each in convert(*neutral.tree())
    ]
    assert made == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_a_campaigns_budget_makes_one_campaign_with_all_ad_groups() -> None:
    made = convert(*neutral.tree(("eve-siparis", "ofis"), budget=neutral.budget("900.00")))
    tops = [each for each in made if each.address.kind == "campaign"]
    groups = [each for each in made if each.address.kind == "ad_group"]
    assert [each.address.key for each in tops] == ["yil-sonu"]
    assert tops[0].fields["daily_budget_micros"] == 900_000_000
    assert {each.fields["campaign"] for each in groups} == {Ref(tops[0].address)}


def test_ad_sets_budgets_make_one_campaign_each() -> None:
    made = convert(*neutral.tree(("eve-siparis", "ofis")))
    tops = {each.address.key: each for each in made if each.address.kind == "campaign"}
    assert tops.keys() == {"yil-sonu/eve-siparis", "yil-sonu/ofis"}
    for each in made:
        if each.address.kind == "ad_group":
            assert each.fields["campaign"] == Ref(tops[each.address.key].address)
    assert len({each.fields["name"] for each in tops.values()}) == 2


def test_every_mark_is_its_own_and_keywords_take_their_groups() -> None:
    made = convert(*neutral.tree(("eve-siparis", "ofis")))
    assert len({(each.address.kind, each.mark) for each in made}) == len(made)
    for each in made:
        if each.address.kind in ("campaign", "ad_group", "ad"):
            assert each.mark == neutral.SCOPE.token(each.address)
    keyword = next(each for each in made if each.address.kind == "keyword")
    assert keyword.mark == f"{made[1].mark}/exact:lezzet sipariş"


def test_a_paused_ad_set_with_its_own_budget_pauses_its_campaign_too() -> None:
    made = convert(*ad_set_with(status="paused"))
    assert [each.fields["status"] for each in made[:2]] == ["PAUSED", "PAUSED"]
    shared = convert(*ad_set_with(neutral.campaign(budget=neutral.budget()), status="paused"))
    assert [each.fields["status"] for each in shared[:2]] == ["ENABLED", "PAUSED"]


def test_a_campaign_without_ad_sets_on_google_is_nothing_there() -> None:
    assert convert(neutral.campaign(budget=neutral.budget())) == []


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("locations", {"audience": neutral.audience(locations=("TR-06",))}),
        ("languages", {"audience": neutral.audience(languages=())}),
        ("end", {"end": None}),
        ("start", {"start": "2026-12-05"}),
        ("optimize_for", {"optimize_for": "link_clicks"}),
        ("bid", {"bid": {"strategy": "cost_cap", "amount": "80 TRY"}}),
    ],
)
def test_ad_sets_under_one_budget_that_differ_are_shown_both_ways_out(
    name: str, fields: dict[str, Any]
) -> None:
    top = neutral.campaign(budget=neutral.budget())
    first, second = neutral.ad_set(top, "a"), neutral.ad_set(top, "b", **fields)
    found = one(top, first, second)
    assert found.summary == f"Ad sets under one campaign budget cannot differ in {name}"
    assert "yil-sonu/b has" in found.detail
    assert "move the budget from the campaign to its ad sets" in found.fix
    assert f"give all ad sets of the campaign the same {name}" in found.fix
    apart = neutral.campaign()
    convert(apart, neutral.ad_set(apart, "a"), neutral.ad_set(apart, "b", **fields))


def test_a_lifetime_budget_is_a_total_budget_and_needs_an_end() -> None:
    top = neutral.campaign(budget=neutral.budget("3000.00", "lifetime"))
    made = convert(*ad_set_with(top))[0].fields
    assert (made["budget_period"], made["total_budget_micros"]) == ("CUSTOM_PERIOD", 3_000_000_000)
    assert "daily_budget_micros" not in made
    endless = neutral.campaign(budget=neutral.budget("3000.00", "lifetime"), end=None)
    assert one(*ad_set_with(endless)).summary == "A total budget needs an end"


@pytest.mark.parametrize(
    ("channel", "end", "told"),
    [
        ("search", "2026-12-02", "has 2, Google takes 3 to 90 days"),
        ("search", "2026-12-03", ""),
        ("search", "2027-02-28", ""),
        ("search", "2027-03-01", "has 91, Google takes 3 to 90 days"),
        ("display", "2026-12-31", "a DISPLAY campaign has a daily one"),
    ],
)
def test_a_total_budget_fits_its_channel_and_its_flight(channel: str, end: str, told: str) -> None:
    lifetime = neutral.budget("3000.00", "lifetime")
    top = neutral.campaign(budget=lifetime, start="2026-12-01", end=end, options={"channel": channel})
    if not told:
        convert(*ad_set_with(top))
        return
    assert [each.fix for each in problems(*ad_set_with(top)) if told in each.detail] == [
        "Write the budget as `daily`."
    ]


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (None, ["18_24", "25_34", "35_44", "45_54", "55_64", "65_UP", "UNDETERMINED"]),
        ({"min": 18, "max": 44}, ["18_24", "25_34", "35_44", "UNDETERMINED"]),
        ({"min": 55, "max": 65}, ["55_64", "65_UP", "UNDETERMINED"]),
        ({"min": 55, "max": None}, ["55_64", "65_UP", "UNDETERMINED"]),
        ({"min": 65, "max": None}, ["65_UP", "UNDETERMINED"]),
    ],
)
def test_ages_become_googles_ranges(age: Any, expected: list[str]) -> None:
    group = convert(*ad_set_with(audience=neutral.audience(age=age)))[1]
    assert group.fields["age_ranges"] == [f"AGE_RANGE_{name}" for name in expected]


def test_women_are_women_and_those_of_whom_google_does_not_know() -> None:
    group = convert(*ad_set_with(audience=neutral.audience(genders=("women",))))[1]
    assert group.fields["genders"] == ["FEMALE", "UNDETERMINED"]


def test_an_ads_own_texts_win_over_its_creatives() -> None:
    top = neutral.campaign()
    group, content = neutral.ad_set(top), neutral.creative()
    options = {"headlines": ("Bir", "İki", "Üç", "Dört"), "descriptions": ("Uzun bir söz", "Bir söz daha")}
    made = convert(top, group, content, neutral.ad(group, content, options=options))[-1]
    assert made.fields["headlines"] == sorted(options["headlines"])
    assert made.fields["descriptions"] == sorted(options["descriptions"])


def test_a_display_path_becomes_two_paths() -> None:
    top = neutral.campaign()
    group, content = neutral.ad_set(top), neutral.creative(display_path=("siparis", "eve"))
    made = convert(top, group, content, neutral.ad(group, content))[-1]
    assert (made.fields["path1"], made.fields["path2"]) == ("siparis", "eve")


def test_tracking_values_are_encoded_and_googles_own_placeholders_kept() -> None:
    top = neutral.campaign()
    group, content = (
        neutral.ad_set(top),
        neutral.creative(utm={"source": "google ads", "content": "{keyword}"}),
    )
    made = convert(top, group, content, neutral.ad(group, content))[-1]
    assert made.fields["final_url_suffix"] == "utm_source=google+ads&utm_content={keyword}"


def test_a_keyword_written_twice_is_one() -> None:
    options = {"keywords": {"phrase": ["Paket Servis", "paket  servis"], "exact": ["paket servis"]}}
    made = convert(*ad_set_with(options=options))
    assert [each.address.key for each in made if each.address.kind == "keyword"] == [
        "yil-sonu/eve-siparis/exact:paket servis",
        "yil-sonu/eve-siparis/phrase:paket servis",
    ]


def test_a_campaigns_negatives_hang_under_the_campaign() -> None:
    top = neutral.campaign(budget=neutral.budget(), options={"negative": {"broad": ["iş ilanı"]}})
    made = convert(*ad_set_with(top))
    (negative,) = [each for each in made if each.address.kind == "campaign_negative_keyword"]
    assert negative.fields == {
        "campaign": Ref(made[0].address),
        "text": "iş ilanı",
        "match_type": "BROAD",
    }


GOALS: list[tuple[dict[str, Any], dict[str, Any], tuple[Any, ...] | None]] = [
    ({}, {"optimize_for": "purchases"}, ("purchase/website",)),
    ({}, {"optimize_for": "calls"}, ("phone_call_lead/call_from_ads",)),
    ({}, {"optimize_for": "link_clicks"}, None),
    ({}, {"optimize_for": "value"}, None),
    ({"conversion_goals": "account"}, {"optimize_for": "value"}, ("account",)),
    ({"conversion_goals": ["signup/app", "contact/store"]}, {}, ("contact/store", "signup/app")),
    ({"conversion_goals": {"goal": "ofis", "id": "71"}}, {}, ("71",)),
    ({}, {"conversion": "123"}, (Ref(Address("google", "conversion_goal", "conversion-123")),)),
    ({"bidding": {"strategy": "maximize_clicks"}}, {"optimize_for": "purchases"}, None),
]


@pytest.mark.parametrize(("options", "ad_set", "goals"), GOALS, ids=lambda value: str(value)[:60])
def test_a_campaign_bids_for_what_is_named_and_for_the_accounts_goals_where_nothing_is(
    options: dict[str, Any], ad_set: dict[str, Any], goals: tuple[Any, ...] | None
) -> None:
    top = neutral.campaign(options={"channel": "search", **options})
    made = {each.address.kind: each for each in convert(*ad_set_with(top, **ad_set))}
    assert made["campaign"].fields.get("conversion_goals") == goals


def test_a_target_of_an_app_campaign_is_its_own_strategy_and_its_ad_group_says_only_its_name() -> None:
    store = "https://apps.apple.com/tr/app/lezzet/id123456789"
    aimed = {"strategy": "maximize_conversions", "target_cpa": "12 TRY"}
    made = {
        each.address.kind: each
        for each in convert(*neutral.of_app({"store": store, "bidding": aimed}, conversion="77"))
    }
    fields = made["campaign"].fields
    assert fields["app_campaign_setting"] == {"app_id": "123456789", "app_store": "APPLE_APP_STORE"}
    assert fields["app_goal"] == "OPTIMIZE_INSTALLS_TARGET_INSTALL_COST"
    assert fields["selected_actions"] == ("77",)
    assert "conversion_goals" not in fields
    assert message_of_app(fields["bidding"]) == (  # type: ignore[arg-type]
        {"target_cpa": {"target_cpa_micros": 12_000_000}},
        ("target_cpa.target_cpa_micros",),
    )
    assert made["ad_group"].fields.keys() == {"campaign", "name", "status"}
    assert not made["ad"].fields.keys() & {"final_urls", "final_url_suffix"}


def test_what_an_app_campaign_cannot_bid_for_is_refused() -> None:
    play = "https://play.google.com/store/apps/details?id=com.example.lezzet"
    early = {"store": play, "focus": "pre_registration"}
    aimed = {"bidding": {"strategy": "maximize_conversions", "target_cpa": "12 TRY"}}
    assert "pre_registration for app_installs with a target" in str(one(*neutral.of_app({**early, **aimed})))
    again = {"store": play, "focus": "engagement"}
    refused = one(*neutral.of_app(again, "app_events", conversion="7"))
    assert "target_cpa" in refused.fix


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"audience": neutral.audience(locations=())}, "would show all over the world"),
    ({"audience": neutral.audience(locations=("DE-BY",))}, "is not given this location"),
    ({"audience": neutral.audience(interests=("Yemek",))}, "cannot use audience.interests"),
    ({"budget": None}, "no budget on Google Ads"),
    ({"options": {"max_cpc": "3 EUR"}}, "This bid cannot be used"),
    ({"bid": {"strategy": "bid_cap", "amount": "3 TRY"}}, "This bid cannot be said"),
]


@pytest.mark.parametrize(("fields", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_google_cannot_do_is_refused_and_not_left_out(fields: dict[str, Any], words: str) -> None:
    found = one(*ad_set_with(**fields))
    assert words in found.summary
    assert "google:ad_set/yil-sonu/eve-siparis" in found.detail


def test_what_performance_max_lacks_is_refused_all_at_once() -> None:
    top = neutral.campaign(options={"channel": "performance_max", "bidding": {"strategy": "manual_cpc"}})
    found = {each.summary for each in problems(*ad_set_with(top))}
    assert found == {
        "This channel of Google Ads cannot bid so",
        "The number of long_headlines does not fit an asset group",
        "Images that Performance Max needs are missing",
        "The ad does not say who speaks, or says it too long",
    }


def test_an_asset_group_is_made_of_one_ad() -> None:
    whole = [*neutral.pictured()]
    again = replace(whole[3], address=whole[3].address._replace(key="yil-sonu/eve-siparis/ikinci"))
    assert [each.summary for each in problems(*whole, again)] == ["An asset group is made of one ad"]


def test_texts_beyond_googles_limits_are_refused_all_at_once() -> None:
    top = neutral.campaign()
    group = neutral.ad_set(top)
    content = neutral.creative(headlines=("x" * 31, "İki"), texts=("y" * 91, "z"), display_path=("p" * 16,))
    found = [each.summary for each in problems(top, group, content, neutral.ad(group, content))]
    assert found == [
        "The number of headlines does not fit a responsive search ad",
        "One of the headlines is too long for a responsive search ad",
        "One of the descriptions is too long for a responsive search ad",
        "One of the display_path is too long for a responsive search ad",
    ]


def test_a_fourth_running_ad_in_an_ad_group_is_refused_a_paused_one_is_not() -> None:
    top = neutral.campaign()
    group, content = neutral.ad_set(top), neutral.creative()
    ads = [neutral.ad(group, content, f"ad-{number}") for number in range(4)]
    assert one(top, group, content, *ads).summary == "Too many running ads in one ad group"
    ads[3] = replace(ads[3], fields={**ads[3].fields, "status": "paused"})
    assert len([each for each in convert(top, group, content, *ads) if each.address.kind == "ad"]) == 4


def test_two_campaigns_of_one_name_are_refused() -> None:
    first, second = neutral.tree(key="a", name="Lezzet"), neutral.tree(key="b", name="LEZZET")
    found = problems(*first, *second)
    assert {each.summary for each in found} == {"Two objects would have the same name on Google Ads"}
    assert {each.path for each in found} == {first[0].path, second[0].path}
    assert len(found) == 2


def test_an_own_campaign_is_called_after_both_unless_the_ad_set_says_it_already() -> None:
    made = convert(*ad_set_with(name="lezzet_yil-sonu_eve"))
    assert made[0].fields["name"] == "lezzet_yil-sonu_eve"
