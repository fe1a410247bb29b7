"""What a family of resources is: a row of the table in build.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.naming import signed
from engine.resource import Resource

Fields = dict[str, Any]  # declared fields with every known id in place of its Ref


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of ours: the platform's resource that bears it, its collection, and what writes it.

    parent    the field with the Ref to what it hangs under
    library   shared by several trees, so made in a request of its own before them
    labelled  bears a label; every other is known otherwise (see engine.supports.KindSupport.mark)
    signed    the field at whose end it bears its mark instead
    """

    kind: str
    resource: str
    collection: str
    create: Callable[[Desk, Resource, Fields], Iterator[Op]]
    update: Callable[[Desk, Update, Fields], Iterator[Op]]
    parent: str | None = None
    library: bool = False
    labelled: bool = False
    signed: str | None = None


def never_changes(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    """For what only comes and goes. Nothing differs in it, so nobody calls this with a field."""
    raise AssertionError(f"{change.address} cannot change: {sorted(after)}")


def renamed(path: str, change: Update, after: Fields) -> tuple[dict[str, Any], list[str]]:
    """Where an update of what bears its mark in its name begins: its body and its mask so far."""
    if "name" not in after:
        return {"resource_name": path}, []
    return {"resource_name": path, "name": signed(after["name"], change.context.mark)}, ["name"]


def status_only(family: str, collection: str) -> Callable[[Desk, Update, Fields], Iterator[Op]]:
    """An update of the status alone, since everything else is immutable."""

    def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
        body = {"resource_name": desk.path(collection, change.id), "status": after["status"]}
        yield Op(family, "update", body, ("status",), bears=True)

    return update
