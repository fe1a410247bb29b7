"""What a platform put off or did not answer, an apply looks for and sends again while that brings it on."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from connectors.memory import MemoryConnector
from engine.change import Change, Outcome, Refused, Unknown, Update
from engine.resource import Address
from operations.execution import Result
from operations.pause import pause
from tests.operations.sites import Bench

CAMPAIGN = Address("meta", "campaign", "yil-sonu")
AD_SET = Address("meta", "ad_set", "yil-sonu/eve-siparis")
ADS = {"kadikoy", "besiktas", "menu", "muzik"}
Fault = Callable[[Change], Outcome | None]


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fault], None]:
    """Sets what a write meets instead of being done; None lets it through."""
    write = MemoryConnector._write

    def install(fault: Fault) -> None:
        def disturbed(connector: Any, change: Change, ids: Any) -> Outcome:
            return fault(change) or write(connector, change, ids)

        monkeypatch.setattr(MemoryConnector, "_write", disturbed)

    return install


def busy(change: Change) -> Outcome:
    return Refused(change.address, "later", "too many calls", retry=True)


def apply(brand: Bench) -> tuple[Result, list[float]]:
    slept: list[float] = []
    result = brand.apply(sleep=slept.append)
    return result, slept


def test_an_activation_that_a_busy_platform_put_off_is_sent_again(brand: Bench, faulty: Any) -> None:
    left = [2]

    def fault(change: Change) -> Outcome | None:
        if isinstance(change, Update) and change.address == CAMPAIGN and left[0]:
            left[0] -= 1
            return busy(change)
        return None

    faulty(fault)
    result, slept = apply(brand)
    assert result.complete
    assert slept == [2.0, 4.0]
    assert brand.delivering() == ADS
    assert brand.plan().changes == ()


@pytest.mark.parametrize("done", [True, False])
def test_an_activation_without_an_answer_is_looked_for_and_sent_again_only_if_it_was_not_done(
    brand: Bench, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    write, sent = MemoryConnector._write, []

    def unanswered(connector: Any, change: Change, ids: Any) -> Outcome:
        if not isinstance(change, Update) or change.address != CAMPAIGN:
            return write(connector, change, ids)
        sent.append(change)
        if len(sent) > 1:
            return write(connector, change, ids)
        if done:
            write(connector, change, ids)
        return Unknown(change.address, "no answer")

    monkeypatch.setattr(MemoryConnector, "_write", unanswered)
    result, _ = apply(brand)
    assert result.complete
    assert len(sent) == (1 if done else 2)
    assert brand.delivering() == ADS


def test_it_goes_on_as_long_as_rounds_bring_it_forward(brand: Bench, faulty: Any) -> None:
    """Two writes in five are put off: more rounds than would be tried without progress."""
    draw = random.Random(7)
    faulty(lambda change: busy(change) if draw.random() < 0.4 else None)
    result, slept = apply(brand)
    assert result.failed == {}
    assert len(slept) > 4
    assert brand.delivering() == ADS


def test_it_gives_up_where_nothing_moves_and_says_what_is_not_there(brand: Bench, faulty: Any) -> None:
    faulty(lambda change: busy(change) if change.address == AD_SET else None)
    result, slept = apply(brand)
    assert AD_SET in result.failed
    assert slept == [2.0, 4.0, 8.0]
    assert brand.delivering() == set()


def test_a_cut_that_was_put_off_is_sent_again_before_anything_is_raised(brand: Bench, faulty: Any) -> None:
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 560 TRY")
    brand.edit("daily: 150 TRY", "daily: 165 TRY", "kampanya.yaml")
    order: list[tuple[Address, bool]] = []

    def fault(change: Change) -> Outcome | None:
        late = change.address == AD_SET and not order
        order.append((change.address, late))
        return busy(change) if late else None

    faulty(fault)
    result, _ = apply(brand)
    assert result.complete
    assert [at for at, _ in order[:2]] == [AD_SET, AD_SET]


def test_a_pause_between_two_rounds_wins(brand: Bench, faulty: Any) -> None:
    def fault(change: Change) -> Outcome | None:
        return busy(change) if isinstance(change, Update) and change.address == CAMPAIGN else None

    faulty(fault)

    def stopping(seconds: float) -> None:
        faulty(lambda change: None)
        pause(brand.stopping, brand.journal, (), actor="Ayşe")

    result = brand.apply(sleep=stopping)
    assert not result.complete
    assert brand.delivering() == set()
