"""What is there before anything is made (user, account, page, pixel, business), and targeting search."""

from __future__ import annotations

from typing import Any

from sandbox.meta import catalogue
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.places import (
    CATEGORIES,
    CLASSES,
    INTERESTS,
    LOCALES,
    LOCATION_TYPES,
    find,
    find_zips,
    fold,
)
from sandbox.meta.store import Node
from sandbox.meta.structures import chosen

PARAMS = {  # what each kind of search takes (Targeting Search guide)
    "adgeolocation": {"q": "s", "location_types": "l", "country_code": "s", "region_id": "u", "limit": "u"},
    "adcountry": {"q": "s", "limit": "u"},
    "adinterest": {"q": "s", "limit": "u"},
    "adinterestsuggestion": {"interest_list": "l", "limit": "u"},
    "adinterestvalid": {"interest_list": "l", "interest_fbid_list": "l"},
    "adlocale": {"q": "s", "limit": "u"},
    "adTargetingCategory": {"class": "s", "q": "s", "limit": "u"},
}


def fixed(graph: Graph) -> dict[str, Node]:
    """The nodes of the world by id; `me` is the user."""
    meta = graph.world.meta
    business = {"id": meta.business, "name": meta.business_name}
    user = _node("user", meta.user, name="Sandbox system user")
    return {
        "me": user,
        meta.user: user,
        meta.account: _node("adaccount", meta.account),
        meta.page: _node(
            "page",
            meta.page,
            name=meta.page_name,
            category="Restaurant",
            is_published=True,
            business=business,
        ),
        meta.business: _node(
            "business", meta.business, name=meta.business_name, verification_status="verified"
        ),
        **catalogue.fixed(graph),
        meta.pixel: _node("adspixel", meta.pixel, name=f"{meta.page_name} pixel", owner_business=business),
    }


def _node(kind: str, id_: str, **data: Any) -> Node:
    return Node(0, id_, kind, 0, 0, data)


def answer(graph: Graph, call: Call) -> Any:
    """GET search?type=…&q=…"""
    if call.method != "GET":
        raise refuse("method", method=call.method.lower(), path="search")
    require(call.params, "type")
    one_of("type", call.params["type"], PARAMS)
    values = parse(call.params, {"type": "s", **PARAMS[call.params["type"]]}, graph.zone)
    rows = _FINDERS[values["type"]](values)
    if "limit" in values:
        rows = rows[: values["limit"]]
    return {"data": [chosen("targetingoption", row, call) for row in rows]}


def _places(values: dict[str, Any]) -> list[dict[str, object]]:
    for kind in values.get("location_types", ()):
        one_of("location_types", kind, LOCATION_TYPES)
    found = find(
        values.get("q", ""),
        values.get("location_types", []),
        values.get("country_code"),
        values.get("limit", 25),
    )
    if "zip" in values.get("location_types", ("zip",)):
        found += find_zips(values.get("q", ""), values.get("country_code"))
    if "region_id" in values:
        found = [row for row in found if row.get("region_id") == values["region_id"]]
    return found


def _countries(values: dict[str, Any]) -> list[dict[str, object]]:
    return find(values.get("q", ""), ["country"], None, values.get("limit", 250))


def _interests(values: dict[str, Any]) -> list[dict[str, Any]]:
    require(values, "q")
    wanted = fold(values["q"])
    return [_interest(key) for key in INTERESTS if wanted in fold(INTERESTS[key][0])][
        : values.get("limit", 25)
    ]


def _valid_interests(values: dict[str, Any]) -> list[dict[str, Any]]:
    named = {fold(name): key for key, (name, _, _) in INTERESTS.items()}
    rows = []
    for name in values.get("interest_list", ()):
        key = named.get(fold(str(name)))
        rows.append(_interest(key) | {"valid": True} if key else {"name": name, "valid": False})
    known = [str(key) for key in values.get("interest_fbid_list", ())]
    return rows + [
        _interest(key) | {"valid": True} if key in INTERESTS else {"id": key, "valid": False} for key in known
    ]


def _suggested_interests(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Interests of the same topics as the named ones, those themselves left out (Targeting Search guide)."""
    require(values, "interest_list")
    named = {fold(str(name)) for name in values["interest_list"]}
    topics = {topic for name, _, topic in INTERESTS.values() if fold(name) in named}
    found = [k for k, (name, _, topic) in INTERESTS.items() if topic in topics and fold(name) not in named]
    return [_interest(key) for key in found[: values.get("limit", 25)]]


def _interest(key: str) -> dict[str, Any]:
    name, people, topic = INTERESTS[key]
    return {
        "id": key,
        "name": name,
        "audience_size_lower_bound": people * 900,
        "audience_size_upper_bound": people * 1100,
        "path": ["Interests", topic, name],
        "topic": topic,
    }


def _locales(values: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = fold(values.get("q", ""))
    return [{"key": int(key), "name": name} for key, name in LOCALES.items() if wanted in fold(name)]


def _categories(values: dict[str, Any]) -> list[dict[str, Any]]:
    """All of a class; `demographics` is all that is neither interests nor behaviours."""
    require(values, "class")
    wanted, text = values["class"], fold(values.get("q", ""))
    one_of("class", wanted, CLASSES)
    if wanted == "interests":
        return [_interest(key) | {"type": "interests"} for key in INTERESTS]
    return [
        _category(key)
        for key, (name, _, field, _) in CATEGORIES.items()
        if (field == wanted or (wanted == "demographics" and field != "behaviors")) and text in fold(name)
    ][: values.get("limit", 250)]


def _category(key: str) -> dict[str, Any]:
    name, people, field, path = CATEGORIES[key]
    return {
        "id": key,
        "name": name,
        "type": field,
        "path": [*path, name],
        "audience_size_lower_bound": people * 900,
        "audience_size_upper_bound": people * 1100,
    }


_FINDERS: dict[str, Any] = {
    "adgeolocation": _places,
    "adcountry": _countries,
    "adinterest": _interests,
    "adinterestsuggestion": _suggested_interests,
    "adinterestvalid": _valid_interests,
    "adlocale": _locales,
    "adTargetingCategory": _categories,
}
