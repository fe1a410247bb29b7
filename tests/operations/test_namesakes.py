"""Nothing is built beside what has its very name there and is not ours: it may be another import."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from journal.store import Journal
from operations.apply import StalePlan
from tests.contract.brand import on_memory
from tests.operations.sites import Bench
from tests.operations.test_adopting import proposed, records, stranger

SUMMARY = "Not built: something of its name is there already, and not ours"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    assert made.apply().complete
    yield made
    made.journal.close()


def without_journal(brand: Bench) -> None:
    """As on a colleague's machine: the files are there, and what the journal knows is not."""
    brand.journal.close()
    for each in (brand.root / ".kampanya" / "sandbox").glob("journal.db*"):
        each.unlink()
    brand.journal = Journal.open(brand.root / ".kampanya" / "sandbox" / "journal.db")


def test_an_import_that_waits_elsewhere_is_not_built_a_second_time(brand: Bench) -> None:
    ids = stranger(brand)
    proposed(brand)
    without_journal(brand)
    before = records(brand)
    plan = brand.plan()
    assert not [each for each in plan.changes if "yaz-indirimi" in each.change.address.key]
    (note,) = plan.blocked
    assert note.subject == SUMMARY
    assert ids["campaign"] in note.text
    assert "import --platform meta --adopt" in note.text
    brand.apply(plan)
    found = [each for each in records(brand).values() if each.kind == "campaign"]
    assert len(found) == len([each for each in before.values() if each.kind == "campaign"])


def test_an_adoption_half_done_elsewhere_gets_no_second_ad_set_under_its_campaign(brand: Bench) -> None:
    stranger(brand)
    plan = proposed(brand).plan
    ad_set = next(each.change.address for each in plan.changes if each.change.address.kind == "ad_set")
    brand.far_side.refuse.add(ad_set)
    assert not brand.apply(plan).complete
    without_journal(brand)
    made = {each.change.address.kind for each in brand.plan().changes if "yaz" in each.change.address.key}
    assert "ad_set" not in made
    assert "ad" not in made
    assert SUMMARY in {each.subject for each in brand.plan().blocked}


def test_what_is_called_otherwise_or_hangs_elsewhere_is_no_namesake(brand: Bench) -> None:
    stranger(brand)
    proposed(brand)
    brand.edit("name: Yaz İndirimi", "name: Kış İndirimi", "campaigns/yaz-indirimi.yaml")
    without_journal(brand)
    kinds = {each.change.address.kind for each in brand.plan().changes if "yaz" in each.change.address.key}
    assert {"campaign", "ad_set", "ad"} <= kinds


def test_what_is_archived_there_takes_no_place(brand: Bench) -> None:
    ids = stranger(brand)
    proposed(brand)
    without_journal(brand)
    brand.far_side.records[ids["campaign"]].archived = True
    assert brand.plan().blocked == ()
    assert any("yaz" in each.change.address.key for each in brand.plan().changes)


def test_a_namesake_that_comes_after_the_yes_stops_the_plan(brand: Bench) -> None:
    name = brand.site.workspace.campaigns[0].campaign
    text = (brand.root / "campaigns" / f"{name}.yaml").read_text(encoding="utf-8")
    other = text.replace(f"campaign: {name}", "campaign: ikinci\nname: İkinci", 1)
    other = re.sub(r"\d+ TRY", "20 TRY", other)
    (brand.root / "campaigns" / "ikinci.yaml").write_text(other, encoding="utf-8")
    plan = brand.plan()
    assert any("ikinci" in each.change.address.key for each in plan.changes)
    stranger(brand, name="İkinci")
    with pytest.raises(StalePlan, match="changed after the plan"):
        brand.apply(plan)
