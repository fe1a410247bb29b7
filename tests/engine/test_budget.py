"""What may be spent a day, before and after."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine import budget
from engine.budget import Amount
from engine.change import Archive, Create, Update
from engine.match import match
from engine.resource import Address, Observed, Resource
from tests.engine.trees import PLATFORMS, ad_set, address, campaign, observed

CURRENCY = {"memory": "TRY"}


def found(resources: list[Resource], seen: list[Observed]) -> dict[Address, Observed]:
    return dict(match({each.address: each.mark for each in resources}, seen, {}).found)


def daily(nodes: budget.Nodes) -> dict[str, Decimal]:
    return {str(at.key): each.amount for at, each in budget.daily(nodes, PLATFORMS, CURRENCY).items()}


def test_a_budget_counts_only_when_it_and_all_above_it_are_live() -> None:
    resources = [campaign(), ad_set("c/a", 60_000), ad_set("c/b", 15_000, status="PAUSED")]
    running = budget.before(found(resources, observed(resources)), PLATFORMS)
    assert daily(running) == {"c/a": Decimal(600)}
    stopped = budget.before(found(resources, observed(resources, c={"status": "PAUSED"})), PLATFORMS)
    assert daily(stopped) == {}


def test_after_a_plan_new_budgets_count_and_archived_ones_do_not() -> None:
    resources = [campaign(), ad_set("c/a", 60_000)]
    nodes = budget.before(found(resources, observed(resources)), PLATFORMS)
    changes = [
        Create(ad_set("c/new", 10_000)),
        Update(ad_set("c/a", 70_000), "2", {"daily_budget": 60_000}, {"daily_budget": 70_000}),
    ]
    assert daily(budget.after(nodes, changes)) == {"c/a": Decimal(700), "c/new": Decimal(100)}
    gone = [Archive(address("ad_set", "c/a"), "1", "2", {})]
    assert daily(budget.after(nodes, gone)) == {}


def test_activating_a_campaign_adds_the_budgets_below_it() -> None:
    resources = [campaign(), ad_set("c/a", 60_000)]
    nodes = budget.before(found(resources, observed(resources, c={"status": "PAUSED"})), PLATFORMS)
    live = budget.after(nodes, [Update(campaign(), "1", {"status": "PAUSED"}, {"status": "ACTIVE"})])
    old, new = (budget.daily(each, PLATFORMS, CURRENCY) for each in (nodes, live))
    assert budget.deltas(old, new) == {address("ad_set", "c/a"): Amount(Decimal(600), "TRY")}


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_deltas_sum_to_the_difference_of_the_totals(amounts: list[int]) -> None:
    resources = [campaign(), *(ad_set(f"c/{n}", amount) for n, amount in enumerate(amounts))]
    nodes = budget.after({}, [Create(each) for each in resources])
    new = budget.daily(nodes, PLATFORMS, CURRENCY)
    change = budget.total(budget.deltas({}, new).values())
    assert change == budget.total(new.values()) == {"TRY": sum(Decimal(each) for each in amounts) / 100}
