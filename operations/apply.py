"""Execute exactly an approved plan: intents, batches, read-back, activation; resume what was interrupted."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.assemble import Spending, assemble
from engine.change import Applied, Change, Create, Outcome, Refused, Unknown, Update
from engine.diff import diff
from engine.plan import Plan
from engine.progress import unexplained
from engine.resource import Address, Observed, Resource, resolve, same
from engine.schedule import Schedule, above, activation, schedule
from journal.records import Bearer
from journal.store import Journal
from operations.intents import Ledger
from operations.plan import Wish, look
from operations.recover import recover
from operations.site import Site
from schemas.errors import KampanyaError

ROUNDS = 4  # a create is attempted this often before an apply gives it up; the next apply goes on from there


class StalePlan(KampanyaError):
    """The plan no longer describes what an apply would do."""


class NotApproved(KampanyaError):
    """Nobody who may has said yes to this digest, or the yes has expired."""


@dataclass(slots=True)
class Result:
    """What an apply did and did not do. `failed` and `waiting` map an address to the reason."""

    applied: list[Address] = field(default_factory=list)
    failed: dict[Address, str] = field(default_factory=dict)
    waiting: dict[Address, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.failed and not self.waiting


@dataclass(slots=True)
class Execution:
    """One run of one plan: what it works with, and what has come of it so far."""

    site: Site
    ledger: Ledger
    ids: dict[Address, str]
    parents: Mapping[Address, Address]
    tell: Callable[[str], None]
    sleep: Callable[[float], None]
    result: Result = field(default_factory=Result)

    def send(self, phase: str, changes: Sequence[Change]) -> dict[Address, Outcome]:
        """Journal intents, send them platform by platform, journal what came back."""
        outcomes: dict[Address, Outcome] = {}
        for platform in self.site.platforms:
            batch = [each for each in changes if each.address.platform == platform]
            if batch:
                self.tell(f"{phase}: {len(batch)} on {self.site.supports[platform].title}")
                outcomes.update(self._send(phase, platform, batch))
        return outcomes

    def _send(self, phase: str, platform: str, batch: Sequence[Change]) -> Iterator[tuple[Address, Outcome]]:
        intents = self.ledger.intend(phase, batch, self.ids)
        for outcome in self.site.connectors[platform].apply(batch, self.ids):
            self.ledger.settle(intents[outcome.address], outcome)
            if isinstance(outcome, Applied):
                self.ids[outcome.address] = outcome.id
            yield outcome.address, outcome

    def note(self, outcomes: Mapping[Address, Outcome]) -> None:
        """Into the result: done, or not done and why."""
        for address, outcome in outcomes.items():
            if isinstance(outcome, Applied):
                self.result.applied.append(address)
                self.result.failed.pop(address, None)
            else:
                self.result.failed[address] = words(outcome)


def words(outcome: Refused | Unknown) -> str:
    """A failed outcome, in the platform's own words."""
    if isinstance(outcome, Unknown):
        return f"outcome unknown: {outcome.message}"
    place = f" (field {outcome.field})" if outcome.field else ""
    return f"refused: {outcome.message}{place} [{outcome.code}]"


def apply_plan(
    site: Site,
    journal: Journal,
    plan: Plan,
    *,
    spending: Spending,
    actor: str,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Carry out `plan`, or what an interrupted apply of it left undone.

    Raises NotApproved, StalePlan, Locked, ConnectorError: then nothing was sent. After the first intent
    nothing is raised for a single object; the result tells.
    """
    started = datetime.now(UTC)
    with journal.exclusive(owner=actor, command="apply", at=started):
        _demand_approval(site, journal, plan)
        recover(site, journal, tell=tell, sleep=sleep)
        sides = look(site, journal, Wish(plan.targets, frozenset(plan.resume)), spending, tell)
        found = diff(sides.desired, sides.observed, sides.context)
        begun = {each.address for each in journal.intents(digest=plan.digest)}
        fresh = assemble(sides)
        _demand_same(plan, fresh, begun)
        run = journal.begin_run(plan.digest, actor, socket.gethostname(), started)
        execution = Execution(
            site,
            Ledger(journal, run, sides.now),
            dict(found.matching.ids),
            _parents(sides.desired, site),
            tell,
            sleep,
        )
        _adopt(journal, found.matching.found, sides.desired, started)
        result = _run(execution, schedule([each.change for each in fresh.changes], site.supports))
        journal.finish_run(run, "done" if result.complete else "failed", datetime.now(UTC))
    return result


def _demand_approval(site: Site, journal: Journal, plan: Plan) -> None:
    if plan.environment != site.environment or plan.brand != site.scope.brand:
        raise StalePlan(
            "The plan was made for somewhere else",
            f"it is for {plan.brand} in {plan.environment}, this is {site.scope.brand} in {site.environment}",
            "Choose the environment with -e, or make a new plan.",
        )
    if plan.refusals:
        raise NotApproved(
            "The guard rails refuse this plan",
            "; ".join(f"{each.rule}: {each.detail}" for each in plan.refusals),
            "Change the declaration and plan again.",
        )
    if journal.approval(plan.digest, datetime.now(UTC)) is None:
        raise NotApproved(
            "The plan is not approved, or its approval has expired",
            f"digest {plan.digest[:16]}",
            "kampanya approve FILE --by NAME",
        )


def _demand_same(plan: Plan, fresh: Plan, begun: set[Address]) -> None:
    if fresh.config != plan.config or dict(fresh.accounts) != dict(plan.accounts):
        raise StalePlan(
            "The declaration changed after the plan was made",
            f"the plan is for {plan.config[:12]}, the files now say {fresh.config[:12]}",
            "Make a new plan and have it approved.",
        )
    if fresh.refusals:
        raise StalePlan(
            "The guard rails refuse this plan now",
            "; ".join(f"{each.rule}: {each.detail}" for each in fresh.refusals),
            "Make a new plan.",
        )
    differences = list(
        unexplained([each.change for each in plan.changes], [each.change for each in fresh.changes], begun)
    )
    if differences:
        raise StalePlan(
            "The platforms changed after the plan was made", "\n  ".join(differences), "Make a new plan."
        )


def _parents(desired: Sequence[Resource], site: Site) -> dict[Address, Address]:
    found = {}
    for resource in desired:
        kind = site.supports[resource.address.platform].kinds[resource.address.kind]
        parent = resource.fields.get(kind.parent) if kind.parent else None
        if parent is not None:
            found[resource.address] = parent.address  # type: ignore[union-attr]
    return found


def _adopt(
    journal: Journal, found: Mapping[Address, Observed], desired: Sequence[Resource], at: datetime
) -> None:
    """What bears our mark and is not in the journal becomes known to it."""
    known = journal.ids()
    marks = {each.address: each.mark for each in desired}
    adopted = [
        Bearer(address, seen.account, seen.id, marks[address])
        for address, seen in found.items()
        if address in marks and address not in known and not seen.archived
    ]
    journal.record_objects(adopted, at)


def _run(execution: Execution, steps: Schedule) -> Result:
    execution.note(execution.send("reduce", steps.reduce))
    _build(execution, steps.build)
    wrong = _verify(execution, [each.resource for each in steps.build], "build")
    execution.note(execution.send("change", _possible(execution, steps.change)))
    wrong |= _verify(execution, [each.context for each in steps.change], "change", steps.change)
    execution.note(execution.send("retire", steps.retire))
    _activate(execution, steps, wrong)
    return execution.result


def _build(execution: Execution, creates: Sequence[Create]) -> None:
    """Create all, and again what was lost on the way: each round looks for the marks before it tries anew."""
    remaining: Sequence[Create] = creates
    for attempt in range(ROUNDS):
        if not remaining:
            return
        if attempt:
            execution.tell(f"{len(remaining)} not settled; looking for them before trying again")
            execution.sleep(2.0**attempt)
            found = recover(
                execution.site, execution.ledger.journal, tell=execution.tell, sleep=execution.sleep
            )
            execution.ids.update(found)
            execution.result.failed = {
                address: why for address, why in execution.result.failed.items() if address not in found
            }
            remaining = [each for each in remaining if each.address not in execution.ids]
        outcomes = execution.send("build", remaining)
        execution.note(outcomes)
        remaining = [each for each in remaining if _worth_another(outcomes[each.address])]
        if not any(_lost(outcomes[each.address]) for each in remaining):
            return


def _lost(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.retry)


def _worth_another(outcome: Outcome) -> bool:
    return _lost(outcome) or (isinstance(outcome, Refused) and outcome.code == "parent")


def _possible(execution: Execution, updates: Sequence[Update]) -> list[Update]:
    """Updates whose new references exist; the others wait for what could not be made."""
    possible = []
    for update in updates:
        missing = [each for each in update.context.refs if each not in execution.ids]
        if missing:
            execution.result.waiting[update.address] = f"{missing[0]} does not exist"
        else:
            possible.append(update)
    return possible


def _verify(
    execution: Execution, resources: Iterable[Resource], phase: str, updates: Sequence[Update] = ()
) -> set[Address]:
    """Read back and compare; returns the addresses that are not as they were sent."""
    expected = {each.address: each.fields for each in resources}
    for update in updates:
        expected[update.address] = update.after
    expected = {address: fields for address, fields in expected.items() if address in execution.ids}
    if not expected:
        return set()
    execution.tell(f"verifying {phase}: reading {len(expected)} back")
    seen: dict[tuple[str, str], Observed] = {}
    for platform in {address.platform for address in expected}:
        ids = {execution.ids[each]: each.kind for each in expected if each.platform == platform}
        seen.update({(platform, each.id): each for each in execution.site.connectors[platform].read(ids)})
    wrong = set()
    for address, fields in expected.items():
        differences = list(
            _differences(fields, seen.get((address.platform, execution.ids[address])), execution)
        )
        if differences:
            wrong.add(address)
            execution.result.failed[address] = "not as it was sent: " + "; ".join(differences)
    return wrong


def _differences(fields: Mapping[str, object], seen: Observed | None, execution: Execution) -> Iterator[str]:
    if seen is None:
        yield "the platform does not show it"
        return
    for name, value in fields.items():
        want = resolve(value, execution.ids)  # type: ignore[arg-type]
        if not same(want, seen.fields.get(name)):
            yield f"{name} is {seen.fields.get(name)!r}, {want!r} was sent"


def _activate(execution: Execution, steps: Schedule, wrong: set[Address]) -> None:
    """Let go, children first, what is right with all that is below it; the rest waits, held."""
    broken = {*wrong, *execution.result.failed, *execution.result.waiting}
    not_yet = {*broken, *(up for each in broken for up in above(each, execution.parents))}
    supports = execution.site.supports
    ready: list[Change] = []
    for change in (*steps.activate, *steps.roots):
        if change.address in not_yet:
            execution.result.waiting.setdefault(
                change.address, "held back until everything below it is there and right"
            )
        elif change in steps.roots and isinstance(change, Create):
            ready.append(activation(change, execution.ids[change.address], supports))
        else:
            ready.append(change)
    execution.note(execution.send("activate", ready))


def actor() -> str:
    """Who runs this, for the journal."""
    return os.environ.get("KAMPANYA_ACTOR") or os.environ.get("USER") or f"uid {os.getuid()}"
