"""How fast the stand-in platforms are by themselves: a raw client, no limits, no SDK in the way.

    python -m benchmarks.sandbox [--only start graph insights google]

The clients send what was built beforehand and read bytes, so that nearly all the time is the sandbox's; its
own CPU time is told beside. The days behind the insights are written into its ledger directly.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.apply import Place, launch, served
from benchmarks.measure import Report, stopwatch
from connectors.base import Connection
from connectors.google.apply import GoogleConnector
from connectors.google.supports import VERSION
from connectors.meta.apply import MetaConnector
from connectors.meta.pace import Pace
from operations.site import Site, open_site

START_SECONDS = 2.0
REQUESTS, BATCHED, OPERATIONS, STREAMED = 500, 5_000, 10_000, 200_000  # a second
INSIGHTS, INSIGHTS_MB = 1_000_000, 500.0
ADS, PAGE = 900, 5_000
LAST = date(2026, 11, 29)
SERVICE = f"/google.ads.googleads.{VERSION}.services.GoogleAdsService"


class Raw:
    """One connection to Graph that stays open."""

    def __init__(self, place: Place) -> None:
        graph = place.endpoints["graph"]
        self.account, self._token = graph["account"], graph["token"]
        self._connection = HTTPConnection(urlsplit(graph["url"]).netloc)

    def ask(self, method: str, path: str, **params: Any) -> Any:
        form = urlencode({**params, "access_token": self._token})
        where, body = (f"/v26.0/{path}?{form}", None) if method == "GET" else (f"/v26.0/{path}", form)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self._connection.request(method, where, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)


def campaign(name: str) -> dict[str, str]:
    return {
        "name": name, "objective": "OUTCOME_TRAFFIC", "status": "PAUSED", "special_ad_categories": "[]",
        "is_adset_budget_sharing_enabled": "false",
    }  # fmt: skip


def rate(report: Report, what: str, place: Place, many: int, least: float, work: Callable[[], None]) -> None:
    with stopwatch(place.endpoints["pid"]) as span:
        work()
    report.at_least(what, many / span.wall, least, "a second", f"{many:,}: {span}")


def started(report: Report) -> None:
    """From nothing, and again with what is there; the quickest of three."""
    best = 1e9
    for _ in range(3):
        state = Path(mkdtemp()) / "sandbox"
        sandbox = [sys.executable, "-m", "sandbox"]
        try:
            with stopwatch() as span:
                subprocess.run([*sandbox, "up", "--state", str(state)], check=True, stdout=subprocess.DEVNULL)
            best = min(best, span.wall)
        finally:
            subprocess.run([*sandbox, "down", "--state", str(state)], check=True, stdout=subprocess.DEVNULL)
            shutil.rmtree(state.parent)
    report.at_most("both platforms answer", round(best, 2), START_SECONDS, "s")


def graph(report: Report) -> None:
    with served("meta", 1, latency=0) as place:
        raw = Raw(place)
        made = [raw.ask("POST", f"{raw.account}/campaigns", **campaign("one"))["id"]]

        def read() -> None:
            for _ in range(1000):
                raw.ask("GET", made[0], fields="id,name,status,objective")

        def write() -> None:
            for number in range(1000):
                raw.ask("POST", f"{raw.account}/campaigns", **campaign(f"k{number}"))

        texts = [json.dumps(list(_batch(raw.account, number))) for number in range(40)]

        def batches() -> None:
            for text in texts:
                answers = raw.ask("POST", "", batch=text)
                assert all(each["code"] == 200 for each in answers)

        rate(report, "Graph, reads of an object", place, 1000, REQUESTS, read)
        rate(report, "Graph, creates", place, 1000, REQUESTS, write)
        rate(report, "Graph, objects created in batches of 50", place, 2000, BATCHED, batches)


def _batch(account: str, number: int) -> Iterator[dict[str, str]]:
    for at in range(50):
        body = urlencode(campaign(f"b{number}-{at}"))
        yield {"method": "POST", "relative_url": f"{account}/campaigns", "body": body}


def insights(report: Report) -> None:
    """A million rows of days by ad, page by page."""
    days = -(-INSIGHTS // ADS)
    since = LAST - timedelta(days=days - 1)
    with served("meta", ADS, latency=0) as place:
        launch(place, unhurried(place))
        _deliver(place, since)
        raw, rows, after = Raw(place), 0, ""
        wanted = {
            "level": "ad", "time_increment": 1, "limit": PAGE, "fields": "ad_id,impressions,clicks,spend",
            "time_range": json.dumps({"since": since.isoformat(), "until": LAST.isoformat()}),
        }  # fmt: skip
        pid = place.endpoints["pid"]
        with stopwatch(pid) as span:
            while True:
                page = raw.ask(
                    "GET", f"{raw.account}/insights", **wanted, **({"after": after} if after else {})
                )
                rows += len(page["data"])
                if "next" not in page.get("paging", {}):
                    break
                after = page["paging"]["cursors"]["after"]
        assert rows >= INSIGHTS, rows
        report.line(
            f"      {rows:,} insights rows in pages of {PAGE:,}: {rows / span.wall:,.0f} a second ({span})"
        )
        peak = _peak(pid)
        report.at_most("the sandbox's memory meanwhile", peak, INSIGHTS_MB, "MB")


def unhurried(place: Place) -> Site:
    """The site whose connector to Meta keeps to no limit of its own."""
    site, graph = open_site(place.root), place.endpoints["graph"]
    endpoint, secrets = {"url": graph["url"]}, {"token": graph["token"]}
    connection = Connection(site.accounts["meta"], site.scope, site.root, endpoint, secrets)
    free = MetaConnector(connection, pace=Pace(writes_per_second=math.inf))
    return replace(site, given_connectors={"meta": free})


def _deliver(place: Place, since: date) -> None:
    with sqlite3.connect(place.state / "meta.db") as store:
        found = store.execute("SELECT kind, id, data FROM object WHERE kind IN ('ad', 'adset')").fetchall()
    held = [(kind, id, json.loads(data)) for kind, id, data in found]
    campaign_of = {id: data["campaign_id"] for kind, id, data in held if kind == "adset"}
    ads = [(id, data["adset_id"], campaign_of[data["adset_id"]]) for kind, id, data in held if kind == "ad"]
    account = place.endpoints["graph"]["account"]
    with sqlite3.connect(place.state / "ledger.db") as ledger:
        for ahead in range((LAST - since).days + 1):
            day = (since + timedelta(days=ahead)).isoformat()
            ledger.executemany(
                "INSERT INTO delivery VALUES ('meta',?,?,?,?,?,100,5,90,2500000,3,1)",
                [(account, day, *ids) for ids in ads],
            )


def _peak(pid: int) -> float:
    """The most memory a process has had, in MB; Linux only."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def google(report: Report) -> None:
    with served("google", 200, latency=0) as place:
        site = open_site(place.root)
        launch(place, site)
        connector = site.connectors["google"]
        assert isinstance(connector, GoogleConnector)
        client = connector.client
        channel = client.sdk.get_service("GoogleAdsService").transport.grpc_channel
        metadata = [("x-goog-request-params", f"customer_id={client.customer}")]
        groups = [row["ad_group"]["resource_name"] for row in client.rows("SELECT ad_group.id FROM ad_group")]
        request = _keywords(client.customer, groups, OPERATIONS)
        mutate = channel.unary_unary(f"{SERVICE}/Mutate", None, None)
        rate(
            report, "Google, operations of one mutate", place, OPERATIONS, OPERATIONS,
            lambda: mutate(request, metadata=metadata),
        )  # fmt: skip
        place.tell("advance", days=15)
        stream = channel.unary_stream(f"{SERVICE}/SearchStream", None, None)
        asked = _search(client.customer, "2026-12-01", "2026-12-14")
        parts: list[bytes] = []
        with stopwatch(place.endpoints["pid"]) as span:
            began = time.perf_counter()
            parts.extend(stream(asked, metadata=metadata))
            seconds = time.perf_counter() - began
        rows = sum(_rows(each) for each in parts)
        report.at_least(
            "Google, report rows from SearchStream", rows / seconds, STREAMED, "a second", f"{rows:,}: {span}"
        )


def _types() -> Any:
    from importlib import import_module

    return import_module(f"google.ads.googleads.{VERSION}.services.types.google_ads_service")


def _keywords(customer: str, groups: Sequence[str], many: int) -> bytes:
    request = _types().MutateGoogleAdsRequest.pb()(customer_id=customer)
    for number in range(many):
        create = request.mutate_operations.add().ad_group_criterion_operation.create
        create.ad_group = groups[number % len(groups)]
        create.keyword.text, create.keyword.match_type = f"ek kelime {number}", 4
    return bytes(request.SerializeToString())


def _search(customer: str, since: str, until: str) -> bytes:
    query = (
        "SELECT ad_group_criterion.criterion_id, segments.date, metrics.impressions, metrics.clicks,"
        f" metrics.cost_micros FROM keyword_view WHERE segments.date BETWEEN '{since}' AND '{until}'"
    )
    request = _types().SearchGoogleAdsStreamRequest.pb()(customer_id=customer, query=query)
    return bytes(request.SerializeToString())


def _rows(data: bytes) -> int:
    answer = _types().SearchGoogleAdsStreamResponse.pb()()
    answer.ParseFromString(data)
    return len(answer.results)


PARTS: dict[str, Callable[[Report], None]] = {
    "start": started,
    "graph": graph,
    "insights": insights,
    "google": google,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    report = Report()
    for name in parser.parse_args().only:
        PARTS[name](report)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
