"""Verdicts against the market's truth: the favoured cell is named, equal cells are not, and numbers repeat.

Most of it drives the sandbox's market and the engine directly, over the lines that the example's real launch
makes; a few whole runs go through the command line. Full: `-m soak`, figures in docs/evidence/verdicts.md.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.experiment import CellDay, ExperimentPlan, analyze
from operations.experiment import design
from operations.site import Site, open_site
from sandbox.market import Delivery, Effect, Line, simulate
from schemas.experiment import Experiment
from tests.soak.rig import DELIVERING, Rig, demand, launched, mart, prepare, tapped, told

SEEDS, SLICE = 1000, 60
KEY, FAVOURED, CONTROL = "menu-mu-muzik-mi", "muzik", "menu"
LEAST_RIGHT = 0.72  # the example's two weeks find its +30 % in 78 of 100 tests: power is not 1
MOST_FALSE = 0.065  # of many tests of equal cells; the method promises 5 %
METRICS = ("cost_per_click", "ctr", "conversion_rate", "cost_per_conversion")


@dataclass(frozen=True)
class Test:
    """The declared experiment and the ads that a launch made of its cells."""

    __test__ = False
    site: Site
    experiment: Experiment
    cells: dict[str, Line]

    @property
    def declared(self) -> list[Effect]:
        """As `sandbox up` sets them."""
        ad_sets = {each.cell: each.ad_set.rpartition("/")[2] for each in self.experiment.cells}
        return [
            Effect(
                f"*/{ad_sets[cell]}/*",
                **{name: float(factor) for name, factor in effect.model_dump(exclude_none=True).items()},
            )
            for cell, effect in self.experiment.effect.items()
        ]


@pytest.fixture(scope="module")
def test(tmp_path_factory: pytest.TempPathFactory) -> Test:
    root = tmp_path_factory.mktemp("verdicts") / "lezzet"
    plan = prepare(root, "meta")
    with tapped(Rig(root)) as rig:
        done = rig.run("apply", str(plan))
        assert done.returncode == 0, told(done)
        assert rig.sandbox is not None
        by_ad_set = {line.name.split("/")[1]: line for line in rig.sandbox.meta.lines(DELIVERING)}
    site = open_site(root)
    experiment = site.workspace.experiments[KEY]
    cells = {each.cell: by_ad_set[each.ad_set.rpartition("/")[2]] for each in experiment.cells}
    return Test(site, experiment, cells)


def days_of(test: Test, seed: int, days: int, effects: Sequence[Effect]) -> list[CellDay]:
    """What the market delivers from the flight's first day on, all late conversions arrived."""
    lines = list(test.cells.values())
    return [
        cell_day(cell, day, made)
        for day in (DELIVERING + timedelta(days=number) for number in range(days))
        for cell, made in zip(test.cells, simulate(seed, day, lines, effects), strict=True)
    ]


def cell_day(cell: str, day: date, made: Delivery) -> CellDay:
    return CellDay(
        cell, day, Decimal(made.spend_micros) / 1_000_000, made.impressions, made.clicks,
        float(sum(each.count for each in made.conversions)),
        Decimal(sum(each.value_micros for each in made.conversions)) / 1_000_000,
    )  # fmt: skip


def verdicts(
    test: Test, seeds: Sequence[int], effects: Sequence[Effect], metric: str | None = None
) -> Counter[str]:
    """How the tests of these seeds end: the winner's name, or the status."""
    ends: Counter[str] = Counter()
    for seed in seeds:
        days = days_of(test, seed, 7 * test.experiment.weeks, effects)
        plan: ExperimentPlan = design(test.site, test.experiment, days)
        plan = replace(plan, metric=metric) if metric else plan
        readout = analyze(days, plan, plan.end + timedelta(days=plan.settling))
        ends[readout.winner or readout.status] += 1
    return ends


def false_winners(ends: Counter[str]) -> int:
    return ends[FAVOURED] + ends[CONTROL]


@pytest.mark.soak
def test_the_verdict_names_the_cell_that_the_market_favours(test: Test) -> None:
    ends = verdicts(test, range(1, SEEDS + 1), test.declared)
    print(f"\ndeclared effect {test.declared}, seeds 1–{SEEDS}: {dict(ends)}")
    assert ends[FAVOURED] >= LEAST_RIGHT * SEEDS
    assert ends[CONTROL] == 0


@pytest.mark.soak
@pytest.mark.parametrize("metric", METRICS)
def test_of_equal_cells_hardly_any_is_named(test: Test, metric: str) -> None:
    ends = verdicts(test, range(1, SEEDS + 1), [], metric)
    print(f"\nno effect, {metric}, seeds 1–{SEEDS}: {dict(ends)}: {false_winners(ends) / SEEDS:.1%} false")
    assert false_winners(ends) <= MOST_FALSE * SEEDS


def test_a_slice_of_new_seeds_names_the_favoured_cell_and_hardly_ever_an_equal_one(test: Test) -> None:
    """Of 60: 17 false winners at a true 6.5 % have probability 2e-07; under 28 right ones at 78 %, 3e-08."""
    first = secrets.randbits(31)
    seeds = range(first, first + SLICE)
    right, equal = verdicts(test, seeds, test.declared), verdicts(test, seeds, [])
    print(f"seeds from {first}: declared {dict(right)}, equal {dict(equal)}")
    assert right[FAVOURED] >= 28
    assert right[CONTROL] == 0
    assert false_winners(equal) < 17


# -- whole runs through the command line


def declaring(seed: int, effect: bool) -> Callable[[Path], None]:
    def declare(root: Path) -> None:
        brand, test = root / "kampanya.yaml", root / "experiments" / f"{KEY}.yaml"
        text = brand.read_text(encoding="utf-8")
        assert "seed: 7\n" in text
        brand.write_text(text.replace("seed: 7\n", f"seed: {seed}\n"), encoding="utf-8")
        if not effect:
            kept, found, _ = test.read_text(encoding="utf-8").partition("\neffect:")
            assert found
            test.write_text(kept + "\n", encoding="utf-8")

    return declare


@dataclass(frozen=True)
class Told:
    """What a whole run says in the end."""

    status: str
    winner: str | None
    numbers: list[list[str]]
    ends: int  # exit code of conclude


NUMBERS = """
select platform, date_day, campaign_key, ad_set_key, ad_key, impressions, clicks, spend, conversions,
       conversions_value, currency, is_final
from ad_reporting__ad_report order by all
"""


def whole_run(root: Path, seed: int, effect: bool) -> Told:
    """Launch, fourteen days, load, three days to settle, load, read, conclude."""
    with launched(root, declaring(seed, effect)):
        demand(root, "sandbox", "advance", "15")
        demand(root, "load")
        demand(root, "sandbox", "advance", "3")
        demand(root, "load")
        read = json.loads(demand(root, "experiment", "read", KEY, "--json"))
        decided = 2 if read["winner"] else 0
        demand(root, "experiment", "conclude", KEY, ends=decided)
        return Told(read["status"], read["winner"], mart(root, NUMBERS), decided)


@pytest.mark.soak
def test_the_same_steps_give_the_same_numbers_and_the_favoured_cell(tmp_path: Path) -> None:
    first, second = (whole_run(tmp_path / name, 7, effect=True) for name in ("first", "second"))
    print(f"\n{len(first.numbers)} ad days; {first.status}, {first.winner}")
    assert first == second
    assert first.winner == FAVOURED


@pytest.mark.soak
@pytest.mark.parametrize("seed", [7, 11])
def test_a_whole_run_without_an_effect_names_nobody(tmp_path: Path, seed: int) -> None:
    found = whole_run(tmp_path / "lezzet", seed, effect=False)
    print(f"\nseed {seed}, no effect: {found.status}")
    assert found.winner is None


@pytest.mark.soak
def test_another_seed_gives_other_numbers_and_the_same_winner(tmp_path: Path) -> None:
    found = whole_run(tmp_path / "lezzet", 11, effect=True)
    print(f"\nseed 11: {found.status}, {found.winner}")
    assert found.winner == FAVOURED
