"""What might come of an ad: least budgets, whom a targeting reaches."""

from __future__ import annotations

from typing import Any

from sandbox.meta import account, audiences, delivery, targeting
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.lists import PAGE
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.rules import GOAL_NAMES
from sandbox.meta.store import Node
from sandbox.meta.structures import chosen

DELIVERY = {"targeting_spec": "m", "optimization_goal": "s", "promoted_object": "m"}
REACH = {
    "targeting_spec": "m", "adgroup_ids": "x", "caller_id": "x", "concepts": "x",
    "creative_action_spec": "x", "is_debug": "x", "object_store_url": "x",
}  # fmt: skip


def minimum_budgets(graph: Graph, _: Node, call: Call) -> Any:
    """GET {account}/minimum_budgets: one row, in minor units; a bid raises what must be there for it."""
    values = parse(call.params, {"bid_amount": "u"} | PAGE, graph.zone)
    row = account.minimum_budgets(graph, values.get("bid_amount", 0))
    return {"data": [chosen("minimumbudget", row, call)]}


def of_delivery(graph: Graph, node: Node, call: Call) -> Any:
    """GET {account}/delivery_estimate of a targeting, or {ad set}/delivery_estimate of its own."""
    values = parse(call.params, DELIVERY | PAGE, graph.zone)
    if "optimization_goal" in values:
        one_of("optimization_goal", values["optimization_goal"], GOAL_NAMES)
    if node.kind == "adset" and "targeting_spec" not in values:
        row = _estimate(graph, node.data["targeting"])
    else:
        require(values, "targeting_spec", *(("optimization_goal",) if node.kind != "adset" else ()))
        row = _of_spec(graph, values["targeting_spec"])
    return {"data": [chosen("deliveryestimate", row, call)]}


def of_reach(graph: Graph, _: Node, call: Call) -> Any:
    """GET {account}/reachestimate: whom a targeting reaches, give or take; one object, no list."""
    values = parse(call.params, REACH | PAGE, graph.zone)
    require(values, "targeting_spec")
    found = _of_spec(graph, values["targeting_spec"])
    row = {
        "users_lower_bound": found["estimate_mau_lower_bound"],
        "users_upper_bound": found["estimate_mau_upper_bound"],
        "estimate_ready": True,
    }
    return {"data": chosen("reachestimate", row, call)}


def _of_spec(graph: Graph, spec: Any) -> dict[str, Any]:
    if not isinstance(spec, dict):
        raise refuse("type", "targeting_spec", name="targeting_spec", want="an object")
    given = {"targeting_automation": {"advantage_audience": 0}, **spec}
    return _estimate(graph, targeting.check(graph, given))


def _estimate(graph: Graph, spec: dict[str, Any]) -> dict[str, Any]:
    """Monthly actives give or take a seventh."""
    people = targeting.audience_size(spec)
    aimed = delivery.reached(graph, spec, graph.today())
    people = aimed.people if aimed else min(people, audiences.SMALLEST)
    return {
        "estimate_ready": True,
        "estimate_mau_lower_bound": people * 6 // 7 // 100 * 100,
        "estimate_mau_upper_bound": people * 8 // 7 // 100 * 100,
        "targeting_optimization_types": [],
    }
