"""Money rule 1: what others keep in the account, under our very names, is neither counted nor touched."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectors.memory import Record
from operations.drift import drift
from operations.pause import pause
from tests.contract.brand import ADS, on_memory
from tests.operations.sites import Bench

NAMES = ["lezzet_yil-sonu_sales", "yil-sonu", "eve-siparis", "kadikoy", "menu", "kampanya", ""]
MARKS = st.sampled_from(["", "", "aaaaaaaaaa", "otherbrand"])
STRANGERS = st.lists(
    st.tuples(
        st.sampled_from(["campaign", "ad_set", "ad", "creative", "image"]),
        st.sampled_from(NAMES),
        MARKS,
        st.sampled_from(["ACTIVE", "PAUSED"]),
        st.booleans(),
    ),
    max_size=8,
)
Stranger = tuple[str, str, str, str, bool]


@contextmanager
def brand() -> Iterator[Bench]:
    with TemporaryDirectory() as folder:
        made = on_memory(Path(folder) / "lezzet")
        yield made
        made.journal.close()


def settle(made: Bench, strangers: list[Stranger]) -> dict[str, Record]:
    ids = []
    for kind, name, mark, status, archived in strangers:
        fields: dict[str, Any] = {
            "name": name,
            "status": status,
            "daily_budget": 999_900,
            "objective": "sales",
        }
        id = made.far_side.insert(kind, mark, fields)
        made.far_side.records[id].archived = archived
        ids.append(id)
    return {id: made.far_side.records[id] for id in ids}


def stand_in_our_place(strangers: list[Stranger]) -> bool:
    """Whether a campaign of theirs that lives has the very name of ours: then ours is not built beside it."""
    return any(
        (kind, name, archived) == ("campaign", NAMES[0], False) for kind, name, _, _, archived in strangers
    )


def whole_story(made: Bench) -> None:
    """Plan, apply, report, change, stop, resume, and take all away again."""
    made.plan()
    assert made.apply().complete
    drift(made.site, made.journal)
    made.edit("daily: 600 TRY", "daily: 500 TRY")
    assert made.apply().complete
    pause(made.site, made.journal, [], actor="test")
    assert made.apply(made.plan(resume=frozenset({""}))).complete
    made.edit("[Kadıköy, Beşiktaş]", "[Kadıköy]")
    assert made.apply().complete


@given(STRANGERS, STRANGERS)
@settings(max_examples=12, deadline=None)
def test_strangers_are_identical_after_everything_we_do(
    before: list[Stranger], later: list[Stranger]
) -> None:
    with brand() as made:
        there = settle(made, before)
        kept = copy.deepcopy(there)
        result = made.apply()
        assert result.complete != stand_in_our_place(before)
        if not result.complete:
            assert len(result.blocked) == 1
            assert not made.delivering() - {name for _, name, *_ in before}
            assert there == kept
            return
        there |= settle(made, later)
        kept |= copy.deepcopy({id: there[id] for id in there.keys() - kept.keys()})
        whole_story(made)
        assert {id: made.far_side.records[id] for id in there} == kept


@given(STRANGERS)
@settings(max_examples=8, deadline=None)
def test_the_plan_of_an_account_with_strangers_is_that_of_an_empty_one_but_for_notes(
    strangers: list[Stranger],
) -> None:
    assume(not stand_in_our_place(strangers))
    with brand() as alone, brand() as among:
        settle(among, strangers)
        plain, noted = alone.plan(), among.plan()
        assert [each.change for each in noted.changes] == [each.change for each in plain.changes]
        assert (noted.money, noted.refusals) == (plain.money, plain.refusals)
        bearing = [each for each in strangers if each[2] and not each[4]]
        assert [note.sort for note in noted.notes] == ["foreign"] * len(bearing)


def test_copies_of_all_we_have_are_reported_and_survive_a_pause(tmp_path: Path) -> None:
    """Somebody duplicated the whole campaign in the platform's own tool: labels and all."""
    made = on_memory(tmp_path / "lezzet")
    made.apply()
    originals = list(made.far_side.records.values())
    copies = {made.far_side.insert(each.kind, each.mark, each.fields): each for each in originals}
    kept = copy.deepcopy({id: made.far_side.records[id] for id in copies})
    assert made.plan().changes == ()
    assert {each.sort for each in drift(made.site, made.journal)} == {"foreign"}
    pause(made.site, made.journal, [], actor="test")
    made.edit("objective: sales", "objective: sales\nname: Yeni ad")
    assert made.apply().complete
    assert {id: made.far_side.records[id] for id in copies} == kept
    made.journal.close()


def test_an_ad_somebody_hung_under_our_ad_set_is_not_archived_when_ours_is(tmp_path: Path) -> None:
    made = on_memory(tmp_path / "lezzet")
    made.apply()
    ad_set = next(id for id, each in made.far_side.records.items() if each.kind == "ad_set")
    foreign = made.far_side.insert("ad", "", {"name": "kadikoy", "ad_set": ad_set, "status": "ACTIVE"})
    kept = copy.deepcopy(made.far_side.records[foreign])
    made.edit("[Kadıköy, Beşiktaş]", "[Beşiktaş]")
    assert made.apply().complete
    assert made.far_side.records[foreign] == kept
    assert made.delivering() - {"kadikoy"} == ADS - {"kadikoy"}
    made.journal.close()
