"""Audience sizes as a task: a table of what the platforms say, which changes nothing."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from operations.audiences import people, status
from tasks.retries import PATIENT
from tasks.site import opened


@task(name="audiences", task_run_name="audiences {workspace.name}", **PATIENT)
def read_audiences(workspace: Path, environment: str) -> int:
    """Ask every platform for the declared audiences; returns how many cannot be aimed at yet."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        found = status(site, journal, get_run_logger().info)
    rows = [
        {
            "audience": each.key,
            "platform": each.platform,
            "people": people(each.size),
            "ready": each.size.ready,
            "note": each.size.note,
        }
        for each in found
    ]
    waiting = sum(not each.size.ready for each in found)
    create_table_artifact(
        rows, key=f"audiences-{site.scope.brand}", description=f"{len(rows)} audiences, {waiting} not ready"
    )
    return waiting
