"""People of customer lists, in, out and replaced by sessions; they are counted, never kept.

Source: Customer File Custom Audiences, "Replace users API" with its common errors, all of code 2650.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from sandbox.meta.context import Call, Graph
from sandbox.meta.enums import names
from sandbox.meta.errors import refuse
from sandbox.meta.params import convert, decoded, known_keys, one_of, parse, require
from sandbox.meta.rules import AUDIENCE_ROWS
from sandbox.meta.store import Node
from sandbox.meta.writes import EDGE

SCHEMAS = names(
    "EMAIL PHONE GEN DOBY DOBM DOBD LN FN FI CT ST ZIP COUNTRY MADID EXTERN_ID LOOKALIKE_VALUE PAGEUID APPUID"
    " EMAIL_SHA256 PHONE_SHA256 MOBILE_ADVERTISER_ID"
)
# Sent as they are, not hashed.
PLAIN = frozenset(
    {"MADID", "EXTERN_ID", "LOOKALIKE_VALUE", "PAGEUID", "APPUID", "MOBILE_ADVERTISER_ID"}
)  # not hashed
_SHA256 = re.compile(r"[0-9a-f]{64}|")
WINDOW = 90 * 60  # seconds from the first batch; then the list is what was uploaded so far
NORMAL = {"code": 200, "description": "Normal"}
# The guide tells no code; this one is seen in the field.
IN_PROGRESS = {"code": 414, "description": "Replace in progress"}
# Customer file custom audiences, "session"
# The same, "payload"; whose apps or pages an id is of means nothing here, rows are always taken as they are.
PAYLOAD = ("schema", "data", "is_raw", "app_ids", "page_ids", "data_source")
FIELDS = ("session_id", "batch_seq", "last_batch_flag", "estimated_num_total")


def replace_users(graph: Graph, node: Node, call: Call) -> Any:
    """POST {audience}/usersreplace: the batches of one session become the members when the last is there.

    Batches after the first may come twice and in any order; a second first one begins anew (choice: the guide
    only says to avoid it).
    """
    require(call.params, "session")
    keys, answer = payload(graph, node, call)
    given = session(decoded(call.params["session"]))
    node = settle(graph, node)
    begun = _begun(graph, node, given)
    received = begun["received"] + answer["num_received"]
    members = list(dict.fromkeys([*begun["keys"], *keys]))
    changes: dict[str, Any] = {"_replacing": begun | {"keys": members, "received": received}}
    if given.get("last_batch_flag"):
        changes = {"_members": members, "_replacing": None, "_ended": begun["id"]}
    graph.store.update(node, changes, graph.now())
    return answer | {"session_id": str(begun["id"]), "num_received": received}


def _begun(graph: Graph, node: Node, given: dict[str, Any]) -> dict[str, Any]:
    """The session a batch belongs to, as it stands; raises GraphError."""
    number, open_ = given["session_id"], node.get("_replacing")
    for rule in ("replace_ended", "replace_timed_out"):
        if number == node.get(f"_{rule.removeprefix('replace_')}"):
            raise refuse(rule)
    if open_ and open_["id"] != number:
        raise refuse("replace_busy")
    if given["batch_seq"] == 1:
        return {"id": number, "began": graph.now(), "keys": [], "received": 0}
    if open_ is None:
        raise refuse("replace_first")
    return dict(open_)


def settle(graph: Graph, node: Node) -> Node:
    """End a session whose time is over: the list is what came so far, which may be half of it."""
    open_ = node.get("_replacing")
    if open_ and _over(graph, open_):
        changes = {"_members": open_["keys"], "_replacing": None, "_timed_out": open_["id"]}
        return graph.store.update(node, changes, graph.now())
    return node


def _over(graph: Graph, open_: dict[str, Any]) -> bool:
    return bool(graph.now() - open_["began"] >= WINDOW)


def present(graph: Graph, data: dict[str, Any]) -> list[str]:
    """Who is in a list by the clock."""
    open_ = data.get("_replacing")
    found: list[str] = open_["keys"] if open_ and _over(graph, open_) else data.get("_members", [])
    return found


def demand_quiet(graph: Graph, node: Node) -> Node:
    """Nobody is added or removed while a session replaces all; raises GraphError (choice: 2650 here too)."""
    node = settle(graph, node)
    if node.get("_replacing"):
        raise refuse("replace_busy")
    return node


def operation_status(graph: Graph, node: Node) -> dict[str, Any]:
    open_ = node.get("_replacing")
    return IN_PROGRESS if open_ and not _over(graph, open_) else NORMAL


def session(given: Any) -> dict[str, Any]:
    """A session's id and the number of its batch; raises GraphError."""
    if not isinstance(given, dict):
        raise refuse("type", "session", name="session", want="an object")
    for name in given:
        if name not in FIELDS:
            raise refuse("nested", f"session.{name}", name=name, where="session")
    for name in ("session_id", "batch_seq"):
        if not isinstance(given.get(name), int) or isinstance(given[name], bool) or given[name] < 1:
            raise refuse("type", f"session.{name}", name=f"session[{name}]", want="a positive integer")
    return given


def add_users(graph: Graph, node: Node, call: Call) -> Any:
    """POST {audience}/users with {payload: {schema, data}, session?}."""
    node = demand_quiet(graph, node)
    keys, answer = payload(graph, node, call)
    members = dict.fromkeys([*node.get("_members", ()), *keys])
    return _keep(graph, node, list(members), answer)


def remove_users(graph: Graph, node: Node, call: Call) -> Any:
    node = demand_quiet(graph, node)
    keys, answer = payload(graph, node, call)
    gone = set(keys)
    return _keep(graph, node, [key for key in node.get("_members", ()) if key not in gone], answer)


def _keep(graph: Graph, node: Node, members: list[str], answer: dict[str, Any]) -> dict[str, Any]:
    graph.store.update(node, {"_members": members}, graph.now())
    return answer


def payload(graph: Graph, node: Node, call: Call) -> tuple[list[str], dict[str, Any]]:
    """One-way keys of the valid rows, and the answer that counts the rest."""
    values = parse(call.params, EDGE["users"], graph.zone)
    require(values, "payload")
    if node.get("subtype") != "CUSTOM":
        raise refuse("audience_name", "payload", detail="Only customer lists take users.")
    given = values["payload"]
    if not isinstance(given, dict):
        raise refuse("type", "payload", name="payload", want="an object")
    known_keys("payload", given, PAYLOAD)
    schema = convert("payload[schema]", given.get("schema"), "l", graph.zone)
    rows = given.get("data")
    if not isinstance(rows, list):
        raise refuse("type", "payload.data", name="payload[data]", want="an array")
    if len(rows) > AUDIENCE_ROWS:
        raise refuse("audience_rows", "payload.data", limit=AUDIENCE_ROWS, given=len(rows))
    for column in schema:
        one_of("payload[schema]", column, SCHEMAS)
    good = [row for row in (_row(one) for one in rows) if _valid(schema, row)]
    salt = node.id.encode()
    keys = [hashlib.blake2b(repr(row).encode(), key=salt, digest_size=12).hexdigest() for row in good]
    named = session(values["session"]) if "session" in values else {}
    return keys, {
        "audience_id": node.id,
        "session_id": str(named.get("session_id", node.id)),
        "num_received": len(rows),
        "num_invalid_entries": len(rows) - len(good),
        "invalid_entry_samples": {},
    }


def _row(one: Any) -> list[str]:
    return [str(cell) for cell in (one if isinstance(one, list) else [one])]


def _valid(schema: list[Any], row: list[str]) -> bool:
    if len(schema) != len(row) or not any(row):
        return False
    return all(name in PLAIN or _SHA256.fullmatch(cell) for name, cell in zip(schema, row, strict=True))
