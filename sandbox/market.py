"""Simulated delivery of one day: what a seed, a date and the running ads make of budgets, purely."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Line:
    """One ad that may deliver that day; lines with the same budget_id share its daily budget."""

    platform: str
    account: str
    ad_id: str
    ad_set_id: str
    campaign_id: str
    budget_id: str
    daily_budget_micros: int
    name: str  # "campaign/ad set/ad", the names people gave on the platform
    format: str = "feed"  # feed | search | mixed
    audience_size: int = 1_000_000
    wants: str = "purchase"  # a key of WANTS
    currency: str = "TRY"
    warmth: float = 1.0  # how much likelier these people are to convert than strangers
    # What restarts the learning phase of its ad set when it changes, beside its budget and its ads.
    settings: str = ""
    creative: str = ""  # the id of what the ad shows
    lifetime_budget_micros: int = 0  # where the day's budget follows from it
    # What the past makes of it (history.py), where the world has learning, fatigue and views switched on.
    learning: bool = False
    frequency: float = 1.0  # how often the people whom it reaches have been shown its ad set in 28 days
    views: bool = False


@dataclass(frozen=True)
class Effect:
    """A true difference of the ads whose name matches the glob; factors of several matching effects multiply.

    ctr also divides the cost of a click (impressions are what is bought); cost is the price of an impression.
    """

    match: str
    ctr: float = 1.0
    conversion_rate: float = 1.0
    cost: float = 1.0
    value: float = 1.0


@dataclass(frozen=True)
class Conversion:
    """Conversions of one action that arrive lag_days after the click; value is their sum.

    Those of people who saw an ad and did not click have their action's name with BY_VIEW behind it, and
    arrive lag_days after the view.
    """

    action: str
    lag_days: int
    count: int
    value_micros: int


@dataclass(frozen=True)
class Delivery:
    """What one ad did on one day; spend and values are multiples of the currency's minor unit."""

    ad_id: str
    impressions: int
    clicks: int
    reach: int
    spend_micros: int
    visits: int
    carts: int
    conversions: tuple[Conversion, ...]


@dataclass(frozen=True)
class Goal:
    """How a platform's optimisation bends the base rates, and which conversion it brings."""

    ctr: float
    cost: float
    action: str
    conversion_rate: float  # of visits


# All figures of this file are choices of a believable size, not measurements.
WANTS = {
    "purchase": Goal(1.0, 1.0, "purchase", 0.030),
    "lead": Goal(1.0, 1.0, "lead", 0.060),
    "install": Goal(1.0, 1.0, "install", 0.080),
    "visit": Goal(1.1, 0.85, "purchase", 0.020),
    "click": Goal(1.25, 0.85, "purchase", 0.016),
    "engagement": Goal(1.1, 0.7, "purchase", 0.012),
    "impression": Goal(0.5, 0.45, "purchase", 0.020),
}
CTR = {"feed": 0.012, "search": 0.055, "mixed": 0.02}
CLICK_USD = {
    "feed": 0.12,
    "search": 0.16,
    "mixed": 0.14,
}  # at the base rates; cost of an impression = click cost × CTR
ORDER_USD = 9.0  # median basket
PER_USD = {  # rough, fixed; only sizes matter
    "TRY": 42.0, "USD": 1.0, "EUR": 0.9, "GBP": 0.78, "JPY": 150.0, "KRW": 1400.0, "HUF": 350.0,
    "IDR": 16000.0, "INR": 88.0, "BRL": 5.4, "MXN": 18.5, "PLN": 3.7, "SEK": 9.6, "AED": 3.67,
    "TWD": 32.0, "COP": 4000.0, "CLP": 950.0, "VND": 26000.0,
}  # fmt: skip
WHOLE_UNITS = {"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"}
MAX_DAY = {
    "meta": 1.75,
    "google": 2.0,
}  # Meta help 190490051321426; Google Ads help 2375423
WEEK = 7 * 0.985  # budgets a Sunday–Saturday week spends at most
WEEKDAY = (1.06, 0.94, 0.93, 0.95, 0.98, 1.08, 1.06)  # Sunday first
DAY_SHOCK, AD_NOISE, SPEND_NOISE, SHARE_NOISE, BASKET_NOISE = 0.10, 0.12, 0.13, 0.25, 0.5
CROWDED_USD = 0.002  # a day and person of the audience, at which impressions cost 1.4 times as much
VISIT_SHARE, CART_SHARE = 0.82, 0.11
SAME_DAY, LAST_DAY = 0.70, 28
# While it learns an ad set is dearer, converts less and varies more.
LEARNING_COST, LEARNING_CONVERSION, LEARNING_NOISE = 1.25, 0.9, 2.0
# Each further time that people see an ad set's ads, the part of them that still clicks.
FRESH_UNTIL, TIRING, TIRED = 2.0, 0.90, 0.35
BY_VIEW = "_by_view"
VIEWERS = 0.15  # conversions by view for each one by click that is to be expected; none from search
VIEW_NEXT_DAY = 0.25  # of them, the day after
_tail = 0.80 ** np.arange(LAST_DAY)
LAG = np.concatenate([[SAME_DAY], (1 - SAME_DAY) * _tail / _tail.sum()])


def minor_micros(currency: str) -> int:
    """Micros in the smallest unit in which Meta's currency table reports an amount."""
    return 1_000_000 if currency in WHOLE_UNITS else 10_000


def simulate(seed: int, day: date, lines: Iterable[Line], effects: Sequence[Effect] = ()) -> list[Delivery]:
    """Deliveries in the order of the lines; ads that bought nothing are left out.

    Randomness hangs on seed, platform, names and day alone: ids and order do not change the numbers. Ads with
    the same settings have the same expectation: only an Effect makes one truly better than another.
    """
    ordered = list(lines)
    spends = _spends(seed, day, ordered)
    seen: dict[str, int] = defaultdict(int)
    made = []
    for line, spend in zip(ordered, spends, strict=True):
        key = f"{line.platform}|{line.name}|{seen[line.name]}"
        seen[line.name] += 1
        delivery = _deliver(seed, day, key, line, spend, effects)
        if delivery.impressions:
            made.append(delivery)
    return made


def _rng(*key: object) -> np.random.Generator:
    digest = hashlib.blake2b("|".join(map(str, key)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def _spends(seed: int, day: date, lines: Sequence[Line]) -> list[int]:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, line in enumerate(lines):
        groups[line.platform, line.budget_id].append(position)
    spends = [0] * len(lines)
    seen: dict[str, int] = defaultdict(int)
    for (platform, _), positions in groups.items():
        name = f"{platform}|{_shared_path([lines[p].name for p in positions])}"
        key = f"{name}|{seen[name]}"
        seen[name] += 1
        budget = lines[positions[0]].daily_budget_micros
        total = budget * _day_share(seed, platform, key, day)
        for position, spend in zip(positions, _split(seed, key, day, total, lines, positions), strict=True):
            spends[position] = spend
    return spends


def _shared_path(names: Sequence[str]) -> str:
    """The campaign or "campaign/ad set" that all these ads hang under: it stays when an ad is added."""
    paths = [name.split("/")[:-1] for name in names]
    shared = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)


def _day_share(seed: int, platform: str, key: str, day: date) -> float:
    """Of the daily budget: some days over, at most MAX_DAY; a Sunday–Saturday week at most WEEK."""
    weekday = (day.weekday() + 1) % 7
    sunday = day - timedelta(days=weekday)
    noise = np.exp(_rng(seed, "week", key, sunday).normal(0.0, SPEND_NOISE, 7))
    shares = np.array(WEEKDAY) * noise
    shares = shares * (WEEK / max(shares.sum(), 7.0))
    return float(min(shares[weekday], MAX_DAY.get(platform, 1.75)))


def _split(
    seed: int, key: str, day: date, total: float, lines: Sequence[Line], positions: Sequence[int]
) -> list[int]:
    weights = {}
    seen: dict[str, int] = defaultdict(int)
    for position in positions:
        name = lines[position].name
        draw = _rng(seed, "share", key, name, seen[name], day).normal(0.0, SHARE_NOISE)
        seen[name] += 1
        weights[position] = math.exp(draw)
    unit = minor_micros(lines[positions[0]].currency)
    scale = total / math.fsum(sorted(weights.values()))
    return [int(weights[position] * scale) // unit * unit for position in positions]


def _deliver(seed: int, day: date, key: str, line: Line, spend: int, effects: Sequence[Effect]) -> Delivery:
    goal = WANTS.get(line.wants, WANTS["purchase"])
    effect = _combined(line.name, effects)
    rng = _rng(seed, "ad", key, day)
    noise = rng.normal(0.0, AD_NOISE, 2) * (LEARNING_NOISE if line.learning else 1.0)
    shock = _rng(seed, "day", line.platform, day).normal(0.0, DAY_SHOCK)
    rate = PER_USD.get(line.currency, 1.0)
    crowding = math.sqrt(1 + spend / (rate * 1e6 * CROWDED_USD * max(line.audience_size, 1000)))
    price = CLICK_USD[line.format] * rate * 1e6 * CTR[line.format] * goal.cost * effect.cost * crowding
    price *= LEARNING_COST if line.learning else 1.0
    impressions = int(rng.poisson(spend / (price * math.exp(shock + noise[0])))) if spend else 0
    ctr = min(CTR[line.format] * goal.ctr * effect.ctr * fatigue(line.frequency) * math.exp(noise[1]), 0.9)
    clicks = int(rng.binomial(impressions, ctr))
    visits = int(rng.binomial(clicks, VISIT_SHARE))
    carts = int(rng.binomial(visits, CART_SHARE))
    converting = goal.conversion_rate * effect.conversion_rate * line.warmth
    converting *= LEARNING_CONVERSION if line.learning else 1.0
    bought = int(rng.binomial(carts, min(converting / CART_SHARE, 0.95)))
    return Delivery(
        line.ad_id,
        impressions,
        clicks,
        _reach(impressions, line.audience_size),
        spend if impressions else 0,
        visits,
        carts,
        _conversions(rng, bought, goal.action, effect.value, line.currency)
        + _by_view(seed, day, key, line, visits * converting, goal.action, effect.value),
    )


def fatigue(frequency: float) -> float:
    """What is left of the CTR among people who were shown the ad set's ads so many times on average."""
    return max(TIRED, math.pow(TIRING, max(0.0, frequency - FRESH_UNTIL)))


def _by_view(
    seed: int, day: date, key: str, line: Line, expected: float, action: str, value: float
) -> tuple[Conversion, ...]:
    """Conversions without a click, by draws of their own: whoever clicks does not change with them."""
    if not line.views or line.format == "search":
        return ()
    rng = _rng(seed, "view", key, day)
    seen = int(rng.poisson(expected * VIEWERS))
    lags = np.where(rng.random(seen) < VIEW_NEXT_DAY, 1, 0)
    return _booked(rng, lags, action, value, line.currency, BY_VIEW)


def _combined(name: str, effects: Sequence[Effect]) -> Effect:
    ctr = conversion_rate = cost = value = 1.0
    for effect in effects:
        if fnmatchcase(name, effect.match):
            ctr *= effect.ctr
            conversion_rate *= effect.conversion_rate
            cost *= effect.cost
            value *= effect.value
    return Effect(name, ctr, conversion_rate, cost, value)


def _reach(impressions: int, audience: int) -> int:
    """People met at least once when impressions fall evenly on a seventh of the audience."""
    if not impressions:
        return 0
    online = max(audience / 7, 1.0)
    return max(1, min(impressions, int(online * -math.expm1(-impressions / 1.12 / online))))


def _conversions(
    rng: np.random.Generator, bought: int, action: str, value: float, currency: str
) -> tuple[Conversion, ...]:
    return (
        _booked(rng, rng.choice(LAST_DAY + 1, size=bought, p=LAG), action, value, currency) if bought else ()
    )


def _booked(
    rng: np.random.Generator, lags: Any, action: str, value: float, currency: str, suffix: str = ""
) -> tuple[Conversion, ...]:
    """One conversion a lag of the array, each with a basket of its own."""
    unit = minor_micros(currency)
    median = ORDER_USD * PER_USD.get(currency, 1.0) * value * 1e6 if action == "purchase" else 0.0
    baskets = (median * np.exp(rng.normal(0.0, BASKET_NOISE, len(lags))) // unit * unit).astype(np.int64)
    return tuple(
        Conversion(action + suffix, int(lag), int((lags == lag).sum()), int(baskets[lags == lag].sum()))
        for lag in np.unique(lags)
    )
