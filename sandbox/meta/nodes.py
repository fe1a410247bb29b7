"""What is done to one object: making, reading, changing, deleting it, and reading back what was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta import (
    account,
    ads,
    adsets,
    asyncrequests,
    audiences,
    campaigns,
    creatives,
    fields,
    labels,
    media,
    reports,
    responses,
    structures,
    studies,
    videos,
)
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import GraphError, refuse
from sandbox.meta.params import one_of, parse
from sandbox.meta.reads import NODES
from sandbox.meta.shapes import FIELDS
from sandbox.meta.store import Node
from sandbox.meta.writes import CREATE, UPDATE

Edge = Callable[[Graph, Node, Call], Any]
Dispatch = Callable[[Graph, Call], Any]
CREATORS = {
    "campaign": campaigns.created, "adset": adsets.created, "ad": ads.created,
    "adcreative": creatives.created, "customaudience": audiences.created,
}  # fmt: skip
UPDATERS = {
    "campaign": campaigns.updated, "adset": adsets.updated, "ad": ads.updated,
    "adcreative": creatives.updated, "customaudience": audiences.updated, "adlabel": labels.updated,
    "adstudy": studies.updated, "adstudycell": studies.cell_updated,
    "adasyncrequestset": asyncrequests.updated,
}  # fmt: skip
# What may be asked of a write beside doing it (reference pages of each); what is made is reviewed at once.
EXECUTION_OPTIONS = {
    "campaign": ("validate_only", "include_recommendations"),
    "adset": ("validate_only", "include_recommendations"),
    "ad": ("validate_only", "include_recommendations", "synchronous_ad_review"),
    "adcreative": ("validate_only",),
}
CANCELED = {
    "adstudy": studies.cancel, "adasyncrequestset": asyncrequests.cancel,
    "adasyncrequest": asyncrequests.cancel,
}  # fmt: skip
SOFT_DELETED = ("campaign", "adset", "ad", "adcreative")
REMOVED = ("adlabel", "customaudience", "adimage", "advideo", "post", "lead")
# Which of an answer names the object that a write with `fields` reads back.
WRITTEN = ("id", "copied_campaign_id", "copied_adset_id", "copied_ad_id", "video_id")


def wanted(call: Call) -> list[fields.Field] | None:
    text = call.params.get("fields")
    return fields.parse(text) if text else None


def read(graph: Graph, node: Node, call: Call, dispatch: Dispatch, edges: list[str]) -> Any:
    """GET {node}; `edges` are those that it can be asked for."""
    values = parse(call.params, {"metadata": "b", **NODES.get(node.kind, {})}, graph.zone)
    if node.kind == "adreportrun":
        node = reports.poll(graph, node)
    elif node.kind == "advideo":
        node = videos.look(graph, node)
    elif node.kind == "adasyncrequestset":
        asyncrequests.look(graph, node, dispatch, call.fate)
    answer = responses.render(graph, node, wanted(call), call)
    return answer | {"metadata": _metadata(node, call, edges)} if values.get("metadata") else answer


def _metadata(node: Node, call: Call, edges: list[str]) -> dict[str, Any]:
    """What the node knows of itself (Graph API overview, "Introspection"): field names, edges, type."""
    base = f"{call.url}/{call.version}/{node.id}"
    return {
        "fields": [{"name": name} for name in sorted(FIELDS[node.kind])],
        "type": structures.TYPES[node.kind].lower(),
        "connections": {edge: f"{base}/{edge}" for edge in edges},
    }


def validate_only(kind: str, values: dict[str, Any]) -> bool:
    options = values.pop("execution_options", [])
    for option in options:
        one_of("execution_options", option, EXECUTION_OPTIONS[kind])
    if "include_recommendations" in options and len(options) == 1:
        raise refuse("option_alone", "execution_options", name="include_recommendations")
    return "validate_only" in options


def creating(kind: str) -> Edge:
    """POST {account}/{kinds}."""

    def create(graph: Graph, _: Node, call: Call) -> Any:
        values = parse(call.params, CREATE[kind], graph.zone)
        dry = validate_only(kind, values)
        labels.check(graph, values.get("adlabels", []))
        data = CREATORS[kind](graph, values)
        if dry:
            return {"success": True}
        if "adlabels" in data:
            data["adlabels"] = labels.resolve(graph, data["adlabels"])
        if kind == "ad":
            data = ads.attach(graph, data)
        return {"id": graph.store.create(kind, data, graph.now()).id, "success": True}

    return create


def update(graph: Graph, node: Node, call: Call) -> Any:
    """POST {node}."""
    if node.kind == "adaccount":
        return account.update(graph, parse(call.params, UPDATE["adaccount"], graph.zone))
    if node.kind not in UPDATERS:
        raise refuse("missing_object", id=node.id, method="post")
    values = parse(call.params, UPDATE[node.kind], graph.zone, also=_immutable(node.kind, call))
    dry = validate_only(node.kind, values)
    labels.check(graph, values.get("adlabels", []))
    changes = UPDATERS[node.kind](graph, node, values)
    if dry:
        return {"success": True}
    if "adlabels" in changes:
        changes["adlabels"] = labels.resolve(graph, changes["adlabels"])
    if node.kind == "ad":
        changes = ads.attach(graph, changes)
    graph.store.update(node, changes, graph.now())
    return {"success": True}


def _immutable(kind: str, call: Call) -> tuple[str, ...]:
    """Parameters of a create that an update does not have: refused as immutable rather than unknown."""
    for name in call.params if kind in CREATE else ():
        if name in CREATE[kind] and name not in UPDATE[kind]:
            raise refuse("immutable", name, name=name)
    return ()


def read_back(graph: Graph, call: Call, written: Node | None, answer: Any) -> Any:
    """Read-after-write: the fields asked for, of what was just written (`written`, or what the answer names).

    What was done stays done though the fields cannot be read: then the error tells it as `original_response`
    (Graph API, "Read-After-Write").
    """
    asked = wanted(call)
    if asked is None or not isinstance(answer, dict):
        return answer
    graph.store.commit()
    try:
        if "images" in answer:
            return {"images": _images(graph, call, asked, answer["images"])}
        id_ = next((str(answer[name]) for name in WRITTEN if name in answer), written.id if written else "")
        node = graph.store.get(id_) or written
        return answer if node is None else responses.render(graph, node, asked, call) | answer
    except GraphError as error:
        raise error.after(answer) from None


def _images(
    graph: Graph, call: Call, asked: list[fields.Field], images: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    return {
        name: image
        | responses.render(graph, graph.node(media.node_id(image["hash"]), "adimage"), asked, call)
        for name, image in images.items()
    }


def delete(graph: Graph, node: Node, call: Call) -> Any:
    """DELETE {node}."""
    parse(call.params, {}, graph.zone)
    if node.kind in SOFT_DELETED:
        graph.store.update(node, {"status": "DELETED"}, graph.now())
    elif node.kind in REMOVED:
        graph.store.remove(node)
    elif node.kind in CANCELED:
        CANCELED[node.kind](graph, node)
    else:
        raise refuse("missing_object", id=node.id, method="delete")
    return {"success": True}
