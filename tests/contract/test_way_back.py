"""Back to an earlier plan on every platform, and forward again: each ends with an empty plan."""

from __future__ import annotations

import pytest

from tests.contract.states import walk, write
from tests.contract.test_destroy import OnPlatform, bench

__all__ = ["bench"]
# Without the states that change a budget: Meta takes four changes of one an hour.
STEPS = ("an ad paused", "an ad set removed", "an ad set added to a running campaign")


@pytest.mark.server
def test_back_to_an_earlier_plan_and_forward_again(bench: OnPlatform) -> None:
    (account,) = bench.site.workspace.brand.model_dump(mode="json", exclude_none=True)["environments"][
        "sandbox"
    ]["accounts"].values()
    first = bench.plan()
    assert bench.apply(first).complete
    for state in (each for each in walk(bench.platform) if each.name in STEPS):
        write(bench.root, account, bench.platform, state)  # type: ignore[arg-type]
        forward = bench.plan()
        assert bench.apply(forward).complete, state.name
        back = bench.plan(as_of=first.digest)
        assert bench.apply(back).complete, state.name
        assert bench.plan(as_of=first.digest).changes == (), state.name
        assert bench.apply().complete, state.name
        assert bench.plan().changes == (), state.name
