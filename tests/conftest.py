"""Shared by all tests: the network is loopback only, and what takes longest begins first."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parents[1]))

# What mostly waits, for a Prefect server or a browser: begun early, one after the other, while other workers
# compute.
WAITING = (
    "flows/test_up.py",
    "flows/test_launch.py",
    "browser/test_launch_in_ui.py",
    "flows/test_portfolio.py",
    "flows/test_flows.py",
    "kampanya/test_command.py",
)
LOOPBACK = ("127.", "::1", "localhost")
# How long an example takes says how busy the machine is, not whether the property holds.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test reached for {address[0]}: only loopback is allowed")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file goes to one worker as a whole (loadfile): a long one that came last would be waited for."""
    unlike = [item.nodeid for item in items if " at 0x" in item.nodeid]
    assert not unlike, f"workers could not agree on the name of {unlike[0]}"
    here = Path(__file__).parent
    waiting = [here / name for name in WAITING]
    assert all(path.exists() for path in waiting)
    files = list(dict.fromkeys(item.path for item in items))
    others = [path for path in files if path not in waiting]
    step = len(others) // (2 * len(waiting))  # all of them begun by the middle
    place = {path: float(at) for at, path in enumerate(others)}
    place |= {path: at * step - 0.5 for at, path in enumerate(waiting)}
    items.sort(key=lambda item: place[item.path])
