"""Ways around the rails that somebody found: each must stay closed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connection
from connectors.memory import MemoryConnector, Platform, Record
from engine.assemble import Spending, assemble
from engine.resource import Address
from journal.records import IntentRow
from operations import plan as plans
from operations.apply import apply_plan
from operations.approve import approve
from operations.drift import drift
from operations.pause import pause
from operations.recover import recover
from operations.site import Site, open_site
from schemas.errors import KampanyaError
from tests.contract.brand import write
from tests.operations import sites
from tests.operations.sites import NOW, Bench
from tests.operations.test_convergence import HOME, again, at, daily, record, refused

MENU = "  - {ad_set: restorana-menu,"
MUZIK = "  - {ad_set: restorana-muzik, from: restoran, vars: {aci: muzik}}\n"
SET = "- ad_set: eve-siparis\n"
SHORT = "    flight: {start: 2026-12-01, end: 2026-12-09}\n"
PIXEL = '        pixel: "3000000000000001"\n'
GOOGLE = '      google: {customer: "1234567890", currency: TRY, time_zone: Europe/Istanbul}\n'


def test_a_refused_cut_stays_refused_though_another_part_of_it_succeeds(brand: Bench) -> None:
    brand.edit("end: 2026-12-31", "end: 2026-12-20")
    brand.edit("daily: 600 TRY", "daily: 1600 TRY")
    brand.launch()
    brand.edit("raise_24h: 20%", "raise_24h: 100%", "kampanya.yaml")
    brand.edit("daily: 1600 TRY", "daily: 250 TRY")
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-siparis\n    name: Yeni ad")
    brand.edit("daily: 150 TRY", "daily: 825 TRY", "kampanya.yaml")
    plan = brand.plan()
    assert not plan.refusals
    brand.far_side.refuse.add(at("ad_set", HOME))
    result = brand.apply(plan)
    assert not result.complete
    assert daily(brand) <= 200_000


def test_a_pause_wins_over_an_activation_whose_answer_was_lost(brand: Bench) -> None:
    def tell(line):
        if line.startswith("activate"):
            pause(brand.site, brand.journal, ["yil-sonu"], actor="x")
            brand.far_side.lose.add(at("campaign", "yil-sonu"))

    brand.apply(tell=tell)
    assert brand.delivering() == set()


def test_a_pause_after_the_yes_to_a_resume_wins_over_it(brand: Bench) -> None:
    brand.launch()
    pause(brand.site, brand.journal, ["yil-sonu"], actor="a")
    plan = brand.plan(resume=frozenset({"yil-sonu"}))
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    pause(brand.site, brand.journal, [], actor="b: brand crisis, stop all")
    with suppress(Exception):
        again(brand, plan)
    assert brand.delivering() == set()


def test_a_key_not_built_yet_can_be_paused_while_it_is_being_built(brand: Bench) -> None:
    told = []

    def tell(line):
        if line.startswith("build"):
            try:
                pause(brand.site, brand.journal, ["yil-sonu"], actor="x")
            except Exception as e:
                told.append(str(e))

    brand.apply(tell=tell)
    assert brand.delivering() == set()


def test_a_lifetime_budget_in_a_flight_begun_is_spent_in_the_days_left(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "NOW", datetime(2026, 12, 30, 6, tzinfo=UTC))
    brand.edit("daily: 600 TRY", "lifetime: 49600 TRY")
    brand.edit("daily: 150 TRY", "daily: 10 TRY", "kampanya.yaml")
    plan = brand.plan()
    assert plan.refusals  # 49,600 within two days; daily ceiling 2,000, monthly 45,000


def test_raises_of_lifetime_budgets_are_added_up_too(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "lifetime: 18600 TRY")
    brand.launch()
    assert brand.apply().complete
    brand.edit("18600 TRY", "23000 TRY")
    assert not refused(brand)
    brand.apply()
    brand.edit("23000 TRY", "28000 TRY")
    assert refused(brand)


def test_a_shorter_flight_spends_a_lifetime_budget_faster(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "lifetime: 18600 TRY")
    brand.launch()
    brand.edit(SET, SET + "    flight: {start: 2026-12-01, end: 2026-12-03}\n")
    plan = brand.plan()
    assert plan.refusals


def test_a_swap_for_something_that_runs_longer_answers_to_the_month(brand: Bench) -> None:
    brand.edit("end: 2026-12-31", "end: 2027-01-31")
    brand.edit("daily: 150 TRY", "daily: 10 TRY", "kampanya.yaml")
    brand.edit(SET + "    budget: {daily: 600 TRY}", SET + SHORT + "    budget: {daily: 1900 TRY}")
    brand.launch()
    text = (brand.root / "campaigns/yil-sonu.yaml").read_text()
    new = text.replace("campaign: yil-sonu", "campaign: ocak").replace(SHORT, "")
    (brand.root / "campaigns/ocak.yaml").write_text(new.split("  - {ad_set: restorana-menu")[0])
    brand.edit("objective: sales", "objective: sales\nstatus: paused")
    plan = brand.plan()
    assert "monthly ceiling" in {r.rule for r in plan.refusals}


def test_what_a_target_leaves_running_is_in_the_month(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "daily: 1000 TRY")
    brand.launch()
    brand.edit("raise_24h: 20%", "raise_24h: 1000%", "kampanya.yaml")
    brand.edit("optimize_for: purchases", "optimize_for: purchases\n    status: paused")
    brand.edit("daily: 150 TRY", "daily: 490 TRY", "kampanya.yaml")
    plan = brand.plan(targets=("yil-sonu/restorana-menu", "yil-sonu/restorana-muzik"))
    assert "monthly ceiling" in {r.rule for r in plan.refusals}  # 1,980 x 31 = 61,380


def test_what_ignore_changes_leaves_running_is_in_the_month(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "daily: 1000 TRY")
    brand.launch()
    brand.edit("raise_24h: 20%", "raise_24h: 1000%", "kampanya.yaml")
    brand.edit(
        "optimize_for: purchases",
        "optimize_for: purchases\n    status: paused\n" + "    ignore_changes: [status]",
    )
    brand.edit("daily: 150 TRY", "daily: 490 TRY", "kampanya.yaml")
    plan = brand.plan()
    assert "monthly ceiling" in {r.rule for r in plan.refusals}


def test_a_new_key_never_takes_an_object_that_was_renamed(brand: Bench) -> None:
    brand.launch()
    id = brand.journal.ids()[at("ad_set", HOME)]
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-servis\n    moved: yil-sonu/eve-siparis")
    brand.apply()
    brand.edit("\n    moved: yil-sonu/eve-siparis", "")
    assert brand.plan().changes == ()
    brand.edit(MENU, "  - {ad_set: eve-siparis, from: restoran, vars: {aci: menu}}\n" + MENU)
    plan = brand.plan()
    brand.apply(plan)
    assert brand.journal.ids()[at("ad_set", "yil-sonu/eve-servis")] == id


def test_drift_sees_an_object_that_was_renamed(brand: Bench) -> None:
    brand.launch()
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-servis\n    moved: yil-sonu/eve-siparis")
    brand.apply()
    record(brand, "ad_set", "yil-sonu/eve-servis").fields["daily_budget"] = 99_000
    assert drift(brand.site, brand.journal)


def test_a_protected_key_stays_protected_under_a_new_name(brand: Bench) -> None:
    brand.edit("raise_24h: 20%", "raise_24h: 20%\n  protected: [yil-sonu/eve-siparis]", "kampanya.yaml")
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 650 TRY")
    assert "protected" in refused(brand)
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-servis\n    moved: yil-sonu/eve-siparis")
    assert "protected" in refused(brand)


def test_a_copy_of_what_we_archived_is_not_adopted(brand: Bench) -> None:
    brand.launch()
    mine = record(brand, "ad_set", "yil-sonu/restorana-muzik")
    copy = brand.far_side.insert("ad_set", mine.mark, {**mine.fields, "daily_budget": 5000})
    brand.edit(MUZIK, "")
    brand.apply()
    assert brand.far_side.records[copy].fields["daily_budget"] == 5000
    brand.edit(MENU, MUZIK + MENU)
    brand.apply()
    assert brand.far_side.records[copy].fields["daily_budget"] == 5000


def test_a_copy_is_not_taken_for_a_create_whose_answer_was_lost(brand: Bench) -> None:
    brand.launch()
    ad = at("ad_set", "yil-sonu/restorana-muzik")
    mine = record(brand, "ad_set", "yil-sonu/restorana-muzik")
    copy = brand.far_side.insert("ad_set", mine.mark, {**mine.fields, "daily_budget": 5000})
    brand.edit("restorana-muzik, from:", "restorana-muzik, replace: allow, from:")
    mine.archived = True
    plan = brand.plan()
    brand.far_side.drop.add(ad)
    brand.apply(plan)
    assert brand.journal.ids().get(ad) != copy


def test_a_platform_out_of_reach_does_not_stop_the_stop_of_another(brand: Bench) -> None:
    brand.launch()
    site = replace(brand.site, platforms=("meta", "google"))
    pause(site, brand.journal, [], actor="x")
    assert brand.delivering() == set()


def test_nothing_is_archived_after_the_yes_was_taken_back(brand: Bench) -> None:
    brand.launch()
    brand.edit(MUZIK, "")
    brand.edit("age: 18-44", "age: 18-54")
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")

    def withdraw(line):
        if line.startswith(("verifying", "change")):
            brand.journal.revoke(plan.digest, "Ayşe Yılmaz", datetime.now(UTC))

    again(brand, plan, tell=withdraw)
    assert not [r for r in brand.far_side.records.values() if r.kind == "ad_set" and r.archived]


def test_spend_must_be_known_also_after_everything_was_paused(brand: Bench) -> None:
    brand.launch()
    pause(brand.site, brand.journal, [], actor="x")
    sides = plans.look(brand.site, brand.journal, plans.Wish(resume=frozenset({""})), Spending())
    plan = assemble(replace(sides, live=True, today=sides.today.replace(month=12, day=20)))
    assert "spend unknown" in {r.rule for r in plan.refusals}


def test_spend_must_be_known_before_the_first_launch_too(brand: Bench) -> None:
    """Others may have spent of the month's ceiling in the same accounts."""
    sides = plans.look(brand.site, brand.journal, plans.Wish(), Spending())
    refusals = assemble(replace(sides, live=True)).refusals
    assert "spend unknown" in {each.rule for each in refusals}
    spent = Spending({"TRY": Decimal(49_000)}, {"meta": {}}, NOW)
    refusals = assemble(replace(sides, live=True, spending=spent)).refusals
    assert {each.rule for each in refusals} == {"monthly ceiling"}


def test_a_cut_is_read_back_before_anything_is_raised(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    brand.edit("end: 2026-12-31", "end: 2026-12-20")
    brand.edit("daily: 600 TRY", "daily: 1600 TRY")
    brand.launch()
    brand.edit("raise_24h: 20%", "raise_24h: 100%", "kampanya.yaml")
    brand.edit("daily: 1600 TRY", "daily: 250 TRY")
    brand.edit("daily: 150 TRY", "daily: 825 TRY", "kampanya.yaml")
    cls = brand.site.connectors["meta"].__class__
    write = cls._write

    def wrong(self, change, ids):
        out = write(self, change, ids)
        if change.address == at("ad_set", HOME):
            brand.far_side.records[out.id].fields["daily_budget"] = 160_000
        return out

    monkeypatch.setattr(cls, "_write", wrong)
    result = brand.apply()
    assert not result.complete
    assert daily(brand) <= 200_000


def test_what_is_left_of_a_plan_must_be_as_it_was_approved(brand: Bench) -> None:
    brand.launch()
    brand.edit("raise_24h: 20%", "raise_24h: 1000%", "kampanya.yaml")
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    brand.edit("- ad_set: eve-siparis", "- ad_set: eve-siparis\n    name: Yeni ad")
    plan = brand.plan()

    def tell(line):
        if line.startswith("activate"):
            brand.far_side.refuse.add(at("ad_set", HOME))

    brand.apply(plan, tell=tell)
    record(brand, "ad_set", HOME).fields["daily_budget"] = 10_000
    with suppress(Exception):
        again(brand, plan)
    assert record(brand, "ad_set", HOME).fields["daily_budget"] == 10_000


def two(brand: Bench) -> Any:
    brand.edit(PIXEL, PIXEL + GOOGLE, "kampanya.yaml")
    brand.edit("platforms: [meta]", "platforms: [meta, google]")
    brand.edit("daily: 600 TRY", "daily: {meta: 1000 TRY, google: 1000 TRY}")
    brand.edit("daily: 150 TRY", "daily: {meta: 10 TRY, google: 10 TRY}", "kampanya.yaml")
    far = {"meta": Platform(), "google": Platform(next_id=100)}

    def site(platform=None):
        found = open_site(brand.root, "sandbox", platform)
        given = {
            name: MemoryConnector(Connection(found.accounts[name], found.scope, brand.root), far[name], name)
            for name in found.platforms
        }
        return replace(found, given_connectors=given, given_now=NOW)

    return far, site


def test_one_platform_at_a_time_is_no_way_around_the_ceiling(brand: Bench) -> None:
    _, site = two(brand)
    for name in ("meta", "google"):
        plan = plans.make(site(), brand.journal, plans.Wish(platform=name), Spending())
        if not plan.refusals:
            assert {each.change.address.platform for each in plan.changes} == {name}
            approve(site(), brand.journal, plan, by="Ayşe Yılmaz")
            apply_plan(site(), brand.journal, plan, spending=Spending(), actor="t", sleep=lambda _: None)
    assert "daily ceiling" in {each.rule for each in plan.refusals}


def test_equal_ids_on_two_platforms_are_two_objects(brand: Bench) -> None:
    far, site = two(brand)
    s = site()
    far["meta"].records["777"] = Record("campaign", "m1", {"status": "PAUSED"})
    far["google"].records["777"] = Record("campaign", "m2", {"status": "ACTIVE"})
    j = brand.journal
    run = j.begin_run(None, "t", "h", datetime.now(UTC))
    paused = {"after": {"status": "PAUSED"}}
    rows = [
        IntentRow(Address("meta", "campaign", "a"), "act", "update", "reduce", paused, "m1", "777"),
        IntentRow(Address("google", "campaign", "a"), "1", "pause", "pause", paused, "m2", "777"),
    ]
    j.intend(run, rows, datetime.now(UTC))
    recover(s, j, sleep=lambda _: None)
    got = {str(i.address): i.outcome for i in j.intents()}
    assert got["google:campaign/a"] != "applied"


def test_a_journal_is_one_brands(brand: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAMPANYA_JOURNAL_URL", f"sqlite:///{tmp_path / 'one.db'}")
    brand.site.journal().close()
    other = Bench(write(tmp_path / "oteki"), brand.far_side, brand.journal)
    other.edit("brand: lezzet", "brand: oteki", "kampanya.yaml")
    with pytest.raises(KampanyaError, match="another brand"):
        other.site.journal()


def test_a_replacement_whose_answer_was_lost_is_looked_for_and_not_taken_for_the_old_one(
    brand: Bench,
) -> None:
    brand.launch()
    old = brand.journal.ids()[at("campaign", "yil-sonu")]
    brand.edit("objective: sales", "objective: traffic\nreplace: allow")
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    brand.far_side.drop.add(at("campaign", "yil-sonu"))
    plan = brand.plan()
    brand.apply(plan)
    brand.apply(plan)
    assert brand.journal.ids()[at("campaign", "yil-sonu")] != old
    assert brand.plan().changes == ()


def asleep_while_building(brand: Bench, meanwhile: Any) -> Any:
    """An apply of a raise and of something new, on a machine that sleeps for nine hours in between."""
    brand.apply()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    brand.edit("- ad_set: eve-siparis\n", "- ad_set: eve-siparis\n    name: Eve sipariş\n")
    brand.edit(MUZIK, MUZIK + MUZIK.replace("restorana-muzik,", "restorana-aksam,"))
    plan = brand.plan()
    assert not plan.refusals
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    hours = [NOW]

    def tell(line: str) -> None:
        if line.startswith("build"):
            hours[0] = NOW + timedelta(hours=9)
            meanwhile()

    return apply_plan(
        brand.site, brand.journal, plan, spending=Spending(), actor="test", tell=tell,
        sleep=lambda _: None, wall=lambda: hours[0],
    )  # fmt: skip


def test_a_cut_that_somebody_made_while_the_machine_slept_is_not_undone(brand: Bench) -> None:
    def cut() -> None:
        record(brand, "ad_set", HOME).fields["daily_budget"] = 10_000

    result = asleep_while_building(brand, cut)
    assert not result.complete
    assert any("guard rails refuse this plan now" in each for each in result.waiting.values()), result
    assert record(brand, "ad_set", HOME).fields["daily_budget"] == 10_000


def test_a_freeze_that_began_while_the_machine_slept_holds(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    season = "calendar: [{season: bayram, start: 2026-12-01, end: 2026-12-02, freeze: true}]\n"
    brand.edit("approvers:", f"{season}approvers:", "kampanya.yaml")
    later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    result = asleep_while_building(brand, lambda: monkeypatch.setattr(Site, "now", lambda _: later))
    assert any("frozen" in each for each in result.waiting.values())
    assert record(brand, "ad_set", HOME).fields["daily_budget"] == 60_000


def test_what_took_long_and_is_still_right_is_let_go(brand: Bench) -> None:
    result = asleep_while_building(brand, lambda: None)
    assert result.complete, result
    assert record(brand, "ad_set", HOME).fields["daily_budget"] == 66_000
