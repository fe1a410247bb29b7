"""SIGKILL of an apply at every call and every commit: the next completes it, nothing is doubled or left.

The whole set is `-m soak`, figures in docs/evidence/crashes.md. The slice without the mark takes a few of the
cases, another few with every commit; KAMPANYA_SLICE=… repeats those of a seed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

import pytest

from tests.soak.bed import PLATFORMS, Bed, killed_at
from tests.soak.rig import Fate
from tests.soak.slices import seed
from tests.soak.warm import Running

MOMENTS = 20
ATTEMPTS = 12  # to kill a process before it ends
SLOW = 0.01  # seconds a request, so that a killed apply is more often waiting for one
# The two sides of a call's boundary: it never arrived, or was done and the answer found nobody.
SIDES: dict[str, Fate] = {"before": "dropped", "after": "done"}
Case = tuple[str, Callable[[], None]]


def completes(bed: Bed, what: str, disturb: Callable[[], None]) -> str:
    """Disturb a launch, look, launch again; "" or what went wrong."""
    try:
        with bed.case(what):
            disturb()
            bed.assert_nothing_delivers_early()
            bed.assert_the_next_apply_completes()
    except AssertionError as error:
        return f"{what}: {str(error)[:2000]}"
    return ""


def complete(bed: Bed, cases: Sequence[Case]) -> None:
    begun = time.monotonic()
    failures = [found for what, disturb in cases if (found := completes(bed, what, disturb))]
    seconds = time.monotonic() - begun
    print(f"\n{len(cases)} kills, {len(failures)} failures, {seconds:.0f} s", end="")
    assert not failures, "\n".join(failures)


def at_calls(bed: Bed, side: str, platform: str) -> list[Case]:
    """One case for every call of an undisturbed launch to the platform, reads too."""
    return [
        (f"killed {side} call {call} to {platform}", partial(killed_at, bed, platform, call, SIDES[side]))
        for call in range(bed.undisturbed.requests[platform])
    ]


def at_commits(bed: Bed) -> list[Case]:
    """One case for every commit to the journal: what was asked or answered before it is then not written."""
    return [
        (f"killed before commit {commit}", partial(killed_before_commit, bed, commit))
        for commit in range(bed.undisturbed.commits)
    ]


def killed_before_commit(bed: Bed, commit: int) -> None:
    """A quick apply commits less often than a slow one: it may be done before that commit comes."""
    bed.restore()
    running = bed.apply(commit=commit)
    ended = running.wait()
    assert ended == -9 or (ended == 0 and running.commits <= commit), running.said
    bed.quiet()


def killed_after(bed: Bed, share: float) -> None:
    """By the clock. Where it ended before it was killed it is tried again, earlier: how long an apply takes
    depends on what else the machine does."""
    seconds = share * bed.undisturbed.seconds
    for _ in range(ATTEMPTS):
        bed.restore()
        for platform in PLATFORMS:
            bed.tap(platform).slow = SLOW
        running = bed.apply()
        bed.begun()
        time.sleep(seconds)
        running.strike()
        ended = running.wait()
        bed.quiet()
        if ended == -9:
            return
        assert ended == 0, running.said
        seconds *= 0.7
    raise AssertionError(f"it always ended before it was killed: {running.said}")


def killed_again_and_again(bed: Bed, platform: str, fate: Fate) -> None:
    """Each attempt dies at its own first write: until none is left, or, if that never arrives, five times."""
    bed.restore()
    for _ in range(5):
        bed.rig.calm_down()
        running: list[Running] = []

        def meet(running: list[Running] = running) -> Fate:
            while not running:
                time.sleep(0.001)
            running[0].strike()
            return fate

        bed.tap(platform).meet[0] = meet
        running.append(bed.apply())
        if running[0].wait() == 0:
            return
        bed.quiet()


@pytest.mark.soak
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("side", SIDES)
def test_an_apply_killed_at_every_call_is_completed_by_the_next(large: Bed, side: str, platform: str) -> None:
    complete(large, at_calls(large, side, platform))


@pytest.mark.soak
def test_an_apply_killed_at_every_commit_to_its_journal_is_completed_by_the_next(large: Bed) -> None:
    complete(large, at_commits(large))


@pytest.mark.soak
def test_an_apply_killed_by_the_clock_is_completed_by_the_next(large: Bed) -> None:
    shares = [0.95 * step / MOMENTS for step in range(MOMENTS)]
    complete(large, [(f"killed at {share:.3f}", partial(killed_after, large, share)) for share in shares])


@pytest.mark.soak
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fate", [each for each in get_args(Fate) if each != "lost"])
def test_an_apply_killed_again_and_again_gets_there(large: Bed, fate: Fate, platform: str) -> None:
    killed_again_and_again(large, platform, fate)
    large.assert_the_next_apply_completes()


def test_a_slice_of_the_kills(large: Bed) -> None:
    draw = random.Random(chosen := seed())
    calls = [case for side in SIDES for platform in PLATFORMS for case in at_calls(large, side, platform)]
    cases = [draw.choice(calls), draw.choice(at_commits(large))]
    print(f"KAMPANYA_SLICE={chosen}: {', '.join(what for what, _ in cases)}")
    complete(large, cases)
