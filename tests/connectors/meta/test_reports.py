from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign

from connectors.base import Connection
from connectors.errors import RetryLater
from connectors.meta.apply import MetaConnector
from connectors.meta.reports import PURCHASE, STATUSES
from engine.change import Applied, Create
from engine.report import Page, ReportSpec

SINCE, UNTIL = date(2026, 12, 1), date(2026, 12, 28)
SPECS = {each.name: each for each in MetaConnector.reports}


def staged(spec: ReportSpec, rows: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Rows as a load would stage them: NDJSON with the spec's columns, selected by its expressions."""
    file = folder / "page.ndjson"
    file.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in spec.columns.items())
    select = ", ".join(f"{sql} AS {name}" for name, sql in spec.select.items())
    found = duckdb.connect().execute(
        f"SELECT {select} FROM read_json('{file}', format = 'newline_delimited', columns = {{{columns}}})"
    )
    names = [each[0] for each in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def row(**changed: Any) -> dict[str, Any]:
    return {
        "date_start": "2026-12-01", "date_stop": "2026-12-01", "account_id": "1", "account_name": "Lezzet TR",
        "account_currency": "TRY", "campaign_id": "2", "campaign_name": "Yıl sonu", "adset_id": "3",
        "adset_name": "Takım", "ad_id": "4", "ad_name": "Reklam", "impressions": "1000",
        "inline_link_clicks": "12", "spend": "12.34", **changed,
    }  # fmt: skip


def test_spend_becomes_micros_exactly_and_clicks_are_link_clicks(tmp_path: Path) -> None:
    amounts = ["0.01", "0.29", "1.005", "4503599627.37", "0", "1234567.89"]
    found = staged(SPECS["ad_day"], [row(spend=each) for each in amounts], tmp_path)
    assert [each["spend_micros"] for each in found] == [int(Decimal(each) * 1_000_000) for each in amounts]
    assert found[0]["clicks"] == 12
    assert (found[0]["account_id"], found[0]["ad_group_id"], found[0]["day"]) == (
        "act_1",
        "3",
        date(2026, 12, 1),
    )


def test_one_action_type_counts_once_by_the_windows_that_were_asked_for(tmp_path: Path) -> None:
    def action(name: str, **windows: str) -> dict[str, str]:
        return {"action_type": name, "value": "99", **windows}

    counted = {"7d_click": "3", "1d_view": "2", "28d_click": "50"}
    one, worth = action(PURCHASE, **{"7d_click": "1"}), action(PURCHASE, **{"1d_view": "9.5"})
    rows = [
        row(actions=[action(name, **counted) for name in ("purchase", "omni_purchase", PURCHASE)]),
        row(actions=[one], action_values=[worth]),
        row(actions=[action("link_click", **counted)]),
        row(),
    ]  # fmt: skip
    found = staged(SPECS["ad_day"], rows, tmp_path)
    assert [each["conversions"] for each in found] == [5.0, 1.0, 0.0, 0.0]
    assert [each["conversions_value"] for each in found] == [0.0, 9.5, 0.0, 0.0]


def test_what_is_absent_is_zero_and_what_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    bare = {name: value for name, value in row().items() if name not in ("inline_link_clicks", "spend")}
    good, bad = staged(
        SPECS["ad_day"], [bare, row(spend="?", impressions="many", date_start="soon")], tmp_path
    )
    assert (good["clicks"], good["spend_micros"]) == (0, 0)
    assert (bad["spend_micros"], bad["impressions"], bad["day"]) == (None, None, None)


@pytest.mark.parametrize(("name", "ids"), [
    ("ad_day", {"account_id", "campaign_id", "ad_group_id", "ad_id"}),
    ("campaign_day", {"account_id", "campaign_id"}),
    ("account_day", {"account_id"}),
])  # fmt: skip
def test_levels_leave_lower_ids_out(name: str, ids: set[str]) -> None:
    spec = SPECS[name]
    assert {each for each in spec.select if each.endswith("_id")} == ids
    assert (spec.window_days, spec.retention_days, spec.attribution) == (28, 1123, "7d_click_1d_view")


class Runs:
    """Report runs whose polls and rows a test scripts; a range fails as long as it is in `failing`."""

    def __init__(self, states: list[str]) -> None:
        self.states = states
        self.failing: set[tuple[str, str]] = set()
        self.started: list[dict[str, Any]] = []
        self.polls: dict[str, Iterator[str]] = {}

    def __call__(self, asked: Any) -> Any:
        if asked.method == "POST":
            self.started.append(dict(asked.params))
            run = f"run{len(self.started)}"
            span = orjson.loads(asked.params["time_range"])
            failed = (span["since"], span["until"]) in self.failing
            self.polls[run] = iter(["Job Failed"] if failed else self.states)
            return {"report_run_id": run}
        if "level" in asked.params:  # which objects a day has rows of
            return {"data": [{f"{asked.params['level']}_id": "7"}]}
        if asked.path.endswith("/insights"):
            return {"data": [{"ad_id": asked.path}]}
        return {"async_status": next(self.polls[asked.path.strip("/")]), "async_percent_completion": 100}

    @property
    def spans(self) -> list[tuple[str, str]]:
        spans = [orjson.loads(each["time_range"]) for each in self.started]
        return [(each["since"], each["until"]) for each in spans]


def fetched(fake: Any, connection: Connection, name: str = "ad_day", until: date = UNTIL) -> list[Page]:
    return list(fake.connector(connection).pages(SPECS[name], SINCE, until))


def test_a_run_is_waited_for_by_its_status_and_not_by_its_percentage(
    fake: Any, connection: Connection
) -> None:
    fake.otherwise = runs = Runs(["Job Not Started", "Job Running", "Job Running", "Job Completed"])
    [page] = fetched(fake, connection)
    assert (page.rows, page.ndjson) == (1, b'{"ad_id":"run1/insights"}\n')
    assert (page.since, page.until, page.api_version) == (SINCE, UNTIL, "v26.0")
    assert fake.slept == [0.25, 0.5, 1.0]
    [asked] = runs.started
    assert asked["level"] == "ad"
    assert asked["time_increment"] == 1
    assert orjson.loads(asked["action_attribution_windows"]) == ["7d_click", "1d_view"]
    assert "actions" in orjson.loads(asked["fields"])


def test_a_range_that_fails_twice_is_halved(fake: Any, connection: Connection) -> None:
    fake.otherwise = runs = Runs(["Job Completed"])
    runs.failing = {("2026-12-01", "2026-12-28")}
    pages = fetched(fake, connection)
    whole, halves = ("2026-12-01", "2026-12-28"), [("2026-12-01", "2026-12-14"), ("2026-12-15", "2026-12-28")]
    assert runs.spans == [whole, whole, *halves]
    assert [(str(each.since), str(each.until)) for each in pages] == halves


def test_a_day_that_keeps_failing_is_reported(fake: Any, connection: Connection) -> None:
    fake.otherwise = runs = Runs(["Job Completed"])
    days = [f"2026-12-{day:02d}" for day in range(1, 29)]
    runs.failing = {(one, other) for one in days for other in days}
    with pytest.raises(
        RetryLater, match="could not compute the report ad_day of 2026-12-01, ad 7: Job Failed"
    ):
        fetched(fake, connection)
    narrowed = [orjson.loads(each["filtering"])[1:] for each in runs.started]
    fields = [each[0]["field"] for each in narrowed if each]
    assert fields[::2] == ["campaign.id", "adset.id", "ad.id"]


def test_a_failing_total_of_the_account_is_never_put_together_from_parts(
    fake: Any, connection: Connection, refusal: Any
) -> None:
    fake.otherwise = runs = Runs(["Job Completed"])
    runs.failing = {("2026-12-01", "2026-12-01")}
    fake.script = [refusal(1, "Please reduce the amount of data")] * 7
    with pytest.raises(RetryLater, match="account_day of 2026-12-01: Job Failed"):
        fetched(fake, connection, "account_day", until=SINCE)
    assert not any("filtering" in each for each in runs.started)


@pytest.mark.parametrize(("state", "slept"), [("Job Not Started", 300), ("Job Running", 1800)])
def test_polling_ends(state: str, slept: int, fake: Any, connection: Connection) -> None:
    fake.otherwise = Runs([state] * 1000)
    with pytest.raises(RetryLater, match=state):
        fetched(fake, connection)
    assert slept <= sum(fake.slept) < slept + 31


def test_a_lost_answer_to_starting_a_run_is_asked_for_again(fake: Any, connection: Connection) -> None:
    fake.otherwise = runs = Runs(["Job Completed"])
    fake.script = ["<html>", {}]
    assert len(fetched(fake, connection)) == 1
    assert len(runs.started) == 1


def test_short_ranges_are_asked_for_directly_unless_that_is_too_much(
    fake: Any, connection: Connection, refusal: Any
) -> None:
    fake.script = [{"data": [{"ad_id": "1"}]}]
    [page] = fetched(fake, connection, until=SINCE)
    assert page.rows == 1
    assert [asked.method for asked in fake.asked] == ["GET"]
    fake.otherwise = Runs(["Job Completed"])
    fake.script = [refusal(1, "Please reduce the amount of data")] * 7
    assert len(fetched(fake, connection, until=SINCE)) == 1


def test_a_range_without_rows_is_one_empty_page(fake: Any, connection: Connection) -> None:
    fake.script = [{"data": []}]
    [page] = fetched(fake, connection, "account_day")
    assert (page.rows, page.ndjson) == (0, b"")


@pytest.mark.parametrize(("level", "kind"), [("campaign", Campaign), ("adset", AdSet), ("ad", Ad)])
def test_every_status_that_an_object_may_have_is_asked_for(level: str, kind: Any) -> None:
    known = {value for name, value in vars(kind.EffectiveStatus).items() if not name.startswith("_")}
    assert set(STATUSES[level]) == known


@pytest.fixture
def delivered(sandbox: Any, tree: Any, tmp_path: Path) -> tuple[MetaConnector, list[dict[str, Any]]]:
    """Four ads after fourteen days, and what the sandbox itself says of them."""
    brand = sandbox.connection(tmp_path)
    meta = MetaConnector(brand, sleep=lambda seconds: None)
    declared = type(tree(ad_sets=0))(brand.scope, brand.account, brand.assets)
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(declared.resources)], {}))
    assert all(isinstance(each, Applied) for each in outcomes)
    sandbox.advance(15)
    rows = sandbox.ask("GET", "ledger", platform="meta", since="2026-12-01", until="2026-12-14")["data"]
    assert len(rows) == 4 * 14
    return meta, rows


def figures(rows: list[dict[str, Any]], key: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    names = ("impressions", "clicks", "spend_micros", "conversions", "conversions_value")
    return {(str(each["day"]), each[key]): tuple(each[name] for name in names) for each in rows}


@pytest.mark.server
@pytest.mark.parametrize(("name", "key", "ledger_key"), [
    ("ad_day", "ad_id", "ad_id"),
    ("campaign_day", "campaign_id", "campaign_id"),
    ("account_day", "account_id", "account"),
])  # fmt: skip
def test_reports_say_what_the_ledger_says_to_the_last_unit(
    name: str,
    key: str,
    ledger_key: str,
    delivered: tuple[MetaConnector, list[dict[str, Any]]],
    tmp_path: Path,
) -> None:
    meta, ledger = delivered
    pages = list(meta.pages(SPECS[name], date(2026, 12, 1), date(2026, 12, 14)))
    raw = [orjson.loads(line) for page in pages for line in page.ndjson.splitlines()]
    assert sum(page.rows for page in pages) == len(raw)
    want: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for each in ledger:
        bought = each["conversions"].get("purchase", {"count": 0, "value_micros": 0})
        sums = want[each["day"], each[ledger_key]]
        spent, worth = each["spend_micros"], bought["value_micros"] / 1e6
        values = (each["impressions"], each["clicks"], spent, bought["count"], worth)
        for at, value in enumerate(values):
            sums[at] += value
    found = figures(staged(SPECS[name], raw, tmp_path), key)
    assert found.keys() == want.keys()
    for place, numbers in found.items():
        assert numbers == pytest.approx(tuple(want[place]), abs=1e-6)
    assert sum(each[2] for each in found.values()) == sum(each["spend_micros"] for each in ledger)


def raw_rows(meta: MetaConnector, name: str = "ad_day") -> list[dict[str, Any]]:
    pages = list(meta.pages(SPECS[name], date(2026, 12, 1), date(2026, 12, 14)))
    found = [orjson.loads(line) for page in pages for line in page.ndjson.splitlines()]
    return sorted(found, key=lambda each: (each["date_start"], each.get("ad_id", "")))


@pytest.mark.server
@pytest.mark.parametrize(
    "fault",
    [
        {"route": "POST */insights", "kind": "report_failed", "rows": 1},
        {"route": "POST */insights", "kind": "report_failed", "rows": 3},
        {"route": "POST */insights", "kind": "report_skipped", "rows": 9},
        {"route": "POST */insights", "kind": "report_failed", "times": 3},
        {"route": "POST */insights", "kind": "report_skipped", "times": 1},
        {"route": "POST */insights", "kind": "report_expired", "times": 3},
        {"route": "POST */insights", "kind": "too_much_data", "code": 100, "rows": 5},
    ],
    ids=["split to ads", "split to ads of a day", "skipped", "thrice", "skipped once", "expired", "refused"],
)
def test_runs_that_come_to_nothing_are_cut_smaller_and_no_row_is_lost(
    fault: dict[str, Any], sandbox: Any, delivered: tuple[MetaConnector, list[dict[str, Any]]]
) -> None:
    meta, ledger = delivered
    whole = raw_rows(meta)
    assert len(whole) == len(ledger)
    sandbox.fault(**fault)
    assert raw_rows(meta) == whole
    assert sandbox.ask("GET", "faults")[0]["struck"] > 0


@pytest.mark.server
def test_a_deleted_ads_money_is_still_in_the_report_of_the_ads(
    sandbox: Any, delivered: tuple[MetaConnector, list[dict[str, Any]]]
) -> None:
    meta, ledger = delivered
    meta.graph.api.call("DELETE", (ledger[0]["ad_id"],))
    assert len(raw_rows(meta)) == len(ledger)
    campaign = {each["campaign_id"] for each in ledger}.pop()
    meta.graph.api.call("DELETE", (campaign,))
    assert len(raw_rows(meta, "campaign_day")) == 14


@pytest.mark.server
@pytest.mark.parametrize("name", ["campaign_day", "account_day"])
def test_a_synchronous_report_that_is_too_big_is_made_by_a_run(
    name: str, sandbox: Any, delivered: tuple[MetaConnector, list[dict[str, Any]]]
) -> None:
    meta, _ = delivered
    whole = raw_rows(meta, name)
    assert len(whole) == 14
    sandbox.fault("GET /act_*/insights", "too_much_data", rows=5)
    assert raw_rows(meta, name) == whole


@pytest.mark.server
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("report_failed", r"ad_day of 2026-12-01, ad \d+: Job Failed: Too much data.*\[100/1487534\]"),
        ("report_skipped", "Job Skipped"),
        ("report_stuck", "still at 'Job Running'"),
        ("report_waiting", "still at 'Job Not Started'"),
        ("report_expired", "100/33"),
    ],
)
def test_a_report_that_cannot_be_had_at_all_is_given_up_with_the_platforms_reason(
    kind: str, said: str, sandbox: Any, delivered: tuple[MetaConnector, list[dict[str, Any]]]
) -> None:
    meta, _ = delivered
    sandbox.fault("POST */insights", kind)
    with pytest.raises(RetryLater, match=said):
        raw_rows(meta)
