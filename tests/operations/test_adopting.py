"""What runs in an account becomes ours by a plan of marks, and nothing else of it changes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import Record
from engine.assemble import Spending
from engine.change import Update
from engine.plan import Plan, plan_from_json, plan_to_json
from engine.resource import MARK, Address
from journal.store import Journal
from operations.adopting import Adoption, adopt
from operations.apply import StalePlan, apply_plan
from operations.approve import approve
from operations.claims import claim
from operations.drift import drift
from operations.pause import pause
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations.sites import Bench
from tests.operations.test_importing import AD, people, put

UTM = {
    "source": "meta",
    "medium": "paid",
    "campaign": "yaz-indirimi",
    "content": "kadikoy-ilk",
}


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    made.launch()
    yield made
    made.journal.close()


def stranger(brand: Bench, name: str = "Yaz İndirimi", status: str = "ACTIVE") -> dict[str, str]:
    """A campaign of somebody else with one ad set and one ad; the ids by kind."""
    top = put(
        brand, "campaign", name=name, objective="traffic", status=status, start="2026-12-01", end=None,
        bid=None, ad_set_budgets=True, options={},
    )  # fmt: skip
    ad_set = put(
        brand, "ad_set", campaign=top, name="Kadıköy", status="ACTIVE", optimize_for="link_clicks",
        conversion=None, bid=None, audience=people(), start="2026-12-01", end=None, daily_budget=50_000,
        options={},
    )  # fmt: skip
    creative = put(brand, "creative", **{**AD, "utm": UTM})
    ad = put(brand, "ad", ad_set=ad_set, creative=creative, name="ilk", status="ACTIVE", options={})
    return {"campaign": top, "ad_set": ad_set, "creative": creative, "ad": ad}


def proposed(brand: Bench) -> Adoption:
    return adopt(brand.site, brand.journal, "meta", Spending(), actor="test")


def planned(brand: Bench) -> Plan:
    """The adoption planned again, as the command does for what waits."""
    return proposed(brand).plan


def records(brand: Bench) -> dict[str, Record]:
    return copy.deepcopy(brand.far_side.records)


def without_marks(found: dict[str, Record]) -> Any:
    return {id: (each.kind, each.fields, each.archived) for id, each in found.items()}


def test_a_plan_that_adopts_holds_marks_alone_and_says_so_when_read_back(brand: Bench) -> None:
    ids = stranger(brand)
    plan = proposed(brand).plan
    assert [str(each.change.address) for each in plan.changes] == [
        "meta:campaign/yaz-indirimi",
        "meta:ad_set/yaz-indirimi/kadikoy",
        "meta:ad/yaz-indirimi/kadikoy/ilk",
    ]
    for each in plan.changes:
        assert isinstance(each.change, Update)
        assert each.change.after.keys() == {MARK}
        assert each.change.id == ids[each.change.address.kind]
        assert each.hazards == ()
    assert plan_from_json(plan_to_json(plan)).digest == plan.digest
    assert plan_from_json(plan_to_json(plan)).adopt


def test_until_it_is_adopted_nothing_is_built_in_its_place_and_nothing_owned(brand: Bench) -> None:
    stranger(brand)
    before = records(brand)
    proposed(brand)
    plan = brand.plan()
    assert plan.changes == ()
    assert [(each.sort, each.subject) for each in plan.notes] == [
        ("not adopted", "meta yaz-indirimi"),
        ("not adopted", "meta: 1 shared objects"),
    ]
    assert plan.money.daily_before == {"TRY": 900}, "a stranger's money is not counted"
    assert drift(brand.site, brand.journal) == []
    assert brand.apply().complete
    assert records(brand) == before


def test_adopted_it_is_as_it_was_but_for_its_marks_and_ours_in_all(brand: Bench) -> None:
    ids = stranger(brand)
    before = records(brand)
    plan = proposed(brand).plan
    assert plan.money.daily_before == plan.money.daily_after == {"TRY": 1400}
    assert brand.apply(plan).complete
    assert without_marks(records(brand)) == without_marks(before)
    assert all(brand.far_side.records[ids[kind]].mark for kind in ("campaign", "ad_set", "ad"))
    assert brand.plan().changes == ()
    assert brand.plan().notes == ()
    assert drift(brand.site, brand.journal) == []
    assert planned(brand).changes == ()


def test_what_people_change_of_it_afterwards_is_drift(brand: Bench) -> None:
    ids = stranger(brand)
    brand.apply(proposed(brand).plan)
    brand.far_side.records[ids["ad_set"]].fields["daily_budget"] = 99_900
    (found,) = drift(brand.site, brand.journal)
    assert (found.field, found.ours, found.theirs, found.owner) == ("daily_budget", 50_000, 99_900, "ours")
    (change,) = brand.plan().changes
    assert change.drift


def test_a_stop_pauses_it_like_anything_of_ours(brand: Bench) -> None:
    ids = stranger(brand)
    brand.apply(proposed(brand).plan)
    pause(brand.stopping, brand.journal, ["yaz-indirimi"], actor="test")
    assert brand.far_side.records[ids["campaign"]].fields["status"] == "PAUSED"


def test_without_the_journal_its_marks_tell_it_is_ours(brand: Bench) -> None:
    stranger(brand)
    brand.apply(proposed(brand).plan)
    brand.journal.close()
    for file in (brand.root / ".kampanya" / "sandbox").glob("journal.db*"):
        file.unlink()
    brand.journal = Journal.open(brand.root / ".kampanya" / "sandbox" / "journal.db")
    changed = {each.change.address.kind for each in brand.plan().changes}
    assert not changed & {"campaign", "ad_set"}, "only a creative bears no mark here, and is made anew"


def test_what_was_put_below_it_and_not_imported_is_left_alone(brand: Bench) -> None:
    ids = stranger(brand)
    brand.apply(proposed(brand).plan)
    other = {"ad_set": ids["ad_set"], "creative": ids["creative"], "name": "yabancı", "options": {}}
    foreign = put(brand, "ad", **other, status="ACTIVE")
    before = copy.deepcopy(brand.far_side.records[foreign])
    brand.edit("500 TRY", "480 TRY", "campaigns/yaz-indirimi.yaml")
    assert [each.change.address.key for each in brand.plan().changes] == ["yaz-indirimi/kadikoy"]
    assert brand.apply().complete
    assert brand.far_side.records[foreign] == before


def test_its_budget_is_not_raised_before_a_day_of_it_is_known(brand: Bench) -> None:
    stranger(brand)
    brand.apply(proposed(brand).plan)
    brand.edit("500 TRY", "520 TRY", "campaigns/yaz-indirimi.yaml")
    assert [each.rule for each in brand.plan().refusals] == ["raise in 24 hours"]


def test_a_change_since_the_import_is_refused_and_nothing_of_it_marked(brand: Bench) -> None:
    ids = stranger(brand)
    proposed(brand)
    brand.far_side.records[ids["ad_set"]].fields["daily_budget"] = 99_900
    plan = planned(brand)
    assert [each.change.address.kind for each in plan.changes] == ["campaign"], "what is below it waits"
    (note,) = plan.blocked
    assert "no longer as it was imported" in note.subject
    assert "50000" in note.text
    brand.apply(plan)
    assert brand.far_side.records[ids["ad_set"]].mark == ""
    assert not any(at.kind == "ad_set" and "yaz" in at.key for at in brand.journal.ids())


def test_a_change_after_the_yes_makes_the_plan_stale_before_anything_is_sent(brand: Bench) -> None:
    ids = stranger(brand)
    plan = proposed(brand).plan
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    brand.far_side.records[ids["ad_set"]].fields["daily_budget"] = 99_900
    before = records(brand)
    with pytest.raises(StalePlan, match="changed after the plan"):
        apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")
    assert records(brand) == before
    assert not any("yaz" in at.key for at in brand.journal.ids())


def test_the_authors_own_change_waits_until_it_is_ours(brand: Bench) -> None:
    stranger(brand)
    proposed(brand)
    brand.edit("500 TRY", "999 TRY", "campaigns/yaz-indirimi.yaml")
    assert brand.plan().changes == ()
    assert any("no longer as it was imported" in each.subject for each in planned(brand).blocked)


@pytest.mark.parametrize("whose", ["abcdefghij", "another"])
def test_what_bears_anothers_mark_is_not_adopted(brand: Bench, whose: str) -> None:
    ids = stranger(brand)
    proposed(brand)
    brand.far_side.records[ids["campaign"]].mark = whose
    plan = planned(brand)
    assert plan.changes == ()
    assert any("bears a mark already" in each.subject for each in plan.blocked)


def test_what_is_gone_is_neither_adopted_nor_built_anew(brand: Bench) -> None:
    ids = stranger(brand)
    proposed(brand)
    brand.far_side.records[ids["campaign"]].archived = True
    plan = planned(brand)
    assert plan.changes == ()
    assert any("no longer there" in each.subject for each in plan.blocked)
    assert brand.plan().changes == ()


def test_two_keys_that_claim_one_object_both_wait(brand: Bench) -> None:
    ids = stranger(brand)
    proposed(brand)
    path = brand.root / "campaigns" / "yaz-indirimi.yaml"
    text = path.read_text(encoding="utf-8").replace("campaign: yaz-indirimi", "campaign: kopya")
    (brand.root / "campaigns" / "kopya.yaml").write_text(text, encoding="utf-8")
    now, account = datetime.now(UTC), brand.site.accounts["meta"].id
    claim(brand.journal, {Address("meta", "campaign", "kopya"): ids["campaign"]}, account, now, "test", now)
    plan = planned(brand)
    assert plan.changes == ()
    assert {each.subject for each in plan.blocked} == {"One object cannot be two"}


def test_an_interrupted_adoption_goes_on_under_the_same_yes(brand: Bench) -> None:
    ids = stranger(brand)
    plan = proposed(brand).plan
    refused = plan.changes[1].change.address
    brand.far_side.refuse.add(refused)
    assert not brand.apply(plan).complete
    again = apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")
    assert again.complete
    assert all(brand.far_side.records[ids[kind]].mark for kind in ("campaign", "ad_set", "ad"))
    assert brand.plan().changes == ()


def test_nothing_is_written_where_a_file_would_be_lost(brand: Bench) -> None:
    stranger(brand)
    (brand.root / "campaigns" / "yaz-indirimi.yaml").write_text("# mine\n", encoding="utf-8")
    with pytest.raises(KampanyaError):
        proposed(brand)
    assert brand.journal.events("claimed") == []


def test_what_was_imported_is_not_imported_twice(brand: Bench) -> None:
    stranger(brand)
    assert len(proposed(brand).paths) == 1
    assert proposed(brand).paths == ()
    brand.apply(planned(brand))
    assert proposed(brand).paths == ()
