"""Shared by all tests: the network is loopback only, and what takes longest begins first."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

# Files that mostly wait, for a Prefect server or a browser, then those that compute long; the rest follows.
FIRST = (
    "flows/test_up.py",
    "flows/test_launch.py",
    "browser/test_launch_in_ui.py",
    "flows/test_portfolio.py",
    "kampanya/test_command.py",
    "flows/test_flows.py",
    "soak/test_kill_load.py",
    "soak/test_thirty_days.py",
    "properties/test_reach.py",
    "properties/test_strangers.py",
    "operations/test_load.py",
    "schemas/test_fuzz.py",
)
LOOPBACK = ("127.", "::1", "localhost")


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
    here = Path(__file__).parent
    order = {here / name: place for place, name in enumerate(FIRST)}
    assert all(path.exists() for path in order)
    items.sort(key=lambda item: order.get(item.path, len(FIRST)))
