"""Google's operations of a day end in the middle of an apply: what is left is named, and done later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.google.apply import GoogleConnector
from sandbox.runtime import Sandbox
from tests.properties import declared
from tests.properties.example import brand
from tests.properties.grounds import InSandbox

pytestmark = pytest.mark.server


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory, platforms: Sandbox) -> Iterator[InSandbox]:
    made = InSandbox.at(tmp_path_factory.mktemp("quota") / "lezzet", platforms)
    made.fresh()
    declared.write(brand(), made.root)
    yield made
    made.close()


def test_an_apply_that_meets_the_end_of_the_day_asks_once_names_what_is_left_and_goes_on_later(
    ground: InSandbox,
) -> None:
    google = ground.sandbox.platforms["google"]
    connector = ground.connectors["google"]
    assert isinstance(connector, GoogleConnector)
    plan = ground.plan()
    spent = {"kind": "exhausted", "method": "*.Mutate", "times": 100, "seconds": 40_000}
    google.add_fault(spent)  # type: ignore[attr-defined]
    before = connector.client.calls.get("Mutate", 0)
    result = ground.apply(plan)
    wanted = {each.change.address for each in plan.changes if each.change.address.platform == "google"}
    assert not result.complete
    assert wanted <= {*result.failed, *result.waiting}
    assert not wanted & set(result.applied)
    assert connector.client.calls["Mutate"] - before <= 2  # what trees share has a request of its own
    (why,) = {each for at, each in result.failed.items() if at in wanted}
    assert "Number of operations for basic access of the developer token or Cloud project" in why
    assert "Again in 40000 s" in why
    google.clear_faults()  # type: ignore[attr-defined]
    assert ground.again(plan).complete
    assert ground.plan().changes == ()
