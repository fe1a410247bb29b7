"""What may be spent a day: the budgets of the objects that can deliver, before and after a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Fields, Observed, Ref, Resource
from engine.supports import Supports

Nodes = Mapping[Address, Fields]
Flights = Mapping[str, tuple[date, date | None]]  # YAML key → first and last day; an ad set's wins
NO_FLIGHTS: Flights = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in major units of `currency`."""

    amount: Decimal
    currency: str


def before(found: Mapping[Address, Observed], supports: Mapping[str, Supports]) -> dict[Address, Fields]:
    """The tree as observed; parents that are ours are written as Refs, so that both trees read alike."""
    addresses = {(address.platform, address.kind, seen.id): address for address, seen in found.items()}
    nodes: dict[Address, Fields] = {}
    for address, seen in found.items():
        if seen.archived:
            continue
        kind = supports[address.platform].kinds[address.kind]
        parent = seen.fields.get(kind.parent) if kind.parent else None
        above = addresses.get((address.platform, kind.parent_kind or "", str(parent)))
        nodes[address] = {**seen.fields, kind.parent: Ref(above)} if kind.parent and above else seen.fields
    return nodes


def after(nodes: Nodes, changes: Iterable[Change]) -> dict[Address, Fields]:
    """The tree once every change is applied; of a replacement the new object is what remains."""
    steps = tuple(changes)
    archived = {each.address for each in steps if isinstance(each, Archive)}
    result = {address: fields for address, fields in nodes.items() if address not in archived}
    for change in steps:
        if isinstance(change, Create):
            result[change.address] = change.resource.fields
        elif isinstance(change, Update):
            result[change.address] = {**result.get(change.address, {}), **change.after}
    return result


def daily(
    nodes: Nodes,
    supports: Mapping[str, Supports],
    currency: Mapping[str, str],
    flights: Flights = NO_FLIGHTS,
) -> dict[Address, Amount]:
    """What every object that carries a budget and can deliver (it and all above it are live) may spend a day.

    A lifetime budget counts with its share of a day of its flight. Conservative: a budget counts though
    nothing below it is live yet. `currency` is by platform.
    """
    budgets: dict[Address, Amount] = {}
    for address, fields in nodes.items():
        support = supports[address.platform]
        amount = Decimal(0)
        for name, period in support.kinds[address.kind].budgets.items():
            units = fields.get(name)
            if isinstance(units, int) and units > 0:
                days = 1 if period == "day" else flight_days(address.key, flights)
                amount += Decimal(units) / support.units(currency[address.platform]) / days
        if amount and can_deliver(address, nodes, supports):
            budgets[address] = Amount(amount, currency[address.platform])
    return budgets


def flight_days(key: str, flights: Flights) -> int:
    """Days of the flight declared at a key or above it; 1 where nothing is declared, which counts most."""
    start, end = flights.get(key) or flights.get(key.partition("/")[0]) or (None, None)
    return max(1, (end - start).days + 1) if start and end else 1


def can_deliver(address: Address, nodes: Nodes, supports: Mapping[str, Supports]) -> bool:
    """Whether the object and everything above it in `nodes` is live."""
    fields: Fields | None = nodes.get(address)
    while fields is not None:
        kind = supports[address.platform].kinds[address.kind]
        if kind.status is not None and fields.get(kind.status.name) != kind.status.live:
            return False
        parent = fields.get(kind.parent) if kind.parent else None
        if not isinstance(parent, Ref):
            return kind.parent is None
        address, fields = parent.address, nodes.get(parent.address)
    return False


def total(amounts: Iterable[Amount]) -> dict[str, Decimal]:
    """Sums by currency, in major units."""
    sums: dict[str, Decimal] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.amount
    return sums


def deltas(old: Mapping[Address, Amount], new: Mapping[Address, Amount]) -> dict[Address, Amount]:
    """What each budget's carrier adds (or frees, negative) a day."""
    result = {}
    for address in {**old, **new}:
        currency = (new.get(address) or old[address]).currency
        was = old[address].amount if address in old else Decimal(0)
        will = new[address].amount if address in new else Decimal(0)
        if will != was:
            result[address] = Amount(will - was, currency)
    return result


def parent_of(resource: Resource, supports: Mapping[str, Supports]) -> Address | None:
    """The object a declared one hangs under."""
    name = supports[resource.address.platform].kinds[resource.address.kind].parent
    parent = resource.fields.get(name) if name else None
    return parent.address if isinstance(parent, Ref) else None


def ancestors(address: Address, nodes: Nodes, supports: Mapping[str, Supports]) -> Sequence[Address]:
    """The objects above one, nearest first."""
    chain: list[Address] = []
    fields = nodes.get(address)
    while fields is not None:
        name = supports[address.platform].kinds[address.kind].parent
        parent = fields.get(name) if name else None
        if not isinstance(parent, Ref) or parent.address in chain:
            break
        address = parent.address
        chain.append(address)
        fields = nodes.get(address)
    return chain
