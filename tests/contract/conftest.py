"""One sandbox process for all walks, and a connector for each platform: a new one is one line in PLATFORMS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import connectors
from connectors.base import Account, Connection, Connector
from connectors.memory import MemoryConnector
from tests.contract.states import ZONE
from tests.contract.walker import SCOPE

HOME = Path(__file__).parents[2]
META = {
    "account": "act_1000000000000001",
    "currency": "TRY",
    "time_zone": ZONE,
    "page": "2000000000000001",
    "pixel": "3000000000000001",
}
Endpoints = Callable[[], Mapping[str, Any]]


def memory(root: Path, _: Endpoints) -> Connector:
    return MemoryConnector(Connection(_account(META, "account"), SCOPE, root), platform="meta")


def meta(root: Path, sandbox: Endpoints) -> Connector:
    graph = sandbox()["graph"]
    account = _account(META, "account")
    return connectors.connect(
        "meta", Connection(account, SCOPE, root, {"url": graph["url"]}, {"token": graph["token"]})
    )


def _account(declared: Mapping[str, str], id: str) -> Account:
    rest = {name: value for name, value in declared.items() if name not in (id, "currency", "time_zone")}
    return Account(declared[id], declared["currency"], declared["time_zone"], rest)


# name → (platform of the declaration, its account, the connector)
PLATFORMS: Mapping[str, tuple[str, Mapping[str, str], Callable[[Path, Endpoints], Connector]]] = {
    "memory": ("meta", META, memory),
    "meta": ("meta", META, meta),
}


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """Starts the stand-in platforms the first time somebody asks where they are."""
    state = tmp_path_factory.mktemp("platforms") / "state"
    command = [sys.executable, "-m", "sandbox"]
    started: list[Mapping[str, Any]] = []

    def endpoints() -> Mapping[str, Any]:
        if not started:
            arguments = ["up", "--state", str(state), "--platforms", "meta", "--clock", "2026-11-30"]
            subprocess.run([*command, *arguments], check=True, cwd=HOME, capture_output=True)
            started.append(json.loads((state / "endpoints.json").read_text(encoding="utf-8")))
        return started[0]

    yield endpoints
    if started:
        subprocess.run([*command, "down", "--state", str(state)], check=True, cwd=HOME, capture_output=True)
