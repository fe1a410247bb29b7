"""Asynchronous report runs: started by POST, polled, then read; some fail, are skipped, or expire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.meta import insights, search
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import REFUSALS, GraphError, refuse
from sandbox.meta.params import ANYWHERE, parse
from sandbox.meta.rules import REPORT_RUN_DAYS
from sandbox.meta.store import Node
from sandbox.meta.writes import EDGE

NOT_STARTED, STARTED, RUNNING = "Job Not Started", "Job Started", "Job Running"
COMPLETED, FAILED, SKIPPED = "Job Completed", "Job Failed", "Job Skipped"
ENDED = (COMPLETED, FAILED, SKIPPED)
Looks = tuple[tuple[str, int], ...]  # what successive polls see: status and percent; the last one stays
# The percentage may say 100 while the job still runs (seen in public reports).
POLLS: Looks = ((NOT_STARTED, 0), (STARTED, 0), (RUNNING, 60), (RUNNING, 100), (COMPLETED, 100))
FATES: dict[str, Looks] = {  # a fault's kind → what the polls of a run see that it has struck
    "report_failed": (*POLLS[:3], (FAILED, 60)),
    "report_skipped": (POLLS[0], (SKIPPED, 0)),
    "report_stuck": POLLS[:4],
    "report_waiting": POLLS[:1],
    "report_expired": POLLS,
}
DAY = 86_400
PAGE = {"limit": "u", "after": "s", "before": "s", "summary": "s"}


def start(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """POST {node}/insights: the parameters are checked at once, the work is done when it is read."""
    query = _query(graph, node, call)
    dropped = (ANYWHERE - {"fields"}) | {"async"}
    data = {
        "_node": node.id,
        "_params": {name: text for name, text in call.params.items() if name not in dropped},
        "_polls": 0,
        "_fate": call.fate,
        "date_start": query.buckets[0][0].isoformat(),
        "date_stop": query.buckets[-1][1].isoformat(),
        "time_ref": graph.now(),
        "async_status": POLLS[0][0],
        "async_percent_completion": POLLS[0][1],
        "is_running": True,
    }
    return {"report_run_id": graph.store.create("adreportrun", data, graph.now()).id}


def _query(graph: Graph, node: Node, call: Call) -> insights.Query:
    values = parse(call.params, EDGE["insights"] | {"async": "b", "limit": "u"}, graph.zone)
    values.pop("async", None)
    return insights.read(graph, node, values, call.params.get("fields"))


def size(graph: Graph, call: Call) -> int:
    """How many rows a request for a report asks for, before breakdowns; 0 for any other request."""
    if len(call.path) != 2 or call.path[1] != "insights":
        return 0
    node = search.fixed(graph).get(call.path[0]) or graph.store.get(call.path[0])
    if node is None or node.kind not in insights.LEVEL:
        return 0
    paged = {name: text for name, text in call.params.items() if name not in PAGE}
    try:
        return insights.count(graph, _query(graph, node, replace(call, params=paged)))
    except GraphError:
        return 0  # refused as wrong, not as big


def poll(graph: Graph, node: Node) -> Node:
    """One look at a run moves it one step on. Raises GraphError for one that has expired."""
    if graph.now() - node.created >= REPORT_RUN_DAYS * DAY:
        raise refuse("missing_object", id=node.id, method="get")
    looks = FATES.get(node.get("_fate", ""), POLLS)
    polls = min(node.data["_polls"], len(looks) - 1)
    state, percent = looks[polls]
    changes: dict[str, Any] = {
        "_polls": polls + 1,
        "async_status": state,
        "async_percent_completion": percent,
        "is_running": state not in ENDED,
    }
    if state in ENDED:
        changes["time_completed"] = node.get("time_completed", graph.now())
    if state == FAILED:
        changes |= _error("data_per_call")
    return graph.store.update(node, changes, graph.now())


def _error(rule: str) -> dict[str, Any]:
    """The error fields of a failed run (there since v25.0)."""
    refusal = REFUSALS[rule]
    return {
        "error_code": refusal.code,
        "error_subcode": refusal.subcode,
        "error_message": refusal.message,
        "error_user_title": refusal.title,
        "error_user_msg": refusal.user_message,
    }


def rows(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {run}/insights: refused until the job is completed, and once it has expired."""
    expired = graph.now() - node.created >= REPORT_RUN_DAYS * DAY
    if expired or (node.get("_fate") == "report_expired" and node.data["async_status"] == COMPLETED):
        raise refuse("missing_object", id=node.id, method="get")
    if node.data["async_status"] != COMPLETED:
        raise refuse("report_not_ready", id=node.id, status=node.data["async_status"])
    source = search.fixed(graph).get(node.data["_node"]) or graph.node(node.data["_node"])
    parse(call.params, PAGE, graph.zone)
    paged = {name: text for name, text in call.params.items() if name in (*PAGE, "access_token")}
    params = {**node.data["_params"], **paged}
    return insights.answer(graph, source, Call("GET", call.path, params, version=call.version, url=call.url))
