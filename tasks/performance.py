"""Load as a task: the numbers into DuckDB, what changed as a table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from operations.ceiling import near_ceilings
from operations.load import Window, load, missing
from tasks.events import announce
from tasks.limits import alone
from tasks.retries import PATIENT
from tasks.site import opened


@task(name="load", task_run_name="load {workspace.name}", **PATIENT)
def load_performance(
    workspace: Path, environment: str, since: date | None, until: date | None, days: int | None = None
) -> int:
    """Re-read every report's window, or the last `days` days; returns how many rows are new or restated."""
    site = opened(workspace, environment)
    if days is not None:
        since = site.today(site.now()) - timedelta(days=days)
    with alone(site), site.journal() as journal:
        loaded = load(site, journal, Window(since, until), get_run_logger().info)
    rows = [
        {
            "report": f"{each.platform}.{each.report}",
            "days": f"{each.since} … {each.until}",
            "rows": each.summary.rows,
            "new": each.summary.new,
            "restated": each.summary.restated,
            "vanished": each.summary.vanished,
        }
        for each in loaded
    ]
    create_table_artifact(rows, key=f"load-{site.scope.brand}", description="what this load changed")
    if words := missing(loaded):
        get_run_logger().warning(words)
        announce(site.scope, "load.incomplete", words)
    for words in near_ceilings(site):
        announce(site.scope, "ceiling.near", words)
    return sum(each.summary.changed for each in loaded)
