"""Launch: plan, ask, apply exactly what was approved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from prefect import flow, tags
from pydantic import Field

from schemas.errors import KampanyaError
from tasks.apply import apply_plan, verify
from tasks.approve import ask_the_brand
from tasks.plan import make_plan
from tasks.run import tag_run

Ending = Literal["nothing to do", "rejected", "applied"]
A_DAY = 24 * 60 * 60

Environment = Annotated[str, Field(pattern="^[a-z0-9-]+$")]
Seconds = Annotated[int, Field(ge=1, le=14 * A_DAY)]
Digest = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


@flow(
    name="launch",
    flow_run_name="launch {workspace.name} ({environment})",
    persist_result=False,
    result_serializer="json",
)
def launch(
    workspace: Path,
    environment: Environment = "sandbox",
    answer_within: Seconds = A_DAY,
    plan: Path | None = None,
    digest: Digest = "",
) -> Ending:
    """Bring the platforms to what is declared, if the brand says yes in time.

    While the brand thinks, the run is suspended: no process, no slot. Answered, it begins anew and finds the
    plan that it asked about; `apply` reads the platforms again and refuses anything but that plan.

    Args:
        workspace: The brand's folder, as brands/lezzet.
        environment: An environment of kampanya.yaml.
        answer_within: Seconds until the question lapses; 86400 is a day.
        plan: A plan made before by `kampanya plan -o`; left out, a new one is made.
        digest: That plan's digest; another is refused.
    """
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        planned = make_plan(workspace, environment, plan, digest)
        tag_run(workspace.name, environment, planned.platforms)
        if planned.refusals:
            raise KampanyaError("The guard rails refuse this plan", planned.words, "Change the declaration.")
        if not planned.changes:
            return "nothing to do"
        if ask_the_brand(workspace, environment, planned, timedelta(seconds=answer_within)) == "rejected":
            return "rejected"
        apply_plan(workspace, environment, planned)
        verify(workspace, environment, planned)
        return "applied"
