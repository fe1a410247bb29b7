"""Custom conversion goals: named lists of the conversion actions that campaigns bid for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from connectors.google import goals
from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.naming import signed
from engine.resource import Resource


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    body = {
        "resource_name": desk.path("customConversionGoals", number),
        "name": signed(fields["name"], resource.mark),
        "conversion_actions": _actions(desk, fields),
    }
    yield Op("custom_conversion_goal", "create", body, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    body: dict[str, Any] = {"resource_name": desk.path("customConversionGoals", change.id)}
    if "name" in after:
        body["name"] = signed(after["name"], change.context.mark)
    if "actions" in after:
        body["conversion_actions"] = _actions(desk, after)
    mask = tuple(name for name in body if name != "resource_name")
    yield Op("custom_conversion_goal", "update", body, mask, bears=True)


def _actions(desk: Desk, fields: Fields) -> list[str]:
    return [desk.path("conversionActions", each) for each in fields["actions"]]


FAMILY: Final = Family(
    goals.KIND, "custom_conversion_goal", "customConversionGoals", create, update, library=True, signed="name"
)
