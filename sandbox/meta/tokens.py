"""What the access token says of itself: its permissions, and `debug_token`."""

from __future__ import annotations

from typing import Any

from sandbox.meta import lists
from sandbox.meta.context import ALL_SCOPES, Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.store import Node
from sandbox.meta.structures import chosen

APP = "6000000000000001"
SCOPES = (
    "ads_management", "ads_read", "business_management", "pages_read_engagement", "pages_manage_ads",
    "leads_retrieval",
)  # fmt: skip


def permissions(graph: Graph, _: Node, call: Call) -> Any:
    values = parse(call.params, lists.PAGE | {"permission": "s", "status": "s"}, graph.zone)
    one_of("status", values.get("status", "granted"), ("declined", "expired", "granted"))
    rows = [{"permission": scope, "status": "granted"} for scope in scopes(call)]
    asked = {name: values[name] for name in ("permission", "status") if name in values}
    shown = [row for row in rows if row.items() >= asked.items()]
    return {"data": [chosen("permission", row, call) for row in shown]}


def scopes(call: Call) -> list[str]:
    """Permissions of the token that asks."""
    return [scope for scope in SCOPES if call.scopes is ALL_SCOPES or scope in call.scopes]


def inspect(graph: Graph, call: Call) -> Any:
    """GET debug_token?input_token=… (Graph API reference, "Debug-Token"): only its own token is known here.

    A token of a system user never expires, which the platform writes as 0.
    """
    if call.method != "GET":
        raise refuse("method", method=call.method.lower(), path="debug_token")
    values = parse(call.params, {"input_token": "s"}, graph.zone)
    require(values, "input_token")
    if values["input_token"] != call.params["access_token"]:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    about = {
        "app_id": APP, "type": "SYSTEM_USER", "application": "Sandbox", "data_access_expires_at": 0,
        "expires_at": 0, "is_valid": True, "scopes": scopes(call), "user_id": graph.world.meta.user,
    }  # fmt: skip
    return {"data": about}
