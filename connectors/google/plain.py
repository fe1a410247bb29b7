"""Fields that a resource keeps under our own names: what is sent of them, and the mask that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def last(resource_name: str) -> str:
    """The id at the end of a resource name; a composite id (`1~2`) whole."""
    return resource_name.rsplit("/", 1)[-1]


def changed_body(
    table: Mapping[str, tuple[str, ...]], after: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The body and the mask of what differs; a field that becomes None is named in the mask alone."""
    names = table.keys() & after.keys()
    body = {name: after[name] for name in names if after[name] is not None}
    mask = [path for name in names for path in [f"{name}.{leaf}" for leaf in table[name]] or [name]]
    return body, mask
