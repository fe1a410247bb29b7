"""Performance from Graph insights: report specifications, and raw rows page by page, through report runs.

Numbers are counted by explicit windows (7 days after a click, 1 day after a view), not by whatever each ad
set is set to: `value` follows the ad set's setting since 2025-06-10, `7d_click` and `1d_view` do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import orjson

from connectors.errors import OutcomeUnknown, RetryLater
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
START_LIMIT, RUN_LIMIT = 300.0, 1800.0  # seconds of polling: to start, to finish
FIRST_POLL, LONGEST_POLL = (
    0.25,
    30.0,
)  # seconds, doubling: a small account's run is done at once, none waits long
RUNS = 2  # of the same range before it is split

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

    Raises ConnectorError; a range that Graph cannot compute is halved down to single days first.
    """
    run = _Run(graph, account, report, sleep)
    empty = True
    for page in run.range(since, until):
        empty = False
        yield page
    if empty:
        yield run.page(since, until, [])


class _Run:
    def __init__(
        self, graph: Graph, account: str, report: ReportSpec, sleep: Callable[[float], None]
    ) -> None:
        self._graph, self._account, self._report, self._sleep = graph, account, report, sleep
        self._fields = (*_identity(report.level), *METRICS)

    def page(self, since: date, until: date, rows: Sequence[Mapping[str, Any]]) -> Page:
        from connectors.meta.client import API_VERSION

        lines = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        report = self._report
        return Page("meta", self._account, report.name, since, until, lines, len(rows), API_VERSION)

    def range(self, since: date, until: date) -> Iterator[Page]:
        if self._report.level == "ad" and (until - since).days >= SHORT_DAYS:
            yield from self._by_run(since, until)
            return
        sent = False
        try:
            for page in self._direct(since, until):
                sent = True
                yield page
        except TooMuchData:
            if sent:
                raise
            yield from self._by_run(since, until)  # which has no such limit

    def _direct(self, since: date, until: date) -> Iterator[Page]:
        params = self._params(since, until)
        for rows in self._graph.pages(self._account, "insights", fields=self._fields, limit=PAGE, **params):
            yield self.page(since, until, rows)

    def _params(self, since: date, until: date) -> dict[str, Any]:
        return {
            "level": META_LEVELS[self._report.level],
            "time_increment": 1,
            "time_range": {"since": since.isoformat(), "until": until.isoformat()},
            "action_attribution_windows": list(WINDOWS),
            "use_unified_attribution_setting": False,
        }

    def _by_run(self, since: date, until: date) -> Iterator[Page]:
        run = self._completed(since, until)
        if run is not None:
            for rows in self._graph.pages(run, "insights", fields=self._fields, limit=PAGE):
                yield self.page(since, until, rows)
            return
        if since == until:
            raise RetryLater(f"Meta could not compute the report {self._report.name} of {since}")
        middle = since + (until - since) // 2
        yield from self._by_run(since, middle)
        yield from self._by_run(middle + timedelta(days=1), until)

    def _completed(self, since: date, until: date) -> str | None:
        """Id of a finished run, None if two runs of the range failed."""
        for _ in range(RUNS):
            run = self._started(since, until)
            if self._wait_for(run):
                return run
        return None

    def _started(self, since: date, until: date) -> str:
        """A new run. Starting one twice does no harm, so that a lost answer is simply asked for again."""
        from facebook_business.adobjects.adaccount import AdAccount

        def start() -> str:
            params = {**self._params(since, until), "fields": list(self._fields)}
            made = AdAccount(self._account, api=self._graph.api).get_insights_async(params=params)
            if not made.get("report_run_id"):
                raise OutcomeUnknown(f"POST {self._account}/insights: no report_run_id")
            return str(made["report_run_id"])

        return self._graph.retrying(also=OutcomeUnknown)(start)

    def _wait_for(self, run: str) -> bool:
        """Polls by status, not by percent (a run has been seen at 100 % and still running)."""
        waited, pause = 0.0, FIRST_POLL
        while True:
            row = self._graph.get(
                run, fields="async_status,async_percent_completion,error_code,error_message"
            )
            status = str(row.get("async_status"))
            if status == DONE:
                return True
            if status in FAILED:
                return False
            if waited >= (START_LIMIT if status == WAITING else RUN_LIMIT):
                raise RetryLater(f"The report run {run} is still at {status!r} after {waited:.0f} s")
            self._sleep(pause)
            waited += pause
            pause = min(pause * 2, LONGEST_POLL)
