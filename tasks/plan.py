"""Plan as a task: the plan goes to a file, its digest and words to the run."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.logging import get_run_logger
from pydantic import BaseModel

from engine.plan import Plan
from engine.render import markdown, summary
from operations import plan as plans
from operations import question
from operations.load import spending
from operations.site import Site
from tasks.run import this_run
from tasks.site import opened


class Planned(BaseModel):
    """A saved plan, small enough to pass between tasks: never the plan's body. `page` is "" or an address."""

    file: Path
    page: str
    digest: str
    platforms: list[str]
    summary: str
    words: str
    changes: int
    refusals: int
    blocked: int


@task(name="plan", task_run_name="plan {workspace.name}", persist_result=False)
def make_plan(workspace: Path, environment: str, file: Path | None = None, digest: str = "") -> Planned:
    """Read, diff, judge; save the plan and show it as an artifact.

    A run that has asked about a plan finds that one, and changes nothing; `file` and `digest` name one that
    was made before.
    """
    site = opened(workspace, environment)
    with site.journal() as journal:
        asked = question.asked_digest(journal, this_run())
        if asked:
            return _planned(site, question.kept(site, asked))
        if file is None:
            plan = plans.make(site, journal, plans.Wish(), spending(site), get_run_logger().info)
        else:
            plan = question.demand_digest(plans.load(file), digest)
    question.keep(site, plan)
    planned = _planned(site, plan)
    create_markdown_artifact(planned.words, key=f"plan-{site.scope.brand}", description=planned.summary)
    if planned.page:
        create_link_artifact(planned.page, "The plan for the client", key=f"page-{site.scope.brand}")
    return planned


def _planned(site: Site, plan: Plan) -> Planned:
    return Planned(
        file=question.file_of(site, plan.digest),
        page=question.page_address(site, plan.digest),
        digest=plan.digest,
        platforms=list(plan.accounts),
        summary=summary(plan),
        words=markdown(plan, site.supports),
        changes=len(plan.changes),
        refusals=len(plan.refusals),
        blocked=len(plan.blocked),
    )
