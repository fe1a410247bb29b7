"""Destroying on every platform: what is left is nothing that delivers, and the plan after it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from connectors.base import Connector
from connectors.memory import Platform
from engine.assemble import Spending
from engine.resource import Observed
from journal.store import Journal
from operations.destroy import destroy
from operations.site import Site
from tests.contract.conftest import PLATFORMS, Endpoints
from tests.contract.states import walk, write
from tests.operations.sites import NOW, Bench


@dataclass
class OnPlatform(Bench):
    """One brand on any connector."""

    connector: Connector | None = None
    platform: str = ""

    def on_memory(self, found: Site) -> Site:
        assert self.connector is not None
        given = {self.platform: self.connector}
        return replace(found, platforms=(self.platform,), given_connectors=given, given_now=NOW)  # type: ignore[arg-type]

    def there(self) -> list[Observed]:
        assert self.connector is not None
        known = {(address.kind, id) for address, id in self.journal.ids().items()}
        return [each for each in self.connector.read(known) if not each.archived]


@pytest.fixture(params=list(PLATFORMS))
def bench(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Endpoints) -> Iterator[OnPlatform]:
    platform, account, connect = PLATFORMS[request.param]
    root = tmp_path / "lezzet"
    root.mkdir()
    write(root, account, platform, walk(platform)[1])
    (root / ".kampanya" / "sandbox").mkdir(parents=True)
    journal = Journal.open(root / ".kampanya" / "sandbox" / "journal.db")
    yield OnPlatform(root, Platform(), journal, connect(root, sandbox), platform)
    journal.close()


@pytest.mark.server
def test_a_campaign_is_stopped_then_archived_and_both_second_times_are_empty(bench: OnPlatform) -> None:
    assert bench.apply().complete
    (key,) = {each.campaign for each in bench.site.workspace.campaigns}
    for path in (bench.root / "campaigns").iterdir():
        path.unlink()
    found = destroy(bench.site, bench.journal, key, spending=Spending(), actor="test")
    assert found.plan is not None
    assert found.stopped.paused
    assert not found.stopped.failed
    assert found.plan.refusals == ()
    assert bench.apply(found.plan).complete
    assert {each.kind for each in bench.there()} == {address.kind for address in found.left}
    assert (bench.plan().changes, bench.plan().notes) == ((), ())
    again = destroy(bench.site, bench.journal, key, spending=Spending(), actor="test")
    assert (again.plan, again.stopped.paused) == (None, [])
