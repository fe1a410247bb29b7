"""What a token may do: its permissions, and the proof that it is the app itself that asks."""

from __future__ import annotations

import hashlib
import hmac

from sandbox.meta.context import ALL_SCOPES, Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.store import Node

READ, WRITE = ("GET",), ("POST", "DELETE")
EVERYTHING_ELSE = ""
# Methods and kind of node → any of these permissions, and how it is refused without (Permissions reference;
# error reference 10 and 200). Who one is, and targeting search, need none.
NEEDS: dict[tuple[tuple[str, ...], str], tuple[tuple[str, ...], str]] = {
    (READ, "user"): ((), ""),
    (READ, "page"): (("pages_read_engagement", "pages_manage_ads"), "app_permission"),
    (WRITE, "page"): (("pages_manage_ads",), "app_permission"),
    (READ, "post"): (("pages_read_engagement", "ads_read", "ads_management"), "app_permission"),
    (READ, "leadgen_form"): (("leads_retrieval", "pages_manage_ads"), "app_permission"),
    (READ, "lead"): (("leads_retrieval",), "app_permission"),
    (READ, "business"): (("business_management", "ads_read", "ads_management"), "app_permission"),
    (READ, EVERYTHING_ELSE): (("ads_read", "ads_management"), "read_permission"),
    (WRITE, EVERYTHING_ELSE): (("ads_management",), "write_permission"),
}
REPORTS = "insights"  # a report run is started by POST and writes nothing


def check(call: Call, node: Node) -> None:
    """Raises GraphError 200 or 10 where the token's user has not been granted what the request needs."""
    if call.scopes is ALL_SCOPES:
        return
    reads = call.method == "GET" or call.path[1:] == (REPORTS,)
    methods = READ if reads else WRITE
    needed, rule = NEEDS.get((methods, node.kind)) or NEEDS[methods, EVERYTHING_ELSE]
    if needed and not call.scopes.intersection(needed):
        raise refuse(rule)


def check_proof(graph: Graph, call: Call) -> None:
    """An app with a secret must prove it: HMAC-SHA256 of the token by the secret ("Securing Requests")."""
    secret = graph.world.meta.app_secret
    if not secret:
        return
    given = str(call.params.get("appsecret_proof", ""))
    if not given:
        raise refuse("proof_missing")
    token = str(call.params["access_token"])
    want = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode(), want.encode()):
        raise refuse("proof_wrong")


def scopes_of(graph: Graph, token: str) -> frozenset[str] | None:
    """Permissions of a token that was granted over the admin API; None for one that nobody gave."""
    granted: dict[str, list[str]] = graph.store.setting("tokens", {})
    found = granted.get(_key(token))
    return None if found is None else frozenset(found)


def grant(graph: Graph, token: str, scopes: list[str]) -> None:
    """Only a hash of the token is kept."""
    granted = graph.store.setting("tokens", {})
    graph.store.set("tokens", granted | {_key(token): scopes})
    graph.store.commit()


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
