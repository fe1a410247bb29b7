"""SIGKILL, lost answers and vanished platforms during an apply: the next completes it, nothing is doubled.

Full: `-m soak`, figures in docs/evidence/crashes.md. The slices without the mark draw a new seed every time.
"""

from __future__ import annotations

import random
import secrets
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.soak.rig import Fate, Rig, afresh, kill, prepare, strike, told

MOMENTS = 20
SLOW = 0.02  # seconds a request, so that a killed apply is more often waiting for one
SETTLED = 0.3  # seconds in which the platform surely has done what a dead client asked for
PARTS = {"campaigns": 1, "adsets": 3, "adcreatives": 4, "ads": 4}  # of the example's batches


@dataclass(frozen=True)
class Undisturbed:
    """How the launch of one platform goes when nobody disturbs it."""

    platform: str
    template: Path
    writes: tuple[str, ...]
    accounts: dict[str, Counter[str]]
    counts: dict[str, dict[str, int]]
    delivering: Counter[str]
    seconds: float  # from the first intent to the end of the process


def launch(rig: Rig) -> subprocess.CompletedProcess[str]:
    return rig.run("apply", str(rig.root / "plan.json"))


def first_intent(rig: Rig, process: subprocess.Popen[bytes]) -> None:
    while not rig.intents():
        assert process.poll() is None, "the apply ended before its first intent"
        time.sleep(0.001)


@pytest.fixture(scope="session", params=["meta", "google"])
def calm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(request.param, tmp_path_factory.mktemp(request.param))


def undisturbed(platform: str, folder: Path) -> Undisturbed:
    """Make the template of one platform, and see what an apply makes of it."""
    template = folder / "template"
    prepare(template, platform)
    with afresh(template, folder / "calm") as rig:
        rig.taps[platform].slow = SLOW
        process = rig.start("apply", str(rig.root / "plan.json"))
        first_intent(rig, process)
        begun = time.monotonic()
        assert process.wait(60) == 0
        seconds = time.monotonic() - begun
        writes = tuple(rig.taps[platform].writes)
        return Undisturbed(
            platform, template, writes, rig.accounts(), rig.counts(), rig.delivering(platform), seconds
        )


@contextmanager
def another(calm: Undisturbed) -> Iterator[Rig]:
    """The same brand before its launch, always at the same path."""
    with afresh(calm.template, calm.template.parent / "brand") as rig:
        yield rig


def assert_nothing_delivers_early(rig: Rig, calm: Undisturbed) -> None:
    """Nothing, or, once the activation has been sent, all of it."""
    delivering = rig.delivering(calm.platform)
    if len(rig.taps[calm.platform].writes) < len(calm.writes):
        assert not delivering
    assert delivering in (Counter(), calm.delivering)


def assert_the_next_apply_completes(rig: Rig, calm: Undisturbed) -> None:
    rig.taps[calm.platform].meet.clear()
    rig.taps[calm.platform].slow = 0.0
    again = launch(rig)
    assert again.returncode == 0, told(again)
    assert_as_undisturbed(rig, calm)


def assert_as_undisturbed(rig: Rig, calm: Undisturbed) -> None:
    """Each object once, with the same values and marks, and nothing else; the next plan is empty."""
    assert rig.counts() == calm.counts
    found = rig.accounts()
    assert found == calm.accounts, found[calm.platform] - calm.accounts[calm.platform]
    assert rig.delivering(calm.platform) == calm.delivering
    plan = rig.run("plan", "--platform", calm.platform)
    assert plan.returncode == 0, told(plan)


# -- killed by the clock


def killed_after(rig: Rig, calm: Undisturbed, share: float) -> int:
    """How the process ended; 0 if this one was quicker than the undisturbed one that was measured."""
    rig.taps[calm.platform].slow = SLOW
    process = rig.start("apply", str(rig.root / "plan.json"))
    first_intent(rig, process)
    time.sleep(share * calm.seconds)
    return kill(process)


def moment(calm: Undisturbed, share: float) -> None:
    with another(calm) as rig:
        ended = killed_after(rig, calm, share)
        if ended == -9:
            assert_nothing_delivers_early(rig, calm)
            assert_the_next_apply_completes(rig, calm)
            return
    assert share > 0.5, f"it ended with {ended} before it was killed"
    moment(calm, 0.85 * share)


@pytest.mark.soak
@pytest.mark.parametrize("step", range(MOMENTS))
def test_an_apply_killed_at_any_moment_is_completed_by_the_next(calm: Undisturbed, step: int) -> None:
    moment(calm, 0.95 * step / MOMENTS)


# -- killed at each write


def killed_at(rig: Rig, calm: Undisturbed, write: int, fate: Fate) -> None:
    """The process dies as its n-th write arrives; the platform then does it, or never got it."""
    running: list[subprocess.Popen[bytes]] = []

    def meet() -> Fate:
        strike(running[0])
        return fate

    rig.taps[calm.platform].meet[write] = meet
    running.append(rig.start("apply", str(rig.root / "plan.json")))
    assert running[0].wait(60) == -9
    time.sleep(SETTLED)


@pytest.mark.soak
@pytest.mark.parametrize("fate", ["done", "dropped"])
def test_an_apply_killed_at_each_of_its_writes_is_completed_by_the_next(
    calm: Undisturbed, fate: Fate
) -> None:
    for write in range(len(calm.writes)):
        with another(calm) as rig:
            killed_at(rig, calm, write, fate)
            assert_nothing_delivers_early(rig, calm)
            assert_the_next_apply_completes(rig, calm)


@pytest.mark.soak
@pytest.mark.parametrize("fate", ["done", "dropped"])
def test_an_apply_killed_again_and_again_gets_there(calm: Undisturbed, fate: Fate) -> None:
    """Each attempt dies at its own first write: until none is left, or, if that never arrives, five times."""
    with another(calm) as rig:
        for _ in range(5):
            tap = rig.taps[calm.platform]
            tap.writes.clear()
            running: list[subprocess.Popen[bytes]] = []

            def meet(running: list[subprocess.Popen[bytes]] = running) -> Fate:
                strike(running[0])
                return fate

            tap.meet[0] = meet
            running.append(rig.start("apply", str(rig.root / "plan.json")))
            if running[0].wait(60) == 0:
                break
            time.sleep(SETTLED)
            assert rig.delivering(calm.platform) in (Counter(), calm.delivering)
        assert_the_next_apply_completes(rig, calm)


# -- answers lost, requests dropped


def survives(calm: Undisturbed, disturb: Callable[[Rig], None]) -> str:
    """Apply under a disturbance: it completes, or exits 1 naming objects; then the next completes."""
    with another(calm) as rig:
        disturb(rig)
        first = launch(rig)
        assert first.returncode in (0, 1), told(first)
        if first.returncode:
            assert calm.platform + ":" in first.stderr, told(first)
            assert rig.delivering(calm.platform) in (Counter(), calm.delivering)
            assert rig.sandbox is not None
            rig.sandbox.meta.faults.clear()
            assert_the_next_apply_completes(rig, calm)
            return "by the second apply"
        assert_as_undisturbed(rig, calm)
        return "by itself"


def one_write(write: int, fate: Fate) -> Callable[[Rig], None]:
    def disturb(rig: Rig) -> None:
        for tap in rig.taps.values():
            tap.meet[write] = lambda: fate

    return disturb


@pytest.mark.soak
@pytest.mark.parametrize("fate", ["lost", "dropped"])
def test_each_write_may_lose_its_answer_or_never_arrive(calm: Undisturbed, fate: Fate) -> None:
    ends = Counter(survives(calm, one_write(write, fate)) for write in range(len(calm.writes)))
    print(f"{calm.platform}, {fate}: {dict(ends)}")


def one_part(edge: str, skip: int, kind: str, applied: bool) -> Callable[[Rig], None]:
    def disturb(rig: Rig) -> None:
        assert rig.sandbox is not None
        rig.sandbox.meta.faults.add(
            {"route": f"POST */{edge}", "kind": kind, "skip": skip, "times": 1, "applied": applied}
        )

    return disturb


@pytest.mark.soak
@pytest.mark.parametrize(
    ("kind", "applied"),
    [("lost_response", False), ("dropped_request", False), ("null", False), ("null", True)],
)
def test_each_part_of_metas_batches_may_be_lost(calm: Undisturbed, kind: str, applied: bool) -> None:
    if calm.platform != "meta":
        pytest.skip("Google's writes have no parts")
    ends = Counter(
        survives(calm, one_part(edge, skip, kind, applied))
        for edge, many in PARTS.items()
        for skip in range(many)
    )
    print(f"meta parts, {kind}{' applied' * applied}: {dict(ends)}")


# -- the platform goes away between two writes


def vanish_before(rig: Rig, platform: str, write: int) -> threading.Thread:
    """Both stand-ins fall silent as the n-th write comes, which is lost with them, and stop listening."""
    stopping = threading.Thread(target=rig.down)

    def leave() -> Fate:
        for tap in rig.taps.values():
            tap.gone = True
        stopping.start()
        return "dropped"

    rig.taps[platform].meet[write] = leave
    return stopping


def vanishes(calm: Undisturbed, write: int) -> str:
    with another(calm) as rig:
        stopping = vanish_before(rig, calm.platform, write)
        first = launch(rig)
        assert first.returncode == 1, told(first)
        stopping.join(20)
        rig.up()
        assert not rig.delivering(calm.platform)
        assert_the_next_apply_completes(rig, calm)
        return told(first)


@pytest.mark.soak
def test_a_platform_that_stops_between_two_writes_is_told_of_and_completed_later(calm: Undisturbed) -> None:
    for write in range(1, len(calm.writes)):
        said = vanishes(calm, write)
        print(f"--- {calm.platform}, stopped before write {write}:\n{said}")
        assert f"{calm.platform}:" in said, "names what is not there"
        assert " done" in said, "says what is there"
        assert "Traceback" not in said


# -- the slice


def test_one_kill_and_one_lost_write_of_a_new_seed_on_one_platform(tmp_path: Path) -> None:
    draw = random.Random(seed := secrets.randbits(32))
    calm = undisturbed(draw.choice(("meta", "google")), tmp_path)
    share, write = draw.uniform(0, 0.9), draw.randrange(len(calm.writes))
    fate: Fate = draw.choice(("lost", "dropped"))
    print(
        f"seed {seed}, {calm.platform}: killed at {share:.2f} of {calm.seconds:.2f} s; write {write} {fate}"
    )
    moment(calm, share)
    survives(calm, one_write(write, fate))
