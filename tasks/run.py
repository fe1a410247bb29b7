"""The Prefect run that a task or flow is in: its id, and the tags it is found under."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import get_client


def this_run() -> str:
    """The id of the flow run, which stays the same when it is suspended, retried or begun anew."""
    return str(runtime.flow_run.id)


def tag_run(brand: str, environment: str, platforms: Iterable[str]) -> None:
    """Add what the run is about to the tags that its deployment gave it."""
    wanted = {f"brand:{brand}", f"environment:{environment}", *(f"platform:{each}" for each in platforms)}
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(this_run()))
        if not wanted <= set(run.tags):
            client.update_flow_run(run.id, tags={*run.tags, *wanted})
