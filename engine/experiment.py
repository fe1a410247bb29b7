"""Reads a budget-split experiment: weekly looks against a boundary, checks, verdict and its words.

A readout replays the test from its first week, so it is a function of the data alone: a boundary once crossed
stays crossed, whoever looks and however often, and what happens after the deciding week (promoting the winner
edits budgets) changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from scipy.special import ndtr, ndtri

from engine import verdict
from engine.boundaries import limits
from engine.jackknife import Contrasts, contrasts, half_width, holm
from engine.panel import Panel, panel
from engine.power import results_needed
from engine.readout import (
    LEAST_RESULTS,
    CellDay,
    CellTotal,
    Check,
    Edit,
    Effect,
    ExperimentPlan,
    Look,
    Progress,
    Readout,
    Status,
)
from engine.validity import checks, valid

__all__ = [
    "CellDay",
    "CellTotal",
    "Check",
    "Edit",
    "Effect",
    "ExperimentPlan",
    "Look",
    "Progress",
    "Readout",
    "Status",
    "analyze",
    "step_down",
]

_POWER = 0.8


def analyze(
    days: Iterable[CellDay], plan: ExperimentPlan, through: date, edits: Sequence[Edit] = ()
) -> Readout:
    """Say what the data loaded up to and including `through` (account time zone) allows to be said.

    `days` holds one row per cell and day, in any order; rows outside the test or after `through` are left
    out. Raises KampanyaError for rows that cannot be (unknown cell, a day given twice, negative figures).
    """
    if through < plan.start:
        return _silent(plan, "not_started", verdict.not_started(plan))
    data = panel(days, plan, through)
    if not data.rows:
        return _silent(plan, "no_data", verdict.no_data())
    course = _replay(data, plan.settled_days(through) // 7, edits)
    if course.winner:
        return _decided(data, course, course.winner)
    return _undecided(data, course, edits, through)


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A look that was really taken: its week, every cell against the control, and the boundary."""

    week: int
    estimate: Contrasts
    boundary: float


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """The test as it went, look by look, up to its decision or the last completed week."""

    missed: frozenset[int]
    weeks: int = 0
    looks: tuple[Look, ...] = ()
    better: Mapping[str, bool] = field(
        default_factory=dict
    )  # of those that crossed: better than the control?
    checks: tuple[Check, ...] = ()
    last: _Taken | None = None
    winner: str | None = None


def _replay(data: Panel, weeks: int, edits: Sequence[Edit]) -> _Course:
    course = _Course(data.plan.missed)
    for week in range(1, weeks + 1):
        last_day = data.plan.day(7 * week - 1)
        found = checks(data, edits, 7 * week, last_day, last_day + timedelta(days=data.plan.settling))
        course = replace(course, weeks=week, checks=found)
        if week in course.missed or data.results(7 * week).min() < LEAST_RESULTS:
            course = replace(course, missed=course.missed | {week})
            continue
        course = _look(data, course)
        if course.winner:
            break
    return course


def _look(data: Panel, course: _Course) -> _Course:
    plan, week = data.plan, course.weeks
    estimate = _estimate(data, 7 * week)
    scores = dict(zip(plan.order[1:], estimate.z.tolist(), strict=True))
    still_open = [score for cell, score in scores.items() if cell not in course.better]
    missed = frozenset(earlier for earlier in course.missed if earlier < week)
    boundary = step_down(still_open, plan.weeks, plan.alpha, week, missed)
    taken = _Taken(week, estimate, boundary)
    better = dict(course.better)
    if valid(course.checks):
        signs = zip(scores, estimate.theta.tolist(), strict=True)
        better = {cell: theta > 0 for cell, theta in signs if scores[cell] >= boundary} | better
    looks = tuple(_look_of(cell, index, taken) for index, cell in enumerate(plan.order[1:]))
    return replace(
        course, looks=course.looks + looks, better=better, last=taken, winner=_winner(plan, better, estimate)
    )


def step_down(
    scores: Sequence[float], weeks: int, alpha: float, week: int, missed: frozenset[int] = frozenset()
) -> float:
    """The boundary of this week's look for comparisons not yet decided, given their |z|.

    Group-sequential Holm (Maurer & Bretz, Statistics in Biopharmaceutical Research 5 (2013) 311): m open
    comparisons are tested at alpha/m; each one that crosses leaves its share to the others, within the same
    look and ever after. A comparison crosses when its |z| is at least the boundary returned.
    """
    ranked = sorted((score for score in scores if not math.isnan(score)), reverse=True)
    open_now = max(1, len(scores))
    for score in ranked:
        if score < limits(weeks, alpha / open_now, missed)[week - 1] or open_now == 1:
            break
        open_now -= 1
    return limits(weeks, alpha / open_now, missed)[week - 1]


def _estimate(data: Panel, days: int) -> Contrasts:
    ratio = data.plan.ratio
    results = data.of(ratio.result, days) if ratio.counts_results else None
    return contrasts(data.of(ratio.good, days), data.of(ratio.base, days), results)


def _look_of(cell: str, index: int, taken: _Taken) -> Look:
    theta, z = float(taken.estimate.theta[index]), float(taken.estimate.z[index])
    half = half_width(float(taken.estimate.se[index]), taken.estimate.df, float(ndtr(-taken.boundary)))
    crossed = z >= taken.boundary
    return Look(cell, taken.week, theta, theta - half, theta + half, z, taken.boundary, crossed)


def _winner(plan: ExperimentPlan, better: Mapping[str, bool], estimate: Contrasts) -> str | None:
    """The best of the cells that beat the control; the control once it has beaten them all."""
    thetas = dict(zip(plan.order[1:], estimate.theta.tolist(), strict=True))
    ahead = [cell for cell, is_better in better.items() if is_better]
    if ahead:
        return max(ahead, key=thetas.__getitem__)
    return plan.control if len(better) == len(plan.cells) - 1 else None


def _decided(data: Panel, course: _Course, name: str) -> Readout:
    effects = _effects(data.plan, course)
    words = verdict.winner(data.plan, name, effects, course.weeks)
    return _readout(data, course, "winner", words, course.checks, effects, 7 * course.weeks)


def _undecided(data: Panel, course: _Course, edits: Sequence[Edit], through: date) -> Readout:
    plan, settled = data.plan, data.plan.settled_days(through)
    days = 7 * course.weeks or settled
    found = checks(data, edits, days, min(through, plan.end), through)
    effects = _effects(plan, course)
    progress = _progress(data, course, settled)
    status: Status
    if not valid(found):
        status, words = "invalid", verdict.invalid(found)
    elif course.weeks < plan.weeks:
        status, words = "running", verdict.running(plan, course.weeks, progress)
    elif len(effects) == len(plan.cells) - 1 and all(_within(effect, plan) for effect in effects):
        status, words = "no_difference", verdict.no_difference(plan)
    else:
        status, words = "not_enough_data", verdict.not_enough(plan, progress)
    return _readout(data, course, status, words, found, effects, days, progress)


def _within(effect: Effect, plan: ExperimentPlan) -> bool:
    return max(map(abs, effect.relative_ci)) <= plan.minimum_effect


def _effects(plan: ExperimentPlan, course: _Course) -> tuple[Effect, ...]:
    """A cell without an estimate (no value at all, no variation) has no effect rather than a made-up one."""
    if course.last is None:
        return ()
    last = course.last
    adjusted = holm(np.nan_to_num(last.estimate.p, nan=1.0))
    looks = [look for look in course.looks if look.week == last.week]
    return tuple(
        _effect(plan, last, index, look, float(adjusted[index]))
        for index, look in enumerate(looks)
        if not math.isnan(last.estimate.p[index])
    )


def _effect(plan: ExperimentPlan, taken: _Taken, index: int, look: Look, p_holm: float) -> Effect:
    estimate, ratio = taken.estimate, plan.ratio
    se, theta = float(estimate.se[index]), look.theta
    half = half_width(se, estimate.df, plan.alpha / 2)
    without = estimate.without[index]
    biggest = int(np.argmax(np.abs(without - theta)))

    def ends(low: float, high: float) -> tuple[float, float]:
        first, second = sorted((verdict.relative(low, ratio), verdict.relative(high, ratio)))
        return first, second

    return Effect(
        cell=look.cell,
        theta=theta,
        se=se,
        se_jackknife=float(estimate.se_jackknife[index]),
        df=estimate.df,
        ci=(theta - half, theta + half),
        p=float(estimate.p[index]),
        p_holm=p_holm,
        relative=verdict.relative(theta, ratio),
        relative_ci=ends(theta - half, theta + half),
        relative_range=ends(look.low, look.high),
        biggest_day=plan.day(biggest),
        relative_without_biggest_day=verdict.relative(float(without[biggest]), ratio),
    )


def _progress(data: Panel, course: _Course, settled: int) -> Progress | None:
    """How far the test is from what its minimum effect needs: by the error measured so far, else by the
    usual overdispersion."""
    plan = data.plan
    results = float(data.results(settled).min()) if settled else 0.0
    if results == 0:
        return None
    comparisons = len(plan.cells) - 1
    needed = results_needed(plan.minimum_effect, alpha=plan.alpha, power=_POWER, comparisons=comparisons)
    if course.last is not None and not np.isnan(course.last.estimate.p).any():
        quantiles = limits(plan.weeks, plan.alpha / comparisons)[-1] + float(ndtri(_POWER))
        worst = float(course.last.estimate.se.max()) * quantiles / math.log1p(plan.minimum_effect)
        needed = worst**2 * float(data.results(7 * course.last.week).min())
    return Progress(results, math.ceil(needed), max(0, math.ceil(settled * (needed / results - 1))))


def _silent(plan: ExperimentPlan, status: Status, words: verdict.Words) -> Readout:
    return Readout(plan.key, status, None, None, 0, None, (), (), (), (), None, *words, *verdict.scope(plan))


def _readout(
    data: Panel,
    course: _Course,
    status: Status,
    words: verdict.Words,
    found: tuple[Check, ...],
    effects: tuple[Effect, ...],
    days: int,
    progress: Progress | None = None,
) -> Readout:
    plan = data.plan
    return Readout(
        key=plan.key,
        status=status,
        winner=course.winner,
        decided_week=course.weeks if course.winner else None,
        weeks_completed=course.weeks,
        window=(plan.start, plan.day(days - 1)) if days else None,
        checks=found,
        looks=course.looks,
        effects=effects,
        totals=data.totals(days),
        progress=progress,
        sentence_tr=words[0],
        sentence_en=words[1],
        scope_tr=verdict.scope(plan)[0],
        scope_en=verdict.scope(plan)[1],
    )
