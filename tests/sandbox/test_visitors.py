"""Visitors of the website: who is in an audience, and what aiming at one does to delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.ledger import Ledger
from sandbox.market import Conversion, Delivery, Line, simulate
from sandbox.visitors import (
    MATCHED,
    VISITS_A_PERSON,
    WARMTH,
    WASTED,
    Membership,
    Rule,
    aimed_at,
    cohorts,
    crowd,
)

DAY = date(2026, 12, 1)
TODAY = date(2026, 12, 15)
EVERYBODY = 5_000_000
BOUGHT, CARTS, VISITED = Rule("Purchase", 30), Rule("AddToCart", 30), Rule("PageView", 30)


def only(*include: Rule, exclude: Sequence[Rule] = (), every: bool = False) -> Membership:
    return Membership(include, tuple(exclude), every)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """On the first of December: 10,000 visits, 1,000 carts, of which 100 buy at once and 50 a week later."""
    book = Ledger(tmp_path)
    line = Line("meta", "act_1", "a", "s", "c", "s", 10**9, "c/s/a")
    bought = (Conversion("purchase", 0, 100, 1), Conversion("purchase", 7, 50, 1))
    book.record(DAY, [line], [Delivery("a", 10**6, 12_000, 9, 10**9, 10_000, 1000, bought)])
    return book


def size(ledger: Ledger, rule: Membership, today: date = TODAY, platform: str = "meta") -> int:
    return crowd(platform, cohorts(ledger, today), today, [rule]).people


def matched(people: float, platform: str = "meta") -> int:
    return int(people * MATCHED[platform])


def test_a_rule_takes_in_exactly_those_who_came_so_far(ledger: Ledger) -> None:
    assert size(ledger, only(BOUGHT)) == matched(150)
    assert size(ledger, only(CARTS)) == matched(1000)
    assert size(ledger, only(VISITED)) == matched(9000 / VISITS_A_PERSON + 1000)
    assert size(ledger, only(CARTS, exclude=[BOUGHT])) == matched(850)
    assert size(ledger, only(CARTS, VISITED)) == size(ledger, only(VISITED))
    assert size(ledger, only(CARTS, VISITED, every=True)) == size(ledger, only(CARTS))


def test_whoever_buys_later_is_a_customer_from_the_day_after_that(ledger: Ledger) -> None:
    buyers = [size(ledger, only(BOUGHT), DAY + timedelta(days=n)) for n in (0, 1, 7, 8)]
    assert buyers == [0, matched(100), matched(100), matched(150)]
    abandoned = only(CARTS, exclude=[BOUGHT])
    assert [size(ledger, abandoned, DAY + timedelta(days=n)) for n in (1, 8)] == [matched(900), matched(850)]


def test_people_leave_when_their_days_are_over(ledger: Ledger) -> None:
    week = only(replace(CARTS, days=7))
    assert size(ledger, week, DAY + timedelta(days=7)) == matched(1000)
    assert size(ledger, week, DAY + timedelta(days=8)) == 0


def test_each_platform_knows_its_share_of_the_same_visitors(ledger: Ledger) -> None:
    assert size(ledger, only(CARTS), platform="google") == matched(1000, "google")


def test_other_events_and_addresses_are_a_part_of_the_visitors(ledger: Ledger) -> None:
    everybody = size(ledger, only(VISITED))
    for part in (only(Rule("Contact", 30)), only(replace(VISITED, url="/menü"))):
        assert 0 < size(ledger, part) < everybody / 2
    assert size(ledger, only(Rule("Lead", 30))) == 0


RULES = st.builds(Rule, st.sampled_from(["PageView", "AddToCart", "Purchase"]), st.integers(1, 60))


@settings(max_examples=50)
@given(st.lists(RULES, min_size=1, max_size=3), st.lists(RULES, max_size=2), RULES)
def test_more_rules_never_take_in_fewer_and_more_exclusions_never_more(
    include: list[Rule], exclude: list[Rule], another: Rule
) -> None:
    class Visits:
        def visits(self, since: date, until: date) -> list[tuple[date, int, int]]:
            return [(DAY + timedelta(days=n), 1000 * n, 100 * n) for n in range(14)]

        def converted(self, since: date, until: date) -> list[tuple[date, date, str, int]]:
            return [(DAY + timedelta(days=n), DAY + timedelta(days=n + 3), "purchase", n) for n in range(11)]

    known = cohorts(Visits(), TODAY)

    def people(rule: Membership) -> int:
        return crowd("meta", known, TODAY, [rule]).people

    base = people(only(*include, exclude=exclude))
    assert people(only(*include, another, exclude=exclude)) >= base
    assert people(only(*include, exclude=[*exclude, another])) <= base
    assert people(only(*include, exclude=exclude, every=True)) <= base


def test_visitors_are_readier_to_buy_the_further_they_came(ledger: Ledger) -> None:
    known = cohorts(ledger, TODAY)
    carts = aimed_at("meta", known, TODAY, [only(CARTS, exclude=[BOUGHT])], [], EVERYBODY)
    visitors = aimed_at("meta", known, TODAY, [only(VISITED)], [], EVERYBODY)
    assert carts is not None
    assert visitors is not None
    assert carts.people == matched(850)
    assert carts.warmth == pytest.approx(WARMTH["cart"])
    assert carts.warmth > visitors.warmth > 1.0


def test_leaving_out_an_audience_leaves_out_those_who_are_in_both(ledger: Ledger) -> None:
    found = aimed_at("meta", cohorts(ledger, TODAY), TODAY, [only(CARTS)], [only(BOUGHT)], EVERYBODY)
    assert found is not None
    assert found.people == matched(850)


def test_too_few_are_shown_nothing(ledger: Ledger) -> None:
    known = cohorts(ledger, TODAY)
    assert aimed_at("google", known, TODAY, [only(BOUGHT)], [], EVERYBODY) is None
    assert aimed_at("meta", known, DAY, [only(VISITED)], [], EVERYBODY) is None


def test_without_customers_only_what_they_would_have_bought_anyway_is_missing(ledger: Ledger) -> None:
    known = cohorts(ledger, TODAY)
    found = aimed_at("meta", known, TODAY, [], [only(BOUGHT)], EVERYBODY)
    assert found is not None
    assert found.people == EVERYBODY - matched(150)
    assert 1 - WASTED < found.warmth < 1.0
    nobody_yet = aimed_at("meta", cohorts(ledger, DAY), DAY, [], [only(BOUGHT)], EVERYBODY)
    assert nobody_yet is not None
    assert (nobody_yet.people, nobody_yet.warmth) == (EVERYBODY, 1.0)


def cell(name: str, **changes: Any) -> Line:
    line = Line("meta", "act_1", name, name, "c", name, 10**10, f"c/{name}/ad", audience_size=EVERYBODY)
    return replace(line, **changes)


def test_warmth_changes_conversions_and_nothing_before_them() -> None:
    cold, warm = (
        [simulate(1, DAY + timedelta(days=n), [cell("a", warmth=warmth)])[0] for n in range(30)]
        for warmth in (1.0, 2.5)
    )
    for before, after in zip(cold, warm, strict=True):
        assert replace(before, conversions=()) == replace(after, conversions=())

    def bought(made: list[Delivery]) -> int:
        return sum(one.count for each in made for one in each.conversions)

    assert bought(warm) / bought(cold) == pytest.approx(2.5, rel=0.15)


def test_an_ad_set_with_an_audience_does_not_change_the_numbers_of_one_without() -> None:
    alone = simulate(1, DAY, [cell("a")])
    beside = simulate(1, DAY, [cell("b", warmth=2.0, audience_size=5000), cell("a")])
    assert [each for each in beside if each.ad_id == "a"] == alone


# -- on Meta's stand-in


def website_rule(graph: Any, event: str, days: int = 30, **more: Any) -> dict[str, Any]:
    test = {"field": "event", "operator": "eq", "value": event}
    return {
        "event_sources": [{"id": graph.world.meta.pixel, "type": "pixel"}],
        "retention_seconds": days * 86_400,
        "filter": {"operator": "and", "filters": [test]},
        **more,
    }


def website(graph: Any, event: str, days: int = 30) -> str:
    rule = {"inclusions": {"operator": "or", "rules": [website_rule(graph, event, days)]}}
    made: str = graph.post(f"{graph.account}/customaudiences", name=event, rule=rule)["id"]
    return made


def bounds(graph: Any, audience: str) -> tuple[int, int, int]:
    wanted = "approximate_count_lower_bound,approximate_count_upper_bound,delivery_status"
    found = graph.get(audience, fields=wanted)
    low, high = found["approximate_count_lower_bound"], found["approximate_count_upper_bound"]
    return low, high, found["delivery_status"]["code"]


def test_a_website_audience_fills_as_days_go_by_and_empties_again(graph: Any, box: Any) -> None:
    _, adset, _ = graph.tree()
    graph.post(adset, daily_budget=6_000_000)
    audience = website(graph, "PageView", 3)
    assert bounds(graph, audience) == (1000, 1000, 300)
    box.advance(3)
    low, high, code = bounds(graph, audience)
    visits = sum(row.visits for row in box.rows("meta", date(2026, 11, 30), date(2026, 12, 2)))
    assert 1000 < low < high < visits
    assert code == 200
    graph.post(adset, status="PAUSED")
    box.advance(4)
    assert bounds(graph, audience) == (1000, 1000, 300)


def test_an_ad_set_is_aimed_at_its_audience_and_delivers_once_that_is_large_enough(
    graph: Any, box: Any
) -> None:
    campaign, _, _ = graph.tree()
    aimed = graph.adset(campaign, name="Dönenler", targeting=targeting(graph, website(graph, "PageView")))
    ad = graph.ad(aimed)
    assert ad not in {line.ad_id for line in box.meta.lines(date(2026, 11, 30))}
    box.advance(5)
    (line,) = [line for line in box.meta.lines(date(2026, 12, 5)) if line.ad_id == ad]
    others = [line for line in box.meta.lines(date(2026, 12, 5)) if line.ad_id != ad]
    assert line.audience_size < 5000 < others[0].audience_size
    assert line.warmth > 1.0
    assert {line.warmth for line in others} == {1.0}


def targeting(graph: Any, *include: str, exclude: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "geo_locations": {"countries": ["TR"]},
        "custom_audiences": [{"id": each} for each in include],
        "excluded_custom_audiences": [{"id": each} for each in exclude],
        "targeting_automation": {"advantage_audience": 0},
    }


def test_an_ad_set_that_leaves_customers_out_costs_the_same_and_converts_a_little_less(
    graph: Any, box: Any
) -> None:
    campaign, _, _ = graph.tree()
    buyers = website(graph, "Purchase")
    shut = graph.adset(campaign, name="Yeniler", targeting=targeting(graph, exclude=[buyers]))
    ad = graph.ad(shut)
    box.advance(14)
    (line,) = [line for line in box.meta.lines(date(2026, 12, 14)) if line.ad_id == ad]
    assert 1 - WASTED < line.warmth < 1.0


@pytest.mark.parametrize(
    "broken",
    [
        {"retention_seconds": 181 * 86_400},
        {"retention_seconds": "soon"},
        {"event_sources": [{"id": "1", "type": "pixel"}]},
        {"filter": {"operator": "xor", "filters": [{"field": "event", "operator": "eq", "value": "x"}]}},
        {"filter": {"operator": "and", "filters": []}},
        {"filter": {"operator": "and", "filters": [{"field": "event", "operator": "is", "value": "x"}]}},
        {"filter": {"operator": "and", "filters": [{"field": "event", "value": "x"}]}},
    ],
    ids=str,
)
def test_a_rule_that_meta_would_not_take_is_refused(graph: Any, broken: dict[str, Any]) -> None:
    rule = {"inclusions": {"operator": "or", "rules": [website_rule(graph, "Purchase", **broken)]}}
    answer = graph.raw("POST", f"{graph.account}/customaudiences", name="x", rule=rule)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_the_same_seed_gives_the_same_numbers_with_audiences_too(graph: Any, box: Any) -> None:
    def story() -> list[Any]:
        box.reset("2026-11-30")
        campaign, _, _ = graph.tree()
        aims = [website(graph, "PageView")], [website(graph, "Purchase")]
        graph.ad(
            graph.adset(campaign, name="Dönenler", targeting=targeting(graph, *aims[0], exclude=aims[1]))
        )
        box.advance(6)
        return box.rows("meta", date(2026, 11, 30), date(2026, 12, 6))  # type: ignore[no-any-return]

    assert story() == story()
