from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.market import LAG, MAX_DAY, WANTS, Delivery, Effect, Line, minor_micros, simulate

SUNDAY = date(2026, 11, 29)
BUDGET = 600_000_000


def cell(
    name: str, budget: int = BUDGET, ads: int = 3, platform: str = "meta", **changes: object
) -> list[Line]:
    return [
        replace(
            Line(platform, "act_1", f"{name}-{n}", name, "c", name, budget, f"c/{name}/ad {n}"), **changes
        )
        for n in range(ads)
    ]


def run(
    lines: list[Line], days: int, seed: int = 1, effects: list[Effect] | None = None
) -> dict[str, list[Delivery]]:
    """Deliveries by ad set (the first part of the ad's id)."""
    found = defaultdict(list)
    for n in range(days):
        for made in simulate(seed, SUNDAY + timedelta(days=n), lines, effects or []):
            found[made.ad_id.split("-")[0]].append(made)
    return found


def bought(made: Delivery) -> int:
    return sum(one.count for one in made.conversions)


def test_the_same_seed_gives_the_same_numbers_whatever_the_ids_and_the_order() -> None:
    lines = cell("menu") + cell("muzik")
    renamed = [
        replace(one, ad_id=f"x{one.ad_id}", ad_set_id=f"y{one.ad_set_id}", budget_id=f"z{one.budget_id}")
        for one in reversed(lines)
    ]
    first = {made.ad_id: made for made in simulate(1, SUNDAY, lines)}
    second = {made.ad_id[1:]: replace(made, ad_id=made.ad_id[1:]) for made in simulate(1, SUNDAY, renamed)}
    assert first == second
    assert first != {made.ad_id: made for made in simulate(2, SUNDAY, lines)}


def test_another_campaign_beside_it_does_not_change_an_ads_numbers() -> None:
    alone = simulate(1, SUNDAY, cell("menu"))
    beside = [
        made for made in simulate(1, SUNDAY, cell("baska") + cell("menu")) if made.ad_id.startswith("menu")
    ]
    assert alone == beside


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 10**6),
    st.integers(1_000_000, 10**11),
    st.integers(1, 6),
    st.sampled_from(["meta", "google"]),
    st.sampled_from(["TRY", "JPY", "EUR"]),
)
def test_no_day_and_no_week_spends_more_than_the_platform_may(
    seed: int, budget: int, ads: int, platform: str, currency: str
) -> None:
    lines = cell("a", budget, ads, platform, currency=currency)
    days = [
        sum(made.spend_micros for made in simulate(seed, SUNDAY + timedelta(days=n), lines)) for n in range(7)
    ]
    assert max(days) <= MAX_DAY[platform] * budget
    assert sum(days) <= 7 * budget
    assert all(day % minor_micros(currency) == 0 for day in days)


def test_days_differ_and_some_overspend_but_a_month_spends_nearly_its_budget() -> None:
    days = [
        sum(made.spend_micros for made in simulate(3, SUNDAY + timedelta(days=n), cell("a"))) / BUDGET
        for n in range(56)
    ]
    assert max(days) > 1.1
    assert min(days) < 0.9
    assert 0.9 < sum(days) / 56 <= 1.0


def test_ads_under_one_budget_share_it() -> None:
    (day,) = [sum(made.spend_micros for made in simulate(1, SUNDAY, cell("a", ads=20)))]
    assert day <= 1.75 * BUDGET


def test_a_funnel_narrows_and_reach_stays_below_impressions() -> None:
    for made in run(cell("a"), 30)["a"]:
        assert made.impressions >= made.clicks >= made.visits >= made.carts >= bought(made)
        assert 0 < made.reach <= made.impressions


def test_rates_and_costs_have_a_believable_size() -> None:
    found = run(cell("a", BUDGET * 20), 60)["a"]
    clicks = sum(made.clicks for made in found)
    assert 0.010 < clicks / sum(made.impressions for made in found) < 0.014
    assert 0.02 < sum(bought(made) for made in found) / sum(made.visits for made in found) < 0.04
    assert 3 < sum(made.spend_micros for made in found) / clicks / 1e6 < 12


def test_most_conversions_come_on_the_same_day_and_the_last_after_four_weeks() -> None:
    lags: dict[int, int] = defaultdict(int)
    for made in run(cell("a", BUDGET * 50), 60)["a"]:
        for one in made.conversions:
            lags[one.lag_days] += one.count
    total = sum(lags.values())
    assert 0.66 < lags[0] / total < 0.74
    assert max(lags) <= 28
    assert math.isclose(LAG.sum(), 1.0)
    assert sum(count for lag, count in lags.items() if lag > 14) > 0


def test_equal_cells_have_no_true_difference() -> None:
    """A/A: over many seeds, daily log ratios of cost per click average zero within their own error."""
    lines = cell("menu") + cell("muzik")
    ratios = []
    for seed in range(40):
        found = run(lines, 14, seed)
        cost = {
            name: sum(made.spend_micros for made in rows) / sum(made.clicks for made in rows)
            for name, rows in found.items()
        }
        ratios.append(math.log(cost["menu"] / cost["muzik"]))
    error = np.std(ratios, ddof=1) / math.sqrt(len(ratios))
    assert abs(np.mean(ratios)) < 2.5 * error
    assert error < 0.02


@pytest.mark.parametrize(
    ("effect", "measure", "expected"),
    [
        (Effect("*/menu/*", ctr=1.25), "ctr", 1.25),
        (Effect("*/menu/*", ctr=1.25), "cpc", 1 / 1.25),
        (Effect("*/menu/*", cost=1.5), "cpc", 1.5),
        (Effect("*/menu/*", conversion_rate=1.4), "rate", 1.4),
        (Effect("*/menu/*", value=2.0), "value", 2.0),
    ],
)
def test_an_effect_is_the_true_difference(effect: Effect, measure: str, expected: float) -> None:
    found = run(cell("menu", BUDGET * 30) + cell("muzik", BUDGET * 30), 60, effects=[effect])

    def value(rows: list[Delivery]) -> float:
        clicks, visits = sum(m.clicks for m in rows), sum(m.visits for m in rows)
        purchases = sum(bought(m) for m in rows)
        worth = sum(one.value_micros for m in rows for one in m.conversions)
        return {
            "ctr": clicks / sum(m.impressions for m in rows),
            "cpc": sum(m.spend_micros for m in rows) / clicks,
            "rate": purchases / visits,
            "value": worth / purchases,
        }[measure]

    assert value(found["menu"]) / value(found["muzik"]) == pytest.approx(expected, rel=0.06)


def test_matching_effects_multiply_and_others_change_nothing() -> None:
    plain = simulate(1, SUNDAY, cell("menu"))
    assert simulate(1, SUNDAY, cell("menu"), [Effect("*/muzik/*", ctr=3)]) == plain
    both = [Effect("*/menu/*", cost=2), Effect("c/*", cost=0.5)]
    assert simulate(1, SUNDAY, cell("menu"), both) == plain


def test_a_small_audience_makes_a_big_budget_dearer() -> None:
    few = run(cell("a", 10 * BUDGET, audience_size=20_000), 14)["a"]
    many = run(cell("a", 10 * BUDGET, audience_size=20_000_000), 14)["a"]
    assert sum(made.impressions for made in few) < 0.9 * sum(made.impressions for made in many)
    assert max(made.reach for made in few) <= 20_000


def test_goals_bring_their_own_conversions() -> None:
    for wants, goal in WANTS.items():
        actions = {
            one.action for made in run(cell("a", BUDGET * 5, wants=wants), 7)["a"] for one in made.conversions
        }
        assert actions == {goal.action}


def test_a_budget_of_nothing_delivers_nothing() -> None:
    assert simulate(1, SUNDAY, cell("a", 0)) == []
