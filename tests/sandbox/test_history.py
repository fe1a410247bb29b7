"""Learning, tired audiences and conversions by view: off until asked for, the same on both platforms."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.history import SWITCHES, frequency, prepared
from sandbox.ledger import Ledger
from sandbox.market import BY_VIEW, LEARNING_COST, Delivery, Line, fatigue, simulate
from sandbox.runtime import Sandbox

FIRST = date(2026, 11, 29)
TRY = 1_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


def line(platform: str = "meta", budget: int = 6000, **changes: Any) -> Line:
    given = Line(platform, "act_1", "ad", "set", "camp", "set", budget * TRY, "c/s/a")
    return replace(given, **changes)


def deliver(
    ledger: Ledger, lines: list[Line], days: int, seed: int = 1, start: int = 0, **on: bool
) -> list[tuple[Line, Delivery]]:
    """Day by day as the sandbox does it."""
    made = []
    for n in range(start, start + days):
        day = FIRST + timedelta(days=n)
        ready = prepared(ledger, SWITCHES | on, day, lines)
        delivered = simulate(seed, day, ready)
        ledger.record(day, ready, delivered)
        made += list(zip(ready, delivered, strict=True))
    return made


def learnt(ledger: Ledger, lines: list[Line], days: int, start: int = 0) -> list[bool]:
    return [ready.learning for ready, _ in deliver(ledger, lines, days, start=start, learning=True)]


def test_nothing_changes_until_it_is_switched_on(ledger: Ledger) -> None:
    lines = [line(), line("google")]
    assert prepared(ledger, SWITCHES, FIRST, lines) == lines
    assert not any(SWITCHES.values())
    assert ledger.phases("meta") == {}


@pytest.mark.parametrize("platform", ["meta", "google"])
def test_an_ad_set_learns_until_fifty_results_in_a_week(platform: str, ledger: Ledger) -> None:
    made = deliver(ledger, [line(platform, 3_000)], 20, learning=True)
    states = [ready.learning for ready, _ in made]
    assert states[:2] == [True, True]
    assert not states[-1]
    assert states == sorted(states, reverse=True)
    end = states.index(False)
    counts = ledger.results(platform, FIRST, FIRST + timedelta(days=end - 1))
    assert sum(one[3] for one in counts.values()) >= 50
    phase = ledger.phases(platform)["set"]
    assert (phase.began, phase.ended) == (FIRST, FIRST + timedelta(days=end))


def test_an_ad_set_of_few_results_never_stops_learning(ledger: Ledger) -> None:
    assert all(learnt(ledger, [line(budget=200)], 30))


def test_what_is_optimised_for_says_what_counts_as_a_result(ledger: Ledger) -> None:
    assert learnt(ledger, [line(budget=600, wants="click")], 3) == [True, False, False]
    assert ledger.phases("meta")["set"].results >= 50


@pytest.mark.parametrize(
    ("changes", "again"),
    [
        ({"daily_budget_micros": 14_400 * TRY}, False),
        ({"daily_budget_micros": 14_401 * TRY}, True),
        ({"daily_budget_micros": 9_599 * TRY}, True),
        ({"wants": "lead"}, True),
        ({"settings": "other people"}, True),
        ({"creative": "another"}, True),
        ({"ad_id": "another"}, True),
        ({"audience_size": 2_000_000}, False),
        ({"name": "c/s/renamed"}, False),
    ],
)
def test_a_significant_edit_begins_the_learning_phase_anew(
    changes: dict[str, Any], again: bool, ledger: Ledger
) -> None:
    before = line(budget=12_000)
    assert learnt(ledger, [before], 14)[-1] is False
    assert learnt(ledger, [replace(before, **changes)], 1, start=14) == [again]


def test_a_paused_ad_beside_others_is_no_edit(ledger: Ledger) -> None:
    both = [line(budget=12_000), line(budget=12_000, ad_id="b", name="c/s/b")]
    deliver(ledger, both, 14, learning=True)
    assert learnt(ledger, both[:1], 1, start=14) == [False]


def test_a_lifetime_budget_is_no_edit_though_its_days_differ(ledger: Ledger) -> None:
    steady = line(budget=12_000, lifetime_budget_micros=400_000 * TRY)
    deliver(ledger, [steady], 14, learning=True)
    assert learnt(ledger, [replace(steady, daily_budget_micros=4_000 * TRY)], 1, start=14) == [False]


def test_learning_is_dearer_and_less_stable(tmp_path: Path) -> None:
    costs: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(1, 61):
        for learning in costs:
            one = replace(line(budget=600), learning=learning)
            (made,) = simulate(seed, FIRST, [one])
            costs[learning].append(made.spend_micros / made.impressions)
    dearer = statistics.mean(costs[True]) / statistics.mean(costs[False])
    assert dearer == pytest.approx(LEARNING_COST, rel=0.10)
    spread = {learning: statistics.stdev(found) / statistics.mean(found) for learning, found in costs.items()}
    assert spread[True] > 1.25 * spread[False]


def test_frequency_rises_in_a_small_audience_and_clicks_fall(ledger: Ledger) -> None:
    small = line(budget=600, audience_size=20_000)
    made = deliver(ledger, [small], 28, fatigue=True)
    seen = [ready.frequency for ready, _ in made]
    assert seen == sorted(seen)
    assert seen[0] == 1.0
    assert seen[-1] > 4
    early, late = (
        sum(one.clicks for _, one in part) / sum(one.impressions for _, one in part)
        for part in (made[:7], made[-7:])
    )
    assert late < 0.85 * early


def test_a_rested_audience_is_fresh_again(ledger: Ledger) -> None:
    small = line(budget=600, audience_size=20_000)
    deliver(ledger, [small], 20, fatigue=True)
    (ready,) = prepared(ledger, SWITCHES | {"fatigue": True}, FIRST + timedelta(days=60), [small])
    assert ready.frequency == 1.0


def test_frequency_and_fatigue_have_bounds() -> None:
    assert frequency(0, 1000) == 1.0
    assert frequency(1000, 0) == pytest.approx(1000, rel=0.01)
    assert frequency(10, 1_000_000) == pytest.approx(1.0, abs=1e-4)
    assert fatigue(1.0) == fatigue(2.0) == 1.0
    assert 0.34 < fatigue(100) < 0.36


def test_views_bring_conversions_of_their_own_and_clicks_bring_what_they_did(ledger: Ledger) -> None:
    plain = simulate(1, FIRST, [line(budget=60_000)])
    (with_views,) = simulate(1, FIRST, [replace(line(budget=60_000), views=True)])
    by_click = tuple(one for one in with_views.conversions if not one.action.endswith(BY_VIEW))
    by_view = [one for one in with_views.conversions if one.action.endswith(BY_VIEW)]
    assert replace(with_views, conversions=by_click) == plain[0]
    assert {one.lag_days for one in by_view} <= {0, 1}
    share = sum(one.count for one in by_view) / sum(one.count for one in by_click)
    assert 0.08 < share < 0.25
    (search,) = simulate(1, FIRST, [replace(line(budget=60_000), views=True, format="search")])
    assert not [one for one in search.conversions if one.action.endswith(BY_VIEW)]


# -- over the Graph port


def insights(graph: Any, **params: Any) -> list[dict[str, Any]]:
    span = {"since": "2026-11-30", "until": "2027-01-30"}
    rows: list[dict[str, Any]] = graph.get(
        f"{graph.account}/insights", time_range=span, **({"limit": 500} | params)
    )["data"]
    return rows


def of(row: dict[str, Any], window: str, name: str = "omni_purchase") -> int:
    return sum(int(one.get(window, 0)) for one in row.get("actions", ()) if one["action_type"] == name)


def test_views_are_told_apart_by_their_window_and_are_in_the_value(graph: Any, box: Sandbox) -> None:
    graph.admin("POST", "switches", views=True)
    top = graph.campaign(status="ACTIVE")
    graph.ad(graph.adset(top, daily_budget=3_000_000))
    box.advance(35)
    (row,) = insights(graph, fields="actions", action_attribution_windows=["7d_click", "1d_view", "7d_view"])
    assert of(row, "1d_view") > 0
    assert of(row, "7d_view") == 0
    assert of(row, "value") == of(row, "7d_click") + of(row, "1d_view")
    assert of(row, "1d_view", "landing_page_view") == 0


def test_levels_agree_and_late_conversions_restate_with_everything_on(graph: Any, box: Sandbox) -> None:
    graph.admin("POST", "switches", learning=True, fatigue=True, views=True)
    graph.tree(ads=3)
    box.advance(20)
    early = {
        row["date_start"]: of(row, "value") for row in insights(graph, fields="actions", time_increment=1)
    }
    box.advance(20)
    sums = set()
    for level in ("account", "campaign", "adset", "ad"):
        rows = insights(graph, level=level, fields="spend,impressions,actions", time_increment=1)
        spent = round(sum(float(row["spend"]) for row in rows), 2)
        sums.add((spent, sum(int(row["impressions"]) for row in rows), sum(of(row, "value") for row in rows)))
    assert len(sums) == 1
    days = insights(graph, fields="actions,spend", time_increment=1)
    late = {row["date_start"]: of(row, "value") for row in days}
    assert all(late[day] >= count for day, count in early.items())
    assert sum(late[day] for day in early) > sum(early.values())
    spends = [float(row["spend"]) for row in days]
    assert 600 < max(spends) <= 1.75 * 600


def test_an_ad_set_tells_its_learning_stage_only_where_it_has_one(graph: Any, box: Sandbox) -> None:
    _, plain, _ = graph.tree(ads=1)
    box.advance(1)
    assert "learning_stage_info" not in graph.get(plain, fields="learning_stage_info")
    graph.admin("POST", "switches", learning=True)
    rich = graph.adset(graph.campaign(status="ACTIVE"), daily_budget=400_000)
    graph.ad(rich)
    box.advance(2)
    first = graph.get(rich, fields="learning_stage_info")["learning_stage_info"]
    assert (first["status"], first["attribution_windows"]) == ("LEARNING", ["7d_click", "1d_view"])
    assert first["last_sig_edit_ts"] == 1_796_072_400  # 2026-12-01 in Istanbul
    box.advance(12)
    stages = [
        graph.get(one, fields="learning_stage_info")["learning_stage_info"]["status"] for one in (rich, plain)
    ]
    assert stages == ["SUCCESS", "FAIL"]


def test_the_markets_switches_survive_a_restart_and_a_reset(graph: Any, box: Sandbox) -> None:
    graph.admin("POST", "switches", views=True)
    box.reset()
    assert box.behaviour() == SWITCHES | {"views": True}
    graph.admin("POST", "switches", views=False)
    assert "error" in graph.admin("POST", "switches", weather=True)
