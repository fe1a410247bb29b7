from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.boundaries import limits
from engine.experiment import CellDay, Edit, ExperimentPlan, Readout, analyze, step_down
from engine.metric import METRICS, Ratio
from schemas.errors import KampanyaError

START = date(2026, 12, 1)
PLAN = ExperimentPlan(
    "menu-mu-muzik-mi",
    "menu",
    ("menu", "muzik"),
    {"menu": 0.5, "muzik": 0.5},
    "cost_per_click",
    0.15,
    2,
    START,
)
THREE = replace(
    PLAN, cells=("menu", "muzik", "sokak"), shares={"menu": 0.4, "muzik": 0.3, "sokak": 0.3}
)  # fmt: skip
BANNED = ("olasılıkla", "kanıtlan", "ihtimal", "güven", "confiden", "proven", "probability")


def days(
    clicks: Mapping[str, float],
    count: int = 14,
    noise: float = 0.06,
    spend: Mapping[str, float] | None = None,
) -> list[CellDay]:
    """The same days every time: about so many clicks a cell and day, a tenth of them buying."""
    rng = random.Random(1)
    rows = []
    for index in range(count):
        for cell, level in clicks.items():
            seen = max(0, round(level * (1 + noise * rng.uniform(-1, 1))))
            bought = round(seen * 0.1 * (1 + noise * rng.uniform(-1, 1)))
            value = Decimal(round(bought * 20 * (1 + noise * rng.uniform(-1, 1)), 2)).quantize(
                Decimal("0.01")
            )
            money = Decimal(str((spend or {}).get(cell, 600)))
            rows.append(CellDay(cell, START + timedelta(days=index), money, 20_000, seen, bought, value))
    return rows


def after(count: int) -> date:
    """The day on which the first `count` days of a click test have settled."""
    return START + timedelta(days=count - 1 + 3)


def check_of(readout: Readout, name: str) -> bool:
    return next(check.passed for check in readout.checks if check.name == name)


BETTER = days({"menu": 300, "muzik": 400})
SAME = days({"menu": 300, "muzik": 300})


def test_before_its_start_a_test_has_not_started() -> None:
    readout = analyze(BETTER, PLAN, START - timedelta(days=1))
    assert (readout.status, readout.totals) == ("not_started", ())
    assert "1 Aralık" in readout.sentence_tr


def test_without_rows_there_is_no_data() -> None:
    assert analyze([], PLAN, after(14)).status == "no_data"


def test_nothing_is_read_before_the_first_week_has_settled() -> None:
    readout = analyze(BETTER, PLAN, after(7) - timedelta(days=1))
    assert (readout.status, readout.effects, readout.looks) == ("running", (), ())
    assert readout.progress is not None
    assert not check_of(readout, "whole_weeks")


def test_the_cheaper_cell_wins_and_its_sentence_says_how_much() -> None:
    readout = analyze(BETTER, PLAN, after(14))
    assert (readout.status, readout.winner, readout.decided_week) == ("winner", "muzik", 1)
    effect = readout.effects[0]
    assert effect.relative == pytest.approx(-0.25, abs=0.03)
    assert readout.sentence_tr.startswith("muzik hücresi, menu hücresine göre tıklama başına %2")
    assert "daha ucuza getirdi (muhtemel aralık %" in readout.sentence_tr
    assert "1. haftasında karar sınırını geçti. Erken biten" in readout.sentence_tr
    assert readout.sentence_en.startswith("Cell muzik cost 2")
    assert "less per click than cell menu (likely range 1" in readout.sentence_en


def test_the_control_can_win_and_is_compared_from_its_own_side() -> None:
    readout = analyze(days({"menu": 400, "muzik": 300}), PLAN, after(14))
    assert readout.winner == "menu"
    assert readout.effects[0].relative == pytest.approx(1 / 3, abs=0.04)  # muzik is a third dearer
    assert readout.sentence_en.startswith("Cell menu cost 2")  # so menu is a quarter cheaper
    assert "less per click than cell muzik" in readout.sentence_en


@pytest.mark.parametrize(("metric", "way_tr", "way_en"), [
    ("ctr", "muzik hücresinde tıklama oranı, menu hücresine göre %3", "the click-through rate was 3"),
    ("roas", "harcamasının getirisi (ROAS), menu hücresine göre %3", "return on ad spend (ROAS) was 3"),
    ("cost_per_conversion", "dönüşüm başına %2", "less per conversion"),
    (Ratio("spend", "impressions", True), "spend/impressions", "lower"),
])  # fmt: skip
def test_every_metric_speaks_in_its_own_direction(metric: str | Ratio, way_tr: str, way_en: str) -> None:
    spend = {"menu": 600, "muzik": 560} if isinstance(metric, Ratio) else None
    rows = days({"menu": 300, "muzik": 400}, noise=0.01, spend=spend)
    rows = [replace(row, impressions=row.impressions + 7 * i % 50) for i, row in enumerate(rows)]
    readout = analyze(rows, replace(PLAN, metric=metric, settle_days=3), after(14))
    assert readout.winner == "muzik"
    assert way_tr in readout.sentence_tr
    assert way_en in readout.sentence_en


def test_a_higher_conversion_rate_wins_with_equal_clicks() -> None:
    rows = [
        replace(row, conversions=row.conversions * (1.5 if row.cell == "muzik" else 1))
        for row in days({"menu": 3000, "muzik": 3000})
    ]
    readout = analyze(rows, replace(PLAN, metric="conversion_rate"), after(18))
    assert readout.winner == "muzik"
    assert "dönüşüm oranı, menu hücresine göre %5" in readout.sentence_tr


def test_a_money_metric_says_what_it_would_be_without_its_biggest_day() -> None:
    rows = days({"menu": 300, "muzik": 400}, noise=0.02)
    readout = analyze(rows, replace(PLAN, metric="roas", settle_days=3), after(14))
    assert "En etkili gün (" in readout.sentence_tr
    assert "Without the most influential day" in readout.sentence_en


def test_equal_cells_end_without_a_difference() -> None:
    readout = analyze(SAME, PLAN, after(14))
    assert (readout.status, readout.winner) == ("no_difference", None)
    assert max(map(abs, readout.effects[0].relative_ci)) <= 0.15
    assert readout.sentence_tr.startswith("Fark varsa da %15 büyüklüğünden küçük görünüyor")


def test_equal_cells_with_few_results_end_without_enough_data() -> None:
    readout = analyze(days({"menu": 3, "muzik": 3}, noise=0.5), PLAN, after(14))
    assert readout.status == "not_enough_data"
    assert readout.progress is not None
    assert readout.progress.needed > readout.progress.results
    assert f"Bu hızla {readout.progress.more_days} gün daha gerekir." in readout.sentence_tr


def test_fewer_than_five_results_allow_no_word_at_all() -> None:
    rows = [replace(row, clicks=int(row.day.day % 7 == 1)) for row in BETTER]
    readout = analyze(rows, PLAN, after(14))
    assert (readout.status, readout.effects, readout.looks) == ("not_enough_data", (), ())
    assert not check_of(readout, "results")


def test_a_running_test_does_not_say_who_is_ahead() -> None:
    readout = analyze(days({"menu": 300, "muzik": 303}), PLAN, after(7))
    assert readout.status == "running"
    assert "muzik" not in readout.sentence_tr + readout.sentence_en
    assert "2 haftanın 1 tanesi tamamlandı" in readout.sentence_tr


def test_a_boundary_once_crossed_stays_crossed_whatever_the_next_week_brings() -> None:
    second = [replace(row, clicks=900 if row.cell == "menu" else 200) for row in BETTER[14:]]
    reversal = BETTER[:14] + second
    readout = analyze(reversal, PLAN, after(14))
    assert (readout.winner, readout.decided_week) == ("muzik", 1)
    assert readout == analyze(reversal, PLAN, after(7))


def test_unsettled_days_and_days_outside_the_test_are_left_out() -> None:
    stray = [replace(row, day=row.day + timedelta(days=30)) for row in BETTER]
    assert analyze(BETTER + stray, PLAN, after(14)) == analyze(BETTER, PLAN, after(14))
    readout = analyze(SAME, PLAN, after(14) - timedelta(days=1))
    assert (readout.status, readout.weeks_completed) == ("running", 1)
    assert not check_of(readout, "settled")


def test_conversions_wait_longer_than_clicks_unless_declared() -> None:
    cpa = replace(PLAN, metric="cost_per_conversion")
    assert (PLAN.settling, cpa.settling, replace(cpa, settle_days=28).settling) == (3, 7, 28)
    assert analyze(BETTER, cpa, after(7)).weeks_completed == 0
    assert analyze(BETTER, cpa, after(11)).weeks_completed == 1


def test_an_edit_during_the_test_blocks_the_winner() -> None:
    edits = [Edit("muzik", START + timedelta(days=2), "bütçe 600 → 700")]
    readout = analyze(BETTER, PLAN, after(14), edits)
    assert (readout.status, readout.winner) == ("invalid", None)
    assert readout.sentence_tr == (
        "Sonuç geçersiz: 3 Aralık günü muzik hücresinde değişiklik yapıldı: bütçe 600 → 700 (toplam 1)."
    )
    assert "edited on 3 December in cell muzik" in readout.sentence_en


@pytest.mark.parametrize(("cell", "at", "status"), [
    ("muzik", START - timedelta(days=1), "winner"),
    ("muzik", START, "invalid"),
    (None, START + timedelta(days=6), "invalid"),
    ("muzik", START + timedelta(days=7), "winner"),  # after the deciding week: promoting the winner, say
    ("another-ad-set", START + timedelta(days=2), "winner"),
])  # fmt: skip
def test_only_edits_of_a_cell_up_to_the_deciding_week_count(cell: str | None, at: date, status: str) -> None:
    assert analyze(BETTER, PLAN, after(14), [Edit(cell, at, "görsel")]).status == status


def test_a_cell_that_spends_beyond_its_share_blocks_the_winner() -> None:
    rows = days({"menu": 300, "muzik": 400}, spend={"menu": 760, "muzik": 440})
    readout = analyze(rows, PLAN, after(14))
    assert readout.status == "invalid"
    assert "menu hücresi planın %27 üstünde harcadı; hücreler karşılaştırılamaz" in readout.sentence_tr


@pytest.mark.parametrize(("menu", "passed"), [(659, True), (661, False), (541, True), (539, False)])
def test_ten_percent_of_the_planned_share_is_the_limit(menu: int, passed: bool) -> None:
    rows = days({"menu": 300, "muzik": 300}, spend={"menu": menu, "muzik": 1200 - menu})
    assert check_of(analyze(rows, PLAN, after(14)), "spend_share") is passed


def test_shares_are_judged_against_the_plan_not_against_equality() -> None:
    rows = days({"menu": 300, "muzik": 300, "sokak": 300}, spend={"menu": 800, "muzik": 600, "sokak": 600})
    assert check_of(analyze(rows, THREE, after(14)), "spend_share")


@pytest.mark.parametrize("gone", ["row", "delivery"])
def test_a_day_without_delivery_blocks_the_winner(gone: str) -> None:
    silent = START + timedelta(days=3)
    rows = [row for row in BETTER if gone != "row" or (row.cell, row.day) != ("menu", silent)]
    rows = [
        replace(row, impressions=0, clicks=0, spend=0) if (row.cell, row.day) == ("menu", silent) else row
        for row in rows
    ]
    readout = analyze(rows, PLAN, after(14))
    assert readout.status == "invalid"
    assert "menu hücresi 4 Aralık günü yayında değildi (toplam 1 hücre-gün)" in readout.sentence_tr


def test_a_missed_look_leaves_its_chance_to_the_next() -> None:
    regular = analyze(SAME, PLAN, after(14))
    missed = analyze(SAME, replace(PLAN, missed=frozenset({1})), after(14))
    assert [look.week for look in regular.looks] == [1, 2]
    assert [look.week for look in missed.looks] == [2]
    assert missed.looks[0].boundary == pytest.approx(1.96, abs=1e-3)
    assert regular.looks[1].boundary == pytest.approx(1.9774, abs=1e-3)


def test_a_look_crosses_exactly_when_its_interval_excludes_zero() -> None:
    for level in range(300, 360, 4):
        readout = analyze(days({"menu": 300, "muzik": level}, noise=0.2), PLAN, after(14))
        for look in readout.looks:
            assert look.crossed == (look.low > 0 or look.high < 0)


def test_the_best_of_several_cells_wins_against_the_control_only() -> None:
    spend = {"menu": 800, "muzik": 600, "sokak": 600}
    rows = days({"menu": 400, "muzik": 390, "sokak": 450}, noise=0.04, spend=spend)
    readout = analyze(rows, THREE, after(14))
    assert readout.winner == "sokak"
    assert "yalnız kontrolle karşılaştırıldı" in readout.scope_tr


def test_a_control_wins_only_once_it_has_beaten_every_cell() -> None:
    spend = {"menu": 800, "muzik": 600, "sokak": 600}
    one_worse = days({"menu": 400, "muzik": 300, "sokak": 200}, noise=0.04, spend=spend)
    both_worse = days({"menu": 400, "muzik": 240, "sokak": 200}, noise=0.04, spend=spend)
    assert analyze(one_worse, THREE, after(14)).winner is None
    readout = analyze(both_worse, THREE, after(14))
    assert readout.winner == "menu"
    assert "Kontrol, öteki hücrelerin hepsini geçti." in readout.sentence_tr


def test_holm_steps_down_within_a_look() -> None:
    strict, middle, plain = (limits(1, 0.05 / m)[0] for m in (3, 2, 1))
    assert step_down([0.1, 0.2, 0.3], 1, 0.05, 1) == strict
    assert step_down([strict + 0.01, 0.2, 0.3], 1, 0.05, 1) == middle
    assert step_down([strict + 0.01, middle + 0.01, 0.3], 1, 0.05, 1) == plain
    assert step_down([strict - 0.01, middle + 0.01, 0.3], 1, 0.05, 1) == strict
    assert step_down([], 1, 0.05, 1) == plain
    assert step_down([math.nan, 1.0], 1, 0.05, 1) == middle


def test_totals_are_exact_money_and_the_metric_is_a_ratio_of_sums() -> None:
    readout = analyze(
        days({"menu": 300, "muzik": 310}, spend={"menu": 600.1, "muzik": 600.2}), PLAN, after(14)
    )
    menu = readout.totals[0]
    assert menu.spend == Decimal("8401.4")
    assert menu.metric == pytest.approx(8401.4 / menu.clicks)
    assert readout.window == (START, START + timedelta(days=13))
    assert sum(total.share for total in readout.totals) == pytest.approx(1)


@pytest.mark.parametrize(("row", "summary"), [
    (CellDay("yok", START, 1, 1, 1), "unknown cell"),
    (BETTER[0], "given twice"),
    (CellDay("menu", START + timedelta(days=20), -1, 1, 1), "cannot be"),
    (CellDay("menu", START + timedelta(days=20), math.nan, 1, 1), "cannot be"),
])  # fmt: skip
def test_rows_that_cannot_be_are_refused(row: CellDay, summary: str) -> None:
    with pytest.raises(KampanyaError, match=summary):
        analyze([*BETTER, row], PLAN, after(14))


@pytest.mark.parametrize("wrong", [
    {"cells": ("menu",)}, {"control": "yok"}, {"shares": {"menu": 0.5, "muzik": 1}}, {"shares": {"menu": 1}},
    {"metric": "happiness"}, {"weeks": 0}, {"minimum_effect": 0}, {"alpha": 1.0}, {"cells": ("menu", "menu")},
])  # fmt: skip
def test_plans_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(KampanyaError, match="cannot be read"):
        replace(PLAN, **wrong)  # type: ignore[arg-type]


def test_a_cell_without_any_value_leaves_the_others_comparable() -> None:
    spend = {"menu": 800, "muzik": 600, "sokak": 600}
    rows = [
        replace(row, value=0) if row.cell == "muzik" else row
        for row in days({"menu": 400, "muzik": 400, "sokak": 600}, noise=0.03, spend=spend)
    ]
    readout = analyze(rows, replace(THREE, metric="roas", settle_days=3), after(14))
    assert readout.winner == "sokak"
    assert [effect.cell for effect in readout.effects] == ["sokak"]


def test_the_first_week_of_a_long_test_with_few_results_has_a_wide_but_finite_story() -> None:
    rows = days({"menu": 1, "muzik": 2}, count=182, noise=1.0)
    readout = analyze(rows, replace(PLAN, weeks=26), after(7))
    assert readout.status == "running"
    assert readout.effects[0].relative_range[0] == pytest.approx(-1)
    assert math.isfinite(readout.effects[0].relative_range[1])


levels = st.tuples(st.integers(1, 500), st.integers(1, 500))
noises = st.sampled_from([0.02, 0.1, 0.5])


@settings(deadline=None)
@given(levels, noises, st.integers(1, 17), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(
    level: tuple[int, int], noise: float, through: int, rng: random.Random
) -> None:
    rows = days({"menu": level[0], "muzik": level[1]}, noise=noise)
    shuffled = rng.sample(rows, len(rows))
    assert analyze(shuffled, PLAN, after(through)) == analyze(rows, PLAN, after(through))


@settings(deadline=None)
@given(levels, noises)
def test_swapping_names_swaps_the_winner(level: tuple[int, int], noise: float) -> None:
    rows = days({"menu": level[0], "muzik": level[1]}, noise=noise)
    other = {"menu": "muzik", "muzik": "menu"}
    ours = analyze(rows, PLAN, after(14))
    theirs = analyze([replace(row, cell=other[row.cell]) for row in rows], PLAN, after(14))
    assert theirs.winner == (other[ours.winner] if ours.winner else None)
    assert [look.theta for look in theirs.looks] == pytest.approx(
        [-look.theta for look in ours.looks], abs=1e-12
    )


@settings(deadline=None)
@given(levels, noises, st.integers(-4, 14))
def test_later_data_never_takes_back_a_winner(level: tuple[int, int], noise: float, through: int) -> None:
    rows = days({"menu": level[0], "muzik": level[1]}, noise=noise)
    early = analyze(rows, PLAN, after(through))
    if early.winner:
        assert analyze(rows, PLAN, after(14)).winner == early.winner


@settings(deadline=None)
@given(levels, noises, st.integers(-4, 15), st.sampled_from(sorted(METRICS)))
def test_no_sentence_ever_claims_a_probability_or_a_proof(
    level: tuple[int, int], noise: float, through: int, metric: str
) -> None:
    readout = analyze(
        days({"menu": level[0], "muzik": level[1]}, noise=noise), replace(PLAN, metric=metric), after(through)
    )
    said = " ".join([readout.sentence_tr, readout.sentence_en, readout.scope_tr, readout.scope_en]).lower()
    assert not any(word in said.replace("muhtemel", "") for word in BANNED)
    assert (readout.winner is None) == (readout.status != "winner")


@settings(deadline=None)
@given(levels, st.integers(0, 13))
def test_an_edit_never_makes_a_winner(level: tuple[int, int], day: int) -> None:
    rows = days({"menu": level[0], "muzik": level[1]})
    edit = Edit("menu", START + timedelta(days=day), "hedefleme")
    edited, plain = analyze(rows, PLAN, after(14), [edit]), analyze(rows, PLAN, after(14))
    assert edited.winner in (None, plain.winner)
