"""Whether what an apply finds is still what was approved: the plan's changes against fresh ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Fields, same, to_json


def unexplained(
    planned: Sequence[Change], current: Iterable[Change], begun: Collection[Address]
) -> Iterator[str]:
    """Every difference that this plan's own journalled intents do not explain, in words.

    `begun` holds the addresses this plan's earlier, interrupted apply already worked on: theirs may be done,
    or half done in the planned direction.
    """
    by_address: dict[Address, list[Change]] = {}
    for change in planned:
        by_address.setdefault(change.address, []).append(change)
    seen = set()
    for change in current:
        seen.add(change.address)
        plans = by_address.get(change.address, [])
        if any(alike(change, plan) for plan in plans):
            continue
        if change.address in begun and any(_towards(change, plan) for plan in plans):
            continue
        yield f"{change.address}: {_words(change)} was not in the plan"
    for address, plans in by_address.items():
        if address not in seen and address not in begun:
            yield f"{address}: {_words(plans[0])} is no longer needed; somebody else did it"


def alike(left: Change, right: Change) -> bool:
    """Whether two changes would do the same to the same object."""
    match left, right:
        case Create(), Create():
            return bool(to_json(left.resource.fields) == to_json(right.resource.fields))
        case Update(), Update():
            pairs = (left.id, to_json(left.before), to_json(left.after))
            return pairs == (right.id, to_json(right.before), to_json(right.after))
        case Archive(), Archive():
            return left.id == right.id
    return False


def _towards(change: Change, plan: Change) -> bool:
    """Whether `change` is what is left of `plan` once a part of it was done."""
    if not isinstance(change, Update):
        return isinstance(change, Create) and isinstance(plan, Create)
    if isinstance(plan, Archive):
        return False
    goal: Fields = plan.resource.fields if isinstance(plan, Create) else plan.after
    return all(name in goal and same(goal[name], value) for name, value in change.after.items())


def _words(change: Change) -> str:
    match change:
        case Create():
            return "creating it"
        case Archive():
            return "archiving it"
        case Update():
            return "changing " + _fields(change.before, change.after)


def _fields(before: Fields, after: Mapping[str, object]) -> str:
    return ", ".join(f"{name} ({before.get(name)!r} → {value!r})" for name, value in after.items())
