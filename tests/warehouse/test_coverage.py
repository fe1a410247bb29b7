"""Which days are loaded: a day counts when it was over, a gap counts until it is filled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from warehouse.coverage import Coverage, Span, of_spend

FIRST = date(2026, 12, 1)
ISTANBUL = ZoneInfo("Europe/Istanbul")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def span(since: int, until: int, today: int | None = None) -> Span:
    """Loaded at 09:00 in Istanbul of the day `today`, by default the last day asked for."""
    asked = day(until if today is None else today)
    return Span(day(since), day(until), asked, datetime(asked.year, asked.month, asked.day, 6, tzinfo=UTC))


def test_a_day_is_loaded_once_it_was_over_when_it_was_asked_for() -> None:
    assert Coverage([span(0, 5)]).gap(FIRST) == day(5)
    assert Coverage([span(0, 5), span(5, 6)]).gap(FIRST) == day(6)
    assert Coverage([span(0, 5, today=9)]).gap(FIRST) == day(6)
    assert Coverage([]).gap(FIRST) == FIRST


def test_a_narrow_load_after_an_outage_fills_no_gap() -> None:
    loaded = Coverage([span(0, 5), span(20, 20), span(20, 21)])
    assert loaded.gap(FIRST) == day(5)
    assert loaded.missing(FIRST, day(21)) == [day(number) for number in (*range(5, 20), 21)]


def test_spend_is_known_up_to_the_load_of_the_day_that_runs() -> None:
    loaded = Coverage([span(0, 5)])
    assert loaded.known_until(FIRST, ISTANBUL) == datetime(2026, 12, 6, 6, tzinfo=UTC)


def test_spend_behind_a_gap_is_known_up_to_the_gap_only() -> None:
    """The load of the fifth day at 09:00 knows it until then, whatever a narrow load says later."""
    loaded = Coverage([span(0, 5), span(20, 20)])
    assert loaded.known_until(FIRST, ISTANBUL) == datetime(2026, 12, 6, 6, tzinfo=UTC)
    without = Coverage([span(0, 4, today=9), span(20, 20)])
    assert without.known_until(FIRST, ISTANBUL) == datetime(2026, 12, 6, tzinfo=ISTANBUL)


def test_a_landing_loaded_again_days_later_knows_no_more_of_its_last_day() -> None:
    late = Span(FIRST, day(5), day(5), datetime(2026, 12, 20, tzinfo=UTC))
    assert Coverage([late]).known_until(FIRST, ISTANBUL) == datetime(2026, 12, 7, tzinfo=ISTANBUL)


SPANS = st.builds(
    lambda since, length, late: span(since, since + length, since + length + late),
    st.integers(0, 20),
    st.integers(0, 10),
    st.integers(0, 3),
)


@given(st.lists(SPANS, max_size=6), st.integers(0, 10))
def test_the_gap_is_the_first_missing_day(spans: list[Span], first: int) -> None:
    loaded = Coverage(spans)
    missing = loaded.missing(day(first), day(60))
    assert loaded.gap(day(first)) == missing[0]
    whole = {
        d for d in map(day, range(60)) for each in spans if each.since <= d <= each.until and d < each.today
    }
    assert not whole & set(missing)


def test_an_accounts_spend_is_loaded_where_the_report_is_that_it_is_taken_from(
    world: Any, meta: Any, google: Any
) -> None:
    assert of_spend(world.con, "meta", "100") is None
    world.load("ad", [meta(world.day(2))], ago=30)
    world.load("account", [meta(world.day(2))], ago=5)
    found = of_spend(world.con, "meta", "100")
    assert found is not None
    assert found.first == world.day(30)
    assert of_spend(world.con, "google", "200") is None
