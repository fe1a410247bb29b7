from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ROOT = "customers/1234567890"
Case = tuple[Callable[[Any], Any], str, str]


def texts(*values: str) -> list[dict[str, str]]:
    return [{"text": value} for value in values]


def ad_with(**fields: Any) -> Callable[[Any], Any]:
    """Create an ad whose responsive_search_ad has these fields instead."""

    def act(ads: Any) -> Any:
        good = {"headlines": texts("bir", "iki", "üç"), "descriptions": texts("dört", "beş")}
        ad = {"final_urls": ["https://lezzet.example"], "responsive_search_ad": good | fields}
        return ads.ad(ads.ad_group(ads.campaign()), ad=ad)

    return act


def campaign_with(**fields: Any) -> Callable[[Any], Any]:
    return lambda ads: ads.campaign(**fields)


def keyword(text: str, match: str = "BROAD", **fields: Any) -> Callable[[Any], Any]:
    def act(ads: Any) -> Any:
        group = ads.ad_group(ads.campaign())
        keyword = {"text": text, "match_type": match}
        return ads.create("ad_group_criteria", ad_group=group, keyword=keyword, **fields)

    return act


def on_campaign(**fields: Any) -> Callable[[Any], Any]:
    return lambda ads: ads.create("campaign_criteria", campaign=ads.campaign(), **fields)


RSA = "operations.create.ad.responsive_search_ad"
ADS: list[Case] = [
    (ad_with(headlines=texts("bir", "iki")), "collection_size_error.TOO_FEW", f"{RSA}.headlines"),
    (ad_with(headlines=texts(*map(str, range(16)))), "collection_size_error.TOO_MANY", f"{RSA}.headlines"),
    (
        ad_with(headlines=texts("a" * 31, "iki", "üç")),
        "string_length_error.TOO_LONG",
        f"{RSA}.headlines.text",
    ),
    (
        ad_with(headlines=texts("美" * 16, "iki", "üç")),
        "string_length_error.TOO_LONG",
        f"{RSA}.headlines.text",
    ),
    (ad_with(headlines=texts("bir", "bir", "üç")), "asset_error.DUPLICATE_ASSET", f"{RSA}.headlines.text"),
    (ad_with(headlines=texts("bir", " ", "üç")), "field_error.REQUIRED", f"{RSA}.headlines.text"),
    (ad_with(descriptions=texts("bir")), "collection_size_error.TOO_FEW", f"{RSA}.descriptions"),
    (ad_with(descriptions=texts("a" * 91, "b")), "string_length_error.TOO_LONG", f"{RSA}.descriptions.text"),
    (ad_with(path1="a" * 16), "string_length_error.TOO_LONG", f"{RSA}.path1"),
    (ad_with(path2="menu"), "ad_error.CANNOT_SET_PATH2_WITHOUT_PATH1", f"{RSA}.path2"),
    (
        ad_with(descriptions=texts("Hemen al!!!", "b")),
        "policy_finding_error.POLICY_FINDING",
        f"{RSA}.descriptions.text",
    ),
]
CAMPAIGNS: list[Case] = [
    (campaign_with(name=""), "field_error.REQUIRED", "name"),
    (campaign_with(campaign_budget=""), "field_error.REQUIRED", "campaign_budget"),
    (
        campaign_with(contains_eu_political_advertising=None),
        "field_error.REQUIRED",
        "contains_eu_political_advertising",
    ),
    (campaign_with(manual_cpc=None), "field_error.REQUIRED", "campaign_bidding_strategy"),
    (
        campaign_with(manual_cpc=None, manual_cpv={}),
        "bidding_error.INVALID_BIDDING_STRATEGY_TYPE",
        "manual_cpv",
    ),
    (
        campaign_with(status="REMOVED"),
        "operation_access_denied_error.CREATE_AS_REMOVED_NOT_PERMITTED",
        "status",
    ),
    (campaign_with(serving_status="SERVING"), "field_error.VALUE_MUST_BE_UNSET", "serving_status"),
    (campaign_with(name="a" * 257), "string_length_error.TOO_LONG", "name"),
    (campaign_with(name="bir\niki"), "campaign_error.INVALID_CAMPAIGN_NAME", "name"),
    (
        campaign_with(start_date_time="2026-12-05"),
        "date_error.INVALID_STRING_DATE_TIME_SECONDS",
        "start_date_time",
    ),
    (
        campaign_with(start_date_time="2026-13-05 00:00:00"),
        "date_error.INVALID_STRING_DATE_TIME_SECONDS",
        "start_date_time",
    ),
    (
        campaign_with(start_date_time="2026-12-05 10:00:00"),
        "date_error.DATE_RANGE_ERROR_START_TIME_MUST_BE_THE_START_OF_A_DAY",
        "start_date_time",
    ),
    (
        campaign_with(end_date_time="2026-12-31 00:00:00"),
        "date_error.DATE_RANGE_ERROR_END_TIME_MUST_BE_THE_END_OF_A_DAY",
        "end_date_time",
    ),
    (
        campaign_with(start_date_time="2026-11-30 00:00:00"),
        "date_range_error.CANNOT_SET_DATE_TO_PAST",
        "start_date_time",
    ),
    (
        campaign_with(start_date_time="2026-12-20 00:00:00", end_date_time="2026-12-10 23:59:59"),
        "date_range_error.START_DATE_AFTER_END_DATE",
        "end_date_time",
    ),
    (
        campaign_with(network_settings={"target_google_search": True, "target_partner_search_network": True}),
        "campaign_error.CANNOT_TARGET_PARTNER_SEARCH_NETWORK",
        "network_settings.target_partner_search_network",
    ),
    (
        campaign_with(network_settings={"target_content_network": True, "target_search_network": True}),
        "campaign_error.CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH",
        "network_settings.target_search_network",
    ),
]
BUDGETS: list[Case] = [
    (
        lambda ads: ads.budget(amount_micros=1_234_567),
        "campaign_budget_error.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT",
        "amount_micros",
    ),
    (
        lambda ads: ads.budget(amount_micros=-10_000),
        "campaign_budget_error.NEGATIVE_MONEY_AMOUNT",
        "amount_micros",
    ),
    (
        lambda ads: ads.budget(amount_micros=0),
        "campaign_budget_error.MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC",
        "amount_micros",
    ),
    (lambda ads: ads.budget(explicitly_shared=True), "field_error.REQUIRED", "name"),
    (
        lambda ads: ads.budget(delivery_method="ACCELERATED"),
        "campaign_budget_error.CANNOT_USE_ACCELERATED_DELIVERY_MODE",
        "delivery_method",
    ),
    (
        lambda ads: ads.budget(total_amount_micros=1_000_000),
        "campaign_budget_error.TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY",
        "total_amount_micros",
    ),
]
CRITERIA: list[Case] = [
    (keyword("a" * 81), "criterion_error.KEYWORD_TEXT_TOO_LONG", "keyword.text"),
    (keyword("a b c d e f g h i j k"), "criterion_error.KEYWORD_HAS_TOO_MANY_WORDS", "keyword.text"),
    (keyword("yemek, servis"), "criterion_error.KEYWORD_HAS_INVALID_CHARS", "keyword.text"),
    (keyword("+yemek"), "criterion_error.BROAD_MATCH_MODIFIER_KEYWORD_NOT_ALLOWED", "keyword.text"),
    (keyword("yemek", "UNSPECIFIED"), "field_error.REQUIRED", "keyword.match_type"),
    (
        keyword("yemek", cpc_bid_micros=1_234_567),
        "bidding_error.BID_TOO_MANY_FRACTIONAL_DIGITS",
        "cpc_bid_micros",
    ),
    (
        keyword("yemek", final_urls=["lezzet.example"]),
        "url_field_error.MISSING_PROTOCOL_IN_FINAL_URL",
        "final_urls",
    ),
    (keyword("medication"), "policy_violation_error.POLICY_ERROR", "keyword.text"),
    (on_campaign(), "campaign_criterion_error.CONCRETE_TYPE_REQUIRED", ""),
    (
        on_campaign(keyword={"text": "a", "match_type": "BROAD"}),
        "criterion_error.CANNOT_ADD_CRITERIA_TYPE",
        "keyword",
    ),
    (
        on_campaign(location={"geo_target_constant": "geoTargetConstants/1"}),
        "criterion_error.INVALID_CRITERION_ID",
        "location.geo_target_constant",
    ),
    (
        on_campaign(language={"language_constant": "languageConstants/1"}),
        "criterion_error.INVALID_CRITERION_ID",
        "language.language_constant",
    ),
    (
        on_campaign(location={"geo_target_constant": "geoTargetConstants/2792"}, bid_modifier=11),
        "range_error.TOO_HIGH",
        "bid_modifier",
    ),
    (
        on_campaign(
            location={"geo_target_constant": "geoTargetConstants/2792"}, negative=True, bid_modifier=2
        ),
        "criterion_error.CANNOT_BID_MODIFY_NEGATIVE_CRITERION",
        "bid_modifier",
    ),
    (
        on_campaign(
            ad_schedule={
                "day_of_week": "MONDAY",
                "start_hour": 9,
                "start_minute": "ZERO",
                "end_hour": 8,
                "end_minute": "ZERO",
            }
        ),
        "criterion_error.AD_SCHEDULE_INVALID_TIME_INTERVAL",
        "ad_schedule",
    ),
    (
        on_campaign(user_list={"user_list": f"{ROOT}/userLists/5"}),
        "criterion_error.INVALID_USER_LIST",
        "user_list.user_list",
    ),
]
OTHERS: list[Case] = [
    (lambda ads: ads.create("labels", name="a" * 81), "string_length_error.TOO_LONG", "name"),
    (
        lambda ads: ads.create("labels", name="x", text_label={"background_color": "mavi"}),
        "string_format_error.INVALID_FORMAT",
        "text_label.background_color",
    ),
    (lambda ads: ads.create("assets", name="boş"), "asset_error.ASSET_DATA_IS_MISSING", ""),
    (
        lambda ads: ads.create("assets", callout_asset={"callout_text": "a" * 26}),
        "string_length_error.TOO_LONG",
        "callout_asset.callout_text",
    ),
    (
        lambda ads: ads.create("assets", sitelink_asset={"link_text": "Menü"}),
        "field_error.REQUIRED",
        "final_urls",
    ),
    (
        lambda ads: ads.create(
            "assets",
            sitelink_asset={"link_text": "Menü", "description1": "bir"},
            final_urls=["https://a.example"],
        ),
        "field_error.REQUIRED",
        "sitelink_asset.description2",
    ),
    (lambda ads: ads.create("user_lists", name="x"), "user_list_error.CONCRETE_TYPE_REQUIRED", ""),
    (
        lambda ads: ads.create("user_lists", name="x", rule_based_user_list={}, membership_life_span=541),
        "range_error.TOO_HIGH",
        "membership_life_span",
    ),
    (lambda ads: ads.create("conversion_actions", name="x"), "field_error.REQUIRED", "type"),
    (
        lambda ads: ads.create("conversion_actions", name="Purchase", type_="WEBPAGE"),
        "conversion_action_error.DUPLICATE_NAME",
        "name",
    ),
    (lambda ads: ads.create("bidding_strategies", name="x"), "field_error.REQUIRED", "scheme"),
    (
        lambda ads: ads.ad_group(ads.campaign(), type_="DISPLAY_STANDARD"),
        "ad_group_error.AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE",
        "type",
    ),
    (
        lambda ads: ads.ad_group(ads.campaign(), cpc_bid_micros=1),
        "bidding_error.BID_TOO_MANY_FRACTIONAL_DIGITS",
        "cpc_bid_micros",
    ),
]


@pytest.mark.parametrize(("act", "code", "place"), [*ADS, *CAMPAIGNS, *BUDGETS, *CRITERIA, *OTHERS])
def test_what_breaks_a_rule_is_refused_with_its_code_at_its_place(
    ads: Any, act: Any, code: str, place: str
) -> None:
    refused = ads.refused(lambda: act(ads))
    place = place if place.startswith("operations") else ".".join(filter(None, ["operations.create", place]))
    assert (code, place) in refused


def test_every_problem_of_an_operation_is_told_at_once(ads: Any) -> None:
    refused = ads.refused(lambda: ad_with(headlines=texts("a" * 31), path2="x")(ads))
    assert {code for code, _ in refused} == {
        "collection_size_error.TOO_FEW",
        "string_length_error.TOO_LONG",
        "ad_error.CANNOT_SET_PATH2_WITHOUT_PATH1",
    }


def test_a_keyword_insertion_counts_as_its_default_text(ads: Any) -> None:
    assert ad_with(headlines=texts("{KeyWord:Eve yemek siparişi} hemen", "iki", "üç"))(ads)


def test_both_spellings_of_a_start_are_read_and_one_is_returned(ads: Any) -> None:
    ads.campaign(name="a", start_date_time="20261205 00:00:00")
    ads.campaign(name="b", start_date_time="2026-12-05 00:00:00")
    rows = ads.query("SELECT campaign.start_date_time FROM campaign")
    assert {row.campaign.start_date_time for row in rows} == {"2026-12-05 00:00:00"}


def test_a_campaign_that_runs_keeps_its_start(ads: Any) -> None:
    campaign = ads.campaign()
    ads.clock.advance(3)
    later = {"start_date_time": "2026-12-10 00:00:00"}
    refused = ads.refused(lambda: ads.update("campaigns", campaign, ["start_date_time"], **later))
    assert refused[0][0] == "date_range_error.CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED"


def test_names_are_unique_among_what_is_not_removed(ads: Any) -> None:
    campaign = ads.campaign()
    refused = ads.refused(lambda: ads.campaign(name="YIL-sonu"))
    assert refused == [("campaign_error.DUPLICATE_CAMPAIGN_NAME", "operations.create.name")]
    ads.mutate("campaigns", {"remove": campaign})
    assert ads.campaign()


def test_ad_group_names_are_unique_in_their_campaign_only(ads: Any) -> None:
    first, second = ads.campaign(name="a"), ads.campaign(name="b")
    ads.ad_group(first)
    assert ads.ad_group(second)
    assert ads.refused(lambda: ads.ad_group(first))[0][0] == "ad_group_error.DUPLICATE_ADGROUP_NAME"


def test_a_budget_that_is_not_shared_serves_one_campaign(ads: Any) -> None:
    budget = ads.budget()
    ads.campaign(name="a", campaign_budget=budget)
    code = "campaign_budget_error.CANNOT_USE_IMPLICITLY_SHARED_CAMPAIGN_BUDGET_WITH_MULTIPLE_CAMPAIGNS"
    assert ads.refused(lambda: ads.campaign(name="b", campaign_budget=budget))[0][0] == code


def test_a_budget_is_shared_unless_it_says_otherwise_and_stays_shared(ads: Any) -> None:
    budget = ads.create("campaign_budgets", name="ortak", amount_micros=1_000_000)
    ads.campaign(name="a", campaign_budget=budget)
    ads.campaign(name="b", campaign_budget=budget)
    refused = ads.refused(
        lambda: ads.update("campaign_budgets", budget, ["explicitly_shared"], explicitly_shared=False)
    )
    assert refused[0][0] == "campaign_budget_error.CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED"
    used = ads.refused(lambda: ads.mutate("campaign_budgets", {"remove": budget}))
    assert used[0][0] == "campaign_budget_error.CAMPAIGN_BUDGET_IN_USE"


def test_a_budget_of_one_campaign_is_renamed_through_its_campaign(ads: Any) -> None:
    budget = ads.budget()
    refused = ads.refused(lambda: ads.update("campaign_budgets", budget, ["name"], name="x"))
    assert refused[0][0] == "campaign_budget_error.CANNOT_MODIFY_FIELD_OF_IMPLICITLY_SHARED_CAMPAIGN_BUDGET"


def test_a_keyword_stands_once_in_its_ad_group(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    ads.keyword(group, "Paket Servis")
    assert (
        ads.refused(lambda: ads.keyword(group, "paket servis"))[0][0]
        == "mutate_error.RESOURCE_ALREADY_EXISTS"
    )
    both = ads.refused(lambda: ads.keyword(group, "paket servis", negative=True))
    assert both[0][0] == "ad_group_criterion_error.CANNOT_TARGET_AND_EXCLUDE"


def test_the_text_of_a_keyword_cannot_be_changed(ads: Any) -> None:
    name = ads.keyword(ads.ad_group(ads.campaign()), "paket servis")
    change = {"keyword": {"text": "yemek"}}
    refused = ads.refused(lambda: ads.update("ad_group_criteria", name, ["keyword.text"], **change))
    assert refused == [("field_error.IMMUTABLE_FIELD", "operations.update.keyword.text")]


def test_a_label_is_attached_once_and_seen_on_what_bears_it(ads: Any) -> None:
    campaign, label = ads.campaign(), ads.create("labels", name="kampanya:abc")
    ads.create("campaign_labels", campaign=campaign, label=label)
    again = ads.refused(lambda: ads.create("campaign_labels", campaign=campaign, label=label))
    assert again[0][0] == "campaign_error.CAMPAIGN_LABEL_ALREADY_EXISTS"
    rows = ads.query(f"SELECT campaign.name FROM campaign WHERE campaign.labels CONTAINS ANY ('{label}')")
    assert [row.campaign.name for row in rows] == ["yil-sonu"]
    ads.mutate(
        "campaign_labels",
        {"remove": campaign.replace("campaigns", "campaignLabels") + "~" + label.split("/")[-1]},
    )
    assert not ads.query("SELECT campaign_label.resource_name FROM campaign_label")


def test_a_removed_label_is_not_attached(ads: Any) -> None:
    campaign, label = ads.campaign(), ads.create("labels", name="eski")
    ads.mutate("labels", {"remove": label})
    refused = ads.refused(lambda: ads.create("campaign_labels", campaign=campaign, label=label))
    assert refused[0][0] == "label_error.CANNOT_APPLY_INACTIVE_LABEL"


def test_an_asset_is_linked_in_a_role_of_its_type(ads: Any) -> None:
    campaign = ads.campaign()
    asset = ads.create("assets", callout_asset={"callout_text": "Hızlı servis"})
    assert ads.create("campaign_assets", campaign=campaign, asset=asset, field_type="CALLOUT").endswith(
        "~CALLOUT"
    )
    refused = ads.refused(
        lambda: ads.create("campaign_assets", campaign=campaign, asset=asset, field_type="SITELINK")
    )
    assert refused[0][0] == "asset_link_error.FIELD_TYPE_INCOMPATIBLE_WITH_ASSET_TYPE"


def test_an_ad_group_has_three_enabled_ads(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    names = [ads.ad(group) for _ in range(3)]
    assert ads.refused(lambda: ads.ad(group))[0][0] == "resource_count_limit_exceeded_error.ADGROUP_LIMIT"
    fourth = ads.ad(group, status="PAUSED")
    ads.update("ad_group_ads", names[0], ["status"], status="PAUSED")
    assert ads.update("ad_group_ads", fourth, ["status"], status="ENABLED")


def test_intervals_of_an_ad_schedule_do_not_overlap(ads: Any) -> None:
    campaign = ads.campaign()
    day = {"day_of_week": "MONDAY", "start_minute": "ZERO", "end_minute": "THIRTY"}
    ads.create("campaign_criteria", campaign=campaign, ad_schedule=day | {"start_hour": 9, "end_hour": 12})
    overlapping = day | {"start_hour": 12, "end_hour": 14}
    refused = ads.refused(lambda: ads.create("campaign_criteria", campaign=campaign, ad_schedule=overlapping))
    assert refused[0][0] == "criterion_error.AD_SCHEDULE_TIME_INTERVALS_OVERLAP"
    assert ads.create(
        "campaign_criteria", campaign=campaign, ad_schedule=overlapping | {"day_of_week": "TUESDAY"}
    )


def test_criteria_of_constants_have_the_constants_ids(ads: Any) -> None:
    campaign = ads.campaign()
    name = ads.create(
        "campaign_criteria", campaign=campaign, language={"language_constant": "languageConstants/1037"}
    )
    assert name.endswith("~1037")
    group = ads.ad_group(campaign)
    assert ads.create("ad_group_criteria", ad_group=group, gender={"type_": "FEMALE"}).endswith("~11")
    assert ads.create("ad_group_criteria", ad_group=group, age_range={"type_": "AGE_RANGE_18_24"}).endswith(
        "~503001"
    )


def test_a_violation_passes_where_an_exemption_is_asked_for(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    keyword = {"text": "medication", "match_type": "EXACT"}
    operation = {
        "create": {"ad_group": group, "keyword": keyword},
        "exempt_policy_violation_keys": [{"policy_name": "pharma", "violating_text": "medication"}],
    }
    assert ads.mutate("ad_group_criteria", operation).results[0].resource_name


def test_portfolio_strategies_give_campaigns_their_type(ads: Any) -> None:
    strategy = ads.create(
        "bidding_strategies", name="portföy", target_spend={"cpc_bid_ceiling_micros": 5_000_000}
    )
    campaign = ads.campaign(manual_cpc=None, bidding_strategy=strategy)
    row = ads.query("SELECT campaign.bidding_strategy_type, bidding_strategy.name FROM campaign")[0]
    assert (row.campaign.bidding_strategy_type.name, row.bidding_strategy.name) == ("TARGET_SPEND", "portföy")
    used = ads.refused(lambda: ads.mutate("bidding_strategies", {"remove": strategy}))
    assert used[0][0] == "bidding_strategy_error.CANNOT_REMOVE_ASSOCIATED_STRATEGY"
    ads.mutate("campaigns", {"remove": campaign})
    assert ads.mutate("bidding_strategies", {"remove": strategy})


def test_one_undeclared_campaign_stops_campaign_management_until_it_is_declared(ads: Any) -> None:
    campaign = ads.campaign()
    ads.sandbox.edit(campaign, {"contains_eu_political_advertising": None})
    code = "mutate_error.EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED"
    assert ads.refused(lambda: ads.campaign(name="yeni"))[0][0] == code
    assert ads.refused(lambda: ads.ad_group(campaign))[0][0] == code
    assert ads.query("SELECT campaign.missing_eu_political_advertising_declaration FROM campaign")[
        0
    ].campaign.missing_eu_political_advertising_declaration
    declared = {"contains_eu_political_advertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"}
    ads.update("campaigns", campaign, ["contains_eu_political_advertising"], **declared)
    assert ads.ad_group(campaign)


def test_a_paused_ad_group_shows_why_its_ads_do_not_serve(ads: Any) -> None:
    _, group, _ = ads.tree()
    ads.update("ad_groups", group, ["status"], status="PAUSED")
    ad = ads.query("SELECT ad_group_ad.primary_status, ad_group_ad.primary_status_reasons FROM ad_group_ad")[
        0
    ].ad_group_ad
    assert ad.primary_status.name == "NOT_ELIGIBLE"
    assert [reason.name for reason in ad.primary_status_reasons] == ["AD_GROUP_PAUSED"]


@pytest.mark.parametrize(
    ("change", "serving"),
    [
        ({}, "SERVING"),
        ({"status": "PAUSED"}, "NONE"),
        ({"start_date_time": "2026-12-24 00:00:00"}, "PENDING"),
    ],
)
def test_serving_status_follows_status_and_dates(ads: Any, change: dict[str, str], serving: str) -> None:
    ads.ad_group(ads.campaign(**change))
    assert (
        ads.query("SELECT campaign.serving_status FROM campaign")[0].campaign.serving_status.name == serving
    )


def test_a_campaign_ends_after_its_last_day(ads: Any) -> None:
    ads.ad_group(ads.campaign(end_date_time="2026-12-02 23:59:59"))
    ads.clock.advance(2)
    assert (
        ads.query("SELECT campaign.serving_status FROM campaign")[0].campaign.serving_status.name == "ENDED"
    )
