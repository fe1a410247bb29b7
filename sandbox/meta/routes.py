"""Which path and method lead to which answer: nodes, edges, and the root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta import (
    asyncrequests,
    catalogue,
    copies,
    estimates,
    insights,
    labels,
    leads,
    lists,
    media,
    nodes,
    permissions,
    pixels,
    posts,
    previews,
    reports,
    responses,
    search,
    studies,
    tokens,
    uploads,
    videos,
)
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.forms import REQUESTS
from sandbox.meta.nodes import Edge
from sandbox.meta.params import parse, require
from sandbox.meta.reads import LISTS
from sandbox.meta.store import Node
from sandbox.meta.writes import CREATE

PLURAL = {
    "campaigns": "campaign", "adsets": "adset", "ads": "ad", "adcreatives": "adcreative",
    "adimages": "adimage", "advideos": "advideo", "adlabels": "adlabel", "customaudiences": "customaudience",
}  # fmt: skip
BY_LABELS = {f"{plural}bylabels": PLURAL[plural] for plural in ("campaigns", "adsets", "ads", "adcreatives")}
FINDERS = (posts.any_of, catalogue.item, leads.find)  # of what is there without having been made
FIELDLESS = ("users", "usersreplace", "events", "adspixels")


def dispatch(graph: Graph, call: Call) -> Any:
    """The answer to a request, as JSON values; raises GraphError."""
    if not call.path:
        raise refuse("root_ids", "ids") if "ids" in call.params else refuse("path", path="")
    if call.path[0] in ROOT:
        return ROOT[call.path[0]](graph, call)
    node = _resolve(graph, call)
    _drop_own_id(node, call)
    permissions.check(call, node)
    if len(call.path) > 2:
        raise refuse("path", path="/".join(call.path[1:]))
    _check_fields(call)
    if len(call.path) == 1:
        answer = NODE[call.method](graph, node, call)
        return nodes.read_back(graph, call, node, answer) if call.method == "POST" else answer
    edge = EDGES.get((call.method, node.kind, call.path[1]))
    if edge is None:
        known = any(kind == node.kind and name == call.path[1] for _, kind, name in EDGES)
        raise refuse("method" if known else "path", method=call.method.lower(), path=call.path[1])
    answer = edge(graph, node, call)
    return nodes.read_back(graph, call, None, answer) if call.method == "POST" else answer


def _check_fields(call: Call) -> None:
    """Refuse `fields` where there is nothing to read: what is deleted, and answers that are no object."""
    unread = call.method == "DELETE" or (call.method == "POST" and call.path[-1] in FIELDLESS)
    if call.params.get("fields") and unread:
        raise refuse("parameter", "fields", name="fields")


def _resolve(graph: Graph, call: Call) -> Node:
    name = call.path[0]
    own = search.fixed(graph).get(name)
    for find in () if own or graph.store.get(name) else FINDERS:
        own = own or find(graph, name)
    if own:
        return own
    if ":" in name:
        name = f"image:{name.split(':')[1]}"
    return graph.node(name, method=call.method.lower())


def _drop_own_id(node: Node, call: Call) -> None:
    """The node's own id among the parameters is nothing new: Meta's SDK for Node.js sends it with writes."""
    if "id" in call.params and str(call.params["id"]) in (node.id, call.path[0]):
        del call.params["id"]


def _list(kind: str) -> Edge:
    def answer(graph: Graph, node: Node, call: Call) -> Any:
        found = responses.members(graph, node, kind)
        return lists.page(graph, call, kind, found, responses.render)

    return answer


def _by_labels(kind: str) -> Edge:
    def answer(graph: Graph, _: Node, call: Call) -> Any:
        also = {"ad_label_ids": "l", "operator": "s"}
        values = parse(call.params, also | lists.PAGING | LISTS.get(kind, {}), graph.zone)
        wanted = values.get("ad_label_ids", [])
        found = labels.holders(graph, kind, wanted, values.get("operator", "ANY"))
        return lists.page(graph, call, kind, found, responses.render, also=also)

    return answer


def _of_label(kind: str) -> Edge:
    def answer(graph: Graph, node: Node, call: Call) -> Any:
        found = labels.holders(graph, kind, [node.id], "ANY")
        return lists.page(graph, call, kind, found, responses.render)

    return answer


def _create_label(graph: Graph, _: Node, call: Call) -> Any:
    values = parse(call.params, CREATE["adlabel"], graph.zone)
    require(values, "name")
    labels.check_name(values["name"])
    return {"id": labels.named(graph, values["name"]).id}


def _add_labels(graph: Graph, node: Node, call: Call) -> Any:
    values = parse(call.params, {"adlabels": "l", "execution_options": "l"}, graph.zone)
    require(values, "adlabels")
    labels.check(graph, values["adlabels"])
    if nodes.validate_only(node.kind, values):
        return {"success": True}
    merged = dict.fromkeys([*node.get("adlabels", ()), *labels.resolve(graph, values["adlabels"])])
    graph.store.update(node, {"adlabels": list(merged)}, graph.now())
    return {"id": node.id, "success": True}


def _remove_labels(graph: Graph, node: Node, call: Call) -> Any:
    values = parse(call.params, {"adlabels": "l", "execution_options": "l"}, graph.zone)
    require(values, "adlabels")
    if nodes.validate_only(node.kind, values):
        return {"success": True}
    gone = set(labels.resolve(graph, values.get("adlabels", [])))
    kept = [label for label in node.get("adlabels", ()) if label not in gone]
    graph.store.update(node, {"adlabels": kept}, graph.now())
    return {"success": True}


def _fixed_list(*kinds: str) -> Edge:
    def answer(graph: Graph, _: Node, call: Call) -> Any:
        found = [node for node in search.fixed(graph).values() if node.kind in kinds]
        return lists.page(graph, call, kinds[0], found, responses.render)

    return answer


def _studies(graph: Graph, node: Node, call: Call) -> Any:
    return lists.page(graph, call, "adstudy", studies.of(graph, node), responses.render)


def _requests(graph: Graph, node: Node, call: Call) -> Any:
    values = parse(call.params, REQUESTS | lists.PAGING, graph.zone)
    asyncrequests.look(graph, node, dispatch, call.fate)
    found = asyncrequests.with_status(graph, node, values.get("statuses", []))
    return lists.page(graph, call, "adasyncrequest", found, responses.render, also=REQUESTS)


def _posts(graph: Graph, _: Node, call: Call) -> Any:
    return lists.page(graph, call, "post", posts.published(graph), responses.render)


def _forms(graph: Graph, _: Node, call: Call) -> Any:
    return lists.page(graph, call, "leadgen_form", list(posts.forms().values()), responses.render)


def _products(graph: Graph, node: Node, call: Call) -> Any:
    return lists.page(graph, call, "product_item", catalogue.products(graph, node), responses.render)


def _none(graph: Graph, _: Node, call: Call) -> Any:
    """An edge that can have nothing at its end here, since nothing makes any."""
    parse(call.params, {"business_id": "x"} | lists.PAGING, graph.zone)
    return {"data": []}


ROOT: dict[str, Callable[[Graph, Call], Any]] = {"search": search.answer, "debug_token": tokens.inspect}


def _node(graph: Graph, node: Node, call: Call) -> Any:
    edges = sorted(edge for method, kind, edge in EDGES if (method, kind) == ("GET", node.kind))
    return nodes.read(graph, node, call, dispatch, edges)


NODE: dict[str, Edge] = {"GET": _node, "POST": nodes.update, "DELETE": nodes.delete}

EDGES: dict[tuple[str, str, str], Edge] = {
    ("GET", "user", "adaccounts"): _fixed_list("adaccount"),
    ("GET", "user", "businesses"): _fixed_list("business"),
    ("GET", "user", "accounts"): _fixed_list("page"),
    ("GET", "user", "permissions"): tokens.permissions,
    ("GET", "user", "business_users"): _none,
    ("GET", "adaccount", "customconversions"): _none,
    ("GET", "adaccount", "saved_audiences"): _none,
    ("GET", "business", "owned_ad_accounts"): _fixed_list("adaccount"),
    ("GET", "business", "owned_pages"): _fixed_list("page"),
    ("GET", "business", "owned_pixels"): _fixed_list("adspixel"),
    ("GET", "business", "adspixels"): _fixed_list("adspixel"),
    ("GET", "adaccount", "adspixels"): _fixed_list("adspixel"),
    ("POST", "adaccount", "adspixels"): pixels.create,
    ("GET", "adaccount", "promote_pages"): _fixed_list("page"),
    ("GET", "adaccount", "minimum_budgets"): estimates.minimum_budgets,
    ("GET", "adaccount", "delivery_estimate"): estimates.of_delivery,
    ("GET", "adset", "delivery_estimate"): estimates.of_delivery,
    ("GET", "adaccount", "reachestimate"): estimates.of_reach,
    ("GET", "adaccount", "generatepreviews"): previews.of_spec,
    ("GET", "adcreative", "previews"): previews.of_node,
    ("GET", "ad", "previews"): previews.of_node,
    ("POST", "adaccount", "adlabels"): _create_label,
    ("POST", "adaccount", "adimages"): lambda graph, _, call: media.create_images(graph, call),
    ("DELETE", "adaccount", "adimages"): lambda graph, _, call: media.delete_image(graph, call),
    ("POST", "adaccount", "advideos"): lambda graph, _, call: videos.create(graph, call),
    ("POST", "page", "feed"): posts.create,
    ("GET", "page", "leadgen_forms"): _forms,
    **{("GET", kind, "leads"): leads.of for kind in ("ad", "leadgen_form")},
    ("GET", "leadgen_form", "test_leads"): leads.tests_of,
    ("POST", "leadgen_form", "test_leads"): leads.test,
    **{("GET", "page", edge): _posts for edge in posts.EDGES},
    ("POST", "adspixel", "events"): pixels.events,
    ("POST", "customaudience", "users"): uploads.add_users,
    ("DELETE", "customaudience", "users"): uploads.remove_users,
    ("POST", "customaudience", "usersreplace"): uploads.replace_users,
    ("GET", "business", "owned_product_catalogs"): _fixed_list("product_catalog"),
    ("GET", "product_catalog", "product_sets"): _fixed_list("product_set"),
    ("GET", "product_catalog", "products"): _products,
    ("GET", "product_set", "products"): _products,
    ("GET", "adreportrun", "insights"): reports.rows,
    **{("POST", kind, "copies"): copies.create for kind in copies.TYPES},
    **{("GET", kind, "copies"): copies.of for kind in copies.TYPES},
    ("POST", "business", "ad_studies"): studies.create,
    **{("GET", kind, "ad_studies"): _studies for kind in ("business", "adaccount", "campaign", "adset")},
    ("POST", "adaccount", "async_batch_requests"): asyncrequests.create,
    ("GET", "adaccount", "asyncadrequestsets"): _list("adasyncrequestset"),
    ("GET", "adasyncrequestset", "requests"): _requests,
    **{("GET", "adaccount", plural): _list(kind) for plural, kind in PLURAL.items()},
    **{
        ("POST", "adaccount", plural): nodes.creating(kind)
        for plural, kind in PLURAL.items()
        if kind in nodes.CREATORS
    },
    **{("GET", "adaccount", edge): _by_labels(kind) for edge, kind in BY_LABELS.items()},
    **{
        ("GET", kind, edge): _list(to)
        for kind, edges in responses.EDGES.items()
        for edge, to in edges.items()
    },
    **{("GET", "adlabel", plural): _of_label(PLURAL[plural]) for plural in list(PLURAL)[:4]},
    **{("POST", kind, "adlabels"): _add_labels for kind in nodes.SOFT_DELETED},
    **{("DELETE", kind, "adlabels"): _remove_labels for kind in nodes.SOFT_DELETED},
    **{("GET", kind, "insights"): insights.answer for kind in ("adaccount", "campaign", "adset", "ad")},
    **{("POST", kind, "insights"): reports.start for kind in ("adaccount", "campaign", "adset", "ad")},
}
