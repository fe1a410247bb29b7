"""What is legal and costly is warned of, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from operations.site import MEMORY
from operations.validate import warnings
from tests.operations.sites import Bench

SLOW, RIVALS, ALONE = (
    "A budget that learns slowly", "Ad sets that bid for the same people", "An ad set with one ad",
)  # fmt: skip


def told(brand: Bench, day: int = 30) -> list[tuple[str, str]]:
    site = replace(brand.site, given_now=datetime(2026, 11, 1, tzinfo=UTC).replace(day=day))
    return [(each.summary, each.detail) for each in warnings(site) if each.where and each.fix]


def goal(brand: Bench, target: str, metric: str = "cost_per_purchase") -> None:
    path = brand.root / "kampanya.yaml"
    text = f"goals: [{{goal: g, metric: {metric}, target: {target}}}]\n"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    brand.edit("objective: sales", "objective: sales\ngoal: g")


@pytest.mark.parametrize(
    ("target", "metric", "slow"),
    [
        ("84 TRY", "cost_per_purchase", []),  # 600 TRY a day is 4,200 a week: 50 of them
        ("85 TRY", "cost_per_purchase", ["600 TRY a day buys about 49 purchases a week"]),
        ("85 TRY", "cost_per_click", []),
        ("3", "roas", []),
    ],
)
def test_a_budget_that_cannot_buy_fifty_results_a_week_learns_slowly(
    brand: Bench, target: str, metric: str, slow: list[str]
) -> None:
    goal(brand, target, metric)
    found = [detail for summary, detail in told(brand) if summary == SLOW]
    assert len(found) == len(slow)
    assert all(detail.startswith(start) for detail, start in zip(found, slow, strict=True))


def test_ad_sets_of_the_same_people_bid_against_each_other(brand: Bench) -> None:
    both = "yil-sonu/restorana-menu, yil-sonu/restorana-muzik"
    assert (RIVALS, f"{both} have one and the same audience") in told(brand)
    brand.edit("vars: {aci: muzik}", "vars: {aci: muzik}, audience: {genders: [women]}")
    assert RIVALS not in dict(told(brand))


def test_of_many_rivals_some_are_named_and_the_rest_counted(brand: Bench) -> None:
    many = "for_each: {n: [1, 2, 3, 4, 5, 6]}, ad_set: 'm-{n}'"
    brand.edit("ad_set: restorana-menu", many)
    assert "yil-sonu/m-5 and 2 more have one" in dict(told(brand))[RIVALS]


def test_ad_sets_that_never_run_on_one_day_are_no_rivals(brand: Bench) -> None:
    brand.edit("vars: {aci: menu}", "vars: {aci: menu}, flight: {start: 2026-12-01, end: 2026-12-05}")
    brand.edit("vars: {aci: muzik}", "vars: {aci: muzik}, flight: {start: 2026-12-06, end: 2026-12-31}")
    assert RIVALS not in dict(told(brand))


def test_cells_of_an_experiment_are_meant_to_be_alike_and_to_have_one_ad(brand: Bench) -> None:
    alone = [detail.split()[0] for summary, detail in told(brand) if summary == ALONE]
    assert alone == ["yil-sonu/restorana-menu"]  # the other says so by the same line of the template
    (brand.root / "experiments").mkdir()
    (brand.root / "experiments" / "e.yaml").write_text(
        "experiment: e\nplatform: meta\ncells:\n"
        "  - {cell: a, ad_set: yil-sonu/restorana-menu, share: 50%}\n"
        "  - {cell: b, ad_set: yil-sonu/restorana-muzik, share: 50%}\n"
        "control: a\nmetric: ctr\nminimum_effect: 15%\nweeks: 2\nmethod: budget_split\n",
        encoding="utf-8",
    )
    assert {RIVALS, ALONE} & dict(told(brand)).keys() == set()


def test_a_flight_in_the_past_is_told_of_until_something_runs(brand: Bench) -> None:
    brand.edit("start: 2026-12-01, end: 2026-12-31", "start: 2026-11-10, end: 2026-11-20")
    assert "A flight that begins in the past" not in dict(told(brand, 10))
    assert "A flight that begins in the past" in dict(told(brand, 11))
    assert "A flight that is over" in dict(told(brand, 21))
    (brand.site.state / MEMORY).write_text('{"platforms": ["meta"]}', encoding="utf-8")
    assert "A flight that is over" not in dict(told(brand, 21))


def test_what_is_paused_costs_nothing(brand: Bench) -> None:
    brand.edit("objective: sales", "objective: sales\nstatus: paused")
    assert told(brand, 1) == []
