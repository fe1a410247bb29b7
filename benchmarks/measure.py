"""What benchmarks share: a stopwatch for wall and CPU time, and figures that stand beside their limit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Span:
    """Seconds of one piece of work: on the wall, of our CPU, and of another process's while it lasted."""

    wall: float = 0.0
    cpu: float = 0.0
    other: float = 0.0

    def __str__(self) -> str:
        other = f", {self.other:.2f} s CPU of the sandbox" if self.other else ""
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s CPU of ours{other}"


@contextmanager
def stopwatch(other: int | None = None) -> Iterator[Span]:
    """Measure the block; `other` is the pid of a process whose CPU time is told too."""
    span = Span()
    wall, cpu, theirs = time.perf_counter(), time.process_time(), cpu_of(other)
    try:
        yield span
    finally:
        span.wall, span.cpu = time.perf_counter() - wall, time.process_time() - cpu
        span.other = cpu_of(other) - theirs


def cpu_of(pid: int | None) -> float:
    """Seconds of CPU a process has used, its threads included; 0.0 where the system does not tell."""
    path = Path(f"/proc/{pid}/stat")
    if pid is None or not path.exists():
        return 0.0
    after_name = path.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Report:
    """Figures beside their limits; the exit code says whether all were kept."""

    missed: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        print(text, flush=True)

    def at_most(self, what: str, value: float, limit: float, unit: str, more: str = "") -> None:
        self._judge(what, value <= limit, f"{value:,.5g} {unit}, at most {limit:,.5g}", more)

    def at_least(self, what: str, value: float, limit: float, unit: str, more: str = "") -> None:
        self._judge(what, value >= limit, f"{value:,.0f} {unit}, at least {limit:,.0f}", more)

    def _judge(self, what: str, kept: bool, figures: str, more: str) -> None:
        if not kept:
            self.missed.append(what)
        self.line(f"{'pass' if kept else 'FAIL'}  {what}: {figures}{f' ({more})' if more else ''}")

    @property
    def exit_code(self) -> int:
        return 1 if self.missed else 0
