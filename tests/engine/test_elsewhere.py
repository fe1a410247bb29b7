"""What the journal forgot is ours by its mark only where we would have made it."""

from __future__ import annotations

from dataclasses import replace

from engine.change import Create
from engine.context import Context
from engine.diff import diff
from engine.match import Known
from engine.resource import Observed
from tests.engine.trees import ACCOUNT, PLATFORMS, ad_set, address, campaign, observed

TREE = [campaign(), ad_set()]


def moved(to: str) -> list[Observed]:
    """The ad set with its mark, below something else."""
    top, inner = observed(TREE)
    return [top, replace(inner, fields={**inner.fields, "campaign": to})]


def test_without_a_journal_a_tree_is_found_again_as_it_hangs() -> None:
    found = diff(TREE, observed(TREE), Context(PLATFORMS))
    assert (found.changes, found.blocked, found.matching.foreign) == ((), (), ())


def test_a_bearer_below_something_else_is_a_copy_and_ours_is_made() -> None:
    seen = moved("another")
    found = diff(TREE, seen, Context(PLATFORMS))
    assert [(type(each), each.address) for each in found.changes] == [(Create, address("ad_set", "c/s"))]
    assert found.matching.foreign == (seen[1],)


def test_where_what_it_should_hang_under_is_not_there_nobody_can_tell() -> None:
    _, inner = moved("another")
    found = diff(TREE, [inner], Context(PLATFORMS))
    assert [each.address for each in found.changes] == [address("campaign", "c")]
    assert found.blocked[0].summary == "An object bears a mark of ours and hangs under something that is not"
    assert found.matching.doubted == {address("ad_set", "c/s"): (inner,)}, "its money counts"


def test_what_the_journal_knows_is_ours_wherever_it_hangs() -> None:
    seen = moved("another")
    known = {
        each.address: Known(ACCOUNT, one.id, each.mark, "live") for each, one in zip(TREE, seen, strict=True)
    }
    found = diff(TREE, seen, Context(PLATFORMS, known))
    assert (found.matching.foreign, found.matching.quarantined) == ((), {})
