"""Which path and method lead to which answer: nodes, edges, and the root."""

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
    catalogue,
    creatives,
    fields,
    insights,
    labels,
    lists,
    media,
    permissions,
    pixels,
    posts,
    previews,
    reports,
    responses,
    search,
    studies,
    targeting,
    tokens,
    videos,
)
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.forms import REQUESTS
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.shapes import CREATE, FIELDS, UPDATE
from sandbox.meta.store import Node

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
PLURAL = {
    "campaigns": "campaign", "adsets": "adset", "ads": "ad", "adcreatives": "adcreative",
    "adimages": "adimage", "advideos": "advideo", "adlabels": "adlabel", "customaudiences": "customaudience",
}  # fmt: skip
BY_LABELS = {f"{plural}bylabels": PLURAL[plural] for plural in ("campaigns", "adsets", "ads", "adcreatives")}
EXECUTION_OPTIONS = ("validate_only", "include_recommendations", "synchronous_ad_review")
CANCELED = {
    "adstudy": studies.cancel, "adasyncrequestset": asyncrequests.cancel,
    "adasyncrequest": asyncrequests.cancel,
}  # fmt: skip
SOFT_DELETED = ("campaign", "adset", "ad", "adcreative")

Edge = Callable[[Graph, Node, Call], Any]


def dispatch(graph: Graph, call: Call) -> Any:
    """The answer to a request, as JSON values; raises GraphError."""
    if not call.path:
        raise refuse("root_ids", "ids") if "ids" in call.params else refuse("path", path="")
    if call.path[0] in ROOT:
        return ROOT[call.path[0]](graph, call)
    node = _resolve(graph, call)
    _drop_own_id(node, call)
    permissions.check(call, node)
    if len(call.path) == 1:
        return NODE[call.method](graph, node, call)
    if len(call.path) > 2:
        raise refuse("path", path="/".join(call.path[1:]))
    edge = EDGES.get((call.method, node.kind, call.path[1]))
    if edge is None:
        known = any(kind == node.kind and name == call.path[1] for _, kind, name in EDGES)
        raise refuse("method" if known else "path", method=call.method.lower(), path=call.path[1])
    return edge(graph, node, call)


def _resolve(graph: Graph, call: Call) -> Node:
    name = call.path[0]
    own = search.fixed(graph).get(name) or posts.any_of(graph, name)
    if own:
        return own
    if ":" in name:
        name = f"image:{name.split(':')[1]}"
    return graph.node(name, method=call.method.lower())


def _drop_own_id(node: Node, call: Call) -> None:
    """The node's own id among the parameters is nothing new: Meta's SDK for Node.js sends it with writes."""
    if "id" in call.params and str(call.params["id"]) in (node.id, call.path[0]):
        del call.params["id"]


def _wanted(call: Call) -> list[fields.Field] | None:
    text = call.params.get("fields")
    return fields.parse(text) if text else None


def _get(graph: Graph, node: Node, call: Call) -> Any:
    asked = parse(call.params, {"metadata": "b"}, graph.zone).get("metadata")
    if node.kind == "adreportrun":
        node = reports.poll(graph, node)
    elif node.kind == "advideo":
        node = videos.look(graph, node)
    elif node.kind == "adasyncrequestset":
        asyncrequests.look(graph, node, dispatch)
    answer = responses.render(graph, node, _wanted(call), call)
    return answer | {"metadata": _metadata(node, call)} if asked else answer


def _metadata(node: Node, call: Call) -> dict[str, Any]:
    """What the node knows of itself (Graph API overview, "Introspection"): field names, edges, type."""
    edges = sorted(edge for method, kind, edge in EDGES if (method, kind) == ("GET", node.kind))
    base = f"{call.url}/{call.version}/{node.id}"
    return {
        "fields": [{"name": name} for name in sorted(FIELDS[node.kind])],
        "type": responses.TYPES[node.kind].lower(),
        "connections": {edge: f"{base}/{edge}" for edge in edges},
    }


def _validate_only(values: dict[str, Any]) -> bool:
    options = values.pop("execution_options", [])
    for option in options:
        one_of("execution_options", option, EXECUTION_OPTIONS)
    return "validate_only" in options


def _create(kind: str) -> Edge:
    def create(graph: Graph, _: Node, call: Call) -> Any:
        values = parse(call.params, CREATE[kind], graph.zone)
        dry = _validate_only(values)
        labels.check(graph, values.get("adlabels", []))
        data = CREATORS[kind](graph, values)
        if dry:
            return {"success": True}
        if "adlabels" in data:
            data["adlabels"] = labels.resolve(graph, data["adlabels"])
        if kind == "ad":
            data = ads.attach(graph, data)
        return _written(graph, graph.store.create(kind, data, graph.now()), call)

    return create


def _update(graph: Graph, node: Node, call: Call) -> Any:
    if node.kind == "adaccount":
        return account.update(graph, parse(call.params, UPDATE["adaccount"], graph.zone))
    if node.kind not in UPDATERS:
        raise refuse("missing_object", id=node.id, method="post")
    values = parse(call.params, UPDATE[node.kind], graph.zone, also=_immutable(node.kind, call))
    dry = _validate_only(values)
    labels.check(graph, values.get("adlabels", []))
    changes = UPDATERS[node.kind](graph, node, values)
    if dry:
        return {"success": True}
    if "adlabels" in changes:
        changes["adlabels"] = labels.resolve(graph, changes["adlabels"])
    if node.kind == "ad":
        changes = ads.attach(graph, changes)
    return _written(graph, graph.store.update(node, changes, graph.now()), call, created=False)


def _immutable(kind: str, call: Call) -> tuple[str, ...]:
    """Parameters of a create that an update does not have: refused as immutable rather than unknown."""
    for name in call.params if kind in CREATE else ():
        if name in CREATE[kind] and name not in UPDATE[kind]:
            raise refuse("immutable", name, name=name)
    return ()


def _written(graph: Graph, node: Node, call: Call, created: bool = True) -> dict[str, Any]:
    """Read-after-write: the fields asked for, of what was just written."""
    answer: dict[str, Any] = {"success": True}
    wanted = _wanted(call)
    if wanted is not None:
        return responses.render(graph, node, wanted, call) | answer
    return {"id": node.id, **answer} if created else answer


def _delete(graph: Graph, node: Node, call: Call) -> Any:
    parse(call.params, {}, graph.zone)
    if node.kind in SOFT_DELETED:
        graph.store.update(node, {"status": "DELETED"}, graph.now())
    elif node.kind in ("adlabel", "customaudience", "adimage", "advideo", "post"):
        graph.store.remove(node)
    elif node.kind in CANCELED:
        CANCELED[node.kind](graph, node)
    else:
        raise refuse("missing_object", id=node.id, method="delete")
    return {"success": True}


def _list(kind: str) -> Edge:
    def answer(graph: Graph, node: Node, call: Call) -> Any:
        found = responses.members(graph, node, kind)
        return lists.page(graph, call, kind, found, responses.render)

    return answer


def _by_labels(kind: str) -> Edge:
    def answer(graph: Graph, _: Node, call: Call) -> Any:
        also = {"ad_label_ids": "l", "operator": "s"}
        values = parse(call.params, also | lists.PAGING | lists.LIST_PARAMS.get(kind, {}), graph.zone)
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
    if _validate_only(values):
        return {"success": True}
    merged = dict.fromkeys([*node.get("adlabels", ()), *labels.resolve(graph, values["adlabels"])])
    return _written(graph, graph.store.update(node, {"adlabels": list(merged)}, graph.now()), call)


def _remove_labels(graph: Graph, node: Node, call: Call) -> Any:
    values = parse(call.params, {"adlabels": "l"}, graph.zone)
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
    asyncrequests.look(graph, node, dispatch)
    found = asyncrequests.with_status(graph, node, values.get("statuses", []))
    return lists.page(graph, call, "adasyncrequest", found, responses.render, also=REQUESTS)


def _posts(graph: Graph, _: Node, call: Call) -> Any:
    return lists.page(graph, call, "post", posts.published(graph), responses.render)


def _forms(graph: Graph, _: Node, call: Call) -> Any:
    return lists.page(graph, call, "leadgen_form", list(posts.forms().values()), responses.render)


def _products(graph: Graph, node: Node, call: Call) -> Any:
    return lists.page(graph, call, "product_item", catalogue.products(graph, node), responses.render)


def _minimum_budgets(graph: Graph, _: Node, call: Call) -> Any:
    parse(call.params, {"bid_amount": "u"} | lists.PAGING, graph.zone)
    return {"data": account.minimum_budgets(graph)}


def _estimate(graph: Graph, node: Node, call: Call) -> Any:
    types = {"targeting_spec": "m", "optimization_goal": "s", "promoted_object": "m"}
    values = parse(call.params, types | lists.PAGING, graph.zone)
    if node.kind == "adset":
        return {"data": [responses.estimate(graph, values.get("targeting_spec") or node.data["targeting"])]}
    require(values, "targeting_spec", "optimization_goal")
    return {"data": [_of_spec(graph, values["targeting_spec"])]}


def _of_spec(graph: Graph, spec: dict[str, Any]) -> dict[str, Any]:
    given = {"targeting_automation": {"advantage_audience": 0}, **spec}
    return responses.estimate(graph, targeting.check(graph, given))


def _none(graph: Graph, _: Node, call: Call) -> Any:
    """An edge that can have nothing at its end here, since nothing makes any."""
    parse(call.params, lists.PAGING, graph.zone)
    return {"data": []}


ROOT: dict[str, Callable[[Graph, Call], Any]] = {"search": search.answer, "debug_token": tokens.inspect}


def _reach(graph: Graph, _: Node, call: Call) -> Any:
    """Whom a targeting reaches, give or take (ad account reach estimate): one object, no list."""
    values = parse(call.params, {"targeting_spec": "m", "object_store_url": "s"} | lists.PAGING, graph.zone)
    require(values, "targeting_spec")
    spec = values["targeting_spec"]
    if not isinstance(spec, dict):
        raise refuse("type", "targeting_spec", name="targeting_spec", want="an object")
    found = _of_spec(graph, spec)
    return {
        "data": {
            "users_lower_bound": found["estimate_mau_lower_bound"],
            "users_upper_bound": found["estimate_mau_upper_bound"],
            "estimate_ready": True,
        }
    }


NODE: dict[str, Edge] = {"GET": _get, "POST": _update, "DELETE": _delete}

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
    ("GET", "adaccount", "minimum_budgets"): _minimum_budgets,
    ("GET", "adaccount", "delivery_estimate"): _estimate,
    ("GET", "adset", "delivery_estimate"): _estimate,
    ("GET", "adaccount", "reachestimate"): _reach,
    ("GET", "adaccount", "generatepreviews"): previews.of_spec,
    ("GET", "adcreative", "previews"): previews.of_node,
    ("GET", "ad", "previews"): previews.of_node,
    ("POST", "adaccount", "adlabels"): _create_label,
    ("POST", "adaccount", "adimages"): lambda graph, _, call: media.create_images(graph, call),
    ("DELETE", "adaccount", "adimages"): lambda graph, _, call: media.delete_image(graph, call),
    ("POST", "adaccount", "advideos"): lambda graph, _, call: videos.create(graph, call),
    ("POST", "page", "feed"): posts.create,
    ("GET", "page", "leadgen_forms"): _forms,
    **{("GET", "page", edge): _posts for edge in posts.EDGES},
    ("POST", "adspixel", "events"): pixels.events,
    ("POST", "customaudience", "users"): audiences.add_users,
    ("DELETE", "customaudience", "users"): audiences.remove_users,
    ("POST", "customaudience", "usersreplace"): audiences.replace_users,
    ("GET", "business", "owned_product_catalogs"): _fixed_list("product_catalog"),
    ("GET", "product_catalog", "product_sets"): _fixed_list("product_set"),
    ("GET", "product_catalog", "products"): _products,
    ("GET", "product_set", "products"): _products,
    ("GET", "adreportrun", "insights"): reports.rows,
    ("POST", "business", "ad_studies"): studies.create,
    **{("GET", kind, "ad_studies"): _studies for kind in ("business", "adaccount", "campaign", "adset")},
    ("POST", "adaccount", "async_batch_requests"): asyncrequests.create,
    ("GET", "adaccount", "asyncadrequestsets"): _list("adasyncrequestset"),
    ("GET", "adasyncrequestset", "requests"): _requests,
    **{("GET", "adaccount", plural): _list(kind) for plural, kind in PLURAL.items()},
    **{("POST", "adaccount", plural): _create(kind) for plural, kind in PLURAL.items() if kind in CREATORS},
    **{("GET", "adaccount", edge): _by_labels(kind) for edge, kind in BY_LABELS.items()},
    **{
        ("GET", kind, edge): _list(to)
        for kind, edges in responses.EDGES.items()
        for edge, to in edges.items()
    },
    **{("GET", "adlabel", plural): _of_label(PLURAL[plural]) for plural in list(PLURAL)[:4]},
    **{("POST", kind, "adlabels"): _add_labels for kind in SOFT_DELETED},
    **{("DELETE", kind, "adlabels"): _remove_labels for kind in SOFT_DELETED},
    **{("GET", kind, "insights"): insights.answer for kind in ("adaccount", "campaign", "adset", "ad")},
    **{("POST", kind, "insights"): reports.start for kind in ("adaccount", "campaign", "adset", "ad")},
}
