"""Audiences as tasks: customers into their lists, and a table of what the platforms say of all of them."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from operations.apply import actor
from operations.audiences import people, status
from operations.members import Wish, counted, sync
from schemas.errors import KampanyaError
from tasks.retries import PATIENT
from tasks.site import opened


@task(name="members", task_run_name="members {workspace.name}", **PATIENT)
def sync_members(workspace: Path, environment: str) -> int:
    """Upload every list that somebody said yes to; an artifact of numbers. KampanyaError for others."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        found = sync(site, journal, Wish(), actor=actor(), tell=get_run_logger().info)
    rows = [
        {
            "list": each.key,
            "platform": each.platform,
            "outcome": each.done,
            "numbers": "; ".join(counted(each)),
            "note": each.why,
        }
        for each in found
    ]
    if rows:
        create_table_artifact(rows, key=f"members-{site.scope.brand}", description=f"{len(rows)} lists")
    failed = [f"{each.key} on {each.platform}: {each.done}. {each.why}" for each in found if not each.fine]
    if failed:
        raise KampanyaError(
            "Lists of customers were not uploaded", "; ".join(failed), "kampanya audience sync says more."
        )
    return len(found)


@task(name="audiences", task_run_name="audiences {workspace.name}", **PATIENT)
def read_audiences(workspace: Path, environment: str) -> int:
    """Ask every platform for the declared audiences; returns how many cannot be aimed at yet."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        found = status(site, journal, get_run_logger().info)
    rows = [
        {
            "audience": each.key,
            "platform": each.platform,
            "people": people(each.size),
            "ready": each.size.ready,
            "note": each.size.note,
        }
        for each in found
    ]
    waiting = sum(not each.size.ready for each in found)
    create_table_artifact(
        rows, key=f"audiences-{site.scope.brand}", description=f"{len(rows)} audiences, {waiting} not ready"
    )
    return waiting
