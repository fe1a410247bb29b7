"""Canonical fields to Graph parameters and Graph rows to canonical fields: receive(send(x)) == x."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from connectors.meta import audience, content, normal
from engine.resource import Fields, Ref, Value, digest_of, to_json

BUDGETS = ("daily_budget", "lifetime_budget")
# What takes a value away: an open end and no spend limit as the references of ad set and campaign say; a bid
# as the guide to campaign budgets says of spend targets, "set it to 0 or an empty value".
UNSET: Mapping[str, Any] = {
    "end_time": 0,
    "spend_cap": 922_337_203_685_478,
    "bid_amount": 0,
    "bid_constraints": {},
}
# Fields read from each edge, beside id and adlabels.
READ_FIELDS: Mapping[str, tuple[str, ...]] = {
    "campaign": (
        "name", "objective", "status", "effective_status", "buying_type", "special_ad_categories",
        "special_ad_category_country", "is_adset_budget_sharing_enabled", *BUDGETS, "bid_strategy",
        "spend_cap",
    ),
    "ad_set": (
        "campaign_id", "name", "status", "effective_status", "optimization_goal", "destination_type",
        "promoted_object", "attribution_spec", "billing_event", *BUDGETS, "bid_strategy", "bid_amount",
        "bid_constraints", "targeting", "start_time", "end_time", "dsa_beneficiary", "dsa_payor",
    ),
    "ad": ("adset_id", "creative", "name", "status", "effective_status"),
    "creative": (
        "name", "status", "object_story_spec", "object_story_id", "asset_feed_spec", "url_tags",
        "instagram_user_id",
    ),
    "image": ("name", "hash", "status"),
    "video": ("title", "status"),
    "audience": ("name", "description", "rule"),
}  # fmt: skip


class Keys(Protocol):
    """Names ↔ Meta's keys, as `Places` knows them."""

    def region_key(self, code: str) -> str: ...
    def region_code(self, row: Mapping[str, Any]) -> str: ...
    def locale_keys(self, code: str) -> list[int]: ...
    def language(self, key: int) -> str: ...
    def interest(self, name: str) -> str: ...


def send(fields: Fields, keys: Keys) -> dict[str, Any]:
    """Parameters for a create, or for an update with only `after`. Refs must be resolved; None is left out,
    but where Meta has a value for it. Raises Rejected for names that Meta does not know.
    """
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, Ref):
            raise ValueError(f"{name} still refers to {value.address}")
        plain = to_json(value)
        if name == "targeting":
            made[name] = targeting_spec(plain, keys)
        elif plain is None and name in UNSET:
            made[name] = UNSET[name]
        elif name == "asset_feed_spec":
            made[name] = {part: each for part, each in plain.items() if each}
        elif plain is not None:
            made[name] = plain
    return made


def targeting_spec(form: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Meta's targeting of a normal form; empty lists mean no limit and are left out."""
    places = form["geo_locations"]
    spec: dict[str, Any] = {
        "age_min": form["age_min"],
        "age_max": form["age_max"],
        "targeting_automation": dict(form["targeting_automation"]),
    }
    geo = {
        "countries": list(places["countries"]),
        "regions": [{"key": keys.region_key(code)} for code in places["regions"]],
    }
    spec["geo_locations"] = {name: value for name, value in geo.items() if value}
    lists: dict[str, Any] = {
        "genders": form["genders"],
        "locales": [key for code in form["locales"] for key in keys.locale_keys(code)],
        "custom_audiences": [{"id": each} for each in form["custom_audiences"]],
        "excluded_custom_audiences": [{"id": each} for each in form["excluded_custom_audiences"]],
        **{name: form[name] for name in normal.PLACEMENT_LISTS},
    }
    spec |= {name: list(value) for name, value in lists.items() if value}
    if form["interests"]:
        spec["flexible_spec"] = [
            {"interests": [{"id": keys.interest(name), "name": name} for name in form["interests"]]}
        ]
    return {name: value for name, value in spec.items() if value != {}}


def receive(kind: str, row: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    """Canonical fields of a row that Graph returned: what we never set is left out."""
    return RECEIVE[kind](row, keys)


def _campaign(row: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    made = normal.texts(row, "name", "objective", "status", "buying_type", "bid_strategy")
    made["special_ad_categories"] = _categories(row)
    if row.get("special_ad_category_country"):
        made["special_ad_category_country"] = normal.words(row["special_ad_category_country"])
    made["is_adset_budget_sharing_enabled"] = bool(row.get("is_adset_budget_sharing_enabled"))
    if normal.money(row.get("spend_cap")) is not None:
        made["spend_cap"] = normal.money(row["spend_cap"])
    return made | _budgets(row)


def _categories(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each for each in normal.words(row.get("special_ad_categories")) if each != "NONE")


def _ad_set(row: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    made = normal.texts(
        row, "campaign_id", "name", "status", "optimization_goal", "destination_type", "billing_event",
        "bid_strategy", "dsa_beneficiary", "dsa_payor",
    )  # fmt: skip
    made |= _budgets(row)
    made["targeting"] = targeting_form(row.get("targeting") or {}, keys)
    made["end_time"] = normal.same_instant(row.get("end_time"))
    if row.get("start_time"):
        made["start_time"] = normal.same_instant(row["start_time"])
    if row.get("promoted_object"):
        made["promoted_object"] = normal.promoted(row["promoted_object"])
    if row.get("attribution_spec"):
        windows = [(str(each["event_type"]), int(each["window_days"])) for each in row["attribution_spec"]]
        made["attribution_spec"] = normal.attribution(windows)
    if normal.money(row.get("bid_amount")) is not None:
        made["bid_amount"] = normal.money(row["bid_amount"])
    floor = (row.get("bid_constraints") or {}).get("roas_average_floor")
    if floor is not None:
        made["bid_constraints"] = {"roas_average_floor": int(floor)}
    return made


def targeting_form(spec: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    """The normal form of a targeting as Graph returns it, keys turned back into names."""
    geo = spec.get("geo_locations") or {}
    automation = spec.get("targeting_automation") or {}
    return normal.targeting(
        countries=geo.get("countries") or (),
        regions=[keys.region_code(each) for each in geo.get("regions") or ()],
        age=(int(spec.get("age_min", normal.AGE_LEAST)), int(spec.get("age_max", normal.AGE_MOST))),
        genders=[int(each) for each in spec.get("genders") or ()],
        languages={keys.language(int(each)) for each in spec.get("locales") or ()},
        interests=_interests(spec),
        include=_ids(spec.get("custom_audiences")),
        exclude=_ids(spec.get("excluded_custom_audiences")),
        placements={name: spec.get(name) or () for name in normal.PLACEMENT_LISTS},
        advantage=int(automation.get("advantage_audience") or 0),
        others=_others(spec),
    )


# Targeting that we never write and that changes who is reached (fields of the SDK's Targeting and
# TargetingGeoLocation). What Meta adds by itself (location_types, relaxation, brand safety) is not among it.
NARROWING = (
    "excluded_geo_locations", "exclusions", "behaviors", "life_events", "industries", "income",
    "family_statuses", "education_statuses", "education_majors", "education_schools", "work_positions",
    "work_employers", "college_years", "relationship_statuses", "user_os", "user_device",
    "excluded_user_device", "wireless_carrier", "connections", "excluded_connections",
    "friends_of_connections", "user_adclusters", "product_audience_specs",
)  # fmt: skip
NARROWING_PLACES = (
    "cities", "zips", "places", "custom_locations", "geo_markets", "country_groups", "electoral_districts",
    "large_geo_areas", "medium_geo_areas", "small_geo_areas", "metro_areas", "neighborhoods", "subcities",
    "subneighborhoods",
)  # fmt: skip


def _others(spec: Mapping[str, Any]) -> list[str]:
    """Each such key with a digest of what it says, so that a change of it is seen too."""
    geo = spec.get("geo_locations") or {}
    found = {f"geo_locations.{name}": geo.get(name) for name in NARROWING_PLACES}
    found |= {name: spec.get(name) for name in NARROWING}
    groups = [
        {name: value for name, value in group.items() if name != "interests" and value}
        for group in spec.get("flexible_spec") or ()
    ]
    found["flexible_spec"] = [group for group in groups if group]
    return [f"{name} {digest_of(value)[:8]}" for name, value in found.items() if value]


def _interests(spec: Mapping[str, Any]) -> list[str]:
    groups = [*(spec.get("flexible_spec") or ()), spec]
    return [str(each.get("name") or each["id"]) for one in groups for each in one.get("interests") or ()]


def _ids(rows: Any) -> tuple[str, ...]:
    return tuple(sorted(str(each["id"]) for each in rows or ()))


def _ad(row: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    creative = row.get("creative") or {}
    made = normal.texts(row, "adset_id", "name", "status")
    return {**made, "creative": {"creative_id": str(creative.get("id") or creative.get("creative_id"))}}


def _budgets(row: Mapping[str, Any]) -> dict[str, Value]:
    return {name: normal.money(row.get(name)) for name in BUDGETS}


RECEIVE: Mapping[str, Callable[[Mapping[str, Any], Keys], dict[str, Value]]] = {
    "campaign": _campaign,
    "ad_set": _ad_set,
    "ad": _ad,
    "creative": content.creative,
    "image": content.image,
    "video": content.video,
    "audience": lambda row, keys: audience.receive(row),
}
