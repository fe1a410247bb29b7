"""Asynchronous request sets: many writes handed in at once, done bit by bit, each with its own result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sandbox.meta.batch import Batch, needs
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import GraphError, injected, refuse
from sandbox.meta.forms import BATCH, REQUEST_SET
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.rules import ASYNC_MAX
from sandbox.meta.store import Node

KEYS = frozenset({"name", "relative_url", "body"})
A_LOOK = 25  # requests that are done each time somebody looks at the set
INITIAL, SUCCESS, ERROR = "INITIAL", "SUCCESS", "ERROR"
DEPENDENCY, CANCELED = "ERROR_DEPENDENCY", "USER_CANCELED"
STATUSES = (
    "CANCELED", "CANCELED_DEPENDENCY", "ERROR", "ERROR_CONFLICTS", "ERROR_DEPENDENCY", "INITIAL",
    "IN_PROGRESS", "PENDING_DEPENDENCY", "PROCESS_BY_AD_ASYNC_ENGINE", "PROCESS_BY_EVENT_PROCESSOR",
    "SUCCESS", "USER_CANCELED", "USER_CANCELED_DEPENDENCY",
)  # fmt: skip
COUNTS = {  # field of the set → the statuses it counts
    "initial_count": (INITIAL,),
    "in_progress_count": ("IN_PROGRESS",),
    "success_count": (SUCCESS,),
    "error_count": (ERROR, DEPENDENCY),
    "canceled_count": (CANCELED,),
}
MODES = ("OFF", "ON_COMPLETE")
Dispatch = Callable[[Graph, Call], Any]


def create(graph: Graph, _: Node, call: Call) -> dict[str, Any]:
    """POST {account}/async_batch_requests: checked for its shape at once, done when it is looked at."""
    values = parse(call.params, BATCH, graph.zone)
    require(values, "adbatch", "name")
    requests = values["adbatch"]
    if len(requests) > ASYNC_MAX:
        raise refuse("async_size", "adbatch", limit=ASYNC_MAX, given=len(requests))
    names: set[str] = set()
    for one in requests:
        _check(one, names)
        names.add(one["name"])
    made = graph.store.create("adasyncrequestset", {"name": values["name"]}, graph.now())
    for one in requests:
        graph.store.create(
            "adasyncrequest", {"set_id": made.id, "input": one, "status": INITIAL}, graph.now()
        )
    return {"id": made.id}


def _check(one: Any, names: set[str]) -> None:
    if not isinstance(one, dict) or not {"name", "relative_url"} <= one.keys():
        raise refuse("async_shape", "adbatch", detail="one has not both")
    for key in one:
        if key not in KEYS:
            raise refuse("async_shape", "adbatch", detail=f"{key} is unknown")
    if one["name"] in names:
        raise refuse("async_shape", "adbatch", detail=f"{one['name']} is there twice")


def look(graph: Graph, node: Node, dispatch: Dispatch, fate: str = "") -> None:
    """Do the next few requests of a set, in their order; `fate` is the kind of a fault that struck."""
    if fate == "requests_stuck":
        return
    if fate == "requests_failed":
        dispatch = _failing
    requests = list(graph.store.children(node.id))
    waiting = [one for one in requests if one.data["status"] == INITIAL][:A_LOOK]
    if not waiting:
        return
    batch = Batch(graph, Call("POST", (), {}), lambda _: None)
    for one in requests:
        name = one.data["input"]["name"]
        if one.data["status"] == SUCCESS:
            batch.results[name] = one.data["result"]
        elif one.data["status"] != INITIAL:
            batch.failed.add(name)
    names = {one.data["input"]["name"] for one in requests}
    for one in waiting:
        changes = _done(graph, batch, one.data["input"], names, dispatch)
        graph.store.update(graph.node(one.id), changes, graph.now())
        graph.store.commit()


FATES = ("requests_stuck", "requests_failed")


def _failing(graph: Graph, call: Call) -> Any:
    text = "An unexpected error has occurred. Please retry your request later."
    raise injected(2, message=text, transient=True)


def _done(
    graph: Graph, batch: Batch, given: dict[str, Any], names: set[str], dispatch: Dispatch
) -> dict[str, Any]:
    """Status and result of one request, done now; what it wrote is kept, or nothing of it."""
    name = given["name"]
    if batch.failed & needs(given):
        batch.failed.add(name)
        return {"status": DEPENDENCY, "result": {}}
    try:
        call = batch.call({"method": "POST", **given}, names)
        call.asynchronous = True
        result = dispatch(graph, call)
        graph.store.commit()
    except GraphError as error:
        graph.store.rollback()
        batch.failed.add(name)
        return {"status": ERROR, "result": error.envelope(f"async{len(batch.failed)}")}
    batch.results[name] = result
    return {"status": SUCCESS, "result": result}


def cancel(graph: Graph, node: Node) -> None:
    """What of a set, or which one request, is not done yet never will be."""
    for one in list(graph.store.children(node.id)) if node.kind == "adasyncrequestset" else [node]:
        if one.data["status"] == INITIAL:
            graph.store.update(one, {"status": CANCELED}, graph.now())


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    if "notification_mode" in values:
        one_of("notification_mode", values["notification_mode"], MODES)
    return {name: value for name, value in values.items() if name in REQUEST_SET}


def count(field: str) -> Callable[[Graph, Node], int]:
    def value(graph: Graph, node: Node) -> int:
        found = Counter(one.data["status"] for one in graph.store.children(node.id))
        return sum(found[status] for status in COUNTS[field])

    return value


def total(graph: Graph, node: Node) -> int:
    return len(list(graph.store.children(node.id)))


def completed(graph: Graph, node: Node) -> bool:
    return not any(one.data["status"] == INITIAL for one in graph.store.children(node.id))


def with_status(graph: Graph, node: Node, wanted: list[Any]) -> list[Node]:
    """A set's requests, or only those in one of some statuses."""
    for one in wanted:
        one_of("statuses", one, STATUSES)
    return [one for one in graph.store.children(node.id) if not wanted or one.data["status"] in wanted]
