"""What active budgets rise by within 24 hours, from what each allowed when it first ran in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine import budget
from engine.budget import Amount, Nodes, Running
from engine.resource import Address

ZERO = Decimal(0)
Allowed = Mapping[Address, Amount]  # what may be spent a day, by what carries the budget


@dataclass(frozen=True, slots=True)
class Anchor:
    """A budget that ran in the last 24 hours, by the journal.

    `daily` is what it allowed a day as they began or, where it did not run then, when it was first let go
    within them. `standing` is whether it ran as they began; `last` what it allows now, None where it does not
    run any more.
    """

    daily: Amount
    standing: bool
    last: Amount | None


@dataclass(frozen=True, slots=True)
class Rise:
    """Of one currency, in major units a day: what budgets rise by, and what that is a share of."""

    raised: Decimal = ZERO
    base: Decimal = ZERO


def allowed(nodes: Nodes, money: budget.Money) -> dict[Address, Amount]:
    """What each object that can deliver allows a day; nothing for one whose budget is above or below it."""
    spending = budget.running(nodes, money)
    found = {}
    for address in nodes:
        if not money.supports[address.platform].kinds[address.kind].budgets:
            continue
        if address in spending:
            found[address] = spending[address].daily
        elif budget.can_deliver(address, nodes, money.supports):
            found[address] = Amount(ZERO, money.currency[address.platform])
    return found


def anchors(states: Iterable[Allowed]) -> dict[Address, Anchor]:
    """From what was allowed as the 24 hours began, and after each run within them, the oldest first."""
    found: dict[Address, Anchor] = {}
    for number, state in enumerate(states):
        for address, amount in state.items():
            first = found.get(address)
            found[address] = replace(first, last=amount) if first else Anchor(amount, number == 0, amount)
        for address in found.keys() - state.keys():
            found[address] = replace(found[address], last=None)
    return found


def rises(
    ran: Mapping[Address, Anchor], before: Mapping[Address, Running], after: Mapping[Address, Running]
) -> dict[str, Rise]:
    """By currency, what Kampanya would have raised within 24 hours once the plan is applied.

    A budget that did not run in them answers to the ceilings alone, whatever it starts with; one that did is
    held to what it first allowed, though it was paused, archived or built anew since. Cuts pay for raises
    only where the budget ran as the 24 hours began: what is created to be cut frees nothing. What others
    changed on the platform is neither our raise nor ours to give away.
    """
    found: dict[str, Rise] = {}
    for address in {**ran, **before}:
        now = before[address].daily if address in before else None
        anchor = ran[address] if now is None else ran.get(address, Anchor(now, False, now))
        was, pays = _reference(anchor, now.amount if now else None)
        will = after[address].daily.amount if address in after else None
        step = (will or ZERO) - was
        counts = pays or now is not None or will is not None
        sums = found.get(anchor.daily.currency, Rise())
        found[anchor.daily.currency] = Rise(
            sums.raised + (step if step > 0 or pays else ZERO), sums.base + (was if counts else ZERO)
        )
    return found


def _reference(anchor: Anchor, now: Decimal | None) -> tuple[Decimal, bool]:
    """What a budget is held to, and whether giving it up pays for others; `now` is what it runs with."""
    first = anchor.daily.amount
    if anchor.last is None:  # we stopped it; if it runs all the same, others let it go
        return (first, anchor.standing) if now is None else (min(now, first), False)
    if now is None:  # others stopped it
        return first, False
    return max(ZERO, first + now - anchor.last.amount), anchor.standing
