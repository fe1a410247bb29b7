"""Runs that fell due while no worker was there: one load covers them all, since it re-reads the window."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run
from prefect.states import Cancelled


def cover_late_runs() -> int:
    """Cancel the runs of this deployment that are due by now with this run's parameters; returns how many."""
    if not flow_run.id:
        return 0
    with get_client(sync_client=True) as client:
        mine = client.read_flow_run(UUID(str(flow_run.id)))
        if mine.deployment_id is None:
            return 0
        late = [each for each in _due(client, mine.deployment_id) if each.parameters == mine.parameters]
        for each in late:
            client.set_flow_run_state(
                each.id, Cancelled(message=f"Covered by the run {mine.name} ({mine.id}).")
            )
    return len(late)


def _due(client: SyncPrefectClient, deployment: UUID) -> list[FlowRun]:
    wanted = {
        "deployment_id": {"any_": [deployment]},
        "state": {"type": {"any_": ["SCHEDULED"]}},
        "next_scheduled_start_time": {"before_": datetime.now(UTC)},
    }
    return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(wanted))
