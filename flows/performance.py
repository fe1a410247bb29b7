"""Performance: bring the numbers home, every day and for as long back as they still move."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from prefect import flow, tags
from pydantic import Field

from tasks.late import cover_late_runs
from tasks.performance import load_performance

Days = Annotated[int, Field(ge=1, le=1100)]


@flow(name="performance", flow_run_name="performance {workspace.name} ({environment})", persist_result=False)
def performance(
    workspace: Path,
    environment: str = "sandbox",
    since: date | None = None,
    until: date | None = None,
    days: Days | None = None,
) -> int:
    """Load every report's restatement window, or `since` … `until`, or the last `days` days; returns how many
    rows changed. A run of the window covers all runs of it that are late, so that they are not run too."""
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        if since is None and until is None and days is None:
            cover_late_runs()
        return load_performance(workspace, environment, since, until, days)
