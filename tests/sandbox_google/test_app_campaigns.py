"""App campaigns by their documented rules, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.server
INSTALLS = "OPTIMIZE_INSTALLS_WITHOUT_TARGET_INSTALL_COST"


def setting(goal: str = INSTALLS, id: str = "com.example.lezzet", store: str = "GOOGLE_APP_STORE") -> Any:
    return {"app_id": id, "app_store": store, "bidding_strategy_goal_type": goal}


def app(ads: Any, **fields: Any) -> str:
    given = {
        "advertising_channel_type": "MULTI_CHANNEL",
        "advertising_channel_sub_type": "APP_CAMPAIGN",
        "manual_cpc": None,
        "maximize_conversions": {},
        "app_campaign_setting": setting(),
    } | fields
    return str(ads.campaign(**given))


def texts(*words: str) -> list[dict[str, str]]:
    return [{"text": word} for word in words]


def an_ad(**fields: Any) -> dict[str, Any]:
    content = {"headlines": texts("Bir", "İki"), "descriptions": texts("Üç dokunuşta")} | fields
    return {"app_ad": content}


def test_an_app_campaign_with_its_group_and_ad_is_taken_and_finds_installs(ads: Any) -> None:
    campaign = app(ads)
    group = ads.ad_group(campaign)
    ads.ad(group, ad=an_ad())
    row = ads.query("SELECT ad_group_ad.ad.type, campaign.app_campaign_setting.app_id FROM ad_group_ad")[0]
    assert (row.ad_group_ad.ad.type_.name, row.campaign.app_campaign_setting.app_id) == (
        "APP_AD",
        "com.example.lezzet",
    )
    assert [line.wants for line in ads.sandbox.lines(ads.clock.now().date())] == ["install"]


EARLY = "APP_CAMPAIGN_FOR_PRE_REGISTRATION"
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (
        {"advertising_channel_sub_type": None},
        "campaign_error.INVALID_ADVERTISING_CHANNEL_SUB_TYPE",
        "advertising_channel_sub_type",
    ),
    ({"app_campaign_setting": setting(id="lezzet")}, "campaign_error.APP_NOT_FOUND", "app_id"),
    ({"app_campaign_setting": setting(store="APPLE_APP_STORE")}, "campaign_error.APP_NOT_FOUND", "app_id"),
    (
        {"maximize_conversions": None, "target_cpa": {"target_cpa_micros": 12_000_000}},
        "campaign_error.NOT_COMPATIBLE_WITH_BIDDING_STRATEGY_TYPE",
        "bidding_strategy_goal_type",
    ),
    (
        {"maximize_conversions": None, "manual_cpc": {}},
        "bidding_error.INVALID_BIDDING_STRATEGY_TYPE",
        "manual_cpc",
    ),
    ({"advertising_channel_sub_type": EARLY}, "field_error.INVALID_VALUE", "bidding_strategy_goal_type"),
    (
        {
            "advertising_channel_sub_type": EARLY,
            "app_campaign_setting": setting(
                "OPTIMIZE_PRE_REGISTRATION_CONVERSION_VOLUME", "123456789", "APPLE_APP_STORE"
            ),
        },
        "campaign_error.CANNOT_CREATE_APP_PRE_REGISTRATION_FOR_NON_ANDROID_APP",
        "app_campaign_setting",
    ),
    (
        {
            "advertising_channel_sub_type": "APP_CAMPAIGN_FOR_ENGAGEMENT",
            "app_campaign_setting": setting("OPTIMIZE_IN_APP_CONVERSIONS_WITHOUT_TARGET_CPA"),
        },
        "field_error.REQUIRED",
        "conversion_actions",
    ),
]


@pytest.mark.parametrize(("fields", "code", "place"), REFUSED, ids=lambda value: str(value)[:50])
def test_a_campaign_that_the_guide_does_not_have_is_refused(
    ads: Any, fields: dict[str, Any], code: str, place: str
) -> None:
    refused = ads.refused(lambda: app(ads, **fields))
    assert code in [each for each, _ in refused]
    assert any(path.endswith(place) for each, path in refused if each == code)


def test_an_ad_group_of_an_app_has_no_type_and_no_criteria(ads: Any) -> None:
    campaign = app(ads)
    assert ads.refused(lambda: ads.ad_group(campaign, type_="SEARCH_STANDARD"))[0][0] == (
        "ad_group_error.AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"
    )
    group = ads.ad_group(campaign)
    age = {"type_": "AGE_RANGE_18_24"}
    out = ads.refused(lambda: ads.create("ad_group_criteria", ad_group=group, negative=True, age_range=age))
    assert out[0][0] == "ad_group_criterion_error.CANNOT_EXCLUDE_CRITERIA_TYPE"
    word = ads.refused(lambda: ads.keyword(group, "eve yemek"))
    assert word[0][0] == "ad_group_criterion_error.CANNOT_ADD_CRITERIA_TYPE"


def test_an_ad_is_of_the_campaigns_sub_type_and_within_its_counts(ads: Any) -> None:
    group = ads.ad_group(app(ads))
    few = ads.refused(lambda: ads.ad(group, ad=an_ad(headlines=texts("Bir"))))
    assert few[0] == ("collection_size_error.TOO_FEW", "operations.create.ad.app_ad.headlines")
    wide = ads.refused(lambda: ads.ad(group, ad=an_ad(headlines=texts("Bir", "ı" * 31))))
    assert wide[0][0] == "string_length_error.TOO_LONG"
    other = {"app_engagement_ad": an_ad()["app_ad"]}
    assert ads.refused(lambda: ads.ad(group, ad=other))[0][0] == "ad_error.INVALID_AD_TYPE"
    search = ads.ad_group(ads.campaign(name="arama"))
    assert ads.refused(lambda: ads.ad(search, ad=an_ad()))[0][0] == "ad_error.INVALID_AD_TYPE"
    unknown = [{"asset": "customers/1234567890/assets/1"}]
    gone = ads.refused(lambda: ads.ad(group, ad=an_ad(images=unknown)))
    assert gone[0][0] == "asset_error.ASSET_DATA_IS_MISSING"
