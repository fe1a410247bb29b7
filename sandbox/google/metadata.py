"""GoogleAdsFieldService: every name a query may use, with its type and what it stands beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from sandbox.google.conditions import compile_condition
from sandbox.google.errors import Problem, Refusal
from sandbox.google.fields import Field, compatibility, reader, resolve, row_descriptor, selectable
from sandbox.google.messages import Message, api_name, field_of, is_message, message, set_enum
from sandbox.google.query import parse, query_error

DEEPEST = 6  # levels of messages below a resource
TYPES = {  # descriptor type → GoogleAdsFieldDataType
    "TYPE_BOOL": "BOOLEAN", "TYPE_STRING": "STRING", "TYPE_INT64": "INT64", "TYPE_INT32": "INT32",
    "TYPE_DOUBLE": "DOUBLE", "TYPE_FLOAT": "FLOAT", "TYPE_ENUM": "ENUM", "TYPE_MESSAGE": "MESSAGE",
    "TYPE_UINT64": "UINT64", "TYPE_BYTES": "STRING",
}  # fmt: skip


def _new() -> Message:
    return message("resources.types.google_ads_field", "GoogleAdsField")()


@cache
def catalogue(version: str) -> dict[str, Message]:
    """Name → GoogleAdsField: resources, attributes, segments and metrics of the supported FROM clauses."""
    found: dict[str, Message] = {}
    for resource in sorted(compatibility()):
        if field_of(row_descriptor(version), resource) is None:
            continue
        found[resource] = _resource(resource)
        for field in _attributes(version, resource):
            found[field.name] = _described(field, "ATTRIBUTE")
    for head, category in (("segments", "SEGMENT"), ("metrics", "METRIC")):
        for name in sorted({name for one in compatibility().values() for name in getattr(one, head)}):
            try:
                found[f"{head}.{name}"] = _described(resolve(version, f"{head}.{name}"), category)
            except Refusal:
                continue  # an older version has fewer
    return found


def _resource(name: str) -> Message:
    made, allowed = _new(), compatibility()[name]
    made.resource_name, made.name = f"googleAdsFields/{name}", name
    made.selectable = made.filterable = made.sortable = False
    made.attribute_resources.extend(sorted(allowed.resources))
    made.metrics.extend(f"metrics.{metric}" for metric in sorted(allowed.metrics))
    made.segments.extend(f"segments.{segment}" for segment in sorted(allowed.segments))
    made.selectable_with.extend([*made.attribute_resources, *made.segments, *made.metrics])
    set_enum(made, "category", "RESOURCE")
    set_enum(made, "data_type", "MESSAGE")
    return made


def _attributes(version: str, resource: str) -> Iterator[Field]:
    descriptor = field_of(row_descriptor(version), resource).message_type  # type: ignore[union-attr]
    for name in _names(descriptor, resource, 0):
        field = resolve(version, name)
        if selectable(field):
            yield field


def _names(descriptor: Any, prefix: str, depth: int) -> Iterator[str]:
    for field in descriptor.fields:
        name = f"{prefix}.{api_name(field.name)}"
        yield name
        if is_message(field) and not field.is_repeated and depth < DEEPEST:
            yield from _names(field.message_type, name, depth + 1)


def _described(field: Field, category: str) -> Message:
    made, kind = _new(), field.descriptor
    types = {number: name for name, number in vars(type(kind)).items() if name.startswith("TYPE_")}
    made.resource_name, made.name = f"googleAdsFields/{field.name}", field.name
    made.selectable, made.is_repeated = True, field.repeated
    made.filterable = not field.is_message
    made.sortable = not field.is_message and not field.repeated
    set_enum(made, "category", category)
    data_type = "DATE" if field.name == "segments.date" else TYPES.get(types[kind.type], "UNKNOWN")
    if field.is_text and field.name.endswith(".resource_name"):
        data_type = "RESOURCE_NAME"
    set_enum(made, "data_type", data_type)
    if field.enum is not None:
        made.enum_values.extend(value.name for value in field.enum.values)
        made.type_url = field.enum.full_name
    elif field.is_message:
        made.type_url = kind.message_type.full_name
    return made


def one(resource_name: str, version: str) -> Message:
    """By `googleAdsFields/<name>`; raises Refusal."""
    found = catalogue(version).get(resource_name.removeprefix("googleAdsFields/"))
    if found is None:
        text = "Resource was not found."
        raise Refusal(Problem("request_error", "RESOURCE_NOT_FOUND", text, ("resource_name",), resource_name))
    return found


def search(text: str, version: str) -> list[Message]:
    """A query such as `SELECT name, category WHERE name LIKE 'campaign.%'`; it has no FROM."""
    query = parse(text, needs_from=False)
    descriptor = _new().DESCRIPTOR
    for name in query.fields:
        if field_of(descriptor, name) is None:
            raise query_error("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.", name)
    tests = []
    for condition in query.conditions:
        found = field_of(descriptor, condition.field)
        if found is None:
            raise query_error(
                "UNRECOGNIZED_FIELD", f"Unrecognized field: '{condition.field}'.", condition.field
            )
        field = Field(condition.field, "", (found.name,), found)
        tests.append((reader(field.path), compile_condition(field, condition, date.min)))
    matching = [one for one in catalogue(version).values() if all(test(read(one)) for read, test in tests)]
    for order in reversed(query.orders):
        matching.sort(key=lambda one, by=order.field: getattr(one, by), reverse=order.descending)  # type: ignore[misc]
    selected = [field_of(descriptor, name).name for name in query.fields]  # type: ignore[union-attr]
    return [_only(one, selected) for one in matching[: query.limit]]


def _only(whole: Message, names: list[str]) -> Message:
    made = type(whole)(resource_name=whole.resource_name)
    for name in names:
        value = getattr(whole, name)
        if whole.DESCRIPTOR.fields_by_name[name].is_repeated:
            getattr(made, name).MergeFrom(value)
        else:
            setattr(made, name, value)
    return made
