"""What a status comes to once the parents have their say, and which changes of status are allowed."""

from __future__ import annotations

from typing import Any

from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of
from sandbox.meta.rules import EDITABLE_WHEN, IMMUTABLE, PUBLISHED, STATUSES
from sandbox.meta.store import Node

GONE = ("DELETED", "ARCHIVED")
# What the filter `delivery_info` calls an effective status. The words are those that Stitch's tap-facebook
# asks for one after the other; which status each stands for is a choice.
DELIVERY = {
    "ACTIVE": "active", "PAUSED": "inactive", "CAMPAIGN_PAUSED": "inactive", "ADSET_PAUSED": "inactive",
    "ARCHIVED": "archived", "DELETED": "deleted", "PENDING_REVIEW": "pending_review",
    "IN_PROCESS": "pending_review", "PREAPPROVED": "pending_review", "DISAPPROVED": "rejected",
    "WITH_ISSUES": "not_delivering", "PENDING_BILLING_INFO": "not_delivering",
}  # fmt: skip


def effective(graph: Graph, node: Node) -> str:
    """DELETED and ARCHIVED come down from any parent; then the own pause, then the nearest paused parent."""
    chain = _chain(graph, node)
    for gone in GONE:
        if any(one.get("status") == gone for one in chain):
            return gone
    if node.get("status") != "ACTIVE":
        return str(node.get("status", "ACTIVE"))
    for parent in chain[1:]:
        if parent.get("status") == "PAUSED":
            return f"{parent.kind.upper()}_PAUSED"
    return str(node.get("_review", "ACTIVE"))


def delivery(graph: Graph, node: Node) -> str:
    """The status in the words of `delivery_info`; one that begins later is scheduled."""
    told = DELIVERY[effective(graph, node)]
    return "scheduled" if told == "active" and (node.get("start_time") or 0) > graph.now() else told


def _chain(graph: Graph, node: Node) -> list[Node]:
    chain = [node]
    if node.kind == "ad":
        chain.append(graph.node(node.data["adset_id"]))
    if chain[-1].kind == "adset":
        chain.append(graph.node(chain[-1].data["campaign_id"]))
    return chain


def check_created(values: dict[str, Any]) -> None:
    """Sets the default and refuses what a new object cannot be."""
    status = values.setdefault("status", "ACTIVE")
    if status not in ("ACTIVE", "PAUSED"):
        raise refuse("status", "status", value=status)


def check_parent(graph: Graph, parent: Node, blame: str) -> None:
    status = effective(graph, parent)
    if status in GONE:
        raise refuse("parent_gone", blame, status=status, kind=parent.kind, id=parent.id)


def check_edit(graph: Graph, node: Node, values: dict[str, Any]) -> None:
    """Refuse immutable fields, revivals and edits of what is archived or deleted."""
    for name in values:
        if name in IMMUTABLE[node.kind] and values[name] != node.get(name):
            raise refuse("immutable", name, name=name)
        if node.kind == "adset" and name in PUBLISHED and values[name] != node.get(name):
            raise refuse("published", name)
    own = node.get("status")
    if own in EDITABLE_WHEN:
        allowed = EDITABLE_WHEN[own]
        for name in values:
            if name not in allowed:
                raise refuse("edit_gone", name, status=own, allowed=" and ".join(allowed))
    if "status" in values:
        _check_status(graph, node, values["status"])


def _check_status(graph: Graph, node: Node, wanted: str) -> None:
    one_of("status", wanted, STATUSES)
    own = node.get("status")
    if own == "ARCHIVED" and wanted not in GONE:
        raise refuse("edit_gone", "status", status=own, allowed="name and status (to DELETED)")
    if wanted == "ACTIVE":
        for parent in _chain(graph, node)[1:]:
            check_parent(graph, parent, "status")
