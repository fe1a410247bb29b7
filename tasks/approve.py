"""The brand's yes or no, given in the Prefect UI's own form and bound to the plan's digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from prefect import task
from prefect.client.orchestration import get_client
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field, ValidationError

from operations import question
from operations.question import Given, Question, Verdict
from tasks.events import announce
from tasks.plan import Planned
from tasks.run import this_run
from tasks.site import opened

LONGEST = 60_000  # characters of a plan in the form; the page and the artifact hold all of it


class Answer(RunInput):
    """What the form asks. Nothing is filled in beforehand: Prefect drops the constraints of such fields."""

    decision: Literal["approve", "reject"]
    approver: Annotated[
        str, Field(min_length=2, max_length=200, description="Your name, as listed in kampanya.yaml.")
    ]
    code: Annotated[
        str,
        Field(
            pattern="^([0-9]{3} ?[0-9]{3})?$",
            description="The six digits your authenticator shows now; needed to approve outside sandbox.",
        ),
    ] = ""
    reason: Annotated[
        str,
        Field(
            max_length=2000, description="Why, above all for a no; or where the client's own yes is found."
        ),
    ] = ""


def ask_the_brand(workspace: Path, environment: str, planned: Planned, answer_within: timedelta) -> Verdict:
    """The brand's verdict on exactly this plan.

    Where there is none yet, the run is suspended and its process ends; answered, it begins anew and comes
    here again. An answer that proves nothing suspends it once more, with the reason, until time is up.
    """
    while True:
        asked = put_question(workspace, environment, planned, answer_within)
        if asked.verdict:
            return asked.verdict
        key = f"{planned.digest[:16]}-{len(asked.refused) + 1}"
        form = Answer.with_initial_data(description=_description(planned, asked))
        left = int(asked.left(datetime.now(UTC)).total_seconds()) + 1
        try:
            answer = suspend_flow_run(wait_for_input=form, timeout=left, key=key)
        except ValidationError:
            answer = None
        take_answer(workspace, environment, planned, answer, f"suspended-{key}-response")


def put_question(workspace: Path, environment: str, planned: Planned, answer_within: timedelta) -> Question:
    """What this run has asked and been told so far; a new question is announced."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        new = question.asked_digest(journal, this_run()) is None
        asked = question.put(journal, this_run(), planned.digest, answer_within)
    if new:
        announce(site.scope, "approval.waiting", planned.summary, {"digest": planned.digest})
    return asked


@task(name="take the answer", task_run_name="take the answer", persist_result=False)
def take_answer(
    workspace: Path, environment: str, planned: Planned, answer: Answer | None, key: str
) -> Verdict | None:
    """Record the answer to exactly this digest, and take it, with its code, out of Prefect's database."""
    site = opened(workspace, environment)
    with site.journal() as journal, get_client(sync_client=True) as client:
        run = UUID(this_run())
        kept = client.filter_flow_run_input(run, key, 1, set())
        if answer is None or not kept:
            question.refuse(journal, str(run), "somebody", "The run was resumed without an answer.")
            return None
        given = _given(answer, kept[0].created)
        verdict = question.take(site, journal, str(run), question.kept(site, planned.digest), given)
        client.delete_flow_run_input(run, key)
    return verdict


def _given(answer: Answer, at: datetime | None) -> Given:
    valid = Answer.model_validate(answer.model_dump())
    by, reason = _printable(valid.approver), _printable(valid.reason)
    return Given(valid.decision == "approve", by, valid.code, reason, at or datetime.now(UTC))


def _printable(text: str) -> str:
    """What somebody typed cannot steer the terminal on which the log is read."""
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _description(planned: Planned, asked: Question) -> str:
    """The head of the form, as Markdown."""
    parts = [f"**The last answer was not accepted.** {asked.refused[-1]}"] if asked.refused else []
    until = f"To be answered until {asked.until:%Y-%m-%d %H:%M} UTC, for the digest `{planned.digest[:16]}`."
    parts.append(until + (f" [The plan as a page]({planned.page})." if planned.page else ""))
    too_long = f"The plan is too long for this form ({planned.summary}): read the artifact of this run."
    parts.append(planned.words if len(planned.words) <= LONGEST else too_long)
    return "\n\n".join(parts)
