"""Reads that need nothing of each other, made at the same time: a platform's latency is paid once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
MOST = 16  # at a time: what one reading of an account takes; platforms count requests a second


def together(reads: Sequence[Callable[[], T]]) -> list[T]:
    """Their answers in order; raises what the first of them, in that order, raised. All have ended then."""
    if len(reads) < 2:
        return [read() for read in reads]
    with ThreadPoolExecutor(MOST, "read") as pool:
        return [done.result() for done in [pool.submit(read) for read in reads]]
