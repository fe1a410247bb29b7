from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.boundaries import exit_probabilities, limits, obrien_fleming, spent_by

# O'Brien-Fleming constants at two-sided .05: Jennison & Turnbull, Group Sequential Methods (2000), table 2.3.
CONSTANTS = {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 6: 2.053, 8: 2.072, 10: 2.087}
# Lan-DeMets, O'Brien-Fleming type spending, four equal looks, two-sided .05: Proschan, Lan & Wittes (2006).
SPENDING_OF_FOUR = (4.333, 2.963, 2.359, 2.014)


@pytest.mark.parametrize(("looks", "constant"), CONSTANTS.items())
def test_the_constants_are_the_published_ones(looks: int, constant: float) -> None:
    assert obrien_fleming(looks, 0.05) == pytest.approx(constant, abs=6e-4)


@pytest.mark.parametrize("looks", [2, 4])
def test_peeking_weekly_at_normal_data_rejects_five_percent(looks: int) -> None:
    """200,000 random walks: the standard error is .0005, the tolerance eight of them."""
    walk = np.random.default_rng(7).normal(size=(200_000, looks)).cumsum(1) / np.sqrt(np.arange(1, looks + 1))
    assert (np.abs(walk) >= limits(looks, 0.05)).any(1).mean() == pytest.approx(0.05, abs=0.004)


def test_limits_fall_with_the_square_root_of_the_weeks() -> None:
    assert limits(4, 0.05)[0] == pytest.approx(2 * limits(4, 0.05)[3])
    assert limits(1, 0.05)[0] == pytest.approx(1.959964, abs=1e-5)


def test_one_look_exits_with_its_own_tail() -> None:
    assert exit_probabilities([1.959964], [1.0]) == [pytest.approx(0.05, abs=1e-6)]


def test_a_limit_used_before_a_missed_look_stays_what_it_was() -> None:
    assert limits(4, 0.05, frozenset({3}))[:2] == limits(4, 0.05)[:2]


def test_when_the_first_look_is_missed_the_rest_follow_the_published_spending() -> None:
    """What look one would have spent (.000015) is too little to show in the third decimal of the others."""
    missed_first = limits(4, 0.05, frozenset({1}))
    assert missed_first[0] == math.inf
    assert missed_first[1:] == pytest.approx(SPENDING_OF_FOUR[1:], abs=1e-3)


@settings(deadline=None)
@given(st.integers(1, 8), st.sampled_from([0.05, 0.025, 0.0125]), st.sets(st.integers(1, 8)))
def test_whatever_is_missed_the_error_is_never_above_alpha_and_the_last_look_uses_all(
    looks: int, alpha: float, missed: set[int]
) -> None:
    kept = frozenset(look for look in missed if look < looks)
    exits = exit_probabilities(limits(looks, alpha, kept), [k / looks for k in range(1, looks + 1)])
    assert sum(exits) == pytest.approx(alpha, abs=1e-6)


@settings(deadline=None)
@given(st.sampled_from([0.05, 0.01]))
def test_spending_grows_with_time_up_to_alpha(alpha: float) -> None:
    spent = [spent_by(t, alpha) for t in (0.1, 0.25, 0.5, 0.75, 1.0)]
    assert all(before < after for before, after in pairwise(spent))
    assert spent[-1] == pytest.approx(alpha)


def test_weekly_looks_cost_two_percent_more_data_than_one() -> None:
    """Jennison & Turnbull table 2.4: O'Brien-Fleming with four looks needs 1.022 times the fixed sample."""
    drift = (1.959964 + 0.841621) * math.sqrt(1.022)
    crossed = exit_probabilities(limits(4, 0.05), [0.25, 0.5, 0.75, 1.0], drift)
    assert sum(crossed) == pytest.approx(0.80, abs=0.001)
