"""Custom audiences: website rules, customer lists and their sessions; identifiers are counted, never kept."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

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
    values["delivery_status"] = {"code": 200, "description": "This audience is ready for use."}
    values["operation_status"] = {"code": 200, "description": "Normal"}
    return values | sizes(graph, values)


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
    if not least * 86_400 <= int(one["retention_seconds"]) <= most * 86_400:
        raise refuse("audience_name", "rule", detail=f"retention_seconds must be {least} to {most} days.")


def sizes(graph: Graph, data: dict[str, Any]) -> dict[str, int]:
    """Bounds of the size: site visitors of the retention for a rule, members for a list."""
    people = len(data.get("_members", ()))
    if data["subtype"] == "WEBSITE":
        since = graph.today() - timedelta(days=max(1, data["retention_days"]))
        rows = graph.ledger.rows("meta", since, graph.today(), graph.today())
        people = sum(row.visits for row in rows)
    if data["subtype"] == "LOOKALIKE":
        people = 850_000
    bounds = (SMALLEST, SMALLEST) if people < SMALLEST else (people * 9 // 10, people * 11 // 10)
    return {"approximate_count_lower_bound": bounds[0], "approximate_count_upper_bound": bounds[1]}


def add_users(graph: Graph, node: Node, call: Call) -> Any:
    """POST {audience}/users with {payload: {schema, data}, session?}."""
    keys, answer = _payload(graph, node, call)
    members = dict.fromkeys([*node.get("_members", ()), *keys])
    return _keep(graph, node, list(members), answer)


def remove_users(graph: Graph, node: Node, call: Call) -> Any:
    keys, answer = _payload(graph, node, call)
    gone = set(keys)
    return _keep(graph, node, [key for key in node.get("_members", ()) if key not in gone], answer)


def _keep(graph: Graph, node: Node, members: list[str], answer: dict[str, Any]) -> dict[str, Any]:
    changes = {"_members": members}
    graph.store.update(node, changes | sizes(graph, node.data | changes), graph.now())
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
    session = values.get("session") or {}
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
