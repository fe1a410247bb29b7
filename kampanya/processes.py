"""Finds and ends the processes that carry a mark in their environment, wherever they have moved to."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "KAMPANYA_UP"
PATIENCE_SECONDS = 10
PROC = Path("/proc")


def marked(value: str) -> set[int]:
    """The ids of our own live processes that were started with the mark of that value.

    A worker starts each flow in a session of its own and may be gone when the flow still runs, so neither
    process groups nor parents lead to all of them.
    """
    return {pid for pid, text in _environments() if f"{MARK}={value}" in text} - {os.getpid()}


def end(value: str) -> None:
    """Ask all that are marked to end, and end those that do not within ten seconds."""
    for which, patience in ((signal.SIGTERM, PATIENCE_SECONDS), (signal.SIGKILL, PATIENCE_SECONDS)):
        for pid in marked(value):
            _signal(pid, which)
        deadline = time.monotonic() + patience
        while marked(value) and time.monotonic() < deadline:
            time.sleep(0.1)


def _signal(pid: int, which: signal.Signals) -> None:
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return


def _environments() -> Iterator[tuple[int, list[str]]]:
    """Process id and environment, of those that may be looked into; macOS has no /proc but a talkative ps."""
    if not PROC.is_dir():
        yield from _told_by_ps()
        return
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "environ").read_bytes()
            except OSError:
                continue
            yield int(folder.name), text.decode(errors="replace").split("\0")


def _told_by_ps() -> Iterator[tuple[int, list[str]]]:
    command = ["ps", "axeww", "-o", "pid=,command="]
    for line in subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines():
        pid, _, rest = line.strip().partition(" ")
        yield int(pid), rest.split(" ")
