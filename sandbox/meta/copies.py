"""Copies of campaigns, ad sets and ads: what "Duplicate" in Ads Manager does, labels and all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta import ads, adsets, budgets, campaigns, lists, responses
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import known_keys, one_of, parse
from sandbox.meta.status import GONE, effective
from sandbox.meta.store import Node
from sandbox.meta.writes import CREATE

# Reference pages "copies" of campaign, ad set and ad.
TYPES = {
    "campaign": {
        "deep_copy": "b", "end_time": "t", "start_time": "t", "status_option": "e", "rename_options": "m",
        "parameter_overrides": "x", "migrate_to_advantage_plus": "x",
    },
    "adset": {
        "campaign_id": "s", "deep_copy": "b", "end_time": "t", "start_time": "t", "status_option": "e",
        "rename_options": "m", "create_dco_adset": "x",
    },
    "ad": {"adset_id": "s", "status_option": "e", "rename_options": "m", "creative_parameters": "x"},
}  # fmt: skip
# Children that a copy may take along, sync and async. The pages count ads; a choice, the stricter: all below.
MOST = {False: 3, True: 51}
STRATEGIES = ("DEEP_RENAME", "ONLY_TOP_LEVEL_RENAME", "NO_RENAME")
RENAMING = ("rename_strategy", "rename_prefix", "rename_suffix")
SUFFIX = " - Copy"  # added where no suffix is given
CALLED = {"campaign": "campaign", "adset": "ad_set", "ad": "ad"}  # `ad_object_type`
CREATORS: dict[str, Callable[[Graph, dict[str, Any]], dict[str, Any]]] = {
    "campaign": campaigns.created, "adset": adsets.created, "ad": ads.created,
}  # fmt: skip
PARENT = {"adset": "campaign_id", "ad": "adset_id"}


def create(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """POST {object}/copies: the object again, and with deep_copy what hangs under it; raises GraphError."""
    values = parse(call.params, TYPES[node.kind], graph.zone)
    if effective(graph, node) == "DELETED":
        raise refuse("edit_gone", "id", status="DELETED", allowed="nothing")
    _check_renaming(values.get("rename_options", {}))
    below = _below(graph, node) if values.get("deep_copy") else []
    most = MOST[call.asynchronous]
    if len(below) > most:
        raise refuse("copy_size", "deep_copy", limit=most, given=len(below))
    made: dict[str, str] = {}
    for one in (node, *below):
        made[one.id] = _copied(graph, one, values, made).id
    answer: dict[str, Any] = {f"copied_{node.kind}_id": made[node.id]}
    if node.kind == "ad":
        return answer
    kinds = {one.id: CALLED[one.kind] for one in (node, *below)}
    rows = [{"ad_object_type": kinds[old], "source_id": old, "copied_id": new} for old, new in made.items()]
    return answer | {"ad_object_ids": rows}


def of(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {object}/copies."""
    found = [one for one in graph.store.every(node.kind) if one.get(f"source_{node.kind}_id") == node.id]
    return lists.page(graph, call, node.kind, found, responses.render)


def _below(graph: Graph, node: Node) -> list[Node]:
    """What hangs under an object and is neither archived nor deleted, parents first."""
    children = [one for one in graph.store.children(node.id) if one.get("status") not in GONE]
    return [one for child in children for one in (child, *_below(graph, child))]


def _check_renaming(given: Any) -> None:
    if not isinstance(given, dict):
        raise refuse("type", "rename_options", name="rename_options", want="an object")
    known_keys("rename_options", given, RENAMING)
    one_of("rename_strategy", given.get("rename_strategy", STRATEGIES[1]), STRATEGIES)


def _copied(graph: Graph, node: Node, values: dict[str, Any], made: dict[str, str]) -> Node:
    given = {name: value for name, value in node.data.items() if name in CREATE[node.kind]}
    labels = given.pop("adlabels", None)
    given |= {
        "name": _name(node, values.get("rename_options", {}), top=not made),
        "status": _status(node, values),
    }
    if node.kind in PARENT:
        own = node.data[PARENT[node.kind]]
        given[PARENT[node.kind]] = made.get(own) or values.get(PARENT[node.kind]) or own
    if node.kind == "adset":
        _move(graph, given, values)
    if node.kind == "ad":
        given["creative"] = {"creative_id": node.data["creative_id"]}
    data = CREATORS[node.kind](graph, given)
    if node.kind == "ad":
        data = ads.attach(graph, data)
    data |= {f"source_{node.kind}_id": node.id}
    return graph.store.create(node.kind, data | ({"adlabels": labels} if labels else {}), graph.now())


def _name(node: Node, options: dict[str, Any], top: bool) -> str:
    strategy = options.get("rename_strategy", STRATEGIES[1])
    name = str(node.data["name"])
    if strategy == "NO_RENAME" or (strategy == "ONLY_TOP_LEVEL_RENAME" and not top):
        return name
    suffix = options.get("rename_suffix")
    return f"{options.get('rename_prefix') or ''}{name}{SUFFIX if suffix is None else suffix}"


def _status(node: Node, values: dict[str, Any]) -> str:
    """PAUSED unless asked otherwise; all that is copied has the same option (a choice)."""
    option = values.get("status_option", "PAUSED")
    inherited = node.get("status") if node.get("status") not in GONE else "PAUSED"
    return str(inherited if option == "INHERITED_FROM_SOURCE" else option)


def _move(graph: Graph, given: dict[str, Any], values: dict[str, Any]) -> None:
    """Dates of the copy, and its budget: under a campaign with one it has none of its own.

    An ad set that has ended starts anew now and lasts as long as it did.
    """
    start, end = given.get("start_time") or graph.now(), given.get("end_time")
    if end and end <= graph.now():
        start, end = graph.now(), graph.now() + end - start
    given |= {"start_time": values.get("start_time", start), "end_time": values.get("end_time", end or 0)}
    campaign = graph.store.get(str(given["campaign_id"]), "campaign")
    if campaign is not None and budgets.has_budget(campaign.data):
        for name in (*budgets.BUDGETS, "bid_strategy"):
            given.pop(name, None)
