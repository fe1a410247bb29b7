"""Execute exactly an approved plan: intents, batches, read-back, activation; resume what was interrupted."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.assemble import Spending
from engine.budget import parent_of
from engine.change import Applied, Archive, Change, Create, Outcome, Refused, Update
from engine.diff import matched
from engine.effort import beyond
from engine.plan import Plan
from engine.progress import Done, unexplained
from engine.resource import Address, Resource, from_json
from engine.schedule import Schedule, activation, schedule
from journal.store import Journal
from operations import cut_short, history, quota
from operations.adopt import remember_found
from operations.company import draw
from operations.execution import Execution, Result
from operations.intents import Ledger, bearers
from operations.plan import Wish, look
from operations.recover import recover
from operations.released import forget_released
from operations.rounds import build, persist
from operations.rules import judge
from operations.site import Site, remember_site
from operations.standing import falls_short, paused_since, pauses, pauses_known_at, withdrawn
from operations.verify import take_back_dangers, take_back_paused, verify
from schemas.errors import KampanyaError

LOOK_LASTS = timedelta(minutes=10)  # older, it is judged anew before anything is let go
NO_ROOM = "the platform's operations of a day are used up; apply the same plan again later"


class StalePlan(KampanyaError):
    """The plan no longer describes what an apply would do."""


class NotApproved(KampanyaError):
    """Nobody who may has said yes to this digest, or the yes has expired."""


def apply_plan(
    site: Site,
    journal: Journal,
    plan: Plan,
    *,
    spending: Spending,
    actor: str,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    wall: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Result:
    """Carry out `plan`, or what an interrupted apply of it left undone.

    What an apply of it that was killed let go is compared first, and held again if it is not what was
    approved. Where it takes long until something may be let go, all is looked at and judged anew before;
    `wall` tells how long, a machine's sleep included.
    Raises NotApproved, StalePlan, Locked, ConnectorError: then nothing was sent. After the first intent
    nothing is raised for a single object; the result tells.
    """
    started, paused, looked = datetime.now(UTC), pauses(journal), wall()
    with journal.exclusive(owner=actor, command="apply", at=started):
        digest = demand_approval(site, journal, plan)
        recover(site, journal, tell=tell, sleep=sleep)
        sides, drawn = draw(site, look(site, journal, Wish.of(plan), spending, tell), tell)
        fresh = judge(site, drawn)
        killed = cut_short.wrong(cut_short.unread(journal, plan, site.supports), sides, journal)
        if not killed:
            demand_still_right(site, journal, plan, fresh)
            remember_site(site)

        def outdated() -> str:
            if abs(wall() - looked) < LOOK_LASTS:
                return ""
            tell("the platforms were looked at long ago; looking again before anything is let go")
            return _no_longer_right(site, journal, plan, spending, tell)

        run = journal.begin_run(digest, actor, socket.gethostname(), started)
        matching = matched(sides.desired, sides.observed, sides.context)
        execution = Execution(
            site,
            Ledger(journal, run, sides.now, bearers(sides.observed)),
            matching.ids,
            {each.address: each.refs for each in sides.desired},
            _parents(sides.desired, site),
            {address: each.fields for address, each in matching.found.items()},
            lambda: paused_since(journal, paused),
            lambda: paused_since(journal, paused) or withdrawn(journal, digest),
            outdated,
            tell,
            sleep,
            Result(blocked=[f"{each.subject}: {each.text}" for each in fresh.blocked]),
            room=quota.left(site, journal),
        )
        left = [each.change for each in fresh.changes]
        if killed:
            result = cut_short.take_back(execution, killed, left)
        else:
            remember_found(journal, sides, matching, started, actor)
            history.keep(journal, digest, sides, site.secrets_in_use())
            result = _run(execution, schedule(left, site.supports))
            if plan.release:
                forget_released(journal, sides, result.broken, actor)
        journal.finish_run(run, "done" if result.complete else "failed", datetime.now(UTC))
    return result


def demand_approval(site: Site, journal: Journal, plan: Plan) -> str:
    """The plan's digest. Raises unless it is for this site and somebody's yes to that digest stands."""
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
    digest = plan.digest
    approval = journal.approval(digest, datetime.now(UTC))
    if approval is None:
        raise NotApproved(
            "The plan is not approved, or its approval has expired",
            f"digest {digest[:16]}",
            "kampanya approve FILE --by NAME",
        )
    if why := paused_since(journal, pauses_known_at(journal, approval)):
        raise StalePlan("Something was paused after the plan was approved", why, "Make a new plan.")
    return digest


def demand_still_right(site: Site, journal: Journal, plan: Plan, fresh: Plan) -> None:
    """Raises as `demand_same`, and NotApproved where no standing yes goes as far as would be spent now."""
    digest = plan.digest
    demand_same(plan, fresh, so_far(journal, digest))
    if why := falls_short(site, journal, digest, fresh):
        fix = "Ask an approver whose limits in kampanya.yaml allow it."
        raise NotApproved("Nobody who said yes may approve what would be spent now", why, fix)


def demand_same(plan: Plan, fresh: Plan, done: Mapping[Address, Done]) -> None:
    """Raises StalePlan unless what is needed now is what was approved, or what is left of it."""
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
        unexplained([each.change for each in plan.changes], [each.change for each in fresh.changes], done)
    )
    if differences:
        differences += [f"{each.subject}: {each.text}" for each in fresh.blocked if each not in plan.blocked]
        raise StalePlan(
            "The platforms changed after the plan was made", "\n  ".join(differences), "Make a new plan."
        )


def _no_longer_right(
    site: Site, journal: Journal, plan: Plan, spending: Spending, tell: Callable[[str], None]
) -> str:
    """Why what is left of the plan is not what was approved any more, or ""."""
    try:
        _, drawn = draw(site, look(site, journal, Wish.of(plan), spending, tell), tell)
        demand_still_right(site, journal, plan, judge(site, drawn))
    except KampanyaError as error:
        return f"{error.problem.summary}: {error.problem.detail}"
    return ""


def so_far(journal: Journal, digest: str) -> dict[Address, Done]:
    """What earlier applies of this plan did, by address; an address begun but not done is there too."""
    done: dict[Address, Done] = {}
    for intent in journal.intents(digest=digest):
        known = done.setdefault(intent.address, Done())
        if intent.outcome != "applied":
            continue
        fields: Any = from_json(intent.payload.get("after", {}))
        done[intent.address] = Done(
            known.created or intent.operation == "create",
            known.archived or intent.operation == "archive",
            {**known.fields, **fields},
        )
    return done


def _parents(desired: Sequence[Resource], site: Site) -> dict[Address, Address]:
    parents = {each.address: parent_of(each, site.supports) for each in desired}
    return {address: parent for address, parent in parents.items() if parent is not None}


def _run(execution: Execution, steps: Schedule) -> Result:
    for create in steps.build:
        execution.ids.pop(create.address, None)  # of what is replaced, the old id is nobody's any more
    cuts = [each for each in steps.reduce if isinstance(each, Update)]
    if why := execution.stop():  # a cut is always right, what is archived does not come back
        execution.hold([each for each in steps.reduce if isinstance(each, Archive)], why)
        outcomes = persist(execution, "reduce", cuts)
    else:
        outcomes = persist(execution, "reduce", steps.reduce)
    verify(execution, "reduce", {at.address: at.after for at in cuts if _done(outcomes[at.address])})
    build(execution, _in_quota(execution, steps.build))
    verify(execution, "build", {each.address: each.resource.fields for each in steps.build})
    _change(execution, steps.change)
    if why := execution.stop():
        execution.hold(steps.retire, why)
    else:
        persist(execution, "retire", steps.retire)
    _activate(execution, steps)
    return execution.result


def _done(outcome: Outcome) -> bool:
    return isinstance(outcome, Applied)


def _in_quota(execution: Execution, creates: Sequence[Create]) -> list[Create]:
    """What a day has room for; the rest waits. Pauses and cuts are never counted against it."""
    over = beyond(creates, execution.site.supports, execution.room)
    execution.hold([each for each in creates if each.address in over], NO_ROOM)
    return [each for each in creates if each.address not in over]


def _change(execution: Execution, updates: Sequence[Update]) -> None:
    """Send what changes no money; what refers to something wrong or missing waits."""
    if why := execution.stop():
        execution.hold(updates, why)
        return
    broken = execution.result.broken
    ready = []
    for update in updates:
        lost = sorted(each for each in update.context.refs if each in broken or each not in execution.ids)
        if lost:
            execution.hold([update], f"{lost[0]} is not there as it should be")
        else:
            ready.append(update)
    outcomes = persist(execution, "change", ready)
    done = [each for each in ready if _done(outcomes[each.address])]
    verify(execution, "change", {each.address: each.after for each in done})


def _activate(execution: Execution, steps: Schedule) -> None:
    """Let go, children first, what is right with all that is below it; the rest waits, held."""
    changes: tuple[Change, ...] = (*steps.activate, *steps.roots)
    reductions = {each.address for each in (*steps.reduce, *steps.retire)}
    if unpaid := reductions & execution.result.failed.keys():
        execution.hold(changes, f"{min(unpaid)} was to be cut first, and was not")
        return
    if why := execution.stop() or (changes and execution.outdated()):
        execution.hold(changes, why)
        return
    tainted = execution.tainted()
    execution.hold(
        [each for each in changes if each.address in tainted],
        "held back until everything below it is there and right",
    )
    roots = {each.address for each in steps.roots}
    ready: list[Change] = [
        activation(each, execution.ids[each.address], execution.site.supports)
        if isinstance(each, Create) and each.address in roots
        else each
        for each in changes
        if each.address not in tainted
    ]
    outcomes = persist(execution, "activate", ready)
    sent = {each.address: each for each in ready if isinstance(each, Update)}
    if why := execution.paused():
        take_back_paused(execution, [sent[at] for at in sent if not isinstance(outcomes[at], Refused)], why)
        return
    let_go = [each for at, each in sent.items() if not isinstance(outcomes[at], Refused)]
    seen = verify(execution, "activate", {each.address: each.after for each in let_go})
    take_back_dangers(execution, let_go, seen)


def actor() -> str:
    """Who runs this, for the journal."""
    return os.environ.get("KAMPANYA_ACTOR") or os.environ.get("USER") or f"uid {os.getuid()}"
