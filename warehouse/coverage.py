"""Which account-local days are loaded, exactly: the first gap decides what is due and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from warehouse.store import reading

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One load: account-local days `since` to `until`, asked for on its day `today`; `at` is in UTC."""

    since: date
    until: date
    today: date
    at: datetime

    @property
    def whole_until(self) -> date:
        """The last day that was over when it was loaded: what a day cost is known the day after."""
        return min(self.until, self.today - DAY)

    def part_of(self, day: date) -> bool:
        """Whether it holds a part of `day`, which was not over yet."""
        return self.since <= day <= self.until and self.today == day


@dataclass(frozen=True, slots=True)
class Coverage:
    """All loads of one report, or of all that say one account's spend."""

    spans: Sequence[Span]

    @property
    def first(self) -> date | None:
        """The first day ever loaded."""
        return min((span.since for span in self.spans), default=None)

    def gap(self, first: date) -> date:
        """The first day from `first` on that is not loaded whole."""
        day = first
        for span in sorted(self.spans, key=lambda each: each.since):
            if span.since > day:
                break
            day = max(day, span.whole_until + DAY)
        return day

    def missing(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, that are not loaded whole."""
        loaded = {
            span.since + number * DAY
            for span in self.spans
            for number in range((span.whole_until - span.since).days + 1)
        }
        days = (first + number * DAY for number in range((last - first).days + 1))
        return [day for day in days if day not in loaded]

    def known_until(self, first: date, zone: ZoneInfo) -> datetime:
        """The instant up to which everything from `first` on is known: no gap before it. Aware."""
        gap = self.gap(first)
        begin, end = (datetime.combine(day, time.min, zone) for day in (gap, gap + DAY))
        return max([begin, *(min(span.at, end) for span in self.spans if span.part_of(gap))])


def of_report(con: duckdb.DuckDBPyConnection, platform: str, account: str, report: str) -> Coverage:
    """The loads of one report."""
    rows = con.execute(
        """select distinct since, until, today, loaded_at from load_log
        where platform = $1 and account_id = $2 and report = $3""",
        [platform, account, report],
    ).fetchall()
    return _coverage(rows)


def of_spend(source: Path | duckdb.DuckDBPyConnection, platform: str, account: str) -> Coverage | None:
    """The loads of the report that `spend_day` takes an account's spend from; None before the first."""
    with reading(source) as con:
        rows = con.execute(
            """select distinct since, until, today, loaded_at from load_log
            where platform = $1 and account_id = $2 and level = (
                select case when bool_or(level = 'campaign') then 'campaign' else 'ad' end
                from load_log where platform = $1 and account_id = $2
            )""",
            [platform, account],
        ).fetchall()
    return _coverage(rows) if rows else None


def of_ads(source: Path | duckdb.DuckDBPyConnection, platform: str, account: str) -> Coverage:
    """The loads of what is known ad by ad, which experiments are read from."""
    with reading(source) as con:
        rows = con.execute(
            """select distinct since, until, today, loaded_at from load_log
            where platform = $1 and account_id = $2 and level = 'ad'""",
            [platform, account],
        ).fetchall()
    return _coverage(rows)


def _coverage(rows: list[tuple[date, date, date, datetime]]) -> Coverage:
    return Coverage([Span(since, until, today, at.replace(tzinfo=UTC)) for since, until, today, at in rows])
