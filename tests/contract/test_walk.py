"""The contract of a connector: whatever state is declared next, one apply and the plan again is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import PLATFORMS, Endpoints
from tests.contract.states import State, walk, write
from tests.contract.walker import Walker


@pytest.mark.server
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_walk_through_all_states_ends_each_step_with_an_empty_plan(
    name: str, tmp_path: Path, sandbox: Endpoints
) -> None:
    platform, account, connect = PLATFORMS[name]
    walker = Walker(connect(tmp_path, sandbox), platform, next(iter(account.values())), tmp_path)  # type: ignore[arg-type]
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
    """On an account that has history: one bearer of each mark, and every archivable one is gone in the end."""
    platform, account, connect = PLATFORMS[name]
    walker = Walker(connect(tmp_path, sandbox), platform, next(iter(account.values())), tmp_path)  # type: ignore[arg-type]
    before = {(each.kind, each.id) for each in walker.read()}
    steps: list[Any] = walk(platform)
    for state in (steps[1], steps[-1]):
        write(tmp_path, account, platform, state)
        walker.apply()
        fresh = [each for each in walker.read() if (each.kind, each.id) not in before]
        live = [(each.kind, each.mark) for each in fresh if not each.archived]
        assert len(live) == len(set(live)), state.name
    kinds = walker.connector.supports.kinds
    assert [each for each in fresh if kinds[each.kind].archivable and not each.archived] == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_canonical_is_pure_and_stable(name: str, tmp_path: Path) -> None:
    platform, account, connect = PLATFORMS[name]

    def nowhere() -> dict[str, Any]:
        return {"graph": {"url": "http://127.0.0.1:9", "token": "x"}}

    walker = Walker(connect(tmp_path, nowhere), platform, next(iter(account.values())), tmp_path)  # type: ignore[arg-type]
    write(tmp_path, account, platform, walk(platform)[1])
    first, second = walker.desired(), walker.desired()
    assert first == second
    assert len({each.address for each in first}) == len(first)
    assert {ref for each in first for ref in each.refs} <= {each.address for each in first}
