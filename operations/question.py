"""What a run asked the brand and was told, in the journal: from there a run that begins anew goes on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from engine.plan import Plan
from journal.records import Event
from journal.store import Journal
from operations import plan as plans
from operations.approve import approve, reject
from operations.approvers import NotProven
from operations.page import html
from operations.site import Site
from schemas.errors import KampanyaError

Verdict = Literal["approved", "rejected"]
ARRIVAL = timedelta(minutes=5)  # an answer waits for a worker this long before its code counts as of now


@dataclass(frozen=True, slots=True)
class Question:
    """A plan put to the brand by one run: until when, why answers were refused so far, and the verdict."""

    digest: str
    until: datetime
    refused: tuple[str, ...] = ()
    verdict: Verdict | None = None

    def left(self, now: datetime) -> timedelta:
        """Raises KampanyaError once it is too late for any answer."""
        if now >= self.until:
            raise KampanyaError(
                "Nobody answered in time",
                f"the plan {self.digest[:16]} could be approved until {self.until:%Y-%m-%d %H:%M} UTC",
                "Start the launch again: it plans anew.",
            )
        return self.until - now


def put(journal: Journal, run: str, digest: str, answer_within: timedelta) -> Question:
    """Ask for `digest` on behalf of `run`, or find what it has asked for already, and what came of it."""
    now = datetime.now(UTC)
    if asked_digest(journal, run) is None:
        latest = (now + answer_within).isoformat()
        journal.event("asked", now, "launch", {"run": run, "digest": digest, "until": latest})
    asked = _of(journal, "asked", run)[-1]
    refused = tuple(str(each.detail["why"]) for each in _of(journal, "not accepted", run))
    until = datetime.fromisoformat(asked.detail["until"])
    return Question(str(asked.detail["digest"]), until, refused, _verdict(journal, run))


def asked_digest(journal: Journal, run: str) -> str | None:
    """The plan that this run has asked about, if it has."""
    asked = _of(journal, "asked", run)
    return str(asked[-1].detail["digest"]) if asked else None


def _verdict(journal: Journal, run: str) -> Verdict | None:
    if _of(journal, "reject", run):
        return "rejected"
    return "approved" if _of(journal, "proof", run) else None


def _of(journal: Journal, kind: str, run: str) -> list[Event]:
    return [each for each in journal.events(kind) if each.detail.get("run") == run]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was typed; `at` is when it reached the server that keeps the form."""

    yes: bool
    by: str
    code: str
    reason: str
    at: datetime


def take(site: Site, journal: Journal, run: str, plan: Plan, given: Given) -> Verdict | None:
    """Record the answer to exactly this plan; None if it proved nothing and the question stands.

    Raises KampanyaError for a plan that nobody may approve or that this run has not asked about, or too late.
    """
    _demand_asked(journal, run, plan.digest).left(datetime.now(UTC))
    if not given.yes:
        reject(site, journal, plan, by=given.by, reason=given.reason, run=run)
        return "rejected"
    try:
        approve(
            site,
            journal,
            plan,
            by=given.by,
            code=given.code,
            at=_arrival(given.at),
            evidence=given.reason,
            run=run,
        )
    except NotProven as error:
        refuse(
            journal, run, given.by, f"{error.problem.summary}: {error.problem.detail}. {error.problem.fix}"
        )
        return None
    return "approved"


def refuse(journal: Journal, run: str, by: str, why: str) -> None:
    """An answer that proves nothing: the form is shown again, with why."""
    journal.event("not accepted", datetime.now(UTC), by, {"run": run, "why": why})


def _demand_asked(journal: Journal, run: str, digest: str) -> Question:
    asked = asked_digest(journal, run)
    if asked != digest:
        raise KampanyaError(
            "The answer is to another plan",
            f"asked about {(asked or 'none')[:16]}, this is {digest[:16]}",
            "Start the launch again.",
        )
    return put(journal, run, digest, timedelta())


def _arrival(at: datetime) -> datetime:
    """When the code was typed, as far as it is believed: not in the future, and not long ago."""
    now = datetime.now(UTC)
    return min(max(at, now - ARRIVAL), now)


def kept(site: Site, digest: str) -> Plan:
    """The saved plan of that digest. Raises KampanyaError where its file is gone or is another's."""
    return demand_digest(plans.load(file_of(site, digest)), digest)


def demand_digest(plan: Plan, digest: str) -> Plan:
    """`plan`, if that is its digest. Raises KampanyaError."""
    if plan.digest != digest:
        raise KampanyaError(
            "The file holds another plan",
            f"its digest is {plan.digest[:16]}, asked for is {digest[:16]}",
            "Give the digest that `kampanya plan` printed, or start the launch without a file.",
        )
    return plan


def keep(site: Site, plan: Plan) -> Path:
    """Save the plan and its page for the client in the state folder, both 0600; returns the plan's path."""
    file, page = file_of(site, plan.digest), page_of(site, plan.digest)
    plans.write(plan, file)
    with open(os.open(page, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as output:
        output.write(html(plan, site))
    return file


def file_of(site: Site, digest: str) -> Path:
    """Where the plan of a digest is kept."""
    return site.state / "plans" / f"{digest[:16]}.json"


def page_of(site: Site, digest: str) -> Path:
    """Its page for the client; the whole digest is in the name, so that an address cannot be guessed."""
    return site.state / "plans" / f"{digest}.html"


def page_address(site: Site, digest: str) -> str:
    """Where the page is served, or "" where nobody serves it: KAMPANYA_PAGES_URL says."""
    base = os.environ.get("KAMPANYA_PAGES_URL", "").rstrip("/")
    return f"{base}/{site.root.name}/{site.environment}/{digest}.html" if base else ""
