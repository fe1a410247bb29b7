"""A whole portfolio as tasks: one run of each brand's own deployment, wherever its work pool runs it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run

POLL_SECONDS = 2.0
FAILED = frozenset({"FAILED", "CRASHED"})


@task(name="start", task_run_name="start every {flow}", persist_result=False)
def start_all(flow: str, environment: str) -> dict[str, UUID]:
    """Ask for a run of each deployment of that flow tagged with the environment; deployment → run.

    A portfolio that is run again after it crashed finds the runs that it had asked for.
    """
    with get_client(sync_client=True) as client:
        deployments = client.read_deployments(
            flow_filter=FlowFilter.model_validate({"name": {"any_": [flow]}}),
            deployment_filter=DeploymentFilter.model_validate(
                {"tags": {"all_": [f"environment:{environment}"]}}
            ),
        )
        return {
            each.name: client.create_flow_run_from_deployment(
                each.id, idempotency_key=f"{flow_run.id}-{each.id}"
            ).id
            for each in sorted(deployments, key=lambda each: each.name)
        }


@task(name="await", task_run_name="await {flow}", persist_result=False)
def await_all(flow: str, runs: Mapping[str, UUID], until: datetime) -> dict[str, str]:
    """Wait till each has ended or it is `until`; deployment → the type of its state, shown as a table."""
    states = _states(runs)
    while datetime.now(until.tzinfo) < until and not all(each in ENDED for each in states.values()):
        time.sleep(POLL_SECONDS)
        states = _states(runs)
    rows = [{"deployment": name, "state": state, "run": str(runs[name])} for name, state in states.items()]
    counts = ", ".join(f"{count} {state.lower()}" for state, count in Counter(states.values()).items())
    create_table_artifact(rows, key=f"portfolio-{flow}", description=counts or "no deployment")
    return states


ENDED = FAILED | {"COMPLETED", "CANCELLED"}


def _states(runs: Mapping[str, UUID]) -> dict[str, str]:
    if not runs:
        return {}
    wanted = FlowRunFilter.model_validate({"id": {"any_": list(runs.values())}})
    with get_client(sync_client=True) as client:
        found: dict[UUID, FlowRun] = {each.id: each for each in client.read_flow_runs(flow_run_filter=wanted)}
    return {name: _state(found.get(id)) for name, id in runs.items()}


def _state(run: FlowRun | None) -> str:
    return run.state.type.value if run and run.state else "UNKNOWN"
