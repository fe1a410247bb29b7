"""Apply as a task: exactly the approved plan; the outcome as a table."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from operations import apply as applies
from operations import plan as plans
from operations.load import spending
from operations.site import open_site
from schemas.errors import KampanyaError
from tasks.plan import Planned


@task(name="apply", task_run_name="apply {planned.summary}", persist_result=False)
def apply_plan(workspace: Path, environment: str, planned: Planned) -> int:
    """Carry the plan out; returns how many objects were done. Raises KampanyaError if any was not."""
    site, plan = open_site(workspace, environment), plans.load(planned.file)
    with site.journal() as journal:
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
    return len(result.applied)
