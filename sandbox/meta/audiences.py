"""Custom audiences: website rules, lookalikes, customer lists; identifiers are counted, never kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox import visitors
from sandbox.meta import posts, uploads
from sandbox.meta.context import Graph
from sandbox.meta.enums import ENUMS, names
from sandbox.meta.errors import refuse
from sandbox.meta.labels import check_name
from sandbox.meta.params import decoded, one_of, require
from sandbox.meta.store import Node

SUBTYPES = ENUMS["audience_subtype"]
# Who may be in an audience: type of the event source → most days, and its events (Engagement Custom Audiences
# guide, as public copies have it; a pixel takes any event).
SOURCES: dict[str, tuple[int, frozenset[str]]] = {
    "pixel": (180, frozenset()),
    "page": (
        730,
        names(
            "page_engaged page_visited page_liked page_messaged page_cta_clicked page_or_post_save"
            " page_post_interaction"
        ),
    ),
    "ig_business": (
        730,
        names(
            "ig_business_profile_all ig_business_profile_engaged ig_user_messaged_business"
            " ig_business_profile_visit ig_business_profile_ad_saved ig_ad_like ig_ad_comment ig_ad_share"
            " ig_ad_save ig_ad_cta_click ig_ad_carousel_swipe ig_organic_like ig_organic_comment"
            " ig_organic_share ig_organic_save ig_organic_swipe ig_organic_carousel_swipe"
        ),
    ),
    "lead": (
        90,
        names("lead_generation_submitted lead_generation_opened lead_generation_dropoff"),
    ),
    "video": (
        365,
        names(
            "video_watched video_completed video_view_10s video_view_15s video_view_25_percent"
            " video_view_50_percent video_view_75_percent"
        ),
    ),
}
FILTER_JOINS = ("and", "or")
FILTER_OPERATORS = names(
    "eq neq contains not_contains i_contains i_not_contains starts_with i_starts_with lt lte gt gte"
    " regex_match is_any is_not_any i_is_any i_is_not_any"
)
SMALLEST = 1000  # sizes below are answered as this, as the platform does


def created(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a new audience: a customer list, a website rule, or a lookalike; raises GraphError."""
    require(values, "name")
    check_name(values["name"])
    if "rule" in values:
        values["rule"] = _rule(graph, values["rule"])
        values.setdefault("subtype", "ENGAGEMENT" if _engages(values["rule"]) else "WEBSITE")
    require(values, "subtype")
    one_of("subtype", values["subtype"], SUBTYPES)
    if values["subtype"] == "CUSTOM":
        require(values, "customer_file_source")
        one_of("customer_file_source", values["customer_file_source"], ENUMS["customer_file_source"])
        if not graph.switches["customer_terms"]:
            raise refuse("customer_terms")
    if values["subtype"] == "LOOKALIKE":
        _check_lookalike(graph, values)
    if values.get("prefill") is False:  # only visitors from now on; taking all of them is what is done here
        raise refuse("not_reproduced", "prefill", name="prefill")
    values.setdefault("retention_days", 30 if values["subtype"] == "WEBSITE" else 0)
    return values


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    check_name(values.get("name", ""))
    if "rule" in values:
        values["rule"] = _rule(graph, values["rule"])
    return values


def _check_lookalike(graph: Graph, values: dict[str, Any]) -> None:
    """Like the people of another audience, or like those of a pixel's events (value-based lookalikes)."""
    require(values, "lookalike_spec")
    spec = decoded(values["lookalike_spec"])
    if not isinstance(spec, dict):
        raise refuse("type", "lookalike_spec", name="lookalike_spec", want="an object")
    for source in spec.get("origin_event_sources") or ():
        if not isinstance(source, dict) or str(source.get("id")) != graph.world.meta.pixel:
            raise refuse("audience_source", "lookalike_spec", id=source, kind="pixel")
    origin = graph.store.get(values.get("origin_audience_id", ""), "customaudience")
    if origin is None and not spec.get("origin_event_sources"):
        raise refuse("audience_name", "origin_audience_id", detail="A lookalike needs an origin audience.")


def _rule(graph: Graph, text: Any) -> str:
    rule = decoded(text)
    found = (rule.get("inclusions") or {}).get("rules") if isinstance(rule, dict) else None
    if not isinstance(found, list) or not found:
        raise refuse("audience_name", "rule", detail="rule needs inclusions with rules.")
    for one in found + ((rule.get("exclusions") or {}).get("rules") or []):
        _check_rule(graph, one)
    return str(text)


def _check_rule(graph: Graph, one: Any) -> None:
    for name in ("event_sources", "retention_seconds"):
        if not isinstance(one, dict) or name not in one:
            raise refuse("audience_name", "rule", detail=f"Each rule needs {name}.")
    for source in one["event_sources"]:
        kind = str(source.get("type", "pixel"))
        if kind not in SOURCES or not _accessible(graph, kind, str(source.get("id"))):
            raise refuse("audience_source", "rule", id=source.get("id"), kind=kind)
        _check_days(kind, str(one["retention_seconds"]))
        _check_events(kind, one.get("filter"))
    _check_filter(one.get("filter"))


def _accessible(graph: Graph, kind: str, id_: str) -> bool:
    """Whether a source of events is this account's."""
    if kind == "video":
        return graph.store.get(id_, "advideo") is not None
    meta = graph.world.meta
    own = {
        "pixel": (meta.pixel,),
        "page": (meta.page,),
        "ig_business": (meta.instagram,),
        "lead": (meta.page, *posts.FORMS),
    }
    return id_ in own[kind]


def _check_days(kind: str, seconds: str) -> None:
    most = SOURCES[kind][0]
    if not seconds.isdigit() or not 0 < int(seconds) <= most * 86_400:
        raise refuse("audience_days", "rule", kind=kind, most=most)


def _check_events(kind: str, given: Any) -> None:
    allowed = SOURCES[kind][1]
    for event in _events(given) if allowed else ():
        if event not in allowed:
            raise refuse("audience_event", "rule", event=event, kind=kind, allowed=", ".join(sorted(allowed)))


def _events(given: Any) -> list[str]:
    tests = given.get("filters") if isinstance(given, dict) else None
    return [
        str(one.get("value")) for one in tests or () if isinstance(one, dict) and one.get("field") == "event"
    ]


def _engages(text: Any) -> bool:
    """Whether a rule asks for what people did on Meta's own pages rather than on a website."""
    return any(
        str(source.get("type", "pixel")) != "pixel" for one in _rules(text) for source in one["event_sources"]
    )


def _rules(text: Any) -> list[dict[str, Any]]:
    return list((decoded(text).get("inclusions") or {}).get("rules") or ())


def _check_filter(given: Any) -> None:
    """`{operator: and|or, filters: [{field, operator, value} or another filter]}`; none at all: everybody."""
    if given is None:
        return
    tests = given.get("filters") if isinstance(given, dict) else None
    if not isinstance(tests, list) or not tests or given.get("operator") not in FILTER_JOINS:
        raise refuse("audience_name", "rule", detail="A filter needs an operator (and, or) and filters.")
    for test in tests:
        if isinstance(test, dict) and "filters" in test:
            _check_filter(test)
        elif not isinstance(test, dict) or not {"field", "operator", "value"} <= test.keys():
            raise refuse("audience_name", "rule", detail="A filter tests field, operator and value.")
        elif test["operator"] not in FILTER_OPERATORS:
            raise refuse("audience_name", "rule", detail=f"Unknown operator {test['operator']}.")


def size(graph: Graph, data: dict[str, Any]) -> int:
    """People by the clock: visitors for a rule of the pixel, members for a list."""
    rule = membership(graph, data)
    if rule is not None:
        known = visitors.cohorts(graph.ledger, graph.today())
        return visitors.crowd("meta", known, graph.today(), [rule]).people
    if data["subtype"] == "ENGAGEMENT" and "rule" in data:
        return _engaged(graph, data)
    return 850_000 if data["subtype"] == "LOOKALIKE" else len(uploads.present(graph, data))


def _engaged(graph: Graph, data: dict[str, Any]) -> int:
    """People who clicked an ad of ours lately, and of them a made-up share by event."""
    today = graph.today()
    people = 0.0
    for one in _rules(data["rule"]):
        since = today - timedelta(days=int(one["retention_seconds"]) // 86_400)
        only = {"account": [graph.account]}
        clicks = sum(row.clicks for row in graph.ledger.totals("meta", "account", since, today, only))
        shares = [visitors.part_of(event) for event in _events(one.get("filter"))]
        people = max(people, clicks / visitors.VISITS_A_PERSON * max(shares, default=1.0))
    return int(people)


def bound(side: str) -> Callable[[Graph, Node], int]:
    """A tenth below or above the size; anything small is told as SMALLEST, as the platform does."""
    tenths = {"lower": 9, "upper": 11}[side]

    def value(graph: Graph, node: Node) -> int:
        people = size(graph, node.data)
        return SMALLEST if people < SMALLEST else people * tenths // 10

    return value


def delivery_status(graph: Graph, node: Node) -> dict[str, Any]:
    if membership(graph, node.data) and size(graph, node.data) < visitors.MINIMUM["meta"]:
        return {"code": 300, "description": "This audience is too small for ads to be aimed at it."}
    return {"code": 200, "description": "This audience is ready for use."}


def lookalike_spec(graph: Graph, node: Node) -> dict[str, Any] | None:
    """As the guide to lookalikes tells it ("Managing audiences"): with its origin and all countries."""
    spec = decoded(node.get("lookalike_spec"))
    if not isinstance(spec, dict):
        return None
    origin = graph.store.get(node.get("origin_audience_id", ""), "customaudience")
    places = (spec.get("location_spec") or {}).get("geo_locations") or {}
    said = {name: spec[name] for name in ("starting_ratio", "ratio", "country") if name in spec}
    told = {"id": origin.id, "name": origin.data["name"], "type": "custom_audience"} if origin else None
    return {
        "type": "custom_ratio" if "ratio" in spec else spec.get("type", "similarity"),
        **said,
        "origin": [told] if told else [],
        "target_countries": places.get("countries") or [spec[name] for name in ("country",) if name in spec],
    }


def membership(graph: Graph, data: dict[str, Any]) -> visitors.Membership | None:
    """Who is in, if it is an audience of website visitors."""
    if data.get("subtype") != "WEBSITE" or "rule" not in data:
        return None
    rule = decoded(data["rule"])
    sides = [rule.get(name) or {} for name in ("inclusions", "exclusions")]
    included, excluded = ([_visited(graph, one) for one in side.get("rules") or ()] for side in sides)
    every = sides[0].get("operator", "or") == "and"
    return visitors.Membership(tuple(included), tuple(excluded), every)


def _visited(graph: Graph, one: dict[str, Any]) -> visitors.Rule:
    """The event and address that a rule of the pixel asks for; everybody where it asks for neither."""
    asked = {
        test.get("field"): str(test.get("value")) for test in (one.get("filter") or {}).get("filters", ())
    }
    days = -(-int(one["retention_seconds"]) // 86_400)
    return visitors.Rule(asked.get("event", "PageView"), days, asked.get("url", ""))
