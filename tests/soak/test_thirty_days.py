"""Day by day for a month, what DuckDB says of each ad on each day is what the platforms' own ledgers say.

Full: `-m soak`, figures in docs/evidence/numbers.md.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.soak.rig import demand, launched, ledger, mart

DAYS, SLICE = 30, 1
PER_AD = """
select replace(platform, 'google_ads', 'google'), date_day::varchar, ad_id, (spend * 1000000)::bigint,
       impressions, clicks, conversions::decimal(18, 6), conversions_value::decimal(18, 6)
from ad_reporting__ad_report
"""
TOTALS = """
select report, (sum(spend) * 1000000)::bigint, sum(impressions)::bigint, sum(clicks)::bigint,
       sum(conversions)::bigint from (
    select platform || ' account' report, spend, impressions, clicks, conversions from account_day
    union all by name
    select platform || ' campaign' report, spend, impressions, clicks, conversions from campaign_day
    union all by name
    select platform || ' ad' report, spend, impressions, clicks, conversions from ad_day
) group by report
"""
RESTATED = "select count(*) from restatement"
Key = tuple[str, str, str]
Figures = tuple[Decimal, ...]


def in_duckdb(root: Path) -> dict[Key, Figures]:
    """(platform, day, ad) → spend in micros, impressions, clicks, purchases, their value."""
    found = {}
    for platform, day, ad, *figures in mart(root, PER_AD):
        assert (platform, day, ad) not in found, "an ad's day is there twice"
        found[platform, day, ad] = tuple(Decimal(each) for each in figures)
    return found


def on_the_platforms(root: Path) -> dict[Key, Figures]:
    return {
        (platform, row["day"], row["ad_id"]): figures(row)
        for platform in ("meta", "google")
        for row in ledger(root, platform)
    }


def figures(row: dict[str, Any]) -> Figures:
    purchases = row["conversions"].get("purchase", {"count": 0, "value_micros": 0})
    value = Decimal(purchases["value_micros"]) / 1_000_000
    return (
        Decimal(row["spend_micros"]), Decimal(row["impressions"]), Decimal(row["clicks"]),
        Decimal(purchases["count"]), value,
    )  # fmt: skip


def months_totals(root: Path) -> dict[str, tuple[int, ...]]:
    return {report: tuple(int(each) for each in sums) for report, *sums in mart(root, TOTALS)}


def go_through(root: Path, days: int) -> None:
    with launched(root):
        demand(root, "sandbox", "advance", "1")  # the day before the flight
        for day in range(1, days + 1):
            demand(root, "sandbox", "advance", "1")
            demand(root, "load")
            truth, loaded = on_the_platforms(root), in_duckdb(root)
            assert len(truth) == 8 * day, "four ads on each of two platforms, every day"
            wrong = {key: (loaded.get(key), truth.get(key)) for key in {**truth, **loaded}
                     if loaded.get(key) != truth.get(key)}  # fmt: skip
            assert not wrong, f"day {day}: {wrong}"
        totals = months_totals(root)
        for platform in ("meta", "google"):
            levels = {totals[f"{platform} {level}"] for level in ("account", "campaign", "ad")}
            assert len(levels) == 1, "reports of all levels agree"
        print(f"\n{days} days: {len(truth)} ad days equal; restated rows: {mart(root, RESTATED)[0][0]}")
        for platform in ("meta", "google"):
            sums = [
                sum(each) for each in zip(*(v for k, v in truth.items() if k[0] == platform), strict=True)
            ]
            print(
                f"  {platform}: spend micros, impressions, clicks, purchases, value: {[str(s) for s in sums]}"
            )


@pytest.mark.soak
def test_totals_equal_the_ledgers_after_each_of_thirty_days(tmp_path: Path) -> None:
    go_through(tmp_path / "lezzet", DAYS)


@pytest.mark.server
def test_totals_equal_the_ledgers_on_the_first_day(tmp_path: Path) -> None:
    go_through(tmp_path / "lezzet", SLICE)
