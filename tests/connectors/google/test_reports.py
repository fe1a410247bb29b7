"""Reports as data, and rows as they are landed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from connectors.google import reports
from connectors.google.reports import REPORTS
from connectors.google.supports import VERSION
from engine.report import Page

DAY = date(2026, 12, 1)
ROW = import_module(f"google.ads.googleads.{VERSION}.services.types.google_ads_service").GoogleAdsRow.pb()
FACT = {"day", "account_id", "impressions", "clicks", "spend_micros", "conversions", "conversions_value"}


class Stream:
    """A client that answers the query for ads with some batches, and that for asset groups with others."""

    def __init__(self, *batches: Sequence[Any], groups: Sequence[Any] = ()) -> None:
        self._batches, self._groups = batches, groups

    def batches(self, query: str) -> Iterator[Sequence[Any]]:
        return iter([self._groups] if "FROM asset_group " in query else self._batches)


def row(cost: int | None, ad: int = 7) -> Any:
    made = ROW()
    made.customer.id, made.campaign.id, made.campaign.name = 1234567890, 5, "Yıl sonu"
    made.ad_group.id, made.ad_group.name, made.ad_group_ad.ad.id = 6, "Eve", ad
    made.segments.date = "2026-12-01"
    if cost is not None:
        made.metrics.cost_micros = cost
    return made


def pages(*batches: Sequence[Any], groups: Sequence[Any] = ()) -> list[Page]:
    stream: Any = Stream(*batches, groups=groups)
    return list(reports.pages(stream, "1234567890", REPORTS[0], DAY, DAY))


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_asks_for_every_column_it_lands_and_fills_the_fact(report: Any) -> None:
    asked = [query for query, _ in reports.queries(report, DAY, date(2026, 12, 31))]
    assert all(name in " ".join(asked) for name in report.columns)
    assert all(query.endswith("segments.date BETWEEN '2026-12-01' AND '2026-12-31'") for query in asked)
    assert not any("status" in query for query in asked)
    assert report.select.keys() >= FACT
    assert all(f'"{name}"' in " ".join(report.select.values()) for name in report.columns)


def test_levels_leave_the_lower_ids_out() -> None:
    ids = {report.level: {name for name in report.select if name.endswith("_id")} for report in REPORTS}
    assert ids == {
        "ad": {"account_id", "campaign_id", "ad_group_id", "ad_id"},
        "campaign": {"account_id", "campaign_id"},
        "account": {"account_id"},
    }


def test_values_are_texts_and_what_is_absent_is_not_zero() -> None:
    (page,) = pages([row(0), row(None)])
    zero, absent = (json.loads(line) for line in page.ndjson.splitlines())
    assert zero["metrics.cost_micros"] == "0"
    assert "metrics.cost_micros" not in absent
    assert (zero["customer.id"], zero["ad_group_ad.ad.id"], zero["campaign.name"]) == (
        "1234567890",
        "7",
        "Yıl sonu",
    )
    assert page.platform == "google"


def test_an_asset_group_is_a_row_among_the_ads_and_none_is_said_of_an_ad() -> None:
    group = row(3)
    group.ClearField("ad_group")
    group.ClearField("ad_group_ad")
    group.asset_group.id, group.asset_group.name = 9, "Eve"
    (ads, groups) = pages([row(1)], groups=[group])
    assert "asset_group.id" not in json.loads(ads.ndjson)
    said = json.loads(groups.ndjson)
    assert (said["asset_group.id"], said["asset_group.name"]) == ("9", "Eve")
    assert not any(name.startswith("ad_group") for name in said)


def test_pages_stay_within_ten_thousand_rows() -> None:
    made = pages([row(1)] * 10_001, [row(1)])
    assert [page.rows for page in made] == [10_000, 1, 1]
    assert sum(len(page.ndjson.splitlines()) for page in made) == 10_002
