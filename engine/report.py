"""What performance data looks like on its way home: a report's specification and its landed pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """One report of one platform, as data: how its raw rows become rows of the unified fact.

    columns        read_json column → DuckDB type of the raw NDJSON rows (metrics as VARCHAR: a bad value must
                   quarantine its row, not the file)
    select         SQL expressions over those columns → the staged columns of the fact:
                   day DATE, account_id, campaign_id, ad_group_id, ad_id VARCHAR, campaign_name,
                   ad_group_name, ad_name VARCHAR, impressions, clicks BIGINT,
                   spend_micros BIGINT (account currency),
                   conversions DOUBLE, conversions_value DOUBLE (account currency, major units);
                   levels above the ad leave the lower ids out
    window_days    how far back every load re-reads (the platform restates that long)
    retention_days beyond it the platform answers nothing
    attribution    the setting the numbers are counted by, kept on every row
    """

    platform: str
    name: str
    level: Literal["account", "campaign", "ad_group", "ad"]
    columns: Mapping[str, str]
    select: Mapping[str, str]
    window_days: int
    retention_days: int
    attribution: str


@dataclass(frozen=True, slots=True)
class Page:
    """Raw rows as they came, one JSON object a line (UTF-8), for account-local days since … until."""

    platform: str
    account: str
    report: str
    since: date
    until: date
    ndjson: bytes
    rows: int
    api_version: str
