"""The emergency stop: needs no sound declaration, wins over a running apply, stays until acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.assemble import Spending
from engine.change import Update
from engine.resource import Address
from operations.apply import apply_plan
from operations.approve import approve
from operations.pause import pause
from operations.site import open_site
from schemas.errors import KampanyaError
from tests.contract.brand import ADS, on_memory
from tests.operations.sites import Bench

FOLD = "operations.memory._fold: any update takes an object out of the paused ones"
RUNNING = "operations.apply._activate does not look for a pause journalled since the apply began"
PLATFORMS = "operations.site.open_site takes platforms from the YAML alone, not from the journal"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()


CAMPAIGN = Address("meta", "campaign", "yil-sonu")


def stop(brand: Bench, *keys: str) -> list[str]:
    return [each.key for each in pause(brand.stopping, brand.journal, keys, actor="test").paused]


def pause_in_the_middle(brand: Bench, moment: str) -> None:
    """Apply, and pause everything when the apply first tells of `moment`."""
    told: list[str] = []

    def tell(line: str) -> None:
        if line.startswith(moment) and moment not in told:
            told.append(moment)
            stop(brand)

    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    apply_plan(
        brand.site, brand.journal, plan, spending=Spending(), actor="test", tell=tell, sleep=lambda _: None
    )
    assert told == [moment], "the apply never came to that point"


def test_everything_is_paused_at_its_top_and_an_intent_is_journalled_first(brand: Bench) -> None:
    brand.launch()
    assert stop(brand) == ["yil-sonu"]
    assert brand.delivering() == set()
    last = brand.journal.intents()[-1]
    assert (last.operation, last.outcome, last.phase) == ("pause", "applied", "pause")
    assert brand.journal.runs()[-1].digest is None


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (["yil-sonu"], set()),
        (["yil-sonu/eve-siparis"], {"menu", "muzik"}),
        (["yil-sonu/eve-siparis/kadikoy"], ADS - {"kadikoy"}),
        (["yil-sonu/restorana-menu", "yil-sonu/eve-siparis/kadikoy"], {"besiktas", "muzik"}),
        (["yil-sonu/eve-siparis/kadikoy", "yil-sonu"], set()),
    ],
)
def test_a_key_pauses_what_is_at_and_below_it_and_nothing_else(
    brand: Bench, keys: list[str], left: set[str]
) -> None:
    brand.launch()
    stop(brand, *keys)
    assert brand.delivering() == left


def test_a_key_is_a_path_and_no_prefix_of_letters(brand: Bench) -> None:
    brand.launch()
    with pytest.raises(KampanyaError, match="Nothing to pause"):
        stop(brand, "yil-sonu/restorana-m")
    assert brand.delivering() == ADS


def test_an_unknown_key_among_known_ones_pauses_nothing_and_is_named(brand: Bench) -> None:
    brand.launch()
    with pytest.raises(KampanyaError, match="yok"):
        stop(brand, "yok", "yil-sonu")


def test_pausing_twice_is_harmless(brand: Bench) -> None:
    brand.launch()
    assert stop(brand) == stop(brand) == ["yil-sonu"]
    assert brand.delivering() == set()


def test_what_cannot_be_paused_is_named_with_the_platforms_words(brand: Bench) -> None:
    brand.launch()
    brand.far_side.refuse.add(CAMPAIGN)
    stopped = pause(brand.site, brand.journal, [], actor="test")
    assert "does not like it" in stopped.failed[CAMPAIGN]
    assert brand.journal.runs()[-1].status == "failed"


def test_a_pause_whose_answer_was_lost_still_wins_over_the_next_plan(brand: Bench) -> None:
    brand.launch()
    brand.far_side.lose.add(CAMPAIGN)
    assert stop(brand) == []
    assert brand.delivering() == set()
    assert brand.plan().changes == ()


def test_an_unrelated_change_after_a_pause_does_not_undo_it(brand: Bench) -> None:
    """Money rule 4: a pause wins until somebody acknowledges it, not until the next change of a name."""
    brand.launch()
    stop(brand)
    brand.edit("objective: sales", "objective: sales\nname: Yeni ad")
    assert brand.apply().complete
    assert brand.plan().changes == ()
    assert brand.delivering() == set()


def test_a_budget_changed_while_paused_does_not_let_the_ad_set_run_again(brand: Bench) -> None:
    brand.launch()
    stop(brand, "yil-sonu/eve-siparis")
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    assert brand.apply().complete
    assert [each.change for each in brand.plan().changes if isinstance(each.change, Update)] == []
    assert "kadikoy" not in brand.delivering()


@pytest.mark.parametrize("moment", ["build", "verifying build"])
def test_a_pause_during_an_apply_wins_over_it(brand: Bench, moment: str) -> None:
    pause_in_the_middle(brand, moment)
    assert brand.delivering() == set()


def test_a_pause_in_the_last_moment_before_activation_wins_too(brand: Bench) -> None:
    pause_in_the_middle(brand, "activate")
    assert brand.delivering() == set()


def test_a_pause_during_the_apply_of_a_raise_is_not_undone(brand: Bench) -> None:
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    pause_in_the_middle(brand, "activate")
    assert brand.delivering() == set()
    assert brand.plan().changes == ()


def test_a_resume_of_one_key_lets_go_of_nothing_else(brand: Bench) -> None:
    brand.launch()
    stop(brand, "yil-sonu/eve-siparis", "yil-sonu/restorana-menu")
    plan = brand.plan(resume=frozenset({"yil-sonu/eve-siparis"}))
    assert brand.apply(plan).complete
    assert brand.delivering() == ADS - {"menu"}


BROKEN = {
    "a misspelt key": ("campaigns/yil-sonu.yaml", "objective:", "objectve:"),
    "no YAML at all": ("campaigns/yil-sonu.yaml", "campaign: yil-sonu", "campaign: [yil-sonu"),
    "a missing image": ("campaigns/yil-sonu.yaml", "assets/kutu.png", "assets/yok.png"),
    "a negative budget": ("campaigns/yil-sonu.yaml", "daily: 600 TRY", "daily: -600 TRY"),
    "an unknown key of the brand": ("kampanya.yaml", "locale: tr_TR", "lokale: tr_TR"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_declaration_does_not_stand_in_the_way_of_the_emergency_stop(
    brand: Bench, what: str
) -> None:
    """Money rule 4: `pause` always works; it needs the journal's ids and the account, not the campaigns."""
    brand.launch()
    file, old, new = BROKEN[what]
    brand.edit(old, new, file)
    stop(brand)
    assert brand.delivering() == set()


def test_a_platform_that_left_the_declaration_is_still_planned_for(brand: Bench) -> None:
    """The last campaign's file was deleted while it runs: the journal, not the YAML, knows the platform."""
    brand.launch()
    (brand.root / "campaigns" / "yil-sonu.yaml").unlink()
    assert "meta" in open_site(brand.root).platforms


def test_a_stop_that_finds_nothing_to_stop_says_so(brand: Bench) -> None:
    """Neither the journal nor a mark knows anything: silence would read as success."""
    for path in (brand.root / ".kampanya" / "sandbox").glob("journal.db*"):
        path.unlink()
    brand.journal = brand.journal.open(brand.root / ".kampanya" / "sandbox" / "journal.db")
    with pytest.raises(KampanyaError, match="journal"):
        stop(brand)


def test_state_is_where_the_journal_of_this_workspace_is(brand: Bench, tmp_path: Path) -> None:
    assert brand.site.state == tmp_path / "lezzet" / ".kampanya" / "sandbox"


def lose_the_journal(brand: Bench) -> None:
    brand.journal.close()
    for path in (brand.root / ".kampanya" / "sandbox").glob("journal.db*"):
        path.unlink()
    brand.journal = brand.journal.open(brand.root / ".kampanya" / "sandbox" / "journal.db")


def test_a_stop_right_after_the_journal_was_lost_stops_what_bears_our_marks(brand: Bench) -> None:
    """The emergency brake works with what is there."""
    brand.launch()
    lose_the_journal(brand)
    stopped = pause(brand.stopping, brand.journal, [], actor="test")
    assert [each.key for each in stopped.paused] == ["yil-sonu"]
    assert stopped.complete
    assert brand.delivering() == set()
    assert [(each.sort, each.subject.rpartition("was ")[2]) for each in brand.plan().notes] == [
        ("held", "paused by kampanya pause")
    ]
    assert brand.apply(brand.plan(resume=frozenset({""}))).complete
    assert brand.delivering() == ADS


def test_a_key_that_only_the_marks_know_is_stopped_and_nothing_else(brand: Bench) -> None:
    brand.launch()
    lose_the_journal(brand)
    stop(brand, "yil-sonu/eve-siparis")
    assert brand.delivering() == {"menu", "muzik"}
    with pytest.raises(KampanyaError, match="yok"):
        stop(brand, "yok")


def test_a_stop_without_journal_and_yaml_says_what_it_could_not_know(brand: Bench) -> None:
    brand.launch()
    lose_the_journal(brand)
    brand.edit("objective:", "objectve:")
    with pytest.raises(KampanyaError, match=r"not known: which marks are ours.*YAML.*whether meta campaign"):
        stop(brand)
    assert brand.delivering() == ADS


def test_what_bears_a_mark_of_nothing_declared_is_named_and_left_alone(brand: Bench) -> None:
    """Another brand's, or ours of before: without the journal nobody can tell."""
    brand.launch()
    lose_the_journal(brand)
    theirs = brand.far_side.insert("campaign", "abcdefghij", {"name": "rakip", "status": "ACTIVE"})
    brand.far_side.insert("campaign", "jihgfedcba", {"name": "durmuş", "status": "PAUSED"})
    stopped = pause(brand.stopping, brand.journal, [], actor="test")
    assert brand.far_side.records[theirs].fields["status"] == "ACTIVE"
    (unsure,) = stopped.unsure
    assert theirs in unsure
    assert "rakip" in unsure
    assert not stopped.complete


def test_all_that_bear_one_mark_of_ours_are_stopped_as_any_may_be_it(brand: Bench) -> None:
    brand.launch()
    mine = brand.far_side.records[brand.journal.ids()[CAMPAIGN]]
    copy = brand.far_side.insert("campaign", mine.mark, dict(mine.fields))
    lose_the_journal(brand)
    stopped = pause(brand.stopping, brand.journal, [], actor="test")
    assert brand.delivering() == set()
    assert brand.far_side.records[copy].fields["status"] == "PAUSED"
    assert copy in " ".join(stopped.unsure)


def test_a_stop_with_the_journal_asks_the_platform_nothing(brand: Bench) -> None:
    """In seconds, by ids alone, whatever the platform can still tell."""
    brand.launch()
    before = brand.far_side.calls
    stop(brand)
    assert brand.far_side.calls == before + 1


def test_a_platform_that_cannot_be_asked_is_told_as_not_known(brand: Bench) -> None:
    brand.launch()
    lose_the_journal(brand)
    brand.far_side.down = True
    with pytest.raises(KampanyaError, match="which cannot be asked"):
        stop(brand)
    assert brand.journal.runs()[-1].status == "failed"


def test_a_plan_remembers_what_it_found_by_the_marks_so_that_a_stop_needs_no_apply(brand: Bench) -> None:
    brand.launch()
    ids = {at: id for at, id in brand.journal.ids().items() if at.kind in ("campaign", "ad_set", "ad")}
    lose_the_journal(brand)
    assert brand.plan().changes == ()
    assert {at: id for at, id in brand.journal.ids().items() if at in ids} == ids
    assert len(brand.journal.events("adopted")) == len(brand.journal.ids())
    (brand.root / "campaigns" / "yil-sonu.yaml").unlink()
    assert stop(brand) == ["yil-sonu"]
    assert brand.delivering() == set()


def test_a_plan_beside_a_running_apply_leaves_the_remembering_to_it(brand: Bench) -> None:
    brand.launch()
    lose_the_journal(brand)
    with brand.journal.exclusive(owner="apply", command="apply", at=brand.site.now()):
        assert brand.plan().changes == ()
    assert brand.journal.ids() == {}


def test_a_plan_that_is_never_applied_remembers_nothing_under_a_new_key(brand: Bench) -> None:
    """The YAML may be put back: then it would be built again, and the old one archived."""
    brand.launch()
    lose_the_journal(brand)
    brand.edit("campaign: yil-sonu", "campaign: yilbasi\nmoved: yil-sonu")
    brand.plan()
    brand.edit("campaign: yilbasi\nmoved: yil-sonu", "campaign: yil-sonu")
    assert brand.plan().changes == ()
