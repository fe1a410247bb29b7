"""An intent whose outcome nobody knows: looked for by its mark; adopted, tried again, or left to a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.base import NOTHING, Handle
from connectors.memory import MemoryConnector
from engine.resource import Address, Observed
from journal.records import IntentRow
from journal.store import Journal
from operations.recover import recover
from tests.contract.brand import on_memory
from tests.operations.sites import Bench

AT = datetime(2026, 11, 30, tzinfo=UTC)
CAMPAIGN = Address("meta", "campaign", "yil-sonu")


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()


def begun(brand: Bench, row: IntentRow, outcome: str | None = None) -> int:
    """An intent of a run that died, or whose answer was lost."""
    run = brand.journal.begin_run(None, "test", "host", AT)
    (intent,) = brand.journal.intend(run, [row], AT)
    if outcome:
        brand.journal.settle(intent, outcome, AT)  # type: ignore[arg-type]
    return intent


def create(**fields: Any) -> IntentRow:
    return IntentRow(CAMPAIGN, "act_1", "create", "build", {"after": fields}, "m1")


def settled(brand: Bench, intent: int) -> tuple[str | None, str | None]:
    (found,) = [each for each in brand.journal.intents() if each.intent_id == intent]
    return found.outcome, found.id


def look(brand: Bench) -> dict[Address, str]:
    return recover(brand.site, brand.journal, sleep=lambda _: None)


def test_with_nothing_open_nobody_is_asked(brand: Bench) -> None:
    assert look(brand) == {}
    assert brand.far_side.calls == 0


@pytest.mark.parametrize("outcome", [None, "unknown"])
def test_one_bearer_of_the_mark_is_adopted(brand: Bench, outcome: str | None) -> None:
    id = brand.far_side.insert("campaign", "m1", {"name": "x", "status": "PAUSED"})
    intent = begun(brand, create(name="x"), outcome)
    assert look(brand) == {CAMPAIGN: id}
    assert settled(brand, intent) == ("applied", id)
    assert brand.journal.ids() == {CAMPAIGN: id}


def test_no_bearer_means_it_did_not_happen(brand: Bench) -> None:
    intent = begun(brand, create())
    assert look(brand) == {}
    assert settled(brand, intent) == ("abandoned", None)


def test_several_bearers_are_left_to_a_person_and_the_intent_stays_open(brand: Bench) -> None:
    for _ in range(2):
        brand.far_side.insert("campaign", "m1", {"name": "x"})
    intent = begun(brand, create())
    assert look(brand) == {}
    assert settled(brand, intent) == (None, None)
    assert brand.journal.ids() == {}


@pytest.mark.parametrize(
    ("kind", "mark", "archived"), [("ad_set", "m1", False), ("campaign", "", False), ("campaign", "m1", True)]
)
def test_another_kind_no_mark_or_an_archived_object_is_not_ours(
    brand: Bench, kind: str, mark: str, archived: bool
) -> None:
    id = brand.far_side.insert(kind, mark, {"name": "x"})
    brand.far_side.records[id].archived = archived
    intent = begun(brand, create())
    assert look(brand) == {}
    assert settled(brand, intent)[0] == "abandoned"


@pytest.mark.parametrize(("there", "outcome"), [(66_000, "applied"), (60_000, "abandoned")])
def test_an_update_is_done_if_the_platform_shows_it(brand: Bench, there: int, outcome: str) -> None:
    id = brand.far_side.insert("ad_set", "m1", {"daily_budget": there})
    payload = {"before": {"daily_budget": 60_000}, "after": {"daily_budget": 66_000}}
    address = Address("meta", "ad_set", "yil-sonu/eve-siparis")
    intent = begun(brand, IntentRow(address, "act_1", "update", "activate", payload, "m1", id))
    look(brand)
    assert settled(brand, intent)[0] == outcome


@pytest.mark.parametrize(("archived", "outcome"), [(True, "applied"), (False, "abandoned")])
def test_an_archive_is_done_if_the_platform_shows_it(brand: Bench, archived: bool, outcome: str) -> None:
    id = brand.far_side.insert("campaign", "m1", {})
    brand.far_side.records[id].archived = archived
    brand.journal.record_object(CAMPAIGN, "act_1", id, "m1", AT)
    intent = begun(brand, IntentRow(CAMPAIGN, "act_1", "archive", "retire", {}, "m1", id))
    look(brand)
    assert settled(brand, intent)[0] == outcome
    assert (CAMPAIGN in brand.journal.ids()) is not archived


def test_recovering_sends_nothing_and_needs_no_approval(brand: Bench) -> None:
    id = brand.far_side.insert("campaign", "m1", {"name": "x"})
    before = dict(brand.far_side.records[id].fields)
    begun(brand, create())
    look(brand)
    assert list(brand.far_side.records) == [id]
    assert brand.far_side.records[id].fields == before
    assert brand.journal.approvals() == []


def test_what_was_recovered_is_not_created_again(brand: Bench) -> None:
    brand.far_side.lose.add(CAMPAIGN)
    assert brand.apply().complete
    assert brand.kinds()["campaign"] == 1
    assert brand.plan().changes == ()


def test_what_something_hangs_under_is_there_though_the_list_does_not_show_it(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists lag, each on its own: a second create would be a duplicate without its children."""
    id = brand.far_side.insert("campaign", "m1", {"name": "x", "status": "PAUSED"})
    brand.far_side.insert("ad_set", "m2", {"name": "y", "status": "PAUSED", "campaign": id})
    intent = begun(brand, create(name="x"), "unknown")
    whole = MemoryConnector.read

    def lagging(connector: MemoryConnector, known: Collection[Handle] = NOTHING) -> list[Observed]:
        return [each for each in whole(connector, known) if each.id != id or ("campaign", id) in known]

    monkeypatch.setattr(MemoryConnector, "read", lagging)
    assert look(brand) == {CAMPAIGN: id}
    assert settled(brand, intent) == ("applied", id)


class Counted(str):
    """A mark or id that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


@pytest.mark.parametrize("operation", ["create", "update"])
def test_settling_many_looks_each_up_and_scans_nothing(
    brand: Bench, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    """An apply that died may leave thousands open: comparisons and journal reads may only grow with them."""
    many = 60
    rows, ids = [], {}
    for at in range(many):
        address = Address("meta", "ad", f"yil-sonu/eve-siparis/{at}")
        ids[address] = brand.far_side.insert("ad", f"m{at}", {"name": f"{at}"})
        payload, id = {"after": {"name": f"{at}"}}, ids[address] if operation == "update" else None
        rows.append(IntentRow(address, "act_1", operation, "build", payload, f"m{at}", id))  # type: ignore[arg-type]
    brand.journal.intend(brand.journal.begin_run(None, "test", "host", AT), rows, AT)
    whole, listed = MemoryConnector.read, Journal.ids
    asked: list[int] = []

    def counting(connector: MemoryConnector, known: Collection[Handle] = NOTHING) -> list[Observed]:
        return [
            replace(each, id=Counted(each.id), mark=Counted(each.mark)) for each in whole(connector, known)
        ]

    def ids_counted(journal: Journal) -> dict[Address, str]:
        asked.append(1)
        return listed(journal)

    monkeypatch.setattr(MemoryConnector, "read", counting)
    monkeypatch.setattr(Journal, "ids", ids_counted)
    Counted.compared = 0
    found = look(brand)
    assert found == (ids if operation == "create" else {})
    assert brand.journal.open_intents() == []
    assert len(asked) <= 1
    assert Counted.compared <= 5 * many
