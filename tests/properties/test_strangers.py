"""Money rule 1 on both platforms: what others keep there is the same to the last byte afterwards."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given

from engine.assemble import Spending
from operations.destroy import destroy
from operations.drift import drift
from operations.pause import pause
from tests.properties import contents, declared
from tests.properties.declared import State
from tests.properties.example import brand
from tests.properties.grounds import InSandbox
from tests.properties.strangers import LATER, STRANGERS, Stranger, settle
from tests.properties.test_reach import FEW, MANY

Kept = dict[str, Any]

# A name that is taken keeps ours from being made; a copy of its ad's mark elsewhere is then the only one.
OF_OUR_NAME = Stranger("campaign", "lezzet_yil-sonu_sales | eve-siparis", "none", True, False, False)
COPY_ELSEWHERE = Stranger("ad", "lezzet_yil-sonu_sales | eve-siparis", "copy", True, False, False)


def changed(ground: InSandbox, kept: Kept, ours: set[str]) -> dict[str, Any]:
    """Foreign objects that are not as they were, or no longer there."""
    now = contents.everything(ground.sandbox)
    return {id: (was, now.get(id)) for id, was in kept.items() if now.get(id) != was and id not in ours}


def story(ground: InSandbox, before: list[Stranger], later: list[Stranger]) -> Counter[str]:
    """All that we ever do, in an account where others were before us and others come after."""
    met: Counter[str] = Counter()
    ground.fresh()
    declared.write(brand(), ground.root)
    met["before"] = settle(ground, before)
    first = contents.everything(ground.sandbox)
    assert changed(ground, first, set()) == {}
    ground.plan()
    assert changed(ground, first, set()) == {}, "planning wrote something"
    met["complete"] = ground.apply().complete
    ours = contents.everything(ground.sandbox).keys() - first.keys()
    met["later"] = settle(ground, later)
    kept = contents.everything(ground.sandbox)
    kept |= first  # what came first is compared with how it was at first
    drift(ground.site, ground.journal)
    assert changed(ground, kept, set()) == {}, "a report wrote something"
    everything_else(ground)
    assert changed(ground, kept, set(ours)) == {}
    return met


def everything_else(ground: InSandbox) -> None:
    """Change, stop, let run, take one ad away, and take all down for good."""
    declared.write(brand("550 TRY"), ground.root)
    ground.apply()
    pause(ground.site, ground.journal, [], actor="test")
    ground.apply(ground.plan(resume=frozenset({""})))
    declared.write(brand("550 TRY", ("besiktas",)), ground.root)
    ground.apply()
    declared.write(State(), ground.root)
    taken = destroy(ground.site, ground.journal, "yil-sonu", spending=Spending(), actor="test")
    if taken.plan is not None:
        ground.apply(taken.plan)


@pytest.mark.server
def test_strangers_on_both_platforms_are_the_same_to_the_last_byte(stands: InSandbox) -> None:
    met: Counter[str] = Counter()

    @FEW
    @given(STRANGERS, LATER)
    @example([OF_OUR_NAME], [COPY_ELSEWHERE])
    def often(before: list[Stranger], later: list[Stranger]) -> None:
        met.update(story(stands, before, later))

    often()
    assert met["before"] > 5
    assert met["later"] > 5
    assert met["complete"] > 3


@pytest.mark.soak
def test_strangers_on_both_platforms_very_often(stands: InSandbox) -> None:
    met: Counter[str] = Counter()

    @MANY
    @given(STRANGERS, LATER)
    def often(before: list[Stranger], later: list[Stranger]) -> None:
        met.update(story(stands, before, later), examples=1)

    often()
    print(f"\nstrangers: {dict(met)}")
