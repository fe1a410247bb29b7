"""A backup comes back to where the journal is kept, and never another brand's."""

from __future__ import annotations

from pathlib import Path

import pytest

from journal.errors import Locked
from journal.store import Journal
from operations.restore import restore
from operations.site import journal_url
from schemas.errors import KampanyaError
from tests.contract.brand import write
from tests.journal.conftest import schema, server  # noqa: F401
from tests.operations.sites import NOW, Bench


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


def test_a_backup_that_is_not_there_is_named(brand: Bench, tmp_path: Path) -> None:
    with pytest.raises(KampanyaError, match="absent"):
        restore(brand.site, tmp_path / "absent", "ayse")
