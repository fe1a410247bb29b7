"""What a platform may pay for one result: targets of cost and return, and what loosens them within 24 hours.

A target moves money inside a budget: what may cost twice as much is bought at twice the price, and a strategy
that campaigns share moves all of them at once. So a target is held as budgets are: to what it was as the 24
hours began, or where it did not run then, when it was first let go within them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from engine.budget import Nodes, can_deliver
from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Fields, Ref, Value
from engine.supports import KindSupport, Sort, Supports

Amounts = dict[str, Decimal | None]  # target's field → what it says; None: no limit
Ids = Mapping[str, Address]  # id on one platform → what it is


@dataclass(frozen=True, slots=True)
class Bound:
    """A target that ran in the last 24 hours: what it said when it first did, and what we last set."""

    first: Amounts
    last: Amounts


@dataclass(frozen=True, slots=True)
class Loosened:
    """A target that a plan loosens: a cost that rises, a return that falls, in the platform's units.

    `was` is what it is held to; `now` is None where the plan takes it away.
    """

    address: Address
    name: str
    sort: Sort
    was: Decimal
    now: Decimal | None

    def told(self, supports: Mapping[str, Supports], currencies: Mapping[str, str]) -> str:
        """`google campaign yil-sonu, target_cpa 40 TRY → 60 TRY`; amounts in major units."""
        at, support = self.address, supports[self.address.platform]
        currency = currencies.get(at.platform, "")
        money = support.kinds[at.kind].is_money(self.name)
        units, unit = (support.units(currency), f" {currency}") if money else (1, "")

        def said(value: Decimal | None) -> str:
            return "none" if value is None else f"{(value / units).normalize():f}{unit}"

        word = self.name.rpartition(".")[2].removesuffix("_micros")
        return f"{at.platform} {at.kind} {at.key}, {word} {said(self.was)} → {said(self.now)}"

    def beyond(self, limit: Decimal) -> bool:
        """Whether a result may cost more than so large a share above what it might."""
        if self.now is None or self.now <= 0:
            return True
        low, high = (self.was, self.now) if self.sort == "cost" else (self.now, self.was)
        return high > low * (1 + limit)

    @property
    def more(self) -> Decimal | None:
        """The share by which a result may cost more; None for without any limit."""
        if not self.now:
            return None
        return (self.now / self.was if self.sort == "cost" else self.was / self.now) - 1


@dataclass(slots=True)
class Watch:
    """Folds the states of 24 hours, the oldest first, into what each target is held to."""

    supports: Mapping[str, Supports]
    held: dict[Address, Bound] = field(default_factory=dict)

    def see(self, applied: Mapping[Address, Fields]) -> None:
        """What we had set at one moment, of everything; parents are Refs."""
        for address, fields in applied.items():
            kind = kind_of(address, self.supports)
            if kind is None or not kind.targets:
                continue
            found = amounts(fields, kind, applied)
            if address in self.held:
                self.held[address] = Bound(self.held[address].first, found)
            elif can_deliver(address, applied, self.supports):
                self.held[address] = Bound(found, found)


def kind_of(address: Address, supports: Mapping[str, Supports]) -> KindSupport | None:
    support = supports.get(address.platform)
    return support.kinds.get(address.kind) if support else None


def amounts(
    fields: Fields, kind: KindSupport, others: Mapping[Address, Fields], ids: Ids | None = None
) -> Amounts:
    """Every target of a kind; one that the object does not say itself is that of what it refers to.

    `ids` are of what may be referred to, where it was read and is told by its id.
    """
    return {name: _amount(fields, name, others, ids or {}) for name in kind.targets}


def _amount(fields: Fields, name: str, others: Mapping[Address, Fields], ids: Ids) -> Decimal | None:
    head, _, rest = name.partition(".")
    holder = fields.get(head)
    if not rest:
        return _number(holder)
    if not isinstance(holder, Mapping):
        return None
    found = [_number(holder.get(rest))]
    for each in holder.values():
        address = each.address if isinstance(each, Ref) else ids.get(each) if isinstance(each, str) else None
        shared = others.get(address, {}).get(head) if address else None
        found += [_number(shared.get(rest))] if isinstance(shared, Mapping) else []
    return next((each for each in found if each is not None), None)


def _number(value: Value) -> Decimal | None:
    """A number, or the amount of a text such as `40.00 TRY`; nothing and zero are no limit."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return Decimal(str(value).partition(" ")[0]) or None
    except InvalidOperation:
        return None


def loosened(
    changes: Iterable[Change],
    nodes: Nodes,
    nodes_after: Nodes,
    held: Mapping[Address, Bound],
    supports: Mapping[str, Supports],
    ids: Mapping[str, Ids],
) -> Iterator[Loosened]:
    """What the changes loosen of targets that run, or ran in the last 24 hours.

    `nodes` and `nodes_after` are everything before and after, parents as Refs; `ids` are by platform.
    """
    for change in changes:
        kind = kind_of(change.address, supports)
        if isinstance(change, Archive) or kind is None or not kind.targets:
            continue
        mine = ids.get(change.address.platform, {})
        seen = None if isinstance(change, Create) else nodes.get(change.address)
        before = amounts(seen, kind, nodes, mine) if seen is not None else None
        runs = before is not None and can_deliver(change.address, nodes, supports)
        base = _base(held.get(change.address), before, runs)
        after = amounts(nodes_after.get(change.address, {}), kind, nodes_after, mine)
        for name, sort in kind.targets.items() if base else ():
            was, now = base[name], after[name]
            if was is not None and _moves(change, name, kind) and not _as_tight(sort, was, now):
                yield Loosened(change.address, name, sort, was, now)


def _as_tight(sort: Sort, was: Decimal, now: Decimal | None) -> bool:
    return now is not None and (now <= was if sort == "cost" else now >= was)


def _moves(change: Change, name: str, kind: KindSupport) -> bool:
    """Whether a change has to do with a target: it says it, or lets the object go."""
    told = change.after if isinstance(change, Update) else {}
    goes = kind.status is not None and told.get(kind.status.name) == kind.status.live
    return isinstance(change, Create) or goes or name.partition(".")[0] in told


def _base(known: Bound | None, before: Amounts | None, runs: bool) -> Amounts:
    """What the targets of an object are held to; nothing where it neither runs nor ran.

    What others changed on the platform since is neither our loosening nor ours to undo.
    """
    if known is None or before is None:
        return known.first if known else (before if runs and before else {})
    return {name: _moved(known.first[name], known.last[name], before[name]) for name in known.first}


def _moved(first: Decimal | None, last: Decimal | None, seen: Decimal | None) -> Decimal | None:
    return seen if first is None or last is None or seen is None else first * seen / last
