"""Audiences: customers into their lists, how large all have become, which of them can be aimed at."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, tags

from tasks.audiences import read_audiences, sync_members


@flow(name="audiences", flow_run_name="audiences {workspace.name} ({environment})", persist_result=False)
def audiences(workspace: Path, environment: str = "sandbox") -> int:
    """Upload the lists of customers that somebody said yes to; show what the platforms say of all audiences.

    One that cannot be uploaded fails the run, once the sizes of all are shown.
    """
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        uploaded = sync_members(workspace, environment, return_state=True)
        waiting = read_audiences(workspace, environment)
        uploaded.result()
        return waiting
