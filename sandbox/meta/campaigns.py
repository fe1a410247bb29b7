"""Campaigns: what may be created and changed."""

from __future__ import annotations

from typing import Any

from sandbox.meta import budgets, status
from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.labels import check_name
from sandbox.meta.params import one_of, require
from sandbox.meta.rules import (
    BID_STRATEGIES,
    BUYING_TYPES,
    CAPPED,
    OBJECTIVES,
    SPECIAL_CATEGORIES,
    SPEND_CAP_MIN_USD,
    from_usd,
)
from sandbox.meta.status import GONE
from sandbox.meta.store import Node

NO_CAP = 922_337_203_685_478  # "no spending limit" in an update (campaign reference)


def created(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a new campaign; raises GraphError."""
    require(values, "name", "objective")
    if "special_ad_categories" not in values:
        raise refuse("required", "special_ad_categories", name="special_ad_categories")
    status.check_created(values)
    if values.get("smart_promotion_type", "GUIDED_CREATION") != "GUIDED_CREATION":
        raise refuse("smart_promotion", "smart_promotion_type", value=values["smart_promotion_type"])
    _check_objective(values["objective"])
    _check_sharing(values)
    data = {"buying_type": "AUCTION", "start_time": graph.now(), **values}
    _check(graph, data)
    if budgets.has_budget(data):
        data.setdefault("bid_strategy", "LOWEST_COST_WITHOUT_CAP")
    return data


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """The changes to a campaign; raises GraphError."""
    status.check_edit(graph, node, values)
    budgets.check_switch(node, values)
    _check_sharing_change(graph, node, values)
    if (values.get("spend_cap") or 0) >= NO_CAP:
        values["spend_cap"] = None
    merged = {k: v for k, v in {**node.data, **values}.items() if v is not None}
    _check(graph, merged, changed=values)
    budgets.check_spent(graph, node, values)
    _bid_below(graph, node, values)
    return values


def _bid_below(graph: Graph, node: Node, values: dict[str, Any]) -> None:
    """Ad sets take the bids of `adset_bid_amounts`; a capped strategy needs one for each of them.

    Guide to Advantage campaign budget: to be set along with bid_strategy.
    """
    amounts = values.pop("adset_bid_amounts", {})
    strategy = values.get("bid_strategy")
    for adset in list(graph.store.children(node.id)):
        if adset.get("status") in GONE:
            continue
        amount = amounts.get(adset.id)
        if strategy in CAPPED and not (amount or adset.get("bid_amount")):
            detail = f"name ad set {adset.id} in adset_bid_amounts"
            raise refuse("bid_amount", "adset_bid_amounts", strategy=strategy, detail=detail)
        if amount:
            graph.store.update(adset, {"bid_amount": int(amount)}, graph.now())


def _check(graph: Graph, data: dict[str, Any], changed: dict[str, Any] | None = None) -> None:
    """The rules that hold for a campaign as a whole."""
    check_name(data["name"])
    one_of("buying_type", data["buying_type"], BUYING_TYPES)
    data["special_ad_categories"] = _categories(data)
    if changed is not None and "special_ad_categories" in changed:
        changed["special_ad_categories"] = data["special_ad_categories"]
    touched = changed is None or any(name in changed for name in budgets.BUDGETS)
    if touched:
        budgets.check_amounts(graph, data, change=changed is not None)
    cap = data.get("spend_cap")
    least = from_usd(SPEND_CAP_MIN_USD, graph.currency)
    if cap is not None and cap < least:
        raise refuse("spend_cap_low", "spend_cap", least=least, given=cap)
    if data.get("stop_time") and data["stop_time"] <= data.get("start_time", 0):
        raise refuse("end_before_start", "stop_time", end=data["stop_time"], start=data["start_time"])


def _check_objective(objective: str) -> None:
    if objective not in OBJECTIVES:
        raise refuse("objective", "objective", value=objective, allowed=", ".join(OBJECTIVES))


def _categories(data: dict[str, Any]) -> list[str]:
    """Without NONE, which says that there is none."""
    categories = data.get("special_ad_categories", [])
    for category in categories:
        if category == "CREDIT":
            raise refuse("credit_category", "special_ad_categories")
        one_of("special_ad_categories", category, SPECIAL_CATEGORIES)
    real = [category for category in categories if category != "NONE"]
    if real and not data.get("special_ad_category_country"):
        raise refuse("category_country", "special_ad_category_country", category=real[0])
    return real


def _check_sharing(values: dict[str, Any]) -> None:
    sharing = values.get("is_adset_budget_sharing_enabled")
    strategy = values.get("bid_strategy")
    if strategy is not None:
        one_of("bid_strategy", strategy, BID_STRATEGIES)
    if budgets.has_budget(values):
        if sharing:
            raise refuse("sharing_with_campaign_budget", "is_adset_budget_sharing_enabled")
        return
    if sharing is None:
        raise refuse("sharing_missing", "is_adset_budget_sharing_enabled")
    if sharing and not strategy:
        raise refuse("sharing_without_strategy", "bid_strategy")
    if strategy and not sharing:
        raise refuse("strategy_level", "bid_strategy", level="ad set where the campaign has no budget")


def _check_sharing_change(graph: Graph, node: Node, values: dict[str, Any]) -> None:
    sharing = node.get("is_adset_budget_sharing_enabled", False)
    if values.get("is_adset_budget_sharing_enabled") and not sharing:
        raise refuse("sharing_on", "is_adset_budget_sharing_enabled")
    strategy = values.get("bid_strategy")
    if strategy is not None:
        one_of("bid_strategy", strategy, BID_STRATEGIES)
        if sharing and strategy != node.get("bid_strategy"):
            raise refuse("sharing_strategy_change", "bid_strategy")
        if not sharing and not budgets.has_budget({**node.data, **values}):
            raise refuse("strategy_level", "bid_strategy", level="ad set where the campaign has no budget")
    if budgets.has_budget(values) and not budgets.has_budget(node.data):
        for adset in graph.store.children(node.id):
            if budgets.has_budget(adset.data):
                raise refuse("budget_both_levels", "daily_budget", detail=f"ad set {adset.id} has one")
