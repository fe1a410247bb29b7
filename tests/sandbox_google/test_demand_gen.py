"""Rules of Demand Gen and of audiences, each with the platform's own code; what such campaigns deliver."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from google.ads.googleads.errors import GoogleAdsException

from sandbox.market import simulate
from tests.contract.brand import png
from tests.sandbox_google.conftest import CUSTOMER, ROOT

DAY = date(2026, 12, 1)
ISTANBUL, TURKEY, TURKISH = "geoTargetConstants/1012782", "geoTargetConstants/2792", "languageConstants/1037"
SIZES = {"wide": (600, 314), "square": (300, 300), "logo": (128, 128), "tall": (600, 1067)}


def campaign(ads: Any, **fields: Any) -> str:
    given = {"advertising_channel_type": "DEMAND_GEN", "manual_cpc": None, "maximize_conversions": {}}
    return str(ads.campaign(**(given | fields)))


def group(ads: Any, owner: str, **fields: Any) -> str:
    setting = {"audience_setting": {"use_audience_grouped": True}}
    made = str(ads.ad_group(owner, **(setting | fields)))
    ads.create("ad_group_criteria", ad_group=made, location={"geo_target_constant": TURKEY})
    return made


def image(ads: Any, name: str) -> str:
    return str(ads.create("assets", name=name, image_asset={"data": png(9, *SIZES[name])}))


def film(ads: Any) -> str:
    return str(ads.create("assets", youtube_video_asset={"youtube_video_id": "dQw4w9WgXcQ"}))


def texts(*words: str) -> list[dict[str, str]]:
    return [{"text": word} for word in words]


def pictured(ads: Any, **fields: Any) -> dict[str, Any]:
    given = {
        "headlines": texts("Sıcak gelir"),
        "descriptions": texts("Kapına kadar"),
        "business_name": "Lezzet",
        "marketing_images": [{"asset": image(ads, "wide")}],
        "logo_images": [{"asset": image(ads, "logo")}],
    }
    return {"final_urls": ["https://lezzet.example/"], "demand_gen_multi_asset_ad": given | fields}


def filmed(ads: Any, **fields: Any) -> dict[str, Any]:
    given = {
        "headlines": texts("Sıcak gelir"),
        "long_headlines": texts("Yarım saatte"),
        "descriptions": texts("Kapına kadar"),
        "business_name": {"text": "Lezzet"},
        "videos": [{"asset": film(ads)}],
        "logo_images": [{"asset": image(ads, "logo")}],
    }
    return {"final_urls": ["https://lezzet.example/"], "demand_gen_video_responsive_ad": given | fields}


def codes(ads: Any, act: Any) -> list[str]:
    return [code for code, _ in ads.refused(act)]


def test_ads_of_pictures_and_of_films_are_made_and_read_back(ads: Any) -> None:
    owner = group(ads, campaign(ads))
    for content in (pictured(ads), filmed(ads)):
        ads.ad(owner, ad=content)
    rows = ads.query("SELECT ad_group_ad.ad.type, ad_group.type FROM ad_group_ad")
    assert [row.ad_group_ad.ad.type_.name for row in rows] == [
        "DEMAND_GEN_MULTI_ASSET_AD",
        "DEMAND_GEN_VIDEO_RESPONSIVE_AD",
    ]
    assert {row.ad_group.type_.name for row in rows} == {"UNSPECIFIED"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"headlines": []}, "collection_size_error.TOO_FEW"),
        ({"headlines": texts(*"abcdef")}, "collection_size_error.TOO_MANY"),
        ({"headlines": texts("a" * 31)}, "string_length_error.TOO_LONG"),
        ({"descriptions": texts("a" * 91)}, "string_length_error.TOO_LONG"),
        ({"business_name": ""}, "field_error.REQUIRED"),
        ({"business_name": "a" * 26}, "string_length_error.TOO_LONG"),
        ({"logo_images": []}, "collection_size_error.TOO_FEW"),
        ({"marketing_images": []}, "field_error.REQUIRED"),
    ],
)
def test_what_an_ad_of_pictures_lacks_or_has_too_much_of(ads: Any, fields: Any, code: str) -> None:
    owner, content = group(ads, campaign(ads)), pictured(ads, **fields)
    assert codes(ads, lambda: ads.ad(owner, ad=content)) == [code]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"videos": []}, "collection_size_error.TOO_FEW"),
        ({"long_headlines": []}, "collection_size_error.TOO_FEW"),
        ({"business_name": {}}, "field_error.REQUIRED"),
        ({"logo_images": []}, "collection_size_error.TOO_FEW"),
    ],
)
def test_what_an_ad_of_films_lacks(ads: Any, fields: Any, code: str) -> None:
    owner, content = group(ads, campaign(ads)), filmed(ads, **fields)
    assert codes(ads, lambda: ads.ad(owner, ad=content)) == [code]


def test_a_picture_of_another_shape_and_a_film_that_is_a_picture_are_refused(ads: Any) -> None:
    owner = group(ads, campaign(ads))
    tall, logo = {"asset": image(ads, "tall")}, {"asset": image(ads, "logo")}
    wrong = pictured(ads, marketing_images=[tall])
    assert codes(ads, lambda: ads.ad(owner, ad=wrong)) == ["image_error.ASPECT_RATIO_NOT_ALLOWED"]
    wrong = filmed(ads, videos=[logo])
    assert codes(ads, lambda: ads.ad(owner, ad=wrong)) == ["asset_error.ASSET_DATA_IS_MISSING"]


def test_an_ad_of_another_channel_does_not_fit(ads: Any) -> None:
    owner = group(ads, campaign(ads))
    assert codes(ads, lambda: ads.ad(owner)) == ["ad_error.INVALID_AD_TYPE"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"maximize_conversions": None, "manual_cpc": {}}, "bidding_error.INVALID_BIDDING_STRATEGY_TYPE"),
        (
            {"maximize_conversions": None, "target_spend": {"cpc_bid_ceiling_micros": 1_000_000}},
            "context_error.OPERATION_NOT_PERMITTED_FOR_CONTEXT",
        ),
    ],
)
def test_bids_that_demand_gen_does_not_take(ads: Any, fields: Any, code: str) -> None:
    assert codes(ads, lambda: campaign(ads, **fields)) == [code]


def test_a_budget_is_not_shared_and_not_below_five_dollars_a_day(ads: Any) -> None:
    shared = ads.budget(explicitly_shared=True, name="ortak")
    assert codes(ads, lambda: campaign(ads, campaign_budget=shared)) == [
        "campaign_error.CAMPAIGN_CANNOT_USE_SHARED_BUDGET"
    ]
    small = ads.budget(amount_micros=200_000_000)  # lira
    below = ["campaign_budget_error.BUDGET_BELOW_PER_DAY_MINIMUM"]
    assert codes(ads, lambda: campaign(ads, campaign_budget=small)) == below
    budget = ads.budget()
    campaign(ads, campaign_budget=budget)
    cut = {"amount_micros": 200_000_000}
    assert codes(ads, lambda: ads.update("campaign_budgets", budget, ["amount_micros"], **cut)) == below


def test_a_total_budget_holds_the_least_for_each_day_and_the_refusal_says_how_much(ads: Any) -> None:
    total = {"period": "CUSTOM_PERIOD", "explicitly_shared": False}
    ends = {"end_date_time": "2026-12-10 23:59:59"}
    small = ads.create("campaign_budgets", **total, total_amount_micros=2_090_000_000)  # lira, for ten days
    with pytest.raises(GoogleAdsException) as caught:
        campaign(ads, campaign_budget=small, **ends)
    (error,) = caught.value.failure.errors
    assert error.error_code.campaign_budget_error.name == "BUDGET_BELOW_PER_DAY_MINIMUM"
    details = error.details.budget_per_day_minimum_error_details
    assert (details.budget_per_day_minimum_micros, details.currency_code) == (210_000_000, "TRY")
    assert details.minimum_budget_total_amount_micros == 2_100_000_000
    assert details.failed_budget_total_amount_micros == 2_090_000_000
    enough = ads.create("campaign_budgets", **total, total_amount_micros=2_100_000_000)
    assert campaign(ads, campaign_budget=enough, **ends)
    cut = {"total_amount_micros": 2_000_000_000}
    below = ["campaign_budget_error.BUDGET_BELOW_PER_DAY_MINIMUM"]
    change = lambda: ads.update("campaign_budgets", enough, ["total_amount_micros"], **cut)  # noqa: E731
    assert codes(ads, change) == below


def test_a_video_campaign_can_not_be_made(ads: Any) -> None:
    act = lambda: ads.campaign(advertising_channel_type="VIDEO")  # noqa: E731
    code = "operation_access_denied_error.OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE"
    assert codes(ads, act) == [code]


def test_places_and_languages_are_the_ad_groups_unless_the_campaign_says_otherwise(ads: Any) -> None:
    refused = ["criterion_error.CANNOT_ADD_CRITERIA_TYPE"]
    place, language = {"geo_target_constant": TURKEY}, {"language_constant": TURKISH}
    upgraded = campaign(ads)
    below = group(ads, upgraded)
    ads.create("ad_group_criteria", ad_group=below, language=language)
    for criterion in ({"location": place}, {"language": language}):
        assert codes(ads, lambda: ads.create("campaign_criteria", campaign=upgraded, **criterion)) == refused  # noqa: B023
    plain = campaign(ads, name="eski", demand_gen_campaign_settings={"upgraded_targeting": False})
    ads.create("campaign_criteria", campaign=plain, location=place)
    old = ads.ad_group(plain)
    assert codes(ads, lambda: ads.create("ad_group_criteria", ad_group=old, location=place)) == refused
    search = ads.ad_group(ads.campaign(name="arama"))
    assert codes(ads, lambda: ads.create("ad_group_criteria", ad_group=search, location=place)) == refused


def test_channels_are_all_unless_some_are_chosen_and_belong_to_demand_gen(ads: Any) -> None:
    path = "ad_group.demand_gen_ad_group_settings.channel_controls"
    group(ads, campaign(ads))
    (row,) = ads.query(f"SELECT {path}.channel_strategy, {path}.channel_config FROM ad_group")
    controls = row.ad_group.demand_gen_ad_group_settings.channel_controls
    assert (controls.channel_strategy.name, controls.channel_config.name) == (
        "ALL_CHANNELS",
        "CHANNEL_STRATEGY",
    )
    none: Any = {"channel_controls": {"selected_channels": {"gmail": False}}}
    other = campaign(ads, name="baska")
    act = lambda: ads.ad_group(other, demand_gen_ad_group_settings=none)  # noqa: E731
    assert codes(ads, act) == ["field_error.REQUIRED"]
    some: Any = {"channel_controls": {"selected_channels": {"gmail": True}}}
    search = ads.campaign(name="arama")
    assert codes(ads, lambda: ads.ad_group(search, demand_gen_ad_group_settings=some)) == [
        "operation_access_denied_error.OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE"
    ]
    wrong = {"type_": "SEARCH_STANDARD"}
    assert codes(ads, lambda: ads.ad_group(other, **wrong)) == [
        "ad_group_error.AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"
    ]


def user_list(ads: Any, name: str = "musteriler") -> str:
    item = {"name": "event", "string_rule_item": {"operator": "EQUALS", "value": "Purchase"}}
    rule = {"rule_type": "OR_OF_ANDS", "rule_item_groups": [{"rule_items": [item]}]}
    flexible = {
        "inclusive_rule_operator": "OR",
        "inclusive_operands": [{"rule": rule, "lookback_window_days": 30}],
    }
    return str(
        ads.create("user_lists", name=name, rule_based_user_list={"flexible_rule_user_list": flexible})
    )


def audience(ads: Any, **fields: Any) -> str:
    segment = {"user_list": {"user_list": user_list(ads)}}
    given = {"name": "kitle", "dimensions": [{"audience_segments": {"segments": [segment]}}]}
    return str(ads.create("audiences", **(given | fields)))


def test_an_ad_group_is_aimed_by_one_audience_if_it_was_made_for_that(ads: Any) -> None:
    owner, aimed = group(ads, campaign(ads)), audience(ads)
    ads.create("ad_group_criteria", ad_group=owner, audience={"audience": aimed})
    ages = [{"age": {"age_ranges": [{"min_age": 25}]}}]
    second = str(ads.create("audiences", name="ikinci", dimensions=ages))
    act = lambda: ads.create("ad_group_criteria", ad_group=owner, audience={"audience": second})  # noqa: E731
    assert codes(ads, act) == ["criterion_error.ONE_AUDIENCE_ALLOWED_PER_AD_GROUP"]
    listed = {"user_list": {"user_list": user_list(ads, "baska")}}
    act = lambda: ads.create("ad_group_criteria", ad_group=owner, **listed)  # noqa: E731
    code = "CANNOT_ADD_AUDIENCE_SEGMENT_CRITERION_WHEN_AUDIENCE_GROUPED_IS_SET"
    assert codes(ads, act) == [f"criterion_error.{code}"]
    loose = ads.ad_group(campaign(ads, name="gevsek"))
    act = lambda: ads.create("ad_group_criteria", ad_group=loose, audience={"audience": aimed})  # noqa: E731
    code = "AUDIENCE_NOT_ALLOWED_TO_ATTACH_WHEN_AUDIENCE_GROUPED_SET_TO_FALSE"
    assert codes(ads, act) == [f"criterion_error.{code}"]
    paths = ["audience_setting.use_audience_grouped"]
    off = {"audience_setting": {"use_audience_grouped": False}}
    assert codes(ads, lambda: ads.update("ad_groups", owner, paths, **off)) == ["field_error.IMMUTABLE_FIELD"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "field_error.REQUIRED"),
        ({"name": "a" * 256}, "string_length_error.TOO_LONG"),
        ({"scope": "ASSET_GROUP"}, "audience_error.MISSING_ASSET_GROUP_ID"),
        ({"dimensions": [{"age": {"age_ranges": [{"min_age": 20}]}}]}, "audience_error.DIMENSION_INVALID"),
        ({"dimensions": [{"audience_segments": {}}]}, "audience_error.DIMENSION_INVALID"),
        (
            {"dimensions": [{"gender": {"genders": ["FEMALE"]}}, {"gender": {"genders": ["MALE"]}}]},
            "audience_error.TOO_MANY_DIMENSIONS_OF_SAME_TYPE",
        ),
        (
            {"exclusion_dimension": {"exclusions": [{"user_list": {"user_list": f"{ROOT}/userLists/1"}}]}},
            "audience_error.AUDIENCE_SEGMENT_NOT_FOUND",
        ),
    ],
)
def test_what_an_audience_may_not_be(ads: Any, fields: Any, code: str) -> None:
    assert codes(ads, lambda: audience(ads, **fields)) == [code]


def test_an_audience_of_a_name_that_is_taken_or_a_segment_twice_is_refused(ads: Any) -> None:
    audience(ads)
    again = {"user_list": {"user_list": user_list(ads, "baska")}}
    twice = [{"audience_segments": {"segments": [again, again]}}]
    for fields, code in (
        ({"name": "Kitle", "dimensions": []}, "NAME_ALREADY_IN_USE"),
        ({"name": "iki", "dimensions": twice}, "DUPLICATE_AUDIENCE_SEGMENT"),
    ):
        assert codes(ads, lambda: ads.create("audiences", **fields)) == [f"audience_error.{code}"]  # noqa: B023


def aimed_line(ads: Any, **fields: Any) -> Any:
    owner = group(ads, campaign(ads), **fields)
    ads.ad(owner, ad=pictured(ads) | {"name": "kare"})
    return owner


def test_a_demand_gen_ad_is_a_line_of_the_market_with_the_people_of_its_ad_groups_places(ads: Any) -> None:
    owner = aimed_line(ads)
    (line,) = ads.sandbox.lines(DAY)
    assert (line.format, line.wants, line.ad_set_id) == ("feed", "purchase", owner.rsplit("/", 1)[-1])
    assert line.name == "yil-sonu/eve-siparis/kare"
    everybody = line.audience_size
    (made,) = simulate(1, DAY, [line])
    assert made.spend_micros > 0
    assert made.clicks > 0
    rows = ads.query("SELECT ad_group_criterion.resource_name FROM ad_group_criterion")
    ads.mutate("ad_group_criteria", {"remove": rows[0].ad_group_criterion.resource_name})
    (line,) = ads.sandbox.lines(DAY)
    assert line.audience_size != everybody  # without a place: all over the world


def test_an_audience_of_too_few_shows_nothing_unless_google_may_reach_beyond_it(ads: Any) -> None:
    owner, aimed = aimed_line(ads), audience(ads)
    assert len(ads.sandbox.lines(DAY)) == 1
    ads.create("ad_group_criteria", ad_group=owner, audience={"audience": aimed})
    assert ads.sandbox.lines(DAY) == []  # nobody has bought yet
    ads.update("ad_groups", owner, ["optimized_targeting_enabled"], optimized_targeting_enabled=True)
    assert len(ads.sandbox.lines(DAY)) == 1


def test_the_service_of_audiences_answers_by_itself(ads: Any) -> None:
    service = ads.service("AudienceService")
    answer = service.mutate_audiences(
        request={"customer_id": CUSTOMER, "operations": [{"create": {"name": "kitle"}}]}
    )
    assert answer.results[0].resource_name.startswith(f"{ROOT}/audiences/")


def example(ads: Any, **campaign_fields: Any) -> Any:
    """All of Google's own add_demand_gen_campaign in one request, by temporary ids; its image is ours."""
    budget, top, owner = f"{ROOT}/campaignBudgets/-1", f"{ROOT}/campaigns/-2", f"{ROOT}/adGroups/-3"
    video, logo = f"{ROOT}/assets/-4", f"{ROOT}/assets/-5"
    given = {
        "name": "Demand Gen #1", "status": "PAUSED", "advertising_channel_type": "DEMAND_GEN",
        "campaign_budget": budget, "bidding_strategy_type": "TARGET_CPA",
        "target_cpa": {"target_cpa_micros": 1_000_000},
    }  # fmt: skip
    channels = {"youtube_in_feed": True, "youtube_in_stream": True, "youtube_shorts": True, "gmail": False}
    settings = {"channel_controls": {"selected_channels": channels}}
    ad = {
        "name": "Demand gen multi asset ad", "final_urls": ["http://example.com/demand_gen"],
        "demand_gen_video_responsive_ad": {
            "business_name": {"text": "Interplanetary Cruises"}, "videos": [{"asset": video}],
            "logo_images": [{"asset": logo}], "headlines": texts("Interplanetary cruises"),
            "long_headlines": texts("Travel the World"),
            "descriptions": texts("Book now for an extra discount"),
        },
    }  # fmt: skip
    bodies: dict[str, list[dict[str, Any]]] = {
        "campaign_budget": [{"resource_name": budget, "name": "b", "amount_micros": 500_000_000,
                             "explicitly_shared": False}],
        "campaign": [{"resource_name": top, **given, **campaign_fields}],
        "ad_group": [{"resource_name": owner, "name": "Earth to Mars", "campaign": top,
                      "demand_gen_ad_group_settings": settings}],
        "asset": [{"resource_name": video, "name": "Video",
                   "youtube_video_asset": {"youtube_video_id": "dQw4w9WgXcQ"}},
                  {"resource_name": logo, "name": "Logo", "image_asset": {"data": png(9, 128, 128)}}],
        "ad_group_ad": [{"ad_group": owner, "status": "ENABLED", "ad": ad}],
    }  # fmt: skip
    operations = [{f"{kind}_operation": {"create": body}} for kind, some in bodies.items() for body in some]
    request = {"customer_id": CUSTOMER, "mutate_operations": operations}
    return ads.service("GoogleAdsService").mutate(request=request)


def test_googles_example_builds_a_campaign_once_it_declares_on_political_advertising(ads: Any) -> None:
    refused, *_ = ads.refused(lambda: example(ads))
    assert refused[0] == "field_error.REQUIRED"
    assert refused[1].endswith("contains_eu_political_advertising")
    answer = example(ads, contains_eu_political_advertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING")
    assert len(answer.mutate_operation_responses) == 6
    (row,) = ads.query("SELECT campaign.bidding_strategy_type, ad_group_ad.ad.type FROM ad_group_ad")
    assert row.campaign.bidding_strategy_type.name == "TARGET_CPA"
