"""Proposes how to move daily budget between ad sets: a concave response curve each, filled like water to one
price.

    results of ad set k at s a day ~ Poisson(a_k * s^0.6);  a_k has a gamma posterior over discounted days
    maximise sum_k a_k * s_k^0.6  with  sum_k s_k fixed  and  low_k <= s_k <= high_k

The exponent is fixed: it cannot be learnt from nearly constant budgets, and 0.4 to 0.8 moves the simulated
result by less than 2.5 points. The step cap matters more than the model (figures: docs/experiments.md). The
result is a proposal for a person to approve. Ad sets in a running experiment or in learning are not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.wording import money, number, percent
from schemas.errors import KampanyaError

Array = NDArray[np.float64]
Frozen = Literal["experiment", "learning"]

EXPONENT = 0.6
DISCOUNT = 0.97
PRIOR_RESULTS = 3.0  # the pooled rate counts as much as this many results of the ad set's own
STEP = Decimal("0.20")
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class SpendDay:
    """A settled day of one ad set: spend in account currency major units, and the results it is to be
    judged by."""

    day: date
    spend: Decimal | float
    results: float


@dataclass(frozen=True, slots=True)
class AdSetBudget:
    """An ad set whose own daily budget may be moved; `frozen` says why it may not. Major units of one
    currency."""

    key: str
    daily: Decimal
    history: tuple[SpendDay, ...]
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    frozen: Frozen | None = None
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    key: str
    before: Decimal
    after: Decimal
    reason_tr: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Every ad set's daily budget before and after; `unplaced` is what limits kept from being given out
    (or taken: negative)."""

    moves: tuple[Move, ...]
    unplaced: Decimal
    warnings: tuple[tuple[str, str], ...]  # Turkish, English


def propose(
    ad_sets: Sequence[AdSetBudget],
    through: date,
    *,
    total: Decimal | None = None,
    step: Decimal = STEP,
    minor: Decimal = Decimal("0.01"),
    currency: str = "",
) -> Proposal:
    """Propose daily budgets that sum to `total` (default: to what they sum to now), each within `step` of
    today's.

    `through` is the last settled day; later days are left out. Where a minimum or maximum contradicts the
    step, the step wins: the budget moves towards it. Raises KampanyaError for a repeated key or a budget not
    above zero.
    """
    _refuse_contradictions(ad_sets)
    free = [each for each in ad_sets if each.frozen is None]
    before = sum((each.daily for each in ad_sets), Decimal(0))
    kept = sum((each.daily for each in ad_sets if each.frozen), Decimal(0))
    pot = (before if total is None else total) - kept
    after, rates = _fill(free, through, pot, step, minor)
    moves = tuple(
        _move(each, after.get(each.key, each.daily), rates.get(each.key), currency) for each in ad_sets
    )
    unplaced = pot - sum(after.values(), Decimal(0))
    return Proposal(moves, unplaced, _warnings(free, unplaced, currency))


def _refuse_contradictions(ad_sets: Sequence[AdSetBudget]) -> None:
    keys = [each.key for each in ad_sets]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    idle = [each.key for each in ad_sets if each.daily <= 0]
    torn = [each.key for each in ad_sets if each.maximum is not None and each.minimum > each.maximum]
    if repeated or idle or torn:
        names = {"repeated": repeated, "without a daily budget": idle, "minimum above maximum": torn}
        detail = "; ".join(f"{what}: {', '.join(keys)}" for what, keys in names.items() if keys)
        fix = "Pass each ad set once, with its daily budget and limits that agree."
        raise KampanyaError("Budgets cannot be allocated", detail, fix)


def _fill(
    free: Sequence[AdSetBudget], through: date, pot: Decimal, step: Decimal, minor: Decimal
) -> tuple[dict[str, Decimal], dict[str, float]]:
    if not free:
        return {}, {}
    bounds = [_bounds(each, step, minor) for each in free]
    rates = response_rates(*_discounted(free, through))
    low, high = (np.array([float(pair[side]) for pair in bounds]) for side in (0, 1))
    ideal = water_fill(rates, low, high, float(pot))
    whole = [_round(value, pair, minor) for value, pair in zip(ideal.tolist(), bounds, strict=True)]
    whole = _settle_rest(whole, bounds, pot, minor)
    keys = [each.key for each in free]
    return dict(zip(keys, whole, strict=True)), dict(zip(keys, rates.tolist(), strict=True))


def _bounds(each: AdSetBudget, step: Decimal, minor: Decimal) -> tuple[Decimal, Decimal]:
    reach_low = (each.daily * (1 - step)).quantize(minor, ROUND_CEILING)
    reach_high = (each.daily * (1 + step)).quantize(minor, ROUND_FLOOR)
    if reach_low > reach_high:
        return each.daily, each.daily
    maximum = reach_high if each.maximum is None else each.maximum
    low = min(max(each.minimum, reach_low), reach_high)
    return low, max(min(maximum, reach_high), low)


def _discounted(free: Sequence[AdSetBudget], through: date) -> tuple[Array, Array]:
    """Discounted results and discounted sum of spend^0.6 per ad set: the sufficient statistics of a_k."""
    results, exposure = np.zeros(len(free)), np.zeros(len(free))
    for index, each in enumerate(free):
        for day in each.history:
            if day.day <= through:
                weight = DISCOUNT ** (through - day.day).days
                results[index] += weight * day.results
                exposure[index] += weight * float(day.spend) ** EXPONENT
    return results, exposure


def response_rates(results: Array, exposure: Array) -> Array:
    """Posterior means of a_k [..., ad sets] under a gamma prior centred on the pooled rate; all equal
    where nothing is known."""
    seen = np.maximum(results.sum(-1, keepdims=True), 0.5)
    pooled = seen / np.maximum(exposure.sum(-1, keepdims=True), 1e-9)
    rates: Array = (results + PRIOR_RESULTS) / (exposure + PRIOR_RESULTS / pooled)
    return rates


def water_fill(rates: Array, low: Array, high: Array, total: float | Array) -> Array:
    """Spend [..., ad sets] that maximises sum(rates * spend^0.6) between `low` and `high`, summing to `total`
    where they allow.

    At the optimum every ad set strictly within its limits has the same marginal result per unit of money (the
    price), so spend is a clipped power of the price, and the price is found by bisection on its logarithm.
    """
    appetite = (EXPONENT * rates) ** (1 / (1 - EXPONENT))
    target = np.broadcast_to(np.asarray(total, dtype=np.float64)[..., None], (*rates.shape[:-1], 1))
    logs = np.log(appetite)
    with np.errstate(divide="ignore"):
        top = (logs.max(-1, keepdims=True) - np.log(np.maximum(low.min(-1, keepdims=True), 1e-9))) + 1
        bottom = (logs.min(-1, keepdims=True) - np.log(high.max(-1, keepdims=True))) - 1
    for _ in range(_BISECTIONS):
        price = (top + bottom) / 2
        spent = np.clip(np.exp(logs - price), low, high).sum(-1, keepdims=True)
        bottom, top = np.where(spent > target, price, bottom), np.where(spent > target, top, price)
    filled: Array = np.clip(np.exp(logs - top), low, high)
    return filled


def _round(value: float, bounds: tuple[Decimal, Decimal], minor: Decimal) -> Decimal:
    return min(max(Decimal(repr(value)).quantize(minor, ROUND_HALF_EVEN), bounds[0]), bounds[1])


def _settle_rest(
    whole: Sequence[Decimal], bounds: Sequence[tuple[Decimal, Decimal]], pot: Decimal, minor: Decimal
) -> list[Decimal]:
    """Give, or take, the minor units that rounding left over where there is still room, one after another."""
    rest = (pot - sum(whole, Decimal(0))).quantize(minor, ROUND_DOWN)
    settled = []
    for value, (low, high) in zip(whole, bounds, strict=True):
        extra = min(max(rest, low - value), high - value)
        settled.append(value + extra)
        rest -= extra
    return settled


_FROZEN_WORDS: dict[Frozen, tuple[str, str]] = {
    "experiment": ("Süren bir testin hücresi: dokunulmaz.", "A cell of a running experiment: not touched."),
    "learning": ("Öğrenme aşamasında: dokunulmaz.", "In its learning phase: not touched."),
}


def _move(each: AdSetBudget, after: Decimal, rate: float | None, currency: str) -> Move:
    if each.frozen is not None:
        return Move(each.key, each.daily, each.daily, *_FROZEN_WORDS[each.frozen])
    if after == each.daily or rate is None:
        return Move(each.key, each.daily, after, "Olduğu gibi kalır.", "Stays as it is.")
    gain = rate * (float(after) ** EXPONENT - float(each.daily) ** EXPONENT) * 7
    change = float(after / each.daily) - 1
    way_tr, way_en = ("artış", "up") if change > 0 else ("azalış", "down")
    more_tr, more_en = ("fazla", "more") if gain > 0 else ("az", "fewer")
    marginal = money(1 / (rate * EXPONENT * float(each.daily) ** (EXPONENT - 1)), currency, "tr")
    marginal_en = money(1 / (rate * EXPONENT * float(each.daily) ** (EXPONENT - 1)), currency, "en")
    return Move(
        each.key,
        each.daily,
        after,
        f"Bir sonraki sonuç burada yaklaşık {marginal}; {percent(change, 'tr')} {way_tr},"
        f" haftada yaklaşık {number(abs(gain), 'tr')} sonuç {more_tr}.",
        f"The next result costs about {marginal_en} here; {percent(change, 'en')} {way_en},"
        f" about {number(abs(gain), 'en')} {more_en} results a week.",
    )


def _warnings(free: Sequence[AdSetBudget], unplaced: Decimal, currency: str) -> tuple[tuple[str, str], ...]:
    found = []
    settings = sorted({each.attribution for each in free})
    if len(settings) > 1:
        found.append(
            (
                f"Atıf ayarları farklı ({', '.join(settings)}): sonuçlar birebir karşılaştırılamaz.",
                f"Attribution differs ({', '.join(settings)}): results are not directly comparable.",
            )
        )
    if unplaced:
        size_tr, size_en = money(abs(unplaced), currency, "tr"), money(abs(unplaced), currency, "en")
        found.append(
            (
                f"Sınırlar yüzünden günde {size_tr} {'dağıtılamadı' if unplaced > 0 else 'fazla kaldı'}.",
                f"Limits left {size_en} a day {'unplaced' if unplaced > 0 else 'too much'}.",
            )
        )
    return tuple(found)
