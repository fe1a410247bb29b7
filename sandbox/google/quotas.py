"""Quotas of the API: operations a day of the account, and requests a second, where the world sets them.

As developers.google.com/google-ads/api/docs/best-practices/quotas counts: each operation of a mutate is one,
every other request is one. The day is the account's; seconds are the machine's, as clients wait in them.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from sandbox.google.context import Account
from sandbox.google.errors import Refusal
from sandbox.google.faults import quota
from sandbox.google.messages import Message

MANY = ("operations", "mutate_operations")  # fields of requests that hold one operation each
DAILY = "Number of operations for basic access"


class Quotas:
    """What is left of the day and of the second; of a day everything is left after a restart."""

    def __init__(self, account: Account, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._account, self._monotonic = account, monotonic
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self._day, self._used = date.min, 0
        self._tokens, self._filled = float(self._account.world.requests_a_second), self._monotonic()

    def take(self, request: Message) -> None:
        """Raises Refusal with RESOURCE_EXHAUSTED details, and takes nothing then."""
        with self._lock:
            self._take_second()
            self._take_day(sum(len(getattr(request, each, ())) for each in MANY) or 1)

    def _take_second(self) -> None:
        """A bucket that holds one second's requests."""
        rate = self._account.world.requests_a_second
        if not rate:
            return
        now = self._monotonic()
        self._tokens = min(float(rate), self._tokens + (now - self._filled) * rate)
        self._filled = now
        if self._tokens < 1:
            wait = max(1, math.ceil((1 - self._tokens) / rate))
            raise Refusal(quota("RESOURCE_TEMPORARILY_EXHAUSTED", "Requests per second", wait, "ACCOUNT"))
        self._tokens -= 1

    def _take_day(self, operations: int) -> None:
        most, today = self._account.world.operations_a_day, self._account.today()
        if not most:
            return
        if today != self._day:
            self._day, self._used = today, 0
        if self._used + operations > most:
            raise Refusal(quota("RESOURCE_EXHAUSTED", DAILY, self._until_tomorrow(), "DEVELOPER"))
        self._used += operations

    def _until_tomorrow(self) -> int:
        now = self._account.clock.now().astimezone(self._account.world.zone)
        midnight = datetime.combine(now.date() + timedelta(days=1), clock_time(), self._account.world.zone)
        return max(1, int((midnight - now).total_seconds()))
