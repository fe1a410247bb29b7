"""The contract of lists of customers, on every platform: built, filled, replaced, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import MemberKeeper, Upload
from engine.audience import Person, chunks
from engine.change import Applied, Update
from engine.context import Context
from engine.diff import diff
from engine.resource import Address, Resource
from tests.contract.conftest import PLATFORMS, Endpoints
from tests.contract.walker import SCOPE

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


def declared(platform: str, account: str, **more: Any) -> Resource:
    at = Address(platform, "audience", "musteriler")
    said = {"collected_from": "customers", "keep_days": 90}
    fields: dict[str, Any] = {"name": "Müşteriler", "description": "not", "type": "customer_list"}
    fields |= {"customers": said, **more}
    return Resource(at, account, SCOPE.token(at), fields, ("audience", "musteriler"))


def crowd(number: int) -> list[Person]:
    return [Person(email=f"kisi{n}@example.com", country="TR") for n in range(number)]


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_list_is_built_filled_replaced_and_forgotten(name: str, tmp_path: Path, sandbox: Endpoints) -> None:
    platform, account, connect = PLATFORMS[name]
    connector = connect(tmp_path, sandbox)
    assert isinstance(connector, MemberKeeper)
    id = account.get("account") or account["customer"]
    context = Context({platform: connector.supports})

    def plan(resource: Resource) -> Any:
        return diff(connector.canonical([resource]), connector.read(), context)

    (outcome,) = connector.apply(plan(declared(platform, id)).changes, {})
    assert isinstance(outcome, Applied)
    assert plan(declared(platform, id)).changes == ()
    renamed = plan(declared(platform, id, description="başka"))
    assert [type(each) for each in renamed.changes] == [Update]
    assert all(isinstance(each, Applied) for each in connector.apply(renamed.changes, renamed.matching.ids))
    assert plan(declared(platform, id, description="başka")).changes == ()

    notes: list[Mapping[str, Any]] = []
    for session, people in enumerate((crowd(250), crowd(120)), 1):
        upload = Upload(outcome.id, session, NOW - timedelta(hours=1 - session / 4), len(people), True)
        receipt = connector.replace_members(upload, chunks(people, 100), notes.append)
        assert (receipt.sent, receipt.settled, dict(receipt.refused)) == (len(people), True, {})
        assert receipt.requests
    assert notes
    assert "example.com" not in str(notes)
    gone = connector.remove_members([outcome.id], crowd(5))
    assert (gone.sent, gone.settled) == (5, True)
    assert gone.requests


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_platform_says_by_what_it_finds_people(name: str, tmp_path: Path) -> None:
    connector = PLATFORMS[name][2](tmp_path, lambda: {"graph": {"url": "http://127.0.0.1:9", "token": "x"}})
    assert isinstance(connector, MemberKeeper)
    assert {"email", "phone", "address"} <= connector.found_by
    assert 0 < connector.members_at_once <= 10_000
