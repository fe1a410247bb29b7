"""What a sandbox keeps in its state folder for those who talk to it: where it listens, who runs it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

from sandbox.clock import write_private

ENDPOINTS = "endpoints.json"  # the only file that holds the token
PID = "sandbox.pid"
PATIENCE = 20
GRAPH_NAMES = {
    "KAMPANYA_GRAPH_URL": "url", "KAMPANYA_GRAPH_TOKEN": "token", "KAMPANYA_GRAPH_ACCOUNT": "account",
    "KAMPANYA_GRAPH_PAGE": "page", "KAMPANYA_GRAPH_PIXEL": "pixel", "KAMPANYA_GRAPH_BUSINESS": "business",
}  # fmt: skip
GOOGLE_NAMES = {  # of the Google stand-in's endpoints
    "KAMPANYA_GOOGLE_CUSTOMER": "customer",
    "GOOGLE_ADS_CONFIGURATION_FILE_PATH": "configuration",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": "roots",
}


def prepare(state: Path) -> None:
    """The state folder, and those made on the way to it, for their owner only."""
    for folder in reversed([each for each in state.parents if not each.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    state.mkdir(exist_ok=True, mode=0o700)
    state.chmod(0o700)


def endpoints(state: Path) -> dict[str, Any]:
    """What the last server wrote; empty if there never was one."""
    try:
        found = json.loads((state / ENDPOINTS).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def forget_pid(state: Path) -> None:
    """Keep ports and token for the next server, without the old one's process."""
    if found := endpoints(state):
        write_private(state / ENDPOINTS, json.dumps({**found, "pid": None}, indent=1))


def claim(state: Path) -> int | None:
    """Make this process the folder's server until it ends; the open lock, or None if another one is.

    A lock rather than a process id, which outlives a killed server and may become somebody else's.
    """
    lock = os.open(state / PID, os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(PATIENCE):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.01)  # somebody may only be looking
            continue
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        return lock
    os.close(lock)
    return None


def running(state: Path) -> int | None:
    """The process of a live sandbox of this folder."""
    try:
        lock = os.open(state / PID, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return int(os.read(lock, 32) or 0) or None
    finally:
        os.close(lock)
    return None


def environment(state: Path) -> dict[str, str]:
    """Variables that point any client at this sandbox."""
    found = endpoints(state)
    graph, google = found.get("graph", {}), found.get("google", {})
    named = {name: graph.get(key) for name, key in GRAPH_NAMES.items()}
    named |= {name: google.get(key) for name, key in GOOGLE_NAMES.items()}
    return {name: str(value) for name, value in named.items() if value is not None}
