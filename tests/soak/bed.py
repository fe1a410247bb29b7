"""One brand with an approved plan and both platforms empty, put back to that state for every case."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.quiet import SECONDS, Wire
from tests.soak.rig import HOME, Fate, Rig, Tap, tapped
from tests.soak.warm import Running, Warm, shared

APPROVER = "Ayşe Yılmaz"
PLATFORMS = ("meta", "google")
KEPT = HOME / "test-results" / "soak"  # what commands said in cases that failed, whatever becomes of the run


@dataclass(frozen=True)
class Calm:
    """How the launch goes when nobody disturbs it; by platform where it says so."""

    requests: dict[str, int]
    writes: dict[str, tuple[str, ...]]
    commits: int
    accounts: dict[str, Counter[str]]
    counts: dict[str, dict[str, int]]
    delivering: dict[str, Counter[str]]
    seconds: float  # from the first request to the end of the process


@dataclass
class Bed:
    """The brand, its platforms, the process that runs its commands, and what undisturbed means."""

    rig: Rig
    warm: Warm
    kept: Path
    calm: Calm | None = None
    said: list[Running] = field(default_factory=list)  # commands since the last restore

    @property
    def undisturbed(self) -> Calm:
        assert self.calm is not None
        return self.calm

    def tap(self, platform: str) -> Tap:
        return self.rig.taps[platform]

    # -- commands

    def start(self, *arguments: str, commit: int | None = None) -> Running:
        running = self.warm.start(*arguments, "-C", str(self.rig.root), commit=commit)
        self.said.append(running)
        return running

    def apply(self, commit: int | None = None) -> Running:
        return self.start("apply", str(self.rig.root / "plan.json"), commit=commit)

    def demand(self, *arguments: str, ends: int = 0) -> str:
        """Run a command that must end with that exit code; what it said."""
        running = self.start(*arguments)
        ended = running.wait()
        assert ended == ends, f"kampanya {' '.join(arguments)}: {ended}\n{running.said}"
        return running.said

    # -- states

    def restore(self) -> None:
        """Nothing on the platforms, nothing applied, the plan approved, no disturbance."""
        assert self.rig.sandbox is not None
        self.quiet()
        self.said.clear()
        self.rig.calm_down()
        self.rig.sandbox.reset()
        for path in self.rig.state.iterdir():
            if path.is_file():
                path.unlink()
        for path in self.kept.iterdir():
            shutil.copy2(path, self.rig.state / path.name)

    def keep(self) -> None:
        """What `restore` brings back beside the empty platforms: the journal as it is now."""
        self.kept.mkdir()
        for path in self.rig.state.iterdir():
            if path.is_file():
                shutil.copy2(path, self.kept / path.name)

    def begun(self) -> float:
        """Wait for the first request to a platform; when it came."""
        until = time.monotonic() + SECONDS
        while not self.rig.requests:
            assert time.monotonic() < until, "nothing was ever asked of a platform"
            time.sleep(0.001)
        return time.monotonic()

    def quiet(self) -> None:
        """Wait until the platforms have done whatever a dead client asked for."""
        Wire(self.rig).wait()

    @contextmanager
    def case(self, what: str) -> Iterator[None]:
        """A failure inside is written down, with all that the commands of the case said, before it leaves."""
        try:
            yield
        except Exception as error:
            KEPT.mkdir(parents=True, exist_ok=True)
            said = [f"--- {number}. command\n{each.said}" for number, each in enumerate(self.said, 1)]
            told = "\n".join([what, f"{type(error).__name__}: {error}", *said, ""])
            (KEPT / f"{re.sub(r'[^a-z0-9]+', '-', what.lower())}-{time.time_ns()}.txt").write_text(
                told, "utf-8"
            )
            raise

    # -- what must hold

    def assert_nothing_delivers_early(self) -> None:
        """On each platform nothing, or, once the activation has been sent, all of it."""
        for platform, calm in self.undisturbed.delivering.items():
            found = self.rig.delivering(platform)
            if len(self.tap(platform).writes) < len(self.undisturbed.writes[platform]):
                assert not found, f"{platform} delivers early"
            assert found in (Counter(), calm), f"{platform} delivers in part"

    def assert_the_next_apply_completes(self) -> None:
        self.rig.calm_down()
        again = self.apply()
        assert again.wait() == 0, again.said
        self.assert_as_undisturbed()

    def assert_as_undisturbed(self) -> None:
        """Each object once, with the same values and marks, and nothing else; the next plan is empty."""
        found = self.rig.accounts()
        for platform, expected in self.undisturbed.accounts.items():
            assert found[platform] == expected, (found[platform] - expected, expected - found[platform])
        assert self.rig.counts() == self.undisturbed.counts
        for platform, calm in self.undisturbed.delivering.items():
            assert self.rig.delivering(platform) == calm
        self.demand("plan")


@contextmanager
def bed(folder: Path, write: Callable[[Path], object]) -> Iterator[Bed]:
    """The brand that `write` makes, planned, approved, and applied once to see what comes of it."""
    root = folder / "brand"
    write(root)
    with tapped(Rig(root)) as rig:
        found = Bed(rig, shared(), folder / "kept")
        found.demand("plan", "-o", str(root / "plan.json"), ends=2)
        found.demand("approve", str(root / "plan.json"), "--by", APPROVER)
        found.keep()
        found.restore()
        found.calm = _calm(found)
        yield found


def _calm(bed: Bed) -> Calm:
    running = bed.apply()
    begun = bed.begun()
    assert running.wait() == 0, running.said
    seconds = time.monotonic() - begun
    rig = bed.rig
    return Calm(
        {name: tap.requests for name, tap in rig.taps.items()},
        {name: tuple(tap.writes) for name, tap in rig.taps.items()},
        running.commits,
        rig.accounts(),
        rig.counts(),
        {name: rig.delivering(name) for name in PLATFORMS},
        seconds,
    )


def killed_at(bed: Bed, platform: str, request: int, fate: Fate) -> None:
    """The process dies as its n-th request to a platform arrives, which is then done or lost with it."""
    bed.restore()
    running: list[Running] = []

    def meet() -> Fate:
        while not running:
            time.sleep(0.001)
        running[0].strike()
        return fate

    bed.tap(platform).at[request] = meet
    running.append(bed.apply())
    assert running[0].wait() == -9, running[0].said
    bed.quiet()
