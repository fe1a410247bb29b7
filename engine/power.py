"""How large a budget-split test has to be, and what the declared one can see.

    needed in the control cell = phi * (z_{1-alpha/2m} + z_power)^2 * (1 + 1/(1+d)) / ln(1+d)^2
    power = P(noncentral t(days-1, ln(1+d) / sqrt(phi * (1/N + 1/(N(1+d))))) > boundary of the last look)
            + P(an earlier look crosses and the last does not), under the normal

d is the minimum effect, m the number of comparisons, phi the overdispersion: variance of daily results over
their mean. Source: two-sample Poisson rates on the log scale (Gu, Ng, Tang & Schucany, Biometrical Journal 50
(2008) 283) times phi; measured in docs/evidence/experiment.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import count

from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from engine.boundaries import exit_probabilities, limits
from engine.metric import METRICS, Ratio
from engine.wording import money, number, percent
from schemas.errors import KampanyaError

DEFAULT_PHI = 1.5
_CERTAIN = 12.0  # noncentrality beyond which power is 1 to any digit shown
_NEVER_CERTAIN = 0.99
_LONGEST = 52  # weeks; beyond it the boundary no longer matters, nor does anybody wait


@dataclass(frozen=True, slots=True)
class Size:
    """A declared test and what its minimum effect needs; per cell, spend in account currency major units."""

    metric: Ratio
    minimum_effect: float
    weeks: int
    results_needed: int
    weeks_needed: int
    spend_needed: Decimal
    results_expected: float
    power: float
    power_wanted: float
    currency: str

    @property
    def enough(self) -> bool:
        return self.power >= self.power_wanted

    @property
    def days_needed(self) -> int:
        return 7 * self.weeks_needed

    @property
    def sentence_tr(self) -> str:
        effect, power = percent(self.minimum_effect, "tr"), percent(min(self.power, _NEVER_CERTAIN), "tr")
        expected = f"{number(self.results_expected, 'tr')} {self.metric.result_tr}"
        if self.enough:
            return (
                f"Bütçe yeterli: {self.weeks} haftada hücre başına yaklaşık {expected} beklenir;"
                f" {effect} büyüklüğünde gerçek bir fark {power} olasılıkla görülür."
            )
        if self.results_expected >= self.results_needed:
            return (
                f"Test kısa: {expected} beklenir, ama {self.weeks} haftada {effect} büyüklüğünde bir fark"
                f" ancak {power} olasılıkla görülür; {self.weeks_needed} hafta sürmesi gerekir."
            )
        return (
            f"Bütçe küçük: {effect} büyüklüğünde bir farkı görmek için hücre başına yaklaşık"
            f" {number(self.results_needed, 'tr')} {self.metric.result_tr}"
            f" ({money(self.spend_needed, self.currency, 'tr')}, bu hızla {self.weeks_needed} hafta) gerekir;"
            f" planlanan {self.weeks} haftada {number(self.results_expected, 'tr')} beklenir ve böyle bir"
            f" fark ancak {power} olasılıkla görülür."
            " Testi uzatın, bütçeyi artırın ya da daha büyük bir fark arayın."
        )

    @property
    def sentence_en(self) -> str:
        effect, power = percent(self.minimum_effect, "en"), percent(min(self.power, _NEVER_CERTAIN), "en")
        expected = f"{number(self.results_expected, 'en')} {self.metric.result_en}"
        if self.enough:
            return (
                f"The budget is enough: about {expected} per cell are expected in {self.weeks} weeks;"
                f" a true difference of {effect} would be seen with probability {power}."
            )
        if self.results_expected >= self.results_needed:
            return (
                f"The test is too short: {expected} are expected, but in {self.weeks} weeks a difference of"
                f" {effect} would be seen with probability {power} only; run {self.weeks_needed} weeks."
            )
        return (
            f"The budget is too small: seeing a difference of {effect} needs about"
            f" {number(self.results_needed, 'en')} {self.metric.result_en} per cell"
            f" ({money(self.spend_needed, self.currency, 'en')}, {self.weeks_needed} weeks at this pace);"
            f" {number(self.results_expected, 'en')} are expected in the planned {self.weeks} weeks,"
            f" and such a difference would be seen with probability {power} only."
            " Run longer, raise the budget or look for a larger difference."
        )


def results_needed(
    minimum_effect: float,
    *,
    phi: float = DEFAULT_PHI,
    alpha: float = 0.05,
    power: float = 0.8,
    comparisons: int = 1,
) -> float:
    """Results that the control cell needs so that a relative effect of that size is seen with the given
    power."""
    quantiles = float(ndtri(1 - alpha / (2 * comparisons)) + ndtri(power))
    return phi * quantiles**2 * (1 + 1 / (1 + minimum_effect)) / math.log1p(minimum_effect) ** 2


def power_of(
    minimum_effect: float,
    results: float,
    weeks: int,
    *,
    phi: float = DEFAULT_PHI,
    alpha: float = 0.05,
    comparisons: int = 1,
) -> float:
    """Probability that a true effect of that size has crossed by the last weekly look, with `results` in
    the control cell."""
    error = math.sqrt(phi * (1 / results + 1 / (results * (1 + minimum_effect))))
    noncentrality = math.log1p(minimum_effect) / error
    if noncentrality > _CERTAIN:
        return 1.0
    freedom = 7 * weeks - 1
    weekly = limits(weeks, alpha / comparisons)
    at_the_end = 1 - float(nctdtr(freedom, noncentrality, -stdtrit(freedom, ndtr(-weekly[-1]))))
    crossings = exit_probabilities(weekly, [week / weeks for week in range(1, weeks + 1)], noncentrality)
    only_earlier = sum(crossings) - float(ndtr(noncentrality - weekly[-1]))
    return min(1.0, at_the_end + max(0.0, only_earlier))


def plan_size(
    metric: str | Ratio,
    cost_per_result: float | Decimal,
    daily_budget: float | Decimal,
    minimum_effect: float,
    weeks: int,
    *,
    phi: float = DEFAULT_PHI,
    day_noise: float = 0.0,
    value_cv: float = 1.0,
    alpha: float = 0.05,
    power: float = 0.8,
    cells: int = 2,
    currency: str = "",
) -> Size:
    """Size a test from what one result costs today (a click for CTR and CPC, a conversion for the rest) and a
    cell's daily budget.

    `day_noise` is the sd of a cell's own day-to-day swing (0.10 = 10 %): with it, money buys less and days
    buy more. `value_cv` (sd / mean of order values) counts only for metrics of value. Raises KampanyaError
    for amounts not above zero.
    """
    if min(cost_per_result, daily_budget, minimum_effect, weeks) <= 0 or cells < 2:
        given = (cost_per_result, daily_budget, minimum_effect, weeks, cells)
        detail = "cost {}, daily budget {}, effect {}, weeks {}, cells {}".format(*given)
        fix = "Give amounts above zero and at least two cells."
        raise KampanyaError("A test cannot be sized", detail, fix)
    ratio = metric if isinstance(metric, Ratio) else METRICS[metric]
    per_day = float(daily_budget) / float(cost_per_result)
    spread = phi + per_day * day_noise**2 + (0.0 if ratio.counts_results else value_cv**2)

    def reached(after: int) -> float:
        results = per_day * 7 * after
        return power_of(minimum_effect, results, after, phi=spread, alpha=alpha, comparisons=cells - 1)

    need = math.ceil(
        results_needed(minimum_effect, phi=spread, alpha=alpha, power=power, comparisons=cells - 1)
    )
    first = max(1, math.ceil(need / per_day / 7))
    return Size(
        metric=ratio,
        minimum_effect=minimum_effect,
        weeks=weeks,
        results_needed=need,
        weeks_needed=next(n for n in count(first) if n > _LONGEST or reached(n) >= power),
        spend_needed=(need * Decimal(str(cost_per_result))).quantize(Decimal("0.01"), ROUND_CEILING),
        results_expected=per_day * 7 * weeks,
        power=reached(weeks),
        power_wanted=power,
        currency=currency,
    )
