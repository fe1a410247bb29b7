"""Answering a query: fields checked, resources joined and filtered, numbers added, rows as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sandbox.google import changes, derive, joins, networks, report
from sandbox.google.buckets import FIRST_DAY, buckets, day_values, days_that_pass, measure
from sandbox.google.conditions import Test, compile_condition, during
from sandbox.google.context import Account
from sandbox.google.encoding import Metrics, Segments
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
)
from sandbox.google.joins import Parts
from sandbox.google.kinds import KINDS
from sandbox.google.messages import Message
from sandbox.google.networks import Portion
from sandbox.google.query import Condition, Query, parse, query_error


@dataclass
class Plan:
    """A query whose fields are known and may stand together; since and until are what its dates allow."""

    query: Query
    selected: tuple[Field, ...]
    tests: list[tuple[Field, Test]] = field(default_factory=list)
    since: date = FIRST_DAY
    until: date = FIRST_DAY
    named: dict[str, Field] = field(default_factory=dict)
    window: changes.Window | None = None  # of a query of the change history
    customer: str = ""  # whom the query is about; the client account if nobody is named

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
    plan.window = changes.window(query, account)
    return plan


def _select(version: str, query: Query, name: str) -> Field:
    found = resolve(version, name)
    check_compatible(query.resource, found, "SELECT")
    return found


def _check_segments(plan: Plan) -> None:
    known = {
        *report.DAY_SEGMENTS, *report.ACTION_SEGMENTS, *report.OTHER_SEGMENTS, *networks.SEGMENTS,
    }  # fmt: skip
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


def encoded(plan: Plan, account: Account, book: report.Book) -> Iterator[bytes]:
    """The rows as bytes of GoogleAdsRow."""
    segments, metrics = Segments(plan.of("segments")), Metrics(dict.fromkeys(plan.of("metrics")))
    plain = metrics.plain()
    if plain is not None and _is_daily(plan):
        return _daily(plan, account, book, segments, plain)
    return (
        row.static + segments.of(row.segments) + metrics.of(row.metrics) for row in rows(plan, account, book)
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
    for parts in joins.subjects(account, plan.resource, plan.customer, plan.window):
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


@dataclass
class _Report:
    """What the rows of a report are made from: each subject's days, and conditions on days and on rows."""

    days_of: Callable[[Message], report.Days]
    portions_of: Callable[[Message, report.Days], Iterator[Portion]] | None
    actions: report.Actions
    subject: str
    day_tests: list[tuple[Any, Test]]
    row_tests: list[tuple[str, str, Test]]

    def days(self, parts: Parts) -> report.Days:
        return days_that_pass(self.days_of(parts[self.subject]), self.day_tests)

    def portions(self, parts: Parts) -> list[Portion]:
        """The days, apart by campaign where a segment asks for it."""
        if self.portions_of is None:
            return [Portion(self.days(parts))]
        found = self.portions_of(parts[self.subject], self.days_of(parts[self.subject]))
        return [replace(one, days=days_that_pass(one.days, self.day_tests)) for one in found]


def _report(plan: Plan, account: Account, book: report.Book) -> _Report:
    tests = [(f.head, f.name.partition(".")[2], test) for f, test in plan.tests]
    day_tests = [
        (report.DAY_SEGMENTS[name], test) for head, name, test in tests if name in report.DAY_SEGMENTS
    ]
    row_tests = [(head, name, test) for head, name, test in tests if _of_rows(head, name)]
    by_day = bool(day_tests) or not report.DAY_SEGMENTS.keys().isdisjoint(plan.of("segments"))
    apart = networks.asked(plan.of("segments"))
    by_day = by_day or bool(apart) or plan.resource in ("keyword_view", "experiment")
    column = "campaign_id" if apart and plan.resource == "customer" else report.COLUMN[plan.resource]
    found = report.read(account, book, column, plan.since, plan.until, by_day)
    days_of = report.numbers_of(account, plan.resource, found)
    subject = "ad_group_criterion" if plan.resource == "keyword_view" else plan.resource

    def portions_of(message: Message, days: report.Days) -> Iterator[Portion]:
        return networks.portions(account, plan.resource, message, apart, days, found)

    return _Report(
        days_of, portions_of if apart else None, report.actions(account), subject, day_tests, row_tests
    )


def _report_rows(plan: Plan, account: Account, book: report.Book) -> Iterator[Row]:
    static, segments = Static(plan), plan.of("segments")
    numbers = _report(plan, account, book)
    asked = (*plan.of("metrics"), *(name for head, name, _ in numbers.row_tests if head == "metrics"))
    metrics = [name for name in dict.fromkeys(asked) if name in report.SIMULATED]
    for parts in _subjects(plan, account):
        content = static.bytes_of(parts)
        for values, sums in buckets(numbers.portions(parts), segments, numbers.actions):
            if segments and sums.empty:
                continue  # …/docs/reporting/zero-metrics
            row = Row(parts, content, values, measure(metrics, sums, numbers.actions))
            if all(test(getattr(row, head).get(name)) for head, name, test in numbers.row_tests):
                yield row


def _is_daily(plan: Plan) -> bool:
    """Whether each day of a subject is a row by itself, whatever its numbers: the common report."""
    segments = plan.of("segments")
    row_tests = any(_of_rows(f.head, f.name.partition(".")[2]) for f, _ in plan.tests)
    daily = "date" in segments and report.DAY_SEGMENTS.keys() >= set(segments)
    return daily and not row_tests and not plan.query.orders and plan.query.limit is None


def _daily(
    plan: Plan,
    account: Account,
    book: report.Book,
    segments: Segments,
    metrics: Callable[[report.Sums], bytes],
) -> Iterator[bytes]:
    static, names = Static(plan), tuple(plan.of("segments"))
    subjects = [(parts, static.bytes_of(parts)) for parts in _subjects(plan, account)]
    of_day: dict[str, bytes] = {}
    for since, until in _spans(plan, book):
        numbers = _report(replace(plan, since=since, until=until), account, book)
        for parts, content in subjects:
            for day, sums in numbers.days(parts).items():
                if not sums.impressions and sums.empty:
                    continue
                if day not in of_day:
                    of_day[day] = segments.of(day_values(day, names))
                yield content + of_day[day] + metrics(sums)


SPAN = timedelta(days=92)  # so many days of a daily report are in memory at a time


def _spans(plan: Plan, book: report.Book) -> Iterator[tuple[date, date]]:
    """The days that a report is about, from the first with delivery on, in parts."""
    since = max(plan.since, book.first_day(report.PLATFORM) or plan.until)
    while since <= plan.until:
        yield since, min(since + SPAN - timedelta(days=1), plan.until)
        since += SPAN


def _of_rows(head: str, name: str) -> bool:
    return head == "metrics" or (head == "segments" and name not in report.DAY_SEGMENTS)
