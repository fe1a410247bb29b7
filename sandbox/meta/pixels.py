"""The account's one pixel, and the conversions API events sent to it."""

from __future__ import annotations

from typing import Any

from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import decoded, parse, require
from sandbox.meta.store import Node
from sandbox.meta.writes import EDGE

MAX_EVENTS = 1000  # conversions API: events a request
MAX_AGE = 7 * 86_400  # conversions API: an event is at most seven days old
SOURCES = (
    "email", "website", "app", "phone_call", "chat", "physical_store", "system_generated",
    "business_messaging", "other",
)  # fmt: skip


def create(graph: Graph, node: Node, call: Call) -> Any:
    """An account has one pixel, and this one has it."""
    raise refuse("pixel_exists")


def events(graph: Graph, node: Node, call: Call) -> Any:
    """POST {pixel}/events: checked and counted; customer information is not kept."""
    values = parse(call.params, EDGE["adpixel_events"], graph.zone)
    require(values, "data")
    found = [decoded(one) for one in values["data"]]
    if len(found) > MAX_EVENTS:
        raise refuse("audience_rows", "data", limit=MAX_EVENTS, given=len(found))
    for index, one in enumerate(found):
        _check(graph, index, one)
    graph.store.set("events_received", graph.store.setting("events_received", 0) + len(found))
    return {"events_received": len(found), "messages": [], "fbtrace_id": "sandbox"}


def _check(graph: Graph, index: int, one: Any) -> None:
    if not isinstance(one, dict):
        raise refuse("event", "data", index=index, detail="must be an object")
    for name in ("event_name", "event_time", "user_data"):
        if not one.get(name):
            raise refuse("event", f"data.{index}.{name}", index=index, detail=f"{name} is required")
    if one.get("action_source") not in SOURCES:
        detail = f"action_source must be one of {', '.join(SOURCES)}"
        raise refuse("event", f"data.{index}.action_source", index=index, detail=detail)
    if not isinstance(one["event_time"], int) or one["event_time"] < graph.now() - MAX_AGE:
        raise refuse(
            "event", f"data.{index}.event_time", index=index, detail="must be within the last 7 days"
        )
