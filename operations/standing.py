"""Whether a yes still stands: nobody paused anything since, nobody took it back, its time is not up."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.plan import Plan
from journal.records import Approval
from journal.store import Journal
from operations.approvers import shortfall
from operations.site import Site


def pauses(journal: Journal) -> int:
    """How many pauses there ever were. They are told apart by their order in the journal, not by their times:
    those are of whichever machine wrote them.
    """
    return len(journal.events("pause"))


def pauses_known_at(journal: Journal, approval: Approval) -> int:
    """How many pauses there were when the yes was given: by order, and not more than by the clock."""
    earlier = sum(each.at < approval.at for each in journal.events("pause"))
    plan = journal.plan(approval.digest)
    told = plan.summary.get("pauses") if plan else None
    return min(earlier, told) if isinstance(told, int) else earlier


def paused_since(journal: Journal, known: int) -> str:
    """Who paused what after the first `known` pauses, or ""."""
    later = journal.events("pause")[known:]
    return (
        f"{later[-1].actor} paused {', '.join(later[-1].detail.get('keys', []))} meanwhile" if later else ""
    )


def withdrawn(journal: Journal, digest: str) -> str:
    """That nobody's yes stands any more, or ""."""
    return "" if journal.approval(digest, datetime.now(UTC)) else "the approval no longer stands"


def falls_short(site: Site, journal: Journal, digest: str, fresh: Plan) -> str:
    """Why no standing yes goes as far as what would be spent now, or "".

    Several plans, each within an approver's limit when it was approved, may go beyond it together.
    """
    now = datetime.now(UTC)
    yes = {each.by for each in journal.approvals() if each.digest == digest and each.stands(now)}
    short = [shortfall(site, journal, fresh, name) for name in sorted(yes)]
    return "; ".join(short) if all(short) else ""
