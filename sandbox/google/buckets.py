"""A subject's days in the buckets that a query's segments ask for, and what is measured of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sandbox.google import report
from sandbox.google.conditions import Test
from sandbox.google.messages import Message, enum_names, message
from sandbox.google.networks import Network, Portion

FIRST_DAY = date(2000, 1, 1)
ENUM_SEGMENTS = ("day_of_week", "month_of_year")


def _segments() -> Message:
    return message("common.types.segments", "Segments")


def days_that_pass(days: report.Days, tests: list[tuple[Any, Test]]) -> report.Days:
    if not tests:
        return days
    return {
        day: sums
        for day, sums in days.items()
        if all(test(segment_value(read(date.fromisoformat(day)))) for read, test in tests)
    }


def buckets(
    portions: Sequence[Portion], segments: list[str], actions: report.Actions
) -> Iterator[tuple[dict[str, Any], report.Sums]]:
    """Segment values and sums of one resource; without segments one bucket, even of zeros."""
    if not segments:
        yield {}, _total(portions[0].days)
        return
    names = tuple(segments)
    made: dict[tuple[Any, ...], tuple[dict[str, Any], report.Sums]] = {}
    others = frozenset(name for name in segments if name not in report.DAY_SEGMENTS)
    if "date" in segments and not others:  # a bucket a day
        yield from ((day_values(day, names), sums) for day, sums in portions[0].days.items())
        return
    for portion in portions:
        for day, sums in portion.days.items():
            of_day = {**day_values(day, names), **portion.segments}
            parts = _parts(day, sums, others, actions, portion) if others else (({}, sums),)
            for more, part in parts:
                _put(made, {**of_day, **more} if more else of_day, part)
    yield from made.values()


def _put(
    made: dict[tuple[Any, ...], tuple[dict[str, Any], report.Sums]], values: dict[str, Any], part: report.Sums
) -> None:
    key = tuple(values.values())
    if key not in made:
        made[key] = (values, part)
    elif made[key][1] is not part:
        made[key] = (values, _added(made[key][1], part))


def _total(days: report.Days) -> report.Sums:
    total = report.Sums()
    for sums in days.values():
        total.add(sums)
    return total


def _added(one: report.Sums, other: report.Sums) -> report.Sums:
    total = report.Sums()
    total.add(one)
    total.add(other)
    return total


@lru_cache(4096)
def day_values(day: str, segments: tuple[str, ...]) -> dict[str, Any]:
    when = date.fromisoformat(day) if day else FIRST_DAY
    return {
        name: segment_value(report.DAY_SEGMENTS[name](when))
        for name in segments
        if name in report.DAY_SEGMENTS
    }


def _parts(
    day: str, sums: report.Sums, used: frozenset[str], actions: report.Actions, portion: Portion
) -> Iterator[tuple[dict[str, Any], report.Sums]]:
    """A day by everything that is asked for beside days: conversion actions, networks, devices."""
    for of_action, one in _by_action(sums, used, actions):
        for of_network, part in _by_share("ad_network_type", _networks(day, portion), one):
            devices = report.DEVICES if "device" in used else ()
            for of_device, piece in _by_share("device", devices, part):
                yield {**of_action, **of_network, **of_device}, piece


def _by_action(
    sums: report.Sums, used: frozenset[str], actions: report.Actions
) -> Iterator[tuple[dict[str, Any], report.Sums]]:
    if used.isdisjoint(report.ACTION_SEGMENTS):
        yield {}, sums
        return
    for name, part in report.by_action(sums, actions.by_action):
        yield _action_values(actions.by_action[name], used), part


def _networks(day: str, portion: Portion) -> Network:
    return portion.networks(day) if portion.networks else ()


def _by_share(
    segment: str, shares: Sequence[tuple[str, int]], sums: report.Sums
) -> Iterator[tuple[dict[str, Any], report.Sums]]:
    """A part for each value of a segment by its share; the whole where the segment is not asked for."""
    if not shares:
        yield {}, sums
        return
    parts = report.split(sums, [weight for _, weight in shares])
    for (value, _), part in zip(shares, parts, strict=True):
        if not part.empty:
            yield {segment: segment_value(value, segment)}, part


def segment_value(value: Any, name: str = "") -> Any:
    """A segment as the message holds it: enum constants as numbers."""
    if isinstance(value, str):
        for enum in ENUM_SEGMENTS if not name else (name,):
            numbers = enum_names(_segments().DESCRIPTOR.fields_by_name[enum].enum_type)
            if value in numbers:
                return numbers[value]
    return value


def _action_values(action: Message, used: frozenset[str]) -> dict[str, Any]:
    values = {
        "conversion_action": action.resource_name,
        "conversion_action_name": action.name,
        "conversion_action_category": action.category,
    }
    return {name: value for name, value in values.items() if name in used}


def measure(names: Collection[str], sums: report.Sums, actions: report.Actions) -> dict[str, float]:
    """The metrics of these names that are simulated."""
    found = _measured([name for name in names if name in report.METRICS], sums, actions)
    control = {name: report.CONTROL[name] for name in names if name in report.CONTROL}
    if control:
        theirs = _measured(control.values(), sums.control or report.Sums(), actions)
        found |= {name: theirs[base] for name, base in control.items()}
    return found


def _measured(names: Iterable[str], sums: report.Sums, actions: report.Actions) -> dict[str, float]:
    counted = worth = total = total_worth = 0.0
    for action, (count, value) in sums.actions.items():
        if action in actions.by_action:
            total, total_worth = total + count, total_worth + value
            if action in actions.biddable:
                counted, worth = counted + count, worth + value
    worth, total_worth = worth / 1e6, total_worth / 1e6
    return {name: report.METRICS[name](sums, counted, worth, total, total_worth) for name in names}
