"""Performance from Graph insights: report specifications, and raw rows page by page, through report runs.

Numbers are counted by explicit windows (7 days after a click, 1 day after a view), not by whatever each ad
set is set to: `value` follows the ad set's setting since 2025-06-10, `7d_click` and `1d_view` do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import orjson

from connectors.errors import OutcomeUnknown, Rejected, RetryLater
from connectors.meta.errors import TooMuchData
from engine.report import Page, ReportSpec

if TYPE_CHECKING:
    from connectors.meta.client import Graph

WINDOWS = ("7d_click", "1d_view")
ATTRIBUTION = "7d_click_1d_view"
PURCHASE = "offsite_conversion.fb_pixel_purchase"  # one canonical action: omni_purchase counts it again
RESTATED_DAYS = 28
RETENTION_DAYS = 1123  # 37 months
PAGE = 500
SHORT_DAYS = 2  # ad level, asked for directly instead of by a report run
DONE, FAILED = "Job Completed", ("Job Failed", "Job Skipped")
WAITING = "Job Not Started"
RUN_FIELDS = (
    "async_status", "async_percent_completion", "error_code", "error_subcode", "error_message",
    "error_user_title", "error_user_msg",
)  # fmt: skip
START_LIMIT, RUN_LIMIT = 300.0, 1800.0  # seconds of polling: to start, to finish
FIRST_POLL, LONGEST_POLL = (
    0.25,
    30.0,
)  # seconds, doubling: a small account's run is done at once, none waits long
RUNS = 2  # of the same part before it is cut smaller
GONE = ("100/33", "803")  # a run that has expired between its end and the reading of its rows
# Rows of deleted objects are shown only where a filter asks for their status; the totals above hold their
# money, and the levels are held against each other (Marketing API, "Manage your ad object's status").
_STATUSES = (
    "ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES", "CAMPAIGN_PAUSED", "ADSET_PAUSED",
    "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO",
)  # fmt: skip
STATUSES: Mapping[str, tuple[str, ...]] = {
    "campaign": _STATUSES[:6], "adset": _STATUSES[:7], "ad": _STATUSES
}  # fmt: skip
# Levels whose objects a report of a level may be narrowed to; an account's own total cannot be put together.
NARROWER: Mapping[str, tuple[str, ...]] = {
    "account": (),
    "campaign": ("campaign",),
    "ad": ("campaign", "adset", "ad"),
}

Level = Literal["account", "campaign", "ad_group", "ad"]
META_LEVELS: Mapping[str, str] = {"account": "account", "campaign": "campaign", "ad": "ad"}
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "account": ("account_id", "account_name", "account_currency"),
    "campaign": ("campaign_id", "campaign_name"),
    "ad": ("adset_id", "adset_name", "ad_id", "ad_name"),
}
METRICS = ("impressions", "inline_link_clicks", "spend", "actions", "action_values")
ACTIONS = 'STRUCT(action_type VARCHAR, "value" VARCHAR, "7d_click" VARCHAR, "1d_view" VARCHAR)[]'
NAMES = {
    "campaign_id": "campaign_id",
    "campaign_name": "campaign_name",
    "ad_group_id": "adset_id",
    "ad_group_name": "adset_name",
    "ad_id": "ad_id",
    "ad_name": "ad_name",
}


def _identity(level: str) -> tuple[str, ...]:
    levels = list(IDENTITY)
    return tuple(name for each in levels[: levels.index(level) + 1] for name in IDENTITY[each])


def counted(column: str) -> str:
    """SQL: purchases (or their value) of one row, by the two windows that were asked for."""
    windows = " + ".join(f"""coalesce(TRY_CAST(a."{window}" AS DOUBLE), 0)""" for window in WINDOWS)
    return (
        f"coalesce(list_sum(list_transform(list_filter({column}, lambda a: a.action_type = '{PURCHASE}'),"
        f" lambda a: {windows})), 0)"
    )


def _spec(name: str, level: Level) -> ReportSpec:
    identity = _identity(level)
    columns = dict.fromkeys(("date_start", "date_stop", *identity, *METRICS), "VARCHAR")
    columns |= {"actions": ACTIONS, "action_values": ACTIONS}
    select = {"day": "TRY_CAST(date_start AS DATE)", "account_id": "'act_' || account_id"}
    select |= {"account_name": "account_name"}
    select |= {ours: theirs for ours, theirs in NAMES.items() if theirs in identity}
    select |= {
        "impressions": "TRY_CAST(coalesce(impressions, '0') AS BIGINT)",
        "clicks": "TRY_CAST(coalesce(inline_link_clicks, '0') AS BIGINT)",
        "spend_micros": "TRY_CAST(TRY_CAST(coalesce(spend, '0') AS DECIMAL(28, 6)) * 1000000 AS BIGINT)",
        "conversions": counted("actions"),
        "conversions_value": counted("action_values"),
    }
    return ReportSpec("meta", name, level, columns, select, RESTATED_DAYS, RETENTION_DAYS, ATTRIBUTION)


SPECS = (_spec("ad_day", "ad"), _spec("campaign_day", "campaign"), _spec("account_day", "account"))


def pages(
    graph: Graph,
    account: str,
    report: ReportSpec,
    since: date,
    until: date,
    sleep: Callable[[float], None],
) -> Iterator[Page]:
    """Raw rows, one Page a page of Graph's, at least one; never more than a page in memory.

    Raises ConnectorError; what Graph cannot compute is cut smaller first, by days and then by objects.
    """
    run = _Run(graph, account, report, sleep)
    empty = True
    for page in run.range(_Part(since, until)):
        empty = False
        yield page
    if empty:
        yield run.page(since, until, [])


@dataclass(frozen=True, slots=True)
class _Part:
    """Days of a report, and which objects of one level it is narrowed to (all where there is no level)."""

    since: date
    until: date
    level: str = ""
    ids: tuple[str, ...] = ()

    def filtering(self, level: str) -> list[dict[str, Any]]:
        """Of a report by objects of a level: deleted ones too, and only this part's."""
        asked = {f"{level}.effective_status": STATUSES.get(level, ()), f"{self.level}.id": self.ids}
        return [
            {"field": field, "operator": "IN", "value": list(values)}
            for field, values in asked.items()
            if values
        ]

    def halves(self) -> Iterator[_Part]:
        """By days while there are several, then by objects; none where there is one of each."""
        if self.since < self.until:
            middle = self.since + (self.until - self.since) // 2
            yield replace(self, until=middle)
            yield replace(self, since=middle + timedelta(days=1))
        elif len(self.ids) > 1:
            middle_id = len(self.ids) // 2
            yield replace(self, ids=self.ids[:middle_id])
            yield replace(self, ids=self.ids[middle_id:])

    def __str__(self) -> str:
        days = f"{self.since}" if self.since == self.until else f"{self.since} … {self.until}"
        return f"{days}, {self.level} {', '.join(self.ids)}" if self.level else days


class _Run:
    def __init__(
        self, graph: Graph, account: str, report: ReportSpec, sleep: Callable[[float], None]
    ) -> None:
        self._graph, self._account, self._report, self._sleep = graph, account, report, sleep
        self._fields = (*_identity(report.level), *METRICS)
        self._why = ""  # what Graph said of the last run that failed

    def page(self, since: date, until: date, rows: Sequence[Mapping[str, Any]]) -> Page:
        from connectors.meta.client import API_VERSION

        lines = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        report = self._report
        return Page("meta", self._account, report.name, since, until, lines, len(rows), API_VERSION)

    def range(self, part: _Part) -> Iterator[Page]:
        if self._report.level == "ad" and (part.until - part.since).days >= SHORT_DAYS:
            yield from self._by_run(part)
            return
        sent = False
        try:
            for page in self._read(self._account, part, **self._params(part)):
                sent = True
                yield page
        except TooMuchData:
            if sent:
                raise
            yield from self._by_run(part)

    def _read(self, node: str, part: _Part, **params: Any) -> Iterator[Page]:
        for rows in self._graph.pages(node, "insights", fields=self._fields, limit=PAGE, **params):
            yield self.page(part.since, part.until, rows)

    def _params(self, part: _Part, level: str | None = None) -> dict[str, Any]:
        level = level or META_LEVELS[self._report.level]
        params = {
            "level": level,
            "time_increment": 1,
            "time_range": {"since": part.since.isoformat(), "until": part.until.isoformat()},
            "action_attribution_windows": list(WINDOWS),
            "use_unified_attribution_setting": False,
        }
        filtering = part.filtering(level)
        return params | ({"filtering": filtering} if filtering else {})

    def _by_run(self, part: _Part) -> Iterator[Page]:
        """Rows of a part by a run, or by runs of smaller parts: all of them, or it raises."""
        for _ in range(RUNS):
            run = self._completed(part)
            if run is None:
                continue
            sent = False
            try:
                for page in self._read(run, part):
                    sent = True
                    yield page
                return
            except (Rejected, TooMuchData) as error:
                if sent or (isinstance(error, Rejected) and error.code not in GONE):
                    raise  # what was sent cannot be taken back, and would be there twice
                self._why = str(error)
        for smaller in self._smaller(part):
            yield from self._by_run(smaller)

    def _smaller(self, part: _Part) -> list[_Part]:
        """The part in pieces. Raises RetryLater for one that cannot be cut."""
        if halves := list(part.halves()):
            return halves
        levels = NARROWER[META_LEVELS[self._report.level]]
        below = levels[levels.index(part.level) + 1 :] if part.level else levels
        for level in below:
            if ids := self._delivered(part, level):
                return [replace(part, level=level, ids=ids)]
        told = f": {self._why}" if self._why else ""
        raise RetryLater(f"Meta could not compute the report {self._report.name} of {part}{told}")

    def _delivered(self, part: _Part, level: str) -> tuple[str, ...]:
        """Ids of a level that the part's day has rows of."""
        name = f"{level}_id"
        params = self._params(part, level)
        found = self._graph.rows(self._account, "insights", fields=(name,), limit=PAGE, **params)
        return tuple(dict.fromkeys(str(row[name]) for row in found))

    def _completed(self, part: _Part) -> str | None:
        """Id of a finished run; None if it failed, or could not be started for its size."""
        try:
            run = self._started(part)
        except TooMuchData as error:
            self._why = str(error)
            return None
        return run if self._wait_for(run) else None

    def _started(self, part: _Part) -> str:
        """A new run. Starting one twice does no harm, so that a lost answer is simply asked for again."""
        from facebook_business.adobjects.adaccount import AdAccount

        def start() -> str:
            params = {**self._params(part), "fields": list(self._fields)}
            made = AdAccount(self._account, api=self._graph.api).get_insights_async(params=params)
            if not made.get("report_run_id"):
                raise OutcomeUnknown(f"POST {self._account}/insights: no report_run_id")
            return str(made["report_run_id"])

        return self._graph.retrying(also=OutcomeUnknown)(start)

    def _wait_for(self, run: str) -> bool:
        """Polls by status, not by percent (a run has been seen at 100 % and still running)."""
        waited, pause = 0.0, FIRST_POLL
        while True:
            row = self._graph.get(run, fields=",".join(RUN_FIELDS))
            status = str(row.get("async_status"))
            if status == DONE:
                return True
            if status in FAILED:
                self._why = _reason(status, row)
                return False
            if waited >= (START_LIMIT if status == WAITING else RUN_LIMIT):
                raise RetryLater(f"The report run {run} is still at {status!r} after {waited:.0f} s")
            self._sleep(pause)
            waited += pause
            pause = min(pause * 2, LONGEST_POLL)


def _reason(status: str, row: Mapping[str, Any]) -> str:
    """Why a run came to nothing, as far as it says (since v25.0)."""
    told = [str(row[name]) for name in ("error_user_title", "error_user_msg") if row.get(name)]
    told = told or [str(row[name]) for name in ("error_message",) if row.get(name)]
    code = "/".join(str(row[name]) for name in ("error_code", "error_subcode") if row.get(name))
    return f"{status}{': ' if told else ''}{': '.join(told)}{f' [{code}]' if code else ''}"
