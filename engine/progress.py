"""Whether an apply may go on with what it finds: fresh changes against those that were approved.

Differences that the plan's own journalled intents explain are no differences: that is how an interrupted
apply resumes. What the plan did and somebody undid since is one: the yes was not about doing it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Fields, same, to_json


@dataclass(frozen=True, slots=True)
class Done:
    """What this plan's earlier applies did to one address; `fields` are those it set."""

    created: bool = False
    archived: bool = False
    fields: Fields = field(default_factory=dict)


def unexplained(
    planned: Sequence[Change], current: Iterable[Change], done: Mapping[Address, Done]
) -> Iterator[str]:
    """Every difference between the approved changes and those needed now that `done` does not explain."""
    by_address: dict[Address, list[Change]] = {}
    for change in planned:
        by_address.setdefault(change.address, []).append(change)
    seen = set()
    for change in current:
        seen.add(change.address)
        so_far = done.get(change.address, Done())
        if not any(_remains(change, plan, so_far) for plan in by_address.get(change.address, [])):
            yield f"{change.address}: {_words(change)} was not in the plan, or was done and undone since"
    for address, plans in by_address.items():
        if address not in seen and address not in done:
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


def _remains(change: Change, plan: Change, done: Done) -> bool:
    """Whether `change` is `plan`, or what is left of it."""
    if isinstance(change, Create):
        return isinstance(plan, Create) and not done.created and alike(change, plan)
    if isinstance(change, Archive):
        return not done.archived and alike(change, plan)
    if isinstance(plan, Create):
        return done.created and _to_do(change, plan.resource.fields, done)
    if isinstance(plan, Update) and done.fields:
        untouched = all(same(plan.before.get(name), old) for name, old in change.before.items())
        return untouched and _to_do(change, plan.after, done)
    return alike(change, plan)


def _to_do(change: Update, goal: Fields, done: Done) -> bool:
    """Whether every field goes where the plan goes, and was not brought there already."""
    return all(
        name in goal and same(goal[name], value) and not same(done.fields.get(name, _NEVER), value)
        for name, value in change.after.items()
    )


_NEVER = "\0never set"


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
