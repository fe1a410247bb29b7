"""An apply that is killed between letting go and reading back: the next one of the same plan looks first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.plan import Plan
from engine.resource import Address
from operations import apply as applies
from operations.apply import StalePlan
from tests.operations.sites import Bench

CAMPAIGN = Address("meta", "campaign", "yil-sonu")
AD_SET = Address("meta", "ad_set", "yil-sonu/eve-siparis")
ADS = {"kadikoy", "besiktas", "menu", "muzik"}


class Killed(BaseException):
    """As by SIGKILL: nothing of ours runs any more."""


def die_once_live(brand: Bench, address: Address, **fields: Any) -> Plan:
    """A plan whose apply dies when all is let go, after the platform changed fields of one object."""
    plan = brand.plan()
    with pytest.MonkeyPatch.context() as patch:
        verify = applies.verify

        def dying(execution: Any, phase: str, sent: Mapping[Address, Any]) -> Any:
            if phase != "activate":
                return verify(execution, phase, sent)
            brand.far_side.records[execution.ids[address]].fields.update(fields)
            raise Killed

        patch.setattr(applies, "verify", dying)
        with pytest.raises(Killed):
            brand.apply(plan)
    return plan


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"objective": "reach"}, "objective is 'reach', 'sales' was approved"),
        ({"daily_budget": 9_000_000}, "no such budget was approved"),
        ({"end": "2027-01-31"}, "end is '2027-01-31'"),
    ],
)
def test_what_runs_otherwise_than_approved_is_told_and_held_again_by_the_next_apply(
    brand: Bench, fields: dict[str, Any], word: str
) -> None:
    plan = die_once_live(brand, CAMPAIGN, **fields)
    assert brand.delivering() == ADS
    result = brand.apply(plan)
    assert word in result.failed[CAMPAIGN]
    assert "paused again" in result.failed[CAMPAIGN]
    assert not result.complete
    assert brand.delivering() == set()


def test_a_budget_that_rose_further_than_approved_is_held_again_by_the_next_apply(brand: Bench) -> None:
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    plan = die_once_live(brand, AD_SET, daily_budget=99_000)
    assert "daily_budget is 99000, 66000 was approved" in brand.apply(plan).failed[AD_SET]
    assert brand.delivering() == {"menu", "muzik"}


def test_what_runs_as_approved_is_left_alone(brand: Bench) -> None:
    plan = die_once_live(brand, CAMPAIGN)
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS


def test_a_field_that_somebody_else_may_set_holds_nothing_back(brand: Bench) -> None:
    brand.edit("objective: sales", "objective: sales\nignore_changes: [flight]")
    plan = die_once_live(brand, CAMPAIGN, end="2027-01-31")
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS


def test_what_a_person_paused_meanwhile_is_not_touched(brand: Bench) -> None:
    plan = die_once_live(brand, CAMPAIGN, objective="reach", status="PAUSED")
    assert brand.apply(plan).failed == {}
    assert brand.delivering() == set()


def test_an_apply_that_ended_has_read_back_and_what_changed_since_is_drift(brand: Bench) -> None:
    plan = brand.plan()
    assert brand.apply(plan).complete
    brand.far_side.records[brand.journal.ids()[CAMPAIGN]].fields["end"] = "2027-01-31"
    with pytest.raises(StalePlan, match="changed after the plan"):
        brand.apply(plan)
    assert brand.delivering() == ADS


def test_it_is_held_again_though_the_yaml_changed_meanwhile(brand: Bench) -> None:
    plan = die_once_live(brand, CAMPAIGN, end="2027-01-31")
    brand.edit("daily: 600 TRY", "daily: 540 TRY")
    result = brand.apply(plan)
    assert "end is '2027-01-31'" in result.failed[CAMPAIGN]
    assert "make a new plan" in result.waiting[AD_SET]
    assert brand.delivering() == set()


def test_the_plan_after_it_shows_the_difference(brand: Bench) -> None:
    plan = die_once_live(brand, CAMPAIGN, end="2027-01-31")
    brand.apply(plan)
    (change,) = [each.change for each in brand.plan().changes]
    assert change.after == {"status": "ACTIVE", "end": "2026-12-31"}  # type: ignore[union-attr]
