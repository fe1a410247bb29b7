"""The brand's guard rails: pure functions from what a plan would do to the reasons it may not.

Reductions and pauses always pass: a rail refuses only a plan that raises what may be spent; those on
protected keys and freeze windows hold for every change but a pure reduction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.anchor import Rise
from engine.change import Change, Create, Update
from engine.plan import Money, Refusal
from engine.resource import MARK, Address
from engine.schedule import lengthens, lowers
from engine.supports import Supports
from engine.targets import Loosened

SPEND_AGE = timedelta(hours=36)  # money rule 5: older numbers say too little about what is left
CLOCKS_DIFFER = timedelta(hours=1)  # two machines' clocks; more is one that was set back


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `source` is `rate` units of the brand's currency, as of `day`, widened by `margin`."""

    source: str
    rate: Decimal
    margin: Decimal
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Rails:
    """What `kampanya.yaml` forbids. Amounts in the brand's currency; `freezes` are (start, end, reason).

    `target_24h` is how much more a result may cost, by targets and bids; None: without limit.
    """

    currency: str
    daily: Decimal | None = None
    monthly: Decimal | None = None
    raise_24h: Decimal = Decimal("0.20")
    target_24h: Decimal | None = Decimal("0.20")
    protected: tuple[str, ...] = ()
    freezes: tuple[tuple[datetime, datetime, str], ...] = ()
    rates: Mapping[str, Rate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rails look at.

    `rises_24h` is by currency: what Kampanya, with this plan, raises active budgets by within 24 hours;
    `unremembered` are raised though nobody knows what was done to them before. `rising` is whether any single
    budget allows more than before, whatever others give up. `spend_loaded_at` is the instant up to which the
    spend of all accounts is known without a gap.
    `loosened` are targets that run and would let a result cost more. `protected` are the keys under
    `protect: true`; `undeclared` are budgets that still run on the platform though the declaration no longer
    has them; `unpriced` is money left out of `money` for want of a rate;
    `beyond` is what an earlier declaration spends above today's strategy.
    """

    changes: Sequence[Change]
    supports: Mapping[str, Supports]
    money: Money
    now: datetime
    live: bool
    rising: bool = False
    rises_24h: Mapping[str, Rise] = field(default_factory=dict)
    unremembered: tuple[Address, ...] = ()
    spend_loaded_at: datetime | None = None
    protected: frozenset[str] = frozenset()
    undeclared: tuple[str, ...] = ()
    loosened: tuple[Loosened, ...] = ()
    unpriced: tuple[Refusal, ...] = ()
    beyond: tuple[Refusal, ...] = ()

    @property
    def raises(self) -> bool:
        """Whether anything may be spent that could not be before: more a day, or on more days."""
        after, before = self.money.daily_after, self.money.daily_before
        more = any(after[name] > before.get(name, Decimal(0)) for name in after)
        return (
            self.rising
            or more
            or any(
                lengthens(change, name, self.supports)
                for change in self.changes
                if isinstance(change, Update)
                for name in change.after
            )
        )


Rail = Callable[[Rails, Situation], Iterable[Refusal]]


def judge(rails: Rails, situation: Situation) -> tuple[Refusal, ...]:
    """Every refusal, of all rails, each once; empty when the plan may be approved."""
    return tuple(dict.fromkeys(refusal for rail in RAILS for refusal in rail(rails, situation)))


def convert(amounts: Mapping[str, Decimal], rails: Rails) -> tuple[Decimal, list[Refusal]]:
    """The sum in the brand's currency, each foreign amount at its declared rate plus margin."""
    total = Decimal(0)
    refusals = []
    for currency, amount in amounts.items():
        if currency == rails.currency or not amount:
            total += amount
            continue
        rate = rails.rates.get(currency)
        if rate is None or not rate.fresh:
            missing = "is missing" if rate is None else "is too old, or of a day to come"
            refusals.append(
                Refusal(
                    "exchange rate",
                    f"the rate {currency} → {rails.currency} {missing}",
                    "Declare today's rate under `fx` in kampanya.yaml.",
                )
            )
            continue
        total += amount * rate.rate * (1 + rate.margin)
    return total, refusals


def ceiling_exists(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    if situation.raises and (rails.daily is None or rails.monthly is None):
        yield Refusal(
            "ceiling missing",
            "nothing may start to spend before the brand has a daily and a monthly ceiling",
            "Write `guard_rails: {daily: …, monthly: …}` in kampanya.yaml.",
        )


def daily_ceiling(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    if rails.daily is None or not situation.raises:
        return
    total, refusals = convert(situation.money.daily_after, rails)
    yield from refusals
    if total > rails.daily:
        yield Refusal(
            "daily ceiling",
            f"{total:,.2f} {rails.currency} a day is {total - rails.daily:,.2f} above the ceiling"
            f" of {rails.daily:,.2f}",
            "Lower the budgets, or have the ceiling in kampanya.yaml raised.",
        )


def monthly_ceiling(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    if rails.monthly is None or not situation.raises:
        return
    for month, amount in situation.money.months.items():
        if amount.amount > rails.monthly:
            yield Refusal(
                "monthly ceiling",
                f"{month} would reach {amount.amount:,.2f} {amount.currency}; the ceiling is"
                f" {rails.monthly:,.2f}",
                "Lower the budgets, shorten the flight, or have the ceiling in kampanya.yaml raised.",
            )


def unpriced_money(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """What could not be converted is in no sum, so no ceiling has seen it."""
    return dict.fromkeys(situation.unpriced) if situation.raises else ()


def beyond_strategy(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """What the YAML says is held against the strategy before any plan; what it said once, only here."""
    return situation.beyond if situation.raises else ()


def raise_in_a_day(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """The cumulative limit is on budgets that already deliver; new trees answer to the ceilings."""
    for currency, rise in situation.rises_24h.items():
        if rise.raised > rise.base * rails.raise_24h:
            share = f"{rise.raised / rise.base:.0%} of {rise.base:,.2f}" if rise.base else "from nothing"
            yield Refusal(
                "raise in 24 hours",
                f"active budgets would rise by {rise.raised:,.2f} {currency} within 24 hours, {share};"
                f" the limit is {rails.raise_24h:.0%}",
                "Raise in smaller steps, a day apart.",
            )


def loosened_targets(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """A target moves money inside a budget; one that campaigns share moves that of all of them."""
    limit = rails.target_24h
    if limit is None:
        return
    for each in situation.loosened:
        if each.beyond(limit):
            more = "as much as it likes" if each.more is None else f"{each.more:.0%} more"
            yield Refusal(
                "target in 24 hours",
                f"{each.told(situation.supports, situation.money.currencies)}:"
                f" a result may cost {more} than it might 24 hours ago;"
                f" the limit is {limit:.0%}",
                "Move it in smaller steps, a day apart, or have `target_24h` in kampanya.yaml raised.",
            )


def unremembered_raise(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """A journal that was lost, or begins today, cannot say what the limit of 24 hours is a share of."""
    if situation.unremembered:
        yield Refusal(
            "raise in 24 hours",
            "the journal does not know what was done within 24 hours to"
            f" {', '.join(f'{each.platform} {each.kind} {each.key}' for each in situation.unremembered)}",
            "Bring the journal back (kampanya journal restore), or raise it a day after it was found again.",
        )


def undeclared_budgets(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """A budget that only left the YAML still spends; beside one declared elsewhere it spends twice."""
    if situation.undeclared:
        yield Refusal(
            "undeclared budget",
            f"the platform still spends by {'; '.join(situation.undeclared)}",
            "Declare the budget where it is, or give the objects new keys so that they are built anew.",
        )


def fresh_spend(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    """Before a first launch too: the month's ceiling counts what others spent in the same accounts."""
    if not (situation.live and situation.raises):
        return
    known = situation.spend_loaded_at
    if known is None:
        told = "performance was never loaded for every platform in use"
    elif known > situation.now + CLOCKS_DIFFER:
        told = f"it was loaded at {_instant(known)}, which is yet to come: a clock was set back"
    elif situation.now - known > SPEND_AGE:
        hours = (situation.now - known).total_seconds() / 3600
        told = f"it is known up to {_instant(known)} without a gap, {hours:.0f} hours ago"
    else:
        return
    yield Refusal("spend unknown", f"{told}; the limit is 36 hours", "Run `kampanya load`.")


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def protected_keys(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    keys = {*rails.protected, *situation.protected}
    touched = sorted(
        {
            key
            for change in situation.changes
            if not isinstance(change, Create) and not is_reduction(change, situation.supports)
            for key in keys
            if change.address.key == key or change.address.key.startswith(f"{key}/")
        }
    )
    if touched:
        yield Refusal(
            "protected",
            f"the plan changes {', '.join(touched)}",
            "Take the key out of `protected`, or `protect: true` out of its campaign, in a reviewed change.",
        )


def freeze_windows(rails: Rails, situation: Situation) -> Iterable[Refusal]:
    if all(is_reduction(change, situation.supports) for change in situation.changes):
        return
    for start, end, reason in rails.freezes:
        if start <= situation.now < end:
            yield Refusal(
                "freeze", f"changes are frozen until {end:%Y-%m-%d %H:%M}: {reason}", "Wait until then."
            )


def is_reduction(change: Change, supports: Mapping[str, Supports]) -> bool:
    """Whether a change can only lower spend and nothing else; a mark is nothing that is spent or seen."""
    if isinstance(change, Update):
        return all(name == MARK or lowers(change, name, supports) for name in change.after)
    return False


RAILS: tuple[Rail, ...] = (
    ceiling_exists,
    daily_ceiling,
    monthly_ceiling,
    unpriced_money,
    beyond_strategy,
    raise_in_a_day,
    loosened_targets,
    unremembered_raise,
    undeclared_budgets,
    fresh_spend,
    protected_keys,
    freeze_windows,
)
