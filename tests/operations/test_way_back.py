"""`plan --as-of`: back to what an earlier plan declared, saying what cannot be undone; then forward again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.change import Archive, Create, Update
from engine.plan import Plan, plan_from_json, plan_to_json
from engine.resource import Address
from operations import history
from operations import plan as plans
from schemas.errors import KampanyaError
from tests.contract.brand import ADS, CAMPAIGN, on_memory
from tests.operations.sites import Bench

HOME = Address("meta", "ad_set", "yil-sonu/eve-siparis")
MENU = "  - {ad_set: restorana-menu, from: restoran, vars: {aci: menu}}\n"
AD = "yil-sonu/eve-siparis/kadikoy"
MEDIA_PLAN = "media_plan: [{period: aralik, start: 2026-12-01, end: 2026-12-31, budget: 27000 TRY}]"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()


def launched(brand: Bench) -> str:
    """The digest of the plan that launched it."""
    brand.launch()
    (kept,) = brand.journal.plans()
    return kept.digest


def back(brand: Bench, digest: str) -> Plan:
    return brand.plan(as_of=digest)


def fields(plan: Plan) -> dict[str, tuple[object, object]]:
    return {
        f"{each.change.address.key} {name}": (each.change.before[name], value)
        for each in plan.changes
        if isinstance(each.change, Update)
        for name, value in each.change.after.items()
    }


def told(plan: Plan) -> str:
    return "\n".join(f"{note.subject}\n{note.text}" for note in plan.notes if note.sort == "way back")


def test_a_raised_budget_goes_back_and_forward_again(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    brand.apply()
    plan = back(brand, first)
    assert fields(plan) == {"yil-sonu/eve-siparis daily_budget": (66000, 60000)}
    assert plan.as_of == first
    assert brand.apply(plan).complete
    assert back(brand, first).changes == ()
    assert fields(brand.plan()) == {"yil-sonu/eve-siparis daily_budget": (60000, 66000)}


def test_the_way_back_spends_no_more_than_todays_media_plan(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("daily: 600 TRY", "daily: 540 TRY")
    brand.edit("locale: tr_TR", "locale: tr_TR\n" + MEDIA_PLAN, "kampanya.yaml")
    brand.apply()
    (refusal,) = back(brand, first).refusals
    assert refusal.rule == "strategy"
    assert "27,900.00 TRY, 27000 TRY are planned" in refusal.detail


def test_a_way_back_that_cuts_passes_though_the_media_plan_has_less(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    brand.apply()
    brand.edit("locale: tr_TR", "locale: tr_TR\n" + MEDIA_PLAN, "kampanya.yaml")
    assert not back(brand, first).refusals


def test_the_way_back_can_be_taken_back_too(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    second = brand.plan()
    brand.apply(second)
    third = back(brand, first)
    brand.apply(third)
    assert fields(back(brand, second.digest)) == {"yil-sonu/eve-siparis daily_budget": (60000, 66000)}
    assert back(brand, third.digest).changes == ()


def test_it_says_what_cannot_be_undone_and_that_the_next_plan_goes_forward(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("audience: {age: 25-54}", "audience: {age: 25-44}", "kampanya.yaml")
    brand.edit("Sıcak gelir", "Hemen gelir")
    brand.apply()
    words = told(back(brand, first))
    for part in ("Money spent since stays spent", "2 start learning again", "2 go to review again"):
        assert part in words
    assert "the next plan proposes to go forward again" in words
    assert first[:16] in words


def test_a_creative_of_then_is_used_again_and_not_made_again(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("Sıcak gelir", "Hemen gelir")
    brand.apply()
    plan = back(brand, first)
    assert not [each for each in plan.changes if isinstance(each.change, Create)]
    assert brand.apply(plan).complete
    assert back(brand, first).changes == ()


def test_what_was_made_since_is_only_paused_and_runs_again_on_the_way_forward(brand: Bench) -> None:
    text = (brand.root / "campaigns/yil-sonu.yaml").read_text(encoding="utf-8")
    brand.edit(MENU, "")
    first = launched(brand)
    (brand.root / "campaigns/yil-sonu.yaml").write_text(text, encoding="utf-8")
    brand.apply()
    plan = back(brand, first)
    assert fields(plan) == {"yil-sonu/restorana-menu status": ("ACTIVE", "PAUSED")}
    assert not [each for each in plan.changes if isinstance(each.change, Archive)]
    assert "made since: ad_set yil-sonu/restorana-menu" in told(plan)
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS - {"menu"}
    assert back(brand, first).changes == ()
    assert brand.apply().complete
    assert brand.delivering() == ADS


def test_what_was_archived_since_is_built_anew_and_called_so(brand: Bench) -> None:
    first = launched(brand)
    brand.edit(MENU, "")
    brand.apply()
    plan = back(brand, first)
    assert {each.change.address.kind for each in plan.changes} == {"ad_set", "ad"}
    assert "archived since, and cannot be brought back: ad_set yil-sonu/restorana-menu" in told(plan)
    assert plan.blocked == ()
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS
    assert back(brand, first).changes == ()


def test_a_humans_pause_since_then_stays_a_pause(brand: Bench) -> None:
    first = launched(brand)
    ids = brand.journal.ids()
    brand.far_side.records[ids[HOME]].fields["status"] = "PAUSED"
    plan = back(brand, first)
    assert plan.changes == ()
    assert "held" in {note.sort for note in plan.notes}


def test_what_was_renamed_since_is_found_under_its_new_key(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("  - ad_set: eve-siparis\n", "  - ad_set: eve\n    moved: yil-sonu/eve-siparis\n")
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    assert brand.apply().complete
    plan = back(brand, first)
    changed = fields(plan)
    assert changed["yil-sonu/eve daily_budget"] == (66000, 60000)
    assert not [each for each in plan.changes if isinstance(each.change, (Create, Archive))]
    assert brand.apply(plan).complete
    assert back(brand, first).changes == ()


def off(brand: Bench, digest: str, hours: int) -> None:
    """As if the machine that applied the plan had had its clock that far off."""
    (kept,) = brand.journal.declarations(digest)
    brand.journal.keep_declaration(digest, kept.body, kept.at + timedelta(hours=hours))


def test_what_was_renamed_since_is_told_by_the_journals_order_not_by_a_clock_ahead(brand: Bench) -> None:
    launched(brand)
    renamed = "  - ad_set: eve\n    moved: yil-sonu/eve-siparis\n"
    brand.edit("  - ad_set: eve-siparis\n", renamed)
    second = brand.plan()
    assert brand.apply(second).complete
    off(brand, second.digest, 2)
    brand.edit(renamed, "  - ad_set: evde\n    moved: yil-sonu/eve\n")
    assert brand.apply().complete
    plan = back(brand, second.digest)
    assert fields(plan)["yil-sonu/evde name"] == ("evde", "eve")
    assert not [each for each in plan.changes if isinstance(each.change, (Create, Archive))]
    assert brand.apply(plan).complete
    assert back(brand, second.digest).changes == ()


def test_what_was_renamed_before_is_not_renamed_again_by_a_clock_behind(brand: Bench) -> None:
    """The old key is another ad set's by then."""
    launched(brand)
    brand.edit("  - ad_set: eve-siparis\n", "  - ad_set: eve\n    moved: yil-sonu/eve-siparis\n")
    assert brand.apply().complete
    brand.edit("    moved: yil-sonu/eve-siparis\n", "")
    brand.edit("ad_set: restorana-menu", "ad_set: eve-siparis")
    third = brand.plan()
    assert brand.apply(third).complete
    off(brand, third.digest, -2)
    assert back(brand, third.digest).changes == ()


def test_a_way_back_across_a_rename_leaves_the_marks_of_today(brand: Bench) -> None:
    """A mark of a key that nobody declares any more would not be found if the journal were lost."""
    first = launched(brand)
    brand.edit("  - ad_set: eve-siparis\n", "  - ad_set: eve\n    moved: yil-sonu/eve-siparis\n")
    assert brand.apply().complete
    assert brand.apply(back(brand, first)).complete
    for address, id in brand.journal.ids().items():
        if address.kind in ("campaign", "ad_set", "ad"):
            assert brand.far_side.records[id].mark == brand.site.scope.token(address)


def test_the_guard_rails_of_today_judge_the_way_back(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "daily: 900 TRY")
    first = launched(brand)
    brand.edit("daily: 900 TRY", "daily: 600 TRY")
    brand.apply()
    brand.edit("daily: 2000 TRY", "daily: 1000 TRY", "kampanya.yaml")
    assert "daily ceiling" in {each.rule for each in back(brand, first).refusals}


def test_what_is_protected_today_is_protected_on_the_way_back(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("optimize_for: purchases\n", "optimize_for: purchases\n    name: Eve\n")
    brand.apply()
    brand.edit("objective: sales", "objective: sales\nprotect: true")
    assert "protected" in {each.rule for each in back(brand, first).refusals}


def test_what_an_earlier_plan_ignored_its_way_back_ignores(brand: Bench) -> None:
    ignoring = "optimize_for: purchases\n    ignore_changes: [daily_budget]\n"
    brand.edit("optimize_for: purchases\n", ignoring)
    first = launched(brand)
    brand.far_side.records[brand.journal.ids()[HOME]].fields["daily_budget"] = 61000
    brand.edit(ignoring, "optimize_for: purchases\n")
    assert back(brand, first).changes == ()


def test_a_plan_of_one_part_has_a_way_back_of_that_part(brand: Bench) -> None:
    launched(brand)
    brand.edit("daily: 600 TRY", "daily: 610 TRY")
    part = brand.plan(targets=("yil-sonu/eve-siparis",))
    brand.apply(part)
    brand.edit("daily: 610 TRY", "daily: 620 TRY")
    brand.edit("daily: 150 TRY", "daily: 140 TRY", "kampanya.yaml")
    brand.apply()
    plan = back(brand, part.digest)
    assert plan.targets == ("yil-sonu/eve-siparis",)
    assert fields(plan) == {"yil-sonu/eve-siparis daily_budget": (62000, 61000)}


def test_a_campaign_that_left_the_yaml_comes_back_without_its_file(brand: Bench) -> None:
    """Its flight and budgets are those that were declared then, and count against today's ceilings."""
    (brand.root / "campaigns/eski.yaml").write_text(
        CAMPAIGN.replace("campaign: yil-sonu", "campaign: eski"), encoding="utf-8"
    )
    brand.edit("monthly: 45000 TRY", "monthly: 90000 TRY", "kampanya.yaml")
    first = launched(brand)
    (brand.root / "campaigns/eski.yaml").unlink()
    brand.apply()
    plan = back(brand, first)
    assert plan.money.daily_after == {"TRY": 1800}
    assert plan.money.months["2026-12"].amount == 31 * 1800


def test_an_interrupted_way_back_goes_on_where_it_stopped(brand: Bench) -> None:
    first = launched(brand)
    brand.edit(MENU, "")
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    brand.apply()
    plan = back(brand, first)
    brand.far_side.drop.add(Address("meta", "ad_set", "yil-sonu/restorana-menu"))
    brand.far_side.refuse.add(HOME)
    assert not brand.apply(plan).complete
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS
    assert back(brand, first).changes == ()


def test_an_earlier_plan_is_found_by_its_file_or_the_beginning_of_its_digest(
    brand: Bench, tmp_path: Path
) -> None:
    plan = brand.plan()
    plans.write(plan, tmp_path / "plan.json")
    brand.apply(plan)
    assert history.find(brand.journal, str(tmp_path / "plan.json")) == plan.digest
    assert history.find(brand.journal, plan.digest[:8]) == plan.digest


@pytest.mark.parametrize("asked", ["deadbeefdeadbeef", "", "%%%%%%%%", "________"])
def test_an_unknown_plan_is_an_error_that_names_the_latest(brand: Bench, asked: str) -> None:
    first = launched(brand)
    with pytest.raises(KampanyaError, match="No applied plan") as caught:
        history.find(brand.journal, asked)
    assert first[:16] in caught.value.problem.fix


def test_a_plan_that_was_never_applied_is_no_way_back(brand: Bench) -> None:
    with pytest.raises(KampanyaError, match="No applied plan"):
        history.find(brand.journal, brand.plan().digest)


def test_what_is_kept_holds_no_token(brand: Bench) -> None:
    token = "EAA" + "x9" * 20
    brand.edit("https://lezzet.example/siparis", f"https://lezzet.example/siparis?key={token}")
    launched(brand)
    (kept,) = brand.journal.declarations("")
    assert "lezzet.example" in kept.body
    assert token not in kept.body


def test_a_saved_way_back_is_the_same_plan_and_an_ordinary_one_has_no_trace_of_it(brand: Bench) -> None:
    first = launched(brand)
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    brand.apply()
    plan = back(brand, first)
    assert plan_from_json(plan_to_json(plan)).digest == plan.digest
    assert "as_of" not in plan_to_json(brand.plan())


def test_a_yes_to_the_first_way_forward_is_none_to_the_second(brand: Bench) -> None:
    """The changes are the same to the letter; the situation is not."""
    first = launched(brand)
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    forward = brand.plan()
    brand.apply(forward)
    brand.apply(back(brand, first))
    again = brand.plan()
    assert [each.change for each in again.changes] == [each.change for each in forward.changes]
    assert brand.journal.approval(again.digest, brand.journal.approvals()[-1].at) is None
    with pytest.raises(KampanyaError, match="done and undone since"):
        brand.apply(forward)
    assert brand.apply(again).complete


def test_what_the_brand_does_not_say_any_more_does_not_come_back(brand: Bench) -> None:
    first = launched(brand)
    assert back(brand, first).refusals == ()
    brand.edit("forbidden_words: [", "forbidden_words: [mevsim, ", "kampanya.yaml")
    brand.edit("texts: [Mevsimin otları", "texts: [Baharın otları", "kampanya.yaml")
    assert brand.plan().refusals == ()
    (refusal,) = {each.detail.partition(": ")[2] for each in back(brand, first).refusals}
    assert refusal == "“Mevsimin otları ve ev yapımı tatlılar.” contains “mevsim”"
    assert {each.rule for each in back(brand, first).refusals} == {"voice"}
