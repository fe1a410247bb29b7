"""How long the engine takes for a plan in which nothing differs, and whether that grows with the brand alone.

    python -m benchmarks.plan [--sizes 1000 10000 100000]

The example brand in the platforms' own terms, copied as often as it takes; the other side is what reading
each object back gives. Timed are the diff, the money, the guard rails, the fingerprint and the digest of the
plan, and its text; neither the platforms' answers nor the YAML. The limit of growth is the time of the size
before, per object.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from benchmarks.measure import Report, stopwatch
from engine.assemble import Sides, Spending, assemble
from engine.context import Context
from engine.match import Known
from engine.policy import Rails
from engine.render import text
from engine.resource import Address, Observed, Ref, Resource, Value, resolve, to_json
from operations.site import Site, open_site
from operations.validate import validate

SECONDS, MEGABYTES = 1.5, 600.0  # for the largest size
GROWTH = 1.35  # times the seconds an object of the size before
REPEATS = 3  # of which the quickest counts: other processes can only add
EXAMPLE = Path(__file__).resolve().parents[1] / "brands" / "lezzet"
NOW = datetime.fromisoformat("2026-11-30T09:00:00+03:00")


class Brand:
    """The example brand's trees, once in each platform's terms."""

    def __init__(self) -> None:
        self.site: Site = open_site(EXAMPLE)
        self.neutral = validate(self.site)
        self.desired: list[Resource] = []
        for platform in self.site.platforms:
            mine = [each for each in self.neutral if each.address.platform == platform]
            self.desired += self.site.offline(platform).canonical(mine)

    def sides(self, size: int) -> Sides:
        """At least `size` declared objects, each there and as it should be."""
        copies = range(-(-size // len(self.desired)))
        desired = [copied(each, n) for n in copies for each in self.desired]
        ids = {each.address: str(120_000_000_000 + at) for at, each in enumerate(desired)}
        known = {each.address: Known(each.account, ids[each.address], each.mark, "live") for each in desired}
        return Sides(
            brand="lezzet",
            environment="sandbox",
            accounts={name: each.id for name, each in self.site.accounts.items()},
            currencies={name: each.currency for name, each in self.site.accounts.items()},
            config="0" * 64,
            neutral=[copied(each, n) for n in copies for each in self.neutral],
            desired=desired,
            observed=[read_back(each, ids) for each in desired],
            context=Context(self.site.supports, known),
            rails=Rails("TRY", daily=Decimal(10**9), monthly=Decimal(10**11)),
            now=NOW,
            today=date(2026, 11, 30),
            live=False,
            spending=Spending(),
            applied={each.address: each.fields for each in desired},
        )


def copied(one: Resource, number: int) -> Resource:
    """The same under another campaign; its texts are shared, as one interpreter shares them anyway."""
    fields: dict[str, Value] = {name: moved(value, number) for name, value in one.fields.items()}
    return replace(one, address=renamed(one.address, number), mark=f"{one.mark}{number}", fields=fields)


def renamed(address: Address, number: int) -> Address:
    first, slash, rest = address.key.partition("/")
    return Address(address.platform, address.kind, f"{first}-{number}{slash}{rest}")


def moved(value: Value, number: int) -> Value:
    if isinstance(value, Ref):
        return Ref(renamed(value.address, number))
    if isinstance(value, dict):
        return {name: moved(item, number) for name, item in value.items()}
    return tuple(moved(item, number) for item in value) if isinstance(value, (tuple, list)) else value


def read_back(one: Resource, ids: dict[Address, str]) -> Observed:
    at, fields = one.address, to_json(resolve(one.fields, ids))
    return Observed(at.platform, one.account, at.kind, ids[at], one.mark, fields, at.key)


def measured(brand: Brand, sizes: Sequence[int]) -> Iterator[tuple[int, float, float, str]]:
    """Objects, seconds, peak MB, and all of the quickest figures in words."""
    for size in sizes:
        sides = brand.sides(size)
        gc.collect()
        spans = []
        for _ in range(REPEATS):
            with stopwatch() as span:
                plan = assemble(sides)
                told = text(plan, sides.supports) + plan.digest
            spans.append(span)
            assert not plan.changes, plan.changes[0]
            assert not plan.notes, plan.notes[0]
            assert "No changes" in told
        best = min(spans, key=lambda each: each.cpu)
        # On macOS in bytes, on Linux in KB.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        yield len(sides.desired), best.cpu, peak / (2**20 if sys.platform == "darwin" else 1), str(best)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    sizes = sorted(parser.parse_args().sizes)
    report, before, found = Report(), 0.0, []
    for objects, seconds, peak, words in measured(Brand(), sizes):
        found.append((objects, seconds, peak, words))
        each = 1e6 * seconds / objects
        report.line(f"      {objects:,} objects: {seconds:.3f} s CPU, {each:.1f} µs each, peak {peak:.0f} MB")
        if before:
            report.at_most(f"growth to {objects:,}", each / before, GROWTH, "times the time an object")
        before = each
    objects, seconds, peak, words = found[-1]
    report.at_most(f"plan over {objects:,} unchanged objects", seconds, SECONDS, "s CPU", words)
    report.at_most("its memory, both sides included", peak, MEGABYTES, "MB")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
