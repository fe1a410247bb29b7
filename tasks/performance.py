"""Load as a task: the numbers into DuckDB, what changed as a table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from connectors.errors import RetryLater
from operations.load import Window, load
from operations.site import open_site


def _is_passing(_task: object, _run: object, state: object) -> bool:
    return isinstance(getattr(state, "data", None), RetryLater)


@task(
    name="load",
    task_run_name="load {workspace.name}",
    retries=3,
    retry_delay_seconds=[10, 60, 300],
    retry_condition_fn=_is_passing,
    persist_result=False,
)
def load_performance(workspace: Path, environment: str, since: date | None, until: date | None) -> int:
    """Re-read every report's window; returns how many rows are new or restated."""
    site = open_site(workspace, environment)
    with site.journal() as journal:
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
    return sum(each.summary.changed for each in loaded)
