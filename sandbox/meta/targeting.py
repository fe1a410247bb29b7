"""Targeting specifications: what is checked in them, and how many people they reach."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sandbox.meta import catalogue
from sandbox.meta.context import Graph
from sandbox.meta.enums import NESTED
from sandbox.meta.errors import refuse
from sandbox.meta.places import CATEGORIES, COUNTRIES, INTERESTS, LOCALES, PLACES, ZIP_PEOPLE, zip_place
from sandbox.meta.rules import (
    AGE_LEAST,
    AGE_MOST,
    DEVICES,
    EU,
    GEO_KEYS,
    GEO_LIMIT,
    GEO_PLACES,
    PLATFORMS,
    POSITIONS,
    POSITIONS_GONE,
    RADIUS,
)

DETAIL = ("interests", *sorted({field for _, _, field, _ in CATEGORIES.values()}))
# Fields that a group of flexible_spec may have (targeting reference, "flexible spec").
FLEXIBLE = frozenset(
    (*DETAIL, "education_schools", "education_statuses", "education_majors", "college_years", "connections",
     "friends_of_connections", "custom_audiences", "relationship_statuses", "interested_in",
     "work_employers", "work_positions", "user_adclusters")
)  # fmt: skip
PROTECTED = frozenset({"HOUSING", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES"})
PROTECTED_RADIUS = {"mile": 15, "kilometer": 25}
ONLINE = 0.62  # share of the people who use the platforms; a choice
AGES = 79 - 13  # ages over which people are spread evenly; a choice


def check(graph: Graph, spec: Any) -> dict[str, Any]:
    """The specification with the defaults the platform answers with (ages); raises GraphError."""
    if not isinstance(spec, dict):
        raise refuse("type", "targeting", name="targeting", want="an object")
    for key in spec:
        if key not in NESTED["targeting"]:
            raise refuse("nested", f"targeting.{key}", name=key, where="targeting")
    _check_geo(spec)
    _check_people(spec)
    _check_placements(spec)
    _check_detail(spec)
    _check_audiences(graph, spec)
    catalogue.check_people(graph, spec)
    _check_advantage(spec)
    return {"age_max": AGE_MOST, "age_min": 18, **_described(spec)}


def _described(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification as it is read back: places and interests with their names."""
    named = dict(spec)
    for side in ("geo_locations", "excluded_geo_locations"):
        if side in spec:
            geo = {
                plural: [_place_described(kind, place) for place in spec[side].get(plural, ())]
                for plural, kind in (("regions", "region"), ("cities", "city"))
                if plural in spec[side]
            }
            named[side] = {**spec[side], **geo}
            if "zips" in spec[side]:
                named[side]["zips"] = [_zip_described(each) for each in spec[side]["zips"]]
    if "flexible_spec" in spec:
        named["flexible_spec"] = [_detail_described(part) for part in spec["flexible_spec"]]
    return _detail_described(named)


def _place_described(kind: str, given: Any) -> dict[str, Any]:
    given = given if isinstance(given, dict) else {"key": given}
    place = PLACES[kind, str(given["key"])]
    about = {"key": place.key, "name": place.name, "country": place.country}
    if kind == "city":
        about |= {"region": place.region, "region_id": place.region_id}
    return {**given, **about}


def _zip_described(given: Any) -> dict[str, Any]:
    place = zip_place(key_of(given))
    assert place is not None  # as checked
    return {"key": place.key, "name": place.name, "country": place.country}


def _detail_described(part: dict[str, Any]) -> dict[str, Any]:
    """With the names of interests, behaviours and demographics."""
    named = {
        field: [{"id": _id(one), "name": _name(field, _id(one))} for one in part[field]]
        for field in DETAIL
        if part.get(field)
    }
    return {**part, **named}


def _name(field: str, key: str) -> str | None:
    """What a key of a field means; None for one that cannot be targeted."""
    if field == "interests":
        return INTERESTS[key][0] if key in INTERESTS else None
    name, _, of, _ = CATEGORIES.get(key, ("", 0, "", ()))
    return name if of == field else None


def _id(one: Any) -> str:
    return str(one.get("id", "")) if isinstance(one, dict) else str(one)


def key_of(place: Any) -> str:
    return str(place.get("key", "")) if isinstance(place, dict) else str(place)


def _fail(name: str, detail: str) -> Exception:
    return refuse("targeting_value", f"targeting.{name}", name=name, detail=detail)


def _check_geo(spec: dict[str, Any]) -> None:
    for side in ("geo_locations", "excluded_geo_locations"):
        _check_places(side, spec.get(side, {}))
    geo = spec.get("geo_locations", {})
    aimed = spec.get("custom_audiences") or spec.get("product_audience_specs")
    if not any(geo.get(key) for key in GEO_PLACES) and not aimed:
        raise refuse("geo_missing", "targeting.geo_locations")


def _check_places(side: str, geo: Any) -> None:
    if not isinstance(geo, dict):
        raise _fail(side, "must be an object")
    for key, places in geo.items():
        if key not in GEO_KEYS:
            raise refuse("nested", f"targeting.{side}.{key}", name=key, where=side)
        if key == "location_types":
            raise refuse("location_types", f"targeting.{side}.location_types")
        if not isinstance(places, list):
            raise _fail(f"{side}.{key}", "must be an array")
        if len(places) > GEO_LIMIT.get(key, 1000):
            raise _fail(f"{side}.{key}", f"at most {GEO_LIMIT.get(key, 1000)} (given: {len(places)})")
    for country in geo.get("countries", ()):
        if country not in COUNTRIES:
            raise refuse("geo_unknown", f"targeting.{side}.countries", where="countries", key=country)
    for plural, kind in (("regions", "region"), ("cities", "city")):
        for place in geo.get(plural, ()):
            _check_place(side, plural, kind, place)
    for place in geo.get("zips", ()):
        if zip_place(key_of(place)) is None:
            raise refuse("geo_unknown", f"targeting.{side}.zips", where="zips", key=key_of(place))


def _check_place(side: str, plural: str, kind: str, place: Any) -> None:
    key = str(place.get("key", "")) if isinstance(place, dict) else str(place)
    if (kind, key) not in PLACES:
        raise refuse("geo_unknown", f"targeting.{side}.{plural}", where=plural, key=key)
    if kind == "city" and isinstance(place, dict) and "radius" in place:
        unit = place.get("distance_unit", "mile")
        least, most = RADIUS.get(unit, (0, 0))
        if not least <= float(place["radius"]) <= most:
            raise _fail(f"{side}.cities", f"radius must be {least} to {most} {unit}")


def _check_people(spec: dict[str, Any]) -> None:
    youngest, oldest = spec.get("age_min", 18), spec.get("age_max", AGE_MOST)
    for name, age in (("age_min", youngest), ("age_max", oldest)):
        if not isinstance(age, int) or isinstance(age, bool) or not AGE_LEAST <= age <= AGE_MOST:
            raise _fail(name, f"must be a whole number from {AGE_LEAST} to {AGE_MOST} (given: {age})")
    if youngest > oldest:
        raise _fail("age_min", f"must not exceed age_max ({youngest} > {oldest})")
    genders = spec.get("genders", [])
    if not isinstance(genders, list) or any(gender not in (0, 1, 2) for gender in genders):
        raise _fail("genders", "must be an array of 1 (men) and 2 (women)")


def _check_placements(spec: dict[str, Any]) -> None:
    platforms = _texts(spec, "publisher_platforms", PLATFORMS)
    _texts(spec, "device_platforms", DEVICES)
    for system in spec.get("user_os", ()):
        if not re.fullmatch(r"(Android|iOS)(_ver_\d+\.\d+(_and_above|_to_\d+\.\d+))?", str(system)):
            raise _fail("user_os", f"{system} is no operating system")
    for name, known in POSITIONS.items():
        for value in spec.get(name, ()):
            if (name, value) in POSITIONS_GONE:
                raise refuse("placement_gone", f"targeting.{name}", name=name, value=value)
        chosen = _texts(spec, name, known)
        platform = name.removesuffix("_positions")
        if chosen and platforms and platform not in platforms:
            raise _fail(name, f"needs {platform} among publisher_platforms")


def _texts(spec: dict[str, Any], name: str, known: frozenset[str]) -> list[str]:
    values = spec.get(name, [])
    if not isinstance(values, list):
        raise _fail(name, "must be an array")
    for value in values:
        if value not in known:
            raise _fail(name, f"{value} is not one of {', '.join(sorted(known))}")
    return values


def _check_detail(spec: dict[str, Any]) -> None:
    specs = spec.get("flexible_spec", [])
    if not isinstance(specs, list):
        raise _fail("flexible_spec", "must be an array")
    for part in [spec, *specs]:
        for field in DETAIL:
            for one in part.get(field, ()):
                if _name(field, _id(one)) is None:
                    raise refuse("interest_unknown", "targeting.flexible_spec", where=field, key=_id(one))
    for part in specs:
        for field in part:
            if field not in FLEXIBLE:
                raise refuse("nested", f"targeting.flexible_spec.{field}", name=field, where="flexible_spec")
    for locale in spec.get("locales", ()):
        if str(locale) not in LOCALES:
            raise refuse("interest_unknown", "targeting.locales", where="locales", key=locale)


def _check_audiences(graph: Graph, spec: dict[str, Any]) -> None:
    for name in ("custom_audiences", "excluded_custom_audiences"):
        audiences = spec.get(name, [])
        if not isinstance(audiences, list) or len(audiences) > 500:
            raise _fail(name, "must be an array of at most 500 audiences")
        for audience in audiences:
            key = str(audience.get("id", "")) if isinstance(audience, dict) else str(audience)
            if not graph.store.get(key, "customaudience"):
                raise _fail(name, f"audience {key} doesn't exist")


def _check_advantage(spec: dict[str, Any]) -> None:
    automation = spec.get("targeting_automation")
    if not isinstance(automation, dict) or automation.get("advantage_audience") not in (0, 1):
        raise refuse("advantage_flag", "targeting.targeting_automation")


def check_category(categories: Iterable[str], spec: dict[str, Any]) -> None:
    """Housing, work and credit reach everybody (special ad categories, targeting restrictions)."""
    if not PROTECTED & set(categories):
        return
    if (spec.get("age_min", 18), spec.get("age_max", AGE_MOST)) != (18, AGE_MOST):
        raise _fail("age_min", "ages cannot be chosen with this special ad category")
    if set(spec.get("genders", ())) - {0} and len(set(spec["genders"]) - {0}) == 1:
        raise _fail("genders", "genders cannot be chosen with this special ad category")
    geo = spec.get("geo_locations", {})
    if geo.get("zips"):
        raise _fail("geo_locations.zips", "postal codes cannot be chosen with this special ad category")
    for city in geo.get("cities", ()):
        unit = city.get("distance_unit", "mile") if isinstance(city, dict) else "mile"
        if not isinstance(city, dict) or float(city.get("radius", 0)) < PROTECTED_RADIUS[unit]:
            raise _fail(
                "geo_locations.cities", "cities need a radius of 15 miles with this special ad category"
            )


def reaches_eu(spec: dict[str, Any]) -> bool:
    geo = spec.get("geo_locations", {})
    if EU & set(geo.get("countries", ())):
        return True
    places = [("region", p) for p in geo.get("regions", ())] + [("city", p) for p in geo.get("cities", ())]
    found = [PLACES.get((kind, str(p.get("key") if isinstance(p, dict) else p))) for kind, p in places]
    found += [zip_place(key_of(place)) for place in geo.get("zips", ())]
    return any(place.country in EU for place in found if place)


def _inhabitants(geo: dict[str, Any]) -> int:
    """Thousands of people who live in the places."""
    people: int = sum(COUNTRIES[c][1] for c in geo.get("countries", ()))
    for plural, kind in (("regions", "region"), ("cities", "city")):
        for place in geo.get(plural, ()):
            people += PLACES[kind, str(place.get("key") if isinstance(place, dict) else place)].people
    return people + sum(ZIP_PEOPLE for _ in geo.get("zips", ()))


def audience_size(spec: dict[str, Any]) -> int:
    """People a specification reaches, roughly, by places, ages, one gender and interests."""
    people = _inhabitants(spec.get("geo_locations", {})) or 500
    people = max(people - _inhabitants(spec.get("excluded_geo_locations", {})), 1)
    ages = min(spec.get("age_max", AGE_MOST), AGE_MOST) - spec.get("age_min", 18) + 1
    ages += 14 if spec.get("age_max", AGE_MOST) >= AGE_MOST else 0
    share = ONLINE * min(ages / AGES, 1.0) * (0.5 if len(set(spec.get("genders", [])) - {0}) == 1 else 1.0)
    share *= 0.4 ** sum(1 for part in [spec, *spec.get("flexible_spec", ())] if any(map(part.get, DETAIL)))
    return max(1000, int(people * 1000 * share))
