"""Drift as a task: a report that changes nothing."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from engine.resource import to_json
from operations.drift import drift
from tasks.events import announce
from tasks.retries import PATIENT
from tasks.site import opened


@task(name="drift", task_run_name="drift {workspace.name}", **PATIENT)
def find_drift(workspace: Path, environment: str) -> int:
    """Look for what changed behind our back; returns how much."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        found = drift(site, journal, get_run_logger().info)
    rows = [
        {
            "what": each.sort,
            "object": each.subject,
            "field": each.field,
            "ours": str(to_json(each.ours)),
            "theirs": str(to_json(each.theirs)),
        }
        for each in found
    ]
    create_table_artifact(rows, key=f"drift-{site.scope.brand}", description=f"{len(rows)} differences")
    if rows:
        announce(site.scope, "drift.found", f"{len(rows)} differences between what is declared and what runs")
    return len(rows)
