"""Bring the numbers home: land raw pages, merge each window in one transaction, publish the mart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from engine.assemble import Spending
from engine.report import ReportSpec
from journal.records import ObjectRecord
from journal.store import Journal
from operations.site import Site
from schemas.naming_checks import patterns
from warehouse import coverage, landing, models, publish, query, store
from warehouse.load import LoadSummary, due_window, load_window
from warehouse.names import Read, put_names
from warehouse.objects import ENTITY_KIND, ObjectRow, put_objects

Tell = Callable[[str], None]
Parse = Callable[[str], dict[str, str] | None]

# What reports know of our kinds; the warehouse speaks of ad sets, Google of ad groups
# and asset groups.
REPORTED = {
    "campaign": "campaign",
    "ad_set": "ad_set",
    "ad_group": "ad_set",
    "asset_group": "ad_set",
    "ad": "ad",
}

# The account's own total goes first: it vouches for an empty answer below it.
LEVELS = {"account": 0, "campaign": 1, "ad_group": 2, "ad": 3}


@dataclass(frozen=True, slots=True)
class Loaded:
    """One report of one platform, loaded; days are those of its account."""

    platform: str
    report: str
    since: date
    until: date
    summary: LoadSummary


@dataclass(frozen=True, slots=True)
class Files:
    """The warehouse that is written, the mart that is read, the raw pages."""

    warehouse: Path
    mart: Path
    landing: Path

    @classmethod
    def of(cls, site: Site) -> Files:
        state = site.state
        return cls(state / "warehouse.duckdb", state / "mart.duckdb", state / "landing")


@dataclass(frozen=True, slots=True)
class Window:
    """The days asked for; None means what the report's restatement window asks for."""

    since: date | None = None
    until: date | None = None


def load(
    site: Site, journal: Journal, window: Window = Window(), tell: Tell = lambda _: None
) -> list[Loaded]:
    """Re-read every report's window and publish.

    Each platform's pages are landed before its window is touched. Raises ConnectorError (DuckDB is then as it
    was for that report and all after it), WarehouseError.
    """
    files, now = Files.of(site), site.now()
    with store.open_warehouse(files.warehouse) as con:
        loaded = [
            _load(site, con, platform, report, window, now, tell)
            for platform in site.platforms
            for report in sorted(site.connectors[platform].reports, key=lambda each: LEVELS[each.level])
        ]
        publish_mart(site, journal, con, tell)
    summary = {f"{each.platform}.{each.report}": each.summary.rows for each in loaded}
    journal.event("load", datetime.now(UTC), "kampanya", summary)
    return loaded


def publish_mart(site: Site, journal: Journal, con: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    """Whose objects they are and what their names say, the models, the data tests, and the mart."""
    put_objects(con, _objects(journal.objects()))
    put_names(con, _names(site))
    models.build(con)
    for failure in models.check(con, site.now()):
        tell(f"data test: {failure}")
    publish.publish(con, Files.of(site).mart)


def missing(loaded: Sequence[Loaded]) -> str:
    """Which reports lack rows of their window, in words; "" where none does."""
    short = [f"{each.platform}.{each.report}" for each in loaded if each.summary.incomplete]
    return f"Rows are missing from {', '.join(short)}" if short else ""


def _load(
    site: Site,
    con: duckdb.DuckDBPyConnection,
    platform: str,
    report: ReportSpec,
    window: Window,
    now: datetime,
    tell: Tell,
) -> Loaded:
    connector, account = site.connectors[platform], site.accounts[platform]
    facts = connector.facts()
    today = now.astimezone(ZoneInfo(account.time_zone)).date()
    due = due_window(con, report, facts.id, today, _first_day(site))
    since, until = window.since or due[0], window.until or due[1]
    tell(f"loading {platform} {report.name}: {since} … {until}")
    row = landing.AccountRow(report.platform, facts.id, facts.name, facts.currency, facts.time_zone)
    asked = landing.Asked(row, report.name, report.attribution, since, until, today, now)
    run = f"{now:%Y%m%dT%H%M%S}"
    landed = landing.land(Files.of(site).landing, connector.pages(report, since, until), run, asked)
    summary = load_window(con, report, landed)
    for warning in summary.warnings:
        tell(f"{platform} {report.name}: {warning}")
    return Loaded(platform, report.name, since, until, summary)


def _first_day(site: Site) -> date | None:
    return min((each.flight.start for each in site.workspace.campaigns), default=None)


def _objects(records: list[ObjectRecord]) -> Iterator[ObjectRow]:
    """Archived ones too: what they spent was spent by us."""
    for each in records:
        kind = REPORTED.get(each.address.kind)
        if kind:
            yield ObjectRow(
                each.address.platform,
                each.account,
                kind,  # type: ignore[arg-type]
                each.id,
                each.address.key,
            )


def _names(site: Site) -> Read:
    """Reads a reported name by the pattern of its level: {} for one that the pattern does not make."""
    brand = site.workspace.brand
    levels = {kind: patterns(brand)[level].parse for level, kind in ENTITY_KIND.items()}

    def read(platform: str, kind: str, name: str) -> Mapping[str, str]:
        found = levels[kind](name) if kind in levels else None
        if found is None and kind == "campaign":
            found = _for_one_ad_set(name, levels["campaign"], levels["ad_group"])
        fixed = {"brand": brand.brand, "environment": site.environment, "platform": platform}
        ours = all((found or {}).get(each, value) == value for each, value in fixed.items())
        return (found or {}) if ours else {}

    return read


def _for_one_ad_set(name: str, campaign: Parse, ad_set: Parse) -> dict[str, str] | None:
    """A platform's campaign with one ad set's budget is called after both, with " | " between (Google)."""
    for bar in re.finditer(r" \| ", name):
        above, below = campaign(name[: bar.start()]), ad_set(name[bar.end() :])
        if above is not None and below is not None:
            return below | above
    return None


def spending(site: Site) -> Spending:
    """What the mart says of this month's spend, of the whole accounts, ours or not.

    Each platform's missing days are those not loaded whole; `loaded_at` is the instant up to which the spend
    of all of them is known without a gap, None where one was never loaded.
    """
    mart = Files.of(site).mart
    if not mart.exists():
        return Spending()
    now = site.now()
    today = site.today(now)
    month, yesterday = today.replace(day=1), today - timedelta(days=1)
    by_day = query.daily_spend(mart, month, yesterday, owned=False)
    missing: dict[str, Mapping[date, Decimal]] = {}
    until: list[datetime | None] = []
    for platform in site.platforms:
        days, known = _known(site, mart, platform, now)
        missing[platform] = {
            day: sum(
                (each.spend for each in by_day if (each.platform, each.day) == (platform, day)), Decimal(0)
            )
            for day in days
        }
        until.append(known)
    sums: dict[str, Decimal] = {}
    for each in by_day:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.spend
    known_all = [each for each in until if each is not None]
    loaded_at = min(known_all) if len(known_all) == len(until) else None
    return Spending(sums, missing, loaded_at, _of_objects(site, mart))


def _of_objects(site: Site, mart: Path) -> dict[tuple[str, str, str], Decimal]:
    """By platform, kind and id, all that was ever loaded of what may carry a budget."""
    return {
        (each.platform, kind, each.id): each.spend
        for each in query.object_spend(mart)
        if each.platform in site.supports
        for kind, level in REPORTED.items()
        if level == each.level and kind in site.supports[each.platform].kinds
    }


def _known(site: Site, mart: Path, platform: str, now: datetime) -> tuple[list[date], datetime | None]:
    """Days of this month before today that are not loaded whole, and up to when all is known."""
    account, today = site.accounts[platform], site.today(now)
    month, yesterday = today.replace(day=1), today - timedelta(days=1)
    loaded = coverage.of_spend(mart, platform, account.id)
    if loaded is None or loaded.first is None:
        return coverage.Coverage(()).missing(month, yesterday), None
    first = min(day for day in (_first_day(site), loaded.first, month) if day is not None)
    return loaded.missing(month, yesterday), loaded.known_until(first, ZoneInfo(account.time_zone))


def ask(site: Site, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Any SQL on the mart, read only. Raises WarehouseError."""
    return query.query(Files.of(site).mart, sql)


def export(site: Site, folder: Path) -> list[Path]:
    """The mart's tables as Parquet files."""
    return publish.export(Files.of(site).mart, folder)
