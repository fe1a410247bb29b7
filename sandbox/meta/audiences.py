"""Custom audiences: website rules, customer lists and their sessions; identifiers are counted, never kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from sandbox import visitors
from sandbox.meta.context import Call, Graph
from sandbox.meta.enums import ENUMS, names
from sandbox.meta.errors import refuse
from sandbox.meta.labels import check_name
from sandbox.meta.params import convert, decoded, one_of, parse, require
from sandbox.meta.rules import AUDIENCE_ROWS
from sandbox.meta.shapes import EDGE
from sandbox.meta.store import Node

SUBTYPES = ENUMS["audience_subtype"]
SCHEMAS = names(
    "EMAIL PHONE GEN DOBY DOBM DOBD LN FN FI CT ST ZIP COUNTRY MADID EXTERN_ID LOOKALIKE_VALUE PAGEUID"
    " EMAIL_SHA256 PHONE_SHA256 MOBILE_ADVERTISER_ID"
)
PLAIN = frozenset({"MADID", "EXTERN_ID", "LOOKALIKE_VALUE", "PAGEUID", "MOBILE_ADVERTISER_ID"})  # not hashed
RETENTION = (1, 180)  # days of a website rule
FILTER_JOINS = ("and", "or")
FILTER_OPERATORS = names(
    "eq neq contains not_contains i_contains i_not_contains starts_with i_starts_with lt lte gt gte"
    " regex_match is_any is_not_any i_is_any i_is_not_any"
)
# Customer file custom audiences, "session"
SESSION = ("session_id", "batch_seq", "last_batch_flag", "estimated_num_total")
SMALLEST = 1000  # sizes below are answered as this, as the platform does
_SHA256 = re.compile(r"[0-9a-f]{64}|")


def created(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a new audience: a customer list, a website rule, or a lookalike; raises GraphError."""
    require(values, "name")
    check_name(values["name"])
    if "rule" in values:
        values["rule"] = _rule(graph, values["rule"])
        values.setdefault("subtype", "WEBSITE")
    require(values, "subtype")
    one_of("subtype", values["subtype"], SUBTYPES)
    if values["subtype"] == "CUSTOM":
        require(values, "customer_file_source")
        one_of("customer_file_source", values["customer_file_source"], ENUMS["customer_file_source"])
    if values["subtype"] == "LOOKALIKE":
        _check_lookalike(graph, values)
    values.setdefault("retention_days", 30 if values["subtype"] == "WEBSITE" else 0)
    values["operation_status"] = {"code": 200, "description": "Normal"}
    return values


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    check_name(values.get("name", ""))
    if "rule" in values:
        values["rule"] = _rule(graph, values["rule"])
    return values


def _check_lookalike(graph: Graph, values: dict[str, Any]) -> None:
    origin = graph.store.get(values.get("origin_audience_id", ""), "customaudience")
    if origin is None:
        raise refuse("audience_name", "origin_audience_id", detail="A lookalike needs an origin audience.")
    require(values, "lookalike_spec")
    if not isinstance(decoded(values["lookalike_spec"]), dict):
        raise refuse("type", "lookalike_spec", name="lookalike_spec", want="an object")


def _rule(graph: Graph, text: Any) -> str:
    rule = decoded(text)
    found = (rule.get("inclusions") or {}).get("rules") if isinstance(rule, dict) else None
    if not isinstance(found, list) or not found:
        raise refuse("audience_name", "rule", detail="rule needs inclusions with rules.")
    for one in found + ((rule.get("exclusions") or {}).get("rules") or []):
        _check_rule(graph, one)
    return str(text)


def _check_rule(graph: Graph, one: Any) -> None:
    for name in ("event_sources", "retention_seconds"):
        if not isinstance(one, dict) or name not in one:
            raise refuse("audience_name", "rule", detail=f"Each rule needs {name}.")
    for source in one["event_sources"]:
        if str(source.get("id")) not in (graph.world.meta.pixel, graph.world.meta.page):
            raise refuse(
                "audience_name", "rule", detail=f"Event source {source.get('id')} is not accessible."
            )
    least, most = RETENTION
    seconds = str(one["retention_seconds"])
    if not seconds.isdigit() or not least * 86_400 <= int(seconds) <= most * 86_400:
        raise refuse("audience_name", "rule", detail=f"retention_seconds must be {least} to {most} days.")
    _check_filter(one.get("filter"))


def _check_filter(given: Any) -> None:
    """`{operator: and|or, filters: [{field, operator, value} or another filter]}`; none at all: everybody."""
    if given is None:
        return
    tests = given.get("filters") if isinstance(given, dict) else None
    if not isinstance(tests, list) or not tests or given.get("operator") not in FILTER_JOINS:
        raise refuse("audience_name", "rule", detail="A filter needs an operator (and, or) and filters.")
    for test in tests:
        if isinstance(test, dict) and "filters" in test:
            _check_filter(test)
        elif not isinstance(test, dict) or not {"field", "operator", "value"} <= test.keys():
            raise refuse("audience_name", "rule", detail="A filter tests field, operator and value.")
        elif test["operator"] not in FILTER_OPERATORS:
            raise refuse("audience_name", "rule", detail=f"Unknown operator {test['operator']}.")


def size(graph: Graph, data: dict[str, Any]) -> int:
    """People by the clock: visitors for a rule of the pixel, members for a list."""
    rule = membership(graph, data)
    if rule is not None:
        known = visitors.cohorts(graph.ledger, graph.today())
        return visitors.crowd("meta", known, graph.today(), [rule]).people
    return 850_000 if data["subtype"] == "LOOKALIKE" else len(data.get("_members", ()))


def bound(side: str) -> Callable[[Graph, Node], int]:
    """A tenth below or above the size; anything small is told as SMALLEST, as the platform does."""
    tenths = {"lower": 9, "upper": 11}[side]

    def value(graph: Graph, node: Node) -> int:
        people = size(graph, node.data)
        return SMALLEST if people < SMALLEST else people * tenths // 10

    return value


def delivery_status(graph: Graph, node: Node) -> dict[str, Any]:
    if membership(graph, node.data) and size(graph, node.data) < visitors.MINIMUM["meta"]:
        return {"code": 300, "description": "This audience is too small for ads to be aimed at it."}
    return {"code": 200, "description": "This audience is ready for use."}


def membership(graph: Graph, data: dict[str, Any]) -> visitors.Membership | None:
    """Who is in, if it is an audience of website visitors."""
    if data.get("subtype") != "WEBSITE" or "rule" not in data:
        return None
    rule = decoded(data["rule"])
    sides = [rule.get(name) or {} for name in ("inclusions", "exclusions")]
    included, excluded = ([_visited(graph, one) for one in side.get("rules") or ()] for side in sides)
    every = sides[0].get("operator", "or") == "and"
    return visitors.Membership(tuple(included), tuple(excluded), every)


def _visited(graph: Graph, one: dict[str, Any]) -> visitors.Rule:
    """The event and address that a rule of the pixel asks for; everybody where it asks for neither."""
    asked = {
        test.get("field"): str(test.get("value")) for test in (one.get("filter") or {}).get("filters", ())
    }
    days = -(-int(one["retention_seconds"]) // 86_400)
    return visitors.Rule(asked.get("event", "PageView"), days, asked.get("url", ""))


def add_users(graph: Graph, node: Node, call: Call) -> Any:
    """POST {audience}/users with {payload: {schema, data}, session?}."""
    keys, answer = _payload(graph, node, call)
    members = dict.fromkeys([*node.get("_members", ()), *keys])
    return _keep(graph, node, list(members), answer)


def remove_users(graph: Graph, node: Node, call: Call) -> Any:
    keys, answer = _payload(graph, node, call)
    gone = set(keys)
    return _keep(graph, node, [key for key in node.get("_members", ()) if key not in gone], answer)


def replace_users(graph: Graph, node: Node, call: Call) -> Any:
    """POST {audience}/usersreplace: the batches of one session become the members when the last is there."""
    require(call.params, "session")
    keys, answer = _payload(graph, node, call)
    session = _session(decoded(call.params["session"]))
    open_ = node.get("_replacing") or {}
    begun = open_ if open_.get("id") == session["session_id"] else {"id": session["session_id"], "seq": 0}
    if session["batch_seq"] != begun["seq"] + 1:
        detail = f"session.batch_seq must be {begun['seq'] + 1} (given: {session['batch_seq']})."
        raise refuse("audience_name", "session.batch_seq", detail=detail)
    members = list(dict.fromkeys([*begun.get("keys", ()), *keys]))
    if session.get("last_batch_flag"):
        changes: dict[str, Any] = {"_members": members, "_replacing": None}
    else:
        changes = {"_replacing": {"id": session["session_id"], "seq": session["batch_seq"], "keys": members}}
    graph.store.update(node, changes, graph.now())
    return answer


def _session(given: Any) -> dict[str, Any]:
    """A session's id and the number of its batch; raises GraphError."""
    if not isinstance(given, dict):
        raise refuse("type", "session", name="session", want="an object")
    for name in given:
        if name not in SESSION:
            raise refuse("nested", f"session.{name}", name=name, where="session")
    for name in ("session_id", "batch_seq"):
        if not isinstance(given.get(name), int) or isinstance(given[name], bool) or given[name] < 1:
            raise refuse("type", f"session.{name}", name=f"session[{name}]", want="a positive integer")
    return given


def _keep(graph: Graph, node: Node, members: list[str], answer: dict[str, Any]) -> dict[str, Any]:
    graph.store.update(node, {"_members": members}, graph.now())
    return answer


def _payload(graph: Graph, node: Node, call: Call) -> tuple[list[str], dict[str, Any]]:
    """One-way keys of the valid rows, and the answer that counts the rest."""
    values = parse(call.params, EDGE["users"], graph.zone)
    require(values, "payload")
    if node.get("subtype") != "CUSTOM":
        raise refuse("audience_name", "payload", detail="Only customer lists take users.")
    payload = values["payload"]
    schema = convert("payload[schema]", payload.get("schema"), "l", graph.zone)
    rows = payload.get("data")
    if not isinstance(rows, list):
        raise refuse("type", "payload.data", name="payload[data]", want="an array")
    if len(rows) > AUDIENCE_ROWS:
        raise refuse("audience_rows", "payload.data", limit=AUDIENCE_ROWS, given=len(rows))
    for column in schema:
        one_of("payload[schema]", column, SCHEMAS)
    good = [row for row in (_row(one) for one in rows) if _valid(schema, row)]
    salt = node.id.encode()
    keys = [hashlib.blake2b(repr(row).encode(), key=salt, digest_size=12).hexdigest() for row in good]
    session = _session(values["session"]) if "session" in values else {}
    return keys, {
        "audience_id": node.id,
        "session_id": str(session.get("session_id", node.id)),
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
