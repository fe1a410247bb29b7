"""Plan as a task: the plan goes to a file, its digest and words to the run."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.logging import get_run_logger
from pydantic import BaseModel

from engine.render import markdown, summary
from operations import plan as plans
from operations.load import spending
from tasks.site import opened


class Planned(BaseModel):
    """A saved plan, small enough to pass between tasks: never the plan's body."""

    file: Path
    digest: str
    summary: str
    words: str
    changes: int
    refusals: int
    blocked: int


@task(name="plan", task_run_name="plan {workspace.name}", persist_result=False)
def make_plan(workspace: Path, environment: str) -> Planned:
    """Read, diff, judge; save the plan and show it as an artifact."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        plan = plans.make(site, journal, plans.Wish(), spending(site), get_run_logger().info)
    file = site.state / "plans" / f"{plan.digest[:16]}.json"
    plans.write(plan, file)
    words = markdown(plan, site.supports)
    create_markdown_artifact(words, key=f"plan-{site.scope.brand}", description=summary(plan))
    return Planned(
        file=file,
        digest=plan.digest,
        summary=summary(plan),
        words=words,
        changes=len(plan.changes),
        refusals=len(plan.refusals),
        blocked=len(plan.blocked),
    )
