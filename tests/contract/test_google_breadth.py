"""What only Google has, walked: each state is applied and plans empty, and a change changes just that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.change import Archive, Create, Update
from tests.contract.conftest import Endpoints
from tests.contract.states import KEYWORDS, State, ad, ad_set, campaign, write
from tests.contract.test_walk import walking
from tests.contract.walker import Walker

pytestmark = pytest.mark.server
Tree = Mapping[str, Any]
LINK = {"text": "Menü", "url": "https://lezzet.example/menu", "lines": ["Günün yemekleri", "Her gün taze"]}
OFFERS = [
    {"header": name, "description": "Kişi başı", "price": "90 TRY", "url": "https://lezzet.example/menu"}
    for name in ("Çorba", "Ana yemek", "Tatlı")
]
EVERYTHING = {
    "sitelinks": [LINK, {"text": "Şubeler", "url": "https://lezzet.example/subeler"}],
    "callouts": ["Ücretsiz teslimat", "Yarım saatte"],
    "snippets": [{"header": "types", "values": ["Kebap", "Pide", "Çorba"]}],
    "calls": [{"country": "TR", "number": "0212 123 45 67"}],
    "prices": [{"type": "services", "language": "tr", "qualifier": "from", "offers": OFFERS}],
    "promotions": [
        {
            "item": "Paket servis", "language": "tr", "percent": "20%", "up_to": True, "code": "YENI20",
            "start": "2026-12-01", "end": "2026-12-31", "url": "https://lezzet.example/siparis",
        }
    ],
    "images": ["assets/kutu.png"],
}  # fmt: skip


def tree(on_campaign: Tree | None = None, on_ad_set: Tree | None = None, **more: Any) -> Tree:
    """One ad set and one ad, with Google's blocks."""
    group = {**ad_set("eve", ad("kadikoy")), "google": {**KEYWORDS, **(on_ad_set or {})}}
    top = {**campaign("google", group), **more}
    return {**top, "google": on_campaign} if on_campaign else top


class Story:
    """States one after the other on one empty account."""

    def __init__(self, root: Path, sandbox: Endpoints) -> None:
        self.root = root
        self.walker, self.platform, self.account = walking("google", root, sandbox)

    def declare(self, declared: Tree) -> Walker:
        write(self.root, self.account, self.platform, State("", (declared,), 1, 1))
        return self.walker

    def step(self, declared: Tree) -> Counter[tuple[str, str]]:
        """What the plan says, (verb, kind) each; it is applied, and the plan after it is empty."""
        walker = self.declare(declared)
        found = walker.diff()
        assert found.blocked == ()
        walker.apply()
        again = walker.diff()
        assert (again.changes, again.held, again.blocked) == ((), (), ())
        assert again.matching.foreign == ()
        names = {Create: "create", Update: "update", Archive: "archive"}
        return Counter((names[type(each)], each.address.kind) for each in found.changes)


@pytest.fixture
def story(tmp_path: Path, sandbox: Endpoints) -> Story:
    return Story(tmp_path, sandbox)


def test_assets_of_every_sort_are_built_read_back_changed_and_unlinked(story: Story) -> None:
    first = story.step(tree({"assets": EVERYTHING}, {"assets": {"callouts": ["Yarım saatte"]}}))
    assert (first["create", "asset"], first["create", "campaign_asset"]) == (9, 9)  # shared: made once
    assert first["create", "ad_group_asset"] == 1
    changed = {**EVERYTHING, "sitelinks": [{**LINK, "text": "Yemekler"}, EVERYTHING["sitelinks"][1]]}
    assert story.step(tree({"assets": changed})) == {
        ("create", "asset"): 1,
        ("create", "campaign_asset"): 1,
        ("archive", "campaign_asset"): 1,
        ("archive", "ad_group_asset"): 1,
    }
    assert story.step(tree()) == {("archive", "campaign_asset"): 9}
    # What stays in the library is linked again, not made again.
    assert story.step(tree({"assets": {"calls": EVERYTHING["calls"]}})) == {("create", "campaign_asset"): 1}
