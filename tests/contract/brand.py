"""A brand of the tests' own, which does not change with the example: three ad sets, four ads, on Meta."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path

from connectors.memory import Platform
from journal.store import Journal
from tests.operations.sites import Bench

ACCOUNT = "act_1000000000000001"
ADS = frozenset({"kadikoy", "besiktas", "menu", "muzik"})
BRAND = f"""\
brand: lezzet
name: Lezzet
currency: TRY
locale: tr_TR
time_zone: Europe/Istanbul
guard_rails:
  daily: 2000 TRY
  monthly: 45000 TRY
  raise_24h: 20%
  forbidden_words: [en ucuz, garantili, bedava]
approvers: [Ayşe Yılmaz, Mehmet Kaya]
templates:
  restoran:
    vars: {{aci: menu}}
    budget: {{daily: 150 TRY}}
    optimize_for: link_clicks
    audience: {{age: 25-54}}
    ads:
      - ad: "{{aci}}"
        creative:
          headlines: ["{{aci}}: masanı ayırt"]
          texts: [Mevsimin otları ve ev yapımı tatlılar., Masanı şimdi ayırt.]
          image: assets/{{aci}}.png
          call_to_action: book_now
          url: https://lezzet.example/rezervasyon
environments:
  sandbox:
    clock: 2026-11-30
    seed: 7
    accounts:
      meta:
        account: {ACCOUNT}
        currency: TRY
        time_zone: Europe/Istanbul
        page: "2000000000000001"
        pixel: "3000000000000001"
"""
CAMPAIGN = """\
campaign: yil-sonu
objective: sales
platforms: [meta]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR-34], languages: [tr], age: 18-44}
ad_sets:
  - ad_set: eve-siparis
    budget: {daily: 600 TRY}
    optimize_for: purchases
    ads:
      - for_each: {ilce: [Kadıköy, Beşiktaş]}
        ad: "{ilce}"
        creative:
          headlines: ["{ilce}: 30 dk kapında", Sıcak gelir]
          texts: [Ustanın elinden kapına kadar., "Siparişini şimdi ver, sıcak gelsin."]
          image: assets/kutu.png
          call_to_action: order_now
          url: https://lezzet.example/siparis
  - {ad_set: restorana-menu, from: restoran, vars: {aci: menu}}
  - {ad_set: restorana-muzik, from: restoran, vars: {aci: muzik}}
"""


def write(root: Path) -> Path:
    """The workspace in `root`."""
    for folder in ("campaigns", "assets"):
        (root / folder).mkdir(parents=True)
    (root / "kampanya.yaml").write_text(BRAND, encoding="utf-8")
    (root / "campaigns" / "yil-sonu.yaml").write_text(CAMPAIGN, encoding="utf-8")
    for shade, name in enumerate(("kutu", "menu", "muzik")):
        (root / "assets" / f"{name}.png").write_bytes(png(shade * 60))
    return root


def on_memory(root: Path) -> Bench:
    """The brand on an empty memory platform that stands in for Meta; the caller closes the journal."""
    write(root)
    (root / ".kampanya" / "sandbox").mkdir(parents=True)
    return Bench(root, Platform(), Journal.open(root / ".kampanya" / "sandbox" / "journal.db"))


@cache
def png(shade: int, width: int = 1200, height: int = 628) -> bytes:
    """A real picture of one colour, large enough for a feed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([shade, 90, 0] * width)) * height
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
