"""Insights: what the ledger knows, as the platform reports it: texts, double names of actions, late"
" conversions."""

from __future__ import annotations

import calendar
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice, takewhile
from typing import Any

from sandbox.ledger import Sums
from sandbox.meta import breakdowns, lists, ordering, status
from sandbox.meta.context import Call, Graph
from sandbox.meta.enums import ENUMS, names
from sandbox.meta.errors import refuse
from sandbox.meta.metrics import METRICS, Numbers, actions, numbers
from sandbox.meta.params import decoded, one_of, parse
from sandbox.meta.shapes import FIELDS
from sandbox.meta.store import Node
from sandbox.meta.writes import EDGE

COLUMN = {"account": "account", "campaign": "campaign_id", "adset": "ad_set_id", "ad": "ad_id"}
LEVEL = {"adaccount": "account", "campaign": "campaign", "adset": "adset", "ad": "ad"}
RETENTION_MONTHS = 37
MAX_INCREMENT = 90
READ_AT_ONCE = 1000  # rows of a report that are read from the ledger in one go
START = (0, "")
SPANS = ("date_preset", "time_range", "time_ranges")
METRIC_FILTERS = names("impressions clicks spend reach")
SHORT = {"CLICK_THROUGH": "click", "VIEW_THROUGH": "view", "ENGAGED_VIDEO_VIEW": "ev"}
DEFAULT_FIELDS = {
    "account": ["account_id"],
    "campaign": ["account_id", "campaign_id"],
    "adset": ["account_id", "campaign_id", "adset_id"],
    "ad": ["account_id", "campaign_id", "adset_id", "ad_id"],
}  # fmt: skip


@dataclass
class Query:
    """A checked request for a report."""

    level: str
    buckets: list[tuple[date, date]]
    fields: list[str]
    windows: list[str]
    only: dict[str, list[str]] = field(default_factory=dict)
    metric_tests: list[Callable[[Numbers], bool]] = field(default_factory=list)
    summary: list[str] | None = None
    breakdowns: list[str] = field(default_factory=list)
    action_breakdowns: list[str] = field(default_factory=list)
    orders: list[ordering.Order] = field(default_factory=list)


def answer(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {node}/insights: one page of rows; a cursor names the bucket and the id that it ends with."""
    types = EDGE["insights"] | {"after": "s", "before": "s", "limit": "u", "summary": "s"}
    values = parse(call.params, types, graph.zone)
    query = read(graph, node, values, call.params.get("fields"))
    limit = lists.limit_of(values)
    back = values.get("before", "")
    place = _place(back or values.get("after", ""))
    if back:
        found = _page_before(graph, query, place, limit + 1)
        shown, before, after = found[-limit:], len(found) > limit, True
    else:
        found = _page(graph, query, *place, limit + 1)
        shown, before, after = found[:limit], place != START, len(found) > limit
    body: dict[str, Any] = {"data": [row for _, _, row in shown]}
    if shown:
        first, last = (_cursor(shown[end][0], shown[end][1]) for end in (0, -1))
        body["paging"] = lists.paging(call, first, last, before, after)
    if query.summary is not None:
        body["summary"] = _summary(graph, query)
    return body


def _page(graph: Graph, query: Query, bucket: int, after: str, limit: int) -> list[ordering.Row]:
    """The rows after a cursor."""
    if not query.orders:
        return list(islice(_rows(graph, query, bucket, after, limit), limit))
    start = bucket + 1 if after else 0
    return _sorted(graph, query)[start : start + limit]


def _page_before(graph: Graph, query: Query, place: tuple[int, str], limit: int) -> list[ordering.Row]:
    """The last rows before a cursor."""
    if query.orders:
        return _sorted(graph, query)[max(0, place[0] - limit) : place[0]]
    rows = _rows(graph, query, 0, "", READ_AT_ONCE)
    return list(deque(takewhile(lambda row: row[:2] < place, rows), limit))


def _sorted(graph: Graph, query: Query) -> list[ordering.Row]:
    """A sorted report is made whole; its cursors count its rows."""
    asked = [*query.fields, *(one.field for one in query.orders if one.field in FIELDS["insights"])]
    whole = replace(query, fields=list(dict.fromkeys(asked)))
    rows = ordering.ordered(_rows(graph, whole, 0, "", READ_AT_ONCE), query.orders)
    hidden = set(whole.fields) - set(query.fields)
    return [
        (number, "sorted", {name: value for name, value in row.items() if name not in hidden})
        for number, (_, _, row) in enumerate(rows)
    ]


def read(graph: Graph, node: Node, values: dict[str, Any], fields: Any) -> Query:
    """Check a request's parameters; raises GraphError."""
    level = values.get("level", LEVEL[node.kind])
    one_of("level", level, ENUMS["level"])
    windows = [str(window) for window in values.get("action_attribution_windows", ())]
    for window in windows:
        one_of("action_attribution_windows", window, ENUMS["action_attribution_windows"])
    one_of("action_report_time", values.get("action_report_time", "mixed"), ENUMS["action_report_time"])
    query = Query(level, _buckets(graph, values), _fields(level, fields), windows)
    query.breakdowns = breakdowns.check([str(name) for name in values.get("breakdowns", ())])
    query.action_breakdowns = [str(name) for name in values.get("action_breakdowns", ())]
    for name in query.action_breakdowns:
        one_of("action_breakdowns", name, actions.BREAKDOWNS)
    query.orders = ordering.read(values.get("sort", ()), query.breakdowns)
    query.fields = _countable(graph, query)
    if node.kind != "adaccount":
        query.only[COLUMN[node.kind]] = [node.id]
    _filter(graph, query, values.get("filtering", []))
    summary = values.get("summary", "")
    if summary or values.get("default_summary"):
        wanted = _names(summary) if summary not in ("", "true") else []
        query.summary = _fields("account", wanted or ["impressions", "spend"])
    return query


def count(graph: Graph, query: Query) -> int:
    """How many rows a query has before breakdowns and filters on figures."""
    column = COLUMN[query.level]
    return sum(len(graph.ledger.totals("meta", column, *span, query.only)) for span in query.buckets)


def _names(text: Any) -> list[str]:
    found = decoded(text)
    return [str(one).strip() for one in (found if isinstance(found, list) else str(found).split(","))]


def _fields(level: str, text: Any) -> list[str]:
    wanted = _names(text) if text else [*DEFAULT_FIELDS[level], "impressions", "spend"]
    for name in wanted:
        if name not in FIELDS["insights"]:
            raise refuse("field", name=name, kind="AdsInsights")
    return list(dict.fromkeys([*wanted, "date_start", "date_stop"]))


def _countable(graph: Graph, query: Query) -> list[str]:
    """The fields without those that count people, where people are not counted; nothing says so."""
    oldest = _months_back(graph.today(), breakdowns.PEOPLE_MONTHS)
    hourly = any(name in breakdowns.HOURLY for name in query.breakdowns)
    if not hourly and not (query.breakdowns and any(since < oldest for since, _ in query.buckets)):
        return query.fields
    return [name for name in query.fields if name not in breakdowns.PEOPLE]


def _buckets(graph: Graph, values: dict[str, Any]) -> list[tuple[date, date]]:
    spans = [_span(graph, one) for one in values.get("time_ranges", ())]
    if not spans and values.get("time_range"):
        spans = [_span(graph, values["time_range"])]
    if not spans:
        preset = values.get("date_preset", "last_30d")
        one_of("date_preset", preset, ENUMS["date_preset"])
        spans = [_preset(graph, preset)]
    increment = values.get("time_increment", "all_days")
    return [bucket for since, until in spans for bucket in _cut(since, until, increment)]


def _span(graph: Graph, spec: Any) -> tuple[date, date]:
    try:
        since, until = date.fromisoformat(spec["since"]), date.fromisoformat(spec["until"])
    except (KeyError, TypeError, ValueError):
        detail = "must be {'since': YYYY-MM-DD, 'until': YYYY-MM-DD}"
        raise refuse("insights_value", "time_range", name="time_range", detail=detail) from None
    if since > until:
        raise refuse("insights_value", "time_range", name="time_range", detail="since must not follow until")
    oldest = _months_back(graph.today(), RETENTION_MONTHS)
    if since < oldest:
        raise refuse("insights_range", "time_range")
    return since, until


def _months_back(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _preset(graph: Graph, name: str) -> tuple[date, date]:
    """Days of a preset; `last_…` ends yesterday, `this_…` today."""
    today = graph.today()
    yesterday = today - timedelta(days=1)
    if name in ("maximum", "data_maximum"):
        return graph.ledger.first_day("meta") or today, today
    if name in ("today", "yesterday"):
        day = today if name == "today" else yesterday
        return day, day
    if name.startswith("last_") and name.endswith("d"):
        return today - timedelta(days=int(name[5:-1])), yesterday
    which, _, unit = name.partition("_")
    start = _start_of(unit, today)
    if which == "this":
        return start, today
    end = start - timedelta(days=1)
    return _start_of(unit, end), end


def _start_of(unit: str, day: date) -> date:
    if unit.startswith("week"):
        back = (day.weekday() + 1) % 7 if unit.startswith("week_sun") else day.weekday()
        return day - timedelta(days=back)
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return date(day.year, month, 1)


def _cut(since: date, until: date, increment: str) -> Iterator[tuple[date, date]]:
    text = str(increment)
    if text == "all_days":
        yield since, until
        return
    if text != "monthly" and not (text.isdigit() and 1 <= int(text) <= MAX_INCREMENT):
        detail = f"must be 1 to {MAX_INCREMENT}, monthly or all_days"
        raise refuse("insights_value", "time_increment", name="time_increment", detail=detail)
    while since <= until:
        if text == "monthly":
            end = since.replace(day=calendar.monthrange(since.year, since.month)[1])
        else:
            end = since + timedelta(days=int(text) - 1)
        yield since, min(end, until)
        since = end + timedelta(days=1)


def _filter(graph: Graph, query: Query, filters: list[Any]) -> None:
    asked: set[str] = set()
    for one in filters:
        name = str(one.get("field", "")) if isinstance(one, dict) else ""
        owner, _, plain = name.rpartition(".")
        if name in METRIC_FILTERS:
            query.metric_tests.append(_metric_test(name, one))
            continue
        if owner not in ("campaign", "adset", "ad"):
            raise refuse("insights_value", "filtering", name="filtering", detail=f"cannot filter by {name!r}")
        test = lists.test(graph, owner, {**one, "field": plain})
        ids = [node.id for node in graph.store.every(owner) if test(node)]
        column = COLUMN[owner]
        query.only[column] = [i for i in ids if i in set(query.only.get(column, ids))]
        if plain in lists.ASKS_STATUS:
            asked.add(owner)
    _hide_deleted(graph, query, asked)


def _hide_deleted(graph: Graph, query: Query, asked: set[str]) -> None:
    """Rows of deleted objects show only when a filter asks for their status; their parents' sums keep them.

    Asking for one object's own insights shows them, deleted or not.
    """
    if query.level == "account" or query.level in asked or COLUMN[query.level] in query.only:
        return
    nodes = list(graph.store.every(query.level))
    kept = [node.id for node in nodes if status.effective(graph, node) != "DELETED"]
    if len(kept) < len(nodes):
        query.only[COLUMN[query.level]] = kept


def _metric_test(name: str, one: dict[str, Any]) -> Callable[[Numbers], bool]:
    one_of("filtering[operator]", one.get("operator"), lists.OPERATORS)
    compare = lists.OPERATORS[one["operator"]]
    wanted = one.get("value")
    return lambda row: compare(row.plain(name), wanted)


def _rows(
    graph: Graph, query: Query, bucket: int, after: str, limit: int
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Rows from a bucket on, after an id, bucket by bucket so that memory stays bounded."""
    for number in range(bucket, len(query.buckets)):
        if query.breakdowns:
            yield from _broken_down(graph, query, number, after)
            after = ""
            continue
        while True:
            batch = _load(graph, query, query.buckets[number], after, limit)
            for row in batch:
                if all(test(row) for test in query.metric_tests):
                    yield number, row.sums.id, _show(graph, query, query.buckets[number], row)
            if len(batch) < limit:
                break
            after = batch[-1].sums.id
        after = ""


def _broken_down(
    graph: Graph, query: Query, number: int, after: str
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Rows of a bucket by id and segment; a cursor's key is both."""
    span = query.buckets[number]
    for split in breakdowns.rows(graph, query, span, COLUMN[query.level]):
        if split.key > after and all(test(split.row) for test in query.metric_tests):
            named = dict(zip(query.breakdowns, split.segment, strict=True))
            yield number, split.key, _show(graph, query, span, split.row) | named


def _load(graph: Graph, query: Query, span: tuple[date, date], after: str, limit: int) -> list[Numbers]:
    column = COLUMN[query.level]
    sums = graph.ledger.totals("meta", column, *span, query.only, after, limit)
    if not sums:
        return []
    only: dict[str, Any] = {**query.only, column: [one.id for one in sums]}
    arrived = graph.ledger.arrived("meta", column, *span, only, graph.today())
    by_id: dict[str, list[tuple[str, int, int, int]]] = {}
    for key, action, lag, count, value in arrived:
        by_id.setdefault(key, []).append((action, lag, count, value))
    return [numbers(graph, one, by_id.get(one.id, [])) for one in sums]


def _show(graph: Graph, query: Query, span: tuple[date, date], row: Numbers) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name in query.fields:
        value = _value(graph, query, span, row, name)
        if value is not None and value != []:
            shown[name] = value
    return shown


def _value(graph: Graph, query: Query, span: tuple[date, date], row: Numbers, name: str) -> Any:
    if name in ("date_start", "date_stop"):
        return span[name == "date_stop"].isoformat()
    if name in METRICS:
        return METRICS[name](row)
    if name in actions.LISTS:
        rows = actions.LISTS[name](row, query.windows)
        return actions.broken_down(graph, rows, query.action_breakdowns)
    describe = DIMENSIONS.get(name)
    return describe(graph, query.level, row.sums) if describe else None


def _owner(graph: Graph, level: str, sums: Sums, kind: str) -> Node | None:
    """The object of a kind that a row of a level belongs to."""
    if level == "account" or (level, kind) in (("campaign", "adset"), ("campaign", "ad"), ("adset", "ad")):
        return None
    id_ = {"ad": sums.id, "adset": sums.ad_set_id, "campaign": sums.campaign_id}[kind]
    return graph.store.get(sums.id if kind == level else id_, kind)


def _attribute(kind: str, name: str) -> Callable[[Graph, str, Sums], Any]:
    def read(graph: Graph, level: str, sums: Sums) -> Any:
        node = _owner(graph, level, sums, kind)
        return None if node is None else node.id if name == "id" else node.get(name)

    return read


def _attribution(graph: Graph, level: str, sums: Sums) -> str | None:
    node = _owner(graph, level, sums, "adset")
    if node is None:
        return None
    spec = node.get("attribution_spec") or [{"event_type": "CLICK_THROUGH", "window_days": 1}]
    return "_".join(f"{one['window_days']}d_{SHORT[one['event_type']]}" for one in spec)


DIMENSIONS: dict[str, Callable[[Graph, str, Sums], Any]] = {
    "account_id": lambda graph, level, sums: graph.account.removeprefix("act_"),
    "account_name": lambda graph, level, sums: graph.world.meta.account_name,
    "account_currency": lambda graph, level, sums: graph.currency,
    "attribution_setting": _attribution,
    "objective": _attribute("campaign", "objective"),
    "buying_type": _attribute("campaign", "buying_type"),
    "optimization_goal": _attribute("adset", "optimization_goal"),
    **{f"{kind}_id": _attribute(kind, "id") for kind in ("campaign", "adset", "ad")},
    **{f"{kind}_name": _attribute(kind, "name") for kind in ("campaign", "adset", "ad")},
}


def _summary(graph: Graph, query: Query) -> dict[str, Any]:
    """One row over all the buckets."""
    span = (query.buckets[0][0], query.buckets[-1][1])
    whole = Query("account", [span], query.summary or [], query.windows, query.only)
    return next((row for _, _, row in _rows(graph, whole, 0, "", 2)), {})


def _cursor(bucket: int, key: str) -> str:
    return lists.cursor_text(f"row:{bucket}:{key}")


def _place(text: str) -> tuple[int, str]:
    if not text:
        return 0, ""
    bucket, _, key = lists.cursor_value(text, "row:").partition(":")
    return (int(bucket) if bucket.isdigit() else 0), key
