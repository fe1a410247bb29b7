"""The google-ads package's own message classes and descriptors, found by naming convention."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from functools import cache
from typing import Any

PACKAGE = "google.ads.googleads"
Message = Any  # the package's messages are built at run time; a type checker knows nothing of them


@cache
def versions() -> tuple[str, ...]:
    """API versions in the installed package, oldest first."""
    spec = importlib.util.find_spec(PACKAGE)
    paths = spec.submodule_search_locations if spec else None
    found = [m.name for m in pkgutil.iter_modules(paths) if re.fullmatch(r"v\d+", m.name)]
    return tuple(sorted(found, key=lambda name: int(name[1:])))


@cache
def newest() -> str:
    """The version in which everything is stored: field numbers do not change between versions."""
    return versions()[-1]


@cache
def message(place: str, name: str, version: str = "") -> Message:
    """A message class; place is its module below the version, such as `services.types.campaign_service`."""
    module = importlib.import_module(f"{PACKAGE}.{version or newest()}.{place}")
    return getattr(module, name).pb()


@cache
def wrapper(place: str, name: str) -> Any:
    """The documented class around a message, for its docstring."""
    return getattr(importlib.import_module(f"{PACKAGE}.{newest()}.{place}"), name)


@cache
def has_service(version: str, service: str) -> bool:
    """Whether a version has that service at all."""
    return importlib.util.find_spec(f"{PACKAGE}.{version}.services.types.{snake(service)}") is not None


@cache
def snake(name: str) -> str:
    """`AdGroupAdService` → `ad_group_ad_service`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def api_name(name: str) -> str:
    """A field as the API spells it: `type`, where Python's classes say `type_`."""
    return name.rstrip("_")


def field_of(descriptor: Any, name: str) -> Any | None:
    """The field by the API's name or Python's; None if there is none."""
    return descriptor.fields_by_name.get(name) or descriptor.fields_by_name.get(f"{name}_")


def is_message(field: Any) -> bool:
    return bool(field.message_type is not None)


@cache
def enum_names(enum: Any) -> dict[str, int]:
    return {value.name: value.number for value in enum.values}


def enum_name(owner: Message, field: str) -> str:
    """The name of an enum field's value; of an unknown number, its digits."""
    descriptor = owner.DESCRIPTOR.fields_by_name[field]
    number = getattr(owner, field)
    value = descriptor.enum_type.values_by_number.get(number)
    return str(value.name if value else number)


def set_enum(owner: Message, field: str, name: str) -> None:
    descriptor = owner.DESCRIPTOR.fields_by_name[field]
    setattr(owner, field, enum_names(descriptor.enum_type)[name])


def is_set(owner: Message, field: Any) -> bool:
    """Whether a field carries a value: present, non-empty, or different from its default."""
    if field.is_repeated:
        return len(getattr(owner, field.name)) > 0
    if field.has_presence:
        return bool(owner.HasField(field.name))
    return bool(getattr(owner, field.name) != field.default_value)


def is_filled(owner: Message, field: Any) -> bool:
    """Whether a required field is satisfied: set, and neither an empty text nor UNSPECIFIED."""
    if field.type == field.TYPE_STRING and not field.is_repeated:
        return bool(getattr(owner, field.name).strip())
    if field.enum_type is not None and not field.is_repeated:
        return bool(getattr(owner, field.name) > 1)  # 1 is UNKNOWN
    return is_set(owner, field)
