"""A generated brand for tests that disturb an apply: a campaign, ten ad sets, a hundred ads a platform."""

from __future__ import annotations

from pathlib import Path

from tests.contract.brand import png

AD_SETS = 10
ADS = 10
GOOGLE_RUNS = 3  # enabled responsive search ads an ad group takes; the others are built paused
BRAND = """\
brand: agac
name: Ağaç
currency: TRY
time_zone: Europe/Istanbul
guard_rails: {daily: 100000 TRY, monthly: 3100000 TRY}
approvers: [Ayşe Yılmaz]
environments:
  sandbox:
    clock: 2026-11-30
    seed: 7
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
AUDIENCE = """\
audience: musteriler
name: Müşteriler
type: website
include: [{event: Purchase, within: 30d}]
"""
HEAD = """\
campaign: %s-agaci
objective: traffic
platforms: [%s]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR-34], languages: [tr], exclude: [musteriler]}
budget: {daily: 5000 TRY}
ad_sets:
"""
AD_SET = "  - ad_set: s%d\n    optimize_for: link_clicks\n"
KEYWORDS = "    google: {keywords: {phrase: [kelime %d, söz %d]}, negative: {broad: [tarif]}}\n"
AD = """\
      - ad: a%d
        status: %s
        creative:
          headlines: ["Başlık %d %d", Sıcak gelir, Bugün indirim]
          texts: ["Metin %d %d", Siparişini ver]
          image: assets/%d.png
          call_to_action: order_now
          url: https://agac.example/
"""


def write(root: Path, ad_sets: int = AD_SETS, ads: int = ADS) -> Path:
    """The workspace in `root`: per platform a campaign with its own budget, an audience that its ad sets
    exclude, a picture an ad set, a creative an ad; on Google keywords, wanted and unwanted."""
    for folder in ("campaigns", "assets", "audiences"):
        (root / folder).mkdir(parents=True)
    (root / "kampanya.yaml").write_text(BRAND, encoding="utf-8")
    (root / "audiences" / "musteriler.yaml").write_text(AUDIENCE, encoding="utf-8")
    for number in range(ad_sets):
        (root / "assets" / f"{number}.png").write_bytes(png(number * 20))
    for platform in ("meta", "google"):
        text = HEAD % (platform, platform) + "".join(
            _ad_set(platform, number, ads) for number in range(ad_sets)
        )
        (root / "campaigns" / f"{platform}.yaml").write_text(text, encoding="utf-8")
    return root


def _ad_set(platform: str, number: int, ads: int) -> str:
    text = AD_SET % number + (KEYWORDS % (number, number) if platform == "google" else "") + "    ads:\n"
    for ad in range(ads):
        runs = platform == "meta" or ad < GOOGLE_RUNS
        status = "active" if runs else "paused"
        text += AD % (ad, status, number, ad, number, ad, number)
    return text
