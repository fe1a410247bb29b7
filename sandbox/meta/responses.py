"""Objects as answers: the fields asked for, computed or stored, nested as deep as asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from sandbox.history import LEARNING_DAYS
from sandbox.meta import (
    account,
    asyncrequests,
    audiences,
    budgets,
    creatives,
    insights,
    lists,
    media,
    status,
    studies,
    uploads,
    videos,
)
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.fields import Field
from sandbox.meta.reads import SPAN
from sandbox.meta.shapes import FIELDS
from sandbox.meta.store import Node
from sandbox.meta.structures import TYPES, cut, select

MONEY = frozenset(
    ["daily_budget", "lifetime_budget", "spend_cap", "daily_min_spend_target", "daily_spend_cap",
     "lifetime_min_spend_target", "lifetime_spend_cap"]
)  # fmt: skip
TIMES = frozenset(
    [
        "start_time",
        "end_time",
        "stop_time",
        "ad_schedule_start_time",
        "ad_schedule_end_time",
        "cooldown_start_time",
        "observation_end_time",
        "canceled_time",
    ]
)
REPORT_RUN = (
    "id", "account_id", "time_ref", "time_completed", "async_status", "async_percent_completion",
    "is_running", "date_start", "date_stop", "error_code", "error_message", "error_subcode",
    "error_user_title", "error_user_msg",
)  # fmt: skip
DEFAULTS: dict[str, tuple[str, ...]] = {
    "lead": ("created_time", "id", "field_data"),
    "adaccount": ("account_id", "id"),
    "adimage": ("hash", "id"),
    "adlabel": ("id", "name"),
    "adreportrun": REPORT_RUN,
    "product_catalog": ("id", "name"),
    "product_set": ("id", "name"),
    "product_item": ("id", "name", "retailer_id"),
}
# Fields that a version does not have yet (Marketing API changelog, v25.0). What v26.0 took away is gone from
# every version since 2026-10-27, and so in none of them here.
LATER = {
    ("adreportrun", "v24.0"): frozenset(
        ["error_code", "error_message", "error_subcode", "error_user_title", "error_user_msg"]
    )
}
PARENTS = {"adset": ("campaign",), "ad": ("adset", "campaign", "creative")}
EDGES = {  # connections that may stand among the fields → the kind they list
    "campaign": {"adsets": "adset", "ads": "ad"},
    "adset": {"ads": "ad", "adcreatives": "adcreative"},
    "ad": {"adcreatives": "adcreative"},
    "adaccount": {"campaigns": "campaign", "adsets": "adset", "ads": "ad", "adcreatives": "adcreative"},
    "adstudy": {"cells": "adstudycell"},
    "adstudycell": {"adsets": "adset", "campaigns": "campaign", "adaccounts": "adaccount"},
}
REPORTED = {(kind, "insights") for kind in ("adaccount", "campaign", "adset", "ad")}
Wanted = list[Field] | None


def render(graph: Graph, node: Node, wanted: Wanted, call: Call) -> dict[str, Any]:
    """The answer for a node; without wanted fields only what the platform sends by default."""
    answer: dict[str, Any] = {}
    for one in _default(node.kind, call.version) if wanted is None else wanted:
        _check(node.kind, one.name, call.version)
        value = _value(graph, node, one, call)
        if one.modifiers and not _is_edge(node.kind, one.name):
            value = cut(one, value)
        if value is not None:
            answer[one.modifiers.get("as", one.name)] = value
    return answer | {"id": _id(graph, node)}


def _default(kind: str, version: str) -> list[Field]:
    later = LATER.get((kind, version), ())
    return [Field(name) for name in DEFAULTS.get(kind, ("id",)) if name not in later]


def _check(kind: str, name: str, version: str) -> None:
    later = LATER.get((kind, version), ())
    if (name not in FIELDS[kind] or name in later) and not _is_edge(kind, name):
        raise refuse("field", name=name, kind=TYPES[kind])


def _is_edge(kind: str, name: str) -> bool:
    return name in EDGES.get(kind, ()) or (kind, name) in REPORTED


def _id(graph: Graph, node: Node) -> str:
    return media.image_id(graph, node) if node.kind == "adimage" else node.id


def _value(graph: Graph, node: Node, one: Field, call: Call) -> Any:
    name, kind = one.name, node.kind
    if _is_edge(kind, name):
        return _edge(graph, node, one, call)
    if name == "adlabels":
        return _labels(graph, node, one, call)
    if name in PARENTS.get(kind, ()):
        return _parent(graph, node, one, call)
    if kind == "adaccount":
        return select(name, account.value(graph, name), one.children)
    compute = COMPUTED.get((kind, name)) or COMPUTED.get(("", name))
    if compute:
        return select(name, compute(graph, node), one.children)
    if name in MONEY:
        return select(name, _money(node, name), one.children)
    stored = node.get(name)
    if name in TIMES and stored is not None:
        stored = graph.show_time(stored)
    return select(name, stored, one.children)


def _money(node: Node, name: str) -> str | None:
    """Amounts travel as texts; an ad set says "0" for the budget it does not have."""
    stored = node.get(name)
    if stored is None and node.kind == "adset" and name in budgets.BUDGETS:
        stored = 0
    return None if stored is None else str(stored)


def _parent(graph: Graph, node: Node, one: Field, call: Call) -> Any:
    if one.name == "campaign" and node.kind == "ad":
        parent = graph.store.get(graph.node(node.data["adset_id"]).data["campaign_id"])
    else:
        parent = graph.store.get(node.data.get(f"{one.name}_id", ""))
    return render(graph, parent, one.children, call) if parent else None


def _labels(graph: Graph, node: Node, one: Field, call: Call) -> Any:
    found = [graph.store.get(label, "adlabel") for label in node.get("adlabels", ())]
    return [render(graph, label, one.children, call) for label in found if label] or None


def _edge(graph: Graph, node: Node, one: Field, call: Call) -> Any:
    nested = Call("GET", (node.id, one.name), dict(one.modifiers), version=call.version, url=call.url)
    nested.params.pop("as", None)
    nested.params["access_token"] = call.params.get("access_token", "")
    if one.name == "insights":
        nested.params |= {"fields": ",".join(child.name for child in one.children)} if one.children else {}
        if not any(name in nested.params for name in insights.SPANS):
            nested.params |= {name: call.params[name] for name in SPAN if name in call.params}
        report = insights.answer(graph, node, nested)
        return report if report["data"] else None
    kind = EDGES[node.kind][one.name]
    return lists.page(graph, nested, kind, members(graph, node, kind), render, one.children)


def members(graph: Graph, node: Node, kind: str) -> list[Node]:
    """What an edge lists, oldest first: children, grandchildren, an ad's creative, or all of the account."""
    if node.kind == "adaccount":
        return list(graph.store.every(kind))
    if node.kind == "adstudycell":
        return studies.held(graph, node, kind)
    if kind == "adcreative":
        ads = [node] if node.kind == "ad" else list(graph.store.children(node.id))
        found = [graph.store.get(ad.data["creative_id"]) for ad in ads]
        return list({creative.id: creative for creative in found if creative}.values())
    children = list(graph.store.children(node.id))
    if node.kind == "campaign" and kind == "ad":
        children = [ad for adset in children for ad in graph.store.children(adset.id)]
    return children


def _account_id(graph: Graph, node: Node) -> str:
    return graph.account.removeprefix("act_")


def _remaining(graph: Graph, node: Node) -> str | None:
    """Of today's daily budget, or of the lifetime budget, in minor units."""
    if not budgets.has_budget(node.data):
        return "0" if node.kind == "adset" else None
    parent = {"campaign": "campaign_id", "adset": "ad_set_id"}[node.kind]
    since = None if node.get("lifetime_budget") else graph.today()
    spent = graph.ledger.spent("meta", parent, [node.id], since)[node.id] // graph.minor_micros
    budget = node.get("lifetime_budget") or node.data["daily_budget"]
    return str(max(0, budget - spent))


def _effective(graph: Graph, node: Node) -> str:
    return status.effective(graph, node)


def _configured(graph: Graph, node: Node) -> str:
    return str(node.get("status"))


def _created(graph: Graph, node: Node) -> str:
    return graph.show_time(node.created)


def _updated(graph: Graph, node: Node) -> str:
    return graph.show_time(node.updated)


def _bid_strategy(graph: Graph, node: Node) -> str | None:
    above: str | None = graph.node(node.data["campaign_id"]).get("bid_strategy")
    return above or node.get("bid_strategy")


def _campaign_of_ad(graph: Graph, node: Node) -> str:
    return str(graph.node(node.data["adset_id"]).data["campaign_id"])


def _source(graph: Graph, node: Node) -> dict[str, str] | None:
    """What an object is a copy of."""
    id_ = node.get(f"source_{node.kind}_id")
    found = graph.store.get(id_, node.kind) if id_ else None
    return {"id": found.id, "name": found.data["name"]} if found else None


def _advantage(graph: Graph, node: Node) -> dict[str, str]:
    """Advantage+ is a derived state: campaign budget, Advantage+ audience, no placements chosen."""
    specs = [adset.data["targeting"] for adset in graph.store.children(node.id)]
    levers = {
        "advantage_budget_state": budgets.has_budget(node.data),
        "advantage_audience_state": bool(specs)
        and all(spec["targeting_automation"]["advantage_audience"] == 1 for spec in specs),
        "advantage_placement_state": bool(specs)
        and not any(spec.get("publisher_platforms") for spec in specs),
    }
    state = {name: "ENABLED" if on else "DISABLED" for name, on in levers.items()}
    return state | {"advantage_state": "ENABLED" if all(levers.values()) else "DISABLED"}


def _call_to_action(graph: Graph, node: Node) -> str | None:
    action = node.get("object_story_spec", {}).get("link_data", {}).get("call_to_action", {})
    kind: str | None = action.get("type")
    return kind or node.get("call_to_action_type")


def _learning(graph: Graph, node: Node) -> dict[str, Any] | None:
    """Where an ad set stands in its learning phase (ad campaign learning stage info); None: it has none."""
    phase = graph.ledger.phases("meta").get(node.id)
    if phase is None:
        return None
    limited = (graph.today() - phase.began).days >= LEARNING_DAYS
    return {
        "status": "SUCCESS" if phase.ended else "FAIL" if limited else "LEARNING",
        "conversions": phase.results,
        "last_sig_edit_ts": int(datetime.combine(phase.began, time(), graph.zone).timestamp()),
        "attribution_windows": [
            f"{one['window_days']}d_{insights.SHORT[one['event_type']]}"
            for one in node.get("attribution_spec") or ()
        ],
    }


def _moment(attribute: str) -> Callable[[Graph, Node], Any]:
    return lambda graph, node: getattr(node, attribute)


COMPUTED: dict[tuple[str, str], Callable[[Graph, Node], Any]] = {
    ("", "id"): _id,
    ("", "account_id"): _account_id,
    ("", "created_time"): _created,
    ("", "updated_time"): _updated,
    ("campaign", "effective_status"): _effective,
    ("adset", "effective_status"): _effective,
    ("ad", "effective_status"): _effective,
    ("campaign", "configured_status"): _configured,
    ("adset", "configured_status"): _configured,
    ("ad", "configured_status"): _configured,
    ("campaign", "budget_remaining"): _remaining,
    ("adset", "budget_remaining"): _remaining,
    ("campaign", "advantage_state_info"): _advantage,
    **{("adasyncrequestset", field): asyncrequests.count(field) for field in asyncrequests.COUNTS},
    ("adasyncrequestset", "total_count"): asyncrequests.total,
    ("adasyncrequestset", "is_completed"): asyncrequests.completed,
    ("adasyncrequestset", "owner_id"): lambda graph, node: graph.world.meta.user,
    ("adasyncrequest", "async_request_set"): lambda graph, node: {"id": node.data["set_id"]},
    ("adasyncrequest", "scope_object_id"): _account_id,
    ("adasyncrequest", "type"): lambda graph, node: "ASYNC_ADGROUP_CREATION",
    ("adstudycell", "ad_entities_count"): lambda graph, node: len(studies.entities(node.data)),
    **{(kind, f"source_{kind}"): _source for kind in ("campaign", "adset", "ad")},
    ("adset", "bid_strategy"): _bid_strategy,
    ("adset", "learning_stage_info"): _learning,
    ("ad", "campaign_id"): _campaign_of_ad,
    ("ad", "preview_shareable_link"): lambda graph, node: f"https://fb.sandbox.invalid/{node.id}",
    ("adcreative", "effective_object_story_id"): lambda graph, node: creatives.story(node),
    ("adcreative", "call_to_action_type"): _call_to_action,
    ("adcreative", "link_url"): lambda graph, node: node.get("link_url") or creatives.destination(node),
    ("adcreative", "object_type"): lambda graph, node: node.get("object_type", "SHARE"),
    ("adimage", "url"): lambda graph, node: media.image_url(graph, node),
    ("adimage", "permalink_url"): lambda graph, node: media.image_url(graph, node),
    ("adimage", "original_width"): lambda graph, node: node.get("width"),
    ("adimage", "original_height"): lambda graph, node: node.get("height"),
    ("adlabel", "account"): lambda graph, node: {"id": graph.account},
    ("customaudience", "approximate_count_lower_bound"): audiences.bound("lower"),
    ("customaudience", "approximate_count_upper_bound"): audiences.bound("upper"),
    ("customaudience", "delivery_status"): audiences.delivery_status,
    ("customaudience", "operation_status"): uploads.operation_status,
    ("customaudience", "lookalike_spec"): audiences.lookalike_spec,
    ("customaudience", "time_created"): _moment("created"),
    ("customaudience", "time_updated"): _moment("updated"),
    ("customaudience", "time_content_updated"): _moment("updated"),
    ("advideo", "status"): lambda graph, node: videos.status(node),
    ("advideo", "source"): lambda graph, node: videos.source(graph, node),
}
