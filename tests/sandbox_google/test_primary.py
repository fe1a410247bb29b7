"""Primary statuses and their reasons, through the SDK."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_google.test_asset_groups import group as asset_group
from tests.sandbox_google.test_asset_groups import links, pmax
from tests.sandbox_google.test_experiments import arms, experiment


def told(ads: Any, kind: str, more: str = "") -> tuple[str, set[str]]:
    (row,) = ads.query(f"SELECT {kind}.primary_status, {kind}.primary_status_reasons FROM {kind} {more}")
    found = getattr(row, kind)
    return found.primary_status.name, {reason.name for reason in found.primary_status_reasons}


def everywhere(ads: Any) -> dict[str, tuple[str, set[str]]]:
    keyword = "WHERE ad_group_criterion.keyword.text = 'eve yemek'"
    kinds = {"campaign": "", "ad_group": "", "ad_group_ad": "", "ad_group_criterion": keyword}
    return {kind: told(ads, kind, more) for kind, more in kinds.items()}


def test_a_whole_campaign_and_all_below_it_are_eligible(ads: Any) -> None:
    ads.tree()
    assert set(map(str, everywhere(ads).values())) == {str(("ELIGIBLE", set()))}


@pytest.mark.parametrize(
    ("kind", "change", "above", "below"),
    [
        ("campaigns", {"status": "PAUSED"}, "PAUSED", "NOT_ELIGIBLE"),
        ("campaigns", {"start_date_time": "2026-12-24 00:00:00"}, "PENDING", "PENDING"),
    ],
)
def test_what_stops_a_campaign_stops_all_below_it(
    ads: Any, kind: str, change: dict[str, str], above: str, below: str
) -> None:
    campaign = ads.campaign(**change)
    group = ads.ad_group(campaign)
    ads.keyword(group, "eve yemek")
    ads.ad(group)
    found, reason = everywhere(ads), f"CAMPAIGN_{above}"
    assert found.pop("campaign") == (above, {reason})
    assert set(map(str, found.values())) == {str((below, {reason}))}


def test_a_campaign_that_is_over_says_so_at_every_level(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    ads.update("campaigns", campaign, ["end_date_time"], end_date_time="2026-12-02 23:59:59")
    ads.clock.advance(3)
    found = everywhere(ads)
    assert found.pop("campaign") == ("ENDED", {"CAMPAIGN_ENDED"})
    assert set(map(str, found.values())) == {str(("NOT_ELIGIBLE", {"CAMPAIGN_ENDED"}))}


def test_an_ad_group_says_what_it_lacks_and_so_does_its_campaign(ads: Any) -> None:
    campaign = ads.campaign()
    assert told(ads, "campaign") == ("NOT_ELIGIBLE", {"NO_AD_GROUPS"})
    group = ads.ad_group(campaign)
    for kind in ("campaign", "ad_group"):
        assert told(ads, kind) == ("NOT_ELIGIBLE", {"NO_KEYWORDS", "NO_AD_GROUP_ADS"})
    keyword, ad = ads.keyword(group, "eve yemek"), ads.ad(group)
    ads.update("ad_group_criteria", keyword, ["status"], status="PAUSED")
    ads.update("ad_group_ads", ad, ["status"], status="PAUSED")
    for kind in ("campaign", "ad_group"):
        assert told(ads, kind) == ("NOT_ELIGIBLE", {"KEYWORDS_PAUSED", "AD_GROUP_ADS_PAUSED"})
    assert told(ads, "ad_group_ad") == ("PAUSED", {"AD_GROUP_AD_PAUSED"})
    assert told(ads, "ad_group_criterion") == ("PAUSED", {"AD_GROUP_CRITERION_PAUSED"})
    ads.update("ad_groups", group, ["status"], status="PAUSED")
    assert told(ads, "campaign") == ("NOT_ELIGIBLE", {"AD_GROUPS_PAUSED"})


def test_one_ad_group_that_can_serve_is_enough_for_a_campaign(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    ads.ad_group(campaign, name="boş")
    assert told(ads, "campaign") == ("ELIGIBLE", set())


def test_a_draft_says_that_it_is_one(ads: Any) -> None:
    campaign, _, _ = ads.tree()
    arms(ads, experiment(ads), campaign)
    more = "WHERE campaign.experiment_type = 'DRAFT' PARAMETERS include_drafts = true"
    assert told(ads, "campaign", more) == ("PAUSED", {"CAMPAIGN_PAUSED", "CAMPAIGN_DRAFT"})


def test_asset_groups_have_a_status_of_their_own(ads: Any) -> None:
    asset_group(ads, pmax(ads), links(ads))
    assert told(ads, "asset_group") == ("ELIGIBLE", set())
    name = ads.query("SELECT asset_group.resource_name FROM asset_group")[0].asset_group.resource_name
    ads.update("asset_groups", name, ["status"], status="PAUSED")
    assert told(ads, "asset_group") == ("PAUSED", {"ASSET_GROUP_PAUSED"})
    assert told(ads, "campaign") == ("NOT_ELIGIBLE", {"ASSET_GROUPS_PAUSED"})


def test_an_ad_that_an_exemption_carries_limits_all_above_it(ads: Any) -> None:
    _, group, ad = ads.tree()
    ads.update("ad_group_ads", ad, ["status"], status="PAUSED")
    content = {
        "final_urls": ["https://lezzet.example/"],
        "responsive_search_ad": {
            "headlines": [{"text": text} for text in ("Sıcak gelir!", "Kapında", "Bugün")],
            "descriptions": [{"text": text} for text in ("Ustanın elinden", "Kapına kadar")],
        },
    }
    ignored = {"ignorable_policy_topics": ["PUNCTUATION"]}
    operation = {"create": {"ad_group": group, "ad": content}, "policy_validation_parameter": ignored}
    ads.mutate("ad_group_ads", operation)
    for kind in ("campaign", "ad_group"):
        assert told(ads, kind) == ("LIMITED", {"HAS_ADS_LIMITED_BY_POLICY"})
    more = "WHERE ad_group_ad.status = 'ENABLED'"
    assert told(ads, "ad_group_ad", more) == ("LIMITED", {"AD_GROUP_AD_UNDER_APPEAL"})
    (row,) = ads.query(f"SELECT ad_group_ad.policy_summary.policy_topic_entries FROM ad_group_ad {more}")
    (entry,) = row.ad_group_ad.policy_summary.policy_topic_entries
    assert (entry.topic, entry.type_.name) == ("PUNCTUATION", "LIMITED")
    assert list(entry.evidences[0].text_list.texts) == ["Sıcak gelir!"]
