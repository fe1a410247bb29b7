"""GoogleAdsFieldService: every name a query may use, with its type and what it stands beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from sandbox.google import published
from sandbox.google.conditions import compile_condition
from sandbox.google.errors import Problem, Refusal
from sandbox.google.fields import Field, reader, row_descriptor
from sandbox.google.messages import Message, field_of, is_message, message, set_enum
from sandbox.google.query import Condition, parse, query_error

TYPES = {  # descriptor type → GoogleAdsFieldDataType
    "TYPE_BOOL": "BOOLEAN", "TYPE_STRING": "STRING", "TYPE_INT64": "INT64", "TYPE_INT32": "INT32",
    "TYPE_DOUBLE": "DOUBLE", "TYPE_FLOAT": "FLOAT", "TYPE_ENUM": "ENUM", "TYPE_MESSAGE": "MESSAGE",
    "TYPE_UINT64": "UINT64", "TYPE_BYTES": "STRING",
}  # fmt: skip


# Segments that are dates, and attributes that name resources though no resource is called so.
DATES = frozenset({"segments.date", "segments.week", "segments.month", "segments.quarter"})
NAMES = frozenset({"resource_name", "labels", "owner_customer", "client_customer", "manager_customer"})


def _new() -> Message:
    return message("resources.types.google_ads_field", "GoogleAdsField")()


@cache
def catalogue(version: str) -> dict[str, Message]:
    """Name → GoogleAdsField without `selectable_with`: all that this version and the platform both have."""
    found: dict[str, Message] = {}
    row = row_descriptor(version)
    for resource, one in published.resources().items():
        if field_of(row, resource) is None:
            continue
        found[resource] = _resource(resource)
        _describe(found, version, "ATTRIBUTE", (f"{resource}.{name}" for name in sorted(one.fields)))
    for head, category in (("segments", "SEGMENT"), ("metrics", "METRIC")):
        _describe(found, version, category, (f"{head}.{name}" for name in published.names(head)))
    return found


def _describe(found: dict[str, Message], version: str, category: str, names: Iterable[str]) -> None:
    for name in names:
        chain = _chain(version, name)
        if chain:  # an older version has fewer
            found[name] = _described(name, chain, category)


def _chain(version: str, name: str) -> list[Any]:
    """The descriptors on the way to a field, through repeated ones too; empty if this version lacks it."""
    descriptor, chain = row_descriptor(version), []
    for part in name.split("."):
        field = field_of(descriptor, part) if descriptor is not None else None
        if field is None:
            return []
        chain.append(field)
        descriptor = field.message_type
    return chain


def _resource(name: str) -> Message:
    made, allowed = _new(), published.resources()[name]
    made.resource_name, made.name = f"googleAdsFields/{name}", name
    made.selectable = made.filterable = made.sortable = made.is_repeated = False
    made.attribute_resources.extend(allowed.resources)
    made.metrics.extend(f"metrics.{metric}" for metric in allowed.metrics)
    made.segments.extend(f"segments.{segment}" for segment in allowed.segments)
    set_enum(made, "category", "RESOURCE")
    set_enum(made, "data_type", "MESSAGE")
    return made


def _described(name: str, chain: list[Any], category: str) -> Message:
    made, kind = _new(), chain[-1]
    made.resource_name, made.name = f"googleAdsFields/{name}", name
    made.selectable, made.is_repeated = True, any(each.is_repeated for each in chain)
    made.filterable = not is_message(kind)
    made.sortable = not is_message(kind) and not made.is_repeated
    set_enum(made, "category", category)
    set_enum(made, "data_type", _data_type(name, kind))
    if kind.enum_type is not None:
        made.enum_values.extend(value.name for value in kind.enum_type.values)
        made.type_url = kind.enum_type.full_name
    elif is_message(kind):
        made.type_url = kind.message_type.full_name
    return made


def _data_type(name: str, kind: Any) -> str:
    """Of a text also whether it is a date, or names a resource: as its field is called after one."""
    types = {number: word for word, number in vars(type(kind)).items() if word.startswith("TYPE_")}
    last = name.rsplit(".", 1)[-1]
    if name in DATES:
        return "DATE"
    if kind.type == kind.TYPE_STRING and name.partition(".")[0] != "metrics":
        called = last.removeprefix("base_")
        if last in NAMES or called in published.resources():
            return "RESOURCE_NAME"
    return TYPES.get(types[kind.type], "UNKNOWN")


def _whole(field: Message) -> Message:
    """With `selectable_with`, which is long and not kept."""
    whole = type(field)()
    whole.CopyFrom(field)
    head, _, name = field.name.partition(".")
    if head in ("metrics", "segments"):
        whole.selectable_with.extend(published.beside(head, name))
    elif name:
        whole.selectable_with.extend(published.within(head))
    else:
        whole.selectable_with.extend([*field.attribute_resources, *field.segments, *field.metrics])
    return whole


def one(resource_name: str, version: str) -> Message:
    """By `googleAdsFields/<name>`; raises Refusal."""
    found = catalogue(version).get(resource_name.removeprefix("googleAdsFields/"))
    if found is None:
        text = "Resource was not found."
        raise Refusal(Problem("request_error", "RESOURCE_NOT_FOUND", text, ("resource_name",), resource_name))
    return _whole(found)


def search(text: str, version: str) -> list[Message]:
    """A query such as `SELECT name, category WHERE name LIKE 'campaign.%'`; it has no FROM.

    Raises Refusal with the QueryError.
    """
    query = parse(text, needs_from=False)
    selected = [_member(name).name for name in query.fields]
    tests = [_test(condition) for condition in query.conditions]
    fields: Iterable[Message] = catalogue(version).values()
    if "selectable_with" in {*selected, *(condition.field for condition in query.conditions)}:
        fields = map(_whole, fields)
    matching = [one for one in fields if all(test(one) for test in tests)]
    for order in reversed(query.orders):
        matching.sort(key=attrgetter(_ordering(order.field)), reverse=order.descending)
    return [_only(one, selected) for one in matching[: query.limit]]


def _member(name: str) -> Any:
    found = field_of(_new().DESCRIPTOR, name)
    if found is None:
        raise query_error("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.", name)
    return found


def _test(condition: Condition) -> Callable[[Message], bool]:
    member = _member(condition.field)
    field = Field(condition.field, "", (member.name,), member)
    read, test = reader(field.path), compile_condition(field, condition, date.min)
    return lambda one: test(read(one))


def _ordering(name: str) -> str:
    member = _member(name)
    if member.is_repeated:
        raise query_error("PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE", f"'{name}' has no order.", name)
    return str(member.name)


def _only(whole: Message, names: list[str]) -> Message:
    made = type(whole)(resource_name=whole.resource_name)
    for name in names:
        value = getattr(whole, name)
        if whole.DESCRIPTOR.fields_by_name[name].is_repeated:
            getattr(made, name).MergeFrom(value)
        else:
            setattr(made, name, value)
    return made
