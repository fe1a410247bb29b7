"""Google's canonical fields in neutral terms: the tables of convert.py and bidding.py read the other way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors import speech
from connectors.base import Account, Spoken
from connectors.google import (
    audience,
    automation,
    bidding,
    channels,
    convert,
    listing,
    normal,
    people,
    settings,
    spoken_ads,
    spoken_parts,
)
from connectors.google.channels import PRIORITIES
from connectors.google.spoken_parts import SPEAKERS
from connectors.google.supports import BUDGETS, STATUS, SUPPORTS
from connectors.speech import Sheet, Wordless
from engine.resource import Fields, Value

GENDERS = {theirs: ours for ours, theirs in convert.GENDERS.items()}
STRATEGIES = {theirs: ours for ours, theirs in bidding.DECLARED.items()}
# Set by us and never by the author; a link between objects is told by the tree they stand in.
SILENT = (
    "brand_guidelines_enabled", "contains_eu_political_advertising", "budget_period", "campaign", "ad_group",
    "type", "around",
)  # fmt: skip
CHANNELS = {each.type: word for word, each in channels.CHANNELS.items()}
PICTURES = (
    "marketing_images", "square_marketing_images", "portrait_marketing_images",
    "tall_portrait_marketing_images",
)  # fmt: skip
LOGOS = ("logo_images", "square_logo_images")
START, END = " 00:00:00", " 23:59:59"
PRODUCTS = "SHOPPING_PRODUCT_ADS"  # the type of ad groups whose ads say nothing themselves
BESIDE = {people.SIGNAL: spoken_ads.signal, "audience": audience.spoken}


def spoken(kind: str, fields: Fields, account: Account) -> Spoken:
    """Pure; whatever does not come out as it went in is `unsaid`."""
    return speech.spoken(kind, Sheet(account, fields, SUPPORTS.units(account.currency)), _said)


def _said(kind: str, name: str, value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if kind in SPEAKERS:
        yield from SPEAKERS[kind](kind, name, value, sheet)
        return
    if kind in BESIDE:
        yield from BESIDE[kind](kind, name, value, sheet)
        return
    if kind not in ("campaign", "ad_group", "ad"):
        raise Wordless
    if name in SILENT or (kind == "ad_group" and name == "final_url_suffix" and not _told(value, sheet)):
        return
    if kind == "ad_group" and name == "final_url_suffix":
        if sheet.fields.get("type") != PRODUCTS:
            raise Wordless  # its ads say what their pages are told
        yield from ((f"below.{each}", told) for each, told in spoken_parts.utm(value))
        return
    if name in BUDGETS:
        yield from sheet.budget(BUDGETS[name], value).items()
    else:
        yield from WORDS[name](value, sheet)


def _told(suffix: Any, sheet: Sheet) -> bool:
    """Whether pages are told something by the ad group, as ours are where ads cannot say it."""
    return bool(suffix) or sheet.fields.get("type") == PRODUCTS


def _name(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "name", value


def _status(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "status", {STATUS.live: "active", STATUS.held: "paused"}[value]


def _start(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if not str(value).endswith(START):
        raise Wordless
    yield "start", str(value).removesuffix(START)


def _end(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if value is not None and not str(value).endswith(END):
        raise Wordless
    yield "end", None if value is None else str(value).removesuffix(END)


def _locations(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if any("/" in each for each in value):  # a place without an ISO code comes as its resource name
        raise Wordless
    yield "audience.locations", tuple(value)


def _languages(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if any("/" in each for each in value):
        raise Wordless
    yield "audience.languages", tuple(value)


def _bidding(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if value.get("portfolio"):
        yield from spoken_parts.portfolio(value, lambda bids: _strategy(bids, sheet))
    else:
        yield "options.bidding", _strategy(value, sheet)


def _strategy(value: Any, sheet: Sheet) -> dict[str, Value]:
    strategy = str(value["strategy"])
    said: dict[str, Value] = {"strategy": STRATEGIES[strategy]}
    known = {theirs: ours for ours, theirs in bidding.OPTIONS.items()}
    usual = bidding.SHARE if strategy == "TARGET_IMPRESSION_SHARE" else {}
    for setting, told in value.items():
        if setting == "strategy" or told is None or told == usual.get(setting):
            continue
        said[known[setting]] = f"{told}" if setting == "target_roas" else sheet.money(told)
    return said


def _network(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    told = dict(value)
    channel = CHANNELS[str(sheet.fields["advertising_channel_type"])]
    if channel != "search":
        wanted = channels.settings(channels.CHANNELS[channel], {}).get("network_settings", told)
        if told != wanted:
            raise Wordless
        return
    found = normal.networks(bool(told["target_search_network"]), bool(told["target_content_network"]))
    if told != found:
        raise Wordless
    said = {"search_partners": told["target_search_network"], "display": told["target_content_network"]}
    yield "options.network", said if any(said.values()) else None


def _places(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """All that is said of places beside the locations: it stands in one block."""
    interest = normal.match({"match": "interest"})
    if value not in (interest, normal.match(None)):
        raise Wordless
    said: dict[str, Value] = {"match": "interest"} if value == interest else {}
    if excluded := sheet.fields.get("excluded_locations"):
        said["exclude"] = tuple(str(each) for each in excluded)  # type: ignore[union-attr]
    if around := sheet.fields.get("around"):
        said["around"] = tuple(_circle(str(each)) for each in around)  # type: ignore[union-attr]
    if said:
        yield "options.locations", said


def _circle(text: str) -> dict[str, Value]:
    point, radius = text.split(" ")
    if not radius.endswith("km") or not radius.removesuffix("km").isdigit():
        raise Wordless
    latitude, longitude = point.split(",")
    return {"latitude": latitude, "longitude": longitude, "km": int(radius.removesuffix("km"))}


def _schedule(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    words = {theirs: ours for ours, theirs in settings.DAYS.items()}
    days: dict[tuple[str, float], list[Value]] = {}
    for text, factor in value.items():
        day, _, span = text.partition(" ")
        days.setdefault((span, factor), []).append(words[day])
    said = tuple(
        {"days": tuple(names), "start": span[:5], "end": span[6:], **_bid(factor)}
        for (span, factor), names in days.items()
    )
    if said:
        yield "options.schedule", said


def _bid(factor: float) -> dict[str, Value]:
    return {} if factor == settings.UNCHANGED else {"bid": _percent(factor)}


def _percent(factor: float) -> str:
    return f"{(factor - 1) * 100:.4g}%"


def _devices(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if not value.keys() <= {"DESKTOP", "MOBILE", "TABLET"}:
        raise Wordless
    if value:
        yield "options.devices", {name.lower(): _percent(factor) for name, factor in value.items()}


def _chosen(name: str, words: Mapping[str, str]) -> Callable[[Any, Sheet], Iterator[tuple[str, Value]]]:
    def said(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
        if len(value) != len(words):
            yield f"options.{name}", tuple(ours for ours, theirs in words.items() if theirs in value)

    return said


def _ages(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    ranges = [each for each in normal.AGES if each[2] in value]
    if not ranges:
        raise Wordless
    low, high = ranges[0][0], ranges[-1][1]
    if list(value) != normal.ages(low, None if high == normal.AGES[-1][1] else high):
        raise Wordless
    everybody = len(ranges) == len(normal.AGES)
    top = None if high == normal.AGES[-1][1] else high
    yield "audience.age", None if everybody else {"min": low, "max": top}


def _genders(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if normal.UNDETERMINED not in value:
        raise Wordless
    said = tuple(GENDERS[each] for each in value if each in GENDERS)
    yield "audience.genders", () if len(said) == len(GENDERS) else said


def _lists(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "audience.include", tuple(value)


def _shut_lists(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "audience.exclude", tuple(value)


def _max_cpc(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.max_cpc", None if value is None else sheet.money(value)


def _texts(name: str) -> Callable[[Any, Sheet], Iterator[tuple[str, Value]]]:
    def said(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
        if any(str(each).endswith("]") and " [" in str(each) for each in value):  # somebody pinned one
            raise Wordless
        yield f"options.{name}", tuple(value)

    return said


def _url(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    if value:  # an app's ad leads to its store
        (url,) = value
        yield "creative.url", url


def _path(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    parts = (sheet.fields.get("path1"), sheet.fields.get("path2"))
    yield "creative.display_path", tuple(each for each in parts if each)


def _channel(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    channel = CHANNELS[value]
    yield "options.channel", None if channel == "search" else channel


def _automation(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    words = {theirs: ours for ours, theirs in automation.TYPES.items()}
    named = {each["asset_automation_type"]: each["asset_automation_status"] for each in value}
    yield (
        "options.automation",
        tuple(words[type] for type, status in named.items() if status == automation.IN),
    )


def _template(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """A tracking template and the values that it is filled with: they stand in one block."""
    parameters: Any = sheet.fields.get("url_custom_parameters") or ()
    template = sheet.fields.get("tracking_url_template")
    said: dict[str, Value] = {"tracking_template": template} if template else {}
    if parameters:
        said["parameters"] = {each["key"]: each["value"] for each in parameters}
    yield "options.urls", said or None


def _observed(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.observe", tuple(value)


def _shop(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    said: dict[str, Value] = {"feed_label": value["feed_label"]} if value.get("feed_label") else {}
    words = {number: word for word, number in PRIORITIES.items()}
    if priority := value.get("campaign_priority"):
        said["priority"] = words[priority]
    if value.get("enable_local"):
        said["local"] = True
    if not said and sheet.fields.get("advertising_channel_type") != "SHOPPING":
        raise Wordless  # a block that says nothing would be left out, and with it that the campaign sells
    yield "options.shopping", said or None


def _merchant(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """The account's own has no word in a campaign, and another account's none at all."""
    if value != sheet.account.settings.get("merchant"):
        raise Wordless
    yield from ()


def _products(value: Any, sheet: Sheet) -> Iterator[tuple[str, Value]]:
    yield "options.products", listing.spoken(value, sheet.money)


WORDS: Mapping[str, Callable[[Any, Sheet], Iterator[tuple[str, Value]]]] = {
    "name": _name,
    "tracking_url_template": _template,
    "url_custom_parameters": _template,
    automation.FIELD: _automation,
    "advertising_channel_type": _channel,
    "shopping_setting": _shop,
    "merchant_id": _merchant,
    "products": _products,
    "status": _status,
    "start_date_time": _start,
    "end_date_time": _end,
    "locations": _locations,
    "languages": _languages,
    "bidding": _bidding,
    "network_settings": _network,
    "geo_target_type_setting": _places,
    "ad_schedule": _schedule,
    "devices": _devices,
    "income_ranges": _chosen("household_income", normal.INCOME),
    "parental_statuses": _chosen("parental_status", normal.PARENTAL),
    "observed_lists": _observed,
    "age_ranges": _ages,
    "genders": _genders,
    "user_lists": _lists,
    "excluded_user_lists": _shut_lists,
    "cpc_bid_micros": _max_cpc,
    "headlines": _texts("headlines"),
    "descriptions": _texts("descriptions"),
    "final_urls": _url,
    "path1": _path,
    "path2": _path,
    "final_url_suffix": spoken_parts.suffix,
    "long_headline": spoken_parts.long_headline,
    "business_name": spoken_parts.business_name,
    **spoken_ads.WORDS,
    **dict.fromkeys(PICTURES, spoken_parts.pictures("images", *PICTURES)),
    **dict.fromkeys(LOGOS, spoken_parts.pictures("logos", *LOGOS)),
}
