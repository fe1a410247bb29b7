from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from connectors.parallel import together


def test_reads_are_under_way_at_the_same_time_and_answer_in_their_order() -> None:
    all_here = threading.Barrier(3)

    def read(name: str) -> Callable[[], str]:
        def answer() -> str:
            all_here.wait(5)
            return name

        return answer

    assert together([read("one"), read("two"), read("three")]) == ["one", "two", "three"]


def test_the_first_failure_in_order_is_raised_once_all_have_ended() -> None:
    ended: list[str] = []

    def fail(error: Exception, pause: float) -> Callable[[], None]:
        def answer() -> None:
            threading.Event().wait(pause)
            ended.append(str(error))
            raise error

        return answer

    with pytest.raises(ValueError, match="slow"):
        together([fail(ValueError("slow"), 0.05), fail(KeyError("quick"), 0)])
    assert len(ended) == 2


def test_one_read_needs_no_thread() -> None:
    assert together([threading.get_ident]) == [threading.get_ident()]
