"""Launch: plan, ask, apply exactly what was approved."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from prefect import flow, tags
from prefect.flow_runs import pause_flow_run

from schemas.errors import KampanyaError
from tasks.apply import apply_plan
from tasks.approve import Answer, take_answer
from tasks.plan import make_plan

Ending = Literal["nothing to do", "rejected", "applied"]
A_DAY = 24 * 60 * 60


@flow(name="launch", flow_run_name="launch {workspace.name} ({environment})", persist_result=False)
def launch(workspace: Path, environment: str = "sandbox", answer_within: int = A_DAY) -> Ending:
    """Bring the platforms to what is declared, if the brand says yes within `answer_within` seconds."""
    with tags(f"brand:{workspace.name}", f"environment:{environment}"):
        planned = make_plan(workspace, environment)
        if planned.refusals:
            raise KampanyaError("The guard rails refuse this plan", planned.words, "Change the declaration.")
        if not planned.changes:
            return "nothing to do"
        question = Answer.with_initial_data(description=planned.words)
        answer = pause_flow_run(
            wait_for_input=question, timeout=answer_within, poll_interval=2, key=planned.digest[:16]
        )
        if not take_answer(workspace, environment, planned, answer):
            return "rejected"
        apply_plan(workspace, environment, planned)
        return "applied"
