"""What Prefect adds to a load, and whether its default server carries twenty brands on two platforms at once.

    python -m benchmarks.flows [--runs 5] [--brands 20]

The first figure is the `performance` flow less the same operation without Prefect, server running and imports
done. The second is one scheduled `portfolio` run over that many brands, and how often the server said 503.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kampanya import brand_sandbox, servers
from operations import load as loads
from operations.site import open_site
from tests.flows.fleet import run
from tests.soak.rig import copy_example

ANSWERED = re.compile(r'"[A-Z]+ (/api/\S*) HTTP/1\.1" (\d{3})')
ACCESS_LOG = {"PREFECT_SERVER_LOGGING_LEVEL": "INFO"}


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock, and of this process's processors: those no busy neighbour lengthens."""

    wall: float
    cpu: float

    @classmethod
    def by(cls, work: Callable[[], object]) -> Taken:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        return cls(time.perf_counter() - wall, time.process_time() - cpu)

    @classmethod
    def median(cls, all: Sequence[Taken]) -> Taken:
        return cls(statistics.median(each.wall for each in all), statistics.median(each.cpu for each in all))


def overhead(folder: Path, runs: int) -> tuple[Taken, Taken]:
    """Medians of the operation alone, and of the flow."""
    root = copy_example(folder / "lezzet")
    brand_sandbox.run(root, "up", quiet=True)
    try:
        with servers.prefect_server(folder / "prefect"):
            from flows.performance import performance
            from kampanya.provision import provide

            provide([root])
            performance(root)
            return in_turns(lambda: alone(root), lambda: performance(root), runs)
    finally:
        brand_sandbox.run(root, "down", quiet=True)


def alone(root: Path) -> None:
    site = open_site(root)
    with site.journal() as journal:
        loads.load(site, journal)


def in_turns(first: Callable[[], object], second: Callable[[], object], runs: int) -> tuple[Taken, Taken]:
    """Both in turns, so that a busy neighbour troubles both."""
    pairs = [(Taken.by(first), Taken.by(second)) for _ in range(runs)]
    return Taken.median([pair[0] for pair in pairs]), Taken.median([pair[1] for pair in pairs])


def portfolio(folder: Path, brands: int) -> None:
    """Print what became of the runs and of the requests."""
    began = time.monotonic()
    told = run(folder, brands, ["kampanya"], copy_example, 1800)
    states = Counter(each["state_type"] for each in told["runs"])
    log = (folder / ".kampanya" / "prefect" / "server.log").read_text(encoding="utf-8", errors="replace")
    codes = Counter(code for _, code in ANSWERED.findall(log))
    seconds = time.monotonic() - began
    print(
        f"portfolio of {brands} brands x 2 platforms: {dict(states)}, {seconds:.0f} s with server and sandbox"
    )
    print(f"{codes.total():,} API requests, by status {dict(sorted(codes.items()))}; 503: {codes['503']}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--brands", type=int, default=20)
    asked.add_argument("--only-overhead", action="store_true", help="leave the portfolio out")
    asked.add_argument("--only-portfolio", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.only_portfolio:
        portfolio(options.only_portfolio, options.brands)
        return
    with TemporaryDirectory() as folder:
        load, flow = overhead(Path(folder), options.runs)
        print(f"load: {load.wall:.2f} s; the flow: {flow.wall:.2f} s; added {flow.wall - load.wall:.2f} s")
        print(f"processors: {load.cpu:.2f} s and {flow.cpu:.2f} s; added {flow.cpu - load.cpu:.2f} s")
    if options.only_overhead:
        return
    with TemporaryDirectory() as folder:  # a process of its own: Prefect reads its settings once
        command = [sys.executable, "-m", "benchmarks.flows", "--only-portfolio", folder]
        subprocess.run(
            [*command, "--brands", str(options.brands)], env={**os.environ, **ACCESS_LOG}, check=True
        )


if __name__ == "__main__":
    main()
