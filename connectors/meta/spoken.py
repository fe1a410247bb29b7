"""Meta's canonical fields in neutral terms: the tables of convert.py and goals.py read the other way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors import speech
from connectors.base import Account, Spoken
from connectors.meta import audience, convert, goals, leading, normal, products, spoken_content
from connectors.meta.supports import SUPPORTS
from connectors.speech import Sheet, Wordless
from engine.resource import Fields, Value

BUDGETS = {theirs: ours for ours, theirs in convert.BUDGET_FIELDS.items()}
STATUSES = {theirs: ours for ours, theirs in convert.STATUSES.items()}
OBJECTIVES = {theirs: ours for ours, theirs in goals.OBJECTIVES.items()}
STRATEGIES = {theirs: ours for ours, theirs in goals.BID_STRATEGIES.items()}
DESTINATIONS = {theirs: ours for ours, theirs in goals.DESTINATIONS.items()}
GENDERS = {theirs: ours for ours, theirs in normal.GENDERS.items()}
# Set by us and never by the author; a link between objects is told by the tree they stand in.
SILENT = ("buying_type", "billing_event", "is_adset_budget_sharing_enabled", "campaign_id", "adset_id")
NOWHERE = "UNDEFINED"  # how Graph tells an ad set that has no destination
GOAL_PARTS = ("optimization_goal", "destination_type", "promoted_object")
BID_PARTS = ("bid_strategy", "bid_amount", "bid_constraints")


def spoken(kind: str, fields: Fields, account: Account) -> Spoken:
    """Pure; whatever does not come out as it went in is `unsaid`."""
    return speech.spoken(kind, Sheet(account, fields, SUPPORTS.units(account.currency)), _said)


def _said(kind: str, name: str, value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if kind == "creative":
        yield from spoken_content.said(name, value, sheet)
        return
    if kind == "audience":
        yield from audience.spoken(name, value, sheet)
        return
    if name in SILENT:
        return
    if name == "name":
        yield name, value
    elif name == "status":
        yield name, STATUSES[value]
    elif name in BUDGETS:
        yield from sheet.budget(BUDGETS[name], value).items()
    elif name in WORDS:
        yield from WORDS[name](value, sheet)
    else:
        raise Wordless


def _objective(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "objective", OBJECTIVES[value]


def _categories(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.special_ad_categories", tuple(str(each).lower() for each in value)


def _category_countries(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.special_ad_category_countries", tuple(value)


def _spend_cap(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.spend_cap", sheet.money(value)


def _limits(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """The least and the most are one word; a campaign's budget has one period, and so have they."""
    sets = [names for names in normal.SPEND_LIMITS.values() if any(map(sheet.fields.get, names.values()))]
    if len(sets) > 1:
        raise Wordless
    said = {ours: sheet.fields.get(theirs) for names in sets for ours, theirs in names.items()}
    limits: dict[str, Value] = {ours: sheet.money(each) for ours, each in said.items() if each}
    yield "options.spend", limits or None


def _start(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "start", _day(value, normal.FIRST, sheet)


def _end(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "end", None if value is None else _day(value, normal.LAST, sheet)


def _day(value: Any, at: Any, sheet: Sheet) -> str:
    """The account's wall date; a time within the day has no word."""
    moment = datetime.strptime(str(value), normal.INSTANT.replace("+0000", "%z"))
    local = moment.astimezone(ZoneInfo(sheet.account.time_zone))
    if local.time() != at:
        raise Wordless
    return local.date().isoformat()


def _bid(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """Strategy, cap and floor are one bid; lowest cost needs no word."""
    strategy = sheet.fields.get("bid_strategy")
    amount, floor = sheet.fields.get("bid_amount"), sheet.fields.get("bid_constraints")
    shared = "campaign_id" in sheet.fields and not any(sheet.fields.get(each) for each in BUDGETS)
    if strategy is None or shared:  # its campaign bears the budget, and with it the strategy
        if amount is None and floor is None and not shared:
            raise Wordless
        yield "top.bid.amount", None if amount is None else sheet.money(amount)
        yield "top.bid.roas", _ratio(floor) if isinstance(floor, Mapping) else None
        return
    bid: dict[str, Value] = {"strategy": STRATEGIES[str(strategy)]}
    if strategy in goals.CAPPED and amount is not None:
        bid["amount"] = sheet.money(amount)
    if strategy == goals.MIN_ROAS and isinstance(floor, Mapping):
        bid["roas"] = _ratio(floor)
    yield "bid", None if bid == {"strategy": "lowest_cost"} else bid


def _ratio(floor: Mapping[str, Any]) -> str:
    return f"{(Decimal(str(floor['roas_average_floor'])) / goals.ROAS_UNIT).normalize():f}"


def _goal(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """The `optimize_for` whose goal, destination and event are these."""
    promoted: Any = sheet.fields.get("promoted_object") or {}
    destination = str(sheet.fields.get("destination_type") or "").replace(NOWHERE, "")
    event, custom = promoted.get("custom_event_type", ""), promoted.get("custom_conversion_id")
    goal = str(sheet.fields["optimization_goal"])
    app = promoted.get("application_id")
    fits = [name for name in goals.GOALS if goals.meant(name, destination).optimization == goal]
    if len(fits) > 1 and not custom:
        fits = [name for name in fits if goals.meant(name, destination).event == event]
    if not fits:
        raise Wordless
    yield "optimize_for", fits[0]
    if products.SET_ID in promoted:
        yield "options.products", _set(promoted[products.SET_ID])
    yield "conversion", custom
    if app:
        yield "options.app", {"id": app, "store": promoted.get("object_store_url", "")}
    if destination and destination != goals.GOALS[fits[0]].destination:
        yield "options.destination", DESTINATIONS[destination]


def _set(text: str) -> str:
    """The key of a set of products; one that the account does not declare has no word."""
    key, _, id = text.partition(" (")
    if not id:
        raise Wordless
    return key


def _attribution(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    windows = {str(each["event_type"]): int(each["window_days"]) for each in value}
    conversions = sheet.fields.get("optimization_goal") in goals.CONVERSION_GOALS
    usual = dict(goals.CONVERSION_WINDOWS if conversions else goals.OTHER_WINDOWS)
    if windows.keys() - set(leading.EVENTS.values()):
        raise Wordless
    said = {name: f"{windows[theirs]}d" for name, theirs in leading.EVENTS.items() if theirs in windows}
    yield "options.attribution", None if windows == usual else said


def _beneficiary(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.beneficiary", value


def _payor(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.payor", value


def _targeting(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if value.get("others"):
        raise Wordless
    geo = value["geo_locations"]
    low, high = int(value["age_min"]), int(value["age_max"])
    everybody = (low, high) == (normal.AGE_LEAST, normal.AGE_MOST)
    yield "audience.locations", (*geo["countries"], *geo["regions"])
    yield "audience.languages", tuple(value["locales"])
    yield (
        "audience.age",
        None if everybody else {"min": low, "max": None if high == normal.AGE_MOST else high},
    )
    yield "audience.genders", tuple(GENDERS[each] for each in value["genders"])
    yield "audience.interests", tuple(value["interests"])
    yield "audience.meta.cities", tuple(_city(each) for each in geo.get("cities", ()))
    yield "audience.meta.postal_codes", tuple(geo.get("zips", ()))
    yield "audience.meta.exclude_places", _left_out(value.get(normal.EXCLUDED) or {})
    for name in ("behaviors", "demographics", "narrow"):
        yield f"audience.meta.{name}", tuple(value.get(name, ()))
    yield "audience.meta.products", _people(value)
    yield "audience.include", tuple(value["custom_audiences"])
    yield "audience.exclude", tuple(value["excluded_custom_audiences"])
    yield "options.advantage_audience", bool(value["targeting_automation"]["advantage_audience"])
    yield from _placements(value)


def _people(value: Mapping[str, Any]) -> Value:
    """People by what they did with products; both sorts of audience at once have no word."""
    found = [
        (name, value[name]) for name in ("product_audience", "excluded_product_audience") if value.get(name)
    ]
    if not found:
        return None
    ((name, spec),) = found
    sides = {"include": spec.get("did", ()), "exclude": spec.get("did_not", ())}
    if name == "excluded_product_audience":
        sides = {"exclude": spec["did"]}
    rules: dict[str, Value] = {side: tuple(_did(each) for each in texts) for side, texts in sides.items()}
    return {"of": _set(spec["products"]), **rules}


def _did(text: str) -> dict[str, Value]:
    event, _, within = text.partition(" within ")
    return {"event": event, "within": within}


def _left_out(geo: Mapping[str, Any]) -> Value:
    codes = (*geo.get("countries", ()), *geo.get("regions", ()))
    if any("#" in each for each in codes):
        raise Wordless
    said: dict[str, Value] = {
        "locations": codes,
        "cities": tuple(_city(each) for each in geo.get("cities", ())),
        "postal_codes": tuple(geo.get("zips", ())),
    }
    return {name: each for name, each in said.items() if each} or None


def _city(text: str) -> dict[str, Value]:
    name, region, radius = normal.city_parts(text)
    if "#" in region:
        raise Wordless
    bare, key = normal.unkeyed(name)
    own: dict[str, Value] = {"key": key} if key else {}
    return {"city": bare, "region": region, **own, **({"radius_km": radius} if radius else {})}


def _placements(value: Any) -> Iterator[tuple[str, Value]]:
    positions = {each: tuple(value.get(list_) or ()) for each, list_ in normal.POSITIONS.items()}
    platforms = tuple(value.get("publisher_platforms") or ())
    told = {"platforms": platforms, **positions}
    said: dict[str, Value] = {name: lists for name, lists in told.items() if lists}
    yield "options.placements", said or None
    yield "options.devices", tuple(value.get("device_platforms") or ())
    yield "options.operating_systems", tuple(_system(str(each)) for each in value.get("user_os") or ())


def _system(text: str) -> str:
    """`iOS_ver_16.0_and_above` as `ios 16.0+`."""
    name, _, version = text.removesuffix("_and_above").partition("_ver_")
    known = {theirs: ours for ours, theirs in goals.SYSTEMS.items()}
    return known[name] + (f" {version}+" if version else "")


def _schedule(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if any(each["timezone_type"] != "ADVERTISER" for each in value):
        raise Wordless
    yield (
        "options.schedule",
        tuple(
            {
                "days": tuple(normal.DAYS[day] for day in each["days"]),
                "start": _hour(each["start_minute"]),
                "end": _hour(each["end_minute"]),
            }
            for each in value
        ),
    )


def _hour(minute: int) -> str:
    if minute % 60:
        raise Wordless
    return f"{minute // 60:02}:00"


WORDS: Mapping[str, Callable[[Any, Sheet], Iterator[tuple[str, Value]]]] = {
    "objective": _objective,
    "special_ad_categories": _categories,
    "special_ad_category_country": _category_countries,
    "spend_cap": _spend_cap,
    "start_time": _start,
    "end_time": _end,
    **dict.fromkeys(BID_PARTS, _bid),
    **dict.fromkeys(GOAL_PARTS, _goal),
    "attribution_spec": _attribution,
    "dsa_beneficiary": _beneficiary,
    "dsa_payor": _payor,
    "targeting": _targeting,
    "adset_schedule": _schedule,
    **dict.fromkeys(normal.LIMITS, _limits),
}
