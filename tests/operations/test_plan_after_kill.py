"""A new plan after an apply was killed: it builds on what was made, also where no answer was written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.intents import Ledger
from operations.recover import recover_abandoned
from tests.operations.sites import Bench


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


@pytest.fixture
def killed(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Everything was made, nothing of it was written down, nothing was activated."""

    intend = Ledger.intend

    def until_activation(self: Ledger, phase: str, *rest: Any) -> Any:
        if phase == "activate":
            raise Killed
        return intend(self, phase, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "intend", until_activation)
        patch.setattr(Ledger, "settle", lambda *_: None)
        with pytest.raises(Killed):
            brand.apply()
    assert brand.journal.open_intents()
    return brand


def test_what_was_made_and_not_activated_is_in_the_new_plan(killed: Bench) -> None:
    assert killed.plan().changes
    killed.apply()
    assert not killed.plan().changes
    assert killed.journal.open_intents() == []


def test_an_apply_under_way_keeps_its_open_intents(killed: Bench) -> None:
    before = killed.journal.open_intents()
    with killed.journal.exclusive(owner="somebody", command="apply", at=datetime.now(UTC)):
        recover_abandoned(killed.site, killed.journal)
    assert killed.journal.open_intents() == before
