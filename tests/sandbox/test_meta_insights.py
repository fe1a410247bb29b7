"""Delivery and its reports: the numbers of the ledger, in the platform's words."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun

from sandbox.runtime import Sandbox

FIELDS = [
    "campaign_id",
    "adset_id",
    "ad_id",
    "spend",
    "impressions",
    "clicks",
    "reach",
    "actions",
    "action_values",
]
DECEMBER = {"since": "2026-11-30", "until": "2026-12-31"}


def counted(row: Any, name: str = "purchase", of: str = "actions", window: str = "value") -> Decimal:
    found = [Decimal(one.get(window, 0)) for one in row.get(of, []) if one["action_type"] == name]
    return found[0] if found else Decimal(0)


def daily(graph: Any, level: str = "ad", **more: Any) -> list[dict[str, Any]]:
    params = {"time_range": DECEMBER, "time_increment": 1, "limit": 1000} | more
    fields = ",".join(FIELDS)
    return graph.get(f"{graph.account}/insights", level=level, fields=fields, **params)["data"]


def test_the_report_equals_the_ledger_by_day_and_ad(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=3)
    box.advance(9)
    truth = {(row["day"], row["ad_id"]): row for row in graph.admin("GET", "ledger", platform="meta")["data"]}
    rows = daily(graph)
    assert len(rows) == len(truth) == 27
    for row in rows:
        true = truth[row["date_start"], row["ad_id"]]
        assert Decimal(row["spend"]) * 1_000_000 == true["spend_micros"]
        assert (int(row["impressions"]), int(row["clicks"])) == (true["impressions"], true["clicks"])
        bought = true["conversions"].get("purchase", {"count": 0, "value_micros": 0})
        assert counted(row) == bought["count"]
        assert counted(row, of="action_values") * 1_000_000 == bought["value_micros"]
        assert counted(row, "landing_page_view") == true["visits"]


def test_levels_add_up_to_each_other(graph: Any, box: Sandbox) -> None:
    for _ in range(2):
        graph.tree(ads=2)
    box.advance(4)
    whole = {}
    for level in ("account", "campaign", "adset", "ad"):
        rows = daily(graph, level)
        whole[level] = (
            sum(Decimal(row["spend"]) for row in rows),
            sum(int(row["impressions"]) for row in rows),
            sum(counted(row) for row in rows),
        )
    assert len(set(whole.values())) == 1
    assert graph.get(graph.account, fields="amount_spent")["amount_spent"] == str(whole["ad"][0] * 100)[:-3]


def test_one_purchase_has_three_names_with_the_same_count(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=1)
    box.advance(7)
    (row,) = graph.get(f"{graph.account}/insights", fields="actions,action_values", time_range=DECEMBER)[
        "data"
    ]
    names = ("purchase", "omni_purchase", "offsite_conversion.fb_pixel_purchase")
    assert len({counted(row, name) for name in names}) == 1
    assert counted(row) > 0
    assert len({counted(row, name, "action_values") for name in names}) == 1


def test_late_conversions_restate_the_day_of_their_click(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=1)
    box.advance(10)
    first = {row["date_start"]: counted(row) for row in daily(graph)}
    spent = {row["date_start"]: row["spend"] for row in daily(graph)}
    graph.post(graph.get(f"{graph.account}/campaigns")["data"][0]["id"], status="PAUSED")
    box.advance(28)
    later = {row["date_start"]: counted(row) for row in daily(graph)}
    assert later.keys() == first.keys()
    assert all(later[day] >= first[day] for day in first)
    assert sum(later.values()) > sum(first.values())
    assert spent == {row["date_start"]: row["spend"] for row in daily(graph)}


def test_windows_nest_and_retired_ones_are_silently_empty(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=2)
    box.advance(20)
    windows = ["1d_click", "7d_click", "28d_click", "7d_view", "28d_view", "1d_view"]
    (row,) = daily(graph, "account", time_increment="all_days", action_attribution_windows=windows)
    one, seven, all_ = (counted(row, window=name) for name in windows[:3])
    assert 0 < one <= seven <= all_
    assert seven == counted(row)
    assert all("view" not in key for action in row["actions"] for key in action)


def test_days_without_delivery_have_no_row_and_paused_ads_deliver_nothing(graph: Any, box: Sandbox) -> None:
    campaign, _, (one, two) = graph.tree(ads=2)
    box.advance(2)
    graph.post(one, status="PAUSED")
    box.advance(1)
    graph.post(campaign, status="PAUSED")
    box.advance(2)
    days = defaultdict(set)
    for row in daily(graph):
        days[row["ad_id"]].add(row["date_start"])
    assert days[one] == {"2026-11-30", "2026-12-01"}
    assert days[two] == {"2026-11-30", "2026-12-01", "2026-12-02"}


def test_schedules_and_disapprovals_keep_ads_from_delivering(graph: Any, box: Sandbox) -> None:
    campaign = graph.campaign(status="ACTIVE")
    times = {"start_time": "2026-12-02T00:00:00+0300", "end_time": "2026-12-05T00:00:00+0300"}
    ad = graph.ad(graph.adset(campaign, **times))
    box.advance(9)
    assert {row["date_start"] for row in daily(graph)} == {"2026-12-02", "2026-12-03", "2026-12-04"}
    graph.admin("POST", "review", ad=ad, status="DISAPPROVED")
    assert graph.get(ad, fields="effective_status")["effective_status"] == "DISAPPROVED"
    graph.post(graph.get(ad, fields="adset_id")["adset_id"], end_time=0)
    box.advance(2)
    assert len(daily(graph)) == 3


def test_a_campaign_budget_is_shared_and_a_lifetime_budget_is_never_exceeded(
    graph: Any, box: Sandbox
) -> None:
    def made(name: str, **budget: Any) -> str:
        fields = {"name": name, "objective": "OUTCOME_SALES", "special_ad_categories": [], "status": "ACTIVE"}
        campaign = graph.post(f"{graph.account}/campaigns", **fields, **budget)["id"]
        for adset in ("a", "b"):
            sent = graph.adset_fields(campaign) | {"name": adset, "end_time": "2026-12-14T00:00:00+0300"}
            del sent["daily_budget"]
            graph.ad(graph.post(f"{graph.account}/adsets", **sent)["id"])
        return campaign

    daily_, lifetime = made("daily", daily_budget=60000), made("lifetime", lifetime_budget=840000)
    box.advance(20)
    spent = box.ledger.spent("meta", "campaign_id", [daily_, lifetime])
    assert 0.8 * 14 * 600e6 < spent[daily_] <= 14 * 600e6
    assert 0.6 * 8400e6 < spent[lifetime] <= 8400e6


def test_spending_limits_of_campaign_and_account_hold(graph: Any, box: Sandbox) -> None:
    campaign, _, _ = graph.tree(ads=2, spend_cap=420000)
    box.advance(12)
    assert 0 < box.ledger.spent("meta", "campaign_id", [campaign])[campaign] <= 4200e6
    graph.tree(ads=1)
    graph.post(graph.account, spend_cap=5000)
    box.advance(8)
    assert box.ledger.spent("meta", "account", [graph.account])[graph.account] <= 5000e6
    assert graph.get(graph.account, fields="spend_cap")["spend_cap"] == "500000"


def test_deleted_ads_leave_their_level_but_stay_in_their_parents_sums(graph: Any, box: Sandbox) -> None:
    _, adset, (one, two) = graph.tree(ads=2)
    box.advance(3)
    whole = sum(Decimal(row["spend"]) for row in daily(graph))
    graph.post(one, status="DELETED")
    assert {row["ad_id"] for row in daily(graph)} == {two}
    assert sum(Decimal(row["spend"]) for row in daily(graph, "adset")) == whole
    asked = [{"field": "ad.effective_status", "operator": "IN", "value": ["DELETED", "ACTIVE"]}]
    assert sum(Decimal(row["spend"]) for row in daily(graph, filtering=asked)) == whole
    assert graph.get(f"{one}/insights", time_range=DECEMBER)["data"]
    assert len(graph.get(f"{adset}/insights", time_range=DECEMBER, level="adset")["data"]) == 1


@pytest.mark.parametrize(
    ("increment", "starts"),
    [
        (1, 12),
        (5, ["2026-11-30", "2026-12-05", "2026-12-10"]),
        ("monthly", ["2026-11-30", "2026-12-01"]),
        ("all_days", ["2026-11-30"]),
    ],
)
def test_time_increments_cut_the_range(graph: Any, box: Sandbox, increment: Any, starts: Any) -> None:
    graph.tree(ads=1)
    box.advance(12)
    rows = daily(
        graph, "account", time_increment=increment, time_range={"since": "2026-11-30", "until": "2026-12-11"}
    )
    found = [row["date_start"] for row in rows]
    assert found == starts if isinstance(starts, list) else len(found) == starts
    assert rows[-1]["date_stop"] == "2026-12-11"
    total = graph.get(f"{graph.account}/insights", time_range=DECEMBER)["data"][0]["spend"]
    assert sum(Decimal(row["spend"]) for row in rows) == Decimal(total)


def test_presets_end_yesterday_and_a_summary_covers_all_pages(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=2)
    box.advance(10)
    answer = graph.get(
        f"{graph.account}/insights",
        date_preset="last_7d",
        time_increment=1,
        level="ad",
        limit=3,
        default_summary="true",
    )
    assert answer["data"][0]["date_start"] == "2026-12-03"
    week = [row for row in daily(graph) if row["date_start"] >= "2026-12-03"]
    assert Decimal(answer["summary"]["spend"]) == sum(Decimal(row["spend"]) for row in week)
    for preset in (
        "today",
        "this_month",
        "last_month",
        "this_week_sun_today",
        "last_quarter",
        "this_year",
        "maximum",
    ):
        assert "data" in graph.get(f"{graph.account}/insights", date_preset=preset)


def test_the_sdk_pages_through_a_report(account: AdAccount, graph: Any, box: Sandbox) -> None:
    graph.tree(ads=5)
    box.advance(6)
    params = {"level": "ad", "time_increment": 1, "time_range": DECEMBER, "limit": 4}
    rows = list(account.get_insights(fields=["ad_id", "spend"], params=params))
    assert len({(row["ad_id"], row["date_start"]) for row in rows}) == len(rows) == 30


def test_insights_may_stand_among_the_fields_of_a_list(graph: Any, box: Sandbox) -> None:
    _, _, ads = graph.tree(ads=2)
    box.advance(3)
    nested = "id,insights.date_preset(maximum){spend,impressions}"
    found = {
        one["id"]: one["insights"]["data"] for one in graph.get(f"{graph.account}/ads", fields=nested)["data"]
    }
    direct = daily(graph, time_increment="all_days")
    assert {ad: rows[0]["spend"] for ad, rows in found.items()} == {
        row["ad_id"]: row["spend"] for row in direct
    }
    assert set(found) == set(ads)


def test_filters_choose_objects_and_numbers(graph: Any, box: Sandbox) -> None:
    campaign, _, (one, _) = graph.tree(ads=2)
    graph.tree(ads=1)
    box.advance(2)
    by_ad = [{"field": "ad.id", "operator": "IN", "value": [one]}]
    assert {row["ad_id"] for row in daily(graph, filtering=by_ad)} == {one}
    by_campaign = [{"field": "campaign.id", "operator": "EQUAL", "value": campaign}]
    assert {row["campaign_id"] for row in daily(graph, filtering=by_campaign)} == {campaign}
    spends = sorted(float(row["spend"]) for row in daily(graph))
    above = [{"field": "spend", "operator": "GREATER_THAN", "value": spends[2]}]
    assert len(daily(graph, filtering=above)) == 3


def test_a_report_run_passes_through_its_states_and_its_percent_lies(
    account: AdAccount, graph: Any, box: Sandbox
) -> None:
    graph.tree(ads=2)
    box.advance(3)
    params = {"level": "ad", "time_increment": 1, "time_range": DECEMBER}
    run = account.get_insights(fields=FIELDS, params=params, is_async=True)
    early = graph.raw("GET", f"{run['report_run_id']}/insights")
    assert (early.status_code, early.json()["error"]["code"]) == (400, 2601)
    seen = []
    while not seen or seen[-1][0] != "Job Completed":
        run = run.api_get()
        seen.append((run["async_status"], run["async_percent_completion"]))
    assert [state for state, _ in seen] == [
        "Job Not Started", "Job Started", "Job Running", "Job Running", "Job Completed"
    ]  # fmt: skip
    assert seen[3] == ("Job Running", 100)
    rows = [row.export_all_data() for row in AdReportRun(run["id"], api=account.get_api()).get_insights()]
    key = ("date_start", "ad_id")
    assert sorted(rows, key=lambda r: [r[k] for k in key]) == sorted(
        daily(graph), key=lambda r: [r[k] for k in key]
    )


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"level": "planet"}, 100),
        ({"fields": "spend,colour"}, 100),
        ({"time_range": {"since": "2026-12-02", "until": "2026-12-01"}}, 100),
        ({"time_range": {"since": "yesterday", "until": "2026-12-01"}}, 100),
        ({"time_range": {"since": "2023-01-01", "until": "2026-12-01"}}, 3018),
        ({"time_increment": 91}, 100),
        ({"date_preset": "last_8d"}, 100),
        ({"action_attribution_windows": ["2d_click"]}, 100),
        ({"filtering": [{"field": "ad.colour", "operator": "IN", "value": []}]}, 100),
        ({"breakdowns": ["shoe_size"]}, 100),
        ({"breakdowns": ["age", "country"]}, 100),
        ({"breakdowns": ["platform_position"]}, 100),
        ({"action_breakdowns": ["action_device"]}, 100),
        ({"colour": "red"}, 100),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(graph: Any, params: dict[str, Any], code: int) -> None:
    answer = graph.raw("GET", f"{graph.account}/insights", **params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    started = graph.raw("POST", f"{graph.account}/insights", **params)
    assert started.status_code == 400


def test_numbers_are_texts_and_rates_follow_from_them(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=1)
    box.advance(3)
    fields = "spend,impressions,clicks,reach,frequency,ctr,cpc,cpm,purchase_roas,account_currency"
    (row,) = graph.get(f"{graph.account}/insights", fields=fields, time_range=DECEMBER)["data"]
    assert all(isinstance(value, str | list) for value in row.values())
    spend, impressions, clicks = (Decimal(row[name]) for name in ("spend", "impressions", "clicks"))
    assert Decimal(row["cpc"]) == pytest.approx(spend / clicks, abs=Decimal("0.000001"))
    assert Decimal(row["ctr"]) == pytest.approx(100 * clicks / impressions, abs=Decimal("0.000001"))
    assert Decimal(row["cpm"]) == pytest.approx(1000 * spend / impressions, abs=Decimal("0.000001"))
    assert Decimal(row["frequency"]) >= 1
    assert row["account_currency"] == "TRY"
    assert row["purchase_roas"][0]["action_type"] == "omni_purchase"


CUTS = [
    ["age"], ["gender"], ["age", "gender"], ["country"], ["region"], ["publisher_platform"],
    ["publisher_platform", "platform_position"], ["impression_device"],
    ["publisher_platform", "platform_position", "impression_device"],
    ["hourly_stats_aggregated_by_advertiser_time_zone"],
]  # fmt: skip
Sum = tuple[Decimal, int, int, Decimal, Decimal]


def summed(rows: list[dict[str, Any]], level: str) -> dict[tuple[Any, ...], Sum]:
    """Spend, impressions, clicks, purchases and their value by object and day."""
    found: dict[tuple[Any, ...], Sum] = {}
    for row in rows:
        key = (row.get(f"{level}_id"), row["date_start"])
        values = (
            Decimal(row["spend"]), int(row["impressions"]), int(row["clicks"]), counted(row),
            counted(row, of="action_values"),
        )  # fmt: skip
        before = found.get(key, (Decimal(0), 0, 0, Decimal(0), Decimal(0)))
        found[key] = tuple(a + b for a, b in zip(before, values, strict=True))  # type: ignore[assignment]
    return found


@pytest.mark.parametrize("cut", CUTS, ids="+".join)
def test_a_breakdown_sums_to_its_level_on_every_day(cut: list[str], graph: Any, box: Sandbox) -> None:
    graph.tree(ads=2)
    box.advance(4)
    for level in ("account", "campaign", "adset", "ad"):
        whole, parts = daily(graph, level), daily(graph, level, breakdowns=cut)
        assert summed(parts, level) == summed(whole, level)
        assert len(parts) >= len(whole)
        assert all(set(cut) <= row.keys() for row in parts)
        keys = [(row.get(f"{level}_id"), row["date_start"], *(row[name] for name in cut)) for row in parts]
        assert len(set(keys)) == len(keys)
    days = daily(graph, "campaign", breakdowns=cut)
    over_all = daily(graph, "campaign", breakdowns=cut, time_increment="all_days")
    assert sum(Decimal(row["spend"]) for row in days) == sum(Decimal(row["spend"]) for row in over_all)


def test_a_breakdown_shows_only_whom_the_ad_set_is_aimed_at(graph: Any, box: Sandbox) -> None:
    spec = {
        "geo_locations": {"regions": [{"key": "3834"}, {"key": "3806"}]}, "age_min": 25, "age_max": 40,
        "genders": [2], "publisher_platforms": ["instagram"],
        "targeting_automation": {"advantage_audience": 0},
    }  # fmt: skip
    adset = graph.adset(graph.campaign(status="ACTIVE"), targeting=spec)
    graph.ad(adset, graph.creative())
    box.advance(3)

    def values(*cut: str) -> set[Any]:
        return {row[cut[-1]] for row in daily(graph, "ad", breakdowns=list(cut))}

    assert values("age") == {"25-34", "35-44"}
    assert values("gender") == {"female"}
    assert values("region") == {"İstanbul", "Ankara"}
    assert values("country") == {"TR"}
    assert values("publisher_platform") == {"instagram"}
    positions = values("publisher_platform", "platform_position")
    assert positions <= {"feed", "instagram_reels", "instagram_stories"}


def test_pages_of_a_breakdown_neither_lose_nor_repeat_rows(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=2)
    box.advance(3)
    params = {
        "breakdowns": ["publisher_platform", "platform_position"],
        "level": "ad",
        "time_range": DECEMBER,
    }
    params |= {"time_increment": 1, "fields": "ad_id,impressions"}
    whole = graph.get(f"{graph.account}/insights", limit=1000, **params)["data"]
    found, after = [], {}
    while True:
        page = graph.get(f"{graph.account}/insights", limit=7, **params, **after)
        found += page["data"]
        if "next" not in page.get("paging", {}):
            break
        after = {"after": page["paging"]["cursors"]["after"]}
    assert found == whole
    assert len(whole) > 20


def test_people_are_not_counted_by_the_hour(graph: Any, box: Sandbox) -> None:
    graph.tree(ads=1)
    box.advance(2)
    hourly = {"breakdowns": ["hourly_stats_aggregated_by_advertiser_time_zone"], "time_range": DECEMBER}
    for row in graph.get(f"{graph.account}/insights", fields="impressions,reach,frequency", **hourly)["data"]:
        assert not {"reach", "frequency"} & row.keys()
    ages = {"breakdowns": ["age"], "time_range": DECEMBER}
    assert all(
        "reach" in row for row in graph.get(f"{graph.account}/insights", fields="reach", **ages)["data"]
    )
