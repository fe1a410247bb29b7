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
from engine.naming import SIGNATURE
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
_GROUP: Final = ("asset_group.id", "asset_group.name")  # required of the message, so without presence
# Level → the resources that are asked, each with its ids. No status is filtered: what was removed has spent
# money, too. Performance Max has no ads, and `ad_group_ad` says nothing of it (…/performance-max/reporting):
# its asset group is a row among the ads, as the one ad of itself, or its money would be missing there.
SOURCES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "account": {"customer": _ACCOUNT},
    "campaign": {"campaign": _CAMPAIGN},
    "ad": {"ad_group_ad": (*_CAMPAIGN, *_AD), "asset_group": (*_CAMPAIGN, *_GROUP)},
}
# Column of the fact → what is asked, the first that a row has.
_UNIFIED: Final[Mapping[str, tuple[str, ...]]] = {
    "account_id": ("customer.id",),
    "account_name": ("customer.descriptive_name",),
    "campaign_id": ("campaign.id",),
    "campaign_name": ("campaign.name",),
    "ad_group_id": ("ad_group.id", "asset_group.id"),
    "ad_group_name": ("ad_group.name", "asset_group.name"),
    "ad_id": ("ad_group_ad.ad.id", "asset_group.id"),
    "ad_name": ("ad_group_ad.ad.name", "asset_group.name"),
    "impressions": ("metrics.impressions",),
    "clicks": ("metrics.clicks",),
    "spend_micros": ("metrics.cost_micros",),
    "conversions": ("metrics.conversions",),
    "conversions_value": ("metrics.conversions_value",),
    "day": ("segments.date",),
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


_SIGNATURE: Final = SIGNATURE.pattern.replace("'", "''")  # no part of the name that people gave


def _columns(ids: Sequence[str]) -> tuple[str, ...]:
    return (*ids, "segments.date", *(f"metrics.{name}" for name in METRICS))


def _spec(level: Any) -> ReportSpec:
    columns = dict.fromkeys(name for ids in SOURCES[level].values() for name in _columns(ids))
    return ReportSpec(
        platform="google",
        name=f"{level}_day",
        level=level,
        columns=dict.fromkeys(columns, "VARCHAR"),
        select={
            name: _expression(name, asked)
            for name, several in _UNIFIED.items()
            if (asked := [each for each in several if each in columns])
        },
        window_days=WINDOW_DAYS,
        retention_days=RETENTION_DAYS,
        attribution=ATTRIBUTION,
    )


def _expression(name: str, columns: Sequence[str]) -> str:
    """SQL for a column of the fact; a value that is no number or day becomes NULL, its row is set apart."""
    asked = [_said(each) for each in columns] + (["'0'"] if name in _NONE else [])
    value = asked[0] if len(asked) == 1 else f"coalesce({', '.join(asked)})"
    return f"TRY_CAST({value} AS {_TYPES[name]})" if name in _TYPES else value


def _said(column: str) -> str:
    return f"regexp_replace(\"{column}\", '{_SIGNATURE}', '')" if column == _GROUP[1] else f'"{column}"'


REPORTS: Final[Sequence[ReportSpec]] = tuple(_spec(level) for level in ("ad", "campaign", "account"))


def queries(report: ReportSpec, since: date, until: date) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The GAQL of a report, each with the columns that it asks for; rows are days of the account."""
    between = f"segments.date BETWEEN '{since.isoformat()}' AND '{until.isoformat()}'"
    for resource, ids in SOURCES[report.level].items():
        yield select(resource, _columns(ids), between), _columns(ids)


def pages(client: Client, account: str, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
    """Pages of at most 10,000 rows, one in memory at a time; one empty page where nothing was delivered.

    Values are texts under their GAQL names; what Google left out is absent, not zero. Raises ConnectorError.
    """
    empty = True
    for rows in _batches(client, report, since, until):
        empty = False
        lines = b"\n".join(rows) + b"\n"
        yield Page("google", account, report.name, since, until, lines, len(rows), VERSION)
    if empty:
        yield Page("google", account, report.name, since, until, b"", 0, VERSION)


def _batches(client: Client, report: ReportSpec, since: date, until: date) -> Iterator[list[bytes]]:
    for query, columns in queries(report, since, until):
        read = _reader(columns)
        for batch in client.batches(query):
            for start in range(0, len(batch), PAGE_ROWS):
                yield [orjson.dumps(read(row)) for row in batch[start : start + PAGE_ROWS]]


def _reader(columns: Sequence[str]) -> Callable[[Any], dict[str, str]]:
    """A function from a raw row to its texts; twice as fast as the generic JSON of protobuf."""
    paths = [(name, attrgetter(owner) if owner else None, leaf) for name, owner, leaf in map(_split, columns)]

    def read(row: Any) -> dict[str, str]:
        values = {}
        for name, owner, leaf in paths:
            message = owner(row) if owner else row
            if name in _GROUP or message.HasField(leaf):
                values[name] = str(getattr(message, leaf))
        return values

    return read


def _split(name: str) -> tuple[str, str, str]:
    owner, _, leaf = name.rpartition(".")
    return name, owner, leaf
