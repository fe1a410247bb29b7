"""Whatever is declared next, one apply brings it about, and no money escapes the guard rails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import Platform
from engine.assemble import Spending
from engine.resource import Address
from journal.errors import LedgerConflict
from operations.apply import NotApproved, StalePlan, apply_plan
from operations.approve import approve
from operations.execution import Result
from schemas.errors import KampanyaError
from tests.contract.brand import ADS, on_memory
from tests.operations import sites
from tests.operations.sites import Bench

HOME = "yil-sonu/eve-siparis"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()


def at(kind: str, key: str) -> Address:
    return Address("meta", kind, key)


def again(brand: Bench, plan: Any, **options: Any) -> Result:
    """Run the same command again, without a new approval."""
    return apply_plan(
        brand.site,
        brand.journal,
        plan,
        spending=Spending(),
        actor="test",
        sleep=lambda _: None,
        **options,
    )


def record(brand: Bench, kind: str, key: str) -> Any:
    return brand.far_side.records[brand.journal.ids()[at(kind, key)]]


def daily(brand: Bench) -> int:
    """What everything live may spend a day, in minor units, as the platform has it."""
    records = [each for each in brand.far_side.records.values() if not each.archived]
    amounts = [each.fields.get("daily_budget") for each in records if each.fields.get("status") == "ACTIVE"]
    return sum(amount for amount in amounts if isinstance(amount, int))


@contextmanager
def mangled(monkeypatch: pytest.MonkeyPatch, kind: str, **fields: Any) -> Iterator[None]:
    """A platform that says yes and keeps something else."""
    insert = Platform.insert

    def wrong(self: Platform, made: str, mark: str, values: Any) -> str:
        return insert(self, made, mark, {**values, **fields} if made == kind else values)

    with monkeypatch.context() as patch:
        patch.setattr(Platform, "insert", wrong)
        yield


# -- what is declared comes about


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("daily: 600 TRY", "daily: 700 TRY"),
        ("daily: 600 TRY", "daily: 60 TRY"),
        ("flight: {start: 2026-12-01, end: 2026-12-31}", "flight: {start: 2026-12-01, end: 2026-12-24}"),
        ("age: 18-44", "age: 18-54"),
        ("{ilce: [Kadıköy, Beşiktaş]}", "{ilce: [Kadıköy]}"),
        ("{ilce: [Kadıköy, Beşiktaş]}", "{ilce: [Kadıköy, Beşiktaş, Üsküdar]}"),
        ("Sıcak gelir", "Sıcak sıcak gelir"),
        ("objective: sales", "objective: sales\nstatus: paused"),
    ],
)
def test_one_apply_brings_a_change_about_and_the_next_plan_is_empty(brand: Bench, old: str, new: str) -> None:
    brand.launch()
    brand.edit(old, new)
    assert brand.plan().changes != ()
    assert brand.apply().complete
    assert brand.plan().changes == ()


def test_a_replaced_campaign_comes_about_in_one_apply_and_delivers(brand: Bench) -> None:
    brand.launch()
    brand.edit("objective: sales", "objective: traffic\nreplace: allow")
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    assert brand.apply().complete
    assert brand.delivering() == ADS
    assert brand.plan().changes == ()


def test_a_budget_that_moves_up_to_the_campaign_is_not_spent_twice(brand: Bench) -> None:
    brand.launch()
    brand.edit("objective: sales", "objective: sales\nbudget: {daily: 900 TRY}")
    brand.edit("    budget: {daily: 600 TRY}\n", "")
    brand.edit("    budget: {daily: 150 TRY}\n", "", "kampanya.yaml")
    plan = brand.plan()
    if not plan.refusals and not plan.blocked:
        brand.apply(plan)
    assert daily(brand) <= 90_000


def test_a_budget_deleted_from_the_declaration_is_not_left_running_unseen(brand: Bench) -> None:
    """A lifetime budget in place of a daily one: the plan must say what becomes of the daily one."""
    brand.launch()
    brand.edit("daily: 600 TRY", "lifetime: 6000 TRY")
    plan = brand.plan()
    seen = [each.change.after for each in plan.changes if each.change.address == at("ad_set", HOME)]  # type: ignore[union-attr]
    assert plan.blocked or any("daily_budget" in after for after in seen)


# -- an approval is for what was shown, and for as long as it lasts


def test_the_same_command_again_after_it_is_done_does_nothing(brand: Bench) -> None:
    plan = brand.plan()
    brand.apply(plan)
    calls = len(brand.journal.intents())
    assert again(brand, plan).complete
    assert len(brand.journal.intents()) == calls


def test_a_done_plan_run_again_does_not_undo_what_somebody_cut_since(brand: Bench) -> None:
    """Money rule 4: the cut is drift to report; the old yes was not about raising it again."""
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    plan = brand.plan()
    assert brand.apply(plan).complete
    record(brand, "ad_set", HOME).fields["daily_budget"] = 58_000
    with pytest.raises(StalePlan):
        again(brand, plan)
    assert record(brand, "ad_set", HOME).fields["daily_budget"] == 58_000


def test_a_done_plan_run_again_does_not_rebuild_what_somebody_archived_since(brand: Bench) -> None:
    plan = brand.plan()
    brand.apply(plan)
    record(brand, "ad", f"{HOME}/kadikoy").archived = True
    with pytest.raises(StalePlan):
        again(brand, plan)
    assert brand.delivering() == ADS - {"kadikoy"}


def test_activation_needs_an_approval_that_still_stands(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")

    def withdraw(line: str) -> None:
        if line.startswith("verifying build"):
            brand.journal.revoke(plan.digest, "Ayşe Yılmaz", datetime.now(UTC))

    with suppress(NotApproved):
        again(brand, plan, tell=withdraw)
    assert brand.delivering() == set()


def test_a_revoked_approval_is_none(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    brand.journal.revoke(plan.digest, "Ayşe Yılmaz", datetime.now(UTC))
    with pytest.raises(NotApproved):
        again(brand, plan)


# -- nothing delivers before it is right


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("campaign", {"objective": "awareness"}),
        ("ad_set", {"daily_budget": 6_000_000}),
        ("ad_set", {"audience": {}}),
        ("ad", {"creative": "somebody else's"}),
    ],
)
def test_a_platform_that_keeps_something_else_is_caught_before_delivery(
    brand: Bench, monkeypatch: pytest.MonkeyPatch, kind: str, fields: dict[str, Any]
) -> None:
    with mangled(monkeypatch, kind, **fields):
        result = brand.apply()
    assert not result.complete
    assert brand.delivering() == set()


def test_an_ad_whose_creative_is_not_as_approved_does_not_deliver(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mangled(monkeypatch, "creative", url="https://somebody.example/"):
        result = brand.apply()
    assert not result.complete
    assert brand.delivering() == set()


def test_a_running_ad_is_not_switched_to_a_creative_that_is_not_as_approved(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand.launch()
    before = record(brand, "ad", f"{HOME}/kadikoy").fields["creative"]
    brand.edit("Sıcak gelir", "Sıcak sıcak gelir")
    with mangled(monkeypatch, "creative", url="https://somebody.example/"):
        assert not brand.apply().complete
    assert record(brand, "ad", f"{HOME}/kadikoy").fields["creative"] == before


def test_a_raise_waits_for_the_cut_that_pays_for_it(brand: Bench) -> None:
    """Approved was 1,900 a day in all, under a ceiling of 2,000; half of it must not make 3,250."""
    brand.edit("end: 2026-12-31", "end: 2026-12-20")
    brand.edit("daily: 600 TRY", "daily: 1600 TRY")
    brand.launch()
    brand.edit("raise_24h: 20%", "raise_24h: 100%", "kampanya.yaml")
    brand.edit("daily: 1600 TRY", "daily: 250 TRY")
    brand.edit("daily: 150 TRY", "daily: 825 TRY", "kampanya.yaml")
    plan = brand.plan()
    assert not plan.refusals
    brand.far_side.refuse.add(at("ad_set", HOME))
    assert not brand.apply(plan).complete
    assert daily(brand) <= 200_000


def test_a_raise_is_read_back_too(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Complete … and read back` is said of a raise: a platform that made ten times of it must be caught."""
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    write = brand.site.connectors["meta"].__class__._write  # type: ignore[attr-defined]

    def wrong(self: Any, change: Any, ids: Any) -> Any:
        outcome = write(self, change, ids)
        brand.far_side.records[outcome.id].fields["daily_budget"] = 660_000
        return outcome

    monkeypatch.setattr(brand.site.connectors["meta"].__class__, "_write", wrong)
    assert not brand.apply().complete


def test_trouble_with_one_object_raises_nothing_after_the_first_intent(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A create is lost and turns out to be there twice: that object is quarantined, the apply goes on."""
    insert = Platform.insert

    def doubled(self: Platform, kind: str, mark: str, fields: Any) -> str:
        if kind == "ad" and fields["name"] == "kadikoy":
            insert(self, kind, mark, fields)
        return insert(self, kind, mark, fields)

    monkeypatch.setattr(Platform, "insert", doubled)
    brand.far_side.lose.add(at("ad", f"{HOME}/kadikoy"))
    try:
        result = brand.apply()
    except (LedgerConflict, KeyError) as raised:
        pytest.fail(f"the whole apply fell: {type(raised).__name__}")
    assert not result.complete
    assert brand.delivering() == set()


def test_an_object_nobody_could_settle_is_not_called_complete(brand: Bench) -> None:
    """A blocked object was declared and is not there: `Complete: everything declared is there` is untrue."""
    brand.launch()
    brand.edit("objective: sales", "objective: traffic\nname: Yeni ad")
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    plan = brand.plan()
    assert plan.blocked
    assert not brand.apply(plan).complete


# -- guard rails see all the money


def refused(brand: Bench) -> set[str]:
    return {each.rule for each in brand.plan().refusals}


def test_a_lifetime_budget_answers_to_the_ceilings_too(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "lifetime: 9000000 TRY")
    brand.edit("daily: 150 TRY", "lifetime: 9000000 TRY", "kampanya.yaml")
    assert "monthly ceiling" in refused(brand)


def test_without_ceilings_not_even_a_lifetime_budget_may_start(brand: Bench) -> None:
    brand.edit("  daily: 2000 TRY\n  monthly: 45000 TRY\n", "", "kampanya.yaml")
    brand.edit("daily: 600 TRY", "lifetime: 6000 TRY")
    brand.edit("daily: 150 TRY", "lifetime: 6000 TRY", "kampanya.yaml")
    assert "ceiling missing" in refused(brand)


def test_a_lifetime_budget_shows_the_hazard_spend(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "lifetime: 6000 TRY")
    carrier = [each for each in brand.plan().changes if each.change.address == at("ad_set", HOME)]
    assert "spend" in {hazard.kind for each in carrier for hazard in each.hazards}


def test_a_longer_flight_answers_to_the_monthly_ceiling(brand: Bench) -> None:
    """1,900 a day for nine days is 17,100; the same until the end of January is 58,900 in that month."""
    brand.edit("daily: 600 TRY", "daily: 1600 TRY")
    brand.edit("end: 2026-12-31", "end: 2026-12-09")
    brand.launch()
    brand.edit("end: 2026-12-09", "end: 2027-01-31")
    assert "monthly ceiling" in refused(brand)


def test_a_replacement_answers_to_the_ceilings(brand: Bench) -> None:
    """Archive and create of one address: what is archived must not take the new budget out of the sum."""
    brand.edit("objective: sales", "objective: sales\nbudget: {daily: 900 TRY}")
    brand.edit("    budget: {daily: 600 TRY}\n", "")
    brand.edit("    budget: {daily: 150 TRY}\n", "", "kampanya.yaml")
    brand.launch()
    brand.edit("objective: sales", "objective: traffic\nreplace: allow")
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    brand.edit("daily: 900 TRY", "daily: 90000 TRY")
    assert "daily ceiling" in refused(brand)


def test_two_raises_within_a_day_are_added_up_whatever_the_sandbox_clock(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "NOW", datetime.now(UTC) + timedelta(days=30))
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 700 TRY")
    assert brand.apply().complete
    brand.edit("daily: 700 TRY", "daily: 850 TRY")
    assert refused(brand) == {"raise in 24 hours"}


def test_raising_while_paused_is_no_way_around_the_limit(brand: Bench) -> None:
    brand.launch()
    ad_set = record(brand, "ad_set", HOME)
    brand.edit("optimize_for: purchases", "optimize_for: purchases\n    status: paused")
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 1600 TRY")
    brand.apply()
    assert ad_set.fields["daily_budget"] == 160_000
    brand.edit("\n    status: paused", "")
    assert "raise in 24 hours" in refused(brand)


def test_a_plan_for_a_key_that_does_not_exist_is_an_error_and_not_an_empty_plan(brand: Bench) -> None:
    with pytest.raises(KampanyaError, match="eve-siparişş"):
        brand.plan(targets=("yil-sonu/eve-siparişş",))


def test_a_target_takes_along_what_it_needs_and_nothing_else(brand: Bench) -> None:
    plan = brand.plan(targets=("yil-sonu/restorana-menu",))
    assert {each.change.address.key for each in plan.changes if each.change.address.kind != "creative"} >= {
        "yil-sonu",
        "yil-sonu/restorana-menu",
        "yil-sonu/restorana-menu/menu",
    }
    brand.apply(plan)
    assert brand.delivering() == {"menu"}
    assert brand.apply().complete
    assert brand.delivering() == ADS


def test_a_key_renamed_with_moved_is_the_same_object(brand: Bench) -> None:
    brand.launch()
    id = brand.journal.ids()[at("ad_set", HOME)]
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-servis\n    moved: yil-sonu/eve-siparis")
    brand.apply()
    assert brand.journal.ids().get(at("ad_set", "yil-sonu/eve-servis")) == id


@pytest.mark.parametrize("words", ["Garantili lezzet", "EN UCUZ"])
def test_a_forbidden_word_refuses_the_plan_or_the_declaration(brand: Bench, words: str) -> None:
    brand.edit("Sıcak gelir", words)
    try:
        rules = {each.rule for each in brand.plan().refusals}
    except KampanyaError:
        return
    assert rules


def test_protection_outlives_the_file_that_declares_it(brand: Bench) -> None:
    brand.edit("objective: sales", "objective: sales\nprotect: true")
    brand.launch()
    (brand.root / "campaigns" / "yil-sonu.yaml").unlink()
    assert "protected" in refused(brand)


@pytest.mark.parametrize("flight", ["start: 2026-11-30, end: 2026-12-31", "start: 2026-12-01"])
def test_more_days_of_the_same_budget_show_the_hazard_spend(brand: Bench, flight: str) -> None:
    brand.launch()
    brand.edit("start: 2026-12-01, end: 2026-12-31", flight)
    plan = brand.plan()
    assert plan.changes
    assert "spend" in {hazard.kind for each in plan.changes for hazard in each.hazards}
