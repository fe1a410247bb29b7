from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.google.conditions import during
from sandbox.google.errors import Refusal
from sandbox.google.query import RANGES, Condition, Order, parse


def test_every_clause_is_read() -> None:
    query = parse(
        """select campaign.id, metrics.clicks from campaign
        where campaign.name = 'it\\'s' and campaign.status in (PAUSED, 'ENABLED')
        and metrics.clicks between 1 and 2.5
        order by metrics.clicks desc, campaign.id limit 5 parameters include_drafts = true"""
    )
    assert query.fields == ("campaign.id", "metrics.clicks")
    assert query.resource == "campaign"
    assert query.conditions == (
        Condition("campaign.name", "=", "it's"),
        Condition("campaign.status", "IN", ["PAUSED", "ENABLED"]),
        Condition("metrics.clicks", "BETWEEN", [1, 2.5]),
    )
    assert query.orders == (Order("metrics.clicks", True), Order("campaign.id"))
    assert (query.limit, query.parameters) == (5, {"include_drafts": "true"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EXPECTED_SELECT"),
        ("SELECT", "UNEXPECTED_END_OF_QUERY"),
        ("SELECT FROM campaign", "BAD_FIELD_NAME"),
        ("SELECT * FROM campaign", "BAD_SYMBOL"),
        ("SELECT a.b FROM a WHERE a.b", "UNEXPECTED_END_OF_QUERY"),
        ("SELECT a.b FROM a WHERE a.b ~ 1", "BAD_SYMBOL"),
        ("SELECT a.b FROM a WHERE a.b NEAR 1", "BAD_OPERATOR"),
        ("SELECT a.b FROM a WHERE a.b IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
        ("SELECT a.b FROM a WHERE a.b IN 1", "EXPECTED_LIST"),
        ("SELECT a.b FROM a WHERE a.b = (1)", "EXPECTED_SINGLE_VALUE"),
        ("SELECT a.b FROM a WHERE a.b BETWEEN 1 OR 2", "EXPECTED_AND"),
        ("SELECT a.b FROM a WHERE a.b = 'x", "STRING_NOT_TERMINATED"),
        ("SELECT a.b FROM a WHERE a.b = 1 OR a.b = 2", "UNEXPECTED_INPUT"),
        ("SELECT a.b FROM a ORDER a.b", "EXPECTED_BY"),
        ("SELECT a.b FROM a LIMIT x", "BAD_LIMIT_VALUE"),
        ("SELECT a.b FROM a PARAMETERS include_drafts = maybe", "BAD_PARAMETER_VALUE"),
    ],
)
def test_a_text_that_is_no_query_is_refused_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse(text)
    assert caught.value.problems[0].code == code


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Refusal):
        assert parse(text).fields


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("TODAY", "2026-12-02", "2026-12-02"),
        ("YESTERDAY", "2026-12-01", "2026-12-01"),
        ("LAST_7_DAYS", "2026-11-25", "2026-12-01"),
        ("LAST_30_DAYS", "2026-11-02", "2026-12-01"),
        ("THIS_MONTH", "2026-12-01", "2026-12-02"),
        ("LAST_MONTH", "2026-11-01", "2026-11-30"),
        ("THIS_WEEK_SUN_TODAY", "2026-11-29", "2026-12-02"),
        ("THIS_WEEK_MON_TODAY", "2026-11-30", "2026-12-02"),
        ("LAST_WEEK_SUN_SAT", "2026-11-22", "2026-11-28"),
        ("LAST_WEEK_MON_SUN", "2026-11-23", "2026-11-29"),
        ("LAST_BUSINESS_WEEK", "2026-11-23", "2026-11-27"),
    ],
)
def test_named_ranges_are_the_days_people_mean(name: str, first: str, last: str) -> None:
    wednesday = date(2026, 12, 2)
    assert during(name, wednesday) == (date.fromisoformat(first), date.fromisoformat(last))


@given(st.sampled_from(sorted(RANGES)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_no_named_range_reaches_into_the_future(name: str, today: date) -> None:
    first, last = during(name, today)
    assert first <= last <= today
