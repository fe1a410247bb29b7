"""Conversion goals by their documented rules, through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.server
EMPTY = "conversion_goal_campaign_config_error.EMPTY_CONVERSION_GOALS"


def goals_of(ads: Any) -> dict[str, bool]:
    """Of the one campaign: `PURCHASE~WEBSITE` → whether it is bid for."""
    query = (
        "SELECT campaign_conversion_goal.category, campaign_conversion_goal.origin,"
        " campaign_conversion_goal.biddable, campaign.id FROM campaign_conversion_goal"
    )
    rows = [row.campaign_conversion_goal for row in ads.query(query)]
    return {f"{row.category.name}~{row.origin.name}": row.biddable for row in rows}


def level_of(ads: Any) -> str:
    query = "SELECT conversion_goal_campaign_config.goal_config_level FROM conversion_goal_campaign_config"
    return str(ads.query(query)[0].conversion_goal_campaign_config.goal_config_level.name)


def goal(campaign: str, words: str) -> str:
    return f"{campaign.replace('/campaigns/', '/campaignConversionGoals/')}~{words}"


def config(campaign: str) -> str:
    return campaign.replace("/campaigns/", "/conversionGoalCampaignConfigs/")


def bid(ads: Any, campaign: str, words: str, biddable: bool) -> Any:
    name = goal(campaign, words)
    return ads.update("campaign_conversion_goals", name, ["biddable"], biddable=biddable)


def action(ads: Any, name: str = "Purchase") -> str:
    where = f"conversion_action.name = '{name}'"
    query = f"SELECT conversion_action.resource_name FROM conversion_action WHERE {where}"
    return str(ads.query(query)[0].conversion_action.resource_name)


def test_a_new_campaign_has_a_goal_for_all_that_the_account_counts_and_follows_it(ads: Any) -> None:
    ads.campaign()
    assert goals_of(ads) == {"PURCHASE~WEBSITE": True, "SUBMIT_LEAD_FORM~WEBSITE": True}
    assert level_of(ads) == "CUSTOMER"
    name = "customers/1234567890/customerConversionGoals/SUBMIT_LEAD_FORM~WEBSITE"
    ads.update("customer_conversion_goals", name, ["biddable"], biddable=False)
    assert goals_of(ads)["SUBMIT_LEAD_FORM~WEBSITE"] is False


def test_a_goal_of_its_own_takes_a_campaign_off_the_accounts(ads: Any) -> None:
    campaign = ads.campaign()
    bid(ads, campaign, "SUBMIT_LEAD_FORM~WEBSITE", False)
    assert (level_of(ads), goals_of(ads)["SUBMIT_LEAD_FORM~WEBSITE"]) == ("CAMPAIGN", False)
    ads.update(
        "conversion_goal_campaign_configs", config(campaign), ["goal_config_level"],
        goal_config_level="CUSTOMER",
    )  # fmt: skip
    assert (level_of(ads), goals_of(ads)["SUBMIT_LEAD_FORM~WEBSITE"]) == ("CUSTOMER", True)


def test_a_new_sort_of_conversion_is_bid_for_unless_the_campaign_chose(ads: Any) -> None:
    campaign = ads.campaign()
    ads.create("conversion_actions", name="Sayfa", type_="WEBPAGE", category="PAGE_VIEW")
    assert goals_of(ads)["PAGE_VIEW~WEBSITE"] is True
    bid(ads, campaign, "PAGE_VIEW~WEBSITE", False)
    ads.create("conversion_actions", name="Üyelik", type_="WEBPAGE", category="SIGNUP")
    assert goals_of(ads)["SIGNUP~WEBSITE"] is False


def test_a_campaign_that_would_bid_for_nothing_is_refused(ads: Any) -> None:
    campaign = ads.campaign()
    bid(ads, campaign, "SUBMIT_LEAD_FORM~WEBSITE", False)
    assert ads.refused(lambda: bid(ads, campaign, "PURCHASE~WEBSITE", False)) == [
        (EMPTY, "operations.update.biddable")
    ]


def test_a_goal_that_nobody_counts_is_not_there(ads: Any) -> None:
    campaign = ads.campaign()
    refused = ads.refused(lambda: bid(ads, campaign, "STORE_SALE~STORE", True))
    assert refused[0][0] == "mutate_error.RESOURCE_NOT_FOUND"


def test_a_custom_goal_is_of_enabled_actions_once_and_stays_while_it_is_used(ads: Any) -> None:
    campaign, one = ads.campaign(), action(ads)
    custom = ads.create("custom_conversion_goals", name="satış", conversion_actions=[one])
    again = ads.refused(lambda: ads.create("custom_conversion_goals", name="b", conversion_actions=[one]))
    assert again[0][0] == "custom_conversion_goal_error.DUPLICATE_CONVERSION_ACTION_LIST"
    unknown = one.rsplit("/", 1)[0] + "/1"
    missing = ads.refused(
        lambda: ads.create("custom_conversion_goals", name="c", conversion_actions=[unknown])
    )
    assert missing[0][0] == "custom_conversion_goal_error.INVALID_CONVERSION_ACTION"
    ads.update(
        "conversion_goal_campaign_configs", config(campaign), ["custom_conversion_goal", "goal_config_level"],
        custom_conversion_goal=custom, goal_config_level="CAMPAIGN",
    )  # fmt: skip
    used = ads.refused(lambda: ads.mutate("custom_conversion_goals", {"remove": custom}))
    assert used[0][0] == "custom_conversion_goal_error.CANNOT_REMOVE_LINKED_CUSTOM_CONVERSION_GOAL"


def test_goals_of_a_campaign_are_chosen_in_the_request_that_makes_it(ads: Any) -> None:
    fields = ads.campaign_fields(resource_name="customers/1234567890/campaigns/-1")
    name = "customers/1234567890/campaignConversionGoals/-1~SUBMIT_LEAD_FORM~WEBSITE"
    update = {"update": {"resource_name": name, "biddable": False}, "update_mask": {"paths": ["biddable"]}}
    operations = [{"campaign_operation": {"create": fields}}, {"campaign_conversion_goal_operation": update}]
    ads.service("GoogleAdsService").mutate(
        request={"customer_id": "1234567890", "mutate_operations": operations}
    )
    assert goals_of(ads) == {"PURCHASE~WEBSITE": True, "SUBMIT_LEAD_FORM~WEBSITE": False}


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("lead", "SUBMIT_LEAD_FORM~WEBSITE"), ("purchase", "PURCHASE~WEBSITE")]
)
def test_delivery_brings_what_the_campaigns_goals_bid_for(ads: Any, wanted: str, chosen: str) -> None:
    campaign = ads.campaign(manual_cpc=None, maximize_conversions={"target_cpa_micros": 40_000_000})
    group = ads.ad_group(campaign)
    ads.keyword(group, "eve yemek")
    ads.ad(group)
    for words in goals_of(ads):
        if words != chosen:
            bid(ads, campaign, words, False)
    assert [line.wants for line in ads.sandbox.lines(ads.clock.now().date())] == [wanted]
