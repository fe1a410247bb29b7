"""How fast a window is loaded, against a limit: the rate at which orjson merely parses the same rows.

    python -m benchmarks.load [--ads 10000] [--days 28] [--history 10] [--ids]

Rates are rows per CPU-second of this process, all threads, since the machine may be busy. `--history` is how
many windows' worth of older days lie in the fact when the window is restated.
"""

from __future__ import annotations

import argparse
import gc
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import orjson

from engine.report import Page, ReportSpec
from warehouse.landing import AccountRow, Asked, Landing, land
from warehouse.load import load_window
from warehouse.models import build
from warehouse.publish import publish
from warehouse.store import open_warehouse

LAST = date(2026, 12, 28)
PAGE = 5000
ACTIONS = "STRUCT(action_type VARCHAR, value VARCHAR)[]"
TYPES = (
    "purchase omni_purchase offsite_conversion.fb_pixel_purchase add_to_cart link_click landing_page_view"
    " view_content post_engagement page_engagement video_view initiate_checkout lead"
    " onsite_conversion.purchase comment"
)
TEXT = "date_start date_stop account_id campaign_id campaign_name adset_id adset_name ad_id ad_name"
METRICS = "impressions inline_link_clicks spend reach frequency cpm ctr"
PURCHASES = (
    "coalesce(list_sum(list_transform(list_filter({0}, lambda a: a.action_type = 'purchase'),"
    " lambda a: a.value::double)), 0)"
)
SPEC = ReportSpec(
    platform="meta",
    name="ad_day",
    level="ad",
    columns=dict.fromkeys(f"{TEXT} {METRICS}".split(), "VARCHAR")
    | {"actions": ACTIONS, "action_values": ACTIONS},
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
        "clicks": "inline_link_clicks::bigint",
        "spend_micros": "spend::decimal(38, 6) * 1000000",
        "conversions": PURCHASES.format("actions"),
        "conversions_value": PURCHASES.format("action_values"),
    },
    window_days=28,
    retention_days=1123,
    attribution="7d_click,1d_view",
)
ACCOUNT = AccountRow("meta", "100", "Benchmark", "TRY", "Europe/Istanbul")
NOW = datetime(2026, 12, 29, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    rows: int
    cpu: float
    wall: float

    def __str__(self) -> str:
        rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rate = f"{self.rows / self.cpu:,.0f}"
        return f"| {self.what} | {self.rows:,} | {self.cpu:.2f} | {self.wall:.2f} | {rate} | {rss} |"


def row(day: date, ad: int, salt: int) -> dict[str, Any]:
    """A row like Meta's, about 1.5 KB: every number a string, 14 actions with attribution sub-keys."""
    seed = (ad * 7919 + day.toordinal() * 104729) % 9973
    spend = seed + (salt if seed % 20 == 0 else 0)  # a salt moves one row in twenty
    sub = {"1d_click": "1", "7d_click": "2", "1d_view": "0"}
    return {
        "date_start": day.isoformat(),
        "date_stop": day.isoformat(),
        "account_id": "100",
        "campaign_id": str(120210000000000000 + ad // 200),
        "campaign_name": f"Yıl sonu {ad // 200}",
        "adset_id": str(120220000000000000 + ad // 20),
        "adset_name": f"Eve sipariş {ad // 20}",
        "ad_id": str(120230000000000000 + ad),
        "ad_name": f"Kadıköy {ad}",
        "impressions": str(seed * 3),
        "inline_link_clicks": str(seed % 50),
        "spend": f"{spend / 100:.2f}",
        "reach": str(seed * 2),
        "frequency": "1.5",
        "cpm": "33.333333",
        "ctr": "1.666667",
        "actions": [{"action_type": kind, "value": str(seed % 9)} | sub for kind in TYPES.split()],
        "action_values": [{"action_type": kind, "value": "12.50"} | sub for kind in TYPES.split()[:3]],
    }


def pages(since: date, until: date, ads: int, salt: int) -> Iterator[Page]:
    for ahead in range((until - since).days + 1):
        day = since + timedelta(days=ahead)
        for first in range(0, ads, PAGE):
            some = range(first, min(first + PAGE, ads))
            text = b"".join(orjson.dumps(row(day, ad, salt)) + b"\n" for ad in some)
            yield Page("meta", "100", "ad_day", day, day, text, len(some), "v26.0")


def measure(what: str, rows: int, work: Callable[[], object]) -> Figure:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    figure = Figure(what, rows, time.process_time() - cpu, time.perf_counter() - wall)
    print(figure, flush=True)
    return figure


def landed(folder: Path, since: date, until: date, ads: int, salt: int) -> Landing:
    asked = Asked(ACCOUNT, "ad_day", SPEC.attribution, since, until, LAST, NOW)
    return land(folder, pages(since, until, ads, salt), f"salt{salt}", asked)


def parse_limit(since: date, ads: int) -> None:
    lines = [line for page in pages(since, since, ads, 0) for line in page.ndjson.splitlines()]

    def parse() -> None:
        for line in lines:
            orjson.loads(line)

    measure("limit: orjson.loads, rows thrown away", len(lines), parse)


def loads(folder: Path, ads: int, days: int, history: int) -> None:
    since, rows = LAST - timedelta(days=days - 1), ads * days
    some = list(pages(since, since, ads, 0))
    one_day = Asked(ACCOUNT, "ad_day", SPEC.attribution, since, since, LAST, NOW)
    measure("land (gzip, checksum, fsync)", ads, lambda: land(folder / "once", some, "r", one_day))
    first, second = (landed(folder / "landing", since, LAST, ads, salt) for salt in (0, 1))
    with open_warehouse(folder / "warehouse.duckdb") as con:

        def load(landing: Landing) -> None:
            summary = load_window(con, SPEC, landing)
            print(f"  new {summary.new:,}, restated {summary.restated:,}, vanished {summary.vanished:,}")

        measure("load into an empty warehouse", rows, lambda: load(first))
        _lengthen(con, since, days, history)
        measure(f"the same again ({rows * (history + 1):,} rows in the fact)", rows, lambda: load(first))
        measure("restate one row in twenty", rows, lambda: load(second))
        build(con)
        measure("publish the mart", rows * (history + 1), lambda: publish(con, folder / "mart.duckdb"))
    for name in ("warehouse.duckdb", "mart.duckdb"):
        print(f"  {name}: {(folder / name).stat().st_size / 2**20:.0f} MB")


def _lengthen(con: duckdb.DuckDBPyConnection, since: date, days: int, history: int) -> None:
    for back in range(1, history + 1):
        older = f"select * replace (day - {back * days} as day) from fact_ad_day where day >= date '{since}'"
        con.execute(f"insert into fact_ad_day {older}")
    con.execute("checkpoint")


def ids(folder: Path, ads: int) -> None:
    """Facts keyed by the platforms' text ids against BIGINT surrogates: is a dictionary worth it?"""
    rows, wide = ads * 300, "120230000000000000"
    for kind, cast in (("text", "varchar"), ("surrogate", "bigint")):
        path = folder / f"{kind}.duckdb"
        with duckdb.connect(str(path)) as con:
            base = "0" if cast == "bigint" else wide
            numbers = f"""select date '2026-01-01' + (i // {ads})::integer as day,
                ({base} + i % {ads} // 200)::{cast} as campaign_id,
                ({base} + i % {ads} // 20)::{cast} as ad_group_id,
                ({base} + i % {ads})::{cast} as ad_id, (hash(i) % 90000000)::bigint as spend_micros
                from range({{0}}, {{1}}) t (i)"""
            con.execute(f"create table f as from ({numbers.format(0, rows)}) order by ad_id, day")
            con.execute(f"create table s as from ({numbers.format(rows - 28 * ads, rows)})")
            con.execute("checkpoint")
            names = ("day", "campaign_id", "ad_group_id", "ad_id")
            key = " and ".join(f"f.{name} = s.{name}" for name in names)
            write = "update set spend_micros = 1"
            merge = f"merge into f using s on {key} when matched and s.spend_micros % 20 = 0 then {write}"
            measure(f"{kind} ids: merge 28 days", 28 * ads, partial(con.execute, merge))
            top = "create temp table top as select ad_id, sum(spend_micros) as spent from f group by 1"
            measure(f"{kind} ids: top ads of all time", rows, partial(con.execute, top))
        print(f"  {path.stat().st_size / 2**20:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ads", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--history", type=int, default=10)
    parser.add_argument("--ids", action="store_true", help="compare text ids with surrogates instead")
    args = parser.parse_args()
    print("| step | rows | CPU s | wall s | rows per CPU-second | peak RSS MB |\n|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        if args.ids:
            ids(Path(folder), args.ads)
        else:
            parse_limit(LAST, args.ads)
            loads(Path(folder), args.ads, args.days, args.history)


if __name__ == "__main__":
    main()
