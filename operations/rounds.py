"""Sending until it is done: each round looks at what came of the last one before it tries anew.

An apply goes on as long as rounds bring it forward; some in a row that do not, and it gives up. The next
apply goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.errors import ConnectorError
from engine.change import Applied, Change, Create, Outcome, Refused, Unknown
from engine.resource import Address
from operations.execution import Execution
from operations.recover import recover

STALLS = 3  # rounds in a row without progress; it waits 2, 4 and 8 seconds before them
MOST = 20  # rounds in all, after the first


def build(execution: Execution, creates: Sequence[Create]) -> None:
    """Create all, and again what was lost on the way."""
    remaining = list(creates)
    for first in _rounds(execution, remaining):
        if not first:
            remaining[:] = _not_there(execution, remaining)
        if not remaining:
            return
        if why := execution.stop():
            execution.hold(remaining, why)
            return
        outcomes = execution.send("build", remaining)
        remaining[:] = [each for each in remaining if _worth_another(outcomes[each.address])]
        if not any(_lost(outcomes[each.address]) for each in remaining):
            return


def persist(execution: Execution, phase: str, changes: Sequence[Change]) -> dict[Address, Outcome]:
    """Send changes of what is there, and again those that turned out not to be done; what came of each.

    A create among them is sent again only if it was certainly not done.
    """
    outcomes: dict[Address, Outcome] = {}
    failed = execution.result.failed
    before = frozenset(failed)  # one part of a change makes another's failure not good
    remaining = list(changes)
    for first in _rounds(execution, remaining):
        if not first:
            remaining[:] = _not_done(execution, phase, remaining, outcomes)
            for at in {at for at, each in outcomes.items() if isinstance(each, Applied)} - before:
                failed.pop(at, None)
        if not remaining or (not first and execution.stop()):
            return outcomes
        for each in (each for each in remaining if each.address not in before):
            failed.pop(each.address, None)
        outcomes |= execution.send(phase, remaining)
        remaining[:] = [each for each in remaining if _lost(outcomes[each.address])]
        if not remaining or execution.stop():
            return outcomes
    return outcomes


def _rounds(execution: Execution, remaining: Sequence[Change]) -> Iterator[bool]:
    """True for the first round, False for each that follows, after a wait that grows while nothing moves."""
    yield True
    left, stalled = len(remaining), 0
    for _ in range(MOST):
        stalled = 0 if len(remaining) < left else stalled + 1
        if stalled > STALLS:
            return
        left = len(remaining)
        execution.tell(f"{left} not settled; looking for them before trying again")
        execution.sleep(2.0 ** max(1, stalled))
        yield False


def _not_there(execution: Execution, creates: Sequence[Create]) -> list[Create]:
    """Of creates without a good outcome, those that turned out not to be there and may be tried again.

    None where the platform cannot even be asked: they stay as they are, and the next apply looks for them.
    """
    found = _looked(execution)
    if found is None:
        return []
    execution.ids.update(found)
    for address in found:
        execution.made_good(address)
        execution.result.applied.append(address)
    quarantined = {each.address for each in execution.ledger.journal.open_intents()}
    return [each for each in creates if each.address not in execution.ids and each.address not in quarantined]


def _not_done(
    execution: Execution, phase: str, changes: Sequence[Change], outcomes: dict[Address, Outcome]
) -> list[Change]:
    """Of changes without a good outcome, those that were not done; `outcomes` tells of the others."""
    if _looked(execution) is None:
        return []
    journal, run = execution.ledger.journal, execution.ledger.run
    last = {each.address: each for each in journal.intents(run=run) if each.phase == phase}
    left: list[Change] = []
    for each in changes:
        intent = last[each.address]
        if intent.outcome == "applied" and intent.id:
            outcomes[each.address] = Applied(each.address, intent.id)
            execution.result.applied.append(each.address)
        elif not intent.is_open and not (isinstance(each, Create) and intent.outcome == "abandoned"):
            left.append(each)
    return left


def _looked(execution: Execution) -> dict[Address, str] | None:
    """Settles what is not known, by looking; the ids of what was found, None where nobody can look."""
    journal = execution.ledger.journal
    try:
        return recover(execution.site, journal, tell=execution.tell, sleep=execution.sleep)
    except ConnectorError as error:
        execution.tell(f"cannot look: {error.problem.detail}")
        return None


def _lost(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.retry)


def _worth_another(outcome: Outcome) -> bool:
    return _lost(outcome) or (isinstance(outcome, Refused) and outcome.code == "parent")
