"""Bind a person, a time and what they were shown to one plan's digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.footer import counts, daily
from engine.plan import Plan
from engine.render import text
from engine.resource import digest_of
from journal.store import Journal
from operations.site import Site
from schemas.errors import KampanyaError


def approve(
    site: Site,
    journal: Journal,
    plan: Plan,
    *,
    by: str,
    expires: timedelta = timedelta(hours=24),
    evidence: str = "",
) -> datetime:
    """Record the yes; returns when it expires (machine clock, UTC).

    Raises KampanyaError where a guard rail refuses the plan, it is for elsewhere, or `by` may not approve.
    """
    if (plan.brand, plan.environment) != (site.scope.brand, site.environment):
        raise KampanyaError(
            "The plan was made for somewhere else",
            f"it is for {plan.brand} in {plan.environment}, this is {site.scope.brand} in {site.environment}",
            "Choose the environment with -e.",
        )
    if not by.strip():
        raise KampanyaError("Nobody is no approver", "--by is empty", "Name the person who says yes.")
    if plan.refusals:
        raise KampanyaError(
            "A plan that the guard rails refuse cannot be approved",
            "; ".join(f"{each.rule}: {each.detail}" for each in plan.refusals),
            "Change the declaration and plan again.",
        )
    approvers = site.workspace.brand.approvers
    if site.live and by not in approvers:
        listed = ", ".join(approvers) or "nobody"
        raise KampanyaError(
            "This person may not approve",
            f"{by} is not among the brand's approvers ({listed})",
            "Name an approver listed in kampanya.yaml.",
        )
    now = datetime.now(UTC)
    shown = digest_of(text(plan, site.supports))
    journal.record_plan(plan.digest, "", plan.environment, now, {"changes": len(plan.changes)}, "approvable")
    journal.approve(plan.digest, by, now, now + expires, shown, evidence)
    return now + expires


def words(plan: Plan, by: str, until: datetime) -> list[str]:
    """What the yes was to, for whoever gave it: where, how much, until when."""
    found = counts(plan)
    changes = ", ".join(f"{count} to {sort}" for sort, count in found.items() if count) or "no changes"
    accounts = ", ".join(f"{platform} {account}" for platform, account in plan.accounts.items())
    return [
        f"{by} approved {plan.digest[:16]} for {plan.brand} in {plan.environment} ({accounts}).",
        f"  {changes}",
        f"  {daily(plan)}",
        f"  holds until {until:%Y-%m-%d %H:%M} UTC",
    ]
