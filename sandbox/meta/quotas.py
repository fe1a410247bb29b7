"""Allowances that run out and come back: the ad account's score, and the calls of an hour by use case."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse

# Marketing API, "Rate Limiting". How the headers call the tiers Limited and Full.
DEVELOPMENT, STANDARD = "development_access", "standard_access"
READ_POINTS, WRITE_POINTS = 1, 3
DECAY = 300.0  # seconds until points are forgotten
HOUR = 3600.0


@dataclass(frozen=True)
class Score:
    """The most points of an ad account, how long it is blocked beyond them, and how it is told so."""

    most: int
    blocked: float  # seconds
    rule: str


@dataclass(frozen=True)
class Hourly:
    """Calls an hour of one use case: a base, and more for each active ad (or audience)."""

    base: Mapping[str, int]  # by tier
    each: int
    rule: str


SCORES = {DEVELOPMENT: Score(60, 300.0, "score_limited"), STANDARD: Score(9000, 60.0, "score_full")}
HOURLY = {
    "ads_management": Hourly({DEVELOPMENT: 300, STANDARD: 100_000}, 40, "buc_management"),
    "ads_insights": Hourly({DEVELOPMENT: 600, STANDARD: 190_000}, 400, "buc_insights"),
    "custom_audience": Hourly({DEVELOPMENT: 5_000, STANDARD: 190_000}, 40, "buc_audience"),
}
AUDIENCE_EDGES = frozenset({"customaudiences", "users", "usersreplace"})


@dataclass
class Told:
    """What the usage headers say: by use case percent and minutes to wait, and of the account's score."""

    cases: dict[str, tuple[int, int]] = field(default_factory=dict)
    account: int = 0  # percent
    reset: int = 0  # seconds
    tier: str = STANDARD


class Quotas:
    """One account's and app's. By the machine's clock, plus what was passed over the admin API."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._score: deque[tuple[float, int]] = deque()
        self._hours: dict[str, tuple[float, int]] = {}  # use case → when its hour began, calls in it
        self._blocked = 0.0  # until when the score is

    def clear(self) -> None:
        self._score.clear()
        self._hours.clear()
        self._blocked = 0.0

    def count(self, graph: Graph, call: Call) -> None:
        """Raises GraphError where an allowance is used up; what is refused does not count."""
        if not graph.switches["quotas"]:
            return
        now, level, case = self._now(), tier(graph), use_case(call)
        began, calls = self._hour(case, now)
        if calls >= most(graph, case):
            raise refuse(HOURLY[case].rule)
        points = READ_POINTS if call.method == "GET" else WRITE_POINTS
        if case != "ads_insights":
            self._add(now, points, SCORES[level])
        self._hours[case] = (began, calls + 1)

    def _add(self, now: float, points: int, score: Score) -> None:
        if now < self._blocked:
            raise refuse(score.rule)
        if self._points(now) + points > score.most:
            self._blocked = now + score.blocked
            self._score.clear()  # it begins anew after the block
            raise refuse(score.rule)
        self._score.append((now, points))

    def told(self, graph: Graph) -> Told:
        """What the headers say now."""
        now, level = self._now(), tier(graph)
        cases = {}
        for case in self._hours:
            began, calls = self._hour(case, now)
            share = min(100, 100 * calls // most(graph, case))
            cases[case] = (share, ceil((began + HOUR - now) / 60) if share == 100 else 0)
        if now < self._blocked:
            return Told(cases, 100, ceil(self._blocked - now), level)
        points = self._points(now)
        oldest = self._score[0][0] if self._score else now
        reset = ceil(oldest + DECAY - now) if points else 0
        return Told(cases, 100 * points // SCORES[level].most, reset, level)

    def _now(self) -> float:
        return time.monotonic() + self.passed

    def _points(self, now: float) -> int:
        while self._score and self._score[0][0] <= now - DECAY:
            self._score.popleft()
        return sum(points for _, points in self._score)

    def _hour(self, case: str, now: float) -> tuple[float, int]:
        began, calls = self._hours.get(case, (now, 0))
        return (now, 0) if now - began >= HOUR else (began, calls)


def tier(graph: Graph) -> str:
    return DEVELOPMENT if graph.switches["development_tier"] else STANDARD


def use_case(call: Call) -> str:
    if "insights" in call.path:
        return "ads_insights"
    return "custom_audience" if AUDIENCE_EDGES.intersection(call.path) else "ads_management"


def most(graph: Graph, case: str) -> int:
    """Calls an hour, by what the account has now."""
    rule = HOURLY[case]
    if case == "custom_audience":
        many = len(list(graph.store.every("customaudience")))
    else:
        many = sum(ad.get("status") == "ACTIVE" for ad in graph.store.every("ad"))
    return rule.base[tier(graph)] + rule.each * many
