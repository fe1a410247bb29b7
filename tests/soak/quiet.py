"""When the platforms are done with everybody: no client has a socket open to them, nothing is worked on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.soak.rig import Rig

STILL = 0.05  # seconds in which nothing may happen: a closed socket's last request may wait for its thread
SECONDS = 300  # a machine that stands still is no failure
# proc(5): `st` of /proc/net/tcp. A client that was killed has closed; what it had sent may not be read yet.
OPEN = {"01": "established", "08": "close wait"}
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


class Wire:
    """What is between a brand's clients and its platforms."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        sandbox: Any = rig.sandbox
        self._graph: Any = sandbox.meta._server._server.server_state
        self._ports = {sandbox.meta.endpoints()["port"], sandbox.platforms["google"].port}

    def wait(self) -> None:
        """Until nothing is on its way, however slow this machine is. AssertionError after minutes."""
        until, before, since = time.monotonic() + SECONDS, -1, 0.0
        while before != self._rig.requests or time.monotonic() - since < STILL:
            assert time.monotonic() < until, "a platform is still busy"
            if before != self._rig.requests or self.busy():
                before, since = self._rig.requests, time.monotonic()
            time.sleep(0.01)

    def busy(self) -> bool:
        """Whether a request is being worked on, or may still be read from a socket."""
        if any(tap.busy for tap in self._rig.taps.values()) or self._graph.tasks:
            return True
        return any(port in self._ports for port in served())


def served() -> Iterator[int]:
    """The local port of every socket that is open towards somebody; nothing where there is no /proc."""
    for table in TABLES:
        if not table.exists():
            continue
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if state in OPEN:
                yield int(local.rpartition(":")[2], 16)
