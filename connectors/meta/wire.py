"""Canonical fields to Graph parameters and Graph rows to canonical fields: receive(send(x)) == x."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connectors.meta import audience, content, normal, products, targeting
from connectors.meta.targeting import Keys
from engine.resource import Fields, Ref, Value, to_json

BUDGETS = ("daily_budget", "lifetime_budget")
# What takes a value away: an open end and no spend limit as the references of ad set and campaign say; a bid
# as the guide to campaign budgets says of spend targets, "set it to 0 or an empty value".
UNSET: Mapping[str, Any] = {
    "end_time": 0,
    "spend_cap": 922_337_203_685_478,
    "bid_amount": 0,
    "bid_constraints": {},
    "adset_schedule": [],
    **dict.fromkeys(normal.LIMITS, 0),
}
# Delivery by the hour is a pacing (ad scheduling guide); without hours it is the standard one again.
PACING: Mapping[bool, str] = {True: "day_parting", False: "standard"}
# Told inside another field: field → that one ("origin" of the spec, guide to lookalikes).
INSIDE = {"origin_audience_id": "lookalike_spec"}
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
        "adset_schedule", *normal.LIMITS,
    ),
    "ad": ("adset_id", "creative", "name", "status", "effective_status"),
    "creative": (
        "name", "status", "object_story_spec", "object_story_id", "asset_feed_spec", "url_tags",
        "instagram_user_id", "product_set_id", "degrees_of_freedom_spec",
    ),
    "image": ("name", "hash", "status"),
    "video": ("title", "status"),
    "audience": ("name", "description", "subtype", "rule", "lookalike_spec", "customer_file_source"),
}  # fmt: skip


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
            made[name] = targeting.send(plain, keys)
        elif plain is None and name in UNSET:
            made[name] = UNSET[name]
        elif name == "promoted_object" and products.SET_ID in plain:
            made[name] = {**plain, products.SET_ID: products.id_in(plain[products.SET_ID])}
        elif name == "asset_feed_spec":
            made[name] = {part: each for part, each in plain.items() if each}
        elif plain is not None:
            made[name] = plain
    if "adset_schedule" in made:
        made["pacing_type"] = [PACING[bool(made["adset_schedule"])]]
    return made


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
    made["targeting"] = targeting.receive(row.get("targeting") or {}, keys)
    made["end_time"] = normal.same_instant(row.get("end_time"))
    if row.get("start_time"):
        made["start_time"] = normal.same_instant(row["start_time"])
    if row.get("promoted_object"):
        made["promoted_object"] = _promoted(row["promoted_object"], keys)
    if row.get("attribution_spec"):
        windows = [(str(each["event_type"]), int(each["window_days"])) for each in row["attribution_spec"]]
        made["attribution_spec"] = normal.attribution(windows)
    if row.get("adset_schedule"):
        made["adset_schedule"] = _schedule(row["adset_schedule"])
    if normal.money(row.get("bid_amount")) is not None:
        made["bid_amount"] = normal.money(row["bid_amount"])
    limits = {name: normal.money(row.get(name)) for name in normal.LIMITS}
    made |= {name: amount for name, amount in limits.items() if amount}
    floor = (row.get("bid_constraints") or {}).get("roas_average_floor")
    if floor is not None:
        made["bid_constraints"] = {"roas_average_floor": int(floor)}
    return made


def _promoted(promoted: Mapping[str, Any], keys: Keys) -> dict[str, Value]:
    made = normal.promoted(promoted)
    if products.SET_ID in made:
        made[products.SET_ID] = keys.product_set(str(made[products.SET_ID]))
    return made


def _schedule(rows: Iterable[Mapping[str, Any]]) -> tuple[Value, ...]:
    """Hours as Graph returns them; those by the viewers' own clocks are told as they are."""
    rows = list(rows)
    if any(each.get("timezone_type", "USER") != "ADVERTISER" for each in rows):
        return tuple(dict(each) for each in rows)
    return normal.schedule(
        (normal.DAYS[int(day)], int(each["start_minute"]), int(each["end_minute"]))
        for each in rows
        for day in each["days"]
    )


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
