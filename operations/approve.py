"""Bind a person, a time and what they were shown to one plan's digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.footer import counts, daily
from engine.plan import Plan
from engine.render import text
from engine.resource import digest_of
from journal.store import Journal
from operations import approvers
from operations.site import Site
from schemas.errors import KampanyaError

A_DAY = timedelta(hours=24)
AT_MOST = timedelta(days=31)  # what was agreed to longer ago than a month, nobody remembers
AUTO = "auto-approve (sandbox)"


def approve(
    site: Site,
    journal: Journal,
    plan: Plan,
    *,
    by: str,
    code: str = "",
    at: datetime | None = None,
    expires: timedelta = A_DAY,
    evidence: str = "",
    typed_by: str = "",
    run: str = "",
) -> datetime:
    """Record the yes; returns when it expires (machine clock, UTC).

    `code` is `by`'s one-time code as it stood at `at` (now, if left out): needed outside `sandbox`, there by
    whom a code is enrolled for. `typed_by` is whoever sat at the keyboard, `run` the run that asked. Raises
    KampanyaError where a guard rail refuses the plan, where it is for elsewhere and where the yes is to hold
    for more than a month; NotProven where `by` may not approve or has no proof.
    """
    demand_here(site, plan)
    _demand_soon(expires)
    approver = _approver(site, by)
    approvers.demand_authority(site, journal, plan, approver)
    proof = _proof(site, journal, approver, code, plan.digest, at)
    until = _record(site, journal, plan, approver, expires, evidence)
    detail = {"digest": plan.digest, "proof": proof, "typed_by": typed_by, "run": run}
    journal.event("proof", datetime.now(UTC), approver, {name: each for name, each in detail.items() if each})
    return until


def vouched(site: Site, journal: Journal, by: str, code: str, digest: str) -> tuple[str, str]:
    """The approver's listed name, and how their yes to what a digest stands for was proven, as of a plan.

    Raises NotProven.
    """
    approver = _approver(site, by)
    return approver, _proof(site, journal, approver, code, digest, None)


def approve_in_sandbox(site: Site, journal: Journal, plan: Plan) -> datetime:
    """The yes of `--auto-approve`, by nobody: no money is spent. Raises KampanyaError."""
    demand_sandbox(site)
    demand_here(site, plan)
    return _record(site, journal, plan, AUTO, A_DAY, "")


def demand_sandbox(site: Site) -> None:
    """Raises KampanyaError where money is real."""
    if site.live:
        raise KampanyaError(
            "--auto-approve is for the sandbox only",
            f"{site.environment} spends real money",
            "kampanya plan -o FILE; kampanya approve FILE --by NAME --code N; kampanya apply FILE",
        )


def reject(site: Site, journal: Journal, plan: Plan, *, by: str, reason: str, run: str = "") -> int:
    """Record the no, and take back every yes to this digest; returns how many there were.

    A no sends nothing, so it needs no proof: whoever can answer can stop.
    """
    now = datetime.now(UTC)
    detail = {"digest": plan.digest, "reason": reason, "run": run}
    journal.event("reject", now, by, {name: each for name, each in detail.items() if each})
    return journal.revoke(plan.digest, by, now)


def demand_here(site: Site, plan: Plan) -> None:
    """Raises KampanyaError unless the plan is for this brand and environment and no guard rail refuses it."""
    if (plan.brand, plan.environment) != (site.scope.brand, site.environment):
        raise KampanyaError(
            "The plan was made for somewhere else",
            f"it is for {plan.brand} in {plan.environment}, this is {site.scope.brand} in {site.environment}",
            "Choose the environment with -e.",
        )
    if plan.refusals:
        raise KampanyaError(
            "A plan that the guard rails refuse cannot be approved",
            "; ".join(f"{each.rule}: {each.detail}" for each in plan.refusals),
            "Change the declaration and plan again.",
        )


def _demand_soon(expires: timedelta) -> None:
    if expires > AT_MOST:
        raise KampanyaError(
            "A yes holds for a month at most",
            f"asked for: {expires.total_seconds() / 3600:g} hours",
            f"Give --expires between 1m and {AT_MOST.days}d; later, approve again.",
        )


def _approver(site: Site, by: str) -> str:
    """The name as it is listed; where the sandbox's brand lists nobody, any name."""
    if not by.strip():
        raise approvers.NotProven(
            "Nobody is no approver", "the name is empty", "Name the person who says yes."
        )
    if site.live or site.workspace.brand.approvers:
        return approvers.listed(site, by)
    return by.strip()


def _proof(site: Site, journal: Journal, approver: str, code: str, digest: str, at: datetime | None) -> str:
    """How the yes was proven, in words."""
    enrolled = approvers.is_enrolled(site, approver)
    adding = f"kampanya approver add '{approver}' -e {site.environment}"
    if not enrolled and (site.live or code):
        detail = f"no code is enrolled for {approver} in {site.environment}"
        raise approvers.NotProven("The yes cannot be proven", detail, adding)
    if not enrolled:
        return "none (sandbox)"
    if not code.strip():
        detail = f"{approver} has one enrolled in {site.environment}"
        raise approvers.NotProven(
            "A one-time code is needed",
            detail,
            "Give the six digits that the authenticator shows now (--code).",
        )
    approvers.prove(site, journal, approver, code, digest, at or datetime.now(UTC))
    return "one-time code"


def _record(site: Site, journal: Journal, plan: Plan, by: str, expires: timedelta, evidence: str) -> datetime:
    now = datetime.now(UTC)
    shown = digest_of(text(plan, site.supports))
    summary = {"changes": len(plan.changes), "pauses": len(journal.events("pause"))}
    journal.record_plan(plan.digest, "", plan.environment, now, summary, "approvable")
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
