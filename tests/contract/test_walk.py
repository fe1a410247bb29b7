"""The contract of a connector: whatever state is declared next, one apply and the plan again is empty."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.types import Platform
from tests.contract.conftest import PLATFORMS, Endpoints
from tests.contract.states import State, walk, write
from tests.contract.walker import Walker


def walking(name: str, root: Path, sandbox: Endpoints) -> tuple[Walker, Platform, Mapping[str, str]]:
    platform, account, connect = PLATFORMS[name]
    id = account.get("account") or account["customer"]
    return Walker(connect(root, sandbox), platform, id, root), platform, account


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_walk_through_all_states_ends_each_step_with_an_empty_plan(
    name: str, tmp_path: Path, sandbox: Endpoints
) -> None:
    walker, platform, account = walking(name, tmp_path, sandbox)
    for state in walk(platform):
        write(tmp_path, account, platform, state)
        walker.apply()
        again = walker.diff()
        assert again.changes == (), state.name
        assert (again.held, again.blocked, again.matching.foreign) == ((), (), ()), state.name
        assert counted(walker, state) == (state.ads, state.delivering), state.name


def counted(walker: Walker, state: State) -> tuple[int, int]:
    there = [each for each in walker.read() if each.kind == "ad" and not each.archived]
    return len(there), len(walker.delivering())


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_no_object_is_made_twice_and_nothing_undeclared_stays(
    name: str, tmp_path: Path, sandbox: Endpoints
) -> None:
    """One bearer of each mark while it is declared, and every archivable one is gone in the end."""
    walker, platform, account = walking(name, tmp_path, sandbox)
    steps: list[Any] = walk(platform)
    for state in (steps[1], steps[-1]):
        write(tmp_path, account, platform, state)
        walker.apply()
        live = [(each.kind, each.mark) for each in walker.read() if not each.archived]
        assert len(live) == len(set(live)), state.name
    kinds = walker.connector.supports.kinds
    assert [kind for kind, _ in live if kinds[kind].archivable] == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_canonical_is_pure_and_stable(name: str, tmp_path: Path) -> None:
    def nowhere() -> dict[str, Any]:
        return {"graph": {"url": "http://127.0.0.1:9", "token": "x"}}

    walker, platform, account = walking(name, tmp_path, nowhere)
    write(tmp_path, account, platform, walk(platform)[1])
    first, second = walker.desired(), walker.desired()
    assert first == second
    assert len({each.address for each in first}) == len(first)
    assert {ref for each in first for ref in each.refs} <= {each.address for each in first}
