"""Performance by day: what is asked of Google and how its rows become the warehouse's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

import orjson

from connectors.google.client import Client
from connectors.google.gaql import select
from connectors.google.supports import VERSION
from engine.report import Page, ReportSpec

# Conversions are counted on the day of the click, for up to 30 days after it unless the conversion action
# says otherwise (ConversionAction.click_through_lookback_window_days), and Google restates those days as they
# come.
WINDOW_DAYS = 30
RETENTION_DAYS = 1_110  # 37 months of daily rows since 2026-06-01: …/docs/deprecations; some days to spare
ATTRIBUTION = "by click date, window and model of each conversion action (30 days unless changed)"
METRICS: Final = ("impressions", "clicks", "cost_micros", "conversions", "conversions_value")
PAGE_ROWS = 10_000

_ACCOUNT: Final = ("customer.id", "customer.descriptive_name")
_CAMPAIGN: Final = (*_ACCOUNT, "campaign.id", "campaign.name")
_AD: Final = ("ad_group.id", "ad_group.name", "ad_group_ad.ad.id", "ad_group_ad.ad.name")
_IDS: Final[Mapping[str, tuple[str, ...]]] = {
    "account": _ACCOUNT,
    "campaign": _CAMPAIGN,
    "ad": (*_CAMPAIGN, *_AD),
}
# Level → the resource of the query. No status is filtered: what was removed has spent money, too.
RESOURCES: Final = {"account": "customer", "campaign": "campaign", "ad": "ad_group_ad"}
_UNIFIED: Final[Mapping[str, str]] = {
    "customer.id": "account_id",
    "customer.descriptive_name": "account_name",
    "campaign.id": "campaign_id",
    "campaign.name": "campaign_name",
    "ad_group.id": "ad_group_id",
    "ad_group.name": "ad_group_name",
    "ad_group_ad.ad.id": "ad_id",
    "ad_group_ad.ad.name": "ad_name",
    "metrics.impressions": "impressions",
    "metrics.clicks": "clicks",
    "metrics.cost_micros": "spend_micros",
    "metrics.conversions": "conversions",
    "metrics.conversions_value": "conversions_value",
    "segments.date": "day",
}
_TYPES: Final[Mapping[str, str]] = {
    "day": "DATE",
    "impressions": "BIGINT",
    "clicks": "BIGINT",
    "spend_micros": "BIGINT",
    "conversions": "DOUBLE",
    "conversions_value": "DOUBLE",
}
# What does not apply to a row is left out of it, and is none of it; only a cost must be told.
_NONE: Final = frozenset({"impressions", "clicks", "conversions", "conversions_value"})


def _columns(level: str) -> tuple[str, ...]:
    return (*_IDS[level], "segments.date", *(f"metrics.{name}" for name in METRICS))


def _spec(level: Any) -> ReportSpec:
    columns = _columns(level)
    return ReportSpec(
        platform="google",
        name=f"{level}_day",
        level=level,
        columns=dict.fromkeys(columns, "VARCHAR"),
        select={_UNIFIED[name]: _expression(name) for name in columns},
        window_days=WINDOW_DAYS,
        retention_days=RETENTION_DAYS,
        attribution=ATTRIBUTION,
    )


def _expression(column: str) -> str:
    """SQL for a staged column; a value that is no number or day becomes NULL, and its row is set apart."""
    name = _UNIFIED[column]
    value = f"coalesce(\"{column}\", '0')" if name in _NONE else f'"{column}"'
    return f"TRY_CAST({value} AS {_TYPES[name]})" if name in _TYPES else value


REPORTS: Final[Sequence[ReportSpec]] = tuple(_spec(level) for level in ("ad", "campaign", "account"))


def query(report: ReportSpec, since: date, until: date) -> str:
    """The GAQL of a report; rows are days of the account."""
    between = f"segments.date BETWEEN '{since.isoformat()}' AND '{until.isoformat()}'"
    return select(RESOURCES[report.level], tuple(report.columns), between)


def pages(client: Client, account: str, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
    """Pages of at most 10,000 rows, one in memory at a time; one empty page where nothing was delivered.

    Values are texts under their GAQL names; what Google left out is absent, not zero. Raises ConnectorError.
    """
    read = _reader(tuple(report.columns))
    empty = True
    for batch in client.batches(query(report, since, until)):
        for start in range(0, len(batch), PAGE_ROWS):
            empty = False
            lines = [orjson.dumps(read(row)) for row in batch[start : start + PAGE_ROWS]]
            yield Page(
                "google", account, report.name, since, until, b"\n".join(lines) + b"\n", len(lines), VERSION
            )
    if empty:
        yield Page("google", account, report.name, since, until, b"", 0, VERSION)


def _reader(columns: Sequence[str]) -> Callable[[Any], dict[str, str]]:
    """A function from a raw row to its texts; twice as fast as the generic JSON of protobuf."""
    paths = [(name, attrgetter(owner) if owner else None, leaf) for name, owner, leaf in map(_split, columns)]

    def read(row: Any) -> dict[str, str]:
        values = {}
        for name, owner, leaf in paths:
            message = owner(row) if owner else row
            if message.HasField(leaf):
                values[name] = str(getattr(message, leaf))
        return values

    return read


def _split(name: str) -> tuple[str, str, str]:
    owner, _, leaf = name.rpartition(".")
    return name, owner, leaf
