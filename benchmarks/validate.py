"""How long a large brand takes to be read and checked, against parsing the same YAML with ruamel alone.

    python -m benchmarks.validate [--campaigns 1000]

Campaign files of two ad sets with ten ads each after expansion, in one process: seconds of CPU and
the peak of memory; then `kampanya validate` on the example brand, as a whole process from cold.
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

from schemas.source import load_workspace

EXAMPLE = Path(__file__).resolve().parents[1] / "brands" / "lezzet"
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
      - for_each: {{ilce: [Kadıköy, Beşiktaş, Moda, Üsküdar, Şişli, Bebek, Levent, Fatih, Maltepe, Kartal]}}
        ad: "{{ilce}}"
        creative:
          headlines: ["{{ilce}}: 30 dk kapında", Sıcak gelir, Bugün %20 indirim]
          texts: [Ustanın elinden kapına kadar., "Siparişini şimdi ver, sıcak gelsin."]
          image: assets/kutu.png
          call_to_action: order_now
          url: https://lezzet.example/siparis
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--campaigns", type=int, default=1000)
    files = parser.parse_args().campaigns
    with TemporaryDirectory() as folder:
        root = Path(folder) / "brand"
        write(root, files)
        began = time.process_time()
        workspace = load_workspace(root)
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.process_time()
        for path in sorted((root / "campaigns").glob("*.yaml")):
            YAML(typ="safe", pure=True).load(StringIO(path.read_text(encoding="utf-8")))
        alone = time.process_time() - began
    ads = sum(len(ad_set.ads) for each in workspace.campaigns for ad_set in each.ad_sets)
    cold = min(times(5))
    scale = files / 1000
    print(f"{files} files, {ads} ads: {seconds:.2f} s of CPU (limit {SECONDS * scale:.2f})")
    print(f"{peak:.0f} MB at most (limit {MEGABYTES})")
    print(f"{seconds / alone:.1f} times what ruamel alone takes to parse the files, {alone:.2f} s")
    print(f"kampanya validate, cold: {cold:.2f} s (limit {COLD})")
    sys.exit(seconds > SECONDS * scale or peak > MEGABYTES or cold > COLD)


def write(root: Path, files: int) -> None:
    """The example brand with so many campaigns instead of its own."""
    ignored = shutil.ignore_patterns(".kampanya", "decisions", "campaigns", "experiments", "audiences")
    shutil.copytree(EXAMPLE, root, ignore=ignored)
    (root / "campaigns").mkdir()
    for number in range(files):
        text = CAMPAIGN.format(n=number)
        (root / "campaigns" / f"kampanya-{number}.yaml").write_text(text, encoding="utf-8")


def times(rounds: int) -> Iterator[float]:
    """Seconds of the whole command, from cold each time."""
    command = [sys.executable, "-m", "kampanya", "validate", "-C", str(EXAMPLE)]
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=EXAMPLE.parents[1])
        yield time.perf_counter() - began


if __name__ == "__main__":
    main()
