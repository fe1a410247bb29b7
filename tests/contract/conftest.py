"""One sandbox process for all walks, and a connector for each platform: one line in PLATFORMS each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import connectors
from connectors.base import Account, Connection, Connector, flat
from connectors.memory import MemoryConnector
from schemas.types import Platform
from tests.contract.certificates import lend, roots
from tests.contract.states import ZONE
from tests.contract.walker import SCOPE

HOME = Path(__file__).parents[2]
META: Mapping[str, Any] = {
    "account": "act_1000000000000001",
    "currency": "TRY",
    "time_zone": ZONE,
    "page": "2000000000000001",
    "pixel": "3000000000000001",
    "catalogues": {
        "magaza": {
            "id": "6000000000000001",
            "sets": {"hepsi": "6100000000000001", "vazolar": "6100000000000002"},
        }
    },
}
GOOGLE = {"customer": "1234567890", "currency": "TRY", "time_zone": ZONE, "merchant": "5500000001"}
# The stand-in platforms that are started.
STANDS = "meta,google"
Endpoints = Callable[[], Mapping[str, Any]]


def memory(root: Path, _: Endpoints) -> Connector:
    return MemoryConnector(Connection(_account(META, "account"), SCOPE, root), platform="meta")


def meta(root: Path, sandbox: Endpoints) -> Connector:
    graph = sandbox()["graph"]
    account = _account(META, "account")
    return connectors.connect(
        "meta", Connection(account, SCOPE, root, {"url": graph["url"]}, {"token": graph["token"]})
    )


def google(root: Path, sandbox: Endpoints) -> Connector:
    found = sandbox().get("google") or {}  # empty where no test asked for a running one
    endpoint = {"config": str(found.get("configuration")), "roots": roots()}
    return connectors.connect("google", Connection(_account(GOOGLE, "customer"), SCOPE, root, endpoint))


def _account(declared: Mapping[str, Any], id: str) -> Account:
    rest = {name: value for name, value in declared.items() if name not in (id, "currency", "time_zone")}
    return Account(declared[id], declared["currency"], declared["time_zone"], flat(rest))


# name → (platform of the declaration, its account, the connector)
PLATFORMS: Mapping[str, tuple[Platform, Mapping[str, str], Callable[[Path, Endpoints], Connector]]] = {
    "memory": ("meta", META, memory),
    "meta": ("meta", META, meta),
    "google": ("google", GOOGLE, google),
}


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the stand-in platforms, which are started by the first test that asks for them."""
    folder = tmp_path_factory.mktemp("platforms") / "state"
    yield folder
    if folder.exists():
        run("down", folder)


@pytest.fixture
def sandbox(state: Path) -> Endpoints:
    """Where they are, emptied for this test."""

    def endpoints() -> Mapping[str, Any]:
        if not state.exists():
            lend(state / "google")
            run("up", state, "--platforms", STANDS, "--clock", "2026-11-30")
        run("reset", state)
        found: Mapping[str, Any] = json.loads((state / "endpoints.json").read_text(encoding="utf-8"))
        return found

    return endpoints


def run(action: str, state: Path, *options: str) -> None:
    command = [sys.executable, "-m", "sandbox", action, "--state", str(state), *options]
    subprocess.run(command, check=True, cwd=HOME, capture_output=True)
