"""Declared against observed: which objects to create, change or archive, and which to leave alone and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine import claims, elsewhere, namesakes, released, spared
from engine.begun import begun
from engine.change import Archive, Change, Create, Update
from engine.context import Context
from engine.match import Matching, match
from engine.resource import MARK, Address, Fields, Observed, Resource, Value, differing, same
from engine.supports import KindSupport
from engine.way_back import stopped
from schemas.errors import Problem

# Of what only others use, an audience, nothing in the language says that it may be replaced.
NEW_KEY = "give it a new key, and name that where the old one is used"


@dataclass(frozen=True, slots=True)
class Held:
    """An object somebody paused: it stays paused until `kampanya resume` says otherwise."""

    address: Address
    by: str


@dataclass(frozen=True, slots=True)
class Diff:
    """All that differs. `blocked` objects are left alone, each with the reason; the others go on."""

    changes: tuple[Change, ...]
    matching: Matching
    held: tuple[Held, ...] = ()
    blocked: tuple[Problem, ...] = ()


def diff(desired: Sequence[Resource], observed: Iterable[Observed], context: Context) -> Diff:
    """What to do so that `observed` becomes `desired`, which comes parents first. Pure; linear in both.

    Objects that bear a foreign mark, or none, are never part of a change.
    """
    matching = matched(desired, observed, context)
    if context.adopting:
        return _adopted(desired, matching, context)
    if context.releasing:
        return Diff(tuple(released.changes(matching, context)), matching)
    changes: list[Change] = []
    held: list[Held] = []
    blocked: list[Problem] = list(matching.quarantined.values())
    stuck = {*matching.quarantined, *matching.waiting}
    ids = matching.ids
    for resource in desired:
        if stuck and (resource.address in stuck or resource.refs & stuck):
            stuck.add(resource.address)  # what hangs under it cannot be judged before it is
            continue
        for step in _undoubted(_steps(resource, matching, ids, context), matching.quarantined):
            if isinstance(step, Held):
                held.append(step)
            elif isinstance(step, Problem):
                blocked.append(step)
                stuck.add(resource.address)
            else:
                changes.append(step)
                if isinstance(step, Create):
                    ids.pop(resource.address, None)  # replaced: what hangs under it hangs under something new
    declared = {each.address for each in desired}
    leaving = stopped if context.way_back else _retired
    for change in leaving(declared, matching, context):
        kept = _kept(change, matching, context) if isinstance(change, Archive) else None
        if kept is None:
            changes.append(change)
        else:
            blocked.append(kept)
    return Diff(tuple(changes), matching, tuple(held), tuple(blocked))


def matched(desired: Sequence[Resource], observed: Iterable[Observed], context: Context) -> Matching:
    """Which observed object is which declared or journalled one."""
    marks = {each.address: each.mark for each in desired}
    matching = match(marks, observed, context.known, context.gone, context.former, context.marked)
    matching = elsewhere.disowned(matching, desired, context.known, context.supports)
    if not context.claims:
        return matching
    desk = claims.Desk(context.supports, marks, context.known)
    matching = claims.settled(matching, desired, observed, context.claims, desk, context.adopting)
    return _as_imported(desired, matching, context) if context.adopting else matching


def _as_imported(desired: Sequence[Resource], matching: Matching, context: Context) -> Matching:
    """Without what would not only be marked, and without what hangs under that: it waits."""
    found, doubts = dict(matching.found), dict(matching.quarantined)
    waiting: set[Address] = set()
    ids = matching.ids
    for resource in desired:
        address = resource.address
        seen = found.get(address)
        if address not in context.claims or address in context.known or seen is None:
            continue
        if resource.refs & (doubts.keys() | waiting):
            waiting.add(address)
        elif names := _unlike(resource, seen, ids, context):
            doubts[address] = claims.changed(resource, seen, names)
        else:
            continue
        del found[address]
    return replace(matching, found=found, quarantined=doubts, waiting=frozenset(waiting))


def _unlike(resource: Resource, seen: Observed, ids: Mapping[Address, str], context: Context) -> list[str]:
    """The fields in which what was imported is not what is declared."""
    kind, life = context.kind(resource.address), context.life(resource.address)
    names = differing(resource.fields, seen.fields, ids)
    left = undeclared_budgets(resource, seen, kind)
    return [name for name in [*names, *left] if name not in life.ignore | kind.given]


def _adopted(desired: Sequence[Resource], matching: Matching, context: Context) -> Diff:
    """The marks of what is claimed, and nothing else."""
    updates = [
        Update(each, seen.id, {MARK: seen.mark}, {MARK: each.mark})
        for each in desired
        if each.address in context.claims
        and (seen := matching.found.get(each.address)) is not None
        and not seen.archived
        and context.kind(each.address).marked
        and each.mark not in (seen.mark, *seen.also)
    ]
    doubted = matching.quarantined.items()
    blocked = tuple(problem for address, problem in doubted if address in context.claims)
    return Diff(tuple(updates), matching, blocked=blocked)


def _undoubted(
    steps: Sequence[Change | Held | Problem], quarantined: Collection[Address]
) -> Sequence[Change | Held | Problem]:
    """The steps, or why nothing is replaced near something that is in doubt."""
    if not quarantined:
        return steps
    found = (spared.doubt(each, quarantined) for each in steps if isinstance(each, Archive))
    problem = next((each for each in found if each), None)
    return steps if problem is None else (problem,)


def _kept(archive: Archive, matching: Matching, context: Context) -> Problem | None:
    """Why what is no longer declared is not archived, or None."""
    if problem := spared.doubt(archive, matching.quarantined):
        return problem
    below = context.below.get((archive.address.platform, archive.address.kind, archive.id), ())
    others = [each for each in below if spared.label_of(each) not in context.along]
    agreed = not others or context.life(archive.address).replace
    return None if agreed else spared.company(archive, others)


def _steps(
    resource: Resource, matching: Matching, ids: Mapping[Address, str], context: Context
) -> Sequence[Change | Held | Problem]:
    seen, kind = matching.found.get(resource.address), context.kind(resource.address)
    if seen is None:
        taken_place = namesakes.problem(resource, kind, ids, context.namesakes)
        return (taken_place or _in_time(resource, kind, context) or Create(resource),)
    if seen.archived:
        return (_after_archiving(resource, kind, context),)
    taken = _taken_away(resource, seen, kind, context) if kind.clearable else {}
    declared = {**taken, **resource.fields} if taken else resource.fields
    names = differing(declared, seen.fields, ids)
    if names and kind.given:
        names = [name for name in names if name not in kind.given]
    if seen.mark != resource.mark and kind.marked and resource.mark not in seen.also:
        # It lost its mark, or its key was renamed: without the journal it would be nobody's, or be known only
        # for as long as `moved:` tells the old one. What contradicts the journal was quarantined.
        declared, names = {**declared, MARK: resource.mark}, [*names, MARK]
    left = undeclared_budgets(resource, seen, kind)
    if not names and not left:
        return ()  # nearly always, so before anything else is asked
    return tuple(_changed(resource, seen, declared, names, left, context))


def _in_time(resource: Resource, kind: KindSupport, context: Context) -> Problem | None:
    return begun(resource, resource.fields.keys(), kind, context.today)


def _after_archiving(resource: Resource, kind: KindSupport, context: Context) -> Create | Problem:
    anew = kind.recreate or context.life(resource.address).replace or context.way_back is not None
    if anew or not kind.archivable:
        return _in_time(resource, kind, context) or Create(resource)
    return Problem(
        "It was archived on the platform, which cannot be undone",
        f"{resource.address}",
        "Delete it from the YAML, give it a new key, or write `replace: allow` to build it anew."
        if kind.delivers
        else f"Delete it from the YAML, or {NEW_KEY}.",
    )


def _changed(
    resource: Resource,
    seen: Observed,
    declared: Fields,
    unlike: Collection[str],
    left: Sequence[str],
    context: Context,
) -> Iterator[Change | Held | Problem]:
    kind = context.kind(resource.address)
    life = context.life(resource.address)
    names = [name for name in unlike if name not in life.ignore]
    before: dict[str, Value] = {name: seen.shows(name) for name in names}
    after: dict[str, Value] = {name: declared[name] for name in names}
    if left and not life.replace:
        yield _left_behind(resource.address, left)
        return
    paused = _paused_by(resource.address, kind, before, after, context)
    if paused is not None and kind.status is not None:
        yield paused
        before, after = _without(before, kind.status.name), _without(after, kind.status.name)
    frozen = kind.immutable & after.keys() | _gained_budgets(seen, kind, after)
    if not after and not left:
        return
    anew = bool(frozen or left) and (kind.recreate or life.replace)
    if past := begun(resource, resource.fields.keys() if anew else after.keys(), kind, context.today):
        yield past
    elif not frozen and not left:
        yield Update(resource, seen.id, before, after)
    elif anew:
        yield Archive(resource.address, seen.account, seen.id, seen.fields)
        yield Create(resource)
    else:
        yield _immutable(resource.address, kind, frozen, before, after)


def _taken_away(resource: Resource, seen: Observed, kind: KindSupport, context: Context) -> dict[str, Value]:
    """What Kampanya set, nobody changed since, and the declaration no longer has: to be unset.

    A field that somebody else set, or changed, stays as it is.
    """
    ours = context.applied.get(resource.address, {})
    return {
        name: kind.cleared.get(name)
        for name in kind.clearable - resource.fields.keys()
        if ours.get(name) is not None and same(ours[name], seen.fields.get(name))
    }


def undeclared_budgets(resource: Resource, seen: Observed, kind: KindSupport) -> list[str]:
    """Budget fields with an amount on the platform that the declaration does not have, as `name amount`."""
    if not kind.budgets:
        return []
    return [
        f"{name} {seen.fields[name]}"
        for name in kind.budgets
        if name not in resource.fields and isinstance(seen.fields.get(name), int) and seen.fields[name]
    ]


def _left_behind(address: Address, left: Sequence[str]) -> Problem:
    return Problem(
        "A budget left the declaration, but not the platform",
        f"{address}: {', '.join(left)}",
        "Declare the budget where it is, give the object a new key so that it is built anew, or write"
        " `replace: allow` to archive it and lose its learning and history.",
    )


def _gained_budgets(seen: Observed, kind: KindSupport, after: Fields) -> frozenset[str]:
    """Budget fields that are to be set on an object without any budget: a budget's level never changes.

    What is below would be left with budgets of its own, or had none to be built with.
    """
    if any(seen.fields.get(name) for name in kind.budgets):
        return frozenset()
    return frozenset(name for name in kind.budgets if after.get(name))


def _paused_by(
    address: Address, kind: KindSupport, before: Fields, after: Fields, context: Context
) -> Held | None:
    """A pause wins, whoever made it, unless Kampanya created it held and is on its way to activating it."""
    status = kind.status
    if status is None or after.get(status.name) != status.live or before.get(status.name) != status.held:
        return None
    record = context.known.get(address)
    if context.resumed(address) or (record is not None and record.status == "held"):
        return None
    by_command = record is not None and record.status == "paused"
    return Held(address, "kampanya pause" if by_command else "somebody on the platform")


def _without(fields: Fields, name: str) -> dict[str, Value]:
    return {each: value for each, value in fields.items() if each != name}


def _immutable(
    address: Address, kind: KindSupport, frozen: Collection[str], before: Fields, after: Fields
) -> Problem:
    names = ", ".join(sorted(frozen))
    values = "; ".join(f"{name}: {before.get(name)!r} → {after.get(name)!r}" for name in sorted(frozen))
    return Problem(
        "The platform cannot change this after creation",
        f"{address}: {names} ({values})",
        "Give it a new key so that a new one is built beside it, or write `replace: allow` to archive it"
        " and lose its learning and history."
        if kind.delivers
        else f"Declare it anew beside the old one: {NEW_KEY}.",
    )


def _retired(declared: Collection[Address], matching: Matching, context: Context) -> Iterator[Archive]:
    for address in context.known:
        seen = None if address in declared else matching.found.get(address)
        if seen is None or seen.archived:
            continue
        if address.platform in context.supports and context.kind(address).archivable:
            yield Archive(address, seen.account, seen.id, seen.fields)
