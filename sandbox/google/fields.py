"""Names in a query against the descriptors of the caller's version, and what may stand beside what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.google import published
from sandbox.google.errors import Refusal
from sandbox.google.messages import Message, enum_names, field_of, is_message, is_set, message, newest
from sandbox.google.query import query_error

ROW = ("services.types.google_ads_service", "GoogleAdsRow")
COMPATIBILITY = Path(__file__).with_name("compatibility.json")
DATES = ("date", "date_time", "week", "month", "quarter")


@dataclass(frozen=True)
class Field:
    """One name of a query; `path` are Python's field names below the row's member `head`."""

    name: str
    head: str
    path: tuple[str, ...]
    descriptor: Any

    @property
    def repeated(self) -> bool:
        return bool(self.descriptor.is_repeated)

    @property
    def enum(self) -> Any | None:
        return self.descriptor.enum_type

    @property
    def is_text(self) -> bool:
        return bool(self.descriptor.type == self.descriptor.TYPE_STRING)

    @property
    def is_flag(self) -> bool:
        return bool(self.descriptor.type == self.descriptor.TYPE_BOOL)

    @property
    def is_message(self) -> bool:
        return is_message(self.descriptor)

    @property
    def is_date(self) -> bool:
        return self.is_text and self.name.rsplit(".", 1)[-1].endswith(DATES)

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class Compatibility:
    """What a FROM resource may be selected with."""

    resources: frozenset[str]
    metrics: frozenset[str]
    segments: frozenset[str]


@cache
def compatibility() -> dict[str, Compatibility]:
    """The supported FROM resources."""
    raw = json.loads(COMPATIBILITY.read_text(encoding="utf-8"))
    return {
        name: Compatibility(frozenset(one["with"]), frozenset(one["metrics"]), frozenset(one["segments"]))
        for name, one in raw.items()
        if name != "source"
    }


@cache
def row_descriptor(version: str) -> Any:
    return message(*ROW, version).DESCRIPTOR


@cache
def resolve(version: str, name: str) -> Field:
    """The field of that name in that version; raises Refusal with UNRECOGNIZED_FIELD."""
    head, *parts = name.split(".")
    member = field_of(row_descriptor(version), head)
    descriptor, found, path = (member.message_type if member is not None else None), member, []
    for part in parts:
        found = field_of(descriptor, part) if descriptor is not None else None
        if found is None:
            break
        path.append(found.name)
        descriptor = found.message_type if is_message(found) and not found.is_repeated else None
    if found is None or not parts:
        raise query_error("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.", name)
    return Field(name, head, tuple(path), found)


def check_known(resource: str, version: str) -> None:
    """The FROM resource exists in that version; raises Refusal with BAD_RESOURCE_TYPE_IN_FROM_CLAUSE."""
    if field_of(row_descriptor(version), resource) is None or resource in ("metrics", "segments"):
        text = f"Unrecognized resource in the FROM clause: '{resource}'."
        raise query_error("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", text, resource)


def _gone(name: str) -> bool:
    """A field that the caller's version has and the newest no longer: what is published is the newest's."""
    try:
        resolve(newest(), name)
    except Refusal:
        return True
    return False


def check_compatible(resource: str, field: Field, clause: str) -> None:
    """A field may stand beside this FROM resource; clause is SELECT or WHERE."""
    allowed, (head, name) = compatibility()[resource], (field.head, field.name.partition(".")[2])
    code = ""
    if head == "metrics":
        code = "" if name in allowed.metrics else "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"
    elif head == "segments":
        code = "" if name in allowed.segments else "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE"
    elif head != resource and head not in allowed.resources:
        code = f"PROHIBITED_RESOURCE_TYPE_IN_{clause}_CLAUSE"
    elif name not in published.resources()[head].fields and not _gone(field.name):
        code = f"PROHIBITED_FIELD_IN_{clause}_CLAUSE"
    if code:
        raise query_error(code, f"'{field.name}' cannot stand in a query FROM '{resource}'.", field.name)


@cache
def reader(path: tuple[str, ...]) -> Callable[[Message], Any]:
    """A function from a resource to the value at the path: None where it is not set."""

    def read(owner: Message) -> Any:
        for name in path[:-1]:
            field = owner.DESCRIPTOR.fields_by_name.get(name)
            if field is None or not owner.HasField(name):
                return None
            owner = getattr(owner, name)
        field = owner.DESCRIPTOR.fields_by_name.get(path[-1])
        if field is None:  # the caller's version has it, the newest has not
            return None
        if field.is_repeated or not field.has_presence:
            return getattr(owner, path[-1])
        return getattr(owner, path[-1]) if owner.HasField(path[-1]) else None

    return read


def copy_field(source: Message, target: Message, path: tuple[str, ...]) -> None:
    """Set the path in the target as it is in the source; nothing where it is not set."""
    for name in path[:-1]:
        if name not in source.DESCRIPTOR.fields_by_name or not source.HasField(name):
            return
        source, target = getattr(source, name), getattr(target, name)
        target.SetInParent()
    field = source.DESCRIPTOR.fields_by_name.get(path[-1])
    if field is None or not is_set(source, field):
        return
    if field.is_repeated:
        getattr(target, field.name).MergeFrom(getattr(source, field.name))
    elif is_message(field):
        getattr(target, field.name).CopyFrom(getattr(source, field.name))
    else:
        setattr(target, field.name, getattr(source, field.name))


def number_of(enum: Any, name: str) -> int:
    """The number of an enum constant; raises Refusal with BAD_ENUM_CONSTANT."""
    try:
        return enum_names(enum)[name.upper()]
    except KeyError:
        raise query_error("BAD_ENUM_CONSTANT", f"Invalid enum value: {name}.", name) from None


def newest_row() -> Message:
    return message(*ROW, newest())()
