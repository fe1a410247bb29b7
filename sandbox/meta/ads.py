"""Ads: a creative under an ad set."""

from __future__ import annotations

from typing import Any

from sandbox.meta import catalogue, creatives, openings, status
from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.labels import check_name
from sandbox.meta.params import parse, require
from sandbox.meta.store import Node
from sandbox.meta.writes import CREATE

REFERENCE = ("creative_id", "id")


def created(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a new ad; its creative stays a specification until `attach`. Raises GraphError."""
    require(values, "name", "adset_id", "creative")
    status.check_created(values)
    check_name(values["name"])
    values["adset_id"] = str(values["adset_id"])
    adset = graph.store.get(values["adset_id"], "adset")
    if adset is None:
        raise refuse("adset_missing", "adset_id", id=values["adset_id"])
    status.check_parent(graph, adset, "adset_id")
    values["creative"] = _check_creative(graph, values["creative"])
    openings.check(graph, adset, _content(graph, values["creative"]))
    catalogue.check_ad(adset, _content(graph, values["creative"]))
    values["conversion_domain"] = values.get("conversion_domain")
    return {k: v for k, v in values.items() if v is not None}


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """The changes to an ad; raises GraphError."""
    status.check_edit(graph, node, values)
    check_name(values.get("name", ""))
    if "creative" in values:
        values["creative"] = _check_creative(graph, values["creative"])
        adset = graph.node(node.data["adset_id"])
        openings.check(graph, adset, _content(graph, values["creative"]))
        catalogue.check_ad(adset, _content(graph, values["creative"]))
    return values


def _content(graph: Graph, spec: str | dict[str, Any]) -> dict[str, Any]:
    """The data of a creative that is there, or of one to be made."""
    return spec if isinstance(spec, dict) else graph.node(spec, "adcreative").data


def attach(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """Make the inline creative, if there is one, and keep its id."""
    spec = values.pop("creative", None)
    if spec is None:
        return values
    if isinstance(spec, dict):
        spec = graph.store.create("adcreative", spec, graph.now()).id
    return {**values, "creative_id": spec}


def _check_creative(graph: Graph, spec: Any) -> str | dict[str, Any]:
    """The id of an existing creative, or the checked data of a new one."""
    if not isinstance(spec, dict) or not spec:
        raise refuse("ad_creative", "creative")
    given = next((str(spec[name]) for name in REFERENCE if spec.get(name)), None)
    if given is None:
        return creatives.created(graph, parse(spec, CREATE["adcreative"], graph.zone))
    found = graph.store.get(given, "adcreative")
    if found is None or found.get("status") == "DELETED":
        raise refuse("creative_missing", "creative", id=given)
    return given
