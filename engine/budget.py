"""What may be spent a day: the budgets of the objects that can deliver, before and after a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Fields, Observed, Ref, Resource, Value
from engine.supports import KindSupport, StatusField, Supports

ZERO = Decimal(0)
Nodes = Mapping[Address, Fields]
Flights = Mapping[str, tuple[date, date | None]]  # YAML key → first and last day; an ad set's wins


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in major units of `currency`."""

    amount: Decimal
    currency: str


class Tree(Mapping[Address, Fields]):
    """What of the found objects is not archived, each read as `before` says when it is asked for."""

    def __init__(self, found: Mapping[Address, Observed], supports: Mapping[str, Supports]) -> None:
        self._found, self._supports = found, supports
        parents = {
            (name, kind.parent_kind) for name, each in supports.items() for kind in each.kinds.values()
        }
        self._addresses = {
            (address.platform, address.kind, seen.id): address
            for address, seen in found.items()
            if (address.platform, address.kind) in parents
        }
        self._archived = {address for address, seen in found.items() if seen.archived}

    def __getitem__(self, address: Address) -> Fields:
        if address in self._archived:
            raise KeyError(address)
        fields = self._found[address].fields
        kind = self._supports[address.platform].kinds[address.kind]
        if kind.parent is None or kind.parent_kind is None:
            return fields
        above = self._addresses.get((address.platform, kind.parent_kind, str(fields.get(kind.parent))))
        return {**fields, kind.parent: Ref(above)} if above else fields

    def __iter__(self) -> Iterator[Address]:
        return (address for address in self._found if address not in self._archived)

    def __len__(self) -> int:
        return len(self._found) - len(self._archived)


def before(found: Mapping[Address, Observed], supports: Mapping[str, Supports]) -> Nodes:
    """The tree as observed; parents that are ours are written as Refs, so that both trees read alike."""
    return Tree(found, supports)


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


@dataclass(frozen=True, slots=True)
class Running:
    """A budget that can be spent: what it allows a day, on which days (both included; None: without end)."""

    carrier: Address
    daily: Amount
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Money:
    """What budgets are read by. `flights` is YAML key → declared days.

    A lifetime budget of what is `existing` is spent evenly over its days; of anything else, what is not yet
    `spent` (major units) goes in the days that are left. What is not among `ran` spends nothing before today.
    """

    supports: Mapping[str, Supports]
    currency: Mapping[str, str]
    flights: Flights
    today: date
    existing: Collection[Address]
    spent: Mapping[Address, Decimal] = field(default_factory=dict)
    ran: Collection[Address] = ()


def running(nodes: Nodes, money: Money) -> dict[Address, Running]:
    """Every budget whose carrier can deliver: it and all above it are live.

    Its days are those it has on the platform, else those declared. A lifetime budget counts with its share of
    a day, see `Money`. Conservative: a budget counts though nothing below it is live yet.
    """
    found: dict[Address, Running] = {}
    carriers = [at for at in nodes if money.supports[at.platform].kinds[at.kind].budgets]
    below = _days_below(nodes, carriers, money)
    for address in carriers:
        support = money.supports[address.platform]
        kind = support.kinds[address.kind]
        fields = nodes[address]
        start, end = below.get(address) or _flight(address, fields, kind, money)
        currency = money.currency[address.platform]
        daily, whole = _set(fields, kind, support.units(currency))
        late = end is not None and whole and address not in money.existing and end >= money.today
        first = max(start, money.today) if late else start
        if late:
            whole = max(Decimal(0), whole - money.spent.get(address, Decimal(0)))
        amount = daily + whole / (max(1, (end - first).days + 1) if end else 1)
        if amount and can_deliver(address, nodes, money.supports):
            since = start if address in money.ran else first
            found[address] = Running(address, Amount(amount, currency), since, end)
    return found


def _set(fields: Fields, kind: KindSupport, units: int) -> tuple[Decimal, Decimal]:
    """What is set for a day, and for the whole flight, in major units."""
    sums = {"day": ZERO, "lifetime": ZERO}
    for name, period in kind.budgets.items():
        amount = fields.get(name)
        if isinstance(amount, int) and amount > 0:
            sums[period] += Decimal(amount) / units
    return sums["day"], sums["lifetime"]


def _days_below(nodes: Nodes, carriers: Iterable[Address], money: Money) -> dict[Address, tuple[date, date]]:
    """First and last day of what is live under a lifetime budget whose own carrier knows no days."""
    kinds = {name: support.kinds for name, support in money.supports.items()}
    without = {
        address
        for address in carriers
        if (kind := kinds[address.platform][address.kind]).flight is None and _set(nodes[address], kind, 1)[1]
    }
    found: dict[Address, tuple[date, date]] = {}
    for address in nodes if without else ():
        kind = kinds[address.platform][address.kind]
        if kind.flight is None or kind.parent is None or kind.status is None:
            continue
        fields = nodes[address]
        parent = fields.get(kind.parent)
        if isinstance(parent, Ref) and parent.address in without and _is_live(fields, kind.status):
            start, end = _flight(address, fields, kind, money)
            if end is not None:
                first, last = found.get(parent.address, (start, end))
                found[parent.address] = min(first, start), max(last, end)
    return found


def _is_live(fields: Fields, status: StatusField) -> bool:
    return fields.get(status.name) == status.live


def _flight(address: Address, fields: Fields, kind: KindSupport, money: Money) -> tuple[date, date | None]:
    none: tuple[date | None, date | None] = (None, None)
    declared = money.flights.get(address.key) or money.flights.get(address.key.partition("/")[0]) or none
    if kind.flight is None:
        return declared[0] or money.today, declared[1]
    own_start, own_end = (_day(fields.get(name)) for name in kind.flight)
    start = _nearer(own_start, declared[0]) if own_start else declared[0]
    return start or money.today, _nearer(own_end, declared[1]) if own_end else None


def _day(value: Value) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def _nearer(own: date, declared: date | None) -> date:
    """The platform's own day; where a zone shifts it by one from the wall day that is declared, that day."""
    return declared if declared is not None and abs((own - declared).days) <= 1 else own


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
