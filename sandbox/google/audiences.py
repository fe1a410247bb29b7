"""Audiences of the audience builder: what they are made of, and whom they reach."""

from __future__ import annotations

from collections import Counter

from sandbox.google.context import Account, Operation
from sandbox.google.errors import Unimplemented, not_found
from sandbox.google.messages import Message, enum_name

AGE_STARTS, AGE_ENDS = {18, 25, 35, 45, 55, 65}, {24, 34, 44, 54, 64}  # docstring of AgeSegment
LONGEST_NAME = 255  # docstring of Audience.name
SUPPORTED = {"age", "gender", "household_income", "parental_status", "audience_segments"}


def check(op: Operation) -> None:
    """Name, scope and dimensions: docstrings of Audience and of its dimensions, AudienceError."""
    own = enum_name(op.new, "scope") == "ASSET_GROUP"
    if own and not op.new.asset_group:
        text = "An audience of one asset group names it."
        op.refuse("audience_error", "MISSING_ASSET_GROUP_ID", text, "asset_group")
    if not own and not op.new.name:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "name")
    if len(op.new.name) > LONGEST_NAME:
        op.refuse("string_length_error", "TOO_LONG", "Too long.", "name", trigger=op.new.name)
    kinds = Counter(each.WhichOneof("dimension") for each in op.new.dimensions)
    if None in kinds:
        op.refuse("audience_error", "DIMENSION_INVALID", "A dimension says nothing.", "dimensions")
    if any(count > 1 for count in kinds.values()):
        code, text = "TOO_MANY_DIMENSIONS_OF_SAME_TYPE", "A dimension of each type."
        op.refuse("audience_error", code, text, "dimensions")
    for index, each in enumerate(op.new.dimensions):
        _check_dimension(op, each, index)
    for index, each in enumerate(op.new.exclusion_dimension.exclusions):
        _check_list(op, each.user_list.user_list, "exclusion_dimension", ("exclusions", index))


def _check_dimension(op: Operation, dimension: Message, index: int) -> None:
    place = ("dimensions", index)
    for number, each in enumerate(dimension.age.age_ranges):
        top = each.max_age
        if each.min_age not in AGE_STARTS or (top and (top not in AGE_ENDS or top < each.min_age)):
            path = (place, "age", ("age_ranges", number))
            op.refuse("audience_error", "DIMENSION_INVALID", "These ages are no range.", *path)
    segments = dimension.audience_segments.segments
    if dimension.HasField("audience_segments") and not segments:
        op.refuse("audience_error", "DIMENSION_INVALID", "No segments.", place, "audience_segments")
    named = Counter(each.SerializeToString() for each in segments)
    if any(count > 1 for count in named.values()):
        code, text = "DUPLICATE_AUDIENCE_SEGMENT", "The same segment twice."
        op.refuse("audience_error", code, text, place, "audience_segments")
    for number, each in enumerate(segments):
        if (kind := each.WhichOneof("segment")) != "user_list":
            raise Unimplemented(f"AudienceSegment.{kind}")
        _check_list(op, each.user_list.user_list, place, "audience_segments", ("segments", number))


def _check_list(op: Operation, name: str, *path: str | tuple[str, int]) -> None:
    if op.account.store.get(name) is None:
        code, text = "AUDIENCE_SEGMENT_NOT_FOUND", "The user list does not exist."
        op.refuse("audience_error", code, text, *path, "user_list", "user_list", trigger=name)


def check_signal(op: Operation) -> None:
    """An audience as a hint to an asset group: one, and not another group's own."""
    name, group = op.new.audience.audience, op.new.asset_group
    audience = op.account.store.get(name)
    if audience is None:
        op.add(not_found(name, "audience", "audience"))
        return
    others = op.account.store.pointing("asset_group_signal", group)
    if any(each.message.HasField("audience") for each in others):
        text = "An asset group has one audience."
        op.refuse("criterion_error", "ONE_AUDIENCE_ALLOWED_PER_ASSET_GROUP", text, "audience", "audience")
    if audience.asset_group and audience.asset_group != group:
        code, text = "AUDIENCE_WITH_WRONG_ASSET_GROUP_ID", "The audience is another asset group's."
        op.refuse("asset_group_signal_error", code, text, "audience", "audience", trigger=name)


def lists_of(account: Account, group: Message) -> tuple[list[Message], list[Message]]:
    """User lists that the audience of an ad group aims at and leaves out; none where it may reach beyond."""
    for entry in account.store.pointing("ad_group_criterion", group.resource_name):
        audience = account.store.get(entry.message.audience.audience)
        if audience is not None:
            segments = [each for one in audience.dimensions for each in one.audience_segments.segments]
            aims = [] if group.optimized_targeting_enabled else segments
            return _found(account, aims), _found(account, audience.exclusion_dimension.exclusions)
    return [], []


def _found(account: Account, segments: Message) -> list[Message]:
    named = (account.store.get(each.user_list.user_list) for each in segments)
    return [each for each in named if each is not None]
