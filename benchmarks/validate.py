"""How long a large brand takes to be read and checked, against parsing the same YAML with ruamel alone.

    python -m benchmarks.validate [--campaigns 1000]

Campaign files of two ad sets with ten ads each after expansion, three of them on Google too: `kampanya
validate` as a whole process, its seconds of CPU and peak of memory; then on the example brand, seconds of
the clock from cold, the quickest of five. The first of those five runs the brand's SQL rules.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

HOME = Path(__file__).resolve().parents[1]
EXAMPLE = HOME / "brands" / "lezzet"
SECONDS, MEGABYTES, COLD = 5.0, 500, 0.6  # the limits for 1,000 files; the last is for the command
CAMPAIGN = """\
campaign: kampanya-{n}
objective: sales
platforms: [meta, google]
flight: {{start: 2026-12-01, end: 2026-12-31}}
audience: {{locations: [TR-34], languages: [tr], age: 18-44}}
optimize_for: purchases
ad_sets:
  - for_each: {{yaka: [Anadolu, Avrupa]}}
    ad_set: "{{yaka}}"
    budget: {{daily: {{meta: 600 TRY, google: 400 TRY}}}}
    google:
      keywords: {{phrase: [eve yemek siparişi, paket servis], exact: [lezzet sipariş]}}
      negative: {{broad: [tarif]}}
    ads:
      - for_each: {{ilce: [Kadıköy, Beşiktaş, Moda]}}
        ad: "{{ilce}}"
        creative: {{from: kutu, headlines: ["{{ilce}}: 30 dk kapında", Sıcak gelir, Bugün %20 indirim]}}
      - for_each: {{ilce: [Üsküdar, Şişli, Bebek, Levent, Fatih, Maltepe, Kartal]}}
        ad: "{{ilce}}"
        google: {{skip: true}}
        creative: {{from: kutu, headlines: ["{{ilce}}: 30 dk kapında", Sıcak gelir, Bugün %20 indirim]}}
"""
BRAND = """\
brand: lezzet
name: Lezzet
currency: TRY
time_zone: Europe/Istanbul
templates:
  kutu:
    texts: [Ustanın elinden kapına kadar., "Siparişini şimdi ver, sıcak gelsin."]
    image: assets/kutu.png
    call_to_action: order_now
    url: https://lezzet.example/siparis
environments:
  sandbox:
    accounts:
      meta: {account: act_1, currency: TRY, time_zone: Europe/Istanbul, page: "2", pixel: "3"}
      google: {customer: "1234567890", currency: TRY, time_zone: Europe/Istanbul}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--campaigns", type=int, default=1000)
    files = parser.parse_args().campaigns
    with TemporaryDirectory() as folder:
        root = Path(folder) / "brand"
        write(root, files)
        seconds, peak, told = once(root)
        began = time.process_time()
        for path in sorted((root / "campaigns").glob("*.yaml")):
            YAML(typ="safe", pure=True).load(StringIO(path.read_text(encoding="utf-8")))
        alone = time.process_time() - began
    cold = min(times(5))
    scale = files / 1000
    print(f"{files} files: {seconds:.2f} s of CPU (limit {SECONDS * scale:.2f}); {told}")
    print(f"{peak:.0f} MB at most (limit {MEGABYTES})")
    print(f"{seconds / alone:.1f} times what ruamel alone takes to parse the files, {alone:.2f} s")
    print(f"kampanya validate, cold: {cold:.2f} s (limit {COLD})")
    sys.exit(seconds > SECONDS * scale or peak > MEGABYTES or cold > COLD)


def write(root: Path, files: int) -> None:
    """A brand with so many campaigns."""
    shutil.copytree(EXAMPLE / "assets", root / "assets")
    (root / "campaigns").mkdir()
    (root / "kampanya.yaml").write_text(BRAND, encoding="utf-8")
    for number in range(files):
        text = CAMPAIGN.format(n=number)
        (root / "campaigns" / f"kampanya-{number}.yaml").write_text(text, encoding="utf-8")


def once(root: Path) -> tuple[float, float, str]:
    """Seconds of CPU and megabytes at most of `kampanya validate`, and what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command(root), capture_output=True, text=True, cwd=HOME, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, after.ru_maxrss / 1024, done.stdout.strip()


def command(root: Path) -> list[str]:
    return [sys.executable, "-m", "kampanya", "validate", "-C", str(root)]


def times(rounds: int) -> Iterator[float]:
    """Seconds of the whole command, from cold each time."""
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(command(EXAMPLE), check=True, capture_output=True, cwd=HOME)
        yield time.perf_counter() - began


if __name__ == "__main__":
    main()
