"""A day has so many operations: a plan says when they will not do, an apply stops before they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors import memory
from engine.render import text
from engine.resource import Address
from journal.records import IntentRow
from operations import quota
from tests.operations.sites import Bench

WHOLE = 15  # objects of the tests' brand
SOME = Address("meta", "ad", "yil-sonu/eve-siparis/besiktas")


def a_day_has(monkeypatch: pytest.MonkeyPatch, operations: int) -> None:
    few = replace(memory.SUPPORTS, access={"few": operations}, test_access="few")
    monkeypatch.setattr(memory, "SUPPORTS", few)


def spent(brand: Bench, count: int, ago: timedelta, code: str = "") -> None:
    """Changes that were sent so long ago."""
    at = datetime.now(UTC) - ago
    run = brand.journal.begin_run(None, "test", "host", at)
    rows = [IntentRow(SOME, "act_1", "update", "change", {"after": {}}, "m", "1") for _ in range(count)]
    for intent in brand.journal.intend(run, rows, at):
        brand.journal.settle(intent, "refused", at, code=code)


def test_a_plan_that_a_day_has_no_room_for_says_so(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day_has(monkeypatch, WHOLE + 3)
    spent(brand, 5, timedelta(hours=23))
    words = text(brand.plan(), brand.site.supports)
    assert f"about {WHOLE} of {WHOLE + 3} a day (few access), 5 made in the last 24 hours" in words
    assert "Too many operations for a day on meta: 2 have to wait for a later apply" in words


@pytest.mark.parametrize(
    ("ago", "code", "made"),
    [
        (timedelta(hours=23), "100/1885621", 5),
        (timedelta(hours=25), "100/1885621", 0),
        (timedelta(0), "later", 0),  # never sent
        (timedelta(0), "parent", 0),
    ],
)
def test_what_was_sent_in_24_hours_counts(brand: Bench, ago: timedelta, code: str, made: int) -> None:
    spent(brand, 5, ago, code)
    assert quota.made(brand.site, brand.journal).get("meta", 0) == made


def test_what_nobody_knows_the_outcome_of_counts_too(brand: Bench) -> None:
    run = brand.journal.begin_run(None, "test", "host", datetime.now(UTC))
    brand.journal.intend(run, [IntentRow(SOME, "act_1", "create", "build", {}, "m")], datetime.now(UTC))
    assert quota.made(brand.site, brand.journal) == {"meta": 1}


def test_an_apply_stops_where_the_day_has_no_more_names_the_rest_and_goes_on_another_day(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day_has(monkeypatch, WHOLE - 4)
    plan = brand.plan()
    first = brand.apply(plan)
    assert not first.complete
    assert first.failed == {}
    assert sum(brand.kinds().values()) == WHOLE - 4
    late = {at for at, why in first.waiting.items() if why.startswith("the platform's operations of a day")}
    assert len(late) == 4
    assert brand.delivering() == set()
    a_day_has(monkeypatch, 1000)
    assert brand.apply(plan).complete
    assert sum(brand.kinds().values()) == WHOLE
    assert brand.plan().changes == ()


def test_with_no_operation_left_a_cut_and_a_pause_are_sent_all_the_same(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert brand.apply().complete
    a_day_has(monkeypatch, 1)
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    assert brand.apply().complete
    budgets = {each.fields.get("daily_budget") for each in brand.far_side.records.values()}
    assert 50_000 in budgets


@pytest.mark.parametrize(("written", "level"), [("", "few"), ("        access: full\n", "full")])
def test_the_accounts_own_level_counts_before_that_of_tests(
    brand: Bench, monkeypatch: pytest.MonkeyPatch, written: str, level: str
) -> None:
    a_day_has(monkeypatch, 7)
    brand.edit("        currency: TRY\n", f"        currency: TRY\n{written}", "kampanya.yaml")
    assert quota.access(brand.site) == {"meta": level}
