"""Criteria of campaigns, ad groups and shared sets: their types, ids and limits."""

from __future__ import annotations

import hashlib

from sandbox.google import demand_gen, shopping, texts
from sandbox.google.context import Operation
from sandbox.google.errors import Problem, Unimplemented, not_found
from sandbox.google.messages import Message, api_name, enum_name
from sandbox.google.places import constants

# Supported criteria by kind. Others of the platform are answered UNIMPLEMENTED by name.
SUPPORTED = {
    "ad_group_criterion": {"keyword", "user_list", "audience", "age_range", "gender", "income_range",
                           "parental_status", "user_interest", "custom_audience", "location", "language",
                           "listing_group"},
    "campaign_criterion": {"keyword", "location", "language", "ad_schedule", "user_list", "device",
                           "proximity", "age_range", "gender"},
    "shared_criterion": {"keyword"},
    "customer_negative_criterion": {"content_label", "placement", "mobile_application", "youtube_video",
                                    "youtube_channel", "ip_block"},
}  # fmt: skip
# Criteria that a Search campaign keeps at one level only: not on the campaign unless negative.
NEGATIVE_ONLY = {"campaign_criterion": {"keyword", "age_range", "gender"}}
CONCRETE_TYPE = {
    "ad_group_criterion": "criterion_error",
    "campaign_criterion": "campaign_criterion_error",
    "shared_criterion": "criterion_error",
    "customer_negative_criterion": "criterion_error",
}
# Ids that every account shares: …/data/codes-formats (age ranges, genders, devices).
AGE_IDS = {"AGE_RANGE_18_24": 503001, "AGE_RANGE_25_34": 503002, "AGE_RANGE_35_44": 503003,
           "AGE_RANGE_45_54": 503004, "AGE_RANGE_55_64": 503005, "AGE_RANGE_65_UP": 503006,
           "AGE_RANGE_UNDETERMINED": 503999}  # fmt: skip
GENDER_IDS = {"MALE": 10, "FEMALE": 11, "UNDETERMINED": 20}
INCOME_IDS = {"INCOME_RANGE_0_50": 510001, "INCOME_RANGE_50_60": 510002, "INCOME_RANGE_60_70": 510003,
              "INCOME_RANGE_70_80": 510004, "INCOME_RANGE_80_90": 510005, "INCOME_RANGE_90_UP": 510006,
              "INCOME_RANGE_UNDETERMINED": 510000}  # fmt: skip
PARENT_IDS = {"PARENT": 300, "NOT_A_PARENT": 301, "UNDETERMINED": 302}
DEVICE_IDS = {"DESKTOP": 30000, "MOBILE": 30001, "TABLET": 30002, "CONNECTED_TV": 30004}
IDS = {
    "age_range": AGE_IDS,
    "gender": GENDER_IDS,
    "income_range": INCOME_IDS,
    "parental_status": PARENT_IDS,
    "device": DEVICE_IDS,
}
# Criteria that are nothing without one field.
FILLED = {"placement": "url", "mobile_application": "app_id", "youtube_video": "video_id",
          "youtube_channel": "channel_id", "ip_block": "ip_address", "content_label": "type_"}  # fmt: skip
FARTHEST = {"KILOMETERS": 800.0, "MILES": 500.0}  # support.google.com/google-ads/answer/1722043
MICRO = 1_000_000
BID_MODIFIER = (0.1, 10.0)  # docstring of bid_modifier; 0 opts a device out
INTERVALS_PER_DAY = 6  # CriterionError.AD_SCHEDULE_EXCEEDED_INTERVALS_PER_DAY_LIMIT
MINUTES = {"ZERO": 0, "FIFTEEN": 15, "THIRTY": 30, "FORTY_FIVE": 45}


def chosen(criterion: Message) -> str | None:
    """Which member of the criterion oneof is set."""
    return criterion.WhichOneof("criterion") or None


def criterion_id(criterion: Message) -> int:
    """The platform gives equal criteria equal ids everywhere; here a hash of type and content does."""
    name = chosen(criterion)
    assert name
    info = getattr(criterion, name)
    if name == "location":
        return _last(info.geo_target_constant)
    if name == "language":
        return _last(info.language_constant)
    if name in IDS:
        return IDS[name][enum_name(info, "type_")]
    content = (
        f"{info.text.casefold()}|{info.match_type}".encode()
        if name == "keyword"
        else info.SerializeToString()
    )
    digest = hashlib.blake2b(name.encode() + b"|" + content, digest_size=5).digest()
    return 300_000_000 + int.from_bytes(digest, "big")


def _last(name: str) -> int:
    return int(name.rsplit("/", 1)[-1])


def check_criterion(op: Operation) -> None:
    """Everything about one criterion; updates touch only bids, status and URLs."""
    name = chosen(op.new)
    if name is None:
        text = "The concrete type of the criterion is required."
        op.refuse(CONCRETE_TYPE[op.kind.name], "CONCRETE_TYPE_REQUIRED", text)
        return
    if name not in SUPPORTED[op.kind.name]:
        raise Unimplemented(f"{op.kind.message}.{name}")
    if op.creating:
        _check_content(op, name)
        if op.kind.name in ("ad_group_criterion", "campaign_criterion"):
            demand_gen.check_criterion(op, name)
    if "bid_modifier" in op.new.DESCRIPTOR.fields_by_name:
        _check_bid_modifier(op)


def _check_content(op: Operation, name: str) -> None:
    info, negative = getattr(op.new, name), getattr(op.new, "negative", True)
    if name in NEGATIVE_ONLY.get(op.kind.name, ()) and not negative:
        op.refuse(
            "criterion_error",
            "CANNOT_ADD_CRITERIA_TYPE",
            f"A campaign takes {name} criteria only as negatives.",
            name,
        )
    if name == "keyword":
        texts.check_keyword(op, info, negative)
    elif name == "listing_group":
        shopping.check_criterion(op)
    elif name == "location":
        _check_constant(op, info.geo_target_constant, name, "geo_target_constant")
    elif name == "language":
        _check_constant(op, info.language_constant, name, "language_constant")
    elif name == "user_list" and op.account.store.get(info.user_list) is None:
        text = "The user list does not exist."
        op.refuse("criterion_error", "INVALID_USER_LIST", text, name, "user_list", trigger=info.user_list)
    elif name == "audience" and op.account.store.get(info.audience) is None:
        op.add(not_found(info.audience, name, "audience"))
    elif name == "ad_schedule":
        _check_schedule(op, info)
    elif name == "proximity":
        _check_proximity(op, info)
    elif name in FILLED and not getattr(info, FILLED[name]):
        op.refuse(
            "field_error", "REQUIRED", "The required field was not present.", name, api_name(FILLED[name])
        )
    elif name in IDS and enum_name(info, "type_") in ("UNSPECIFIED", "UNKNOWN"):
        op.refuse("field_error", "REQUIRED", "The required field was not present.", name, "type")


def _check_proximity(op: Operation, info: Message) -> None:
    """A point within the globe or an address (which is not looked up here), and a radius."""
    if not (info.HasField("geo_point") or info.HasField("address")):
        code, text = "PROXIMITY_GEOPOINT_AND_ADDRESS_BOTH_CANNOT_BE_NULL", "Neither point nor address."
        op.refuse("criterion_error", code, text, "proximity")
    unit = enum_name(info, "radius_units")
    point = info.geo_point
    for field, code, most in (
        ("latitude_in_micro_degrees", "INVALID_LATITUDE", 90 * MICRO),
        ("longitude_in_micro_degrees", "INVALID_LONGITUDE", 180 * MICRO),
    ):
        if abs(getattr(point, field)) > most:
            op.refuse("criterion_error", code, "Outside of the globe.", "proximity", "geo_point", field)
    if not 0 < info.radius <= FARTHEST.get(unit, FARTHEST["KILOMETERS"]):
        code, text = "INVALID_PROXIMITY_RADIUS", "The radius is not valid."
        op.refuse("criterion_error", code, text, "proximity", "radius", trigger=str(info.radius))


def _check_constant(op: Operation, value: str, *path: str) -> None:
    if value not in constants():
        op.add(
            Problem("criterion_error", "INVALID_CRITERION_ID", "The criterion id is not valid.", path, value)
        )


def _check_schedule(op: Operation, info: Message) -> None:
    fields = info.DESCRIPTOR.fields_by_name
    for name in ("start_hour", "end_hour", "start_minute", "end_minute", "day_of_week"):
        value = getattr(info, name)
        if (fields[name].has_presence and not info.HasField(name)) or (fields[name].enum_type and value == 0):
            op.refuse("field_error", "REQUIRED", "The required field was not present.", "ad_schedule", name)
            return
    start, end = span(info)
    if not 0 <= start < end <= 24 * 60:
        op.refuse(
            "criterion_error",
            "AD_SCHEDULE_INVALID_TIME_INTERVAL",
            "The time interval is not valid.",
            "ad_schedule",
        )
    same_day = [
        entry.message.ad_schedule
        for entry in op.account.store.pointing("campaign_criterion", op.new.campaign)
        if not entry.removed and chosen(entry.message) == "ad_schedule"
        and entry.message.ad_schedule.day_of_week == info.day_of_week
    ]  # fmt: skip
    if any(start < other[1] and other[0] < end for other in map(span, same_day)):
        text = "Time intervals of a day must not overlap."
        op.refuse("criterion_error", "AD_SCHEDULE_TIME_INTERVALS_OVERLAP", text, "ad_schedule")
    if len(same_day) >= INTERVALS_PER_DAY:
        code = "AD_SCHEDULE_EXCEEDED_INTERVALS_PER_DAY_LIMIT"
        op.refuse("criterion_error", code, "At most 6 time intervals a day.", "ad_schedule")


def span(info: Message) -> tuple[int, int]:
    """An AdScheduleInfo in minutes of its day, end excluded."""
    start = info.start_hour * 60 + MINUTES.get(enum_name(info, "start_minute"), 0)
    return start, info.end_hour * 60 + MINUTES.get(enum_name(info, "end_minute"), 0)


def _check_bid_modifier(op: Operation) -> None:
    if not op.touches("bid_modifier") or not op.new.HasField("bid_modifier"):
        return
    value, name = op.new.bid_modifier, chosen(op.new)
    if op.new.negative:
        text = "Bid modifiers cannot be set on negative criteria."
        op.refuse("criterion_error", "CANNOT_BID_MODIFY_NEGATIVE_CRITERION", text, "bid_modifier")
    elif not BID_MODIFIER[0] <= value <= BID_MODIFIER[1] and not (name == "device" and value == 0):
        code = "TOO_LOW" if value < BID_MODIFIER[0] else "TOO_HIGH"
        op.refuse(
            "range_error",
            code,
            "The bid modifier must be from 0.1 to 10.0.",
            "bid_modifier",
            trigger=str(value),
        )
