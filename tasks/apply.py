"""Apply as a task: exactly the approved plan; the outcome as a table."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from operations import apply as applies
from operations import plan as plans
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
    with alone(site), site.journal() as journal:
        result = applies.apply_plan(
            site, journal, plan, spending=spending(site), actor="prefect", tell=get_run_logger().info
        )
    rows = [{"object": str(each), "outcome": "done"} for each in result.applied]
    rows += [
        {"object": str(each), "outcome": why} for each, why in {**result.waiting, **result.failed}.items()
    ]
    create_table_artifact(rows, key=f"apply-{site.scope.brand}", description=planned.summary)
    if not result.complete:
        raise KampanyaError(
            "Not everything was done",
            f"{len(result.failed)} failed, {len(result.waiting)} wait",
            "See the table; run the launch again: it goes on from here.",
        )
    announce(site.scope, "plan.applied", planned.summary, {"digest": planned.digest})
    return len(result.applied)
