"""Apply: exactly the approved plan, nothing delivering before it is right, and whatever happens, resumed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.assemble import Spending
from engine.change import Create
from engine.render import text
from engine.resource import Address
from journal.errors import Locked
from journal.locks import exclusive
from operations.apply import NotApproved, StalePlan, apply_plan
from operations.approve import approve
from operations.pause import pause
from schemas.errors import KampanyaError
from tests.operations.sites import NOW, Bench

WHOLE = {"campaign": 1, "ad_set": 3, "ad": 4, "creative": 4, "image": 3}
ADS = {"kadikoy", "besiktas", "menu", "muzik"}


def at(kind: str, key: str) -> Address:
    return Address("meta", kind, key)


def test_an_approved_plan_builds_everything_and_the_next_plan_is_empty(brand: Bench) -> None:
    result = brand.apply()
    assert result.complete
    assert brand.kinds() == WHOLE
    assert brand.delivering() == ADS
    assert brand.plan().changes == ()


def test_nothing_is_sent_without_an_approval(brand: Bench) -> None:
    plan = brand.plan()
    with pytest.raises(NotApproved):
        apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")
    assert brand.far_side.records == {}


def test_an_expired_approval_is_none(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz", expires=timedelta(seconds=-1))
    with pytest.raises(NotApproved):
        apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="test")


def test_a_plan_of_an_older_declaration_is_refused(brand: Bench) -> None:
    plan = brand.plan()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    with pytest.raises(StalePlan, match="declaration changed"):
        brand.apply(plan)
    assert brand.far_side.records == {}


def test_a_plan_is_refused_once_somebody_changed_the_platform(brand: Bench) -> None:
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    plan = brand.plan()
    ad_set = brand.journal.ids()[at("ad_set", "yil-sonu/eve-siparis")]
    brand.far_side.records[ad_set].fields["daily_budget"] = 90_000
    with pytest.raises(StalePlan, match=r"daily_budget \(90000 → 66000\)"):
        brand.apply(plan)


def test_one_budget_changed_by_a_tenth_is_exactly_one_change(brand: Bench) -> None:
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    (planned,) = brand.plan().changes
    assert (planned.change.before, planned.change.after) == (  # type: ignore[union-attr]
        {"daily_budget": 60_000},
        {"daily_budget": 66_000},
    )
    assert brand.apply().complete
    assert brand.plan().changes == ()


def test_a_refused_object_stops_itself_and_holds_back_its_tree(brand: Bench) -> None:
    brand.far_side.refuse.add(at("ad", "yil-sonu/eve-siparis/kadikoy"))
    plan = brand.plan()
    result = brand.apply(plan)
    assert not result.complete
    assert "does not like it" in result.failed[at("ad", "yil-sonu/eve-siparis/kadikoy")]
    assert at("campaign", "yil-sonu") in result.waiting
    assert brand.delivering() == set()
    assert brand.kinds() == {**WHOLE, "ad": 3}
    again = brand.apply(plan)
    assert again.complete
    assert (brand.kinds(), brand.delivering()) == (WHOLE, ADS)


@pytest.mark.parametrize("trouble", ["lose", "drop"])
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("campaign", "yil-sonu"),
        ("ad_set", "yil-sonu/restorana-menu"),
        ("ad", "yil-sonu/restorana-muzik/muzik"),
    ],
)
def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(
    brand: Bench, trouble: str, kind: str, key: str
) -> None:
    getattr(brand.far_side, trouble).add(at(kind, key))
    assert brand.apply().complete
    assert (brand.kinds(), brand.delivering()) == (WHOLE, ADS)
    assert not brand.journal.open_intents()


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


@pytest.mark.parametrize("after", range(0, 40, 3))
def test_killed_after_any_call_the_same_command_completes_without_duplicates(
    brand: Bench, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = brand.plan()
    insert, calls = brand.far_side.insert, iter(range(1000))

    def dying(kind: str, mark: str, fields: object) -> str:
        made = insert(kind, mark, fields)  # type: ignore[arg-type]
        if next(calls) == after:
            raise Killed
        return made

    monkeypatch.setattr(brand.far_side.__class__, "insert", lambda _self, *args: dying(*args))
    try:
        brand.apply(plan)
    except Killed:
        assert brand.delivering() == set()
    assert brand.apply(plan).complete
    assert (brand.kinds(), brand.delivering()) == (WHOLE, ADS)
    assert brand.plan().changes == ()


def test_a_second_bearer_of_a_mark_is_reported_and_untouched(brand: Bench) -> None:
    brand.launch()
    original = brand.far_side.records[brand.journal.ids()[at("campaign", "yil-sonu")]]
    copy = brand.far_side.insert("campaign", original.mark, {**original.fields, "name": "kopya"})
    brand.edit("objective: sales", "objective: sales\nname: Yeni ad")
    plan = brand.plan()
    assert [note.sort for note in plan.notes] == ["foreign"]
    assert brand.apply(plan).complete
    assert brand.far_side.records[copy].fields["name"] == "kopya"


def test_pause_needs_no_plan_and_stays_until_resumed(brand: Bench) -> None:
    brand.launch()
    stopped = pause(brand.site, brand.journal, [], actor="test")
    assert [each.key for each in stopped.paused] == ["yil-sonu"]
    assert brand.delivering() == set()
    plan = brand.plan()
    assert plan.changes == ()
    assert "kampanya pause" in plan.notes[0].subject
    resumed = brand.plan(resume=frozenset({"yil-sonu"}))
    assert brand.apply(resumed).complete
    assert brand.delivering() == ADS


def test_pausing_one_ad_set_leaves_the_others_running(brand: Bench) -> None:
    brand.launch()
    pause(brand.site, brand.journal, ["yil-sonu/restorana-menu"], actor="test")
    assert brand.delivering() == ADS - {"menu"}
    with pytest.raises(KampanyaError, match="Nothing to pause"):
        pause(brand.site, brand.journal, ["yok"], actor="test")


def test_two_applies_at_once_the_second_says_who_is_at_it(brand: Bench) -> None:
    with (
        exclusive(brand.site.state / "journal.db", "Mehmet", "apply", NOW),
        pytest.raises(Locked, match="Mehmet"),
    ):
        brand.apply()


def test_a_lost_journal_is_rebuilt_from_the_marks(brand: Bench) -> None:
    brand.launch()
    for path in (brand.root / ".kampanya" / "sandbox").glob("journal.db*"):
        path.unlink()
    brand.journal = brand.journal.open(brand.root / ".kampanya" / "sandbox" / "journal.db")
    assert brand.plan().changes == ()
    brand.edit("daily: 600 TRY", "daily: 540 TRY")
    assert brand.apply().complete
    assert (brand.kinds(), len(brand.journal.ids())) == (WHOLE, 15)


def test_marks_removed_by_somebody_are_no_reason_to_build_anew(brand: Bench) -> None:
    brand.launch()
    for record in brand.far_side.records.values():
        record.mark = ""
    plan = brand.plan()
    assert {name for each in plan.changes for name in each.change.after} == {"mark"}  # type: ignore[union-attr]
    assert brand.apply(plan).complete
    assert brand.plan().changes == ()


def test_the_guard_rails_refuse_and_such_a_plan_cannot_be_approved(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "daily: 60000 TRY")
    plan = brand.plan()
    assert {each.rule for each in plan.refusals} == {"daily ceiling", "monthly ceiling"}
    with pytest.raises(KampanyaError, match="guard rails"):
        brand.apply(plan)
    assert brand.far_side.records == {}


def test_a_plan_shows_the_money_and_only_changed_objects_begin_a_line(brand: Bench) -> None:
    plan = brand.plan()
    words = text(plan, brand.site.supports)
    assert "Daily budget: 0.00 → 900.00 TRY; ceiling 2,000.00 TRY" in words
    starts = [line for line in words.splitlines() if line.startswith(("+", "~", "-"))]
    assert len(starts) == sum(isinstance(each.change, Create) for each in plan.changes)
