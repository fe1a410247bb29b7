"""Drift: what changed on the platforms behind our back."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, tags

from tasks.drift import find_drift


@flow(name="drift", flow_run_name="drift {workspace.name} ({environment})", persist_result=False)
def drift(workspace: Path, environment: str = "sandbox") -> int:
    """Report every difference since Kampanya last wrote; changes nothing."""
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        return find_drift(workspace, environment)
