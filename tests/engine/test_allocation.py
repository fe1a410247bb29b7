from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.allocation import AdSetBudget, Frozen, SpendDay, propose, response_rates, water_fill
from schemas.errors import KampanyaError

THROUGH = date(2026, 11, 30)
STEP = Decimal("0.2")


def ad_set(key: str, daily: str, results: float, **limits: object) -> AdSetBudget:
    history = tuple(SpendDay(THROUGH - timedelta(days=back), Decimal(daily), results) for back in range(14))
    return AdSetBudget(key, Decimal(daily), history, **limits)  # type: ignore[arg-type]


def after(*ad_sets: AdSetBudget, **options: object) -> dict[str, Decimal]:
    proposal = propose(ad_sets, THROUGH, **options)  # type: ignore[arg-type]
    return {move.key: move.after for move in proposal.moves}


@st.composite
def portfolios(draw: st.DrawFn) -> list[AdSetBudget]:
    def one(index: int) -> AdSetBudget:
        daily = draw(st.decimals("0.05", 5000, places=2))
        frozen: Frozen | None = draw(st.sampled_from([None, None, None, "experiment", "learning"]))
        maximum = draw(st.none() | st.decimals(0, 9000, places=2))
        minimum = draw(st.decimals(0, maximum if maximum is not None else 5000, places=2))
        history = tuple(
            SpendDay(THROUGH - timedelta(days=back), daily, draw(st.integers(0, 50))) for back in range(3)
        )
        return AdSetBudget(str(index), daily, history, minimum, maximum, frozen)

    return [one(index) for index in range(draw(st.integers(1, 6)))]


def test_money_moves_to_where_the_next_result_is_cheaper() -> None:
    assert after(ad_set("good", "100.00", 10), ad_set("poor", "100.00", 3)) == {
        "good": Decimal("120.00"),
        "poor": Decimal("80.00"),
    }


def test_equal_ad_sets_stay_equal() -> None:
    moves = after(ad_set("a", "100.00", 5), ad_set("b", "100.00", 5))
    assert moves == {"a": Decimal("100.00"), "b": Decimal("100.00")}


@pytest.mark.parametrize("why", ["experiment", "learning"])
def test_experiments_and_learning_ad_sets_are_never_touched(why: Frozen) -> None:
    proposal = propose([ad_set("kept", "100.00", 50, frozen=why), ad_set("a", "100.00", 1)], THROUGH)
    kept = proposal.moves[0]
    assert kept.before == kept.after == Decimal("100.00")
    assert "dokunulmaz" in kept.reason_tr
    assert proposal.moves[1].after == Decimal("100.00")


def test_a_reason_names_the_price_of_the_next_result_and_the_change() -> None:
    """10 results at 100 a day: the next costs about 100 / (0.6 * 10) = 16.67."""
    sets = [ad_set("good", "100.00", 10), ad_set("poor", "100.00", 3)]
    move = propose(sets, THROUGH, currency="TRY").moves[0]
    assert move.reason_tr.startswith("Bir sonraki sonuç burada yaklaşık ₺16,")
    assert "%20 artış" in move.reason_tr
    assert "20% up" in move.reason_en


@settings(deadline=None)
@given(portfolios())
def test_the_sum_is_kept_and_every_cap_holds_exactly(ad_sets: list[AdSetBudget]) -> None:
    proposal = propose(ad_sets, THROUGH)
    total = sum((move.after for move in proposal.moves), Decimal(0))
    assert total + proposal.unplaced == sum(each.daily for each in ad_sets)
    for each, move in zip(ad_sets, proposal.moves, strict=True):
        assert each.daily * (1 - STEP) <= move.after <= each.daily * (1 + STEP)
        if each.frozen:
            assert move.after == each.daily
        if each.maximum is not None and each.daily <= each.maximum and not each.frozen:
            assert move.after <= max(each.maximum, each.daily)


@settings(deadline=None)
@given(portfolios())
def test_nothing_stays_unplaced_where_no_limit_stands_in_the_way(ad_sets: list[AdSetBudget]) -> None:
    free = [AdSetBudget(each.key, each.daily, each.history) for each in ad_sets]
    assert propose(free, THROUGH).unplaced == 0


@settings(deadline=None)
@given(portfolios(), st.randoms())
def test_the_order_of_ad_sets_changes_nothing_but_odd_kurus(ad_sets: list[AdSetBudget], rng: object) -> None:
    ours = {move.key: move.after for move in propose(ad_sets, THROUGH).moves}
    theirs = {move.key: move.after for move in propose(ad_sets[::-1], THROUGH).moves}
    assert all(abs(ours[key] - theirs[key]) <= Decimal("0.01") * len(ad_sets) for key in ours)


def test_a_minimum_above_the_step_is_approached_not_jumped_to() -> None:
    assert after(ad_set("a", "100.00", 1, minimum=Decimal(500)), ad_set("b", "400.00", 9)) == {
        "a": Decimal("120.00"),
        "b": Decimal("380.00"),
    }


def test_a_smaller_total_is_taken_from_all_within_the_step_and_the_rest_is_told() -> None:
    proposal = propose([ad_set("a", "100.00", 5), ad_set("b", "100.00", 5)], THROUGH, total=Decimal(150))
    assert [move.after for move in proposal.moves] == [Decimal("80.00"), Decimal("80.00")]
    assert proposal.unplaced == Decimal("-10.00")
    assert "fazla kaldı" in proposal.warnings[0][0]


def test_different_attribution_is_flagged() -> None:
    sets = [
        ad_set("m", "100.00", 5, attribution="7d_click"),
        ad_set("g", "100.00", 5, attribution="data_driven"),
    ]
    assert "Attribution differs (7d_click, data_driven)" in propose(sets, THROUGH).warnings[0][1]


def test_days_after_the_last_settled_one_are_left_out() -> None:
    late = SpendDay(THROUGH + timedelta(days=1), 100, 500)
    first = ad_set("a", "100.00", 5)
    tempted = AdSetBudget("a", first.daily, (*first.history, late))
    assert after(tempted, ad_set("b", "100.00", 5))["a"] == Decimal("100.00")


def test_older_days_count_less() -> None:
    def history(early: float, recent: float) -> tuple[SpendDay, ...]:
        days = [
            SpendDay(THROUGH - timedelta(days=back), 100, early if back >= 28 else recent)
            for back in range(56)
        ]
        return tuple(days)

    rising = AdSetBudget("rising", Decimal(100), history(2, 8))
    falling = AdSetBudget("falling", Decimal(100), history(8, 2))
    moves = after(rising, falling)
    assert moves["rising"] > moves["falling"]


@pytest.mark.parametrize(
    "ad_sets",
    [
        [ad_set("a", "100.00", 1), ad_set("a", "100.00", 1)],
        [AdSetBudget("a", Decimal(0), ())],
        [AdSetBudget("a", Decimal(10), (), Decimal(20), Decimal(15))],
    ],
)
def test_contradictory_budgets_are_refused(ad_sets: list[AdSetBudget]) -> None:
    with pytest.raises(KampanyaError, match="cannot be allocated"):
        propose(ad_sets, THROUGH)


def test_water_filling_without_limits_is_the_closed_form() -> None:
    """s_k is proportional to a_k^(1/(1-0.6)) = a_k^2.5."""
    rates = np.array([1.0, 2.0, 3.0])
    filled = water_fill(rates, np.full(3, 1e-6), np.full(3, 1e6), 100.0)
    assert filled == pytest.approx(100 * rates**2.5 / (rates**2.5).sum(), rel=1e-9)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 10), st.floats(1, 100), st.floats(1, 3)), min_size=2, max_size=6),
    st.floats(0, 1),
)
def test_no_move_between_two_ad_sets_improves_a_filling(
    sets: list[tuple[float, float, float]], depth: float
) -> None:
    rates, low, room = (np.array(column) for column in zip(*sets, strict=True))
    high = low * room
    total = float(low.sum() + depth * (high - low).sum())
    spend = water_fill(rates, low, high, total)
    assert spend.sum() == pytest.approx(total, rel=1e-7)
    marginal = rates * spend**-0.4
    can_give, can_take = spend > low * (1 + 1e-7), spend < high * (1 - 1e-7)
    if can_give.any() and can_take.any():
        assert marginal[can_take].max() <= marginal[can_give].min() * (1 + 1e-6)


def test_little_data_is_drawn_to_the_pooled_rate() -> None:
    exposure = np.array([1.0, 100.0])
    rates = response_rates(np.array([5.0, 100.0]), exposure)
    assert 1.0 < rates[0] < 3.0  # 5 of its own, pooled 1.04
    assert rates[1] == pytest.approx(1.0, abs=0.01)


def test_the_rate_rises_with_results() -> None:
    found = [response_rates(np.array([float(n), 10.0]), np.array([10.0, 10.0]))[0] for n in range(6)]
    assert all(before < later for before, later in pairwise(found))
