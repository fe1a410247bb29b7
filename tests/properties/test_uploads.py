"""An image is sent once for all ads that show it, and never again: each may be megabytes, and is a write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.runtime import Sandbox
from tests.contract.brand import png
from tests.properties import declared
from tests.properties.example import brand
from tests.properties.grounds import InSandbox

pytestmark = pytest.mark.server


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory, platforms: Sandbox) -> Iterator[InSandbox]:
    made = InSandbox.at(tmp_path_factory.mktemp("uploads") / "lezzet", platforms)
    made.fresh()
    yield made
    made.close()


class Uploads:
    """How many images Meta's stand-in was sent since this was last asked."""

    def __init__(self, ground: InSandbox) -> None:
        self._log, self._before = ground.sandbox.state_dir / "access.log", 0
        self.since()

    def since(self) -> int:
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        new, self._before = lines[self._before :], len(lines)
        return sum(" POST " in line and "/adimages" in line for line in new)


def test_two_ads_with_one_image_upload_it_once_and_no_later_apply_does(ground: InSandbox) -> None:
    uploads = Uploads(ground)
    declared.write(brand(), ground.root)
    assert ground.apply().complete
    assert uploads.since() == 1
    assert ground.apply().complete
    declared.write(brand(ads=("kadikoy", "besiktas", "sisli")), ground.root)
    assert ground.apply().complete
    assert uploads.since() == 0


def test_with_the_journal_lost_nothing_is_uploaded_again(ground: InSandbox) -> None:
    uploads = Uploads(ground)
    declared.write(brand(), ground.root)
    assert ground.apply().complete
    ground.forget()
    assert uploads.since() == 1
    declared.write(brand(ads=("kadikoy", "besiktas", "sisli")), ground.root)
    assert ground.apply().complete
    assert ground.plan().changes == ()
    assert uploads.since() == 0


def test_the_same_picture_under_another_name_is_no_upload_and_another_picture_is_one(
    ground: InSandbox,
) -> None:
    uploads = Uploads(ground)
    declared.write(brand(), ground.root)
    assert ground.apply().complete
    assert uploads.since() == 1
    assets = ground.root / "assets"
    (assets / "kutu.png").rename(assets / "kapak.png")
    state = brand()
    for ad in state.campaigns[0]["ad_sets"][0]["ads"]:
        ad["creative"]["image"] = "assets/kapak.png"
    declared.write(state, ground.root)
    assert ground.apply().complete
    assert uploads.since() == 0
    (assets / "kapak.png").write_bytes(png(120))
    assert ground.apply().complete
    assert uploads.since() == 1
