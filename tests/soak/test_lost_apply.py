"""Lost answers, lost requests and vanished platforms during an apply: it completes, or says what is wanting.

The whole set is `-m soak`, figures in docs/evidence/crashes.md.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from tests.soak.bed import PLATFORMS, Bed
from tests.soak.rig import Fate, Rig
from tests.soak.slices import seed

PARTS = {"campaigns": 1, "adsets": 3, "adcreatives": 4, "ads": 4}  # of the example's batches


def survives(bed: Bed, what: str, disturb: Callable[[Rig], None]) -> str:
    """Apply under a disturbance: it completes, or exits 1 naming objects; then the next completes."""
    with bed.case(what):
        return completed(bed, disturb)


def completed(bed: Bed, disturb: Callable[[Rig], None]) -> str:
    bed.restore()
    disturb(bed.rig)
    first = bed.apply()
    ended = first.wait()
    assert ended in (0, 1), first.said
    if ended == 0:
        bed.assert_as_undisturbed()
        return "by itself"
    assert any(f"{platform}:" in first.said for platform in PLATFORMS), first.said
    bed.assert_the_next_apply_completes()
    return "by the second apply"


def one_write(platform: str, write: int, fate: Fate) -> Callable[[Rig], None]:
    def disturb(rig: Rig) -> None:
        rig.taps[platform].meet[write] = lambda: fate

    return disturb


@pytest.mark.soak
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fate", ["lost", "dropped"])
def test_each_write_may_lose_its_answer_or_never_arrive(large: Bed, platform: str, fate: Fate) -> None:
    writes = range(len(large.undisturbed.writes[platform]))
    ends = Counter(
        survives(large, f"{platform}, write {write} {fate}", one_write(platform, write, fate))
        for write in writes
    )
    print(f"\n{platform}, {len(writes)} writes {fate}: {dict(ends)}", end="")


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
def test_each_part_of_metas_batches_may_be_lost(small: Bed, kind: str, applied: bool) -> None:
    parts = [(edge, skip) for edge, many in PARTS.items() for skip in range(many)]
    ends = Counter(
        survives(small, f"{edge} {skip}, {kind}", one_part(edge, skip, kind, applied)) for edge, skip in parts
    )
    print(f"\n{len(parts)} parts, {kind}{' applied' * applied}: {dict(ends)}", end="")


# -- the platforms go away between two writes


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


@pytest.mark.soak
@pytest.mark.parametrize("platform", PLATFORMS)
def test_platforms_that_stop_between_two_writes_are_told_of_and_completed_later(
    small: Bed, platform: str
) -> None:
    for write in range(1, len(small.undisturbed.writes[platform])):
        with small.case(f"both stop before write {write} to {platform}"):
            told_and_completed_later(small, platform, write)


def told_and_completed_later(bed: Bed, platform: str, write: int) -> None:
    bed.restore()
    stopping = vanish_before(bed.rig, platform, write)
    first = bed.apply()
    assert first.wait() == 1, first.said
    stopping.join()
    bed.rig.up()
    assert f"{platform}:" in first.said, "names what is not there"
    assert " created, " in first.said, "says what is there"
    assert "Traceback" not in first.said
    bed.assert_the_next_apply_completes()


def test_a_slice_of_the_lost_writes(large: Bed) -> None:
    draw = random.Random(chosen := seed())
    platform = draw.choice(PLATFORMS)
    write = draw.randrange(len(large.undisturbed.writes[platform]))
    fate: Fate = draw.choice(("lost", "dropped"))
    print(f"KAMPANYA_SLICE={chosen}: {platform}, write {write} {fate}")
    survives(large, f"{platform}, write {write} {fate}", one_write(platform, write, fate))
