"""Posts of the page: three that are there, and those made through its feed; ads may boost them."""

from __future__ import annotations

from typing import Any

from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import parse
from sandbox.meta.store import Node

EDGES = ("feed", "posts", "published_posts")
# A choice: posts that are there before anything is made, so that there is something to boost.
THERE = {
    "1001": "Mevsimin menüsü hazır.",
    "1002": "Bu akşam canlı müzik.",
    "1003": "Paketiniz yarım saatte kapınızda.",
}
TYPES = {
    "message": "s", "link": "s", "published": "b", "scheduled_publish_time": "t", "call_to_action": "m",
    "unpublished_content_type": "e", "picture": "s", "name": "s", "description": "s", "caption": "s",
}  # fmt: skip


def fixed(graph: Graph) -> dict[str, Node]:
    """The posts of the world by id."""
    page = graph.world.meta.page
    return {
        f"{page}_{number}": Node(0, f"{page}_{number}", "post", 0, 0, {"message": text, "is_published": True})
        for number, text in THERE.items()
    }


FORMS = {
    "5000000000000001": "Masa ayırt",
    "5000000000000002": "Teklif iste",
}  # lead forms of the page; a choice


def forms() -> dict[str, Node]:
    """The lead forms of the page by id."""
    return {
        id_: Node(0, id_, "leadgen_form", 0, 0, {"name": name, "status": "ACTIVE", "locale": "tr_TR"})
        for id_, name in FORMS.items()
    }


def form(id_: str) -> Node | None:
    return forms().get(id_)


def find(graph: Graph, id_: str) -> Node | None:
    return fixed(graph).get(id_) or graph.store.get(id_, "post")


def any_of(graph: Graph, id_: str) -> Node | None:
    """A post or a lead form."""
    return find(graph, id_) or form(id_)


def create(graph: Graph, page: Node, call: Call) -> dict[str, Any]:
    """POST {page}/feed: a post needs a message or a link."""
    values = parse(call.params, TYPES, graph.zone)
    if not (values.get("message") or values.get("link")):
        raise refuse("required", "message", name="message")
    published = bool(values.pop("published", True))
    data = {**values, "is_published": published, "_page": page.id}
    node = graph.store.create("post", data, graph.now(), id_=f"{page.id}_{2000 + graph.store.next}")
    return {"id": node.id}


def published(graph: Graph) -> list[Node]:
    """Oldest first."""
    found = [*fixed(graph).values(), *graph.store.every("post")]
    return [node for node in found if node.get("is_published")]
