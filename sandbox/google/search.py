"""Answering a query: fields checked, resources joined and filtered, numbers added, rows as bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sandbox.google import derive, joins, report
from sandbox.google.conditions import Test, compile_condition, during
from sandbox.google.context import Account
from sandbox.google.errors import Unimplemented
from sandbox.google.fields import (
    Field,
    check_compatible,
    check_known,
    compatibility,
    copy_field,
    newest_row,
    reader,
    resolve,
    row_descriptor,
    selectable,
)
from sandbox.google.joins import Parts
from sandbox.google.kinds import KINDS
from sandbox.google.messages import Message, enum_names, message, newest
from sandbox.google.query import Condition, Query, parse, query_error

FIRST_DAY = date(2000, 1, 1)
ENUM_SEGMENTS = ("day_of_week", "month_of_year")


def _segments() -> Message:
    return message("common.types.segments", "Segments")


@dataclass
class Plan:
    """A query whose fields are known and may stand together; since and until are what its dates allow."""

    query: Query
    selected: tuple[Field, ...]
    tests: list[tuple[Field, Test]] = field(default_factory=list)
    since: date = FIRST_DAY
    until: date = FIRST_DAY
    named: dict[str, Field] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        return self.query.resource

    def of(self, head: str) -> list[str]:
        """Selected names below metrics or segments, without that word."""
        return [one.name.partition(".")[2] for one in self.selected if one.head == head]

    @property
    def reports(self) -> bool:
        """Whether the rows are about delivery: any metric or segment is asked for."""
        return any(
            one.head in ("metrics", "segments") for one in (*self.selected, *(f for f, _ in self.tests))
        )


@dataclass(slots=True)
class Row:
    """One answer: its resources, its segments and its metrics; `static` is the bytes of the resources."""

    parts: Parts
    static: bytes
    segments: dict[str, Any]
    metrics: dict[str, float]


def make_plan(text: str, version: str, account: Account) -> Plan:
    """Parse and check a query; raises Refusal with the QueryError, or Unimplemented by name."""
    query = parse(text)
    check_known(query.resource, version)
    if query.resource not in compatibility():
        raise Unimplemented(f"GoogleAdsService queries FROM {query.resource}")
    selected = tuple(_select(version, query, name) for name in dict.fromkeys(query.fields))
    plan = Plan(query, selected, named={one.name: one for one in selected})
    _check_segments(plan)
    plan.until = account.today() + timedelta(days=1)
    _add_conditions(plan, version, account)
    _check_order(plan)
    return plan


def _select(version: str, query: Query, name: str) -> Field:
    found = resolve(version, name)
    check_compatible(query.resource, found, "SELECT")
    if not selectable(found):
        raise query_error("PROHIBITED_FIELD_IN_SELECT_CLAUSE", f"'{name}' cannot be selected.", name)
    return found


def _check_segments(plan: Plan) -> None:
    known = {*report.DAY_SEGMENTS, *report.ACTION_SEGMENTS, *report.OTHER_SEGMENTS}
    for name in plan.of("segments"):
        if name not in known:
            raise Unimplemented(f"segments.{name}")
    if plan.reports and plan.resource not in report.COLUMN:
        raise Unimplemented(f"metrics and segments FROM {plan.resource}")
    by_action = [name for name in plan.of("segments") if name in report.ACTION_SEGMENTS]
    for name in plan.of("metrics"):
        if by_action and name not in report.CONVERSION_METRICS:
            code = "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE"
            raise query_error(
                code, f"metrics.{name} has no values by segments.{by_action[0]}.", f"metrics.{name}"
            )


def _add_conditions(plan: Plan, version: str, account: Account) -> None:
    bounded = {"since": False, "until": False}
    for condition in plan.query.conditions:
        found = resolve(version, condition.field)
        check_compatible(plan.resource, found, "WHERE")
        core = found.head == "segments" and condition.field.partition(".")[2] in report.CORE_DATES
        if found.head == "segments" and not core and condition.field not in plan.named:
            code = "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"
            raise query_error(code, f"'{condition.field}' must be selected to be filtered.", condition.field)
        test = compile_condition(found, condition, account.today())
        plan.tests.append((found, test))
        if condition.field == "segments.date":
            if _narrow(plan, condition, account.today(), bounded):
                plan.tests.pop()  # the range of days says it all
        elif core:
            bounded = {"since": True, "until": True}
    asks_dates = any(name in report.CORE_DATES for name in plan.of("segments"))
    if asks_dates and not all(bounded.values()):
        code = "EXPECTED_FILTERS_ON_DATE_RANGE"
        raise query_error(code, "A date segment needs a condition on a finite range of dates.")


def _narrow(plan: Plan, condition: Condition, today: date, bounded: dict[str, bool]) -> bool:
    """Take the range of days from a condition on segments.date; whether that is all the condition means."""
    low, high, one, operator = FIRST_DAY, plan.until, condition.value, condition.operator
    day = timedelta(days=1)
    if operator == "DURING":
        low, high = during(one, today)
    else:
        days = [date.fromisoformat(str(value)) for value in (one if isinstance(one, list) else [one])]
        if operator in ("=", "IN", "BETWEEN"):
            low, high = (days[0], days[1]) if operator == "BETWEEN" else (min(days), max(days))
        elif operator in (">", ">="):
            low = days[0] + day if operator == ">" else days[0]
        elif operator in ("<", "<="):
            high = days[0] - day if operator == "<" else days[0]
    both = operator in ("DURING", "BETWEEN", "=", "IN")
    bounded["since"] |= both or operator in (">", ">=")
    bounded["until"] |= both or operator in ("<", "<=")
    plan.since, plan.until = max(plan.since, low), min(plan.until, high)
    return operator not in ("IN", "!=", "NOT IN")


def _check_order(plan: Plan) -> None:
    for order in plan.query.orders:
        found = plan.named.get(order.field)
        if found is None:
            code = "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"
            raise query_error(code, f"'{order.field}' must be selected to order by it.", order.field)
        if found.repeated or found.is_message:
            raise query_error(
                "PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE", f"'{order.field}' has no order.", order.field
            )


def rows(plan: Plan, account: Account, book: report.Book) -> Iterable[Row]:
    """All rows, filtered, ordered and limited."""
    found: Iterable[Row] = _report_rows(plan, account, book) if plan.reports else _plain_rows(plan, account)
    for order in reversed(plan.query.orders):
        found = sorted(found, key=_sort_key(plan.named[order.field]), reverse=order.descending)
    limit = plan.query.limit
    return found if limit is None else list(found)[:limit]


def _sort_key(by: Field) -> Any:
    read = _row_value(by)
    lowest: Any = "" if by.is_text else 0

    def key(row: Row) -> Any:
        value = read(row)
        return lowest if value is None else value

    return key


def _row_value(by: Field) -> Any:
    if by.head in ("metrics", "segments"):
        name = by.name.partition(".")[2]
        return lambda row: getattr(row, by.head).get(name)
    read = reader(by.path)
    return lambda row: read(row.parts[by.head]) if by.head in row.parts else None


def _subjects(plan: Plan, account: Account) -> Iterator[Parts]:
    """Joined resources that pass every condition on attributes."""
    attribute_tests = [
        (f.head, reader(f.path), test) for f, test in plan.tests if f.head not in ("metrics", "segments")
    ]
    heads = {f.head for f in (*plan.selected, *(f for f, _ in plan.tests))} - {"metrics", "segments"}
    join = joins.joiner(account, frozenset(heads - {plan.resource}))
    volatile = _volatile_heads(plan)
    asked = plan.query.parameters.get("include_drafts") == "true"
    hidden = frozenset[str]() if asked else joins.drafts(account)
    for parts in joins.subjects(account, plan.resource):
        if hidden and any(joins.is_of(each, hidden) for each in parts.values()):
            continue
        join(parts)
        for head in volatile:
            if head in parts:
                parts[head] = derive.fresh(account, KINDS[head], parts[head])
        if all(test(read(parts[head]) if head in parts else None) for head, read, test in attribute_tests):
            yield parts


def _volatile_heads(plan: Plan) -> list[str]:
    used = [*plan.selected, *(f for f, _ in plan.tests)]
    return sorted({f.head for f in used if f.path and f.path[0] in derive.VOLATILE.get(f.head, ())})


class Static:
    """The bytes of a row's resources: selected attributes, and the name of each resource shown."""

    def __init__(self, plan: Plan) -> None:
        self.fields = [f for f in plan.selected if f.head not in ("metrics", "segments")]
        names = dict.fromkeys([plan.resource, *(f.head for f in self.fields)])
        self.named = names if plan.query.parameters.get("omit_unselected_resource_names") != "true" else {}

    def bytes_of(self, parts: Parts) -> bytes:
        row = newest_row()
        for head in self.named:
            if head in parts:
                getattr(row, head).resource_name = parts[head].resource_name
        for one in self.fields:
            if one.head in parts:
                copy_field(parts[one.head], getattr(row, one.head), one.path)
        return bytes(row.SerializeToString())


def _plain_rows(plan: Plan, account: Account) -> Iterator[Row]:
    static = Static(plan)
    for parts in _subjects(plan, account):
        yield Row(parts, static.bytes_of(parts), {}, {})


def _report_rows(plan: Plan, account: Account, book: report.Book) -> Iterator[Row]:
    static, segments = Static(plan), plan.of("segments")
    tests = [(f.head, f.name.partition(".")[2], test) for f, test in plan.tests]
    day_tests = [
        (report.DAY_SEGMENTS[name], test) for head, name, test in tests if name in report.DAY_SEGMENTS
    ]
    row_tests = [(head, name, test) for head, name, test in tests if _of_rows(head, name)]
    by_day = bool(day_tests) or not report.DAY_SEGMENTS.keys().isdisjoint(segments)
    by_day = by_day or plan.resource == "keyword_view"
    found = report.read(account, book, report.COLUMN[plan.resource], plan.since, plan.until, by_day)
    days_of = report.numbers_of(account, plan.resource, found)
    actions = report.actions(account)
    subject = "ad_group_criterion" if plan.resource == "keyword_view" else plan.resource
    asked = (*plan.of("metrics"), *(name for head, name, _ in tests if head == "metrics"))
    metrics = [(name, report.METRICS[name]) for name in dict.fromkeys(asked) if name in report.METRICS]
    for parts in _subjects(plan, account):
        content = static.bytes_of(parts)
        days = _days(days_of(parts[subject]), day_tests)
        for values, sums in _buckets(days, segments, actions):
            if segments and sums.empty:
                continue  # …/docs/reporting/zero-metrics
            row = Row(parts, content, values, _measure(metrics, sums, actions))
            if not row_tests or all(test(getattr(row, head).get(name)) for head, name, test in row_tests):
                yield row


def _of_rows(head: str, name: str) -> bool:
    return head == "metrics" or (head == "segments" and name not in report.DAY_SEGMENTS)


def _days(days: report.Days, tests: list[tuple[Any, Test]]) -> report.Days:
    if not tests:
        return days
    return {
        day: sums
        for day, sums in days.items()
        if all(test(segment_value(read(date.fromisoformat(day)))) for read, test in tests)
    }


def _buckets(
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
        yield from ((_day_values(day, names), sums) for day, sums in days.items())
        return
    for day, sums in days.items():
        of_day = _day_values(day, tuple(segments))
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
def _day_values(day: str, segments: tuple[str, ...]) -> dict[str, Any]:
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


def _measure(
    metrics: list[tuple[str, report.Metric]], sums: report.Sums, actions: report.Actions
) -> dict[str, float]:
    counted = worth = total = total_worth = 0.0
    for action, (count, value) in sums.actions.items():
        if action in actions.by_action:
            total, total_worth = total + count, total_worth + value
            if action in actions.biddable:
                counted, worth = counted + count, worth + value
    worth, total_worth = worth / 1e6, total_worth / 1e6
    return {name: of(sums, counted, worth, total, total_worth) for name, of in metrics}


class Encoder:
    """Rows as bytes of GoogleAdsRow: resources, then segments, then metrics, simply joined."""

    def __init__(self, plan: Plan) -> None:
        row = row_descriptor(newest())
        self.segments = _segments()
        self.metrics_tag = _varint(row.fields_by_name["metrics"].number << 3 | LENGTH)
        self.segments_tag = _varint(row.fields_by_name["segments"].number << 3 | LENGTH)
        self.numbers = _numbers(plan.of("metrics"))
        self.names = plan.of("segments")
        self.cache: dict[tuple[Any, ...], bytes] = {}

    def row(self, row: Row) -> bytes:
        content = row.static
        if self.names:
            content += self._segments(row.segments)
        if self.numbers:
            content += self._metrics(row.metrics)
        return content

    def _metrics(self, values: dict[str, float]) -> bytes:
        body = b""
        for name, tag, whole in self.numbers:
            value = values[name] if name else 0
            body += tag + (_varint(int(value)) if whole else DOUBLE(value))
        return self.metrics_tag + _varint(len(body)) + body

    def _segments(self, values: dict[str, Any]) -> bytes:
        key = (*values.values(),)
        known = self.cache.get(key)
        if known is None:
            made = self.segments()
            for name in self.names:
                setattr(made, name, values[name])
            body = made.SerializeToString()
            known = self.cache[key] = self.segments_tag + _varint(len(body)) + body
        return known


def _numbers(names: Iterable[str]) -> list[tuple[str, bytes, bool]]:
    """Metrics in the order of their fields: name ("" for one that is always 0), tag, whether it is whole."""
    found = []
    for one in message("common.types.metrics", "Metrics").DESCRIPTOR.fields:
        whole = one.type == one.TYPE_INT64
        if one.name in names and not one.is_repeated and (whole or one.name in report.METRICS):
            tag = _varint(one.number << 3 | (VARINT if whole else FIXED64))
            found.append((one.number, one.name if one.name in report.METRICS else "", tag, whole))
    return [(name, tag, whole) for _, name, tag, whole in sorted(found)]


# Wire types: protobuf.dev/programming-guides/encoding
VARINT, FIXED64, LENGTH = 0, 1, 2
DOUBLE = struct.Struct("<d").pack


# The first 14 bits of a number, as they stand at its end and where more follows.
LAST = [bytes([one]) if one < 128 else bytes([one & 127 | 128, one >> 7]) for one in range(1 << 14)]
FIRST = [bytes([one & 127 | 128, one >> 7 | 128]) for one in range(1 << 14)]


def _varint(number: int) -> bytes:
    return LAST[number] if number < 1 << 14 else FIRST[number & 0x3FFF] + _varint(number >> 14)


def repeated(tag: int, items: Iterable[bytes]) -> bytes:
    """Encoded messages as elements of the repeated field with that number."""
    head = _varint(tag << 3 | LENGTH)
    return b"".join(head + _varint(len(item)) + item for item in items)
