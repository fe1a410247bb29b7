"""Drift is told, field by field and whose it is, and never mended by itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.resource import Address
from operations.drift import Drift, drift
from operations.pause import pause
from tests.contract.brand import on_memory
from tests.operations.sites import Bench

HOME = Address("meta", "ad_set", "yil-sonu/eve-siparis")


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    made.launch()
    yield made
    made.journal.close()


def record(brand: Bench, address: Address = HOME) -> Any:
    return brand.far_side.records[brand.journal.ids()[address]]


def found(brand: Bench) -> list[Drift]:
    return drift(brand.site, brand.journal)


def test_after_an_apply_there_is_none(brand: Bench) -> None:
    assert found(brand) == []


def test_a_field_changed_by_hand_is_told_with_both_values(brand: Bench) -> None:
    record(brand).fields["daily_budget"] = 90_000
    assert found(brand) == [Drift("changed", str(HOME), "daily_budget", 60_000, 90_000)]


def test_a_pause_by_hand_is_told_as_such(brand: Bench) -> None:
    record(brand).fields["status"] = "PAUSED"
    assert found(brand) == [Drift("paused", str(HOME), "status", "ACTIVE", "PAUSED")]


def test_what_was_archived_or_removed_by_hand_is_told(brand: Bench) -> None:
    record(brand).archived = True
    del brand.far_side.records[brand.journal.ids()[Address("meta", "ad", "yil-sonu/restorana-menu/menu")]]
    assert [(each.sort, each.subject) for each in found(brand)] == [
        ("archived", str(HOME)),
        ("gone", "meta:ad/yil-sonu/restorana-menu/menu"),
    ]


def test_a_change_of_the_declaration_is_no_drift(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    assert found(brand) == []
    record(brand).fields["daily_budget"] = 50_000
    assert [each.ours for each in found(brand)] == [60_000]


def test_what_the_author_ignores_is_no_drift(brand: Bench) -> None:
    brand.edit("  - ad_set: eve-siparis\n", "  - ad_set: eve-siparis\n    ignore_changes: [daily_budget]\n")
    record(brand).fields["daily_budget"] = 90_000
    assert found(brand) == []


def test_our_own_pause_is_no_drift(brand: Bench) -> None:
    pause(brand.site, brand.journal, [], actor="test")
    assert found(brand) == []


def test_what_we_never_set_is_no_drift(brand: Bench) -> None:
    record(brand).fields["learning_stage"] = "SUCCESS"
    assert found(brand) == []


def test_looking_changes_neither_the_platform_nor_the_journals_objects_and_intents(brand: Bench) -> None:
    record(brand).fields["daily_budget"] = 90_000
    before = copy.deepcopy(brand.far_side.records), brand.journal.objects(), brand.journal.intents()
    found(brand)
    assert (brand.far_side.records, brand.journal.objects(), brand.journal.intents()) == before


def test_a_plan_marks_a_drifted_field_as_moved_on_the_platform(brand: Bench) -> None:
    record(brand).fields["daily_budget"] = 58_000
    (change,) = brand.plan().changes
    assert change.drift
    assert brand.apply().complete
    assert record(brand).fields["daily_budget"] == 60_000
    assert found(brand) == []


def test_drift_on_a_reference_is_found(brand: Bench) -> None:
    ad = record(brand, Address("meta", "ad", "yil-sonu/eve-siparis/kadikoy"))
    other = record(brand, Address("meta", "ad", "yil-sonu/eve-siparis/besiktas"))
    ad.fields["creative"] = other.fields["creative"]
    assert [(each.sort, each.field) for each in found(brand)] == [("changed", "creative")]
