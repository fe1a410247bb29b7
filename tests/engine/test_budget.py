"""What may be spent a day, before and after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine import budget
from engine.budget import Amount
from engine.change import Archive, Create, Update
from engine.match import match
from engine.resource import Address, Observed, Ref, Resource
from tests.engine.trees import PLATFORMS, ad_set, address, campaign, observed, resource

CURRENCY = {"memory": "TRY"}
PARENT = Ref(address("campaign", "c"))
LIVE = {"status": "ACTIVE"}


def found(resources: list[Resource], seen: list[Observed]) -> dict[Address, Observed]:
    return dict(match({each.address: each.mark for each in resources}, seen, {}).found)


TODAY = date(2026, 12, 30)


def amounts(nodes: budget.Nodes, **terms: Any) -> dict[Address, Amount]:
    money = budget.Money(PLATFORMS, CURRENCY, terms.get("flights", {}), TODAY, terms.get("existing", nodes))
    return {at: each.daily for at, each in budget.running(nodes, money).items()}


def daily(nodes: budget.Nodes, **terms: Any) -> dict[str, Decimal]:
    return {at.key: each.amount for at, each in amounts(nodes, **terms).items()}


def test_a_lifetime_budget_counts_with_its_share_of_a_day() -> None:
    fields = {"daily_budget": None, "lifetime_budget": 31_000_00, "start": "2026-12-01", "end": "2026-12-31"}
    carrier = resource("ad_set", "c/s", campaign=PARENT, **LIVE, **fields)
    nodes = budget.after({}, [Create(campaign()), Create(carrier)])
    assert daily(nodes) == {"c/s": Decimal(1000)}
    assert daily(nodes, existing=()) == {"c/s": Decimal(15_500)}, "created late, it is spent in two days"


def test_what_is_on_the_platform_has_its_own_end() -> None:
    fields = {"lifetime_budget": 31_000_00, "start": "2026-12-01", "end": "2026-12-31"}
    carrier = resource("ad_set", "c/s", campaign=PARENT, **LIVE, **fields)
    nodes = budget.after({}, [Create(campaign()), Create(carrier)])
    declared = {"c/s": (date(2026, 12, 1), date(2026, 12, 3))}
    assert daily(nodes, flights=declared) == {"c/s": Decimal(1000)}


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
    old, new = amounts(nodes), amounts(live)
    assert budget.deltas(old, new) == {address("ad_set", "c/a"): Amount(Decimal(600), "TRY")}


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_deltas_sum_to_the_difference_of_the_totals(sums: list[int]) -> None:
    resources = [campaign(), *(ad_set(f"c/{n}", amount) for n, amount in enumerate(sums))]
    nodes = budget.after({}, [Create(each) for each in resources])
    new = amounts(nodes)
    change = budget.total(budget.deltas({}, new).values())
    assert change == budget.total(new.values()) == {"TRY": sum(Decimal(each) for each in sums) / 100}
