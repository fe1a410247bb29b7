"""What only Meta has, from the document's own YAML: applied it plans empty, a change changes just that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.change import Create, Update
from tests.contract.brand import png
from tests.contract.conftest import HOME, Endpoints
from tests.contract.states import State, write
from tests.contract.test_walk import walking
from tests.contract.walker import Walker

pytestmark = pytest.mark.server
LANGUAGE = (HOME / "docs" / "language.md").read_text(encoding="utf-8")
FILM = b"\0\0\0\x18ftypmp42" + bytes(4000)
# Campaign of the document → a text in it and another, and the fields that change then.
CHANGES = {
    "vitrin": ("headline: Balık", "headline: Taze balık", {"creative"}),
    "teklif": ('form: "5000000000000001"', 'form: "5000000000000002"', {"creative"}),
    "aksam": ('start: "17:00"', 'start: "18:00"', {"adset_schedule"}),
    "katalog": ("within: 14d", "within: 30d", {"targeting"}),
    "paylasim": ("most: 500 TRY", "most: 600 TRY", {"daily_spend_cap"}),
    "yaz": ("radius_km: 25", "radius_km: 40", {"targeting"}),
}


def block(campaign: str) -> str:
    """The document's YAML of a campaign."""
    found = re.search(rf"^```yaml\n(campaign: {campaign}\n.*?)^```", LANGUAGE, re.S | re.M)
    assert found, campaign
    return found[1]


@pytest.fixture
def walker(tmp_path: Path, sandbox: Endpoints) -> Walker:
    made, platform, account = walking("meta", tmp_path, sandbox)
    write(tmp_path, account, platform, State("", (), 0, 0))
    (tmp_path / "assets" / "film.mp4").write_bytes(FILM)
    (tmp_path / "assets" / "kutu.png").write_bytes(png(0))
    return made


@pytest.mark.parametrize("campaign", CHANGES)
def test_what_the_document_shows_can_be_built_and_changed(campaign: str, walker: Walker) -> None:
    file = walker.root / "campaigns" / f"{campaign}.yaml"
    text, (before, after, fields) = block(campaign), CHANGES[campaign]
    file.write_text(text, encoding="utf-8")
    walker.apply()
    assert walker.diff().changes == ()
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = walker.diff()
    assert {name for each in found.changes if isinstance(each, Update) for name in each.after} == fields
    assert {each.address.kind for each in found.changes if isinstance(each, Create)} <= {"creative"}
    walker.apply()
    assert walker.diff().changes == ()
