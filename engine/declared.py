"""What a plan declared, as one value that can be kept and brought back: resources, flights, lifecycles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.budget import Flights
from engine.context import Lifecycle
from engine.moves import remark
from engine.naming import Scope
from engine.plan import resource_from_json, resource_to_json
from engine.resource import Address, Ref, Resource, Value

VERSION = 1
NOTHING: Mapping[str, Lifecycle] = {}


@dataclass(frozen=True, slots=True)
class Declared:
    """`resources` are in their platforms' own terms, parents first. `targets` and `platform` are the plan's:
    only that part of it was carried out.
    """

    resources: tuple[Resource, ...]
    flights: Flights
    lifecycle: Mapping[str, Lifecycle]
    targets: tuple[str, ...] = ()
    platform: str | None = None


def to_json(declared: Declared) -> dict[str, Any]:
    """The kept form, version 1. Holds what the YAML says in public, and no secret."""
    return {
        "version": VERSION,
        "resources": [resource_to_json(each) for each in declared.resources],
        "flights": {
            key: [start.isoformat(), end.isoformat() if end else None]
            for key, (start, end) in declared.flights.items()
        },
        "lifecycle": {
            key: {"protect": life.protect, "replace": life.replace, "ignore": sorted(life.ignore)}
            for key, life in declared.lifecycle.items()
        },
        "targets": list(declared.targets),
        "platform": declared.platform,
    }


def from_json(document: Mapping[str, Any]) -> Declared:
    """The inverse of `to_json`. Raises ValueError or KeyError on anything else."""
    if document.get("version") != VERSION:
        raise ValueError(f"declaration version {document.get('version')!r}, this Kampanya reads {VERSION}")
    return Declared(
        tuple(resource_from_json(each) for each in document["resources"]),
        {
            key: (date.fromisoformat(start), date.fromisoformat(end) if end else None)
            for key, (start, end) in document["flights"].items()
        },
        {
            key: Lifecycle(life["protect"], life["replace"], frozenset(life["ignore"]))
            for key, life in document["lifecycle"].items()
        },
        tuple(document["targets"]),
        document["platform"],
    )


def renamed(declared: Declared, moves: Sequence[tuple[Address, Address]], scope: Scope) -> Declared:
    """The same under the addresses that its objects were moved to since, with their marks, oldest first."""

    def now(address: Address) -> Address:
        for old, new in moves:
            address = new if address == old else address
        return address

    def key_now(key: str) -> str:
        for old, new in moves:
            key = new.key if key == old.key else key
        return key

    addresses = [each.address for each in declared.resources] if moves else []
    tokens = {scope.token(each): scope.token(now(each)) for each in addresses}
    return replace(
        declared,
        resources=tuple(
            replace(
                each,
                address=now(each.address),
                mark=remark(each.mark, tokens),
                fields=_fields(each.fields, now),
            )
            for each in declared.resources
        ),
        flights={key_now(key): days for key, days in declared.flights.items()},
        lifecycle={key_now(key): life for key, life in declared.lifecycle.items()},
        targets=tuple(key_now(key) for key in declared.targets),
    )


def _fields(fields: Mapping[str, Value], now: Callable[[Address], Address]) -> dict[str, Value]:
    return {name: _value(value, now) for name, value in fields.items()}


def _value(value: Value, now: Callable[[Address], Address]) -> Value:
    if isinstance(value, Ref):
        return Ref(now(value.address))
    if isinstance(value, Mapping):
        return _fields(value, now)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_value(item, now) for item in value)
    return value


def both(then: Mapping[str, Lifecycle], now: Mapping[str, Lifecycle]) -> dict[str, Lifecycle]:
    """What holds on the way back: protected if either says so, ignored if either does; replacing as today
    where the key is still declared, else as it was allowed then.
    """
    found = dict(then)
    for key, life in now.items():
        old = then.get(key, Lifecycle())
        found[key] = Lifecycle(life.protect or old.protect, life.replace, life.ignore | old.ignore)
    return found
