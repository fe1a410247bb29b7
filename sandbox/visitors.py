"""Who was on the website lately: the visitors that all platforms' ads brought, and what rules make of them.

There is one website, with Meta's pixel and Google's tag on each page: both see everybody, whoever's ad it
was. All of it follows from the ledger; the figures are choices of a believable size, not measurements.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

MATCHED = {"meta": 0.65, "google": 0.55}  # of a website's visitors, those whom the platform knows
VISITS_A_PERSON = 1.25
LONGEST = 540 + 28  # days that any rule looks back, and the latest conversion
MINIMUM = {  # people; fewer are not shown ads that are aimed at them alone
    "meta": 100,
    "google": 1000,  # Google Ads help 2472738, Search; active within 30 days
}
# The furthest that a visitor came → how much likelier than a stranger to buy when seen again.
WARMTH = {"visit": 1.6, "cart": 2.5, "conversion": 2.0}
# Of an ad set's conversions, those that recent customers would have brought anyway: up to WASTED, half of it
# once the platform knows this many of them.
WASTED, HALF_WASTED_AT = 0.12, 60
VISIT_EVENTS = frozenset({"PageView", "ViewContent"})
CART_EVENTS = frozenset({"AddToCart", "InitiateCheckout", "AddPaymentInfo"})
ACTIONS = {"Purchase": "purchase", "Lead": "lead", "CompleteRegistration": "lead"}


class Visits(Protocol):
    """The part of the ledger that tells of visitors, over all platforms."""

    def visits(self, since: date, until: date) -> list[tuple[date, int, int]]: ...

    def converted(self, since: date, until: date) -> list[tuple[date, date, str, int]]: ...


@dataclass(frozen=True)
class Rule:
    """People who did something in the `days` before today; `url`: on addresses that contain it."""

    event: str
    days: int
    url: str = ""


class Rules(Protocol):
    """Whatever says which part of a cohort is in."""

    def share(self, cohort: Cohort, today: date) -> float: ...


@dataclass(frozen=True)
class Membership:
    """A website audience: any of `include` (or every one of them), and none of `exclude`."""

    include: tuple[Rule, ...]
    exclude: tuple[Rule, ...] = ()
    every: bool = False

    def share(self, cohort: Cohort, today: date) -> float:
        """Which part of a cohort is in."""
        shares = [_share(rule, cohort, today) for rule in self.include]
        within = (min if self.every else max)(shares, default=0.0)
        return within * (1.0 - max((_share(rule, cohort, today) for rule in self.exclude), default=0.0))


@dataclass(frozen=True)
class Cohort:
    """People who visited on the same day and came equally far; `done` is when they did the last of it."""

    visited: date
    done: date
    furthest: str  # a key of WARMTH
    action: str  # the market's name of the conversion, or ""
    people: float


@dataclass(frozen=True)
class Crowd:
    """Some of the website's visitors; `warmth` multiplies a stranger's chance to convert."""

    people: int
    warmth: float = 1.0
    customers: int = 0


def cohorts(ledger: Visits, today: date) -> list[Cohort]:
    """Visitors of the days before `today`; what converts later still counts as having stopped at the cart."""
    since, until = today - timedelta(days=LONGEST), today - timedelta(days=1)
    converted = [
        Cohort(day, done, "conversion", action, count)
        for day, done, action, count in ledger.converted(since, until)
    ]
    gone: dict[date, float] = {}
    for one in converted:
        gone[one.visited] = gone.get(one.visited, 0.0) + one.people
    found = list(converted)
    for day, visits, carts in ledger.visits(since, until):
        people = (visits - carts) / VISITS_A_PERSON
        found.append(Cohort(day, day, "visit", "", people))
        found.append(Cohort(day, day, "cart", "", max(0.0, carts - gone.get(day, 0.0))))
    return found


def _share(rule: Rule, cohort: Cohort, today: date) -> float:
    when, share = cohort.visited, 1.0
    if rule.event in ACTIONS:
        share = float(cohort.action == ACTIONS[rule.event])
        when = cohort.done
    elif rule.event in CART_EVENTS:
        share = float(cohort.furthest != "visit")
    elif rule.event not in VISIT_EVENTS:
        share = part_of(rule.event)
    if not 0 < (today - when).days <= rule.days:
        return 0.0
    return share * (part_of(rule.url) if rule.url else 1.0)


def part_of(text: str) -> float:
    """The share of visitors for something the market does not simulate: a tenth to a half, by the text."""
    digest = hashlib.blake2b(text.casefold().encode(), digest_size=2).digest()
    return 0.1 + 0.4 * int.from_bytes(digest, "big") / 0xFFFF


def crowd(
    platform: str,
    known: Iterable[Cohort],
    today: date,
    include: Sequence[Rules],
    exclude: Sequence[Rules] = (),
) -> Crowd:
    """People whom the platform knows and who are in any of `include` and in none of `exclude`."""
    total = warm = customers = 0.0
    for cohort in known:
        share = max((one.share(cohort, today) for one in include), default=0.0)
        share *= 1.0 - max((one.share(cohort, today) for one in exclude), default=0.0)
        people = share * cohort.people * MATCHED[platform]
        total += people
        warm += people * WARMTH[cohort.furthest]
        customers += people if cohort.furthest == "conversion" else 0.0
    return Crowd(int(total), warm / total if total else 1.0, int(customers))


def aimed_at(
    platform: str,
    known: Sequence[Cohort],
    today: date,
    include: Sequence[Rules],
    exclude: Sequence[Rules],
    everybody: int,
) -> Crowd | None:
    """Whom an ad set reaches on a day, of `everybody` in its places; None: too few to be shown anything.

    Aimed at visitors, it finds them readier to convert. Leaving customers out takes away the conversions
    that they would have brought without an ad: the money goes on, to people who are harder to win.
    """
    if include:
        found = crowd(platform, known, today, include, exclude)
        return (
            Crowd(min(found.people, everybody), found.warmth) if found.people >= MINIMUM[platform] else None
        )
    left_out = crowd(platform, known, today, exclude)
    wasted = WASTED * left_out.customers / (left_out.customers + HALF_WASTED_AT)
    return Crowd(max(1000, everybody - left_out.people), 1.0 - wasted)
