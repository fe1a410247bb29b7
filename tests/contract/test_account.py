"""The contract of reading what others made: every object is named, and told in the language's terms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.importing import Importer
from engine.library import Library
from engine.resource import Observed
from journal.store import Journal
from operations.importing import survey
from operations.site import open_site
from tests.contract.conftest import PLATFORMS, Endpoints
from tests.contract.states import walk, write
from tests.contract.test_walk import walking

# What an import cannot say of the tree, by name of the platform: Meta knows a picture by its hash alone.
UNSAID = {
    "memory": {"creative.image", "creative image", "creative utm"},
    "meta": {"creative.object_story_spec", "creative.asset_feed_spec", "creative.url_tags"},
    "google": {"final_url_suffix"},
}


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_everything_is_named_and_said_or_listed(name: str, tmp_path: Path, sandbox: Endpoints) -> None:
    walker, platform, account = walking(name, tmp_path, sandbox)
    write(tmp_path, account, platform, walk(platform)[1])
    walker.apply()
    connector = walker.connector
    marked = connector.read()
    handles = connector.handles()
    assert len(handles) == len(set(handles))
    everything = connector.read(handles)
    assert {(each.kind, each.id) for each in everything} == {(each.kind, each.id) for each in marked}
    importer = Importer(
        platform,
        connector.supports,
        lambda kind, fields: (connector.spoken(kind, fields).fields, connector.spoken(kind, fields).unsaid),
        set(),
        Library(connector.supports),
    )
    drafts = importer.campaigns([replace(each, mark="") for each in everything])
    assert {each.what for each in importer.lost} - {"all of it"} <= UNSAID[name]
    whole = {each.seen.kind for top in drafts for each in top.all()}
    assert name != "google" or whole == {"campaign", "ad_group", "ad"}


class Foreign:
    """The account as somebody else's: no mark on anything."""

    def __init__(self, connector: Any) -> None:
        self.inner = connector

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def read(self, known: Any = ()) -> list[Observed]:
        return [replace(each, mark="") for each in self.inner.read(known)]


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_what_is_imported_declares_what_is_there(name: str, tmp_path: Path, sandbox: Endpoints) -> None:
    walker, platform, account = walking(name, tmp_path, sandbox)
    write(tmp_path, account, platform, walk(platform)[1])
    walker.apply()
    there = walker.read()
    for path in (tmp_path / "campaigns").iterdir():
        path.unlink()
    connector: Any = Foreign(walker.connector)
    site = replace(open_site(tmp_path), platforms=(platform,), given_connectors={platform: connector})
    with Journal.open(tmp_path / "journal.db") as journal:
        found = survey(site, journal, platform)
    assert walker.read() == there
    wordless = [each for each in found.lost if each.what not in UNSAID[name]]
    assert all(each.what == "all of it" for each in wordless), wordless
    assert found.files or name != "google"
    assert name != "google" or "utm: {source: google" in "".join(found.files.values())
    for file, text in found.files.items():
        (tmp_path / "campaigns" / file).write_text(text, encoding="utf-8")
    imported = {each.address.kind for each in walker.desired()}
    assert name != "google" or {"campaign", "ad_group", "ad", "keyword"} <= imported
