"""Two small reports, one like Meta's and one like Google's, and a warehouse to load them into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from engine.report import Page, ReportSpec
from warehouse.landing import AccountRow, Asked, Landing, land
from warehouse.load import LoadSummary, load_window
from warehouse.store import open_warehouse

TODAY = date(2026, 12, 31)
LOADED_AT = datetime(2026, 12, 31, 5, 0, tzinfo=UTC)

_ACTIONS = "STRUCT(action_type VARCHAR, value VARCHAR)[]"
_PURCHASES = (
    "coalesce(list_sum(list_transform(list_filter({0}, lambda a: a.action_type = 'purchase'),"
    " lambda a: a.value::double)), 0)"
)
META_AD = ReportSpec(
    platform="meta",
    name="ad_day",
    level="ad",
    columns={
        **dict.fromkeys(
            ("date_start", "account_id", "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id"),
            "VARCHAR",
        ),
        **dict.fromkeys(("ad_name", "impressions", "inline_link_clicks", "spend"), "VARCHAR"),
        "actions": _ACTIONS,
        "action_values": _ACTIONS,
    },
    select={
        "day": "date_start::date",
        "account_id": "account_id",
        "campaign_id": "campaign_id",
        "campaign_name": "campaign_name",
        "ad_group_id": "adset_id",
        "ad_group_name": "adset_name",
        "ad_id": "ad_id",
        "ad_name": "ad_name",
        "impressions": "impressions::bigint",
        "clicks": "coalesce(inline_link_clicks, '0')::bigint",
        "spend_micros": "spend::decimal(38, 6) * 1000000",
        "conversions": _PURCHASES.format("actions"),
        "conversions_value": _PURCHASES.format("action_values"),
    },
    window_days=28,
    retention_days=1123,
    attribution="7d_click,1d_view",
)
META_ACCOUNT = ReportSpec(
    platform="meta",
    name="account_day",
    level="account",
    columns={name: META_AD.columns[name] for name in ("date_start", "account_id", "impressions", "spend")},
    select={
        **{name: META_AD.select[name] for name in ("day", "account_id", "impressions", "spend_micros")},
        "clicks": "0",
        "conversions": "0",
        "conversions_value": "0",
    },
    window_days=28,
    retention_days=1123,
    attribution="7d_click,1d_view",
)
GOOGLE_CAMPAIGN = ReportSpec(
    platform="google",
    name="campaign_day",
    level="campaign",
    columns={
        "customer": "STRUCT(id VARCHAR)",
        "campaign": "STRUCT(id VARCHAR, name VARCHAR)",
        "segments": "STRUCT(date VARCHAR)",
        "metrics": "STRUCT(impressions VARCHAR, clicks VARCHAR, costMicros VARCHAR, conversions DOUBLE,"
        " conversionsValue DOUBLE)",
    },
    select={
        "day": "segments.date::date",
        "account_id": "customer.id",
        "campaign_id": "campaign.id",
        "campaign_name": "campaign.name",
        "impressions": "metrics.impressions::bigint",
        "clicks": "coalesce(metrics.clicks, '0')::bigint",
        "spend_micros": "metrics.costMicros::bigint",
        "conversions": "coalesce(metrics.conversions, 0)",
        "conversions_value": "coalesce(metrics.conversionsValue, 0)",
    },
    window_days=30,
    retention_days=1123,
    attribution="account",
)
ACCOUNTS = {
    "meta": AccountRow("meta", "100", "Lezzet", "TRY", "Europe/Istanbul"),
    "google": AccountRow("google", "200", "Lezzet Arama", "TRY", "Europe/Istanbul"),
}

Row = Mapping[str, Any]


def meta_row(
    day: date, ad: int = 1, spend: str = "10.50", purchases: int = 0, **other: Any
) -> dict[str, Any]:
    """One row as Meta sends it: numbers are strings, actions a list."""
    actions = [
        {"action_type": "omni_purchase", "value": "99"},
        {"action_type": "purchase", "value": str(purchases)},
    ]
    return {
        "date_start": day.isoformat(),
        "account_id": "100",
        "campaign_id": "1",
        "campaign_name": "Yıl sonu",
        "adset_id": str(10 + ad % 2),
        "adset_name": f"set {ad % 2}",
        "ad_id": str(100 + ad),
        "ad_name": f"ad {ad}",
        "impressions": "1000",
        "inline_link_clicks": "20",
        "spend": spend,
        "actions": actions,
        "action_values": [{"action_type": "purchase", "value": f"{purchases * 12.5}"}],
    } | other


def google_row(day: date, campaign: int = 1, micros: int = 7_000_000, **metrics: Any) -> dict[str, Any]:
    """One row as Google's client prints it: nested, 64-bit integers as strings."""
    numbers = {"impressions": "500", "clicks": "9", "costMicros": str(micros), "conversions": 1.5}
    return {
        "customer": {"id": "200"},
        "campaign": {"id": str(campaign), "name": f"search {campaign}"},
        "segments": {"date": day.isoformat()},
        "metrics": numbers | metrics,
    }


@dataclass
class World:
    """A warehouse, a landing folder and short words for what the tests do with them."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    runs: int = 0
    specs: Mapping[str, ReportSpec] = field(
        default_factory=lambda: {"ad": META_AD, "account": META_ACCOUNT, "google": GOOGLE_CAMPAIGN}
    )

    def day(self, ago: int) -> date:
        return TODAY - timedelta(days=ago)

    def land(
        self,
        report: str,
        rows: Iterable[Row],
        since: date,
        until: date,
        run: str = "",
        today: date = TODAY,
    ) -> Landing:
        spec = self.specs[report]
        self.runs += 1
        account = ACCOUNTS[spec.platform]
        lines = [orjson.dumps(row) + b"\n" for row in rows]
        asked = Asked(account, spec.name, spec.attribution, since, until, today, LOADED_AT)
        page = Page(spec.platform, account.id, spec.name, since, until, b"".join(lines), len(lines), "v26.0")
        return land(self.folder / "landing", [page], run or f"run{self.runs:03d}", asked)

    def load(
        self,
        report: str,
        rows: Iterable[Row],
        ago: int = 28,
        until: int = 0,
        run: str = "",
        today: date = TODAY,
    ) -> LoadSummary:
        """Load `rows` as the truth of the days from `ago` to `until` days before TODAY."""
        spec = self.specs[report]
        since, last = self.day(ago), self.day(until)
        landing = self.land(report, rows, since, last, run, today)
        return load_window(self.con, spec, landing)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_warehouse(tmp_path / "state" / "warehouse.duckdb") as con:
        yield World(con, tmp_path / "state")


@pytest.fixture
def meta() -> Callable[..., dict[str, Any]]:
    return meta_row


@pytest.fixture
def google() -> Callable[..., dict[str, Any]]:
    return google_row
