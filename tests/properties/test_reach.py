"""Whatever is declared after whatever: one apply brings it about, or says why not and changes nothing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.properties import declared
from tests.properties.grounds import InMemory, InSandbox
from tests.properties.reach import journeys, walk

SOAK = int(os.environ.get("KAMPANYA_EXAMPLES", "300"))
FEW = settings(
    deadline=None, derandomize=True, max_examples=8, suppress_health_check=list(HealthCheck), database=None
)
# Shrinking a journey through real servers takes longer than reading it.
MANY = settings(FEW, derandomize=False, max_examples=SOAK, phases=[Phase.generate])


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InMemory]:
    made = InMemory.at(tmp_path_factory.mktemp("memory") / "lezzet")
    yield made
    made.close()


def test_any_state_is_reached_from_any_other(memory: InMemory) -> None:
    settings(FEW, max_examples=15)(given(journeys(3))(lambda states: walk(memory, states)))()


@pytest.mark.server
def test_any_state_is_reached_from_any_other_on_both_platforms(stands: InSandbox) -> None:
    FEW(given(journeys(2))(lambda states: walk(stands, states)))()


@pytest.mark.soak
def test_any_state_is_reached_from_any_other_on_both_platforms_very_often(stands: InSandbox) -> None:
    met: Counter[int] = Counter()

    @MANY
    @given(st.integers(2, 4).flatmap(journeys))
    def often(states: list[declared.State]) -> None:
        walk(stands, states)
        met[len(states)] += 1

    often()
    print(f"\nreached: {sum(met.values())} journeys, {sum(n * met[n] for n in met)} states: {dict(met)}")
