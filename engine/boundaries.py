"""Decision limits for weekly looks: O'Brien-Fleming, and Lan-DeMets spending once a look was missed.

Sources: O'Brien & Fleming, Biometrics 35 (1979) 549; Lan & DeMets, Biometrika 70 (1983) 659; the recursion
over looks is Armitage, McPherson & Rowe, JRSS A 132 (1969) 235. A look is a standard normal z at information
time k/K; increments between looks are independent. All limits are two-sided: a look crosses when |z| >=
limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(80)
_FAR = 9.0  # standard deviations that stand for "no limit at this look"
_BISECTIONS = 45


def exit_probabilities(limits: Sequence[float], times: Sequence[float], drift: float = 0.0) -> list[float]:
    """Probability that each look is the first to cross its limit; `drift` is the expected z of the last look.

    `times` are information fractions, strictly increasing; an infinite limit is a look nobody took.
    """
    exits: list[float] = []
    density: NDArray[np.float64] | None = None
    nodes = np.zeros(1)
    weights = np.ones(1)
    before = 0.0
    for limit, time in zip(limits, times, strict=True):
        sd = math.sqrt(time - before)
        mass = weights if density is None else weights * density
        edge = limit * math.sqrt(time)
        ahead = nodes + drift * (time - before)
        outside = ndtr((ahead - edge) / sd) + ndtr((-edge - ahead) / sd)
        exits.append(float(mass @ outside))
        inside = min(limit, _FAR) * math.sqrt(time)
        grid = inside * _NODES
        kernel = np.exp(-0.5 * ((grid[:, None] - ahead[None, :]) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
        density, nodes, weights, before = kernel @ mass, grid, inside * _WEIGHTS, time
    return exits


def _falling_root(function: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2


@lru_cache(maxsize=256)
def obrien_fleming(looks: int, alpha: float) -> float:
    """The constant C(K): look k of K crosses when |z| >= C * sqrt(K / k)."""
    times = [k / looks for k in range(1, looks + 1)]

    def excess(constant: float) -> float:
        return sum(exit_probabilities([constant / math.sqrt(t) for t in times], times)) - alpha

    return _falling_root(excess, 0.5, 12.0)


def spent_by(time: float, alpha: float) -> float:
    """Two-sided error that the O'Brien-Fleming type spending function allows up to an information time."""
    return float(4 * ndtr(ndtri(alpha / 4) / math.sqrt(time)))


@lru_cache(maxsize=1024)
def limits(looks: int, alpha: float, missed: frozenset[int] = frozenset()) -> tuple[float, ...]:
    """Limits of looks 1..K; infinite where the look was missed.

    Up to the first missed look these are O'Brien-Fleming's, so that a limit once used never changes in
    retrospect; after it each look spends what the Lan-DeMets function allows by then and is not yet spent.
    """
    constant = obrien_fleming(looks, alpha)
    first_missed = min(missed, default=looks + 1)
    found: list[float] = []
    for look in range(1, looks + 1):
        if look in missed:
            found.append(math.inf)
        elif look < first_missed:
            found.append(constant * math.sqrt(looks / look))
        else:
            found.append(_spending_limit(found, look, looks, alpha))
    return tuple(found)


def _spending_limit(found: Sequence[float], look: int, looks: int, alpha: float) -> float:
    times = [k / looks for k in range(1, look + 1)]
    spent = sum(exit_probabilities(found, times[:-1]))
    allowed = spent_by(times[-1], alpha) - spent
    if allowed <= 1e-12:
        return math.inf
    return _falling_root(lambda z: exit_probabilities([*found, z], times)[-1] - allowed, 0.5, _FAR)
