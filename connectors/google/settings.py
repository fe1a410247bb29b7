"""Settings of a campaign that Google keeps as criteria: places it leaves out, circles, hours, devices.

Each is a field of the campaign: a set of texts, or where bids are adjusted a text and its factor. A field
that is not declared is not compared, and taken back once it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from connectors.google.normal import Row
from connectors.google.operation import Desk, Op
from engine.resource import Value

MICRO_DEGREES = 1_000_000  # docstring of GeoPointInfo
MINUTES: Final = {"00": "ZERO", "15": "FIFTEEN", "30": "THIRTY", "45": "FORTY_FIVE"}
DAYS: Final = {
    "mon": "MONDAY", "tue": "TUESDAY", "wed": "WEDNESDAY", "thu": "THURSDAY", "fri": "FRIDAY",
    "sat": "SATURDAY", "sun": "SUNDAY",
}  # fmt: skip
UNCHANGED = 1.0  # the factor of a bid that is not adjusted


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a campaign and the criteria it stands for.

    columns  what is read of such a criterion, below `campaign_criterion`
    body     the criterion of a text; `read` is the inverse
    adjusts  whether the field says a factor for each text
    stays    whether the platform has such criteria by itself: taken back is then the factor alone
    """

    field: str
    criterion: str
    columns: tuple[str, ...]
    body: Callable[[Desk, str], dict[str, Any]]
    read: Callable[[Row], str]
    negative: bool = False
    adjusts: bool = False
    stays: bool = False


def _place(desk: Desk, code: str) -> dict[str, Any]:
    return {"geo_target_constant": desk.constant("locations", code)}


def _circle(desk: Desk, text: str) -> dict[str, Any]:
    point, km = text.split(" ")
    latitude, longitude = (int(Decimal(each) * MICRO_DEGREES) for each in point.split(","))
    return {
        "geo_point": {
            "latitude_in_micro_degrees": latitude,
            "longitude_in_micro_degrees": longitude,
        },
        "radius": float(km.removesuffix("km")),
        "radius_units": "KILOMETERS",
    }


def circle(latitude: Any, longitude: Any, km: Any) -> str:
    """`41.0082,28.9784 10km`."""
    return f"{_degrees(latitude)},{_degrees(longitude)} {km}km"


def _degrees(value: Any) -> str:
    return f"{Decimal(str(value)).quantize(Decimal('0.000001')).normalize():f}"


def _read_circle(info: Row) -> str:
    point = info.get("geo_point", {})
    latitude, longitude = (
        Decimal(int(point.get(f"{name}_in_micro_degrees", 0))) / MICRO_DEGREES
        for name in ("latitude", "longitude")
    )
    unit = "km" if info.get("radius_units") == "KILOMETERS" else "mi"
    return f"{_degrees(latitude)},{_degrees(longitude)} {info.get('radius', 0):g}{unit}"


def _hours(desk: Desk, text: str) -> dict[str, Any]:
    day, _, span = text.partition(" ")
    start, _, end = span.partition("-")
    return {
        "day_of_week": day,
        "start_hour": int(start[:2]),
        "start_minute": MINUTES[start[3:]],
        "end_hour": int(end[:2]),
        "end_minute": MINUTES[end[3:]],
    }


def _read_hours(info: Row) -> str:
    minutes = {theirs: ours for ours, theirs in MINUTES.items()}
    start, end = (
        f"{int(info.get(f'{side}_hour', 0)):02d}:{minutes.get(info.get(f'{side}_minute', 'ZERO'), '00')}"
        for side in ("start", "end")
    )
    return f"{info.get('day_of_week', '')} {start}-{end}"


SETTINGS: Final = (
    Setting(
        "excluded_locations", "location", ("location.geo_target_constant",), _place,
        lambda info: str(info["geo_target_constant"]), negative=True,
    ),
    Setting(
        "around", "proximity",
        (
            "proximity.geo_point.latitude_in_micro_degrees",
            "proximity.geo_point.longitude_in_micro_degrees", "proximity.radius", "proximity.radius_units",
        ),
        _circle, _read_circle,
    ),
    Setting(
        "ad_schedule", "ad_schedule",
        (
            "ad_schedule.day_of_week", "ad_schedule.start_hour", "ad_schedule.start_minute",
            "ad_schedule.end_hour", "ad_schedule.end_minute",
        ),
        _hours, _read_hours, adjusts=True,
    ),
    Setting(
        "devices", "device", ("device.type",), lambda _, name: {"type": name},
        lambda info: str(info.get("type", "")), adjusts=True, stays=True,
    ),
)  # fmt: skip
FIELDS: Final = tuple(each.field for each in SETTINGS)
WHERE: Final = "campaign_criterion.type IN ('LOCATION', 'PROXIMITY', 'AD_SCHEDULE', 'DEVICE')"
COLUMNS: Final = (
    "campaign_criterion.resource_name", "campaign_criterion.negative", "campaign_criterion.bid_modifier",
    *(f"campaign_criterion.{column}" for each in SETTINGS for column in each.columns),
)  # fmt: skip


def declared(options: Mapping[str, Any]) -> dict[str, Value]:
    """The fields that a campaign's block says."""
    places, found = options.get("locations") or {}, dict[str, Value]()
    if places.get("exclude"):
        found["excluded_locations"] = sorted(str(each) for each in places["exclude"])
    if places.get("around"):
        found["around"] = sorted(
            circle(each["latitude"], each["longitude"], each["km"]) for each in places["around"]
        )
    if options.get("schedule"):
        found["ad_schedule"] = {
            f"{DAYS[day]} {each['start']}-{each['end']}": factor(each.get("bid"))
            for each in options["schedule"]
            for day in each["days"]
        }
    if options.get("devices"):
        found["devices"] = {name.upper(): factor(bid) for name, bid in options["devices"].items()}
    return found


def factor(percent: str | None) -> float:
    """`20%` as 1.2."""
    points = Decimal((percent or "0%").rstrip("%"))
    return float(1 + points / 100)


def observed(criteria: Iterable[Row], codes: Mapping[str, str]) -> dict[str, Value]:
    """The fields of one campaign's criteria (the `campaign_criterion` of each row), nothing left out."""
    found: dict[str, Any] = {each.field: {} if each.adjusts else [] for each in SETTINGS}
    for criterion in criteria:
        for setting in SETTINGS:
            if setting.criterion not in criterion or bool(criterion.get("negative")) != setting.negative:
                continue
            key = setting.read(criterion[setting.criterion])
            adjusted = factor_of(criterion)
            if not setting.adjusts:
                found[setting.field].append(codes.get(key, key))
            elif not (setting.stays and adjusted == UNCHANGED):
                found[setting.field][key] = adjusted
    return {name: sorted(value) if isinstance(value, list) else value for name, value in found.items()}


def factor_of(criterion: Row) -> float:
    return round(float(criterion.get("bid_modifier", UNCHANGED)), 4)


def keys(criterion: Row) -> Iterator[tuple[str, str]]:
    """(field, text) of a criterion, by which an operation finds it again."""
    for setting in SETTINGS:
        if setting.criterion in criterion and bool(criterion.get("negative")) == setting.negative:
            yield setting.field, setting.read(criterion[setting.criterion])


def create(desk: Desk, campaign: str, fields: Mapping[str, Any]) -> Iterator[Op]:
    """The criteria of a new campaign."""
    for setting in SETTINGS:
        for key, adjusted in _pairs(fields.get(setting.field)):
            yield _add(desk, setting, campaign, key, adjusted)


def change(
    desk: Desk, id: str, campaign: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Op]:
    """From one value of a field to the next, criterion by criterion."""
    for setting in SETTINGS:
        if setting.field not in after:
            continue
        had, wanted = dict(_pairs(before.get(setting.field))), dict(_pairs(after[setting.field]))
        for key in sorted(had.keys() - wanted.keys()):
            if setting.stays:
                yield _adjust(desk, setting, id, key, UNCHANGED)
            else:
                yield desk.remove("campaign_criterion", id, setting.field, _found(desk, setting, key))
        for key in sorted(wanted.keys() & had.keys()):
            if had[key] != wanted[key]:
                yield _adjust(desk, setting, id, key, wanted[key])
        for key in sorted(wanted.keys() - had.keys()):
            there = (id, setting.field, _found(desk, setting, key)) in desk.lookups.criteria
            if there and setting.stays:
                yield _adjust(desk, setting, id, key, wanted[key])
            else:
                yield _add(desk, setting, campaign, key, wanted[key])


def _pairs(value: Any) -> list[tuple[str, float]]:
    if isinstance(value, Mapping):
        return [(str(key), float(adjusted)) for key, adjusted in value.items()]
    return [(str(key), UNCHANGED) for key in value or ()]


def _found(desk: Desk, setting: Setting, key: str) -> str:
    """The text as the platform says it: a place by its constant."""
    return desk.constant("locations", key) if setting.negative else key


def _add(desk: Desk, setting: Setting, campaign: str, key: str, adjusted: float) -> Op:
    body: dict[str, Any] = {"campaign": campaign, setting.criterion: setting.body(desk, key)}
    if setting.negative:
        body["negative"] = True
    if setting.adjusts and adjusted != UNCHANGED:
        body["bid_modifier"] = adjusted
    return Op("campaign_criterion", "create", body)


def _adjust(desk: Desk, setting: Setting, id: str, key: str, adjusted: float) -> Op:
    name = desk.remove("campaign_criterion", id, setting.field, key).body
    return Op(
        "campaign_criterion", "update", {"resource_name": name, "bid_modifier": adjusted}, ("bid_modifier",)
    )
