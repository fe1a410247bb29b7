"""The truth about delivery: what every ad of every platform did each day, which reports are compared with."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.market import BY_VIEW, Delivery, Line

SCHEMA = """
CREATE TABLE IF NOT EXISTS delivery (
  platform TEXT, account TEXT, day TEXT, ad_id TEXT, ad_set_id TEXT, campaign_id TEXT,
  impressions INTEGER, clicks INTEGER, reach INTEGER, spend_micros INTEGER, visits INTEGER, carts INTEGER,
  PRIMARY KEY (platform, day, ad_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversion (
  platform TEXT, account TEXT, day TEXT, ad_id TEXT, action TEXT, lag_days INTEGER,
  count INTEGER, value_micros INTEGER,
  PRIMARY KEY (platform, day, ad_id, action, lag_days)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS learning (
  platform TEXT, ad_set_id TEXT, began TEXT, ended TEXT, results INTEGER, watched TEXT,
  PRIMARY KEY (platform, ad_set_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS delivery_ad_set ON delivery (platform, ad_set_id, day, spend_micros);
CREATE INDEX IF NOT EXISTS delivery_campaign ON delivery (platform, campaign_id, day, spend_micros);
"""
PARENTS = ("ad_id", "ad_set_id", "campaign_id", "account")


@dataclass(frozen=True)
class Total:
    """Conversions of one action that had arrived by then."""

    count: int
    value_micros: int


@dataclass(frozen=True)
class Phase:
    """An ad set's learning phase: since when, until when (None: it still learns), its results of the last
    week, and what of it restarts the phase when it changes."""

    began: date
    ended: date | None
    results: int
    watched: dict[str, Any]


@dataclass(slots=True)  # not frozen: a report makes hundreds of thousands, and freezing takes most of that
class Row:
    """One ad's day (of the account's zone), with the conversions visible so far by action."""

    platform: str
    account: str
    day: date
    ad_id: str
    ad_set_id: str
    campaign_id: str
    impressions: int
    clicks: int
    reach: int
    spend_micros: int
    visits: int
    carts: int
    conversions: dict[str, Total] = field(default_factory=dict)


@dataclass(frozen=True)
class Sums:
    """Delivery of some days added up under one id; reach is not additive, both sum and maximum are given."""

    id: str
    ad_set_id: str
    campaign_id: str
    impressions: int
    clicks: int
    reach_sum: int
    reach_max: int
    ad_days: int
    spend_micros: int
    visits: int
    carts: int


class Ledger:
    """`ledger.db` in the state folder; a day is written in one transaction; thread-safe."""

    def __init__(self, state_dir: Path | str) -> None:
        path = Path(state_dir) / "ledger.db"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def record(self, day: date, lines: Iterable[Line], deliveries: Iterable[Delivery]) -> None:
        """One day of any lines; the same day and ad again replaces what was recorded."""
        by_ad = {line.ad_id: line for line in lines}
        pairs = [(by_ad[made.ad_id], made) for made in deliveries]
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "DELETE FROM conversion WHERE platform = ? AND day = ? AND ad_id = ?",
                [(line.platform, day.isoformat(), line.ad_id) for line, _ in pairs],
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO delivery VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                [_delivery_row(day, line, made) for line, made in pairs],
            )
            self._db.executemany(
                "INSERT INTO conversion VALUES (?,?,?,?,?,?,?,?)",
                [row for line, made in pairs for row in _conversion_rows(day, line, made)],
            )

    def rows(self, platform: str, since: date, until: date, as_of: date) -> list[Row]:
        """Days since..until inclusive, by day and ad; a conversion shows from click day + lag_days on."""
        span = (platform, since.isoformat(), until.isoformat())
        with self._lock:
            deliveries = self._db.execute(
                "SELECT * FROM delivery WHERE platform = ? AND day BETWEEN ? AND ? ORDER BY day, ad_id", span
            ).fetchall()
            conversions = self._db.execute(
                "SELECT day, ad_id, action, sum(count), sum(value_micros) FROM conversion"
                " WHERE platform = ? AND day BETWEEN ? AND ? AND date(day, '+' || lag_days || ' days') <= ?"
                " GROUP BY day, ad_id, action",
                (*span, as_of.isoformat()),
            ).fetchall()
        visible: dict[tuple[str, str], dict[str, Total]] = {}
        for day, ad_id, action, count, value in conversions:
            visible.setdefault((day, ad_id), {})[action] = Total(count, value)
        return [_row(one, visible.get((one[2], one[3]), {})) for one in deliveries]

    def spent(
        self, platform: str, parent: str, ids: Sequence[str], since: date | None = None
    ) -> dict[str, int]:
        """Micros spent since a day (or ever) by each id; parent is one of PARENTS, absent ids spent 0."""
        if parent not in PARENTS:
            raise ValueError(f"{parent!r} is not one of {PARENTS}")
        marks = ",".join("?" * len(ids))
        with self._lock:
            found = self._db.execute(
                f"SELECT {parent}, sum(spend_micros) FROM delivery"
                f" WHERE platform = ? AND day >= ? AND {parent} IN ({marks}) GROUP BY {parent}",
                (platform, since.isoformat() if since else "", *ids),
            ).fetchall()
        return dict.fromkeys(ids, 0) | dict(found)

    def totals(
        self,
        platform: str,
        parent: str,
        since: date,
        until: date,
        only: Mapping[str, Sequence[str]],
        after: str = "",
        limit: int = -1,
    ) -> list[Sums]:
        """Sums of the days since..until by one of PARENTS, by id; `only` keeps given ids of PARENTS."""
        where, values = _conditions(platform, since, until, only)
        with self._lock:
            found = self._db.execute(
                f"SELECT {parent}, max(ad_set_id), max(campaign_id), sum(impressions), sum(clicks),"
                " sum(reach),"
                " max(reach), count(DISTINCT day || ad_id), sum(spend_micros), sum(visits), sum(carts)"
                f" FROM delivery d WHERE {where} AND {parent} > ? GROUP BY {parent} ORDER BY {parent} LIMIT"
                " ?",
                (*values, after, limit),
            ).fetchall()
        return [Sums(*one) for one in found]

    def arrived(
        self,
        platform: str,
        parent: str,
        since: date,
        until: date,
        only: Mapping[str, Sequence[str]],
        as_of: date,
    ) -> list[tuple[str, str, int, int, int]]:
        """Visible conversions as (id, action, lag_days, count, value_micros), summed by one of PARENTS."""
        where, values = _conditions(platform, since, until, only)
        with self._lock:
            return self._db.execute(
                f"SELECT d.{parent}, action, lag_days, sum(count), sum(value_micros)"
                " FROM delivery d JOIN conversion c USING (platform, day, ad_id)"
                f" WHERE {where} AND date(day, '+' || lag_days || ' days') <= ?"
                f" GROUP BY d.{parent}, action, lag_days",
                (*values, as_of.isoformat()),
            ).fetchall()

    def visits(self, since: date, until: date) -> list[tuple[date, int, int]]:
        """(day, visits, carts) of the website, whichever platform's ads brought them, by day."""
        with self._lock:
            found = self._db.execute(
                "SELECT day, sum(visits), sum(carts) FROM delivery WHERE day BETWEEN ? AND ?"
                " GROUP BY day ORDER BY day",
                (since.isoformat(), until.isoformat()),
            ).fetchall()
        return [(date.fromisoformat(day), visits, carts) for day, visits, carts in found]

    def converted(self, since: date, until: date) -> list[tuple[date, date, str, int]]:
        """(day of the visit or view, day of the conversion, action, count), both days within since..until."""
        with self._lock:
            found = self._db.execute(
                "SELECT day, date(day, '+' || lag_days || ' days') AS done, action, sum(count)"
                " FROM conversion WHERE day >= ? AND done <= ? GROUP BY day, done, action"
                " ORDER BY day, done, action",
                (since.isoformat(), until.isoformat()),
            ).fetchall()
        return [
            (date.fromisoformat(day), date.fromisoformat(done), action.removesuffix(BY_VIEW), count)
            for day, done, action, count in found
        ]

    def phases(self, platform: str) -> dict[str, Phase]:
        """Learning phases by ad set."""
        with self._lock:
            found = self._db.execute(
                "SELECT ad_set_id, began, ended, results, watched FROM learning WHERE platform = ?",
                (platform,),
            ).fetchall()
        return {
            id_: Phase(
                date.fromisoformat(began),
                date.fromisoformat(ended) if ended else None,
                results,
                json.loads(watched),
            )
            for id_, began, ended, results, watched in found
        }

    def keep_phases(self, platform: str, phases: Mapping[str, Phase]) -> None:
        rows = [
            (
                platform,
                id_,
                one.began.isoformat(),
                one.ended and one.ended.isoformat(),
                one.results,
                json.dumps(one.watched),
            )
            for id_, one in phases.items()
        ]
        with self._lock, self._db:
            self._db.executemany("INSERT OR REPLACE INTO learning VALUES (?,?,?,?,?,?)", rows)

    def results(
        self, platform: str, since: date, until: date
    ) -> dict[tuple[str, date], tuple[int, int, int, int]]:
        """(ad set, day) → impressions, clicks, visits, conversions by click that have arrived on `until`."""
        span = (platform, since.isoformat(), until.isoformat())
        with self._lock:
            found = self._db.execute(
                "SELECT ad_set_id, day, sum(impressions), sum(clicks), sum(visits) FROM delivery"
                " WHERE platform = ? AND day BETWEEN ? AND ? GROUP BY ad_set_id, day",
                span,
            ).fetchall()
            bought = self._db.execute(
                "SELECT d.ad_set_id, d.day, sum(c.count) FROM delivery d JOIN conversion c"
                " USING (platform, day, ad_id) WHERE platform = ? AND day BETWEEN ? AND ?"
                f" AND c.action NOT LIKE '%{BY_VIEW}'"
                " AND date(day, '+' || lag_days || ' days') <= ? GROUP BY d.ad_set_id, d.day",
                (*span, until.isoformat()),
            ).fetchall()
        arrived = {(id_, day): count for id_, day, count in bought}
        return {
            (id_, date.fromisoformat(day)): (*rest, arrived.get((id_, day), 0)) for id_, day, *rest in found
        }

    def first_day(self, platform: str) -> date | None:
        with self._lock:
            found = self._db.execute(
                "SELECT min(day) FROM delivery WHERE platform = ?", (platform,)
            ).fetchone()
        return date.fromisoformat(found[0]) if found[0] else None

    def clear(self, platform: str | None = None) -> None:
        """Forget what one platform, or every one, delivered."""
        with self._lock, self._db:
            for table in ("delivery", "conversion", "learning"):
                self._db.execute(f"DELETE FROM {table} WHERE ? IS NULL OR platform = ?", (platform, platform))

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _conditions(
    platform: str, since: date, until: date, only: Mapping[str, Sequence[str]]
) -> tuple[str, list[object]]:
    where = "platform = ? AND day BETWEEN ? AND ?"
    values: list[object] = [platform, since.isoformat(), until.isoformat()]
    for parent, ids in only.items():
        if parent not in PARENTS:
            raise ValueError(f"{parent!r} is not one of {PARENTS}")
        where += f" AND d.{parent} IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(list(ids)))
    return where, values


def _row(found: Sequence[Any], conversions: dict[str, Total]) -> Row:
    values = (*found[:2], date.fromisoformat(found[2]), *found[3:], conversions)
    return Row(*values)


def _delivery_row(day: date, line: Line, made: Delivery) -> tuple[object, ...]:
    return (
        line.platform, line.account, day.isoformat(), line.ad_id, line.ad_set_id, line.campaign_id,
        made.impressions, made.clicks, made.reach, made.spend_micros, made.visits, made.carts,
    )  # fmt: skip


def _conversion_rows(day: date, line: Line, made: Delivery) -> list[tuple[object, ...]]:
    return [
        (
            line.platform,
            line.account,
            day.isoformat(),
            line.ad_id,
            c.action,
            c.lag_days,
            c.count,
            c.value_micros,
        )
        for c in made.conversions
    ]
