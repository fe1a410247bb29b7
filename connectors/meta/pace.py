"""How fast calls may follow one another, so that Graph never has to refuse one: shared by all threads.

Three things bound it: writes a second of one app on one account, the account's score of the last five
minutes, and the shares of allowances that every answer's headers tell (see usage.py).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import RetryLater
from connectors.meta.usage import ANY, Usage, scarcest, shares, tier

log = logging.getLogger(__name__)

WRITES_PER_SECOND = 100  # of one app on one account; one more is refused (613/5044001)
READ_POINTS, WRITE_POINTS = 1, 3  # of the ad account's score (Marketing API, "Rate limiting")
SCORES: Mapping[str, float] = {"development_access": 60, "standard_access": 9000}  # by access tier
SCORE_SECONDS = 300.0  # until points are forgotten
LONGEST_WAIT = 300.0  # seconds; a call that would have to wait longer is given up, unsent
WORTH_TELLING = 5.0  # seconds
USE_CASES: Mapping[str, str] = {  # part of a path → the use case whose allowance it draws on
    "insights": "ads_insights",
    "customaudiences": "custom_audience",
    "users": "custom_audience",
    "usersreplace": "custom_audience",
}
MANAGEMENT = "ads_management"


@dataclass(slots=True)
class Window:
    """So much within so many seconds. A call counts while it is under way and as long after it ended:
    when in between the platform counts it is not known."""

    most: float
    seconds: float
    used: float = 0.0
    ended: deque[tuple[float, float]] = field(default_factory=deque)  # when, how much

    def lacks(self, amount: float, now: float) -> bool:
        """Whether `amount` has to wait; more than fits at all only waits until it is alone."""
        while self.ended and self.ended[0][0] <= now - self.seconds:
            self.forget()
        return self.used + amount > self.most and self.used > 0

    def forget(self) -> float:
        """The oldest call counts no more; when that would have been due."""
        ended, amount = self.ended.popleft()
        self.used -= amount
        return ended + self.seconds


class Pace:
    """One account's. `sleep` and `now` are seconds of a clock that only runs forward."""

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        writes_per_second: float = WRITES_PER_SECOND,
    ) -> None:
        self.usage = Usage()  # as the last answer told it, the scarcest
        self._sleep, self._now = sleep, now
        self._writes = Window(writes_per_second, 1.0)
        self._score = Window(SCORES["standard_access"], SCORE_SECONDS)
        self._shares: dict[str, Usage] = {}
        self._blocked: dict[str, float] = {}  # use case → until when
        self._turn = threading.Lock()  # held by whoever waits to go next
        self._slow = threading.Lock()
        self._state = threading.Condition()

    @property
    def most_writes(self) -> int:
        """How many writes the account's score lets one call hold."""
        return max(1, int(self._score.most // WRITE_POINTS))

    def hear(self, headers: Any) -> Usage | None:
        """Take note of usage headers, of an answer or of one inside a batch; the scarcest of them."""
        told = shares(headers)
        if not told:
            return None
        with self._state:
            now = self._now()
            self._shares.update(told)
            self._blocked.update({name: now + (each.wait or 0.0) for name, each in told.items()})
            self._score.most = SCORES.get(tier(headers), self._score.most)
            self.usage = scarcest(told.values()) or self.usage
            return self.usage

    def before(self, method: str, path: Sequence[str]) -> None:
        """Wait until a call may be made: out a block that Graph announced, and longer the less is left.

        Raises RetryLater, unsent, where that would take more than five minutes.
        """
        names = (next((USE_CASES[part] for part in path if part in USE_CASES), MANAGEMENT), ANY)
        if method == "GET":
            with self._state:
                self._score.used += READ_POINTS
                self._score.ended.append((self._now(), READ_POINTS))
        if not self._wait(names):
            return
        with self._slow:  # one at a time, each by what is known when its turn has come
            wait = self._wait(names)
            if wait > LONGEST_WAIT:
                raise RetryLater(f"Graph's allowance is used up for {wait:.0f} more seconds", wait)
            self._rest(wait, "its allowance is nearly used up")
            with self._state:
                for name in names:
                    self._blocked.pop(name, None)

    def _wait(self, names: Sequence[str]) -> float:
        with self._state:
            now = self._now()
            blocked = max(self._blocked.get(name, now) - now for name in names)
            pauses = [self._shares[name].pause for name in names if name in self._shares]
        return blocked if blocked > 0 else max(pauses, default=0.0)

    @contextmanager
    def writing(self, count: int) -> Iterator[None]:
        """A call that writes `count` objects, once what came before leaves room for them."""
        points = float(count * WRITE_POINTS)
        with self._turn:
            while (wait := self._room(count, points)) is not None:
                if wait > 0:
                    self._rest(wait, "so many writes are all it takes for now")
            with self._state:
                self._writes.used += count
                self._score.used += points
        try:
            yield
        finally:
            with self._state:
                now = self._now()
                self._writes.ended.append((now, count))
                self._score.ended.append((now, points))
                self._state.notify_all()

    def _room(self, count: int, points: float) -> float | None:
        """None if there is room, else how long to wait before asking again."""
        with self._state:
            now = self._now()
            short = [
                window
                for window, amount in ((self._writes, count), (self._score, points))
                if window.lacks(amount, now)
            ]
            if not short:
                return None
            if not any(window.ended for window in short):
                self._state.wait(0.05)  # everything that is in the way is under way
                return 0.0
            # Only who has the turn may start, so what is forgotten here a little early admits nobody else.
            return max(0.0, *(window.forget() - now for window in short if window.ended))

    def _rest(self, seconds: float, why: str) -> None:
        if seconds >= WORTH_TELLING:
            log.warning("Waiting %.0f s for Meta: %s", seconds, why)
        self._sleep(seconds)
