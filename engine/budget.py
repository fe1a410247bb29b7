"""What may be spent a day: the budgets of the objects that can deliver, before and after a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Fields, Observed, Ref, Resource, Value
from engine.supports import Supports

Nodes = Mapping[Address, Fields]


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in major units of `currency`."""

    amount: Decimal
    currency: str


def before(found: Mapping[Address, Observed]) -> dict[Address, Fields]:
    """The tree as observed; parents that are ours are written as Refs, so that both trees read alike."""
    addresses = {(seen.platform, seen.id): address for address, seen in found.items()}
    return {
        address: {name: _as_ref(value, seen.platform, addresses) for name, value in seen.fields.items()}
        for address, seen in found.items()
        if not seen.archived
    }


def _as_ref(value: Value, platform: str, addresses: Mapping[tuple[str, str], Address]) -> Value:
    if isinstance(value, str) and (platform, value) in addresses:
        return Ref(addresses[platform, value])
    return value


def after(nodes: Nodes, changes: Iterable[Change]) -> dict[Address, Fields]:
    """The tree once every change is applied."""
    result = dict(nodes)
    for change in changes:
        match change:
            case Create(resource):
                result[resource.address] = resource.fields
            case Update(context=resource, after=fields):
                result[resource.address] = {**result.get(resource.address, {}), **fields}
            case Archive(address=address):
                result.pop(address, None)
    return result


def daily(
    nodes: Nodes, supports: Mapping[str, Supports], currency: Mapping[str, str]
) -> dict[Address, Amount]:
    """Daily budget of every object that carries one and can deliver: it and all above it are live.

    Conservative: a budget counts though nothing below it is live yet. `currency` is by platform.
    """
    budgets: dict[Address, Amount] = {}
    for address, fields in nodes.items():
        support = supports[address.platform]
        for name, period in support.kinds[address.kind].budgets.items():
            units = fields.get(name)
            if (
                period == "day"
                and isinstance(units, int)
                and units > 0
                and can_deliver(address, nodes, supports)
            ):
                money = currency[address.platform]
                budgets[address] = Amount(Decimal(units) / support.units(money), money)
    return budgets


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
