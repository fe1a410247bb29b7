"""What is let go is read back: what then spends or aims as nobody approved is held again, and told."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.memory import MemoryConnector
from engine.change import Update
from engine.resource import Address
from operations.verify import BY_HAND
from tests.operations.sites import Bench
from tests.operations.test_convergence import HOME, at, record

CAMPAIGN = Address("meta", "campaign", "yil-sonu")
AD_SET = Address("meta", "ad_set", "yil-sonu/eve-siparis")
ADS = {"kadikoy", "besiktas", "menu", "muzik"}


class Platform:
    """Changes a field of its own accord while it carries out an update of that kind, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind, self.fields, self.refuses_next, self.loses = "", dict[str, Any](), False, False
        write = MemoryConnector._write

        def meddling(connector: Any, change: Any, ids: Any) -> Any:
            outcome = write(connector, change, ids)
            if isinstance(change, Update) and change.address.kind == self.kind and self.fields:
                connector.far_side.records[change.id].fields.update(self.fields)
                self.fields = {}
                if self.refuses_next:
                    connector.far_side.refuse.add(change.address)
                if self.loses:
                    connector.far_side.lose.add(change.address)
            return outcome

        monkeypatch.setattr(MemoryConnector, "_write", meddling)

    def meddle(self, kind: str, **fields: Any) -> None:
        self.kind, self.fields = kind, fields


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    return Platform(monkeypatch)


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"objective": "reach"}, "objective is 'reach'"), ({"daily_budget": 9_000_000}, "no such budget")],
)
def test_a_campaign_that_turns_out_different_once_live_is_held_again(
    brand: Bench, platform: Platform, fields: dict[str, Any], word: str
) -> None:
    platform.meddle("campaign", **fields)
    result = brand.apply()
    assert not result.complete
    assert word in result.failed[CAMPAIGN]
    assert "paused again" in result.failed[CAMPAIGN]
    assert brand.delivering() == set()


def test_a_name_that_turns_out_different_stops_nothing(brand: Bench, platform: Platform) -> None:
    platform.meddle("campaign", name="Adı değişti")
    assert brand.apply().complete
    assert brand.delivering() == ADS


def test_what_could_not_be_paused_again_is_said_to_be_live(brand: Bench, platform: Platform) -> None:
    platform.meddle("campaign", objective="reach")
    platform.refuses_next = True
    result = brand.apply()
    assert BY_HAND in result.failed[CAMPAIGN]
    assert brand.delivering() == ADS


def test_an_activation_whose_answer_was_lost_is_read_back_too(brand: Bench, platform: Platform) -> None:
    platform.meddle("campaign", objective="reach")
    platform.loses = True
    result = brand.apply()
    assert "paused again" in result.failed[CAMPAIGN]
    assert brand.delivering() == set()


def test_a_budget_raised_further_than_approved_holds_its_ad_set_and_no_other(
    brand: Bench, platform: Platform
) -> None:
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    platform.meddle("ad_set", daily_budget=99_000)
    result = brand.apply()
    assert "daily_budget is 99000, 66000 was approved" in result.failed[AD_SET]
    assert brand.delivering() == {"menu", "muzik"}


@pytest.mark.parametrize("amount", [60_000, 65_990])
def test_a_budget_that_did_not_rise_as_far_is_told_and_runs_on(
    brand: Bench, platform: Platform, amount: int
) -> None:
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    platform.meddle("ad_set", daily_budget=amount)
    result = brand.apply()
    assert f"daily_budget is {amount}" in result.failed[AD_SET]
    assert brand.delivering() == ADS


def test_a_field_that_somebody_else_may_set_holds_nothing_back(brand: Bench) -> None:
    """Ignored in the declaration, different on the platform all along: no news when the tree is let go."""
    brand.edit("objective: sales", "objective: sales\nstatus: paused\nignore_changes: [flight]")
    assert brand.apply().complete
    brand.far_side.records[brand.journal.ids()[CAMPAIGN]].fields["end"] = "2027-01-31"
    brand.edit("ignore_changes: [flight]", "ignore_changes: [end]")
    brand.edit("status: paused\n", "")
    assert brand.apply().complete
    assert brand.delivering() == ADS


def test_the_next_plan_shows_what_is_wrong_and_its_approval_lets_go(brand: Bench, platform: Platform) -> None:
    platform.meddle("campaign", daily_budget=9_000_000)
    brand.apply()
    assert brand.plan().blocked  # a budget nobody declared: a person must decide
    del brand.far_side.records[brand.journal.ids()[CAMPAIGN]].fields["daily_budget"]
    plan = brand.plan()
    (planned,) = plan.changes
    assert planned.change.after == {"status": "ACTIVE"}  # type: ignore[union-attr]
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS


@pytest.mark.parametrize("kind", ["ad_set", "ad"])
def test_a_create_that_the_platform_carried_out_after_it_was_given_up_is_not_let_go(
    brand: Bench, kind: str
) -> None:
    """It stood still for minutes: looked for and not found, so built again; then there were two."""
    key = HOME if kind == "ad_set" else f"{HOME}/kadikoy"
    brand.far_side.drop.add(at(kind, key))

    def late(line: str) -> None:
        if line.startswith("verifying build"):
            made = record(brand, kind, key)
            brand.far_side.insert(kind, made.mark, {**made.fields})

    result = brand.apply(tell=late)
    assert not result.complete
    assert brand.delivering() == set()
    assert "a second one" in result.failed[at(kind, key)]


def test_a_copy_that_somebody_made_before_stands_in_nobodys_way(brand: Bench) -> None:
    brand.apply()
    made = record(brand, "ad_set", HOME)
    brand.far_side.insert("ad_set", made.mark, {**made.fields})
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-siparis\n    name: Eve")
    assert brand.apply().complete
