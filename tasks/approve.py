"""The brand's yes or no, given in the Prefect UI's own form and bound to the plan's digest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from prefect import task
from prefect.input import RunInput
from pydantic import Field

from operations import plan as plans
from operations.approve import approve as record
from operations.site import open_site
from tasks.plan import Planned


class Answer(RunInput):
    """What the form asks. Nothing is filled in beforehand: Prefect drops the constraints of such fields."""

    decision: Literal["approve", "reject"]
    approver: str = Field(min_length=2, description="Your name, as listed in kampanya.yaml.")
    reason: str = Field(default="", description="Why, above all for a no.")


@task(name="approve", task_run_name="{answer.decision} by {answer.approver}", persist_result=False)
def take_answer(workspace: Path, environment: str, planned: Planned, answer: Answer) -> bool:
    """Record the answer to exactly this digest; True for yes. Raises KampanyaError for who may not."""
    answer = Answer.model_validate(answer.model_dump())
    site = open_site(workspace, environment)
    plan = plans.load(planned.file)
    with site.journal() as journal:
        if answer.decision == "reject":
            detail = {"digest": plan.digest, "reason": answer.reason}
            journal.event("reject", datetime.now(UTC), answer.approver, detail)
            return False
        record(site, journal, plan, by=answer.approver, evidence=f"Prefect form: {answer.reason}".strip(": "))
    return True
