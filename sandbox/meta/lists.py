"""Edges: what a list shows by default, filtering, cursors, summaries."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from sandbox.meta import fields, status
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.fields import Field
from sandbox.meta.params import convert, decoded, one_of, parse
from sandbox.meta.reads import LISTS
from sandbox.meta.rules import EFFECTIVE, PAGE_DEFAULT, PAGE_MAX
from sandbox.meta.store import Node

NEWEST = 10**15  # a sequence number that no object reaches
PAGE = {"limit": "u", "after": "s", "before": "s", "summary": "s"}  # what any edge takes
PAGING = PAGE | {"filtering": "l"}
ASKS_STATUS = frozenset(["effective_status", "status", "configured_status", "delivery_info"])
HIDDEN = frozenset(status.GONE)
SUMMARIES = ("true", "1", "false", "0", "total_count")
Render = Callable[[Graph, Node, list[Field] | None, Call], dict[str, Any]]


def page(
    graph: Graph,
    call: Call,
    kind: str,
    nodes: Iterable[Node],
    render: Render,
    wanted: list[Field] | None = None,
    also: dict[str, str] | None = None,
) -> dict[str, Any]:
    """One page of an edge, newest first, with cursors; `next` only where there is more."""
    types = PAGING | LISTS.get(kind, {}) | (also or {})
    values = parse(call.params, types, graph.zone)
    if wanted is None and call.params.get("fields"):
        wanted = fields.parse(call.params["fields"])
    shown = _shown(graph, kind, nodes, values)
    shown.sort(key=lambda node: -node.seq)
    cut, before, after = _cut(shown, values)
    answer: dict[str, Any] = {"data": [render(graph, node, wanted, call) for node in cut]}
    if cut:
        answer["paging"] = paging(call, cursor(cut[0].seq), cursor(cut[-1].seq), before, after)
    if summarized(values):
        answer["summary"] = {"total_count": len(shown)}
    return answer


def summarized(values: dict[str, Any]) -> bool:
    """Whether a summary is asked for: `true`, or the names of what it holds; the total count is all here."""
    asked = decoded(values.get("summary", False))
    for name in asked if isinstance(asked, list) else str(asked).split(","):
        one_of("summary", str(name).lower(), SUMMARIES)
    return str(asked).lower() not in ("false", "0")


def limit_of(values: dict[str, Any]) -> int:
    return min(int(values.get("limit", PAGE_DEFAULT)), PAGE_MAX) or PAGE_DEFAULT


def cursor(seq: int) -> str:
    return cursor_text(f"seq:{seq}")


def position(text: str) -> int:
    """The sequence number a cursor names; raises GraphError for a text that is no cursor."""
    value = cursor_value(text, "seq:")
    if not value.isdigit():
        raise refuse("cursor", "after")
    return int(value)


def cursor_text(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode()


def start(text: str) -> str:
    """The cursor before the first row of the list that a cursor is of."""
    of_rows = base64.urlsafe_b64decode(text).startswith(b"row:")
    return cursor_text("row:0:") if of_rows else cursor(NEWEST)


def cursor_value(text: str, mark: str) -> str:
    try:
        value = base64.urlsafe_b64decode(text).decode()
    except (ValueError, binascii.Error):
        raise refuse("cursor", "after") from None
    if not value.startswith(mark):
        raise refuse("cursor", "after")
    return value.removeprefix(mark)


def paging(call: Call, first: str, last: str, before: bool, after: bool) -> dict[str, Any]:
    """Cursors, and links that carry the access token as the platform's own do."""
    links: dict[str, Any] = {"cursors": {"before": first, "after": last}}
    kept = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in call.params.items()
        if name not in ("after", "before")
    }
    base = f"{call.url}/{call.version}/{'/'.join(call.path)}"
    if after:
        links["next"] = f"{base}?{urlencode({**kept, 'after': last})}"
    if before:
        links["previous"] = f"{base}?{urlencode({**kept, 'before': first})}"
    return links


def _cut(nodes: list[Node], values: dict[str, Any]) -> tuple[list[Node], bool, bool]:
    """The page, and whether there is something before and after it."""
    limit = limit_of(values)
    if values.get("after"):
        start = position(values["after"])
        rest = [node for node in nodes if node.seq < start]
        return rest[:limit], True, len(rest) > limit
    if values.get("before"):
        end = position(values["before"])
        rest = [node for node in nodes if node.seq > end]
        return rest[-limit:], len(rest) > limit, True
    return nodes[:limit], False, len(nodes) > limit


def _shown(graph: Graph, kind: str, nodes: Iterable[Node], values: dict[str, Any]) -> list[Node]:
    filters = values.get("filtering", [])
    tests = [test(graph, kind, one) for one in filters]
    asked = [str(one).upper() for one in values.get("effective_status", ())]
    for one in asked:
        one_of("effective_status", one, EFFECTIVE.get(kind, ()))
    if asked:
        tests.append(lambda node: status.effective(graph, node) in asked)
    if kind in EFFECTIVE and not asked and not any(_asks_status(one) for one in filters):
        tests.append(lambda node: status.effective(graph, node) not in HIDDEN)
    if kind == "adcreative" and not any(_asks_status(one) for one in filters):
        tests.append(lambda node: node.get("status") != "DELETED")
    if "updated_since" in values:
        tests.append(lambda node: node.updated >= values["updated_since"])
    tests += [_own_test(graph, kind, name, values[name]) for name in OWN.get(kind, {}) if name in values]
    return [node for node in nodes if all(passes(node) for passes in tests)]


def _own_test(graph: Graph, kind: str, name: str, wanted: Any) -> Callable[[Node], bool]:
    passes = OWN[kind][name]
    return lambda node: passes(graph, node, wanted)


def _completed(graph: Graph, node: Node, wanted: bool) -> bool:
    """Completed is what has come to its end (a choice; the reference only names the status)."""
    end = node.get("end_time") or node.get("stop_time")
    return bool(end and end <= graph.now()) == wanted


def _set_completed(graph: Graph, node: Node, wanted: bool) -> bool:
    return all(one.data["status"] != "INITIAL" for one in graph.store.children(node.id)) == wanted


# What the parameters of one kind's edge let through.
OWN: dict[str, dict[str, Callable[[Graph, Node, Any], bool]]] = {
    "campaign": {"is_completed": _completed},
    "adset": {"is_completed": _completed},
    "adimage": {
        "hashes": lambda graph, node, wanted: node.data["hash"] in wanted,
        "name": lambda graph, node, wanted: wanted in node.data["name"],
        "minwidth": lambda graph, node, wanted: node.data["width"] >= wanted,
        "minheight": lambda graph, node, wanted: node.data["height"] >= wanted,
    },
    "advideo": {"title": lambda graph, node, wanted: _text(wanted) in _text(node.get("title", ""))},
    "customaudience": {
        "pixel_id": lambda graph, node, wanted: f'"{wanted}"' in json.dumps(decoded(node.get("rule", "")))
    },
    "adasyncrequestset": {"is_completed": _set_completed},
}


def _asks_status(one: Any) -> bool:
    return isinstance(one, dict) and str(one.get("field", "")).split(".")[-1] in ASKS_STATUS


def test(graph: Graph, kind: str, one: Any) -> Callable[[Node], bool]:
    if not isinstance(one, dict) or not {"field", "operator"} <= set(one):
        raise refuse("type", "filtering", name="filtering", want="a list of {field, operator, value}")
    name, operator, wanted = str(one["field"]), str(one["operator"]), one.get("value")
    one_of("filtering[operator]", operator, OPERATORS)
    getter = _getter(graph, kind, name)
    compare = OPERATORS[operator]
    if name.split(".")[-1] in ("created_time", "updated_time", "time_created"):
        wanted = convert("filtering", wanted, "t", graph.zone)
    return lambda node: compare(getter(node), wanted)


def _getter(graph: Graph, kind: str, name: str) -> Callable[[Node], Any]:
    owner, _, field = name.rpartition(".")
    ladder = {"campaign": ["campaign"], "adset": ["adset", "campaign"], "ad": ["ad", "adset", "campaign"]}
    owners = ladder.get(kind, [kind])
    if (owner and owner not in owners) or field not in FILTERABLE:
        raise refuse(
            "insights_value", "filtering", name="filtering", detail=f"cannot filter {kind}s by {name}"
        )
    steps = owners.index(owner) if owner else 0

    def read(node: Node) -> Any:
        for up in owners[1 : steps + 1]:
            node = graph.node(node.data[f"{up}_id"])
        return FILTERABLE[field](graph, node)

    return read


FILTERABLE: dict[str, Callable[[Graph, Node], Any]] = {
    "id": lambda graph, node: node.id,
    "name": lambda graph, node: node.get("name", ""),
    "status": lambda graph, node: node.get("status"),
    "configured_status": lambda graph, node: node.get("status"),
    "effective_status": status.effective,
    "delivery_info": status.delivery,
    "delivery_status": lambda graph, node: status.effective(graph, node).lower(),
    "created_time": lambda graph, node: node.created,
    "updated_time": lambda graph, node: node.updated,
    "time_created": lambda graph, node: node.created,  # of leads
    "objective": lambda graph, node: node.get("objective"),
    "campaign_id": lambda graph, node: node.get("campaign_id"),
    "adset_id": lambda graph, node: node.get("adset_id"),
    "hash": lambda graph, node: node.get("hash"),
    "subtype": lambda graph, node: node.get("subtype"),
    "adlabels": lambda graph, node: [
        label.data["name"] for id_ in node.get("adlabels", ()) if (label := graph.store.get(id_))
    ],
}


def _members(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).casefold()


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise refuse("type", "filtering", name="filtering", want="compared with a number") from None


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "EQUAL": lambda have, want: str(have) == str(want),
    "NOT_EQUAL": lambda have, want: str(have) != str(want),
    "GREATER_THAN": lambda have, want: _number(have) > _number(want),
    "GREATER_THAN_OR_EQUAL": lambda have, want: _number(have) >= _number(want),
    "LESS_THAN": lambda have, want: _number(have) < _number(want),
    "LESS_THAN_OR_EQUAL": lambda have, want: _number(have) <= _number(want),
    "IN": lambda have, want: bool(set(_members(have)) & set(_members(want))),
    "NOT_IN": lambda have, want: not set(_members(have)) & set(_members(want)),
    "CONTAIN": lambda have, want: _text(want) in _text(have),
    "NOT_CONTAIN": lambda have, want: _text(want) not in _text(have),
    "STARTS_WITH": lambda have, want: _text(have).startswith(_text(want)),
    "ANY": lambda have, want: bool(set(_members(have)) & set(_members(want))),
    "ALL": lambda have, want: set(_members(want)) <= set(_members(have)),
    "NONE": lambda have, want: not set(_members(have)) & set(_members(want)),
}
