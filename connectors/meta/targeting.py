"""Who sees the ads: the normal form of a targeting to Graph's, names turned into keys, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from connectors.meta import normal, products
from engine.resource import Value, digest_of

# Fields of a group in flexible_spec by what the language calls them; demographics are several of Meta's.
DEMOGRAPHICS = ("life_events", "industries", "income", "family_statuses")
FIELDS: Mapping[str, str] = {
    "interests": "interests", "behaviors": "behaviors", **dict.fromkeys(DEMOGRAPHICS, "demographics"),
}  # fmt: skip
PRODUCTS: Mapping[str, str] = {
    "product_audience": "product_audience_specs",
    "excluded_product_audience": "excluded_product_audience_specs",
}
MILE = 1.609344  # kilometres; the unit in which Graph tells a radius that was chosen in miles


class Keys(Protocol):
    """Names ↔ Meta's keys, as `Places` knows them."""

    def region_key(self, code: str) -> str: ...
    def region_code(self, row: Mapping[str, Any]) -> str: ...
    def locale_keys(self, code: str) -> list[int]: ...
    def language(self, key: int) -> str: ...
    def city(self, name: str, region: str) -> str: ...
    def city_name(self, row: Mapping[str, Any]) -> tuple[str, str]: ...
    def detail(self, kind: str, name: str) -> tuple[str, str]: ...
    def detail_name(self, kind: str, row: Mapping[str, Any]) -> str: ...
    def product_set(self, id: str) -> str: ...


def send(form: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Meta's targeting of a normal form; empty lists mean no limit and are left out."""
    spec: dict[str, Any] = {
        "age_min": form["age_min"],
        "age_max": form["age_max"],
        "targeting_automation": dict(form["targeting_automation"]),
        "geo_locations": _geo(form["geo_locations"], keys),
    }
    lists: dict[str, Any] = {
        "genders": form["genders"],
        "locales": [key for code in form["locales"] for key in keys.locale_keys(code)],
        "custom_audiences": [{"id": each} for each in form["custom_audiences"]],
        "excluded_custom_audiences": [{"id": each} for each in form["excluded_custom_audiences"]],
        **{name: form[name] for name in normal.PLACEMENT_LISTS},
        "user_os": form.get("user_os", ()),
        "flexible_spec": [_group(each, keys) for each in (form, *form.get("narrow", ())) if _says(each)],
    }
    lists |= {theirs: products.send(form[ours]) for ours, theirs in PRODUCTS.items() if form.get(ours)}
    spec |= {name: list(value) for name, value in lists.items() if value}
    spec[normal.EXCLUDED] = _geo(form.get(normal.EXCLUDED) or {}, keys)
    return {name: value for name, value in spec.items() if value != {}}


def _geo(places: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    geo = {
        "countries": list(places.get("countries", ())),
        "regions": [{"key": keys.region_key(code)} for code in places.get("regions", ())],
        "cities": [_city(text, keys) for text in places.get("cities", ())],
        "zips": [{"key": code} for code in places.get("zips", ())],
    }
    return {name: value for name, value in geo.items() if value}


def _city(text: str, keys: Keys) -> dict[str, Any]:
    name, region, radius = normal.city_parts(text)
    around = {"radius": radius, "distance_unit": "kilometer"} if radius else {}
    return {"key": keys.city(name, region), **around}


def _says(form: Mapping[str, Any]) -> bool:
    return any(form.get(kind) for kind in normal.DETAIL)


def _group(form: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    made: dict[str, list[dict[str, str]]] = {}
    for kind in normal.DETAIL:
        for name in form.get(kind, ()):
            field, id = keys.detail(kind, name)
            made.setdefault(field, []).append({"id": id, "name": name})
    return made


def receive(spec: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    """The normal form of a targeting as Graph returns it, keys turned back into names."""
    geo = spec.get("geo_locations") or {}
    automation = spec.get("targeting_automation") or {}
    main, *narrow = _groups(spec) or [{}]
    return normal.targeting(
        **_places(geo, keys),
        age=(int(spec.get("age_min", normal.AGE_LEAST)), int(spec.get("age_max", normal.AGE_MOST))),
        genders=[int(each) for each in spec.get("genders") or ()],
        languages={keys.language(int(each)) for each in spec.get("locales") or ()},
        include=_ids(spec.get("custom_audiences")),
        exclude=_ids(spec.get("excluded_custom_audiences")),
        placements={name: spec.get(name) or () for name in normal.PLACEMENT_LISTS},
        advantage=int(automation.get("advantage_audience") or 0),
        others=_others(spec),
        narrow=[_names(each, keys) for each in narrow],
        systems=spec.get("user_os") or (),
        products={
            ours: products.receive(spec[theirs], keys.product_set)
            for ours, theirs in PRODUCTS.items()
            if spec.get(theirs)
        },
        excluded=_places(spec.get(normal.EXCLUDED) or {}, keys),
        **_names(main, keys),
    )


def _places(geo: Mapping[str, Any], keys: Keys) -> dict[str, list[str]]:
    return {
        "countries": list(geo.get("countries") or ()),
        "regions": [keys.region_code(each) for each in geo.get("regions") or ()],
        "cities": [_city_text(each, keys) for each in geo.get("cities") or ()],
        "zips": [str(each["key"]) for each in geo.get("zips") or ()],
    }


def _groups(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All of flexible_spec; where there is none, what stands outside of it means the same."""
    groups = [each for each in spec.get("flexible_spec") or () if each]
    outside = {field: spec[field] for field in FIELDS if spec.get(field)}
    return groups or ([outside] if outside else [])


def _names(group: Mapping[str, Any], keys: Keys) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {kind: [] for kind in normal.DETAIL}
    for field, kind in FIELDS.items():
        found[kind] += [keys.detail_name(field, each) for each in group.get(field) or ()]
    return found


def _city_text(row: Mapping[str, Any], keys: Keys) -> str:
    name, region = keys.city_name(row)
    radius = float(row.get("radius") or 0)
    unit = MILE if row.get("distance_unit", "mile") == "mile" else 1.0
    return normal.city(name, region, round(radius * unit) or None)


# Targeting that we never write and that changes who is reached (fields of the SDK's Targeting and
# TargetingGeoLocation). What Meta adds by itself (location_types, relaxation, brand safety) is not among it.
NARROWING = (
    "exclusions", "education_statuses", "education_majors", "education_schools",
    "work_positions", "work_employers", "college_years", "relationship_statuses", "user_device",
    "excluded_user_device", "wireless_carrier", "connections", "excluded_connections",
    "friends_of_connections", "user_adclusters",
)  # fmt: skip
NARROWING_PLACES = (
    "places", "custom_locations", "geo_markets", "country_groups", "electoral_districts", "large_geo_areas",
    "medium_geo_areas", "small_geo_areas", "metro_areas", "neighborhoods", "subcities", "subneighborhoods",
)  # fmt: skip


def _others(spec: Mapping[str, Any]) -> list[str]:
    """Each such key with a digest of what it says, so that a change of it is seen too."""
    geo = spec.get("geo_locations") or {}
    out = spec.get(normal.EXCLUDED) or {}
    found = {f"geo_locations.{name}": geo.get(name) for name in NARROWING_PLACES}
    found |= {f"{normal.EXCLUDED}.{name}": out.get(name) for name in NARROWING_PLACES}
    found |= {name: spec.get(name) for name in NARROWING}
    if spec.get("flexible_spec"):
        found |= {name: spec.get(name) for name in FIELDS}  # beside it, people have to match these too
    groups = [
        {name: value for name, value in group.items() if name not in FIELDS and value}
        for group in spec.get("flexible_spec") or ()
    ]
    found["flexible_spec"] = [group for group in groups if group]
    return [f"{name} {digest_of(value)[:8]}" for name, value in found.items() if value]


def _ids(rows: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
    return tuple(sorted(str(each["id"]) for each in rows or ()))
