"""`python -m sandbox.google --state DIR`: this sandbox alone, for debugging; Ctrl-C ends it."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.google.server import GoogleSandbox
from sandbox.ledger import Ledger
from sandbox.world import load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.google")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int)
    parser.add_argument("--clock", default="now")
    parser.add_argument("--world", type=Path)
    options = parser.parse_args()
    options.state.mkdir(parents=True, exist_ok=True)
    world, clock = load(options.world), Clock(options.state)
    clock.start(options.clock, ZoneInfo(world.google.timezone))
    sandbox = GoogleSandbox(options.state, clock, world, Ledger(options.state))
    sandbox.start(options.port)
    print(json.dumps(sandbox.endpoints()), flush=True)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    sandbox.stop()


if __name__ == "__main__":
    main()
