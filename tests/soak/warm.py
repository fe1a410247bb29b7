"""A process that has imported the command and both SDKs once, and forks itself for every command asked for.

What runs is a real process of its own, which a signal kills like any other; only its imports are shared.
Lines of JSON come in. `{"run": [arguments], "out": file, "err": file, "commit": n}` is answered with the
pid, and `{"wait": pid}` with how it ended. `commit` kills the process before its n-th commit to the journal;
how many commits there were stands in `out` + ".commits" afterwards.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HOME = Path(__file__).resolve().parents[2]
LONGEST_SLEEP = 0.02  # of a command's waits for a busy platform
SECONDS = 120
PATIENCE = 600  # seconds for one command on a busy machine
IMPORTS = (
    "kampanya.__main__",
    "kampanya.commands.plan",
    "operations.apply",
    "operations.approve",
    "operations.load",
    "operations.pause",
    "operations.plan",
    "operations.site",
    "connectors.meta.apply",
    "connectors.meta.client",
    "connectors.google.apply",
    "google.ads.googleads.client",
    "google.ads.googleads.errors",
    "google.ads.googleads.v26.errors.types.errors",
    "google.ads.googleads.v26.services.services.geo_target_constant_service",
    "google.ads.googleads.v26.services.services.google_ads_service",
    "google.ads.googleads.v26.services.types.google_ads_service",
    "google.api_core.exceptions",
    "google.auth.exceptions",
    "google.oauth2.service_account",
    "google.protobuf.json_format",
    "google.auth.transport.requests",
    "grpc",
    "duckdb",
)


@dataclass(frozen=True)
class Running:
    """A command under way, leader of a process group of its own."""

    pid: int
    out: Path
    warm: Warm

    def strike(self) -> None:
        """SIGKILL; its pid stays its own until somebody has waited for it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """How it ended; -9 if it was killed. Raises TimeoutError."""
        return int(self.warm.ask({"wait": self.pid}))

    @property
    def said(self) -> str:
        """What it printed, and what it said of errors."""
        return self.printed + self.err.read_text(encoding="utf-8")

    @property
    def printed(self) -> str:
        return self.out.read_text(encoding="utf-8")

    @property
    def err(self) -> Path:
        return self.out.with_suffix(".err")

    @property
    def commits(self) -> int:
        return int(self.out.with_suffix(".commits").read_text(encoding="utf-8"))


class Warm:
    """The process, seen from the test; closed when the test is done with it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.warm"],
            cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, line: dict[str, Any]) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError(str(line))
        return self._process.stdout.readline()

    def start(self, *arguments: str, commit: int | None = None) -> Running:
        self._count += 1
        out = self._folder / f"{self._count}.out"
        line = {"run": arguments, "out": str(out), "err": str(out.with_suffix(".err")), "commit": commit}
        return Running(int(self.ask(line)), out, self)

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(SECONDS)
        self._process.stdout.close()


@cache
def shared() -> Warm:
    """The one process of all tests of a worker, for as long as that lives."""
    folder = TemporaryDirectory(prefix="said-")
    made = Warm(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(made.close)
    return made


# -- inside the process


def serve() -> None:
    from importlib import import_module

    clock = ShortClock()  # before the imports, which keep it as a default
    time.sleep = clock.sleep
    for name in IMPORTS:
        import_module(name)
    # The stand-in counts no changes a second here; waiting for that would be most of a run.
    import_module("connectors.meta.pace").Pace.__init__.__defaults__ = (clock.sleep, clock.now, 1e6)
    for text in sys.stdin:
        line = json.loads(text)
        if "wait" in line:
            print(os.waitstatus_to_exitcode(os.waitpid(line["wait"], 0)[1]), flush=True)
            continue
        pid = os.fork()
        if not pid:
            child(line)
        print(pid, flush=True)


class ShortClock:
    """Sleeps a moment and says it was as long as was asked for."""

    def __init__(self) -> None:
        self._sleep, self._skipped = time.sleep, 0.0

    def sleep(self, seconds: float) -> None:
        self._skipped += max(0.0, seconds - LONGEST_SLEEP)
        self._sleep(min(seconds, LONGEST_SLEEP))

    def now(self) -> float:
        return time.monotonic() + self._skipped


def child(line: dict[str, Any]) -> None:
    """Become the command; never returns."""
    from kampanya.__main__ import run

    os.setsid()
    out, err = (os.open(line[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for name in ("out", "err"))
    for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, err)):
        os.dup2(file, number)
    commits = count_commits(line["commit"])
    code = 1
    try:
        code = run(line["run"])
        Path(line["out"]).with_suffix(".commits").write_text(str(len(commits)), encoding="utf-8")
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def count_commits(last: int | None) -> list[int]:
    """A list that grows by one with every commit to the journal; before commit `last`, from 0, all ends."""
    from sqlalchemy import Engine, event

    commits: list[int] = []

    def committing(_: object) -> None:
        if len(commits) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        commits.append(1)

    event.listen(Engine, "commit", committing)
    return commits


if __name__ == "__main__":
    serve()
