"""Audiences through plan, apply and recovery on a platform in memory, and what is said of their size."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.base import AudienceSize
from connectors.memory import MemoryConnector
from engine.change import Create, Update
from engine.resource import Address
from operations.audiences import NOT_BUILT, UNTOLD, people, status
from tests.contract.brand import on_memory
from tests.operations.sites import Bench

AT = Address("meta", "audience", "alanlar")
GOAL = "    optimize_for: purchases\n"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    """One ad set leaves customers out; another audience is declared and used by nobody."""
    made = on_memory(tmp_path / "lezzet")
    (made.root / "audiences").mkdir()
    for key, event in (("alanlar", "Purchase"), ("sepet", "AddToCart")):
        text = f"audience: {key}\ntype: website\ninclude: [{{event: {event}, within: 30d}}]\n"
        (made.root / "audiences" / f"{key}.yaml").write_text(text, encoding="utf-8")
    made.edit(GOAL, GOAL + "    audience: {exclude: [alanlar]}\n")
    yield made
    made.journal.close()


def test_an_audience_is_made_before_what_uses_it_and_the_plan_is_then_empty(brand: Bench) -> None:
    plan = brand.plan()
    made = [each.change.address for each in plan.changes if isinstance(each.change, Create)]
    assert AT in made
    assert not [address for address in made if address.key == "sepet"]
    assert brand.apply(plan).complete
    assert brand.plan().changes == ()
    assert next(iter(brand.far_side.records.values())).kind == "audience"


def test_a_target_takes_its_audience_along(brand: Bench) -> None:
    plan = brand.plan(targets=("yil-sonu/eve-siparis",))
    assert AT in {each.change.address for each in plan.changes}
    assert brand.apply(plan).complete


def test_two_included_audiences_are_no_difference_whatever_their_ids(brand: Bench) -> None:
    brand.launch()
    for keys in ("[sepet, alanlar]", "[alanlar, sepet]"):
        brand.edit("audience: {exclude: [alanlar]}", f"audience: {{include: {keys}}}")
        assert brand.apply().complete
        assert brand.plan().changes == ()
        brand.edit(f"audience: {{include: {keys}}}", "audience: {exclude: [alanlar]}")


def test_a_changed_rule_is_an_update_and_an_unused_audience_stays(brand: Bench) -> None:
    brand.launch()
    brand.edit("30d", "60d", "audiences/alanlar.yaml")
    (planned,) = brand.plan().changes
    assert isinstance(planned.change, Update)
    assert planned.change.after.keys() == {"include"}
    brand.apply()
    brand.edit(GOAL + "    audience: {exclude: [alanlar]}\n", GOAL)
    plan = brand.plan()
    assert [each.change.address.kind for each in plan.changes] == ["ad_set"]
    assert brand.apply(plan).complete
    assert brand.kinds()["audience"] == 1


def test_a_lost_answer_makes_no_second_audience(brand: Bench) -> None:
    brand.far_side.lose.add(AT)
    assert brand.apply().complete
    assert brand.kinds()["audience"] == 1
    assert brand.plan().changes == ()


def test_a_refused_audience_holds_back_what_uses_it_and_nothing_else(brand: Bench) -> None:
    brand.far_side.refuse.add(AT)
    result = brand.apply()
    assert {address.key for address in result.failed} >= {"alanlar", "yil-sonu/eve-siparis"}
    assert "kadikoy" not in brand.delivering()
    assert brand.apply().complete


def test_a_protected_audience_refuses_a_plan_that_changes_it(brand: Bench) -> None:
    brand.launch()
    brand.edit("30d", "60d", "audiences/alanlar.yaml")
    brand.edit("type: website", "type: website\nprotect: true", "audiences/alanlar.yaml")
    assert [each.rule for each in brand.plan().refusals] == ["protected"]


# -- sizes


class Counting(MemoryConnector):
    """A platform that tells sizes."""

    def sizes(self, ids: Collection[str]) -> Mapping[str, AudienceSize]:
        return {id: AudienceSize(1000, 1200, True) for id in ids}


def test_every_declared_audience_is_told_built_or_not(brand: Bench) -> None:
    brand.launch()
    site = brand.site
    connector = Counting(site.connectors["meta"].connection, brand.far_side, "meta")  # type: ignore[attr-defined]
    found = status(replace(site, given_connectors={"meta": connector}), brand.journal)
    assert [(each.key, each.size.ready) for each in found] == [("alanlar", True), ("sepet", False)]
    assert found[0].id == brand.journal.ids()[AT]
    assert found[1].size == NOT_BUILT


def test_a_platform_that_tells_no_sizes_says_so(brand: Bench) -> None:
    brand.launch()
    assert status(brand.site, brand.journal)[0].size == UNTOLD


@pytest.mark.parametrize(
    ("size", "words"),
    [((0, 1000), "0 to 1,000"), ((38, 38), "about 38"), ((None, None), "unknown"), ((9, None), "unknown")],
)
def test_a_size_is_told_as_far_as_it_is_known(size: tuple[int | None, int | None], words: str) -> None:
    assert people(AudienceSize(*size, ready=True)) == words
