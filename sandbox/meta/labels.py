"""Ad labels: names given to objects, made on the fly, and the `…bylabels` lookups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of
from sandbox.meta.rules import MAX_LABELS, MAX_NAME
from sandbox.meta.store import Node


def check(graph: Graph, specs: list[Any]) -> None:
    """A specification is {"id": …} of a label of the account, or {"name": …} of one that may be made."""
    if len(specs) > MAX_LABELS:
        raise refuse("label_count", "adlabels", limit=MAX_LABELS)
    for spec in specs:
        if not isinstance(spec, dict) or not (spec.get("id") or spec.get("name")):
            raise refuse("type", "adlabels", name="adlabels", want="a list of objects with id or name")
        for key in spec:
            if key not in ("id", "name"):
                raise refuse("nested", f"adlabels.{key}", name=key, where="adlabels")
        if spec.get("id") and not graph.store.get(str(spec["id"]), "adlabel"):
            raise refuse("label_missing", "adlabels", id=spec["id"])
        check_name(spec.get("name", ""))


def check_name(name: Any) -> None:
    if not isinstance(name, str):
        raise refuse("type", "name", name="name", want="a string")
    if len(name) > MAX_NAME:
        raise refuse("length", "name", name="name", limit=MAX_NAME)


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """A label's new name, which no other label may have."""
    check_name(values.get("name", ""))
    if any(other.id != node.id for other in graph.store.labels_named(values.get("name", ""))):
        raise refuse("label_name", "name", name=values["name"])
    return values


def resolve(graph: Graph, specs: list[Any]) -> list[str]:
    """Ids of the labels, each once, in order; new names become labels."""
    ids = [str(spec["id"]) if spec.get("id") else named(graph, spec["name"]).id for spec in specs]
    return list(dict.fromkeys(ids))


def named(graph: Graph, name: str) -> Node:
    """The account's label of that name: names are unique in an account (a choice)."""
    for node in graph.store.labels_named(name):
        return node
    return graph.store.create("adlabel", {"name": name}, graph.now())


def holders(graph: Graph, kind: str, label_ids: Iterable[Any], operator: str) -> list[Node]:
    """Objects of a kind with ANY or ALL of the labels."""
    one_of("operator", operator, ("ANY", "ALL"))
    wanted = [str(label) for label in label_ids]
    if not wanted:
        raise refuse("required", "ad_label_ids", name="ad_label_ids")
    found = [graph.store.labelled(label) for label in wanted]
    keys = set(found[0]).intersection(*found[1:]) if operator == "ALL" else set().union(*found)
    merged = {seq: node for nodes in found for seq, node in nodes.items()}
    return [merged[seq] for seq in sorted(keys) if merged[seq].kind == kind]
