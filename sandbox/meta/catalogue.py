"""The business's one product catalogue: its sets and products, ads that show them, people who know them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta.context import Graph
from sandbox.meta.enums import names
from sandbox.meta.errors import refuse
from sandbox.meta.params import decoded, one_of
from sandbox.meta.store import Node
from sandbox.visitors import Membership, Rule

# A choice: what is in the catalogue. Retailer id, name, sort, brand, price in major units.
PRODUCTS = (
    ("V-1", "Vazo, lale", "vazolar", "Atölye", 1450), ("V-2", "Vazo, karanfil", "vazolar", "Atölye", 1650),
    ("T-1", "Tabak, lale", "tabaklar", "Atölye", 620), ("T-2", "Tabak, nar", "tabaklar", "Usta", 740),
    ("K-1", "Kupa, mavi", "kupalar", "Usta", 380), ("K-2", "Kâse, turkuaz", "kaseler", "Atölye", 540),
)  # fmt: skip
OBJECTIVES = ("OUTCOME_SALES", "OUTCOME_TRAFFIC", "OUTCOME_APP_PROMOTION", "OUTCOME_LEADS")  # catalog ads
FORMATS = names(  # ad creative link data, "format_option"
    "carousel_ar_effects carousel_images_multi_items carousel_images_single_item carousel_slideshows"
    " collection_video single_image"
)
EVENTS = ("ViewContent", "AddToCart", "Purchase")  # catalog ads, "required events" of the pixel
RETENTION = (1, 180 * 86_400)  # seconds; the most is that of website audiences
ENROLLED = ("OPT_IN", "OPT_OUT")
BY_ITSELF = "media_type_automation"  # on for catalog ads that do not say it ("dynamic media", September 2025)
SPECS = ("product_audience_specs", "excluded_product_audience_specs")


def fixed(graph: Graph) -> dict[str, Node]:
    """The catalogue and its sets by id."""
    meta = graph.world.meta
    business = {"id": meta.business, "name": meta.business_name}
    about = {"id": meta.catalog, "name": meta.catalog_name}
    catalog = {"name": meta.catalog_name, "business": business, "vertical": "commerce", "feed_count": 1}
    sets = {
        id_: Node(0, id_, "product_set", 0, 0, {"name": name, "product_catalog": about})
        for id_, name in meta.product_sets.items()
    }
    for node in sets.values():
        node.data["product_count"] = len(_rows(node))
    catalog["product_count"] = len(PRODUCTS)
    return {meta.catalog: Node(0, meta.catalog, "product_catalog", 0, 0, catalog), **sets}


def find_set(graph: Graph, id_: Any, where: str) -> Node:
    """A set of the catalogue; raises GraphError."""
    found = fixed(graph).get(str(id_ or ""))
    if found is None or found.kind != "product_set":
        raise refuse("product_set_missing", where, where=where, id=id_)
    return found


def products(graph: Graph, node: Node) -> list[Node]:
    """What is in the catalogue or in one of its sets, newest last."""
    return [
        Node(number, f"{graph.world.meta.catalog}{number:02}", "product_item", 0, 0, _item(graph, row))
        for number, row in enumerate(PRODUCTS, 1)
        if row in _rows(node)
    ]


def item(graph: Graph, id_: str) -> Node | None:
    """A product by its id."""
    if not id_.startswith(graph.world.meta.catalog):
        return None
    return next(
        (node for node in products(graph, fixed(graph)[graph.world.meta.catalog]) if node.id == id_), None
    )


def _rows(node: Node) -> list[tuple[str, str, str, str, int]]:
    """A set that is called as a sort of product holds that sort; every other, and the catalogue, all."""
    alone = [row for row in PRODUCTS if row[2] == node.get("name")]
    return alone if node.kind == "product_set" and alone else list(PRODUCTS)


def _item(graph: Graph, row: tuple[str, str, str, str, int]) -> dict[str, Any]:
    retailer, name, sort, brand, price = row
    return {
        "retailer_id": retailer, "name": name, "product_type": sort, "brand": brand,
        "price": f"{price:.2f} {graph.currency}", "availability": "in stock", "condition": "new",
        "currency": graph.currency, "url": f"https://shop.sandbox.invalid/{retailer}",
    }  # fmt: skip


def check_promoted(graph: Graph, objective: str, promoted: dict[str, Any]) -> None:
    """An ad set's products exist, and its campaign's objective has ads of them."""
    if not promoted.get("product_set_id"):
        return
    find_set(graph, promoted["product_set_id"], "promoted_object.product_set_id")
    if objective not in OBJECTIVES:
        raise refuse("product_objective", "promoted_object.product_set_id", objective=objective)


def check_template(
    graph: Graph, values: dict[str, Any], check_link: Callable[[Graph, Any, str], None]
) -> None:
    """A template belongs to a set of products, and the other way round (catalog ads, "ad creative")."""
    story = values.get("object_story_spec") or {}
    template = story.get("template_data")
    if template is None:
        plain = values.get("object_story_id") or not {"link_data", "video_data"}.isdisjoint(story)
        if values.get("product_set_id") and not plain:
            raise refuse("required", "object_story_spec", name="object_story_spec[template_data]")
        return
    where = "object_story_spec.template_data"
    if not values.get("product_set_id"):
        raise refuse("required", "product_set_id", name="product_set_id")
    find_set(graph, values["product_set_id"], "product_set_id")
    check_link(graph, template, where)
    if "format_option" in template:
        one_of(f"{where}[format_option]", template["format_option"], FORMATS)
    features = values.setdefault("degrees_of_freedom_spec", {}).setdefault("creative_features_spec", {})
    features.setdefault(BY_ITSELF, {"enroll_status": "OPT_IN"})


def check_features(values: dict[str, Any], known: frozenset[str]) -> None:
    """Features of Advantage+ creative: each known, each with a yes or a no."""
    where = "degrees_of_freedom_spec.creative_features_spec"
    given = (values.get("degrees_of_freedom_spec") or {}).get("creative_features_spec") or {}
    for name, chosen in given.items():
        if name not in known:
            raise refuse("nested", f"{where}.{name}", name=name, where=where)
        one_of(f"{where}[{name}][enroll_status]", (chosen or {}).get("enroll_status"), ENROLLED)


def check_ad(adset: Node, creative: dict[str, Any]) -> None:
    """An ad shows a template in an ad set with products, and there nothing but that of the same set."""
    shows = "template_data" in (creative.get("object_story_spec") or {})
    promoted = str((adset.get("promoted_object") or {}).get("product_set_id") or "")
    if shows and not promoted:
        raise refuse("product_promoted", "creative", id=creative["product_set_id"])
    if promoted and not creative.get("object_story_id") and str(creative.get("product_set_id")) != promoted:
        raise refuse("product_creative", "creative", id=promoted)


def check_people(graph: Graph, spec: dict[str, Any]) -> None:
    """Dynamic product audiences: whose product set exists, who did what, and within which time."""
    for name in SPECS:
        specs = spec.get(name, [])
        if not isinstance(specs, list):
            raise refuse("type", f"targeting.{name}", name=name, want="an array")
        for each in specs:
            find_set(graph, each.get("product_set_id"), f"targeting.{name}.product_set_id")
            if not each.get("inclusions"):
                raise _people(name, "needs inclusions")
            for rule in [*each["inclusions"], *each.get("exclusions", ())]:
                _check_rule(name, rule)


def _check_rule(name: str, given: Any) -> None:
    least, most = RETENTION
    seconds = str(given.get("retention_seconds", ""))
    if not seconds.isdigit() or not least <= int(seconds) <= most:
        raise _people(name, f"retention_seconds must be {least} to {most} (given: {seconds})")
    rule = decoded(given.get("rule"))
    event = rule.get("event", {}).get("eq") if isinstance(rule, dict) else None
    if event not in EVENTS:
        raise _people(name, f"rule needs an event that eq one of {', '.join(EVENTS)} (given: {event})")


def _people(name: str, detail: str) -> Exception:
    return refuse("targeting_value", f"targeting.{name}", name=name, detail=detail)


def people(spec: dict[str, Any], name: str) -> list[Membership]:
    """Whom a targeting's product audiences mean, among the visitors of the website."""
    return [
        Membership(_rules(each.get("inclusions")), _rules(each.get("exclusions")))
        for each in spec.get(name, ())
    ]


def _rules(given: Any) -> tuple[Rule, ...]:
    return tuple(
        Rule(decoded(each["rule"])["event"]["eq"], max(1, int(each["retention_seconds"]) // 86_400))
        for each in given or ()
    )
