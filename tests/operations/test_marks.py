"""Who an object is where journal and mark disagree: put back what is lost, stop what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import Record
from engine.assemble import Spending
from engine.change import Update
from engine.plan import Plan
from engine.resource import Address
from operations.apply import apply_plan
from operations.approve import approve
from operations.drift import drift
from tests.contract.brand import on_memory
from tests.operations.sites import Bench

HOME, MENU = "yil-sonu/eve-siparis", "yil-sonu/restorana-menu"
ALL_DAILY = Decimal(900)


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    made.launch()
    assert made.plan().money.daily_before == {"TRY": ALL_DAILY}
    yield made
    made.journal.close()


def id_of(brand: Bench, kind: str, key: str) -> str:
    return brand.journal.ids()[Address("meta", kind, key)]


def record(brand: Bench, kind: str, key: str) -> Record:
    return brand.far_side.records[id_of(brand, kind, key)]


def state(brand: Bench) -> Any:
    return {id: repr(each) for id, each in brand.far_side.records.items()}


def updates(plan: Plan) -> dict[str, Any]:
    return {str(e.change.address): dict(e.change.after) for e in plan.changes if isinstance(e.change, Update)}


def swap(brand: Bench) -> tuple[str, str]:
    """The labels of two ad sets, one for the other's; their ids."""
    one, other = record(brand, "ad_set", HOME), record(brand, "ad_set", MENU)
    one.mark, other.mark = other.mark, one.mark
    return id_of(brand, "ad_set", HOME), id_of(brand, "ad_set", MENU)


def lose(brand: Bench) -> None:
    """The journal is gone."""
    brand.journal.close()
    for file in (brand.root / ".kampanya" / "sandbox").glob("journal.db*"):
        file.unlink()
    brand.journal = type(brand.journal).open(brand.root / ".kampanya" / "sandbox" / "journal.db")


@pytest.mark.parametrize("kind", ["campaign", "ad_set", "ad"])
def test_a_lost_mark_is_put_back_by_a_change_that_the_plan_shows(brand: Bench, kind: str) -> None:
    key = {"campaign": "yil-sonu", "ad_set": HOME, "ad": f"{HOME}/kadikoy"}[kind]
    bare = record(brand, kind, key)
    mark, bare.mark = bare.mark, ""
    plan = brand.plan()
    assert updates(plan) == {f"meta:{kind}/{key}": {"mark": mark}}
    assert plan.changes[0].drift
    assert plan.changes[0].hazards == ()
    assert brand.apply(plan).complete
    assert bare.mark == mark
    assert brand.plan().changes == ()


def test_drift_tells_a_lost_mark(brand: Bench) -> None:
    record(brand, "ad_set", HOME).mark = ""
    (found,) = drift(brand.site, brand.journal)
    assert (found.sort, found.field, found.owner, found.theirs) == ("changed", "mark", "human", "")


def test_a_mark_comes_back_in_a_freeze_and_on_a_protected_key(brand: Bench) -> None:
    """It is nothing that is spent or seen; without it a lost journal could not be rebuilt."""
    brand.edit("forbidden_words:", "protected: [yil-sonu]\n  forbidden_words:", "kampanya.yaml")
    record(brand, "ad_set", HOME).mark = ""
    assert brand.plan().refusals == ()
    assert brand.apply().complete


def test_a_mark_that_came_back_is_the_one_that_the_journal_knows(brand: Bench) -> None:
    record(brand, "ad_set", HOME).mark = ""
    assert brand.apply().complete
    lose(brand)
    assert brand.plan().changes == ()


def test_swapped_labels_stop_both_and_touch_neither(brand: Bench) -> None:
    one, other = swap(brand)
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    plan = brand.plan()
    assert plan.changes == ()
    told = [each.text for each in plan.blocked]
    assert len(told) == 2
    assert all(one in text and other in text and "plan again" in text for text in told)
    assert HOME in told[1]
    assert plan.money.daily_before == plan.money.daily_after == {"TRY": ALL_DAILY}


def test_an_apply_beside_swapped_labels_does_the_rest_and_is_not_complete(brand: Bench) -> None:
    swap(brand)
    brand.edit("objective: sales", "objective: sales\nname: Yeni ad")
    before = state(brand)
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    done = apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="t", sleep=lambda _: None)
    assert not done.complete
    assert len(done.blocked) == 2
    changed = {id for id, each in state(brand).items() if before.get(id) != each}
    assert changed == {id_of(brand, "campaign", "yil-sonu")}


def test_swapped_labels_that_leave_the_yaml_are_not_archived_nor_what_is_above_or_below(brand: Bench) -> None:
    swap(brand)
    (brand.root / "campaigns" / "yil-sonu.yaml").write_text(OTHER, encoding="utf-8")
    plan = brand.plan()
    archived = {each.change.address.key for each in plan.changes if not hasattr(each.change, "resource")}
    assert archived, "the third ad set goes"
    for key in (HOME, MENU):
        assert not {at for at in archived if at == key or at.startswith(f"{key}/")}
    assert "yil-sonu" not in archived


def test_a_label_moved_to_a_copy_stops_the_object_and_counts_both(brand: Bench) -> None:
    mine = record(brand, "ad_set", HOME)
    copy = brand.far_side.insert("ad_set", mine.mark, dict(mine.fields))
    mine.mark = ""
    plan = brand.plan()
    assert plan.changes == ()
    (blocked,) = plan.blocked
    assert copy in blocked.text
    assert id_of(brand, "ad_set", HOME) in blocked.text
    assert plan.money.daily_before == {"TRY": ALL_DAILY + 600}
    assert not [each for each in plan.notes if each.sort == "foreign"], "it is told once"


def test_two_bearers_without_a_journal_stop_and_count(brand: Bench) -> None:
    mine = record(brand, "ad_set", HOME)
    copy = brand.far_side.insert("ad_set", mine.mark, dict(mine.fields))
    first = id_of(brand, "ad_set", HOME)
    lose(brand)
    plan = brand.plan()
    assert plan.changes == ()
    (blocked,) = plan.blocked
    assert first in blocked.text
    assert copy in blocked.text
    assert plan.money.daily_before == {"TRY": ALL_DAILY + 600}


def test_a_copy_beside_the_journalled_one_is_foreign_as_long_as_that_keeps_its_mark(brand: Bench) -> None:
    mine = record(brand, "ad_set", HOME)
    brand.far_side.insert("ad_set", mine.mark, dict(mine.fields))
    plan = brand.plan()
    assert (plan.changes, plan.blocked) == ((), ())
    assert [each.sort for each in plan.notes] == ["foreign"]
    assert plan.money.daily_before == {"TRY": ALL_DAILY}


def test_a_mark_of_another_brand_in_place_of_ours_stops_the_object(brand: Bench) -> None:
    record(brand, "ad_set", HOME).mark = "abcdefghij"
    plan = brand.plan()
    assert plan.changes == ()
    assert "none of this brand's" in plan.blocked[0].text


def test_labels_put_right_by_hand_let_it_go_on(brand: Bench) -> None:
    swap(brand)
    assert brand.plan().blocked
    swap(brand)
    plan = brand.plan()
    assert (plan.changes, plan.blocked, plan.notes) == ((), (), ())


OTHER = """\
campaign: baska
objective: sales
platforms: [meta]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR-34], languages: [tr], age: 18-44}
ad_sets:
  - {ad_set: restorana, from: restoran}
"""
