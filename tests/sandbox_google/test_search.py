from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import MethodNotImplemented

from sandbox.market import Conversion

DAY = date(2026, 12, 1)
LATE = Conversion("purchase", 5, 2, 800_000_000)
SOON = Conversion("purchase", 0, 3, 900_000_000)
MADE_UP = Conversion("lead", 0, 1, 0)


def names(rows: list[Any]) -> list[str]:
    return [row.campaign.name for row in rows]


def three(ads: Any) -> None:
    for name, status in (("ada", "ENABLED"), ("bora", "PAUSED"), ("çınar", "PAUSED")):
        ads.campaign(name=name, status=status)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("campaign.status = 'PAUSED'", ["bora", "çınar"]),
        ("campaign.status != PAUSED", ["ada"]),
        ("campaign.status IN (PAUSED, ENABLED) AND campaign.name != 'ada'", ["bora", "çınar"]),
        ("campaign.status NOT IN (PAUSED)", ["ada"]),
        ("campaign.name LIKE '%OR%'", ["bora"]),
        ("campaign.name NOT LIKE 'b%'", ["ada", "çınar"]),
        ("campaign.name REGEXP_MATCH '[a-b].*'", ["ada", "bora"]),
        ("campaign.id > 20000000005", ["bora", "çınar"]),
        ("campaign.id BETWEEN 20000000004 AND 20000000006", ["ada", "bora"]),
        ("campaign.network_settings.target_google_search = TRUE", ["ada", "bora", "çınar"]),
        ("campaign.end_date_time IS NULL", ["ada", "bora", "çınar"]),
        ("campaign.end_date_time IS NOT NULL", []),
        ("campaign.start_date_time DURING TODAY", ["ada", "bora", "çınar"]),
        ("campaign_budget.amount_micros >= 400000000", ["ada", "bora", "çınar"]),
    ],
)
def test_conditions_keep_the_rows_they_describe(ads: Any, where: str, expected: list[str]) -> None:
    three(ads)
    rows = ads.query(f"SELECT campaign.name FROM campaign WHERE {where} ORDER BY campaign.name")
    assert names(rows) == expected


def test_rows_come_in_the_order_and_number_asked_for(ads: Any) -> None:
    three(ads)
    text = "SELECT campaign.name, campaign.status FROM campaign ORDER BY campaign.status DESC, campaign.name"
    assert names(ads.query(text)) == ["bora", "çınar", "ada"]
    assert names(ads.query(f"{text} LIMIT 2")) == ["bora", "çınar"]


def test_resource_names_of_what_is_shown_come_along(ads: Any) -> None:
    campaign, group, _ = ads.tree()
    row = ads.query("SELECT ad_group.name, campaign.name FROM ad_group")[0]
    assert (row.ad_group.resource_name, row.campaign.resource_name) == (group, campaign)
    bare = "SELECT ad_group.name FROM ad_group PARAMETERS omit_unselected_resource_names = true"
    assert not ads.query(bare)[0].ad_group.resource_name


def test_an_ad_shows_its_texts_and_everything_above_it(ads: Any) -> None:
    ads.tree()
    row = ads.query(
        "SELECT ad_group_ad.ad.responsive_search_ad.headlines, ad_group_ad.ad.id, ad_group.name,"
        " campaign.name, customer.currency_code, customer.time_zone FROM ad_group_ad"
    )[0]
    assert row.ad_group_ad.ad.responsive_search_ad.headlines[0].text == "Sıcak gelir 0"
    assert (row.ad_group.name, row.campaign.name) == ("eve-siparis", "yil-sonu")
    assert (row.customer.currency_code, row.customer.time_zone) == ("TRY", "Europe/Istanbul")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("campaign.name FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.name", "EXPECTED_FROM"),
        ("SELECT campaign.nam FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.name FROM kampanya", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT ad_group.name FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        (
            "SELECT campaign.name FROM campaign WHERE ad_group.id = 1",
            "PROHIBITED_RESOURCE_TYPE_IN_WHERE_CLAUSE",
        ),
        ("SELECT campaign.network_settings FROM campaign", "PROHIBITED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT label.name, metrics.clicks FROM label", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        (
            "SELECT segments.hour, metrics.clicks FROM keyword_view",
            "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE",
        ),
        ("SELECT segments.date, metrics.clicks FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        (
            "SELECT segments.date FROM campaign WHERE segments.date >= '2026-11-01'",
            "EXPECTED_FILTERS_ON_DATE_RANGE",
        ),
        (
            "SELECT campaign.name FROM campaign WHERE segments.device = MOBILE",
            "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
        ),
        (
            "SELECT campaign.name FROM campaign ORDER BY campaign.id",
            "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
        ),
        (
            "SELECT campaign.labels FROM campaign ORDER BY campaign.labels",
            "PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE",
        ),
        ("SELECT campaign.name FROM campaign WHERE campaign.status = BROKEN", "BAD_ENUM_CONSTANT"),
        ("SELECT campaign.name FROM campaign WHERE campaign.id = 'x'", "BAD_NUMBER"),
        ("SELECT campaign.name FROM campaign WHERE campaign.id LIKE '1%'", "OPERATOR_FIELD_MISMATCH"),
        ("SELECT campaign.name FROM campaign WHERE campaign.labels = 'x'", "OPERATOR_FIELD_MISMATCH"),
        (
            "SELECT campaign.name FROM campaign WHERE segments.date DURING LAST_9_DAYS",
            "INVALID_VALUE_WITH_DURING_OPERATOR",
        ),
        ("SELECT campaign.name FROM campaign WHERE segments.date = '2026-31-01'", "INVALID_DATE_FORMAT"),
        (
            "SELECT segments.conversion_action, metrics.clicks FROM campaign",
            "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
        ),
        ("SELECT campaign.name FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW"),
        ("SELECT campaign.name FROM campaign PARAMETERS x = true", "BAD_PARAMETER_NAME"),
    ],
)
def test_queries_that_cannot_be_are_refused(ads: Any, text: str, code: str) -> None:
    assert ads.refused(lambda: ads.query(text))[0][0] == f"query_error.{code}"


def test_metrics_are_what_the_ledger_holds(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY, SOON, MADE_UP)
    row = ads.query(
        "SELECT metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.ctr, metrics.average_cpc,"
        " metrics.conversions, metrics.conversions_value, metrics.cost_per_conversion,"
        " metrics.all_conversions"
        " FROM campaign"
    )[0].metrics
    assert (row.impressions, row.clicks, row.cost_micros) == (1000, 50, 90_000_000)
    assert (row.ctr, row.average_cpc) == (0.05, 1_800_000.0)
    assert (row.conversions, row.conversions_value, row.all_conversions) == (4.0, 900.0, 4.0)
    assert row.cost_per_conversion == 22_500_000.0


def test_conversions_appear_when_they_arrive(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY, SOON, LATE)
    text = "SELECT metrics.conversions FROM campaign WHERE segments.date = '2026-12-01'"
    assert ads.query(text)[0].metrics.conversions == 3.0
    ads.clock.advance(5)
    assert ads.query(text)[0].metrics.conversions == 5.0


def test_levels_agree_with_each_other(ads: Any) -> None:
    _, group, _ = ads.tree()
    ads.ad(group)
    for offset in range(3):
        ads.deliver(DAY + timedelta(days=offset), SOON, impressions=1001 + offset, clicks=53)
    ads.clock.advance(3)
    sums = {}
    for resource in ("customer", "campaign", "ad_group", "ad_group_ad", "keyword_view", "campaign_budget"):
        rows = ads.query(
            "SELECT metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions"
            f" FROM {resource} WHERE segments.date DURING LAST_7_DAYS"
        )
        found = [
            (r.metrics.impressions, r.metrics.clicks, r.metrics.cost_micros, r.metrics.conversions)
            for r in rows
        ]
        sums[resource] = tuple(map(sum, zip(*found, strict=True)))
    assert len(set(sums.values())) == 1
    assert sums["customer"][0] == 2 * (1001 + 1002 + 1003)


def test_date_segments_group_the_days(ads: Any) -> None:
    ads.tree()
    for offset in range(40):
        ads.deliver(DAY + timedelta(days=offset), impressions=100, clicks=1)
    ads.clock.advance(40)
    where = "WHERE segments.date BETWEEN '2026-12-26' AND '2027-01-05'"
    days = ads.query(
        f"SELECT segments.date, metrics.impressions FROM campaign {where} ORDER BY segments.date"
    )
    assert [row.segments.date for row in days][:2] == ["2026-12-26", "2026-12-27"]
    weeks = ads.query(
        f"SELECT segments.week, metrics.impressions FROM campaign {where} ORDER BY segments.week"
    )
    assert [(r.segments.week, r.metrics.impressions) for r in weeks] == [
        ("2026-12-21", 200),
        ("2026-12-28", 700),
        ("2027-01-04", 200),
    ]
    months = ads.query(
        f"SELECT segments.month, metrics.impressions FROM campaign {where} ORDER BY segments.month"
    )
    assert [(r.segments.month, r.metrics.impressions) for r in months] == [
        ("2026-12-01", 600),
        ("2027-01-01", 500),
    ]
    weekdays = ads.query(f"SELECT segments.day_of_week, metrics.clicks FROM campaign {where}")
    assert {row.segments.day_of_week.name: row.metrics.clicks for row in weekdays}["TUESDAY"] == 2


def test_a_date_filter_alone_does_not_split_rows(ads: Any) -> None:
    ads.tree()
    for offset in range(3):
        ads.deliver(DAY + timedelta(days=offset), impressions=100)
    rows = ads.query(
        "SELECT metrics.impressions FROM campaign WHERE segments.date IN ('2026-12-01', '2026-12-02')"
    )
    assert [row.metrics.impressions for row in rows] == [200]


def test_rows_of_zeros_are_shown_without_segments_and_left_out_with_them(ads: Any) -> None:
    ads.campaign()
    dates = "WHERE segments.date DURING LAST_7_DAYS"
    assert ads.query(f"SELECT metrics.clicks FROM campaign {dates}")[0].metrics.clicks == 0
    assert not ads.query(f"SELECT segments.date, metrics.clicks FROM campaign {dates}")
    assert not ads.query(
        f"SELECT metrics.clicks FROM campaign {dates[:5]} metrics.clicks > 0 AND {dates[6:]}"
    )


def test_conversions_by_action_name_their_action(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY, SOON, MADE_UP)
    rows = ads.query(
        "SELECT segments.conversion_action_name, segments.conversion_action_category, metrics.conversions,"
        " metrics.conversions_value FROM campaign ORDER BY segments.conversion_action_name DESC"
    )
    assert [
        (r.segments.conversion_action_name, r.segments.conversion_action_category.name, r.metrics.conversions)
        for r in rows
    ] == [("Purchase", "PURCHASE", 3.0), ("Lead", "SUBMIT_LEAD_FORM", 1.0)]


def test_an_action_that_is_no_goal_counts_only_among_all_conversions(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY, SOON)
    action = ads.query(
        "SELECT conversion_action.resource_name FROM conversion_action"
        " WHERE conversion_action.name = 'Purchase'"
    )[0].conversion_action.resource_name
    ads.update("conversion_actions", action, ["primary_for_goal"], primary_for_goal=False)
    row = ads.query("SELECT metrics.conversions, metrics.all_conversions FROM campaign")[0].metrics
    assert (row.conversions, row.all_conversions) == (0.0, 3.0)


def test_devices_share_what_there_was(ads: Any) -> None:
    ads.tree()
    ads.deliver(DAY, impressions=1001)
    rows = ads.query(
        "SELECT segments.device, metrics.impressions FROM campaign ORDER BY metrics.impressions DESC"
    )
    assert [row.segments.device.name for row in rows] == ["MOBILE", "DESKTOP", "TABLET"]
    assert sum(row.metrics.impressions for row in rows) == 1001


def test_keyword_views_share_their_ad_groups_numbers(ads: Any) -> None:
    _, group, _ = ads.tree()
    ads.keyword(group, "tarif", negative=True)
    ads.deliver(DAY, SOON, impressions=100, clicks=7)
    rows = ads.query(
        "SELECT ad_group_criterion.keyword.text, metrics.impressions, metrics.clicks FROM keyword_view"
    )
    assert [(r.ad_group_criterion.keyword.text, r.metrics.impressions, r.metrics.clicks) for r in rows] == [
        ("eve yemek", 66, 4),
        ("paket servis", 34, 3),
    ]
    assert rows[0].keyword_view.resource_name.startswith("customers/1234567890/keywordViews/")


def test_pages_have_ten_thousand_rows_and_a_token_for_the_next(ads: Any) -> None:
    for start in (0, 10_000):
        operations = [{"create": {"name": f"etiket {start + n}"}} for n in range(10_000 if not start else 5)]
        ads.mutate("labels", *operations)
    service = ads.service("GoogleAdsService")
    query = "SELECT label.name FROM label"
    counted = {"return_total_results_count": True}
    asked = {"customer_id": "1234567890", "query": query, "search_settings": counted}
    first = next(iter(service.search(request=asked).pages))
    assert (len(first.results), first.total_results_count) == (10_000, 10_005)
    everything = list(service.search(customer_id="1234567890", query=query))
    assert len({row.label.name for row in everything}) == 10_005
    request = {"customer_id": "1234567890", "query": f"{query} LIMIT 3", "page_token": first.next_page_token}
    assert ads.refused(lambda: service.search(request=request))[0][0] == "request_error.INVALID_PAGE_TOKEN"
    batches = [len(b.results) for b in service.search_stream(customer_id="1234567890", query=query)]
    assert batches == [10_000, 5]


def test_the_page_size_cannot_be_chosen(ads: Any) -> None:
    request = {"customer_id": "1234567890", "query": "SELECT campaign.id FROM campaign", "page_size": 100}
    refused = ads.refused(lambda: ads.service("GoogleAdsService").search(request=request))
    assert refused == [("request_error.PAGE_SIZE_NOT_SUPPORTED", "page_size")]


def test_the_field_mask_says_what_was_selected(ads: Any) -> None:
    ads.campaign()
    query = "SELECT campaign.id, campaign.name FROM campaign"
    batch = next(iter(ads.service("GoogleAdsService").search_stream(customer_id="1234567890", query=query)))
    assert list(batch.field_mask.paths) == ["campaign.id", "campaign.name"]
    assert batch.request_id


def test_the_manager_sees_its_client_and_no_metrics(ads: Any) -> None:
    text = "SELECT customer_client.id, customer_client.level, customer_client.manager FROM customer_client"
    rows = ads.query(text, customer="9876543210")
    assert [(r.customer_client.id, r.customer_client.level, r.customer_client.manager) for r in rows] == [
        (9876543210, 0, True),
        (1234567890, 1, False),
    ]
    refused = ads.refused(lambda: ads.query("SELECT metrics.clicks FROM campaign", customer="9876543210"))
    assert refused[0][0] == "query_error.REQUESTED_METRICS_FOR_MANAGER"


def test_a_manager_and_its_client_are_each_the_one_customer_of_a_query_about_them(ads: Any) -> None:
    text = "SELECT customer.id, customer.manager FROM customer"
    for number, manager in (("9876543210", True), ("1234567890", False)):
        (row,) = ads.query(text, customer=number)
        assert (row.customer.resource_name, row.customer.id) == (f"customers/{number}", int(number))
        assert row.customer.manager is manager


def test_an_older_version_does_not_know_newer_fields(ads: Any) -> None:
    ads.campaign()
    text = "SELECT campaign.aca_migration_date_time FROM campaign"
    assert ads.query(text)
    old = ads.service("GoogleAdsService", "v23")
    request = {"customer_id": "1234567890", "query": text}
    refused = ads.refused(lambda: list(old.search_stream(request=request)))
    assert refused[0][0] == "query_error.UNRECOGNIZED_FIELD"


def test_the_total_is_told_when_asked_for_and_takes_no_notice_of_the_limit(ads: Any) -> None:
    ads.mutate("labels", *({"create": {"name": f"etiket {n}"}} for n in range(5)))
    service = ads.service("GoogleAdsService")
    asked = {"customer_id": "1234567890", "query": "SELECT label.name FROM label LIMIT 2"}
    page = next(iter(service.search(request=asked).pages))
    assert (len(page.results), page.total_results_count) == (2, 0)
    page = next(
        iter(service.search(request={**asked, "search_settings": {"return_total_results_count": True}}).pages)
    )
    assert (len(page.results), page.total_results_count) == (2, 5)


def test_a_summary_row_is_not_left_out_in_silence(ads: Any) -> None:
    service = ads.service("GoogleAdsService")
    asked = {"customer_id": "1234567890", "query": "SELECT metrics.clicks FROM campaign"}
    with pytest.raises(MethodNotImplemented, match="a summary row"):
        service.search(request={**asked, "search_settings": {"return_summary_row": True}})
    with pytest.raises(MethodNotImplemented, match="a summary row"):
        list(service.search_stream(request={**asked, "summary_row_setting": "SUMMARY_ROW_WITH_RESULTS"}))


def test_a_message_is_selectable_as_a_whole_where_the_field_service_publishes_it(ads: Any) -> None:
    ads.campaign()
    assert ads.query("SELECT ad_group_ad.ad.display_upload_ad.media_bundle FROM ad_group_ad") == []
    refused = ads.refused(lambda: ads.query("SELECT campaign.network_settings FROM campaign"))
    assert refused[0][0] == "query_error.PROHIBITED_FIELD_IN_SELECT_CLAUSE"


def test_an_older_version_may_select_a_field_that_the_newest_has_lost_and_gets_nothing(ads: Any) -> None:
    name = ads.campaign()
    query = "SELECT campaign.video_brand_safety_suitability FROM campaign"
    stream = ads.service("GoogleAdsService", "v23").search_stream(customer_id="1234567890", query=query)
    (row,) = [row for batch in stream for row in batch.results]
    assert (row.campaign.resource_name, row.campaign.video_brand_safety_suitability.name) == (
        name,
        "UNSPECIFIED",
    )
    assert ads.refused(lambda: ads.query(query))[0][0] == "query_error.UNRECOGNIZED_FIELD"


def test_a_daily_report_over_many_months_has_every_day_once(ads: Any) -> None:
    ads.tree()
    (line,) = ads.sandbox.lines(date(2026, 12, 1))
    days = [date(2026, 12, 1) - timedelta(days=back) for back in (0, 1, 91, 92, 93, 184, 185, 400)]
    for number, day in enumerate(days):
        ads.deliver_line(day, line, clicks=number + 1)
    rows = ads.query(
        "SELECT segments.date, metrics.clicks FROM campaign"
        " WHERE segments.date BETWEEN '2020-01-01' AND '2026-12-31'"
    )
    found = {row.segments.date: row.metrics.clicks for row in rows}
    assert len(rows) == len(days)
    assert found == {day.isoformat(): number + 1 for number, day in enumerate(days)}
