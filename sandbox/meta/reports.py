"""Asynchronous report runs: started by POST, polled, then read."""

from __future__ import annotations

from typing import Any

from sandbox.meta import insights, search
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import ANYWHERE, parse
from sandbox.meta.shapes import EDGE
from sandbox.meta.store import Node

# What successive polls see: the percentage may say 100 while the job still runs.
POLLS = (
    ("Job Not Started", 0), ("Job Started", 0), ("Job Running", 60),
    ("Job Running", 100), ("Job Completed", 100),
)  # fmt: skip
PAGE = ("limit", "after", "before")


def start(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """POST {node}/insights: the parameters are checked at once, the work is done when it is read."""
    values = parse(call.params, EDGE["insights"] | {"async": "b", "limit": "u"}, graph.zone)
    values.pop("async", None)
    query = insights.read(graph, node, values, call.params.get("fields"))
    dropped = (ANYWHERE - {"fields"}) | {"async"}
    data = {
        "_node": node.id,
        "_params": {name: text for name, text in call.params.items() if name not in dropped},
        "_polls": 0,
        "date_start": query.buckets[0][0].isoformat(),
        "date_stop": query.buckets[-1][1].isoformat(),
        "time_ref": graph.now(),
        "async_status": POLLS[0][0],
        "async_percent_completion": POLLS[0][1],
        "is_running": True,
    }
    return {"report_run_id": graph.store.create("adreportrun", data, graph.now()).id}


def poll(graph: Graph, node: Node) -> Node:
    """One look at a run moves it one step on."""
    polls = min(node.data["_polls"], len(POLLS) - 1)
    state, percent = POLLS[polls]
    done = state == "Job Completed"
    changes: dict[str, Any] = {
        "_polls": polls + 1,
        "async_status": state,
        "async_percent_completion": percent,
        "is_running": not done,
    }
    if done:
        changes["time_completed"] = node.get("time_completed", graph.now())
    return graph.store.update(node, changes, graph.now())


def rows(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {run}/insights: refused until the job is completed."""
    if node.data["async_status"] != "Job Completed":
        raise refuse("report_not_ready", id=node.id, status=node.data["async_status"])
    source = search.fixed(graph).get(node.data["_node"]) or graph.node(node.data["_node"])
    paged = {name: text for name, text in call.params.items() if name in (*PAGE, "access_token")}
    params = {**node.data["_params"], **paged}
    return insights.answer(graph, source, Call("GET", call.path, params, version=call.version, url=call.url))
