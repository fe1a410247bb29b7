"""Our own pace against allowances that really run out: nothing is refused for good, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connectors.meta.apply import MetaConnector
from connectors.meta.client import Graph
from connectors.meta.pace import Pace
from engine.change import Applied, Create

pytestmark = pytest.mark.server


@dataclass
class Time:
    """Passes only while we sleep; the sandbox's allowances are told of it."""

    sandbox: Any
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.sandbox.ask("POST", "quota", seconds=seconds)

    def pace(self) -> Pace:
        return Pace(self.sleep, lambda: self.now)


@pytest.fixture
def time(sandbox: Any) -> Iterator[Time]:
    sandbox.ask("POST", "switches", quotas=True, development_tier=True)
    yield Time(sandbox)
    sandbox.ask("POST", "switches", quotas=False, development_tier=False)


def refusals(sandbox: Any, before: int) -> int:
    lines = (sandbox.state / "access.log").read_text(encoding="utf-8").splitlines()[before:]
    return sum(line.endswith(" 400") for line in lines)


def lines(sandbox: Any) -> int:
    return len((sandbox.state / "access.log").read_text(encoding="utf-8").splitlines())


def test_reads_slow_down_before_the_account_is_blocked(sandbox: Any, time: Time) -> None:
    point = sandbox.endpoint
    graph = Graph(point["token"], url=point["url"], sleep=time.sleep, pace=time.pace())
    before = lines(sandbox)
    for _ in range(200):
        assert graph.get(point["account"])["id"] == point["account"]
    assert refusals(sandbox, before) == 0
    assert sum(time.slept) > 300


def test_a_brand_is_built_within_a_development_tier(
    sandbox: Any, time: Time, tree: Callable[..., Any], tmp_path: Path
) -> None:
    brand = sandbox.connection(tmp_path)
    meta = MetaConnector(brand, sleep=time.sleep, pace=time.pace())
    declared = type(tree(ad_sets=0))(brand.scope, brand.account, brand.assets)
    before = lines(sandbox)
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(declared.resources)], {}))
    assert outcomes
    assert all(isinstance(each, Applied) for each in outcomes)
    assert refusals(sandbox, before) == 0
    found = sandbox.objects()
    assert (found["campaign"], found["adset"], found["ad"]) == (1, 2, 4)
