"""Reading back what was sent, and taking back what turns out to spend or aim as nobody approved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from connectors.errors import ConnectorError
from engine.change import Applied, Update
from engine.readback import dangers, reads_as
from engine.resource import Address, Fields, Observed, resolve
from engine.schedule import held_again, lets_go
from operations.execution import Execution

Wrong: TypeAlias = list[tuple[Update, list[str]]]  # what was let go, and in what it is not what was approved
TWIN = (
    "a second one of it is there, {}: the platform carried out late what was given up. Archive that one there"
)
BY_HAND = "It is LIVE and could not be paused: pause it on the platform now"


def verify(execution: Execution, phase: str, sent: Mapping[Address, Fields]) -> dict[Address, Observed]:
    """Read back and compare what was sent; what differs, or cannot be read, has failed.

    Returns what was seen, also of what has failed already, which is told no second time.
    """
    failed = execution.result.failed
    expected = {at: fields for at, fields in sent.items() if at in execution.ids}
    expected = expected if expected.keys() - failed.keys() or phase == "activate" else {}
    found: dict[Address, Observed] = {}
    if not expected:
        return found
    execution.tell(f"verifying {phase}: reading {len(expected)} back")
    for platform in sorted({address.platform for address in expected}):
        mine = [address for address in expected if address.platform == platform]
        try:
            read = execution.site.connectors[platform].read({(at.kind, execution.ids[at]) for at in mine})
        except ConnectorError as error:
            failed.update({at: f"not verified: {error.problem.detail}" for at in mine if at not in failed})
            continue
        seen = {(each.kind, each.id): each for each in read}
        found |= {at: seen[key] for at in mine if (key := (at.kind, execution.ids[at])) in seen}
        for at in (each for each in mine if each not in failed):
            if wrong := list(differences(expected[at], found.get(at), execution.ids)):
                failed[at] = "not as it was sent: " + "; ".join(wrong)
        if phase == "build":
            failed.update({at: why for at, why in _twins(execution, read, found) if at not in failed})
    return found


def _twins(
    execution: Execution, read: Iterable[Observed], built: Mapping[Address, Observed]
) -> Iterator[tuple[Address, str]]:
    """What was built and has a live twin beside it: of a create that was given up, the platform stood still
    for minutes and carried it out after all. Let go, both would spend.
    """
    bearers: dict[tuple[str, str], list[Observed]] = defaultdict(list)
    for each in read:
        bearers[each.kind, each.mark].append(each)
    for at, mine in built.items():
        kind = execution.site.supports[at.platform].kinds[at.kind]
        before = execution.ledger.bearers.get((at.platform, at.kind, mine.mark), ())
        for each in bearers[at.kind, mine.mark] if kind.marked and kind.parent and kind.status else ():
            beside = each.fields.get(kind.parent or "") == mine.fields.get(kind.parent or "")
            runs = kind.status and each.fields.get(kind.status.name) == kind.status.live and not each.archived
            if each.id not in (mine.id, *before) and beside and runs:
                yield at, TWIN.format(each.id)


def differences(fields: Fields, seen: Observed | None, ids: Mapping[Address, str]) -> Iterator[str]:
    """Where what is shown is not what was sent."""
    if seen is None:
        yield "the platform does not show it"
        return
    for name, value in fields.items():
        want = resolve(value, ids)
        shown = seen.shows(name)
        if not reads_as(want, shown):
            yield f"{name} is {shown!r}, {want!r} was sent"


def take_back_paused(execution: Execution, updates: Sequence[Update], why: str) -> None:
    """A pause came while letting go: it wins, so what was just let go is paused again."""
    supports = execution.site.supports
    let_go = [each for each in updates if any(lets_go(each, name, supports) for name in each.after)]
    outcomes = execution.send("pause", [held_again(each, supports) for each in let_go])
    execution.hold(let_go, why)
    for each in let_go:
        if not isinstance(outcomes[each.address], Applied):
            execution.result.failed[each.address] = f"{why}. {BY_HAND}"


def take_back_dangers(
    execution: Execution, let_go: Sequence[Update], seen: Mapping[Address, Observed]
) -> None:
    """Hold again what was let go and is read back spending or aiming as nobody approved; say so.

    Held, not paused: nobody's pause is to be acknowledged, and the next plan shows the difference and asks.
    """
    supports = execution.site.supports
    wrong: Wrong = []
    for each in let_go:
        if each.address in seen:
            before = execution.before.get(each.address, {})
            if found := dangers(each, seen[each.address], before, execution.ids, supports):
                wrong.append((each, found))
    hold_again(execution, wrong)


def hold_again(execution: Execution, wrong: Wrong) -> None:
    """Hold what was let go and is not what was approved; it has failed."""
    supports = execution.site.supports
    outcomes = execution.send("take back", [held_again(each, supports) for each, _ in wrong])
    for each, found in wrong:
        end = "paused again" if isinstance(outcomes[each.address], Applied) else BY_HAND
        execution.result.failed[each.address] = (
            f"live, it was not what was approved: {'; '.join(found)}. {end}"
        )
