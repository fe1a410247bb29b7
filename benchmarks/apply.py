"""A large launch against its limits, through the real SDKs, over a network of 50 ms a request.

    python -m benchmarks.apply [--ad-sets 200] [--latency 0.05] [--only meta|google]

On Meta one campaign of that many ad sets, each with a creative and an ad: planned, then applied, which is
built, read back, activated and read back again; with the platform's hundred writes a second enforced, and
without. On Google one campaign of as many ad groups, each with an ad and ten keywords. The peer is what a
tool takes that makes a call an object and waits for each.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from benchmarks.measure import Report, stopwatch
from connectors.base import Connection
from connectors.google.apply import GoogleConnector
from connectors.meta.apply import MetaConnector
from connectors.meta.pace import Pace
from engine.assemble import Spending
from operations import plan as plans
from operations.apply import apply_plan
from operations.approve import approve_in_sandbox
from operations.site import Site, open_site, sandbox_endpoints

MOST_CALLS, SECONDS_LIMITED, SECONDS_FREE = 230, 8.0, 3.0  # of 200 ad sets on Meta
MOST_MUTATES, SECONDS_GOOGLE = 2, 3.0
KEYWORDS = 10  # an ad group
BRAND = """\
brand: hiz
name: Hız
currency: TRY
time_zone: Europe/Istanbul
guard_rails: {daily: 9000000 TRY, monthly: 300000000 TRY}
environments:
  sandbox:
    accounts:
      meta:
        account: act_1000000000000001
        currency: TRY
        time_zone: Europe/Istanbul
        page: "2000000000000001"
        pixel: "3000000000000001"
      google:
        customer: "1234567890"
        login_customer: "9876543210"
        currency: TRY
        time_zone: Europe/Istanbul
"""
HEAD = """\
campaign: %s
objective: traffic
platforms: [%s]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR-34], languages: [tr]}
budget: {daily: 50000 TRY}
ad_sets:
"""
AD_SET = """\
  - ad_set: s%d
    optimize_for: link_clicks
%s    ads:
      - ad: a
        creative:
          headlines: ["Başlık %d", Sıcak gelir, Bugün indirim]
          texts: ["Metin %d", Siparişini ver]
          image: assets/a.png
          call_to_action: order_now
          url: https://hiz.example/
"""


@dataclass(frozen=True)
class Place:
    """A workspace of one platform, and the sandbox it talks to."""

    root: Path
    platform: str

    @property
    def state(self) -> Path:
        return self.root / ".kampanya" / "sandbox" / "sandbox"

    @property
    def endpoints(self) -> dict[str, Any]:
        return sandbox_endpoints(self.root / ".kampanya" / "sandbox")

    def write(self, ad_sets: int) -> None:
        for folder in ("campaigns", "assets"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "kampanya.yaml").write_text(BRAND, encoding="utf-8")
        Image.new("RGB", (1200, 628), "white").save(self.root / "assets" / "a.png")
        self.declare(ad_sets)

    def declare(self, ad_sets: int, end: str = "2026-12-31") -> None:
        """This platform's campaign."""
        text = HEAD % (self.platform, self.platform)
        for number in range(ad_sets):
            words = ", ".join(f"kelime {number} {each}" for each in range(KEYWORDS))
            block = f"    google: {{keywords: {{phrase: [{words}]}}}}\n" if self.platform == "google" else ""
            text += AD_SET % (number, block, number, number)
        text = text.replace("2026-12-31", end)
        (self.root / "campaigns" / f"{self.platform}.yaml").write_text(text, encoding="utf-8")

    def tell(self, path: str, timeout: float = 60, **body: Any) -> None:
        """Ask something of the sandbox's own controls."""
        graph = self.endpoints["graph"]
        request = urllib.request.Request(
            f"{graph['url']}/_sandbox/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {graph['token']}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=timeout).close()

    def calls(self) -> int:
        """Requests to Graph so far, those to the sandbox's controls left out."""
        log = (self.state / "access.log").read_text(encoding="utf-8").splitlines()
        return sum("/_sandbox/" not in line for line in log)


@contextmanager
def served(platform: str, ad_sets: int, latency: float) -> Iterator[Place]:
    """A fresh workspace and a fresh sandbox, every request of which takes `latency` seconds longer."""
    with TemporaryDirectory() as folder:
        place = Place(Path(folder) / "hiz", platform)
        place.write(ad_sets)
        sandbox = [sys.executable, "-m", "sandbox"]
        up = [*sandbox, "up", "--state", str(place.state), "--clock", "2026-11-30"]
        subprocess.run(up, check=True, stdout=subprocess.DEVNULL)
        try:
            if latency:
                place.tell("faults", route="* *", kind="delay", seconds=latency)
                place.tell("faults", rpc="*", kind="delay", seconds=latency, times=1_000_000)
            yield place
        finally:
            down = [*sandbox, "down", "--state", str(place.state)]
            subprocess.run(down, check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Launched:
    objects: int
    seconds: float
    more: str


def launch(place: Place, site: Site) -> Launched:
    """Plan, approve, apply, plan again."""
    with site.journal() as journal:
        plan = plans.make(site, journal, plans.Wish(), Spending())
        approve_in_sandbox(site, journal, plan)
        with stopwatch(place.endpoints["pid"]) as span:
            result = apply_plan(site, journal, plan, spending=Spending(), actor="benchmark")
        assert result.complete, (list(result.failed.items())[:3], list(result.waiting.items())[:3])
        assert not plans.make(site, journal, plans.Wish(), Spending()).changes
    return Launched(len(plan.changes), span.wall, str(span))


def on_meta(report: Report, ad_sets: int, latency: float, limited: bool) -> None:
    with served("meta", ad_sets, latency) as place:
        place.tell("switches", mutation_rate=limited)
        site = open_site(place.root)
        if not limited:
            graph = place.endpoints["graph"]
            endpoint, secrets = {"url": graph["url"]}, {"token": graph["token"]}
            connection = Connection(site.accounts["meta"], site.scope, site.root, endpoint, secrets)
            free = MetaConnector(connection, pace=Pace(writes_per_second=math.inf))
            site = replace(site, given_connectors={"meta": free})
        with site.journal() as journal:
            before = place.calls()
            plans.make(site, journal, plans.Wish(), Spending())
            reads = place.calls() - before
        done = launch(place, site)
        calls = place.calls() - before - 3 * reads  # of three plans: this one, the launch's, the last
        name = "100 writes a second enforced" if limited else "no limits"
        peer = f"a call an object and its wait: {done.objects} calls, {done.objects * latency:.0f} s"
        what = f"Meta, {done.objects} objects, {name}"
        report.at_most(f"{what}, calls", calls, MOST_CALLS, "calls", peer)
        limit = SECONDS_LIMITED if limited else SECONDS_FREE
        report.at_most(f"{what}, apply", round(done.seconds, 2), limit, "s", done.more)


def on_google(report: Report, ad_groups: int, latency: float) -> None:
    with served("google", ad_groups, latency) as place:
        site = open_site(place.root)
        done = launch(place, site)
        connector = site.connectors["google"]
        assert isinstance(connector, GoogleConnector)
        mutates = connector.client.calls["Mutate"]
        what = f"Google, {done.objects} objects"
        peer = f"a call an object: {done.objects} calls, {done.objects * latency:.0f} s"
        report.at_most(f"{what}, mutates", mutates, MOST_MUTATES, "mutates", peer)
        report.at_most(f"{what}, apply", round(done.seconds, 2), SECONDS_GOOGLE, "s", done.more)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ad-sets", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds added to every request")
    parser.add_argument("--only", choices=("meta", "google"))
    options = parser.parse_args()
    report = Report()
    if options.only != "google":
        on_meta(report, options.ad_sets, options.latency, limited=True)
        on_meta(report, options.ad_sets, options.latency, limited=False)
    if options.only != "meta":
        on_google(report, options.ad_sets, options.latency)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
