from __future__ import annotations

import math

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.jackknife import contrasts, half_width, holm

SQL = """
with t as (select cell, sum(conversions) n, sum(spend) e from days group by cell),
leave_one_out as (
    select day, cell, ln((t.n - days.conversions) / (t.e - days.spend)) l from days join t using (cell)
),
paired as (
    select day, max(l) filter (cell = 'B') - max(l) filter (cell = 'A') x from leave_one_out group by day
)
select (select ln(n / e) from t where cell = 'B') - (select ln(n / e) from t where cell = 'A') theta,
       sqrt((count(*) - 1) / count(*) * sum((x - m) ** 2)) se
from paired, (select avg(x) m from paired)
"""

days_of_results = arrays(np.float64, (3, 14), elements=st.integers(1, 60).map(float))
days_of_spend = arrays(np.float64, (3, 14), elements=st.integers(5000, 20000).map(lambda cents: cents / 100))


@pytest.mark.parametrize("seed", range(5))
def test_duckdb_finds_the_same_theta_and_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    results, spend = rng.poisson(20, (2, 28)).astype(float), rng.lognormal(6, 0.2, (2, 28))
    with duckdb.connect() as connection:
        connection.execute("create table days (cell text, day int, conversions double, spend double)")
        rows = [
            ("AB"[c], d, results[c, d], spend[c, d]) for c in range(2) for d in range(28)
        ]  # fmt: skip
        connection.executemany("insert into days values (?, ?, ?, ?)", rows)
        theta, se = connection.execute(SQL).fetchall()[0]
    ours = contrasts(results, spend)
    assert ours.theta[0] == pytest.approx(theta, abs=1e-12)
    assert ours.se_jackknife[0] == pytest.approx(se, abs=1e-12)


def test_two_days_by_hand() -> None:
    """2+4 results against 1+3 for 10+10: theta ln 1.5; without a day ln(4/3) or ln 2, se half the gap."""
    found = contrasts(np.array([[1.0, 3.0], [2.0, 4.0]]), np.full((2, 2), 10.0))
    assert found.theta[0] == pytest.approx(math.log(6 / 4))
    assert found.without[0] == pytest.approx([math.log(4 / 3), math.log(2 / 1)])
    assert found.se_jackknife[0] == pytest.approx(math.log(1.5) / 2)
    # t with 1 degree of freedom is Cauchy: p = 1 - 2/pi * atan(|t|), t = 2
    assert found.p[0] == pytest.approx(1 - 2 / math.pi * math.atan(2))


def test_counting_noise_floors_an_error_that_calm_days_make_too_small() -> None:
    calm = np.full((2, 7), 10.0) + np.array([[0, 0, 0, 0, 0, 0, 1.0], [0] * 7])
    found = contrasts(calm, np.full((2, 7), 100.0), calm)
    assert found.se_jackknife[0] < 0.02
    assert found.se[0] == pytest.approx(math.sqrt(1 / 71 + 1 / 70))


@pytest.mark.parametrize("empty", ["good", "base"])
def test_nothing_to_divide_gives_no_number_rather_than_a_wrong_one(empty: str) -> None:
    full, none = np.full((2, 7), 3.0), np.zeros((2, 7))
    found = contrasts(none if empty == "good" else full, none if empty == "base" else full)
    assert math.isnan(found.theta[0])
    assert math.isnan(found.p[0])


def test_no_variation_at_all_gives_no_verdict() -> None:
    assert math.isnan(contrasts(np.full((2, 7), 3.0), np.full((2, 7), 5.0)).p[0])


@settings(deadline=None)
@given(days_of_results, days_of_spend, st.floats(0.01, 100))
def test_another_currency_changes_nothing(results: np.ndarray, spend: np.ndarray, rate: float) -> None:
    ours, theirs = contrasts(results, spend, results), contrasts(results, spend * rate, results)
    assert theirs.theta == pytest.approx(ours.theta, abs=1e-9)
    assert theirs.se_jackknife == pytest.approx(ours.se_jackknife, abs=1e-9)


@settings(deadline=None)
@given(days_of_results, days_of_spend)
def test_swapping_the_cells_flips_the_sign(results: np.ndarray, spend: np.ndarray) -> None:
    ours = contrasts(results[:2], spend[:2], results[:2])
    swapped = contrasts(results[1::-1], spend[1::-1], results[1::-1])
    assert swapped.theta == pytest.approx(-ours.theta, abs=1e-12)
    assert swapped.se == pytest.approx(ours.se, abs=1e-12)


@settings(deadline=None)
@given(days_of_results, days_of_spend)
def test_another_cell_does_not_change_a_pair(results: np.ndarray, spend: np.ndarray) -> None:
    three, two = contrasts(results, spend, results), contrasts(results[:2], spend[:2], results[:2])
    assert (three.theta[0], three.se[0]) == (two.theta[0], two.se[0])


@settings(deadline=None)
@given(days_of_results, days_of_spend, st.permutations(range(14)))
def test_the_order_of_days_is_irrelevant(results: np.ndarray, spend: np.ndarray, order: list[int]) -> None:
    ours, shuffled = contrasts(results, spend), contrasts(results[:, order], spend[:, order])
    assert shuffled.theta == pytest.approx(ours.theta, abs=1e-12)
    assert shuffled.se == pytest.approx(ours.se, abs=1e-12)


@settings(deadline=None)
@given(days_of_results, days_of_spend, st.integers(1, 13))
def test_more_results_in_a_cell_raise_its_theta(results: np.ndarray, spend: np.ndarray, day: int) -> None:
    better = results.copy()
    better[1, day] += 5
    assert contrasts(better, spend).theta[0] > contrasts(results, spend).theta[0]


def test_a_day_that_does_the_same_to_both_cells_cancels() -> None:
    rng = np.random.default_rng(5)
    weather = np.exp(rng.normal(0, 1, 28))
    good = np.stack([100 * weather, 120 * weather])
    found = contrasts(good, np.full((2, 28), 50.0))
    assert found.theta[0] == pytest.approx(math.log(1.2))
    assert found.se_jackknife[0] == pytest.approx(0, abs=1e-12)


def test_holm_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.6, 0.5])) == pytest.approx([1.0, 1.0])


@settings(deadline=None)
@given(arrays(np.float64, 4, elements=st.floats(0, 1)))
def test_holm_never_helps_and_keeps_the_order(p: np.ndarray) -> None:
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()


def test_the_interval_of_a_few_days_is_wider_than_the_normal_one() -> None:
    assert half_width(1.0, 6, 0.025) == pytest.approx(
        2.4469, abs=1e-4
    )  # Student's table, 6 degrees of freedom
