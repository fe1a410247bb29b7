"""One state after another on one ground: plan, approve, apply, plan again, compare with building it anew."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import strategies as st

from operations.execution import Result
from tests.properties import contents, declared
from tests.properties.declared import State
from tests.properties.grounds import Ground, InMemory, InSandbox


def content(ground: Ground) -> dict[str, Counter[str]]:
    """By platform, what lives there, without ids."""
    if isinstance(ground, InSandbox):
        return contents.both(ground.sandbox)
    assert isinstance(ground, InMemory)
    return {name: contents.memory(far) for name, far in ground.far.items()}


def bytes_of(ground: Ground) -> object:
    """All that is there, to the last byte."""
    if isinstance(ground, InSandbox):
        return contents.everything(ground.sandbox)
    assert isinstance(ground, InMemory)
    return {name: {id: repr(each) for id, each in far.records.items()} for name, far in ground.far.items()}


def journeys(length: int) -> st.SearchStrategy[list[State]]:
    """States to be in one after the other; every other one stays near the one before it."""
    return st.composite(_journey)(length)


def _journey(draw: declared.Draw, length: int) -> list[State]:
    found = [draw(declared.states())]
    while len(found) < length:
        near = draw(st.integers(1, 3)) > 1
        following = draw(declared.states(like=found[-1] if near else None))
        found.append(draw(declared.renaming(found[-1], following)))
    return found


def walk(ground: Ground, states: list[State]) -> None:
    """Each comes about in one apply, and the last is as if nothing had ever been there before it.

    They are declared a day apart: how much may be raised within one is a guard rail's to say.
    """
    ground.fresh()
    for number, state in enumerate(states):
        ground.late = timedelta(days=number - len(states) + 1)
        declared.write(state, ground.root)
        arrive(ground)
    reached = content(ground)
    ground.fresh()
    arrive(ground)
    anew = content(ground)
    for platform, found in reached.items():
        assert found - anew[platform] == Counter(), "more or other than declared"
        assert anew[platform] - found == Counter(), "less than declared"


def arrive(ground: Ground) -> None:
    plan = ground.plan()
    assert (plan.refusals, plan.blocked) == ((), ())
    done = ground.apply(plan)
    assert done.complete, told(done)
    again = ground.plan()
    assert [each.change for each in again.changes] == []
    assert [each for each in again.notes if each.sort != "stays"] == [], "what Meta cannot unset is told"


def told(done: Result) -> str:
    return str({str(at): words for at, words in {**done.failed, **done.waiting}.items()})
