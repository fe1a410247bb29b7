"""How many calls and seconds a large launch takes, against one call an object.

    python -m benchmarks.apply [--ad-sets 200] [--keywords 10]

A Meta campaign of that many ad sets with a creative and an ad each, and a Google campaign of as many
ad groups with an ad and that many keywords each: planned, applied, verified, activated, planned again.
It goes through the real SDKs to the stand-ins; the limit, from the same run, is one create over HTTP.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import requests
from PIL import Image

from engine.assemble import Spending
from operations import plan as plans
from operations.apply import apply_plan
from operations.approve import approve_in_sandbox
from operations.site import Site, open_site, sandbox_endpoints

Result = TypeVar("Result")
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


def write(root: Path, ad_sets: int, keywords: int) -> None:
    """The workspace."""
    for folder in ("campaigns", "assets"):
        (root / folder).mkdir(parents=True)
    (root / "kampanya.yaml").write_text(BRAND, encoding="utf-8")
    Image.new("RGB", (1200, 628), "white").save(root / "assets" / "a.png")
    for platform in ("meta", "google"):
        text = HEAD % (platform, platform)
        for number in range(ad_sets):
            words = ", ".join(f"kelime {number} {each}" for each in range(keywords))
            block = f"    google: {{keywords: {{phrase: [{words}]}}}}\n" if platform == "google" else ""
            text += AD_SET % (number, block, number, number)
        (root / "campaigns" / f"{platform}.yaml").write_text(text, encoding="utf-8")


def timed(what: str, run: Callable[[], Result]) -> Result:
    began, used = time.perf_counter(), time.process_time()
    result = run()
    print(f"{what:34} {time.perf_counter() - began:7.2f} s wall {time.process_time() - used:7.2f} s CPU")
    return result


def single_create(site: Site) -> float:
    """Seconds one campaign takes as a request of its own; mean of 50."""
    graph = sandbox_endpoints(site.state)["graph"]
    address = f"{graph['url']}/v26.0/{graph['account']}/campaigns"
    body = {
        "name": "limit",
        "objective": "OUTCOME_TRAFFIC",
        "status": "PAUSED",
        "special_ad_categories": "[]",
        "is_adset_budget_sharing_enabled": "false",
        "access_token": graph["token"],
    }
    began = time.perf_counter()
    with requests.Session() as session:
        for _ in range(50):
            session.post(address, data=body, timeout=10).raise_for_status()
    return (time.perf_counter() - began) / 50


def launch(root: Path, site: Site) -> None:
    log = root / ".kampanya" / "sandbox" / "sandbox" / "access.log"
    with site.journal() as journal:
        plan = timed("plan", lambda: plans.make(site, journal, plans.Wish(), Spending()))
        approve_in_sandbox(site, journal, plan)
        before = len(log.read_text(encoding="utf-8").splitlines())
        result = timed(
            f"apply {len(plan.changes)} objects",
            lambda: apply_plan(site, journal, plan, spending=Spending(), actor="benchmark"),
        )
        calls = len(log.read_text(encoding="utf-8").splitlines()) - before
        assert result.complete, (list(result.failed.items())[:3], list(result.waiting.items())[:3])
        again = timed("plan again", lambda: plans.make(site, journal, plans.Wish(), Spending()))
        assert not again.changes
    objects = sum(each.change.address.platform == "meta" for each in plan.changes)
    print(
        f"Graph calls of the apply, reads included: {calls} for {objects} objects, {calls / objects:.2f} each"
    )
    print(f"one create as a call of its own: {1000 * single_create(site):.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ad-sets", type=int, default=200)
    parser.add_argument("--keywords", type=int, default=10)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        root = Path(folder) / "hiz"
        write(root, options.ad_sets, options.keywords)
        state = str(root / ".kampanya" / "sandbox" / "sandbox")
        sandbox = [sys.executable, "-m", "sandbox"]
        subprocess.run([*sandbox, "up", "--state", state, "--clock", "2026-11-30"], check=True)
        try:
            launch(root, timed("open the workspace", lambda: open_site(root)))
        finally:
            subprocess.run([*sandbox, "down", "--state", state], check=True)


if __name__ == "__main__":
    main()
