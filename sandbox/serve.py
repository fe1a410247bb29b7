"""The server process of a sandbox: both platforms until SIGTERM."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox import files
from sandbox.admin import answering
from sandbox.clock import ClockError, write_private
from sandbox.runtime import Sandbox
from sandbox.world import WorldError, load


def serve(state: Path, world: Path | None, begin: str | None, platforms: list[str]) -> int:
    """Blocks until it is told to stop; 1 if it cannot start."""
    gc.set_threshold(100_000, 20, 100)  # what is held is many and lives long: looked through seldom
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.umask(0o077)
    files.prepare(state)
    if files.claim(state) is None:
        print(f"already running as process {files.running(state)}", file=sys.stderr)
        return 1
    try:
        sandbox = Sandbox(state, load(world or _kept(state)), begin, platforms)
    except (WorldError, ClockError) as error:
        print(error, file=sys.stderr)
        return 1
    if world:
        write_private(state / "world.json", world.read_text(encoding="utf-8"))
    sandbox.meta.serve_admin(answering(sandbox))
    try:
        sandbox.start()
        stop.wait()
    finally:
        sandbox.stop()
    return 0  # the claim ends with the process: until then `down` waits, and nobody else begins


def _kept(state: Path) -> Path | None:
    """The world of the last time."""
    kept = state / "world.json"
    return kept if kept.exists() else None
