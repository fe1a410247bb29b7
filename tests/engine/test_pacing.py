from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pacing import DeclaredBudget, Flag, pace, project
from schemas.errors import KampanyaError

TOMORROW, END = date(2026, 12, 22), date(2026, 12, 31)  # ten days left
amounts = st.decimals(min_value=0, max_value=10**6, places=2)


@pytest.mark.parametrize(
    ("spent", "current", "flag", "proposed", "gap"),
    [
        # 10,000 for the month; what is left for ten days against today's budget
        (9_000, 100, "on_track", "100.00", "0.00"),
        (8_900, 100, "on_track", "110.00", "0.00"),
        (8_800, 100, "on_track", "120.00", "0.00"),
        (8_500, 100, "capped", "120.00", "300.00"),
        (9_500, 100, "capped", "80.00", "-300.00"),
        (6_000, 100, "behind", "120.00", "2800.00"),
        (10_000, 100, "exhausted", "0.00", "0.00"),
        (10_100, 100, "exhausted", "0.00", "-100.00"),
    ],
)
def test_the_month_is_paced(spent: int, current: int, flag: Flag, proposed: str, gap: str) -> None:
    found = pace(Decimal(10_000), Decimal(spent), Decimal(current), TOMORROW, END)
    assert (found.flag, found.proposed_daily, found.gap) == (flag, Decimal(proposed), Decimal(gap))
    assert found.days_left == 10


def test_behind_is_where_even_daily_raises_of_a_fifth_do_not_reach() -> None:
    """120 + 144 + 172.80 = 436.80 is the most that three days can spend."""
    last = TOMORROW + timedelta(days=2)
    assert pace(Decimal("436.80"), Decimal(0), Decimal(100), TOMORROW, last).flag == "capped"
    assert pace(Decimal("436.81"), Decimal(0), Decimal(100), TOMORROW, last).flag == "behind"


def test_the_reason_carries_the_amounts() -> None:
    found = pace(Decimal(10_000), Decimal(8_500), Decimal(100), TOMORROW, END, currency="TRY")
    assert (
        found.reason_tr
        == "Günde ₺150,00 gerekir; bir adımda en çok %20 değiştirildiği için ₺120,00 önerilir."
    )
    assert "at most" in found.reason_en


@settings(deadline=None)
@given(amounts, amounts, amounts.filter(bool), st.integers(1, 31))
def test_a_proposal_stays_within_the_step_unless_the_budget_is_gone(
    budget: Decimal, spent: Decimal, current: Decimal, days: int
) -> None:
    found = pace(budget, spent, current, TOMORROW, TOMORROW + timedelta(days=days - 1))
    if found.flag == "exhausted":
        assert spent >= budget
        assert found.proposed_daily == 0
    else:
        assert current * Decimal("0.8") - Decimal("0.01") < found.proposed_daily <= current * Decimal("1.2")
    if found.flag == "on_track":
        assert 0 <= found.gap < Decimal("0.01") * days


@pytest.mark.parametrize(("current", "end"), [("0", END), ("100", TOMORROW - timedelta(days=1)), ("-1", END)])
def test_a_budget_that_ended_or_never_ran_cannot_be_paced(current: str, end: date) -> None:
    with pytest.raises(KampanyaError, match="cannot be paced"):
        pace(Decimal(100), Decimal(0), Decimal(current), TOMORROW, end)


def test_a_month_ends_at_spend_loaded_plus_every_declared_day() -> None:
    declared = [
        DeclaredBudget("always", Decimal(100), date(2026, 11, 1), date(2027, 1, 31)),
        DeclaredBudget("ends on the 23rd", Decimal(50), date(2026, 12, 1), date(2026, 12, 23)),
        DeclaredBudget("starts on the 31st", Decimal(7), date(2026, 12, 31), date(2027, 1, 31)),
    ]
    found = project(Decimal(2_000), date(2026, 12, 21), END, declared)
    assert found.total == 2_000 + 10 * 100 + 2 * 50 + 7
    assert found.by_day[0] == (TOMORROW, Decimal(2_150))
    assert found.by_day[-1] == (END, found.total)


def test_days_not_loaded_yet_count_as_declared() -> None:
    declared = [DeclaredBudget("a", Decimal(100), date(2026, 12, 1), END)]
    late = project(Decimal(0), date(2026, 12, 18), END, declared)
    assert late.total == 1300


def test_after_the_month_nothing_remains() -> None:
    found = project(Decimal(5), END, END, [DeclaredBudget("a", Decimal(9), TOMORROW, END)])
    assert (found.total, found.remainder, found.by_day) == (Decimal(5), Decimal(0), ())


@settings(deadline=None)
@given(st.lists(amounts, max_size=4), amounts, st.integers(0, 30))
def test_loading_a_day_that_spent_its_declared_budget_does_not_move_the_projection(
    budgets: list[Decimal], spent: Decimal, day: int
) -> None:
    declared = [DeclaredBudget(str(i), b, date(2026, 12, 1), END) for i, b in enumerate(budgets)]
    loaded = date(2026, 11, 30) + timedelta(days=day)
    before = project(spent, loaded, END, declared)
    after = project(spent + sum(budgets), loaded + timedelta(days=1), END, declared)
    assert after.total == before.total
