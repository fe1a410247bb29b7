"""Portfolio: the same flow for every brand, each as a run of its own deployment on its own work pool."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from prefect import flow
from pydantic import Field

from schemas.errors import KampanyaError
from tasks.portfolio import FAILED, await_all, start_all

Minutes = Annotated[int, Field(ge=1, le=24 * 60, description="How long to wait for all of them.")]


@flow(name="portfolio", flow_run_name="portfolio {flow} ({environment})", persist_result=False)
def portfolio(flow: str = "performance", environment: str = "sandbox", minutes: Minutes = 120) -> int:
    """Start every deployment of `flow` in an environment and wait; returns how many completed.

    One that was cancelled since its brand's own run was under way is no failure. Raises KampanyaError naming
    those that failed or did not end in time.
    """
    runs = start_all(flow, environment)
    states = await_all(flow, runs, datetime.now(UTC) + timedelta(minutes=minutes))
    undone = {name: state for name, state in states.items() if state not in {"COMPLETED", "CANCELLED"}}
    if undone:
        failed = [name for name, state in undone.items() if state in FAILED]
        raise KampanyaError(
            "Not every brand was done",
            f"failed: {', '.join(failed) or 'none'}; not ended: {len(undone) - len(failed)}",
            "Open their runs; each can be run again by itself.",
        )
    return sum(state == "COMPLETED" for state in states.values())
