"""Budgets and bids: one level, minima, spend limits, what a bid strategy needs, four changes an hour."""

from __future__ import annotations

from typing import Any

from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of
from sandbox.meta.rules import (
    BID_STRATEGIES,
    BUDGET_CHANGES_PER_HOUR,
    CAPPED,
    LIFETIME_MAX_USD,
    MIN_ROAS,
    MINIMUM_BILLING,
    MINIMUM_OTHER,
    MINIMUM_USD,
    from_usd,
)
from sandbox.meta.store import Node

BUDGETS = ("daily_budget", "lifetime_budget")
LIMITS = {
    "daily_budget": ("daily_min_spend_target", "daily_spend_cap"),
    "lifetime_budget": ("lifetime_min_spend_target", "lifetime_spend_cap"),
}


def has_budget(data: dict[str, Any]) -> bool:
    return any(data.get(name) for name in BUDGETS)


def minimum(graph: Graph, billing: str = "IMPRESSIONS") -> int:
    """Least daily budget in minor units, by billing event."""
    return from_usd(MINIMUM_USD[MINIMUM_BILLING.get(billing, MINIMUM_OTHER)], graph.currency)


def check_amounts(
    graph: Graph, data: dict[str, Any], billing: str = "IMPRESSIONS", days: float = 1.0, change: bool = False
) -> None:
    """`days` is what a lifetime budget has to last."""
    if data.get("daily_budget") and data.get("lifetime_budget"):
        raise refuse("two_budgets", "daily_budget")
    low = "budget_low_change" if change else "budget_low"
    for name, span in (("daily_budget", 1.0), ("lifetime_budget", max(days, 1.0))):
        given = data.get(name)
        least = int(minimum(graph, billing) * span)
        if given is not None and given < least:
            raise refuse(low, name, least=least, given=given)
    most = from_usd(LIFETIME_MAX_USD, graph.currency)
    if (data.get("lifetime_budget") or 0) > most:
        raise refuse("lifetime_high", "lifetime_budget", most=most, given=data["lifetime_budget"])


def check_limits(above: dict[str, Any], data: dict[str, Any]) -> None:
    """Guide to Advantage campaign budget: limits of ad sets are of the campaign's budget, in its period."""
    for budget, (least, most) in LIMITS.items():
        for name in (least, most):
            if data.get(name) and not above.get(budget):
                raise refuse("limit_without_budget", name, name=name, budget=budget)
            if data.get(name) and data[name] > above[budget]:
                raise refuse("limit_high", name, name=name, given=data[name], most=above[budget])
        if data.get(most) and (data.get(least) or 0) > data[most]:
            raise refuse("limit_order", least, least=data[least], most=data[most])


def check_switch(node: Node, values: dict[str, Any]) -> None:
    """A daily budget stays a daily one."""
    for name, other in (BUDGETS, BUDGETS[::-1]):
        if values.get(name) and node.get(other):
            raise refuse("budget_switch", name)


def check_spent(graph: Graph, node: Node, values: dict[str, Any]) -> None:
    """A lifetime budget stays at 110 % of what is spent at least."""
    wanted = values.get("lifetime_budget")
    if wanted is None:
        return
    parent = {"campaign": "campaign_id", "adset": "ad_set_id"}[node.kind]
    spent = graph.ledger.spent("meta", parent, [node.id])[node.id]
    least = spent * 11 // (10 * graph.minor_micros)
    if wanted < least:
        raise refuse("budget_low_change", "lifetime_budget", least=least, given=wanted)


def check_bid(data: dict[str, Any], strategy: str, where: str = "the ad set") -> None:
    """What the strategy in force asks of an ad set."""
    one_of("bid_strategy", strategy, BID_STRATEGIES)
    if strategy in CAPPED and not data.get("bid_amount"):
        raise refuse("bid_amount", "bid_amount", strategy=strategy, detail=f"set bid_amount on {where}")
    if strategy not in CAPPED and data.get("bid_amount"):
        raise refuse("bid_unwanted", "bid_amount")
    if strategy == MIN_ROAS and not (data.get("bid_constraints") or {}).get("roas_average_floor"):
        raise refuse("roas_floor", "bid_constraints")


def count_change(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """The note of a budget change to keep with an ad set; the fifth within an hour is refused."""
    changed = [name for name in BUDGETS if name in values and values[name] != node.get(name)]
    if not changed:
        return {}
    now = graph.now()
    recent = [moment for moment in node.get("_budget_changes", ()) if moment > now - 3600]
    if graph.switches["budget_changes"] and len(recent) >= BUDGET_CHANGES_PER_HOUR:
        raise refuse("budget_rate", changed[0], limit=BUDGET_CHANGES_PER_HOUR)
    return {"_budget_changes": [*recent, now]}
