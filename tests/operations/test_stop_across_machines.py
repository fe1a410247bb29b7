"""A stop counts by its order in the journal, whatever the clock says of the machine that wrote it; and it is
looked for while things are let go, not only afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.memory import MemoryConnector
from engine.assemble import Spending
from engine.change import Archive, Refused, Update
from engine.plan import Plan
from operations import execution
from operations.apply import StalePlan, apply_plan
from operations.approve import approve, reject
from operations.execution import Result
from tests.operations.sites import Bench


def stopped_elsewhere(brand: Bench, behind: timedelta = timedelta(minutes=10)) -> None:
    """A pause from a machine whose clock is behind, of something else: only the journal knows of it."""
    at = datetime.now(UTC) - behind
    brand.journal.event("pause", at, "Mehmet", {"keys": ["everything"]})


def carry_out(brand: Bench, plan: Plan, tell: Any = lambda _: None) -> Result:
    return apply_plan(
        brand.site, brand.journal, plan, spending=Spending(), actor="test", tell=tell, sleep=lambda _: None
    )


def test_a_pause_from_a_machine_whose_clock_is_behind_takes_the_yes_before_it_away(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    stopped_elsewhere(brand)
    with pytest.raises(StalePlan, match="paused after"):
        carry_out(brand, plan)
    assert brand.far_side.records == {}


def test_a_pause_from_a_machine_whose_clock_is_behind_stops_a_running_apply(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    told: list[str] = []

    def tell(line: str) -> None:
        if line.startswith("verifying build") and not told:
            told.append(line)
            stopped_elsewhere(brand)

    result = carry_out(brand, plan, tell)
    assert told
    assert not result.complete
    assert brand.delivering() == set()


def test_a_yes_given_after_the_pause_is_a_yes(brand: Bench) -> None:
    stopped_elsewhere(brand)
    assert brand.apply().complete


def test_a_pause_in_the_middle_of_letting_go_lets_nothing_more_go(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "LOOK_SECONDS", 0.0)
    brand.edit("age: 18-44}\n", "age: 18-44}\nstatus: paused\n")
    assert brand.apply().complete
    brand.edit("daily: 600 TRY", "daily: 700 TRY")
    brand.edit("daily: 150 TRY", "daily: 160 TRY", file="kampanya.yaml")
    write, sent = MemoryConnector._write, []

    def paused_after_the_first(connector: Any, change: Any, ids: Any) -> Any:
        if isinstance(change, Update) and "daily_budget" in change.after:
            sent.append(change.address.key)
            stopped_elsewhere(brand)
        return write(connector, change, ids)

    monkeypatch.setattr(MemoryConnector, "_write", paused_after_the_first)
    result = brand.apply()
    assert len(sent) == 1
    assert not result.complete
    assert len(result.broken) == 2
    assert all("Mehmet" in {**result.failed, **result.waiting}[at] for at in result.broken)


def test_a_yes_taken_back_archives_nothing_any_more(brand: Bench) -> None:
    brand.edit("age: 18-44}\n", "age: 18-44}\nreplace: allow\n")
    assert brand.apply().complete
    brand.edit("objective: sales", "objective: traffic")
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    plan = brand.plan()
    assert any(isinstance(each.change, Archive) for each in plan.changes)
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")

    def tell(line: str) -> None:
        if line.startswith("reading"):
            reject(brand.site, brand.journal, plan, by="Mehmet Kaya", reason="not now")

    result = carry_out(brand, plan, tell)
    assert not result.complete
    assert not any(each.archived for each in brand.far_side.records.values())


def test_what_was_let_go_and_cannot_be_paused_again_is_said_to_be_live(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = MemoryConnector._write

    def stubborn(connector: Any, change: Any, ids: Any) -> Any:
        if isinstance(change, Update) and change.after == {"status": "PAUSED"}:
            return Refused(change.address, "busy", "Try later.")
        if isinstance(change, Update) and change.after == {"status": "ACTIVE"}:
            stopped_elsewhere(brand)
        return write(connector, change, ids)

    monkeypatch.setattr(MemoryConnector, "_write", stubborn)
    result = brand.apply()
    live = [at for at, why in result.failed.items() if "It is LIVE" in why]
    assert live
    assert all("Mehmet" in result.failed[at] for at in live)
