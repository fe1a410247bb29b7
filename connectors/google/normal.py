"""Canonical fields from what Google returns: one function a kind, over rows as JSON, defaults explicit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from connectors.google import automation, bidding, formats
from connectors.google.plain import last as last
from engine.resource import Value

Row = Mapping[str, Any]

EU_POLITICAL: Final = "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"
NETWORKS: Final = (
    "target_google_search",
    "target_search_network",
    "target_content_network",
    "target_partner_search_network",
)
# People who are there, not those who merely show an interest in the place (Google's own default).
PRESENCE: Final = {"positive_geo_target_type": "PRESENCE", "negative_geo_target_type": "PRESENCE"}
AUDIENCE = "AUDIENCE"  # the dimension of a targeting setting that user lists belong to
UNDETERMINED = "UNDETERMINED"  # people whose age or gender Google does not know; shut out only by a human
AGES: Final[tuple[tuple[int, int, str], ...]] = (
    (18, 24, "AGE_RANGE_18_24"),
    (25, 34, "AGE_RANGE_25_34"),
    (35, 44, "AGE_RANGE_35_44"),
    (45, 54, "AGE_RANGE_45_54"),
    (55, 64, "AGE_RANGE_55_64"),
    (65, 65, "AGE_RANGE_65_UP"),
)
AGE_RANGES: Final = (*(name for _, _, name in AGES), f"AGE_RANGE_{UNDETERMINED}")
GENDERS: Final = ("FEMALE", "MALE", UNDETERMINED)
# IncomeRangeTypeEnum counts from below, people from the top.
INCOME: Final = {
    "top_10": "INCOME_RANGE_90_UP",
    "top_20": "INCOME_RANGE_80_90",
    "top_30": "INCOME_RANGE_70_80",
    "top_40": "INCOME_RANGE_60_70",
    "top_50": "INCOME_RANGE_50_60",
    "lower_50": "INCOME_RANGE_0_50",
    "unknown": f"INCOME_RANGE_{UNDETERMINED}",
}
INCOME_RANGES: Final = tuple(INCOME.values())
PARENTAL: Final = {"parents": "PARENT", "not_parents": "NOT_A_PARENT", "unknown": UNDETERMINED}
PARENTAL_STATUSES: Final = tuple(PARENTAL.values())
ENDLESS_FROM = "2037-12-30"  # Google's way of saying that a campaign has no end


def networks(search_partners: bool = False, display: bool = False) -> dict[str, Value]:
    """Network settings with every network explicit; Google Search itself always."""
    return dict(zip(NETWORKS, (True, search_partners, display, False), strict=True))


def match(places: Mapping[str, Any] | None) -> dict[str, Value]:
    """Whether people have to be there, or may merely search for the place."""
    positive = "PRESENCE_OR_INTEREST" if (places or {}).get("match") == "interest" else "PRESENCE"
    return {**PRESENCE, "positive_geo_target_type": positive}


def campaign(row: Row, locations: Iterable[str], languages: Iterable[str]) -> dict[str, Value]:
    """Canonical fields of a campaign row with its budget, and the codes of its criteria."""
    seen, budget = row["campaign"], row.get("campaign_budget", {})
    geo = seen.get("geo_target_type_setting", {})
    network = seen.get("network_settings", {})
    end = seen.get("end_date_time") or None
    return {
        "name": seen.get("name", ""),
        "status": seen.get("status", ""),
        "advertising_channel_type": seen.get("advertising_channel_type", ""),
        "contains_eu_political_advertising": seen.get("contains_eu_political_advertising"),
        "brand_guidelines_enabled": bool(seen.get("brand_guidelines_enabled", False)),
        **_automation(seen),
        **_upgraded(seen),
        **_shopping(seen),
        "budget_period": _period(budget),
        "daily_budget_micros": _int(budget.get("amount_micros")),
        "total_budget_micros": _int(budget.get("total_amount_micros")),
        "bidding": bidding.observed(seen),
        **urls(seen),
        "network_settings": {name: bool(network.get(name, False)) for name in NETWORKS},
        "geo_target_type_setting": {name: geo.get(name) for name in PRESENCE},
        "start_date_time": seen.get("start_date_time"),
        "end_date_time": None if end is None or end >= ENDLESS_FROM else end,
        "locations": sorted(locations),
        "languages": sorted(languages),
    }


def _upgraded(seen: Row) -> dict[str, Value]:
    """Of Demand Gen only: whether places and languages are its ad groups'."""
    if seen.get("advertising_channel_type") != "DEMAND_GEN":
        return {}
    return {
        "upgraded_targeting": bool(seen.get("demand_gen_campaign_settings", {}).get("upgraded_targeting"))
    }


SHOPPING = ("merchant_id", "feed_label", "campaign_priority", "enable_local")


def _shopping(seen: Row) -> dict[str, Value]:
    """What it sells; nothing of a campaign that sells nothing."""
    said = seen.get("shopping_setting") or {}
    if not said.get("merchant_id"):
        return {}
    found: dict[str, Value] = {"feed_label": said.get("feed_label") or None}
    if seen.get("advertising_channel_type") == "SHOPPING":
        found["campaign_priority"] = _int(said.get("campaign_priority")) or 0
        found["enable_local"] = bool(said.get("enable_local", False))
    return {"merchant_id": str(said["merchant_id"]), "shopping_setting": found}


def _period(budget: Row) -> str:
    """One that several campaigns share is never ours: what changes it changes others' money."""
    return str(budget.get("period", "DAILY")) + (" SHARED" if budget.get("explicitly_shared") else "")


def _automation(seen: Row) -> dict[str, Value]:
    """Of Performance Max only: of these channels, the one for which Google makes things unasked."""
    if seen.get("advertising_channel_type") != "PERFORMANCE_MAX":
        return {}
    return {automation.FIELD: automation.observed(seen.get(automation.FIELD, ()))}


def ad_group(
    row: Row,
    excluded: Iterable[str],
    lists: Iterable[str] = (),
    shut_lists: Iterable[str] = (),
    shut_parents: Collection[str] = (),
) -> dict[str, Value]:
    """Canonical fields of an ad group row; `excluded` are the ages, genders and incomes that it shuts out.

    `shut_parents` stand alone, because they and the genders have a value of the same name.

    `lists` and `shut_lists` are ids of the user lists that it is aimed at and that it leaves out. Lists that
    it merely observes (a bid-only restriction) aim nothing.
    """
    seen, shut = row["ad_group"], frozenset(excluded)
    return {
        "campaign": last(row["campaign"]["resource_name"]),
        "name": seen.get("name", ""),
        "status": seen.get("status", ""),
        "type": seen.get("type", ""),
        "cpc_bid_micros": _int(seen.get("cpc_bid_micros")),
        "final_url_suffix": seen.get("final_url_suffix") or None,
        **urls(seen),
        "age_ranges": [name for name in AGE_RANGES if name not in shut],
        "genders": [name for name in GENDERS if name not in shut],
        "income_ranges": [name for name in INCOME_RANGES if name not in shut],
        "parental_statuses": [name for name in PARENTAL_STATUSES if name not in shut_parents],
        "user_lists": [] if observes(seen) else sorted(lists),
        "observed_lists": sorted(lists) if observes(seen) else [],
        "excluded_user_lists": sorted(shut_lists),
    }


def urls(seen: Row) -> dict[str, Value]:
    """Where a click is led through, and the parameters that the way is filled in with."""
    parameters = {str(each["key"]): str(each["value"]) for each in seen.get("url_custom_parameters", ())}
    return {
        "tracking_url_template": seen.get("tracking_url_template") or None,
        "url_custom_parameters": parameter_list(parameters) or None,
    }


def parameter_list(parameters: Mapping[str, str]) -> list[Value]:
    """Custom parameters as Google says them, by their keys."""
    return [{"key": key, "value": parameters[key]} for key in sorted(parameters)]


def observes(ad_group: Row) -> bool:
    """Whether its audiences only watch or bid, and limit nothing."""
    restrictions = ad_group.get("targeting_setting", {}).get("target_restrictions", ())
    return any(
        each.get("targeting_dimension") == AUDIENCE and each.get("bid_only", False) for each in restrictions
    )


def ad(row: Row) -> dict[str, Value]:
    """Canonical fields of an ad group ad row, of whatever format it is."""
    seen = row["ad_group_ad"]
    content = seen.get("ad", {})
    if content.get("type") == formats.PRODUCTS.upper():
        group = last(row["ad_group"]["resource_name"])
        return {"ad_group": group, "status": seen.get("status", ""), "format": formats.PRODUCTS}
    fields = formats.received(content)
    if fields.get("format") in formats.DEMAND_GEN:
        settings = seen.get("ad_group_ad_asset_automation_settings", ())
        fields |= {"name": content.get("name", "")} | automation.observed_of(str(fields["format"]), settings)
    return {
        "ad_group": last(row["ad_group"]["resource_name"]),
        "status": seen.get("status", ""),
        "final_urls": list(content.get("final_urls", ())),
        "final_url_suffix": content.get("final_url_suffix") or None,
        **fields,
    }


def ages(low: int | None, high: int | None) -> list[Value]:
    """The age ranges from low to high years; everybody, the unknown included, where nothing is said."""
    return [
        *(name for start, end, name in AGES if (low or 0) <= start and (high is None or high >= end)),
        AGE_RANGES[-1],
    ]


def _int(value: Any) -> int | None:
    return int(value) if value is not None else None
