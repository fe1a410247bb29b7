"""Two commands at once: of two applies one works and the other says who does; a pause wins over an apply."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.soak.bed import PLATFORMS, Bed
from tests.soak.rig import Fate
from tests.soak.slices import seed
from tests.soak.warm import Running

SECONDS = 300  # a machine that stands still is no failure


@dataclass
class Held:
    """A request that has come and is not let through yet."""

    came: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def meet(self) -> Fate:
        self.came.set()
        assert self.go.wait(SECONDS)
        return "done"


@contextmanager
def held_apply(bed: Bed, platform: str, request: int) -> Iterator[Running]:
    """An apply whose n-th request to a platform waits until the block ends; it then goes on."""
    bed.restore()
    held = Held()
    bed.tap(platform).at[request] = held.meet
    running = bed.apply()
    try:
        assert held.came.wait(SECONDS), running.said
        yield running
    finally:
        held.go.set()


def test_of_two_applies_at_once_one_works_and_the_other_says_who_does(small: Bed) -> None:
    with held_apply(small, "google", small.undisturbed.requests["google"] // 2) as first:
        second = small.apply()
        assert second.wait() == 1
        assert "The lock is held" in second.said
        assert f"process {first.pid} on" in second.said
    assert first.wait() == 0, first.said
    small.assert_as_undisturbed()


def pause_wins(bed: Bed, platform: str, request: int) -> str:
    """Pause all while an apply waits for one answer: in the end nothing delivers, and both say so."""
    with bed.case(f"pause all during call {request} to {platform}"):
        return paused_during(bed, platform, request)


def paused_during(bed: Bed, platform: str, request: int) -> str:
    with held_apply(bed, platform, request) as running:
        written = {name: len(bed.tap(name).writes) for name in PLATFORMS}
        pausing = bed.start("pause", "--all")
        paused = pausing.wait()
    ended = running.wait()
    bed.quiet()
    for name in PLATFORMS:
        assert not bed.rig.delivering(name), (
            f"{name} delivers after pause --all\n{running.said}\n{pausing.said}"
        )
    unfinished = any(written[name] < len(bed.undisturbed.writes[name]) for name in PLATFORMS)
    assert ended == 1 or (ended == 0 and not unfinished), running.said
    assert paused == 0, pausing.said
    assert_the_pause_stays(bed)
    return "the apply tells" if ended else "all was done and read before"


def assert_the_pause_stays(bed: Bed) -> None:
    """The same plan, whose approval is older than the pause, lets nothing go."""
    bed.rig.calm_down()
    again = bed.apply()
    assert again.wait() == 1, again.said
    assert "paused after the plan was approved" in again.said
    assert not any(bed.rig.delivering(name) for name in PLATFORMS)


@pytest.mark.soak
@pytest.mark.parametrize("platform", PLATFORMS)
def test_pause_all_wins_whenever_it_comes_during_an_apply(small: Bed, platform: str) -> None:
    requests = range(small.undisturbed.requests[platform])
    ends = Counter(pause_wins(small, platform, request) for request in requests)
    print(f"\n{platform}, {len(requests)} pauses: {dict(ends)}", end="")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_pause_all_wins_over_an_activation_under_way(small: Bed, platform: str) -> None:
    """It is held on its way: the pause is done first, then the activation arrives."""
    bed, last = small, len(small.undisturbed.writes[platform]) - 1
    bed.restore()
    held = Held()
    bed.tap(platform).meet[last] = held.meet
    running = bed.apply()
    assert held.came.wait(SECONDS), running.said
    try:
        bed.demand("pause", "--all")
    finally:
        held.go.set()
    assert running.wait() == 1
    assert "paused everything meanwhile" in running.said
    assert not any(bed.rig.delivering(name) for name in PLATFORMS)
    assert_the_pause_stays(bed)


def test_a_slice_of_the_pauses_during_an_apply(small: Bed) -> None:
    draw = random.Random(chosen := seed())
    platform = draw.choice(PLATFORMS)
    request = draw.randrange(small.undisturbed.requests[platform])
    print(f"KAMPANYA_SLICE={chosen}: pause --all during call {request} to {platform}")
    pause_wins(small, platform, request)
