"""A launch with somebody at hand: a deployment's flow run, begun, answered and begun anew in this process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.errors import KampanyaError

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.schemas.objects import State

NAME = "attended"


def begin(workspace: Path, **parameters: Any) -> UUID:
    """A launch of the workspace, not run yet; only a deployment's run may be suspended. Returns its id."""
    from prefect.client.orchestration import get_client

    from flows.launch import launch

    given = {"workspace": str(workspace), **parameters}
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(client.create_flow(launch), NAME, enforce_parameter_schema=True)
        return client.create_flow_run_from_deployment(deployment, parameters=given).id


def go_on(run: UUID) -> State[Any]:
    """Do what a worker does with a run that is due, in this process; returns the state it reached.

    Suspended is such a state: the flow has ended, and waits for `answer`.
    """
    from prefect.client.orchestration import get_client
    from prefect.exceptions import Pause
    from prefect.flow_engine import run_flow

    from flows.launch import launch

    with get_client(sync_client=True) as client:
        found = client.read_flow_run(run)
        with suppress(Pause):
            run_flow(launch, flow_run=found, parameters=found.parameters, return_type="state")
        state = client.read_flow_run(run).state
    assert state is not None
    return state


def answer(run: UUID, given: dict[str, str]) -> None:
    """Fill in the form. Raises KampanyaError where Prefect does not take it."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        told = client.resume_flow_run(run, run_input=given)
    if told.status.value != "ACCEPT":
        raise KampanyaError("Prefect does not take the answer", str(getattr(told.details, "reason", "")))
