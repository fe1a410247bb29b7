"""Apply as a task: exactly the approved plan; progress while it lasts, the outcome as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast
from uuid import UUID

from prefect import task
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.logging import get_run_logger

from engine.plan import Plan
from journal.store import Journal
from operations import apply as applies
from operations import plan as plans
from operations.execution import Result
from operations.load import spending
from schemas.errors import KampanyaError
from tasks.events import announce
from tasks.limits import alone
from tasks.plan import Planned
from tasks.site import opened


@task(name="apply", task_run_name="apply {planned.summary}", persist_result=False)
def apply_plan(workspace: Path, environment: str, planned: Planned) -> int:
    """Carry the plan out; returns how many objects were done. Raises KampanyaError if any was not."""
    site, plan = opened(workspace, environment), plans.load(planned.file)
    brand = site.scope.brand
    with alone(site), site.journal() as journal:
        tell = _progress(journal, plan, f"apply-progress-{brand}")
        result = applies.apply_plan(site, journal, plan, spending=spending(site), actor="prefect", tell=tell)
        tell("done" if result.complete else "not complete")
    create_table_artifact(_rows(result), key=f"apply-{brand}", description=planned.summary)
    if not result.complete:
        raise KampanyaError(
            "Not everything was done",
            f"{len(result.failed)} failed, {len(result.waiting)} wait",
            "See the table; retry this run or launch again: it goes on from here.",
        )
    announce(site.scope, "plan.applied", planned.summary, {"digest": planned.digest})
    return len(result.applied)


def _progress(journal: Journal, plan: Plan, key: str) -> Callable[[str], None]:
    """Tells each step with the share of the plan's objects that the journal has settled by then."""
    log, every = get_run_logger(), {each.change.address for each in plan.changes}
    shown = cast(UUID, create_progress_artifact(0.0, key=key, description="begun"))

    def tell(line: str) -> None:
        log.info(line)
        touched = {each.address for each in journal.intents(digest=plan.digest) if not each.is_open}
        share = 100 * len(every & touched) / max(1, len(every))
        update_progress_artifact(shown, share, line)

    return tell


def _rows(result: Result) -> list[dict[str, str]]:
    done = dict.fromkeys(result.applied)  # what is built and then let go is applied twice
    rows = [{"object": str(each), "outcome": "done"} for each in done]
    undone = {**result.waiting, **result.failed}
    rows += [{"object": str(each), "outcome": why} for each, why in undone.items()]
    return rows + [{"object": "", "outcome": f"blocked: {each}"} for each in result.blocked]


@task(name="verify", task_run_name="verify {workspace.name}", persist_result=False)
def verify(workspace: Path, environment: str, planned: Planned) -> None:
    """Plan the same once more: after an apply nothing is left to do. Raises KampanyaError if there is."""
    site, applied = opened(workspace, environment), plans.load(planned.file)
    wish = plans.Wish(applied.targets, platform=applied.platform)
    with site.journal() as journal:
        plan = plans.make(site, journal, wish, spending(site), get_run_logger().info)
    if plan.changes:
        raise KampanyaError(
            "Something is still to do after the apply",
            "; ".join(str(each.change.address) for each in plan.changes[:10]),
            "Launch again to see it as a plan.",
        )
