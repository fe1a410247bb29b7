from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metric import Ratio
from engine.power import plan_size, power_of, results_needed
from schemas.errors import KampanyaError


def test_twenty_percent_needs_about_650_results_and_21_thousand_at_33_each() -> None:
    assert results_needed(0.2, phi=1.5) == pytest.approx(649.3, abs=0.1)
    assert float(plan_size("cost_per_conversion", 33, 600, 0.2, 4).spend_needed) == pytest.approx(
        21_450, abs=1
    )


def test_results_needed_by_hand() -> None:
    """phi 1, d 100 %: (1.959964 + .841621)^2 * 1.5 / ln(2)^2 = 7.848880 * 1.5 / .480453."""
    assert results_needed(1.0, phi=1.0) == pytest.approx(24.5046, abs=1e-3)


# Final-look power simulated with 14 % cell-day noise, for results per control cell in 28 days.
MEASURED = {81: 0.18, 244: 0.45, 488: 0.69, 975: 0.88}


@pytest.mark.parametrize(("results", "measured"), MEASURED.items())
def test_the_formula_agrees_with_simulated_power(results: int, measured: float) -> None:
    phi = 1 + results / 28 * 2 * 0.10**2
    assert power_of(0.2, results, 4, phi=phi) == pytest.approx(measured, abs=0.03)


def test_where_days_are_noisy_twice_the_money_buys_little_and_twice_the_weeks_much() -> None:
    def power(budget: int, weeks: int) -> float:
        size = plan_size("cost_per_conversion", 17.2, budget, 0.1, weeks, phi=1.0, day_noise=0.14)
        return size.power

    assert power(1200, 4) - power(600, 4) < 0.15
    assert power(600, 8) - power(600, 4) > 0.20


@settings(deadline=None)
@given(st.floats(0.05, 0.5), st.integers(20, 2000), st.integers(1, 12))
def test_power_grows_with_results_and_with_the_effect(effect: float, results: int, weeks: int) -> None:
    base = power_of(effect, results, weeks)
    assert 0 <= base <= 1
    assert power_of(effect, results * 2, weeks) >= base - 1e-9
    assert power_of(effect * 1.5, results, weeks) >= base - 1e-9


@settings(deadline=None)
@given(st.integers(2, 5))
def test_more_cells_need_more_results_each(cells: int) -> None:
    one_more = plan_size("ctr", 2, 100, 0.1, 4, cells=cells + 1)
    assert one_more.results_needed > plan_size("ctr", 2, 100, 0.1, 4, cells=cells).results_needed


def test_order_values_make_roas_harder_than_conversions() -> None:
    conversions = plan_size("cost_per_conversion", 33, 600, 0.2, 4)
    assert plan_size("roas", 33, 600, 0.2, 4).results_needed > conversions.results_needed
    per_click = Ratio("value", "clicks", name_en="value per click")
    assert plan_size(per_click, 33, 600, 0.2, 4).results_needed > conversions.results_needed


def test_a_budget_too_small_is_said_with_its_numbers() -> None:
    size = plan_size("cost_per_conversion", Decimal(33), Decimal(150), 0.2, 4, currency="TRY")
    assert not size.enough
    assert (size.results_needed, size.weeks_needed) == (
        650,
        22,
    )  # 650 are there after 21 weeks, power .80 after 22
    assert size.sentence_tr.startswith(
        "Bütçe küçük: %20 büyüklüğünde bir farkı görmek için hücre başına yaklaşık 650 dönüşüm (₺21.450,00,"
        " bu hızla 22 hafta) gerekir; planlanan 4 haftada 127 beklenir"
    )
    assert "needs about 650 conversions per cell (TRY" in size.sentence_en


def test_a_budget_that_is_enough_never_promises_certainty() -> None:
    size = plan_size("cost_per_click", 2, 600, 0.2, 4)
    assert size.enough
    assert size.power > 0.999
    assert "%99 olasılıkla görülür" in size.sentence_tr
    assert "probability 99%" in size.sentence_en


@pytest.mark.parametrize("wrong", [(0, 600, 4, 2), (33, -1, 4, 2), (33, 600, 0, 2), (33, 600, 4, 1)])
def test_a_test_without_money_weeks_or_cells_cannot_be_sized(wrong: tuple[int, int, int, int]) -> None:
    cost, budget, weeks, cells = wrong
    with pytest.raises(KampanyaError, match="cannot be sized"):
        plan_size("ctr", cost, budget, 0.1, weeks, cells=cells)


def test_a_week_with_results_enough_is_still_too_short() -> None:
    """Six degrees of freedom cost power that no budget within the week buys back."""
    size = plan_size("cost_per_conversion", 33, 33 * 660 / 7, 0.2, 1)
    assert (size.enough, size.results_expected >= size.results_needed, size.weeks_needed) == (False, True, 2)
    assert size.sentence_tr.startswith("Test kısa: 660 dönüşüm beklenir, ama 1 haftada")
    assert "run 2 weeks" in size.sentence_en


@settings(deadline=None)
@given(st.floats(0.08, 0.5), st.floats(20, 500))
def test_running_the_weeks_needed_reaches_the_power_wanted(effect: float, budget: float) -> None:
    size = plan_size("cost_per_conversion", 10, budget, effect, 2)
    if size.weeks_needed <= 52:
        assert plan_size("cost_per_conversion", 10, budget, effect, size.weeks_needed).enough
