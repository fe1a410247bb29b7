"""What is left of lifetime budgets that begin to run, or change: all of it may be spent in the days left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from engine.budget import Money, Running
from engine.change import Change, Update
from engine.resource import Address, Observed
from engine.supports import Supports

Loaded = Mapping[tuple[str, str, str], Decimal]  # (platform, kind, id) → all that is loaded of its spend


def after(
    changes: Sequence[Change],
    counted: Mapping[Address, Observed],
    before: Mapping[Address, Running],
    loaded: Loaded,
    money: Money,
) -> Money:
    """How budgets are read once the changes are made.

    What runs and stays as it is goes on as it did: evenly. Of anything else what was loaded of its spend is
    gone; where nothing was, what runs has been spent evenly so far, and what did not run not at all. Of what
    is built anew nothing is gone.
    """
    anew = {each.address for each in changes if not isinstance(each, Update)}
    touched = anew | {each.address for each in changes if _is_touched(each, money.supports)}
    spent = {at: _evenly(before[at], money.today) for at in before.keys() & touched - anew}
    for address, seen in counted.items() if loaded else ():
        amount = loaded.get((address.platform, address.kind, seen.id))
        if amount and (address in spent or address not in before) and address not in anew:
            spent[address] = amount
    return replace(money, existing=before.keys() - touched, spent=spent, ran=before.keys() - anew)


def _is_touched(change: Change, supports: Mapping[str, Supports]) -> bool:
    kind = supports[change.address.platform].kinds[change.address.kind]
    names = {*kind.budgets, *(kind.flight or ())}
    return bool(kind.budgets) and isinstance(change, Update) and not names.isdisjoint(change.after)


def _evenly(running: Running, today: date) -> Decimal:
    """What was spent until yesterday, in major units."""
    last = min(today, running.end + timedelta(days=1)) if running.end else today
    return running.daily.amount * max(0, (last - running.start).days)
