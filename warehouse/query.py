"""Reading: anybody's SQL on the mart, and the few questions that ceilings, pacing and freshness ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError
from warehouse.store import open_mart, reading

Source = Path | duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class DaySpend:
    """One campaign's day, account-local; `campaign_key` is None for a campaign that is not ours."""

    platform: str
    account: str
    currency: str
    day: date
    campaign_key: str | None
    spend: Decimal
    is_final: bool


def query(mart: Path, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Column names and rows of any SQL, which can neither write nor reach another file; times in UTC.

    Raises WarehouseError with DuckDB's own words for SQL it refuses, or when there is no mart.
    """
    with open_mart(mart) as con:
        try:
            result = con.execute(sql)
            return [column[0] for column in result.description or ()], result.fetchall()
        except duckdb.Error as error:
            raise WarehouseError(
                "The query failed", str(error), '`query "show tables"` lists what there is.'
            ) from error


@dataclass(frozen=True, slots=True)
class ObjectSpend:
    """All that is loaded of one campaign or ad set; its platform's id."""

    platform: str
    level: str
    id: str
    spend: Decimal


def object_spend(source: Source) -> list[ObjectSpend]:
    """What each campaign ever spent, and each ad set by its ads, in its account's currency."""
    with reading(source) as con:
        rows = con.execute(
            """select platform, 'campaign', campaign_id, sum(spend) from campaign_day group by all
            union all
            select platform, 'ad_set', ad_group_id, sum(spend) from ad_day group by all"""
        ).fetchall()
    return [ObjectSpend(*row) for row in rows]


def daily_spend(source: Source, since: date, until: date, owned: bool = True) -> list[DaySpend]:
    """Spend per day and campaign key, in the order platform, account, day, key."""
    with reading(source) as con:
        rows = con.execute(
            """select platform, account_id, currency, date_day, campaign_key, sum(spend), bool_and(is_final)
            from spend_day where date_day between $1 and $2 and (not $3 or campaign_key is not null)
            group by all order by platform, account_id, date_day, campaign_key""",
            [since, until, owned],
        ).fetchall()
    return [DaySpend(*row) for row in rows]
