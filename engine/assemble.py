"""From two sides and the journal's memory to a plan that can be shown, judged and approved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from engine import budget, claims, foreign, leftovers, released, remaining, spared, way_back
from engine.anchor import Anchor, Rise, rises
from engine.budget import Amount, Running
from engine.change import Archive, Change, Create, Update
from engine.context import Context
from engine.diff import Diff, Held, diff, undeclared_budgets
from engine.effort import efforts
from engine.hazards import Hazard, Risks, hazards
from engine.match import Known
from engine.plan import Money, Note, Plan, PlannedChange, Refusal
from engine.policy import Rails, Situation, convert, judge
from engine.projection import Missing, by_month, unknown_days
from engine.resource import MARK, Address, Fields, Observed, Resource, Value, canonical_json, refs_in, same
from engine.supports import Supports
from engine.targets import Bound, Loosened, loosened

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spending:
    """What the warehouse says of money. By currency, in major units.

    `month` is this month's loaded spend up to yesterday, `missing` the days of it not loaded whole (of a
    platform without an entry: all), `loaded_at` the instant up to which spend is known without a gap;
    `objects` is what was ever loaded of single ones.
    """

    month: Mapping[str, Decimal] = field(default_factory=dict)
    missing: Missing = field(default_factory=dict)
    loaded_at: datetime | None = None
    objects: remaining.Loaded = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sides:
    """Everything a plan is made of. `today` is the brand's wall day at `now`.

    `neutral` and `desired` are the declarations before and after `Connector.canonical`. `applied` is what
    Kampanya last set on each object. `currencies` and `accounts` are by platform. `ran` are the budgets that
    ran in the last 24 hours, by the journal, `bounds` the targets, and `adopted` what it has known for less.
    `refusals` are what is known already to forbid it, `beyond` what forbids it if it raises anything.
    `access` and `made` are platform → the level of access and the operations of the last 24 hours.
    """

    brand: str
    environment: str
    accounts: Mapping[str, str]
    currencies: Mapping[str, str]
    config: str
    neutral: Sequence[Resource]
    desired: Sequence[Resource]
    observed: Sequence[Observed]
    context: Context
    rails: Rails
    now: datetime
    today: date
    live: bool
    spending: Spending = field(default_factory=Spending)
    applied: Mapping[Address, Fields] = field(default_factory=dict)
    in_experiment: Mapping[Address, str] = field(default_factory=dict)
    ran: Mapping[Address, Anchor] = field(default_factory=dict)
    adopted: frozenset[Address] = frozenset()
    bounds: Mapping[Address, Bound] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    beyond: tuple[Refusal, ...] = ()
    targets: tuple[str, ...] = ()
    platform: str | None = None
    serial: int = 0
    revert: tuple[str, ...] = ()
    release: tuple[str, ...] = ()
    access: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)

    @property
    def supports(self) -> Mapping[str, Supports]:
        return self.context.supports

    @property
    def known(self) -> Mapping[Address, Known]:
        return self.context.known


def assemble(sides: Sides) -> Plan:
    """The plan that makes the observed side the declared one. Pure: the same sides give the same digest."""
    found = diff(sides.desired, sides.observed, sides.context)
    changes = _in_tree_order(_chosen(found.changes, sides))
    days = flights(sides.neutral)
    daily = Daily.of(sides, found, changes, days)
    money, unpriced = _money(sides, daily)
    risks = Risks(
        sides.supports,
        {**daily.nodes, **daily.nodes_after} if changes else daily.nodes,
        daily.deltas,
        sides.today,
        days,
        sides.in_experiment,
    )
    risky = hazards(changes, risks)
    effort = efforts(changes, sides.supports, sides.access, sides.made)
    situation = replace(_situation(sides, found, changes, daily, money), unpriced=unpriced)
    return Plan(
        brand=sides.brand,
        environment=sides.environment,
        accounts=sides.accounts,
        config=sides.config,
        observed=fingerprint(found),
        changes=tuple(
            PlannedChange(change, each, _is_drift(change, sides.applied))
            for change, each in zip(changes, risky, strict=True)
        ),
        money=money,
        operations={name: (each.operations, each.quota) for name, each in effort.items()},
        effort=effort,
        notes=(
            *_notes(found),
            *claims.notes(found.matching.waiting, sides.supports),
            *leftovers.notes(sides.desired, found.matching.found, sides.applied, sides.supports),
            *spared.notes([each for each in changes if isinstance(each, Archive)], sides.context.below),
            *_way_back(found, changes, risky, sides.context),
            *released.notes(found.matching, sides.context),
        ),
        refusals=(*sides.refusals, *judge(sides.rails, situation)),
        created_at=sides.now,
        targets=sides.targets,
        platform=sides.platform,
        serial=sides.serial,
        ids=_referred(changes, found.matching.ids) if changes else {},
        as_of=sides.context.way_back.digest if sides.context.way_back else "",
        resume=tuple(sorted(sides.context.resume - frozenset(sides.revert))),
        revert=sides.revert,
        along=tuple(sorted(sides.context.along)),
        adopt=sides.context.adopting,
        release=sides.release,
    )


def _referred(changes: Sequence[Change], ids: Mapping[Address, str]) -> dict[Address, str]:
    """The ids of what updates refer to, so that a reference that stays can be told from one that changes."""
    wanted = (at for each in changes if isinstance(each, Update) for at in refs_in(each.after))
    return {address: ids[address] for address in wanted if address in ids}


def _way_back(
    found: Diff, changes: Sequence[Change], risky: Sequence[Sequence[Hazard]], context: Context
) -> Iterator[Note]:
    if context.way_back:
        yield from way_back.notes(context.way_back, changes, risky, found.matching, context)


@dataclass(frozen=True, slots=True)
class Daily:
    """Every budget that can be spent, before and after the changes.

    `even` is `after` with lifetime budgets spread over all their days, as the journal can tell them too.
    """

    nodes: budget.Nodes
    nodes_after: budget.Nodes
    before: Mapping[Address, Running]
    after: Mapping[Address, Running]
    even: Mapping[Address, Running]

    @classmethod
    def of(cls, sides: Sides, found: Diff, changes: Sequence[Change], days: budget.Flights) -> Daily:
        nodes = budget.before(found.matching.counted, sides.supports)
        nodes_after = budget.after(nodes, changes) if changes else nodes
        money = budget.Money(sides.supports, sides.currencies, days, sides.today, nodes.keys())
        before = budget.running(nodes, money)
        if not changes:
            return cls(nodes, nodes_after, before, before, before)
        later = remaining.after(changes, found.matching.counted, before, sides.spending.objects, money)
        even, left = (budget.running(nodes_after, each) for each in (money, later))
        return cls(nodes, nodes_after, before, left, even)

    @property
    def deltas(self) -> dict[Address, Amount]:
        if self.before is self.after:
            return {}
        old, new = ({at: each.daily for at, each in side.items()} for side in (self.before, self.after))
        return budget.deltas(old, new)

    def rises(self, ran: Mapping[Address, Anchor]) -> Mapping[str, Rise]:
        """What active budgets rise by within 24 hours; empty where none rises now."""
        return rises(ran, self.before, self.even) if self.rising else {}

    @property
    def rising(self) -> bool:
        return any(each.amount > 0 for each in self.deltas.values())

    def raised_of(self, addresses: Iterable[Address], supports: Mapping[str, Supports]) -> Iterator[Address]:
        """Which of these would run with more than they have now, whether they run now or not."""
        for address in addresses:
            names = supports[address.platform].kinds[address.kind].budgets
            old, new = self.nodes.get(address, {}), self.nodes_after.get(address, {})
            if address in self.after and any(_units(new, name) > _units(old, name) for name in names):
                yield address


def _units(fields: Fields, name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0


def _situation(sides: Sides, found: Diff, changes: Sequence[Change], daily: Daily, money: Money) -> Situation:
    return Situation(
        changes,
        sides.supports,
        money,
        sides.now,
        sides.live,
        rising=daily.rising,
        rises_24h=daily.rises(sides.ran),
        unremembered=tuple(sorted(daily.raised_of(_unremembered(sides, found), sides.supports))),
        spend_loaded_at=sides.spending.loaded_at,
        protected=frozenset(key for key, life in sides.context.lifecycle.items() if life.protect),
        undeclared=tuple(_undeclared(sides, found)),
        loosened=tuple(_loosened(sides, found, changes, daily)),
        beyond=sides.beyond,
    )


def _loosened(sides: Sides, found: Diff, changes: Sequence[Change], daily: Daily) -> Iterator[Loosened]:
    ids: dict[str, dict[str, Address]] = {}
    for address, seen in found.matching.found.items() if changes else ():
        kind = sides.context.kind(address)
        if kind.targets and kind.parent is None and kind.status is None:  # a strategy that others refer to
            ids.setdefault(address.platform, {})[seen.id] = address
    return loosened(changes, daily.nodes, daily.nodes_after, sides.bounds, sides.supports, ids)


def _unremembered(sides: Sides, found: Diff) -> frozenset[Address]:
    """What is ours by its mark, while the journal cannot say what was done to it in the last 24 hours."""
    ours = found.matching.found
    return sides.adopted | {at for at in ours.keys() - sides.known.keys() if not ours[at].archived}


def _undeclared(sides: Sides, found: Diff) -> Iterator[str]:
    """Budgets that would be spent on unseen; those of what is replaced go with it."""
    replaced = {each.address for each in found.changes if isinstance(each, Archive)}
    for resource in sides.desired:
        address = resource.address
        kind = sides.context.kind(address)
        seen = found.matching.found.get(address) if kind.budgets and address not in replaced else None
        if seen is not None and not seen.archived:
            for left in undeclared_budgets(resource, seen, kind):
                yield f"{address} ({left})"


def fingerprint(found: Diff) -> str:
    """Digest of all that was read of our own objects, in whatever order."""
    each = sorted(
        hashlib.sha256(canonical_json([str(address), seen.id, seen.archived, seen.fields])).digest()
        for address, seen in found.matching.found.items()
    )
    return hashlib.sha256(b"".join(each)).hexdigest()


def _chosen(changes: Sequence[Change], sides: Sides) -> tuple[Change, ...]:
    """The changes of the platform and at the targets asked for; the money is that of everything."""
    mine = [each for each in changes if sides.platform in (None, each.address.platform)]
    if sides.revert:
        return tuple(back for each in mine for back in _undone(each, sides))
    return _targeted(mine, sides.targets)


def _undone(change: Change, sides: Sides) -> Iterator[Update]:
    """What of a change takes back what others did at a key that is to be reverted.

    A field whose declaration has changed since is not among it: that is for a plan of its own.
    """
    if change.address.key not in sides.revert or not isinstance(change, Update):
        return
    last = sides.applied.get(change.address, {})
    names = [name for name, want in change.after.items() if name == MARK or _as_last(name, want, last)]
    if names:
        before, after = ({name: side[name] for name in names} for side in (change.before, change.after))
        yield replace(change, before=before, after=after)


def _targeted(changes: Sequence[Change], targets: Sequence[str]) -> tuple[Change, ...]:
    """Only the changes at or below a target, and the creates that they need."""
    if not targets:
        return tuple(changes)
    by_address = {each.address: each for each in changes if isinstance(each, Create)}
    wanted = {each.address for each in changes if _under(each.address.key, targets)}
    queue = [by_address[address] for address in wanted if address in by_address]
    queue += [Create(each.context) for each in changes if isinstance(each, Update) and each.address in wanted]
    while queue:
        for address in queue.pop().resource.refs & by_address.keys() - wanted:
            wanted.add(address)
            queue.append(by_address[address])
    return tuple(each for each in changes if each.address in wanted)


def _in_tree_order(changes: Sequence[Change]) -> tuple[Change, ...]:
    """As the author wrote them: a campaign, its ad sets, their ads; what is archived last."""

    def place(change: Change) -> tuple[object, ...]:
        if isinstance(change, Archive):
            return (1, str(change.address))
        resource = change.resource if isinstance(change, Create) else change.context
        return (0, change.address.platform, *resource.path)

    return tuple(sorted(changes, key=place))


def flights(neutral: Sequence[Resource]) -> dict[str, tuple[date, date | None]]:
    """YAML key → first and last declared day of every campaign and ad set."""
    found = {}
    for each in neutral:
        if isinstance(start := each.fields.get("start"), str):
            end = each.fields.get("end")
            last = date.fromisoformat(end) if isinstance(end, str) else None
            found[each.address.key] = date.fromisoformat(start), last
    return found


def _under(key: str, targets: Sequence[str]) -> bool:
    return any(key == target or key.startswith(f"{target}/") for target in targets)


def _money(sides: Sides, daily: Daily) -> tuple[Money, tuple[Refusal, ...]]:
    """The footer, and what is in none of its sums for want of a rate."""
    rails, supports = sides.rails, sides.supports
    worst = [
        Amount(each.daily.amount * Decimal(str(supports[address.platform].worst_day)), each.daily.currency)
        for address, each in daily.after.items()
    ]
    missing = sides.spending.missing
    months = by_month(daily.after.values(), sides.spending.month, missing, sides.today)
    converted = {month: convert(sums, rails) for month, sums in months.items()}
    spent, unpriced = convert(sides.spending.month, rails)
    money = Money(
        currencies=sides.currencies,
        daily_before=budget.total(each.daily for each in daily.before.values()),
        daily_after=budget.total(each.daily for each in daily.after.values()),
        worst_day=budget.total(worst),
        month=f"{sides.today:%Y-%m}",
        months={month: Amount(total, rails.currency) for month, (total, _) in converted.items()},
        spent=Amount(spent, rails.currency),
        ceiling_daily=Amount(rails.daily, rails.currency) if rails.daily is not None else None,
        ceiling_monthly=Amount(rails.monthly, rails.currency) if rails.monthly is not None else None,
        unknown={
            platform: tuple(days)
            for platform, days in unknown_days(daily.after.values(), missing, sides.today).items()
        },
    )
    return money, (*unpriced, *(refusal for _, without in converted.values() for refusal in without))


def _is_drift(change: Change, applied: Mapping[Address, Fields]) -> bool:
    """The YAML still says what Kampanya last set: so it is the platform that moved."""
    last = applied.get(change.address)
    if not isinstance(change, Update) or last is None:
        return False
    return all(
        (name == MARK and not change.before[MARK]) or _as_last(name, want, last)
        for name, want in change.after.items()
    )


def _as_last(name: str, want: Value, last: Fields) -> bool:
    return name in last and same(last[name], want)


def _notes(found: Diff) -> tuple[Note, ...]:
    return (
        *(Note("blocked", each.summary, "\n".join((each.detail, each.fix))) for each in found.blocked),
        *(_held(each) for each in found.held),
        *foreign.notes(found.matching.foreign),
    )


def _held(held: Held) -> Note:
    key = held.address.key
    return Note(
        "held",
        f"{held.address.platform} {held.address.kind} {key} was paused by {held.by}",
        f"It stays paused. To let it run again: kampanya resume {key}",
    )
