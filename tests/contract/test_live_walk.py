"""What is walked on a real account, tried on the stand-ins: nothing ever delivers, nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Account
from engine.change import Refused, Update
from tests.contract.conftest import PLATFORMS, Endpoints
from tests.live.walking import ID, walk

START = date(2026, 12, 1)


def parts(name: str, root: Path, sandbox: Endpoints) -> tuple[Any, Any, Account]:
    platform, account, connect = PLATFORMS[name]
    rest = {
        each: value for each, value in account.items() if each not in (ID[platform], "currency", "time_zone")
    }
    declared = Account(account[ID[platform]], account["currency"], account["time_zone"], rest)
    return connect(root, sandbox), platform, declared


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_delivers_and_nothing_is_left(name: str, tmp_path: Path, sandbox: Endpoints) -> None:
    told: list[str] = []
    assert walk(*parts(name, tmp_path, sandbox), tmp_path, Decimal(100), START, told.append) == []
    assert told[1:3] == ["a tree", "a budget changed"]
    assert told[-1] == "left on the account: nothing that could run"


def test_after_a_failure_all_is_archived_too(tmp_path: Path, sandbox: Endpoints, monkeypatch: Any) -> None:
    connector, platform, account = parts("memory", tmp_path, sandbox)
    write: Callable[..., Any] = type(connector)._write

    def fails(self: Any, change: Any, ids: Any) -> Any:
        if isinstance(change, Update) and "daily_budget" in change.after:
            return Refused(change.address, "no", "Not today.")
        return write(self, change, ids)

    monkeypatch.setattr(type(connector), "_write", fails)
    with pytest.raises(AssertionError, match="Not today"):
        walk(connector, platform, account, tmp_path, Decimal(100), START, lambda line: None)
    left = [each for each in connector.far_side.records.values() if not each.archived]
    assert {each.kind for each in left} & {"campaign", "ad_set", "ad"} == set()
