"""The statistic of an experiment: a paired delete-one-day jackknife of the log ratio of sums, cell against
control.

    theta     = ln(G_cell / B_cell) - ln(G_control / B_control)
    theta_(d) = the same without day d
    se^2      = (D-1)/D * sum_d (theta_(d) - mean)^2,  t with D-1 degrees of freedom

G and B are sums over D days of the metric's good and base field (conversions and spend for a CPA).

Both cells lose the same day together, so whatever a day does to both (weather, a holiday) cancels. Sources:
Efron & Stein, Annals of Statistics 9 (1981) 586; Google Ads judges its own experiments by a jackknife over
buckets, two-tailed at 95 %. For metrics that count results the error is floored at Poisson's, sqrt(1/N_cell +
1/N_control): a few calm days can otherwise promise more than so few results can hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

Array = NDArray[np.float64]
_LEAST_RESULTS = 0.5  # stands for zero results, as a log needs something


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Every cell against the control; arrays [..., cells-1], `without` [..., cells-1, days] holds theta
    without each day.

    Where an estimate is impossible (no money, no value, no variation at all) theta or p is NaN, never a
    number.
    """

    theta: Array
    se: Array
    se_jackknife: Array
    p: Array
    z: Array
    without: Array
    df: int


def contrasts(good: Array, base: Array, results: Array | None = None) -> Contrasts:
    """Compare cells [..., cells, days] with the first cell, which is the control.

    `results`, when given, are the counted results of each cell and day, and floor the error; they may be one
    of the two fields.
    """
    days = good.shape[-1]
    least = 0.0 if results is None else _LEAST_RESULTS
    whole_good, whole_base = good.sum(-1, keepdims=True), base.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = _log_ratio(whole_good, whole_base, least)[..., 0]
        left = _log_ratio(whole_good - good, whole_base - base, least)
        theta = whole[..., 1:] - whole[..., :1]
        without = left[..., 1:, :] - left[..., :1, :]
        centred = without - without.mean(-1, keepdims=True)
        se_jackknife = np.sqrt((days - 1) / days * (centred**2).sum(-1))
        se = se_jackknife if results is None else np.maximum(se_jackknife, _counting_error(results))
        p = 2 * stdtr(days - 1, -np.abs(theta / np.where(se > 0, se, np.nan)))
        z = -ndtri(np.maximum(p, 1e-300) / 2)
    return Contrasts(theta, se, se_jackknife, p, z, without, days - 1)


def _log_ratio(good: Array, base: Array, least: float) -> Array:
    ratio: Array = np.log(np.maximum(good, least)) - np.log(base)
    return np.where(np.isfinite(ratio), ratio, np.nan)


def _counting_error(results: Array) -> Array:
    inverse: Array = 1 / np.maximum(results.sum(-1), _LEAST_RESULTS)
    floor: Array = np.sqrt(inverse[..., 1:] + inverse[..., :1])
    return floor


def half_width(se: float, df: int, tail: float) -> float:
    """Half the width of the interval that leaves `tail` on each side under t with `df` degrees of freedom."""
    return se * -float(stdtrit(df, tail))


def holm(p: Array) -> Array:
    """Holm's step-down adjusted p over the last axis (Scandinavian Journal of Statistics 6 (1979) 65)."""
    order = np.argsort(p, axis=-1)
    count = p.shape[-1]
    steps = np.take_along_axis(p, order, -1) * (count - np.arange(count))
    adjusted = np.minimum(np.maximum.accumulate(steps, axis=-1), 1.0)
    result: Array = np.empty_like(p)
    np.put_along_axis(result, order, adjusted, -1)
    return result
