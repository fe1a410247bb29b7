"""Performance: bring the numbers home, every day and for as long back as they still move."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import flow, tags

from tasks.performance import load_performance


@flow(name="performance", flow_run_name="performance {workspace.name} ({environment})", persist_result=False)
def performance(
    workspace: Path, environment: str = "sandbox", since: date | None = None, until: date | None = None
) -> int:
    """Load every report's restatement window, or `since` … `until`; returns how many rows changed."""
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        return load_performance(workspace, environment, since, until)
