"""A subject's days in the buckets that a query's segments ask for, and what is measured of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from sandbox.google import report
from sandbox.google.conditions import Test
from sandbox.google.messages import Message, enum_names, message

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
    days: report.Days, segments: list[str], actions: report.Actions
) -> Iterator[tuple[dict[str, Any], report.Sums]]:
    """Segment values and sums of one resource; without segments one bucket, even of zeros."""
    if not segments:
        yield {}, _total(days)
        return
    made: dict[tuple[Any, ...], tuple[dict[str, Any], report.Sums]] = {}
    others = frozenset(name for name in segments if name not in report.DAY_SEGMENTS)
    if "date" in segments and not others:  # a bucket a day
        names = tuple(segments)
        yield from ((day_values(day, names), sums) for day, sums in days.items())
        return
    for day, sums in days.items():
        of_day = day_values(day, tuple(segments))
        parts = _parts(sums, others, actions) if others else (({}, sums),)
        for more, part in parts:
            both = of_day | more if more else of_day
            key = tuple(both.values())
            if key in made:
                if made[key][1] is not part:
                    made[key] = (both, _added(made[key][1], part))
            else:
                made[key] = (both, part)
    yield from made.values()


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
    sums: report.Sums, used: frozenset[str], actions: report.Actions
) -> Iterator[tuple[dict[str, Any], report.Sums]]:
    by_action: list[tuple[dict[str, Any], report.Sums]] = [({}, sums)]
    if not used.isdisjoint(report.ACTION_SEGMENTS):
        by_action = [
            (_action_values(actions.by_action[name], used), part)
            for name, part in report.by_action(sums, actions.by_action)
        ]
    for values, part in by_action:
        if "ad_network_type" in used:
            values = values | {"ad_network_type": segment_value("SEARCH", "ad_network_type")}
        if "device" in used:
            for device, piece in report.by_device(part):
                yield values | {"device": segment_value(device, "device")}, piece
        else:
            yield values, part


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
