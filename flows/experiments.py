"""Experiments: read each test, say what may be said, write down what was decided."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, tags

from schemas.source import load_workspace
from tasks.experiments import conclude_experiment


@flow(name="experiments", flow_run_name="experiments {workspace.name} ({environment})", persist_result=False)
def experiments(workspace: Path, environment: str = "sandbox") -> list[str]:
    """Conclude what can be concluded; returns the tests whose decision now awaits a plan and its approval."""
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        declared = load_workspace(workspace, environment).experiments
        return [key for key in declared if conclude_experiment(workspace, environment, key)]
