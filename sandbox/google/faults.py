"""Faults on demand: the next calls of a method fail in the way that was asked for."""

from __future__ import annotations

import fnmatch
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.google.errors import Problem, Refusal
from sandbox.google.messages import Message

# What a kind does. `before` kinds leave the store untouched; `lost` applies and then gives no answer.
KINDS = {
    "exhausted": "the daily quota is used up: RESOURCE_EXHAUSTED with quota details",
    "throttled": "too many requests for now: RESOURCE_EXHAUSTED with quota details and a delay",
    "unavailable": "UNAVAILABLE without a GoogleAdsFailure, nothing applied",
    "internal": "INTERNAL with InternalError.TRANSIENT_ERROR, nothing applied",
    "concurrent": "ABORTED with DatabaseError.CONCURRENT_MODIFICATION, nothing applied",
    "lost": "applied, but the connection ends without an answer: UNAVAILABLE",
    "dropped": "the connection ends before anything is applied: UNAVAILABLE",
    "expired": "the token is refused: UNAUTHENTICATED",
    "delay": "an answer that takes longer",
    "stuck": "the long-running operation that the call begins never ends, and nothing is done",
    "failed": "the long-running operation that the call begins ends with an error, and nothing is done",
    "empty_page": "no rows, and a page token that leads to them",
    "partial": "every second operation of a mutate fails with QuotaError, as some do in a partial failure",
}


class FaultError(ValueError):
    """A fault that does not exist."""


class Broken(Exception):
    """The connection ends without an answer."""


@dataclass
class Fault:
    """One kind, for calls whose `Service.Method` fits the pattern: `times` of them, after `skip`.

    Below a `rate` of 1 a fitting call is struck with that probability, drawn from the faults' seed.
    """

    kind: str
    method: str = "*"
    times: int = 1
    skip: int = 0
    seconds: float = 1.0
    rate: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(f"{self.kind!r} is not a fault; known are {', '.join(KINDS)}")
        if not 0 < self.rate <= 1:
            raise FaultError(f"rate: {self.rate} is no probability above 0")


def quota(code: str, rate_name: str, seconds: int, scope: str) -> Problem:
    """A QuotaError with its details."""

    def fill(details: Message) -> None:
        quota_details = details.quota_error_details
        quota_details.rate_name = rate_name
        enum = quota_details.DESCRIPTOR.fields_by_name["rate_scope"].enum_type
        quota_details.rate_scope = enum.values_by_name[scope].number
        quota_details.retry_delay.seconds = seconds

    text = f"Too many requests. Retry in {seconds} seconds."
    return Problem("quota_error", code, text, details=fill)


def hurried(index: int) -> Problem | None:
    """What an operation meets in a `partial` fault: as in googleads/google-ads-python#172."""
    return quota("RESOURCE_TEMPORARILY_EXHAUSTED", "Requests per second", 1, "ACCOUNT") if index % 2 else None


PROBLEMS: dict[str, Callable[[Fault], Problem]] = {
    "exhausted": lambda fault: quota(
        "RESOURCE_EXHAUSTED", "Number of operations for basic access", int(fault.seconds), "DEVELOPER"
    ),
    "throttled": lambda fault: quota(
        "RESOURCE_TEMPORARILY_EXHAUSTED", "Requests per second", int(fault.seconds), "ACCOUNT"
    ),
    "internal": lambda fault: Problem(
        "internal_error", "TRANSIENT_ERROR", "A transient internal error has occurred."
    ),
    "concurrent": lambda fault: Problem(
        "database_error",
        "CONCURRENT_MODIFICATION",
        "Multiple requests were attempting to modify the same resource at once. Retry the request.",
    ),
    "expired": lambda fault: Problem(
        "authentication_error", "OAUTH_TOKEN_EXPIRED", "OAuth access token in the header has expired."
    ),
}


class Faults:
    """The faults that are waiting; thread-safe."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self._random = random.Random(seed)
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, spec: dict[str, Any]) -> None:
        """A fault as the fields of Fault, of which only `kind` is needed; raises FaultError."""
        try:
            fault = Fault(**spec)
        except TypeError as error:
            raise FaultError(str(error)) from None
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._random = random.Random(self.seed)

    def waiting(self) -> list[dict[str, Any]]:
        with self._lock:
            return [vars(fault).copy() for fault in self._waiting]

    def take(self, method: str) -> Fault | None:
        """The fault this call meets, used up by one."""
        with self._lock:
            for fault in self._waiting:
                if not fnmatch.fnmatchcase(method, fault.method):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.rate < 1 and self._random.random() >= fault.rate:
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None


def strike_before(fault: Fault | None) -> None:
    """What happens to a call before it is served."""
    if fault is None:
        return
    if fault.kind == "delay":
        time.sleep(fault.seconds)
    elif fault.kind in ("unavailable", "dropped"):
        raise Broken(
            "The service is currently unavailable." if fault.kind == "unavailable" else "Socket closed"
        )
    elif fault.kind in PROBLEMS:
        raise Refusal(PROBLEMS[fault.kind](fault))


INSIDE = frozenset({"stuck", "failed", "empty_page", "partial"})


def inside(fault: Fault | None) -> str:
    """The fault that meets not the call but what it answers, or the work which it begins."""
    return fault.kind if fault is not None and fault.kind in INSIDE else ""


def strike_after(fault: Fault | None) -> None:
    """What happens once it has been applied."""
    if fault is not None and fault.kind == "lost":
        raise Broken("Socket closed")
