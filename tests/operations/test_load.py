"""Bring the numbers home: a window is merged or it is not, a mart is published or the old one stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connectors.base import Connection
from connectors.errors import RetryLater
from connectors.memory import MemoryConnector
from connectors.meta.reports import SPECS
from engine.report import Page, ReportSpec
from kampanya.commands.data import load as command
from operations.load import Files, Window, ask, load, missing, spending
from operations.replay import load_again
from operations.site import Site, open_site
from tests.contract.brand import ACCOUNT, on_memory
from tests.operations.sites import NOW, Bench
from warehouse.errors import WarehouseError
from warehouse.store import open_warehouse

LEVELS = {"ad_day": ("campaign", "adset", "ad"), "campaign_day": ("campaign",), "account_day": ()}
Row = dict[str, Any]


class Reporting(MemoryConnector):
    """A memory platform that answers Meta's reports from `spends`: day → ad id → spend as text."""

    reports: Sequence[ReportSpec] = SPECS
    spends: dict[date, dict[str, str]]
    fails: frozenset[str]
    asked: list[tuple[str, date, date]]
    lost: str = ""

    def pages(self, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
        self.asked.append((report.name, since, until))
        if report.name in self.fails:
            raise RetryLater("the memory platform is down")
        rows = [
            row for day in sorted(self.spends) if since <= day <= until for row in self._rows(report, day)
        ]
        lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        yield Page("meta", ACCOUNT, report.name, since, until, lines, len(rows), "v26.0")

    def _rows(self, report: ReportSpec, day: date) -> Iterator[Row]:
        whole = str(sum((Decimal(each) for each in self.spends[day].values()), Decimal(0)))
        groups = self.spends[day] if report.name == "ad_day" else {"1": whole}
        groups = {ad: spend for ad, spend in groups.items() if ad != self.lost}
        for ad, spend in groups.items():
            ids = {"campaign": "1", "adset": "2", "ad": ad}
            named = {f"{level}_id": ids[level] for level in LEVELS[report.name]}
            named |= {f"{level}_name": level for level in LEVELS[report.name]}
            yield {
                "date_start": day.isoformat(),
                "date_stop": day.isoformat(),
                "account_id": ACCOUNT.removeprefix("act_"),
                "account_name": "Lezzet",
                "account_currency": "TRY",
                "impressions": "1000",
                "inline_link_clicks": "10",
                "spend": spend,
                **named,
            }


@dataclass
class Numbers(Bench):
    """A brand whose platform reports; the day is set by `days` after the flight's first."""

    spends: dict[date, dict[str, str]] = field(default_factory=dict)
    fails: frozenset[str] = frozenset()
    asked: list[tuple[str, date, date]] = field(default_factory=list)
    days: int = 5
    lost: str = ""  # an ad whose rows never come, though the totals hold its money

    @property
    def site(self) -> Site:
        found = open_site(self.root)
        connector = Reporting(
            Connection(found.accounts["meta"], found.scope, self.root), self.far_side, "meta"
        )
        connector.spends, connector.fails, connector.asked = self.spends, self.fails, self.asked
        connector.lost = self.lost
        now = NOW + timedelta(days=self.days)
        return replace(found, platforms=("meta",), given_connectors={"meta": connector}, given_now=now)

    def rows(self) -> list[tuple[object, ...]]:
        return ask(self.site, "select date_day, ad_id, spend from ad_reporting__ad_report order by all")[1]


@pytest.fixture
def numbers(tmp_path: Path) -> Iterator[Numbers]:
    made = on_memory(tmp_path / "lezzet")
    first = date(2026, 12, 1)
    spends = {first + timedelta(days=n): {"10": f"{100 + n}.25", "11": "0.01"} for n in range(4)}
    yield Numbers(made.root, made.far_side, made.journal, spends)
    made.journal.close()


def bring(numbers: Numbers, **window: Any) -> list[str]:
    told: list[str] = []
    load(numbers.site, numbers.journal, Window(**window), told.append)
    return told


def test_spend_comes_home_to_the_minor_unit(numbers: Numbers) -> None:
    bring(numbers)
    assert numbers.rows()[:2] == [
        (date(2026, 12, 1), "10", Decimal("100.25")),
        (date(2026, 12, 1), "11", Decimal("0.01")),
    ]
    assert sum(row[2] for row in numbers.rows()) == Decimal("407.04")  # type: ignore[misc]


@pytest.mark.parametrize(("lost", "code"), [("", 0), ("10", 1)])
def test_a_load_that_misses_rows_names_the_report_and_exits_1(
    numbers: Numbers, lost: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers.lost = lost
    monkeypatch.setattr("operations.site.open_site", lambda *_: numbers.site)
    numbers.journal.close()
    done = CliRunner().invoke(command, ["-C", str(numbers.root)], standalone_mode=False)
    assert done.exception is None
    assert done.return_value == code
    assert ("Rows are missing from meta.ad_day" in done.stderr) == bool(lost)
    assert ("2026-12-01: ad rows add up to 0.01, the account says 100.26" in done.stderr) == bool(lost)


def test_who_loads_is_told_in_words_which_reports_lack_rows(numbers: Numbers) -> None:
    assert missing(load(numbers.site, numbers.journal)) == ""
    numbers.lost = "10"
    numbers.spends[date(2026, 12, 5)] = {"10": "9.00", "11": "0.01"}
    assert missing(load(numbers.site, numbers.journal)) == "Rows are missing from meta.ad_day"


def test_the_same_load_twice_is_the_same_table(numbers: Numbers) -> None:
    bring(numbers)
    before = numbers.rows()
    bring(numbers)
    assert numbers.rows() == before


def test_a_restated_day_replaces_what_was_there_and_is_not_added(numbers: Numbers) -> None:
    bring(numbers)
    numbers.spends[date(2026, 12, 2)] = {"10": "90.00", "11": "0.02"}
    bring(numbers)
    restated = [row[2] for row in numbers.rows() if row[0] == date(2026, 12, 2)]
    assert restated == [Decimal("90.00"), Decimal("0.02")]


@pytest.mark.parametrize("report", ["ad_day", "campaign_day", "account_day"])
def test_a_platform_that_is_down_leaves_the_published_numbers_as_they_were(
    numbers: Numbers, report: str
) -> None:
    bring(numbers)
    before, mart = numbers.rows(), Files.of(numbers.site).mart.read_bytes()
    numbers.spends[date(2026, 12, 1)] = {"10": "1.00"}
    numbers.fails = frozenset({report})
    with pytest.raises(RetryLater):
        bring(numbers)
    assert numbers.rows() == before
    assert Files.of(numbers.site).mart.read_bytes() == mart
    assert [each.kind for each in numbers.journal.events()] == ["load"]


def test_a_first_load_that_fails_publishes_nothing(numbers: Numbers) -> None:
    numbers.fails = frozenset({"ad_day"})
    with pytest.raises(RetryLater):
        bring(numbers)
    assert not Files.of(numbers.site).mart.exists()
    assert spending(numbers.site).month == {}
    assert spending(numbers.site).loaded_at is None


def test_only_the_days_asked_for_are_asked_for(numbers: Numbers) -> None:
    bring(numbers, since=date(2026, 12, 2), until=date(2026, 12, 3))
    assert {each[1:] for each in numbers.asked} == {(date(2026, 12, 2), date(2026, 12, 3))}
    assert {row[0] for row in numbers.rows()} == {date(2026, 12, 2), date(2026, 12, 3)}


def test_the_window_covers_what_the_platform_still_restates(numbers: Numbers) -> None:
    bring(numbers)
    numbers.days, numbers.asked = 60, []
    bring(numbers)
    today = (NOW + timedelta(days=60)).date()
    assert all(since <= today - timedelta(days=28) for _, since, _ in numbers.asked)


def test_spend_of_the_month_is_that_before_today_and_whose_it_is_does_not_matter(numbers: Numbers) -> None:
    """Ads nobody here made spend the same money: the account's ceiling is theirs too."""
    bring(numbers)
    assert numbers.journal.objects() == []
    found = spending(numbers.site)
    assert found.month == {"TRY": Decimal("407.04")}
    assert found.loaded_at == numbers.site.now()


def test_today_is_not_counted_as_spent_since_the_projection_counts_it_whole(numbers: Numbers) -> None:
    bring(numbers)
    numbers.days = 3
    assert spending(numbers.site).month == {"TRY": Decimal("201.52")}


def test_what_each_object_ever_spent_is_told_by_its_id(numbers: Numbers) -> None:
    bring(numbers)
    numbers.days = 40
    whole = Decimal("407.04")
    assert spending(numbers.site).objects == {
        ("meta", "campaign", "1"): whole,
        ("meta", "ad_set", "2"): whole,
    }


def test_another_month_begins_at_nothing(numbers: Numbers) -> None:
    bring(numbers)
    numbers.days = 40
    assert spending(numbers.site).month == {}


def test_a_narrow_load_after_an_outage_makes_nothing_fresh(numbers: Numbers) -> None:
    """Forty days without a load, then one of today: the spend is known up to the first of them only."""
    bring(numbers)
    known = numbers.site.now()
    numbers.days = 45
    today = (NOW + timedelta(days=45)).date()
    bring(numbers, since=today)
    found = spending(numbers.site)
    assert found.loaded_at == known
    assert list(found.missing["meta"]) == [date(2027, 1, day) for day in range(1, 14)]
    bring(numbers)
    assert min(since for _, since, _ in numbers.asked[-3:]) <= known.date()
    assert spending(numbers.site).loaded_at == numbers.site.now()
    assert spending(numbers.site).missing == {"meta": {}}


def test_of_a_day_loaded_in_part_what_is_known_is_told(numbers: Numbers) -> None:
    numbers.days = 3
    bring(numbers)
    numbers.days = 4
    found = spending(numbers.site)
    assert found.missing["meta"] == {date(2026, 12, 3): Decimal("102.26")}
    assert found.loaded_at == NOW + timedelta(days=3)


def test_spend_is_not_known_while_one_platform_was_never_loaded(numbers: Numbers) -> None:
    bring(numbers)
    site = numbers.site
    accounts = {**site.accounts, "google": replace(site.accounts["meta"], id="1234567890")}
    both = replace(site, platforms=("meta", "google"))
    both.__dict__["accounts"] = accounts
    found = spending(both)
    assert found.loaded_at is None
    assert found.month == {"TRY": Decimal("407.04")}
    assert len(found.missing["google"]) == 4


def test_a_load_is_in_the_audit_trail_with_its_counts(numbers: Numbers) -> None:
    bring(numbers)
    (event,) = numbers.journal.events("load")
    assert event.detail["meta.ad_day"] == 8


def test_files_are_the_owners_alone(numbers: Numbers) -> None:
    bring(numbers)
    files = [path for path in numbers.site.state.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [str(path) for path in files if path.stat().st_mode & 0o077] == []


def test_figures_can_be_asked_for_by_what_names_say(numbers: Numbers) -> None:
    path = numbers.root / "kampanya.yaml"
    naming = """naming:
  campaign: "{market}_{campaign}"
  ad_set: "{ad_set}"
  ad: "{funnel} {ad}"
  terms: {market: [tr, de], funnel: [top, low]}
"""
    path.write_text(path.read_text(encoding="utf-8") + naming, encoding="utf-8")
    numbers.edit("objective: sales", "objective: sales\nterms: {market: tr, funnel: top}")
    bring(numbers)
    with open_warehouse(Files.of(numbers.site).warehouse) as con:  # as if the platform had told our names
        con.execute("update entity set name = 'de_yaz | adset' where kind = 'campaign'")
        con.execute("update entity set name = 'top ' || entity_id where kind = 'ad' and entity_id = '10'")
    numbers.spends = {}
    bring(numbers, since=date(2026, 12, 5), until=date(2026, 12, 5))
    sql = "select field, value, sum(spend) from ad_reporting__name_report group by all order by all"
    assert ask(numbers.site, sql)[1] == [
        ("ad", "10", Decimal("407.00")),
        ("ad_set", "adset", Decimal("407.04")),
        ("campaign", "yaz", Decimal("407.04")),
        ("funnel", "top", Decimal("407.00")),
        ("market", "de", Decimal("407.04")),
    ]


def test_all_is_made_again_from_what_was_landed_and_no_platform_is_asked(numbers: Numbers) -> None:
    bring(numbers)
    numbers.days += 2
    numbers.spends[date(2026, 12, 3)] = {"10": "150.00"}
    bring(numbers)
    restated = "from restatement order by all"
    before = numbers.rows(), ask(numbers.site, restated), spending(numbers.site)
    files, day = Files.of(numbers.site), numbers.days
    for file in (files.warehouse, files.mart):
        file.unlink()
    numbers.fails, numbers.days = frozenset({"account_day", "campaign_day", "ad_day"}), day + 3
    assert len(load_again(numbers.site, numbers.journal)) == 6
    numbers.days = day
    after = numbers.rows(), ask(numbers.site, restated), spending(numbers.site)
    assert after == before, "what is known is known as of then: a replay makes nothing fresh"
    assert before[1][1]


def test_a_replay_of_nothing_is_an_error(numbers: Numbers) -> None:
    with pytest.raises(WarehouseError, match="Nothing was ever landed"):
        load_again(numbers.site, numbers.journal)


def test_a_replay_tells_its_landings_and_takes_no_days(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(numbers)
    monkeypatch.setattr("operations.site.open_site", lambda *_: numbers.site)
    numbers.journal.close()
    where = ["-C", str(numbers.root), "--from-landing"]
    done = CliRunner().invoke(command, where, standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 0)
    assert done.stdout.splitlines() == [
        f"meta.{name}: 1 landings" for name in ("account_day", "campaign_day", "ad_day")
    ]
    refused = CliRunner().invoke(command, [*where, "--since", "2026-12-01"])
    assert "makes everything anew" in refused.stderr
