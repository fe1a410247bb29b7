"""What is remembered of an object goes along when its key is renamed, and of nothing else."""

from __future__ import annotations

import pytest

from engine.resource import Address
from operations.memory import remember
from tests.operations.sites import Bench

HOME, MENU = "yil-sonu/eve-siparis", "yil-sonu/restorana-menu"
MENU_LINE = "  - {ad_set: restorana-menu, from: restoran, vars: {aci: menu}}\n"
LIVE, HELD = "\n    status: active", "\n    status: paused"


@pytest.fixture
def renamed(brand: Bench) -> Bench:
    """An ad set was paused in the plan that archived another one, and now has the other's key."""
    brand.edit("- ad_set: eve-siparis", f"- ad_set: eve-siparis{LIVE}")
    assert brand.apply().complete
    brand.edit(LIVE, HELD)
    brand.edit(MENU_LINE, "")
    assert brand.apply().complete
    brand.edit("- ad_set: eve-siparis", f"- ad_set: restorana-menu\n    moved: {HOME}")
    assert brand.apply().complete
    return brand


def test_an_object_paused_by_a_plan_runs_again_under_the_key_of_what_was_archived_then(
    renamed: Bench,
) -> None:
    renamed.edit(HELD, LIVE)
    plan = renamed.plan()
    assert [note for note in plan.notes if note.sort == "held"] == []
    assert renamed.apply(plan).complete
    (record,) = [
        each
        for id, each in renamed.far_side.records.items()
        if renamed.journal.ids()[Address("meta", "ad_set", MENU)] == id
    ]
    assert record.fields["status"] == "ACTIVE"


def test_nothing_is_remembered_of_what_had_the_key_before(renamed: Bench) -> None:
    applied = remember(renamed.journal, renamed.site.supports).applied
    mine = applied[Address("meta", "ad_set", MENU)]
    assert mine["status"] == "PAUSED"
    assert mine["daily_budget"] == 60_000
