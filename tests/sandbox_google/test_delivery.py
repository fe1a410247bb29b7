from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sandbox.market import simulate

DAY = date(2026, 12, 1)


def test_an_ad_that_may_deliver_is_a_line_of_the_market(ads: Any) -> None:
    campaign, group, ad = ads.tree()
    (line,) = ads.sandbox.lines(DAY)
    assert (line.platform, line.account, line.format, line.currency) == (
        "google",
        "1234567890",
        "search",
        "TRY",
    )
    assert (line.campaign_id, line.ad_set_id, line.ad_id) == (
        campaign.split("/")[-1],
        group.split("/")[-1],
        ad.split("~")[-1],
    )
    assert line.daily_budget_micros == 400_000_000
    assert line.name.startswith("yil-sonu/eve-siparis/")
    assert simulate(1, DAY, [line])[0].spend_micros > 0


@pytest.mark.parametrize(
    "stop",
    [
        lambda ads, campaign, group, ad: ads.update("campaigns", campaign, ["status"], status="PAUSED"),
        lambda ads, campaign, group, ad: ads.update("ad_groups", group, ["status"], status="PAUSED"),
        lambda ads, campaign, group, ad: ads.update("ad_group_ads", ad, ["status"], status="PAUSED"),
        lambda ads, campaign, group, ad: ads.mutate("ad_groups", {"remove": group}),
    ],
)
def test_whatever_is_paused_or_removed_delivers_nothing(ads: Any, stop: Any) -> None:
    campaign, group, ad = ads.tree()
    assert ads.sandbox.lines(DAY)
    stop(ads, campaign, group, ad)
    assert not ads.sandbox.lines(DAY)


def test_a_campaign_delivers_from_its_first_to_its_last_day(ads: Any) -> None:
    group = ads.ad_group(
        ads.campaign(start_date_time="2026-12-02 00:00:00", end_date_time="2026-12-03 23:59:59")
    )
    ads.keyword(group, "paket servis")
    ads.ad(group)
    delivered = [bool(ads.sandbox.lines(date(2026, 12, day))) for day in (1, 2, 3, 4)]
    assert delivered == [False, True, True, False]


def test_an_ad_group_without_an_enabled_keyword_delivers_nothing(ads: Any) -> None:
    group = ads.ad_group(ads.campaign())
    ads.ad(group)
    ads.keyword(group, "tarif", negative=True)
    paused = ads.keyword(group, "paket servis", status="PAUSED")
    assert not ads.sandbox.lines(DAY)
    ads.update("ad_group_criteria", paused, ["status"], status="ENABLED")
    assert ads.sandbox.lines(DAY)


@pytest.mark.parametrize(
    ("bidding", "wants"),
    [
        ({"manual_cpc": {}}, "click"),
        ({"target_spend": {}}, "click"),
        ({"maximize_conversions": {}}, "purchase"),
        (
            {"target_impression_share": {"location": "TOP_OF_PAGE", "location_fraction_micros": 500_000}},
            "impression",
        ),
    ],
)
def test_bidding_says_what_an_ad_wants(ads: Any, bidding: dict[str, Any], wants: str) -> None:
    group = ads.ad_group(ads.campaign(**({"manual_cpc": None} | bidding)))
    ads.keyword(group, "paket servis")
    ads.ad(group)
    assert ads.sandbox.lines(DAY)[0].wants == wants


def test_the_status_counts_objects_and_a_reset_gives_the_same_ids_again(ads: Any) -> None:
    first = ads.tree()
    objects = ads.sandbox.status()["objects"]
    assert (objects["campaign"], objects["ad_group_criterion"], objects["conversion_action"]) == (1, 2, 2)
    ads.sandbox.reset()
    assert ads.sandbox.status()["objects"] == {"conversion_action": 2}
    assert ads.tree() == first


TOTAL = {"period": "CUSTOM_PERIOD", "explicitly_shared": False}


def paid_in_total(ads: Any, micros: int, end: str) -> str:
    budget = ads.create("campaign_budgets", **TOTAL, total_amount_micros=micros)
    campaign = str(ads.campaign(campaign_budget=budget, end_date_time=f"{end} 23:59:59"))
    group = ads.ad_group(campaign)
    ads.keyword(group, "paket servis")
    ads.ad(group)
    return campaign


def test_a_total_budget_is_spread_over_the_days_that_are_left(ads: Any) -> None:
    paid_in_total(ads, 1_000_000_000, "2026-12-10")
    (line,) = ads.sandbox.lines(DAY)
    assert (line.daily_budget_micros, line.lifetime_budget_micros) == (100_000_000, 1_000_000_000)
    ads.deliver_line(DAY, line, spend_micros=190_000_000)
    (later,) = ads.sandbox.lines(date(2026, 12, 2))
    assert later.daily_budget_micros == 90_000_000
    (last,) = ads.sandbox.lines(date(2026, 12, 10))
    assert last.daily_budget_micros * 2 <= 810_000_000  # even a day that bills twice as much


@pytest.mark.parametrize("seed", range(5))
def test_a_total_budget_is_spent_and_never_exceeded(ads: Any, seed: int) -> None:
    paid_in_total(ads, 1_000_000_000, "2026-12-10")
    for number in range(1, 13):
        day = date(2026, 12, number)
        lines = ads.sandbox.lines(day)
        ads.ledger.record(day, lines, simulate(seed, day, lines))
    spent = sum(row.spend_micros for row in ads.ledger.rows("google", DAY, date(2026, 12, 31), DAY))
    assert 700_000_000 < spent <= 1_000_000_000
    assert not ads.sandbox.lines(date(2026, 12, 11))
