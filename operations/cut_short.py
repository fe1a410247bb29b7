"""What an apply that was killed let go and never read back: compared by the next one, which comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.assemble import Sides
from engine.change import Archive, Change, Create, Update
from engine.plan import Plan
from engine.readback import dangers
from engine.resource import Fields, Observed
from engine.schedule import activation, only
from engine.supports import Supports
from journal.records import Intent
from journal.store import Journal
from operations.execution import Execution, Result
from operations.verify import Wrong, hold_again

NOT_DONE = "the plan does not describe what is there any more; make a new plan"


def unread(journal: Journal, plan: Plan, supports: Mapping[str, Supports]) -> list[Update]:
    """What applies of the plan let go or raised before they were killed: nobody knows how it came out."""
    digest = plan.digest
    runs = [each for each in journal.runs() if each.digest == digest]
    killed = set()
    for run in reversed(runs):  # whatever finished read back all that it let go
        if run.status in ("done", "failed"):
            break
        killed.add(run.run_id)
    if not killed:
        return []
    planned = {each.change.address: each.change for each in plan.changes if not _archives(each.change)}
    sent = [each for each in journal.intents(digest=digest) if each.run_id in killed]
    return [update for intent in sent for update in _update(intent, planned.get(intent.address), supports)]


def _archives(change: Change) -> bool:
    return isinstance(change, Archive)


def _update(intent: Intent, planned: Change | None, supports: Mapping[str, Supports]) -> Iterator[Update]:
    """What the intent sent, with all that was approved of its object beside it."""
    if intent.phase != "activate" or intent.operation != "update" or intent.outcome == "refused":
        return
    if isinstance(planned, Create) and intent.id:
        yield activation(planned, intent.id, supports)
    elif isinstance(planned, Update):
        yield only(planned, intent.payload.get("after", {}))


def wrong(let_go: Sequence[Update], sides: Sides, journal: Journal) -> Wrong:
    """Those that run and may spend or aim as nobody approved, with every field in which they may."""
    seen = {(each.platform, each.kind, each.id): each for each in sides.observed}
    ids, found = journal.ids(), []
    for each in {update.address: update for update in let_go}.values():
        shown = seen.get((each.address.platform, each.address.kind, each.id))
        if shown is not None:
            before = _left_alone(each, shown, sides)
            if reasons := dangers(each, shown, before, ids, sides.context.supports):
                found.append((each, reasons))
    return found


def _left_alone(update: Update, shown: Observed, sides: Sides) -> Fields:
    """Fields that somebody else may set: whatever they are is no news."""
    return {name: shown.fields.get(name) for name in sides.context.life(update.address).ignore}


def take_back(execution: Execution, found: Wrong, changes: Sequence[Change]) -> Result:
    """Hold those again and say so; `changes` are what the plan has left, which is not carried out."""
    hold_again(execution, found)
    execution.hold([each for each in changes if each.address not in execution.result.failed], NOT_DONE)
    return execution.result
