"""Normal forms that both ways share: what is declared and what Graph returns must meet in one shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from engine.resource import Value

INSTANT = "%Y-%m-%dT%H:%M:%S+0000"
FIRST, LAST = time(0, 0, 0), time(23, 59, 59)
AGE_LEAST, AGE_MOST = 18, 65  # Meta's own defaults; 65 means 65 and older
GENDERS = {"men": 1, "women": 2}
POSITIONS = {
    "facebook": "facebook_positions",
    "instagram": "instagram_positions",
    "messenger": "messenger_positions",
    "audience_network": "audience_network_positions",
    "threads": "threads_positions",
    "whatsapp": "whatsapp_positions",
}
PLACEMENT_LISTS = ("publisher_platforms", *POSITIONS.values(), "device_platforms")
PROMOTED_KEYS = (
    "pixel_id", "custom_event_type", "custom_conversion_id", "page_id", "application_id", "object_store_url",
    "product_set_id",
)  # fmt: skip
LINK_KEYS = ("link", "message", "name", "description", "image_hash")
CARD_KEYS = ("link", "name", "description", "image_hash", "video_id")
CAROUSEL_KEYS = ("multi_share_optimized", "multi_share_end_card")
VIDEO_KEYS = ("video_id", "image_hash", "title", "message", "link_description")
OPENS = ("lead_gen_form_id", "app_destination")
FEED_TEXTS = ("bodies", "titles", "descriptions")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")  # as Meta numbers them, from 0
DETAIL = ("interests", "behaviors", "demographics")
CITY = re.compile(r"(?P<name>.+), (?P<region>[^ ,]+)(?: \+(?P<radius>\d+) km)?")
OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def instant(day: str, at: time, zone: str) -> str:
    """UTC instant, as Graph writes it, of a wall date of the account at its first or last second."""
    moment = datetime.combine(date.fromisoformat(day), at, ZoneInfo(zone))
    return moment.astimezone(UTC).strftime(INSTANT)


def same_instant(value: Any) -> str | None:
    """The UTC instant of a time from Graph: ISO with any offset, or unix seconds; None for no time."""
    if value in (None, "", 0, "0"):
        return None
    if isinstance(value, int) or str(value).isdigit():
        return datetime.fromtimestamp(int(value), UTC).strftime(INSTANT)
    moment = datetime.fromisoformat(OFFSET.sub(r"\1:\2", str(value)))
    return moment.astimezone(UTC).strftime(INSTANT)


def money(value: Any) -> int | None:
    """Units of the account's currency; Graph writes them as text, and "0" for a budget that is not set."""
    return int(value) or None if value not in (None, "") else None


def texts(row: Mapping[str, Any], *names: str) -> dict[str, Value]:
    """What Graph says of these, as texts; nothing where it says nothing."""
    return {name: str(row[name]) for name in names if row.get(name) not in (None, "")}


def words(values: Iterable[Any] | None) -> tuple[str, ...]:
    """A list whose order means nothing."""
    return tuple(sorted({str(value) for value in values or ()}))


def targeting(
    *,
    countries: Iterable[str] = (),
    regions: Iterable[str] = (),
    age: tuple[int, int] = (AGE_LEAST, AGE_MOST),
    genders: Iterable[int] = (),
    languages: Iterable[str] = (),
    interests: Iterable[str] = (),
    include: Iterable[Value] = (),
    exclude: Iterable[Value] = (),
    placements: Mapping[str, Iterable[str]] | None = None,
    advantage: int = 0,
    others: Iterable[str] = (),
    cities: Iterable[str] = (),
    zips: Iterable[str] = (),
    behaviors: Iterable[str] = (),
    demographics: Iterable[str] = (),
    narrow: Iterable[Mapping[str, Iterable[str]]] = (),
    systems: Iterable[str] = (),
    products: Mapping[str, Value] | None = None,
    excluded: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, Value]:
    """Who sees the ads, every key given but those that few ad sets have.

    Regions are ISO 3166-2 codes, cities as `city` writes them, zips `TR:34710`, languages ISO 639 codes,
    interests, behaviours and demographics names, audiences ids; `narrow` is groups of names that people have
    to match as well; `products` is people by what they did with products. `others` tells what somebody set
    on the platform that narrows the audience and that we never write.

    Both genders are none; no placements are all that Meta sees fit; `advantage` is always explicit (v26).
    """
    both = set(genders) == set(GENDERS.values())
    geo: dict[str, Value] = {"countries": words(countries), "regions": words(regions)}
    geo |= _if_any(cities=words(cities), zips=words(zips))
    return {
        "geo_locations": geo,
        "age_min": age[0],
        "age_max": age[1],
        "genders": () if both else tuple(sorted(set(genders))),
        "locales": words(languages),
        "interests": words(interests),
        "custom_audiences": tuple(include),
        "excluded_custom_audiences": tuple(exclude),
        **{name: words((placements or {}).get(name)) for name in PLACEMENT_LISTS},
        "targeting_automation": {"advantage_audience": int(advantage)},
        "others": words(others),
        **_if_any(
            behaviors=words(behaviors),
            demographics=words(demographics),
            narrow=tuple(group(each) for each in narrow),
            user_os=words(systems),
        ),
        **(products or {}),
        **_excluded(excluded or {}),
    }


def _excluded(places: Mapping[str, Iterable[str]]) -> dict[str, Value]:
    """Places that are left out, by what they are; nothing where there are none."""
    found = _if_any(**{name: words(each) for name, each in places.items()})
    return {EXCLUDED: found} if found else {}


def group(names: Mapping[str, Iterable[str]]) -> dict[str, Value]:
    """Names of interests, behaviours and demographics, any of which is enough."""
    return _if_any(**{kind: words(names.get(kind)) for kind in DETAIL})


def _if_any(**lists: tuple[Value, ...]) -> dict[str, Value]:
    return {name: each for name, each in lists.items() if each}


def city(name: str, region: str, radius: int | None) -> str:
    """`Kadıköy, TR-34 +25 km`: as a plan shows it, and as it is compared."""
    return f"{name}, {region}" + (f" +{radius} km" if radius else "")


# Budget of the campaign → limits of its ad sets: guide to Advantage campaign budget.
SPEND_LIMITS: Mapping[str, Mapping[str, str]] = {
    "daily_budget": {"least": "daily_min_spend_target", "most": "daily_spend_cap"},
    "lifetime_budget": {"least": "lifetime_min_spend_target", "most": "lifetime_spend_cap"},
}
LIMITS = tuple(name for names in SPEND_LIMITS.values() for name in names.values())


EXCLUDED = "excluded_geo_locations"


def keyed(name: str, key: str | None) -> str:
    """`Yeniköy #2418779`: a city whose name alone would not tell which."""
    return f"{name} #{key}" if key else name


def unkeyed(name: str) -> tuple[str, str]:
    """The inverse: the name, and the key that it bears, "" without one."""
    bare, _, key = name.rpartition(" #")
    return (bare, key) if bare and key.isdigit() else (name, "")


def city_parts(text: str) -> tuple[str, str, int | None]:
    """Name, ISO 3166-2 code and kilometres of what `city` wrote."""
    found = CITY.fullmatch(text)
    if found is None:
        raise ValueError(f"not a city: {text!r}")
    return found["name"], found["region"], int(found["radius"]) if found["radius"] else None


def schedule(spans: Iterable[tuple[str, int, int]]) -> tuple[Value, ...]:
    """Hours of the account's days: days with the same minutes together, in one order."""
    by_span: dict[tuple[int, int], set[int]] = {}
    for day, start, end in spans:
        by_span.setdefault((start, end), set()).add(DAYS.index(day))
    return tuple(
        {"start_minute": start, "end_minute": end, "days": tuple(sorted(days)), "timezone_type": "ADVERTISER"}
        for (start, end), days in sorted(by_span.items())
    )


def promoted(values: Mapping[str, Any]) -> dict[str, Value]:
    """The promoted object's keys that we set; Graph adds others."""
    return {name: str(values[name]) for name in PROMOTED_KEYS if values.get(name)}


def attribution(windows: Iterable[tuple[str, int]]) -> tuple[Value, ...]:
    """Event types and the days after them in which a conversion counts."""
    return tuple({"event_type": event, "window_days": days} for event, days in sorted(windows))


def call_to_action(kind: str, link: str, **more: str) -> dict[str, Value]:
    """A button and what it opens: an address, and beside it a form's id or a chat."""
    target: dict[str, Value] = {"link": link, **{name: each for name, each in more.items() if each}}
    return {"type": kind, "value": {name: each for name, each in target.items() if each}}
