"""What counts as a raise within 24 hours: by hand, and against a model that knows each budget's whole day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.anchor import Anchor, Rise, anchors, rises
from engine.budget import Amount, Running
from engine.resource import Address

A, B, C = (Address("memory", "ad_set", key) for key in ("c/a", "c/b", "c/c"))
States = list[Mapping[Address, Amount]]


def lira(**daily: int) -> dict[Address, Amount]:
    names = {"a": A, "b": B, "c": C}
    return {names[name]: Amount(Decimal(amount), "TRY") for name, amount in daily.items()}


def running(state: Mapping[Address, Amount]) -> dict[Address, Running]:
    return {at: Running(at, each, date(2026, 12, 1), None) for at, each in state.items() if each.amount}


def rise(
    states: States, after: Mapping[Address, Amount], seen: Mapping[Address, Amount] | None = None
) -> Rise:
    """`seen` is what runs on the platform before the plan, by default what the journal says."""
    before = states[-1] if seen is None else seen
    return rises(anchors(states), running(before), running(after)).get("TRY", Rise())


def test_a_raise_is_held_against_what_ran_a_day_ago_however_it_is_sliced() -> None:
    states = [lira(a=100), lira(a=110), lira(a=119)]
    assert rise(states, lira(a=121)) == Rise(Decimal(21), Decimal(100))


def test_what_is_paused_raised_and_let_go_again_is_a_raise() -> None:
    assert rise([lira(a=100), {}], lira(a=1000)) == Rise(Decimal(900), Decimal(100))


def test_what_is_let_go_again_as_it_was_is_none() -> None:
    assert rise([lira(a=100), {}], lira(a=100)) == Rise(Decimal(0), Decimal(100))


def test_what_did_not_run_within_the_day_is_new_whatever_it_starts_with() -> None:
    assert rise([lira(a=100)], lira(a=100, b=900)) == Rise(Decimal(0), Decimal(100))


def test_what_was_new_within_the_day_is_held_to_what_it_started_with() -> None:
    assert rise([lira(a=100), lira(a=100, b=900)], lira(a=100, b=990)) == Rise(Decimal(90), Decimal(1000))


def test_a_winner_may_take_over_what_the_loser_gives_up_and_a_share_beyond() -> None:
    assert rise([lira(a=100, b=100)], lira(b=240)) == Rise(Decimal(40), Decimal(200))


def test_what_never_ran_a_day_ago_gives_up_nothing() -> None:
    states = [lira(a=100), lira(a=100, b=900), lira(a=100)]
    assert rise(states, lira(a=900)) == Rise(Decimal(800), Decimal(100))


def test_what_was_archived_and_built_anew_under_its_key_is_the_same_budget() -> None:
    assert rise([lira(a=100, b=50), lira(b=50)], lira(a=500, b=50)) == Rise(Decimal(400), Decimal(150))


def test_a_budget_that_moves_up_a_level_is_the_same_money() -> None:
    states = [lira(a=0, b=300, c=300)]
    assert rise(states, lira(a=600, b=0, c=0)) == Rise(Decimal(0), Decimal(600))
    assert rise(states, lira(a=700, b=0, c=0)) == Rise(Decimal(100), Decimal(600))


def test_what_others_raised_is_not_our_raise() -> None:
    assert rise([lira(a=100)], lira(a=1010), seen=lira(a=1000)) == Rise(Decimal(10), Decimal(1000))


def test_what_others_cut_or_stopped_pays_for_nothing() -> None:
    states = [lira(a=100, b=100)]
    assert rise(states, lira(a=10, b=150), seen=lira(a=10, b=100)).raised == 50
    assert rise(states, lira(b=150), seen=lira(b=100)) == Rise(Decimal(50), Decimal(100))


def test_what_others_let_go_again_is_held_to_the_lower_of_what_it_was_and_is() -> None:
    assert rise([lira(a=100), {}], lira(a=1000), seen=lira(a=500)).raised == 900
    assert rise([lira(a=100), {}], lira(a=100), seen=lira(a=50)).raised == 50


def test_currencies_do_not_pay_for_each_other() -> None:
    euro = Address("other", "ad_set", "c/a")
    before = running(lira(a=100) | {euro: Amount(Decimal(100), "EUR")})
    after = running(lira(a=10) | {euro: Amount(Decimal(150), "EUR")})
    ran = anchors([{at: each.daily for at, each in before.items()}])
    found = rises(ran, before, after)
    assert found == {"TRY": Rise(Decimal(-90), Decimal(100)), "EUR": Rise(Decimal(50), Decimal(100))}


def test_an_anchor_remembers_the_first_amount_and_the_last() -> None:
    found = anchors([lira(a=100), lira(a=120, b=5), lira(b=7)])
    assert found == {
        A: Anchor(Amount(Decimal(100), "TRY"), standing=True, last=None),
        B: Anchor(Amount(Decimal(5), "TRY"), standing=False, last=Amount(Decimal(7), "TRY")),
    }


AMOUNTS = st.none() | st.integers(1, 1000)
STATE = st.tuples(AMOUNTS, AMOUNTS, AMOUNTS)


def state_of(amounts: tuple[int | None, ...]) -> dict[Address, Amount]:
    return {
        at: Amount(Decimal(amount), "TRY")
        for at, amount in zip((A, B, C), amounts, strict=True)
        if amount is not None
    }


@given(st.lists(STATE, min_size=1, max_size=8), st.integers(0, 100))
def test_no_way_through_a_day_leads_above_the_limit_of_what_ran_or_first_started(
    day: list[tuple[int | None, ...]], percent: int
) -> None:
    """Steps that the limit lets pass are taken; then all that runs is within it of what each began with."""
    taken: States = [state_of(day[0])]
    for wish in day[1:]:
        after = state_of(wish)
        found = rise(taken, after)
        rising = any(
            each.amount > taken[-1].get(at, Amount(Decimal(0), "TRY")).amount for at, each in after.items()
        )
        if not rising or found.raised * 100 <= found.base * percent:
            taken.append(after)
    first: dict[Address, Decimal] = {}
    for state in taken:
        for at, each in state.items():
            first.setdefault(at, each.amount)
    allowed = sum(first.values(), Decimal(0)) * (100 + percent) / 100
    assert sum((each.amount for each in taken[-1].values()), Decimal(0)) <= allowed


@pytest.mark.parametrize("stops", [0, 1, 2])
def test_how_often_it_is_stopped_in_between_changes_nothing(stops: int) -> None:
    states: States = [lira(a=100)] + [{}, lira(a=110)] * stops
    assert rise(states, lira(a=150)).raised == 50
