"""Ad sets: goal, billing, budget, schedule, promoted object and targeting of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.meta import budgets, catalogue, hours, status, targeting
from sandbox.meta.context import Graph
from sandbox.meta.enums import ENUMS, NESTED
from sandbox.meta.errors import refuse
from sandbox.meta.labels import check_name
from sandbox.meta.params import one_of, require
from sandbox.meta.rules import (
    ATTRIBUTION_CONVERSION,
    ATTRIBUTION_DEFAULT,
    ATTRIBUTION_OTHER,
    BILLING,
    CAPPED,
    CONVERSION_GOALS,
    DESTINATIONS,
    GOAL_NAMES,
    GOALS,
    MAX_DSA,
    PROMOTED,
    PROMOTED_BY_OBJECTIVE,
    STORES,
)
from sandbox.meta.store import Node

DAY = 86_400


def created(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a new ad set; raises GraphError."""
    require(values, "name", "campaign_id", "billing_event", "optimization_goal", "targeting")
    status.check_created(values)
    campaign = graph.store.get(values["campaign_id"], "campaign")
    if campaign is None:
        raise refuse("campaign_missing", "campaign_id", id=values["campaign_id"])
    status.check_parent(graph, campaign, "campaign_id")
    data = {"destination_type": "UNDEFINED", "pacing_type": ["standard"], **values}
    data["start_time"] = data.get("start_time") or graph.now()
    _set_end(data)
    if not budgets.has_budget(campaign.data) and not budgets.has_budget(data):
        raise refuse("budget_missing", "daily_budget")
    _check(graph, campaign, data)
    _check_category(campaign, data)
    if data.get("end_time") and data["end_time"] <= graph.now():
        raise refuse("end_past", "end_time", value=graph.show_time(data["end_time"]))
    if "attribution_spec" not in data and data["optimization_goal"] in CONVERSION_GOALS:
        data["attribution_spec"] = ATTRIBUTION_DEFAULT
    return data


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """The changes to an ad set; raises GraphError."""
    status.check_edit(graph, node, values)
    budgets.check_switch(node, values)
    campaign = graph.node(node.data["campaign_id"])
    _set_end(values, keep_none=True)
    if set(values) <= {"name", "status", "adlabels"}:
        check_name(values.get("name", ""))
        return values
    values |= {
        name: None for name in ("bid_amount", "bid_constraints") if name in values and not values[name]
    }
    merged = {k: v for k, v in {**node.data, **values}.items() if v is not None}
    _check(graph, campaign, merged, change=True)
    if "targeting" in values:
        _check_category(campaign, merged)
        values["targeting"] = merged["targeting"]
    if values.get("end_time") and values["end_time"] <= graph.now():
        raise refuse("end_past", "end_time", value=graph.show_time(values["end_time"]))
    budgets.check_spent(graph, node, values)
    return {**values, **budgets.count_change(graph, node, values)}


def _set_end(data: dict[str, Any], keep_none: bool = False) -> None:
    """end_time=0 means open-ended."""
    if "end_time" in data and not data["end_time"]:
        data["end_time"] = None
        if not keep_none:
            del data["end_time"]


def _check(graph: Graph, campaign: Node, data: dict[str, Any], change: bool = False) -> None:
    check_name(data["name"])
    _check_goal(campaign.data["objective"], data)
    _check_budget(graph, campaign, data, change)
    _check_bid(campaign, data)
    _check_promoted(graph, campaign.data["objective"], data)
    _check_attribution(data)
    data["targeting"] = targeting.check(graph, data["targeting"])
    _check_dsa(graph, data)
    hours.check(campaign, data)


def _check_category(campaign: Node, data: dict[str, Any]) -> None:
    """Judged when targeting is written: what a campaign's new category finds below it can still be cut."""
    targeting.check_category(campaign.get("special_ad_categories", ()), data["targeting"])


def _check_goal(objective: str, data: dict[str, Any]) -> None:
    goal, destination, billing = data["optimization_goal"], data["destination_type"], data["billing_event"]
    one_of("optimization_goal", goal, GOAL_NAMES)
    one_of("destination_type", destination, DESTINATIONS)
    one_of("billing_event", billing, ENUMS["billing_event"] | {"THRUPLAY"})
    rows = GOALS.get(objective, {})
    if destination not in rows:
        raise refuse("destination", "destination_type", destination=destination, objective=objective)
    if goal not in rows[destination]:
        raise refuse("goal", "optimization_goal", goal=goal, objective=objective, destination=destination)
    allowed = BILLING.get(goal, ("IMPRESSIONS",))
    if billing not in allowed:
        raise refuse("billing", "billing_event", billing=billing, goal=goal, allowed=", ".join(allowed))


def _check_budget(graph: Graph, campaign: Node, data: dict[str, Any], change: bool) -> None:
    if budgets.has_budget(campaign.data) and budgets.has_budget(data):
        raise refuse("budget_both_levels", "daily_budget", detail=f"campaign {campaign.id} has one")
    start, end = data["start_time"], data.get("end_time")
    if end and end <= start:
        raise refuse("end_before_start", "end_time", end=graph.show_time(end), start=graph.show_time(start))
    if data.get("lifetime_budget") and not end:
        raise refuse("end_missing", "end_time")
    budgets.check_limits(campaign.data, data)
    if data.get("daily_budget") and end and end - start <= DAY:
        raise refuse("too_short", "end_time")
    days = (end - start) / DAY if end else 1.0
    budgets.check_amounts(graph, data, data["billing_event"], days, change)


def _check_bid(campaign: Node, data: dict[str, Any]) -> None:
    above = campaign.get("bid_strategy")
    own = data.get("bid_strategy")
    if above:
        if own and own != above:
            raise refuse("strategy_level", "bid_strategy", level=f"campaign ({above})")
        budgets.check_bid(data, above)
        return
    if not own:
        own = CAPPED[0] if data.get("bid_amount") else "LOWEST_COST_WITHOUT_CAP"
        data["bid_strategy"] = own
    budgets.check_bid(data, own)


def _check_promoted(graph: Graph, objective: str, data: dict[str, Any]) -> None:
    promoted = data.get("promoted_object") or {}
    for key in promoted:
        if key not in NESTED["promoted_object"]:
            raise refuse("nested", f"promoted_object.{key}", name=key, where="promoted_object")
    goal = data["optimization_goal"]
    alternatives = PROMOTED.get(goal) or PROMOTED_BY_OBJECTIVE.get(objective, ())
    if alternatives and not any(all(promoted.get(key) for key in keys) for keys in alternatives):
        keys = " or ".join(" and ".join(keys) for keys in alternatives)
        raise refuse("promoted_object", "promoted_object", goal=goal, keys=keys)
    for key, own in (("pixel_id", graph.world.meta.pixel), ("page_id", graph.world.meta.page)):
        if promoted.get(key) and str(promoted[key]) != own:
            raise refuse("promoted_foreign", f"promoted_object.{key}", key=key, value=promoted[key])
    catalogue.check_promoted(graph, objective, promoted)
    event = promoted.get("custom_event_type")
    if event and event not in ENUMS["custom_event_type"]:
        allowed = ", ".join(sorted(ENUMS["custom_event_type"]))
        raise refuse("custom_event", "promoted_object.custom_event_type", allowed=allowed)
    _check_store(promoted, data["targeting"])


def _check_store(promoted: dict[str, Any], spec: Any) -> None:
    host = urlsplit(str(promoted.get("object_store_url", ""))).hostname
    system = STORES.get(host or "")
    wanted = spec.get("user_os", []) if isinstance(spec, dict) else []
    if system and not any(str(os).startswith(system) for os in wanted):
        raise refuse("app_store", "targeting.user_os")


def _check_attribution(data: dict[str, Any]) -> None:
    goal = data["optimization_goal"]
    allowed: dict[str, tuple[int, ...]] = (
        ATTRIBUTION_CONVERSION if goal in CONVERSION_GOALS else ATTRIBUTION_OTHER
    )
    for spec in data.get("attribution_spec", ()):
        spec = spec if isinstance(spec, dict) else {}
        windows: tuple[int, ...] = allowed.get(str(spec.get("event_type")), ())
        if spec.get("window_days") not in windows:
            raise refuse("attribution", "attribution_spec", spec=spec, goal=goal)


def _check_dsa(graph: Graph, data: dict[str, Any]) -> None:
    for name in ("dsa_beneficiary", "dsa_payor"):
        if len(data.get(name, "")) > MAX_DSA:
            raise refuse("length", name, name=name, limit=MAX_DSA)
        default = graph.store.setting("account", {}).get(f"default_{name}")
        if targeting.reaches_eu(data["targeting"]) and not data.get(name) and not default:
            raise refuse(name, name)
