"""Reports by network and by the campaigns of a budget, through the SDK."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sandbox.google.networks import NETWORKS
from sandbox.market import Conversion
from tests.sandbox_google.test_asset_groups import display_ad, links, pmax
from tests.sandbox_google.test_asset_groups import group as asset_group
from tests.sandbox_google.test_demand_gen import aimed_line

DAY = date(2026, 12, 1)
TODAY = "segments.date DURING TODAY"


def by_network(ads: Any, resource: str, metric: str = "clicks") -> dict[str, float]:
    rows = ads.query(f"SELECT segments.ad_network_type, metrics.{metric} FROM {resource} WHERE {TODAY}")
    return {row.segments.ad_network_type.name: getattr(row.metrics, metric) for row in rows}


def test_a_search_campaign_is_shown_on_search_and_by_its_partners_unless_it_leaves_them_out(ads: Any) -> None:
    campaign, *_ = ads.tree()
    ads.deliver(DAY)
    assert by_network(ads, "campaign") == {"SEARCH": 46, "SEARCH_PARTNERS": 4}
    ads.update("campaigns", campaign, ["network_settings.target_search_network"],
               network_settings={"target_search_network": False})  # fmt: skip
    assert by_network(ads, "campaign") == {"SEARCH": 50}


@pytest.mark.parametrize("resource", ["customer", "campaign", "ad_group", "ad_group_ad", "keyword_view"])
def test_networks_add_up_to_the_whole_at_every_level(ads: Any, resource: str) -> None:
    ads.tree()
    ads.deliver(DAY, Conversion("purchase", 0, 7, 900_000_000))
    for metric in ("impressions", "clicks", "cost_micros", "conversions"):
        whole = ads.query(f"SELECT metrics.{metric} FROM {resource} WHERE {TODAY}")
        total = sum(getattr(row.metrics, metric) for row in whole)
        parts = ads.query(f"SELECT segments.ad_network_type, metrics.{metric} FROM {resource} WHERE {TODAY}")
        assert sum(getattr(row.metrics, metric) for row in parts) == total
        assert total > 0


def test_a_display_campaign_is_shown_on_the_display_network(ads: Any) -> None:
    group = ads.ad_group(ads.campaign(advertising_channel_type="DISPLAY"))
    ads.ad(group, ad=display_ad(ads))
    ads.deliver(DAY)
    assert by_network(ads, "ad_group") == {"CONTENT": 50}


def test_demand_gen_is_told_by_the_network_and_nothing_is_called_googles_own(ads: Any) -> None:
    aimed_line(ads)
    ads.deliver(DAY, clicks=100)
    assert by_network(ads, "campaign") == {"YOUTUBE": 45, "DISCOVER": 35, "GMAIL": 20}


def test_performance_max_is_told_apart_since_june_2025_and_mixed_before(ads: Any) -> None:
    asset_group(ads, pmax(ads), links(ads))
    ads.deliver(DAY, clicks=100)
    assert by_network(ads, "asset_group") == dict(NETWORKS["PERFORMANCE_MAX"])
    line = ads.sandbox.lines(DAY)[0]
    ads.deliver_line(date(2025, 5, 31), line, clicks=100)
    ads.deliver_line(date(2025, 6, 1), line, clicks=100)
    rows = ads.query(
        "SELECT segments.date, segments.ad_network_type, metrics.clicks FROM campaign "
        "WHERE segments.date BETWEEN '2025-05-31' AND '2025-06-01'"
    )
    told = {row.segments.date: set[str]() for row in rows}
    for row in rows:
        told[row.segments.date].add(row.segments.ad_network_type.name)
    assert told == {"2025-05-31": {"MIXED"}, "2025-06-01": {name for name, _ in NETWORKS["PERFORMANCE_MAX"]}}


def test_campaigns_of_several_channels_meet_in_the_accounts_networks(ads: Any) -> None:
    ads.tree()
    ads.ad(ads.ad_group(ads.campaign(name="d", advertising_channel_type="DISPLAY")), ad=display_ad(ads))
    ads.deliver(DAY, clicks=100)
    assert by_network(ads, "customer") == {"SEARCH": 92, "SEARCH_PARTNERS": 8, "CONTENT": 100}


def test_a_network_is_a_condition_beside_devices_and_days(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY, clicks=100)
    rows = ads.query(
        "SELECT segments.date, segments.device, segments.ad_network_type, metrics.clicks FROM campaign "
        f"WHERE {TODAY} AND segments.ad_network_type = 'SEARCH'"
    )
    found = {row.segments.device.name: row.metrics.clicks for row in rows}
    assert found == {"MOBILE": 66, "DESKTOP": 21, "TABLET": 5}


def test_a_shared_budget_is_told_by_the_campaigns_that_use_it_or_used_it(ads: Any) -> None:
    budget = ads.budget(explicitly_shared=True, name="ortak")
    made = []
    for name in ("bir", "iki"):
        made.append(ads.campaign(name=name, campaign_budget=budget))
        group = ads.ad_group(made[-1])
        ads.keyword(group, "paket servis")
        ads.ad(group)
    ads.deliver(DAY)
    ads.mutate("campaigns", {"remove": made[1]})
    association = "segments.budget_campaign_association_status"
    rows = ads.query(
        f"SELECT campaign_budget.id, {association}.campaign, {association}.status, metrics.cost_micros "
        f"FROM campaign_budget WHERE {TODAY}"
    )
    told = {
        (one.campaign, one.status.name): row.metrics.cost_micros
        for row in rows
        if (one := row.segments.budget_campaign_association_status)
    }
    assert told == {(made[0], "ENABLED"): 90_000_000, (made[1], "REMOVED"): 90_000_000}
    whole = ads.query(f"SELECT metrics.cost_micros FROM campaign_budget WHERE {TODAY}")
    assert sum(row.metrics.cost_micros for row in whole) == 180_000_000


def test_the_campaigns_of_a_budget_are_a_condition(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY)
    status = "segments.budget_campaign_association_status.status"
    query = f"SELECT {status}, metrics.clicks FROM campaign WHERE {TODAY} AND {status} ="
    assert [row.metrics.clicks for row in ads.query(f"{query} 'ENABLED'")] == [50]
    assert ads.query(f"{query} 'REMOVED'") == []
