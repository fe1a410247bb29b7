"""What it means for money when an object that was let go is read back different from what was approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.change import Update
from engine.diff import undeclared_budgets
from engine.resource import Address, Fields, Observed, Value, resolve, same
from engine.schedule import lets_go
from engine.supports import KindSupport, Supports

NEITHER_SPENDS_NOR_AIMS = frozenset({"name"})
EMPTY: tuple[Value, ...] = ("", (), [], {})


def dangers(
    update: Update,
    seen: Observed,
    before: Fields,
    ids: Mapping[Address, str],
    supports: Mapping[str, Supports],
) -> list[str]:
    """Fields in which what runs now may spend or aim as nobody approved, each with both values; pure.

    `before` is what the object had when the plan was judged: a field that is still so (one that somebody
    else sets, and the declaration ignores) is no news. Of an object let go every declared field counts, of
    one that ran before only those just sent. What does not run endangers nothing, nor does a smaller budget.
    """
    kind = supports[update.address.platform].kinds[update.address.kind]
    if kind.status is None or seen.fields.get(kind.status.name) != kind.status.live:
        return []
    anew = any(lets_go(update, name, supports) for name in update.after)
    wanted = {**update.context.fields, **update.after} if anew else update.after
    skip = {kind.status.name, *NEITHER_SPENDS_NOR_AIMS}
    resolved = {name: resolve(value, ids) for name, value in wanted.items() if name not in skip}
    found = [
        f"{name} is {seen.fields.get(name)!r}, {want!r} was approved"
        for name, want in _differing(resolved, seen.fields, before)
        if not _is_less(name, seen.fields.get(name), want, kind)
    ]
    left = undeclared_budgets(update.context, seen, kind) if anew else []
    return found + [f"{each}, no such budget was approved" for each in left]


def reads_as(want: Value, now: Value) -> bool:
    """Whether a field reads as it was sent; what was taken away may be shown as empty."""
    return same(want, now) or (want is None and now in EMPTY)


def _differing(wanted: Fields, seen: Fields, before: Fields) -> Iterator[tuple[str, object]]:
    for name, want in wanted.items():
        now = seen.get(name)
        if not reads_as(want, now) and not (name in before and same(before[name], now)):
            yield name, want


def _is_less(name: str, now: object, want: object, kind: KindSupport) -> bool:
    return name in kind.budgets and isinstance(now, int) and isinstance(want, int) and now < want
