"""In which order a plan is carried out, so that nothing delivers before all of it was read back.

reduce     pauses and cuts: always safe, so first; and what is new below something must find there (bids)
build      creates, parents first; the top of every new tree is created held
(verify)   everything built is read back and compared
change     updates that neither raise nor lower what may be spent
(verify)   everything changed is read back and compared
retire     archives, children first
activate   raises and activations, children first; a tree's top is let go last, and only if all of it is right
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Literal, TypeVar

from engine.budget import parent_of
from engine.change import Archive, Change, Create, Update
from engine.resource import Address, Resource
from engine.supports import KindSupport, Supports

AnyChange = TypeVar("AnyChange", Create, Update, Archive)
Phase = Literal["reduce", "build", "change", "retire", "activate"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """`build` holds creates with the statuses they are sent with; `roots` are those of them held back."""

    reduce: tuple[Update | Archive, ...]
    build: tuple[Create, ...]
    change: tuple[Update, ...]
    retire: tuple[Archive, ...]
    activate: tuple[Update | Create, ...]
    roots: tuple[Create, ...]


def schedule(changes: Sequence[Change], supports: Mapping[str, Supports]) -> Schedule:
    """Order `changes`; an update whose fields belong to different phases is split. Raises CycleError."""
    creates = _parents_first([each for each in changes if isinstance(each, Create)])
    build, roots = _hold(creates, supports)
    parts: dict[Phase, list[Update]] = {"reduce": [], "change": [], "activate": []}
    for change in changes:
        if isinstance(change, Update):
            for phase, part in _split(change, supports):
                parts[phase].append(part)
    anew = {each.address for each in creates}
    archives = _children_first([each for each in changes if isinstance(each, Archive)])
    early = _in_the_way(archives, parts["reduce"], supports)
    born_live = [each for each in build if _delivers_at_birth(each, supports)]
    return Schedule(
        (
            *(each for each in archives if each.address in early),
            *parts["reduce"],
            *(each for each in archives if each.address in anew and each.address not in early),
        ),
        tuple(each for each in build if not _delivers_at_birth(each, supports)),
        tuple(parts["change"]),
        tuple(each for each in archives if each.address not in anew and each.address not in early),
        (*_children_first(parts["activate"]), *born_live),
        tuple(_children_first(roots)),
    )


def _in_the_way(
    archives: Sequence[Archive], reduce: Sequence[Update], supports: Mapping[str, Supports]
) -> set[Address]:
    """What is to go anyway and hangs under something whose `first` fields change: it would not fit them."""
    bent = {each.id for each in reduce if _kind(each.address, supports).first & each.after.keys()}
    keys = {
        (each.address.platform, each.address.key)
        for each in archives
        if each.before.get(_kind(each.address, supports).parent or "") in bent
    }
    return {
        each.address
        for each in archives
        if any(
            (each.address.platform, key) in keys for key in (each.address.key, *_keys_above(each.address.key))
        )
    }


def _keys_above(key: str) -> Iterator[str]:
    while "/" in key:
        key = key.rpartition("/")[0]
        yield key


def activation(create: Create, id: str, supports: Mapping[str, Supports]) -> Update:
    """The update that lets a held object go."""
    status = _kind(create.address, supports).status
    assert status is not None
    return Update(create.resource, id, {status.name: status.held}, {status.name: status.live})


def held_again(update: Update, supports: Mapping[str, Supports]) -> Update:
    """The update that holds back what an activation let go."""
    status = _kind(update.address, supports).status
    assert status is not None
    return replace(update, before={status.name: status.live}, after={status.name: status.held})


def lets_go(update: Update, name: str, supports: Mapping[str, Supports]) -> bool:
    """Whether this field's change lets the object deliver."""
    status = _kind(update.address, supports).status
    return status is not None and name == status.name and update.after[name] == status.live


def above(address: Address, parents: Mapping[Address, Address]) -> Iterator[Address]:
    """The addresses above one, nearest first."""
    while (parent := parents.get(address)) is not None:
        yield parent
        address = parent


def lowers(update: Update, name: str, supports: Mapping[str, Supports]) -> bool:
    """Whether this field's change can only lower spend: a pause, or a smaller budget."""
    kind = _kind(update.address, supports)
    if kind.status is not None and name == kind.status.name:
        return update.after[name] == kind.status.held
    return _step(update, name, kind) < 0


def raises(update: Update, name: str, supports: Mapping[str, Supports]) -> bool:
    """Whether this field's change may raise spend: an activation, a larger budget, a longer flight."""
    if lets_go(update, name, supports):
        return True
    return _step(update, name, _kind(update.address, supports)) > 0 or lengthens(update, name, supports)


def lengthens(update: Update, name: str, supports: Mapping[str, Supports]) -> bool:
    """Whether this field's change lets the object run on more days: an earlier start, a later or no end."""
    flight = _kind(update.address, supports).flight
    if flight is None or name not in flight:
        return False
    old, new = update.before.get(name), update.after[name]
    if not (isinstance(old, str) and isinstance(new, str)):
        return bool(new) if name == flight[0] else not new
    return new < old if name == flight[0] else new > old


def _step(update: Update, name: str, kind: KindSupport) -> int:
    if name not in kind.budgets:
        return 0
    old, new = update.before.get(name), update.after[name]
    if isinstance(old, int) and isinstance(new, int):
        return new - old
    return 1


def _kind(address: Address, supports: Mapping[str, Supports]) -> KindSupport:
    return supports[address.platform].kinds[address.kind]


def _delivers_at_birth(create: Create, supports: Mapping[str, Supports]) -> bool:
    kind = _kind(create.address, supports)
    return kind.delivers and kind.status is None


def _children_first(changes: Sequence[AnyChange]) -> list[AnyChange]:
    return sorted(changes, key=lambda each: -each.address.key.count("/"))


def _parents_first(creates: Sequence[Create]) -> list[Create]:
    by_address = {each.address: each for each in creates}
    graph = {each.address: sorted(each.resource.refs & by_address.keys()) for each in creates}
    return [by_address[address] for address in TopologicalSorter(graph).static_order()]


def _hold(creates: Iterable[Create], supports: Mapping[str, Supports]) -> tuple[list[Create], list[Create]]:
    """Hold back each object that could deliver and has nothing new above it that is held or paused."""
    build: list[Create] = []
    roots: list[Create] = []
    quiet: set[Address] = set()
    for create in creates:
        status = _kind(create.address, supports).status
        if status is None:
            build.append(create)
            continue
        parent = parent_of(create.resource, supports)
        if parent not in quiet and create.resource.fields.get(status.name) == status.live:
            create = Create(_holding(create.resource, status.name, status.held))
            roots.append(create)
        quiet.add(create.address)
        build.append(create)
    return build, roots


def _holding(resource: Resource, name: str, value: str) -> Resource:
    return replace(resource, fields={**resource.fields, name: value})


def _split(update: Update, supports: Mapping[str, Supports]) -> Iterator[tuple[Phase, Update]]:
    first = _kind(update.address, supports).first
    lowering = {name for name in update.after if name in first or lowers(update, name, supports)}
    raising = {name for name in update.after if raises(update, name, supports)} - first
    rest = update.after.keys() - lowering - raising
    parts: tuple[tuple[Phase, Collection[str]], ...] = (
        ("reduce", lowering),
        ("change", rest),
        ("activate", raising),
    )
    for phase, names in parts:
        if names:
            yield phase, only(update, names)


def only(update: Update, names: Collection[str]) -> Update:
    """The part of an update that touches `names`."""
    return replace(
        update,
        before={name: value for name, value in update.before.items() if name in names},
        after={name: value for name, value in update.after.items() if name in names},
    )
