"""A backup comes back to where the journal is kept, and never another brand's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from journal.errors import Locked
from journal.store import Journal
from operations.apply import NotApproved
from operations.approve import approve, reject
from operations.pause import pause
from operations.restore import restore
from operations.site import journal_url
from schemas.errors import KampanyaError
from tests.contract.brand import write
from tests.journal.conftest import schema, server  # noqa: F401
from tests.operations import sites
from tests.operations.sites import NOW, Bench
from tests.operations.test_convergence import again


@pytest.fixture(params=["file", "server"])
def kept_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The journal is a file in the state folder, or on a server that the environment names."""
    if request.param == "server":
        monkeypatch.setenv("KAMPANYA_JOURNAL_URL", request.getfixturevalue("schema"))
    return str(request.param)


def test_a_backup_comes_back_to_wherever_the_journal_is_kept(
    brand: Bench, kept_in: str, tmp_path: Path
) -> None:
    with brand.site.journal() as journal:
        journal.event("load", NOW, "first", {})
        journal.backup(tmp_path / "monday.db")
        journal.event("load", NOW, "second", {})
    where, kept = restore(brand.site, tmp_path / "monday.db", "ayse")
    assert ("server" in where) == bool(journal_url())
    with brand.site.journal() as journal:
        assert [event.actor for event in journal.events("load")] == ["first"]
    assert kept is not None
    with Journal.open(kept) as before:
        assert [event.actor for event in before.events("load")] == ["first", "second"]


def test_another_brands_backup_is_refused_and_nothing_is_changed(
    brand: Bench, kept_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with brand.site.journal() as journal:
        journal.event("load", NOW, "ours", {})
    with monkeypatch.context() as patch:
        patch.delenv("KAMPANYA_JOURNAL_URL", raising=False)
        other = Bench(write(tmp_path / "oteki"), brand.far_side, brand.journal)
        other.edit("brand: lezzet", "brand: oteki", "kampanya.yaml")
        with other.site.journal() as journal:
            journal.backup(tmp_path / "oteki.db")
    with pytest.raises(KampanyaError, match="another brand"):
        restore(brand.site, tmp_path / "oteki.db", "ayse")
    with brand.site.journal() as journal:
        assert [event.actor for event in journal.events("load")] == ["ours"]


def test_nothing_is_restored_while_somebody_applies(brand: Bench, kept_in: str, tmp_path: Path) -> None:
    with brand.site.journal() as journal:
        journal.backup(tmp_path / "monday.db")
        with journal.exclusive("can", "apply", NOW), pytest.raises(Locked, match="can"):
            restore(brand.site, tmp_path / "monday.db", "ayse")
    assert not list(brand.site.state.glob("restore-*"))


def test_a_yes_that_was_taken_back_after_the_backup_does_not_come_back(
    brand: Bench, kept_in: str, tmp_path: Path
) -> None:
    reopen(brand)
    brand.apply()
    pause(brand.site, brand.journal, ["yil-sonu"], actor="ayse")
    plan = brand.plan(resume=frozenset({"yil-sonu"}))
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    brand.journal.backup(tmp_path / "monday.db")
    reject(brand.site, brand.journal, plan, by="Ayşe Yılmaz", reason="a crisis: stop all")
    pause(brand.site, brand.journal, [], actor="ayse")
    bring_back(brand, tmp_path / "monday.db")
    with pytest.raises(NotApproved):
        again(brand, plan)
    assert brand.delivering() == set()
    (event,) = brand.journal.events("restored")
    assert event.actor == "ayse"


def test_after_a_backup_came_back_nothing_is_raised_for_a_day(
    brand: Bench, kept_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reopen(brand)
    brand.apply()
    brand.journal.backup(tmp_path / "monday.db")
    brand.edit("daily: 600 TRY", "daily: 750 TRY")
    assert brand.apply().complete
    bring_back(brand, tmp_path / "monday.db")
    brand.edit("daily: 750 TRY", "daily: 900 TRY")
    assert {each.rule for each in brand.plan().refusals} == {"raise in 24 hours"}
    brand.edit("daily: 900 TRY", "daily: 700 TRY")
    assert not brand.plan().refusals
    brand.edit("daily: 700 TRY", "daily: 900 TRY")
    monkeypatch.setattr(sites, "NOW", sites.NOW + timedelta(hours=25))
    assert not brand.plan().refusals


def test_what_was_held_when_the_backup_was_made_may_have_been_paused_by_somebody_since(
    brand: Bench, kept_in: str, tmp_path: Path
) -> None:
    def tell(line: str) -> None:
        if line.startswith("activate"):
            brand.journal.backup(tmp_path / "monday.db")

    reopen(brand)
    brand.apply(tell=tell)
    pause(brand.site, brand.journal, [], actor="ayse")
    bring_back(brand, tmp_path / "monday.db")
    assert brand.plan().changes == ()
    assert brand.apply(brand.plan(resume=frozenset({""}))).complete
    assert len(brand.delivering()) == 4


@pytest.mark.parametrize("keys", [[], ["bahar"]])
def test_a_stop_after_a_backup_came_back_stops_what_was_built_since_it_was_made(
    brand: Bench, tmp_path: Path, keys: list[str]
) -> None:
    reopen(brand)
    brand.apply()
    brand.journal.backup(tmp_path / "monday.db")
    first = brand.root / "campaigns" / "yil-sonu.yaml"
    text = first.read_text(encoding="utf-8").replace("campaign: yil-sonu", "campaign: bahar")
    first.with_name("bahar.yaml").write_text(text, encoding="utf-8")
    brand.edit("daily: 2000 TRY", "daily: 4000 TRY", "kampanya.yaml")
    brand.edit("monthly: ", "monthly: 9", "kampanya.yaml")
    assert brand.apply().complete
    bring_back(brand, tmp_path / "monday.db")
    stopped = pause(brand.stopping, brand.journal, keys, actor="ayse")
    assert stopped.complete
    assert {each.key for each in stopped.paused} == set(keys or ["yil-sonu", "bahar"])
    assert len(brand.delivering()) == (4 if keys else 0)


def test_once_an_apply_looked_a_stop_needs_the_journal_alone_again(brand: Bench, tmp_path: Path) -> None:
    reopen(brand)
    brand.apply()
    brand.journal.backup(tmp_path / "monday.db")
    bring_back(brand, tmp_path / "monday.db")
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    assert brand.apply().complete
    calls = brand.far_side.calls
    assert pause(brand.stopping, brand.journal, [], actor="ayse").complete
    assert brand.far_side.calls == calls + 1


def reopen(brand: Bench) -> None:
    brand.journal.close()
    brand.journal = brand.site.journal()


def bring_back(brand: Bench, file: Path) -> None:
    brand.journal.close()
    restore(brand.site, file, "ayse")
    brand.journal = brand.site.journal()


def test_a_backup_that_is_not_there_is_named(brand: Bench, tmp_path: Path) -> None:
    with pytest.raises(KampanyaError, match="absent"):
        restore(brand.site, tmp_path / "absent", "ayse")
