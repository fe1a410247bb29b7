"""Audiences: how large they have become, and which of them can be aimed at."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, tags

from tasks.audiences import read_audiences


@flow(name="audiences", flow_run_name="audiences {workspace.name} ({environment})", persist_result=False)
def audiences(workspace: Path, environment: str = "sandbox") -> int:
    """Show what the platforms say of each declared audience; changes nothing."""
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        return read_audiences(workspace, environment)
