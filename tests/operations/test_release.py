"""What is ours is given back by a plan: its marks go, the journal forgets it, and it is as it was."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.assemble import Spending
from engine.change import Update
from engine.plan import Plan, plan_from_json, plan_to_json
from engine.resource import MARK
from operations.apply import NotApproved, StalePlan, apply_plan
from operations.approve import approve
from operations.release import release
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations.sites import Bench
from tests.operations.test_adopting import proposed, records, stranger, without_marks

KEY = "yaz-indirimi"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    """A brand that built a campaign, and adopted one."""
    made = on_memory(tmp_path / "lezzet")
    assert made.apply().complete
    stranger(made)
    assert made.apply(proposed(made).plan).complete
    yield made
    made.journal.close()


def file(brand: Bench) -> Path:
    return brand.root / "campaigns" / f"{KEY}.yaml"


def given_back(brand: Bench) -> Plan:
    file(brand).unlink()
    return release(brand.site, brand.journal, KEY, spending=Spending())


def test_a_plan_that_releases_takes_marks_off_and_nothing_else(brand: Bench) -> None:
    plan = given_back(brand)
    assert plan.changes
    for each in plan.changes:
        assert isinstance(each.change, Update)
        assert each.change.after == {MARK: ""}
    assert {each.change.address.kind for each in plan.changes} >= {"campaign", "ad_set", "ad"}
    assert plan_from_json(plan_to_json(plan)).digest == plan.digest
    assert plan_from_json(plan_to_json(plan)).release == (KEY,)
    (note,) = [each for each in plan.notes if each.sort == "released"]
    assert "runs on" in note.text


def test_released_it_is_as_it_was_but_for_its_marks_and_nobodys(brand: Bench) -> None:
    before = records(brand)
    plan = given_back(brand)
    assert brand.apply(plan).complete
    assert without_marks(records(brand)) == without_marks(before)
    changed = {id for id, each in records(brand).items() if each.mark != before[id].mark}
    assert {before[id].kind for id in changed} >= {"campaign", "ad_set", "ad"}
    assert all(records(brand)[id].mark == "" for id in changed)
    assert not any(KEY in at.key for at in brand.journal.ids())
    after = brand.plan()
    assert after.changes == ()
    assert after.money.daily_before == {"TRY": 900}


def test_what_else_is_ours_keeps_its_mark(brand: Bench) -> None:
    before = records(brand)
    mine = {id for at, id in brand.journal.ids().items() if at.key.startswith("yil-sonu")}
    assert brand.apply(given_back(brand)).complete
    assert {id: records(brand)[id] for id in mine} == {id: before[id] for id in mine}


def test_what_is_still_declared_is_not_given_back(brand: Bench) -> None:
    with pytest.raises(KampanyaError, match="still declared"):
        release(brand.site, brand.journal, KEY, spending=Spending())


def test_what_was_never_ours_is_not_given_back(brand: Bench) -> None:
    with pytest.raises(KampanyaError, match="knows nothing at this key"):
        release(brand.site, brand.journal, "baska", spending=Spending())


def test_without_a_yes_nothing_is_given_back(brand: Bench) -> None:
    before, plan = records(brand), given_back(brand)
    with pytest.raises(NotApproved):
        apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")
    assert records(brand) == before


def test_declared_again_it_waits_to_be_adopted_and_is_not_built_a_second_time(brand: Bench) -> None:
    text = file(brand).read_text(encoding="utf-8")
    assert brand.apply(given_back(brand)).complete
    file(brand).write_text(text, encoding="utf-8")
    plan = brand.plan()
    assert plan.changes == ()
    assert "not adopted" in {each.sort for each in plan.notes}
    adopting = proposed(brand).plan
    assert adopting.changes
    assert brand.apply(adopting).complete
    assert brand.plan().changes == ()


def test_a_release_cut_short_goes_on_under_the_same_yes(brand: Bench) -> None:
    plan = given_back(brand)
    refused = next(each.change.address for each in plan.changes if each.change.address.kind == "ad_set")
    brand.far_side.refuse.add(refused)
    assert not brand.apply(plan).complete
    assert refused in brand.journal.ids(), "what kept its mark is still known"
    again = apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")
    assert again.complete
    assert not any(KEY in at.key for at in brand.journal.ids())


def test_a_file_put_back_after_the_yes_makes_the_release_stale(brand: Bench) -> None:
    text = file(brand).read_text(encoding="utf-8")
    plan = given_back(brand)
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    file(brand).write_text(text, encoding="utf-8")
    before = copy.deepcopy(brand.far_side.records)
    with pytest.raises(StalePlan):
        apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")
    assert brand.far_side.records == before
