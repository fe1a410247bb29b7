"""How long the market takes: 90 days of 200 ads on each platform, plainly, then 90 with all behaviour on.

    python -m benchmarks.market [--days 90] [--ads 200]

The brand is launched through the real SDKs; then only the sandbox's own `advance` is timed, over its port.
The limit is held against its CPU time, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from benchmarks.apply import launch, served
from benchmarks.measure import Report, stopwatch
from operations.site import open_site
from sandbox.history import SWITCHES

SECONDS = 20.0
END = "2027-12-31"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--ads", type=int, default=200)
    options = parser.parse_args()
    report = Report()
    with served("meta", options.ads, latency=0) as place:
        place.declare(options.ads, END)
        replace(place, platform="google").declare(options.ads, END)
        place.tell("switches", mutation_rate=False)
        done = launch(place, open_site(place.root))
        for on, name in ((False, "plain"), (True, "learning, fatigue and views")):
            place.tell("switches", **dict.fromkeys(SWITCHES, on))
            with stopwatch(place.endpoints["pid"]) as span:
                place.tell("advance", timeout=600, days=options.days)
            what = f"{options.days} days of {options.ads} ads on each platform, {name}"
            report.at_most(what, round(span.other, 2), SECONDS, "s CPU", f"{done.objects} objects; {span}")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
