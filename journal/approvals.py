"""Saved plans, the yes of a person to exactly one of them, and one-time codes used up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from journal.errors import UnknownRecord
from journal.records import Approval, PlanRecord
from journal.tables import approvals, codes, plans

_PLAN = (
    plans.c.digest,
    plans.c.path,
    plans.c.environment,
    plans.c.created_at,
    plans.c.summary,
    plans.c.verdict,
)
_APPROVAL = (
    approvals.c.digest,
    approvals.c.by,
    approvals.c.at,
    approvals.c.expires_at,
    approvals.c.shown,
    approvals.c.evidence,
    approvals.c.revoked_at,
    approvals.c.revoked_by,
)


def record_plan(connection: Connection, plan: PlanRecord) -> None:
    """Keeps a plan; the same digest again renews where its file is and what the guard rails said of it."""
    renewed = update(plans).where(plans.c.digest == plan.digest)
    values = {column.name: getattr(plan, column.name) for column in _PLAN}
    again = {name: values[name] for name in ("path", "summary", "verdict")}
    if not connection.execute(renewed.values(again)).rowcount:
        connection.execute(insert(plans).values(values))


def plan(connection: Connection, digest: str) -> PlanRecord | None:
    row = connection.execute(select(*_PLAN).where(plans.c.digest == digest)).first()
    return PlanRecord(*row) if row else None


def listed_plans(connection: Connection) -> list[PlanRecord]:
    return [PlanRecord(*row) for row in connection.execute(select(*_PLAN).order_by(plans.c.created_at))]


def must_hold(connection: Connection, digest: str) -> None:
    """Raises UnknownRecord unless the plan of that digest was recorded."""
    if plan(connection, digest) is None:
        raise UnknownRecord(
            "The journal holds no such plan",
            f"Digest {digest}.",
            "Run `kampanya plan -o FILE` again in this environment and use that file.",
        )


def approve(connection: Connection, approval: Approval) -> None:
    must_hold(connection, approval.digest)
    values = {column.name: getattr(approval, column.name) for column in _APPROVAL}
    connection.execute(insert(approvals).values(values))


def revoke(connection: Connection, digest: str, by: str, at: datetime) -> int:
    """Takes every standing approval of a digest back; returns how many there were."""
    standing = (approvals.c.digest == digest) & approvals.c.revoked_at.is_(None)
    return connection.execute(update(approvals).where(standing).values(revoked_at=at, revoked_by=by)).rowcount


def standing(connection: Connection, digest: str, now: datetime) -> Approval | None:
    """The approval that lasts longest among those neither expired at `now` nor revoked."""
    statement = (
        select(*_APPROVAL)
        .where(approvals.c.digest == digest, approvals.c.revoked_at.is_(None), approvals.c.expires_at > now)
        .order_by(approvals.c.expires_at.desc(), approvals.c.number.desc())
    )
    row = connection.execute(statement).first()
    return Approval(*row) if row else None


def listed(connection: Connection) -> list[Approval]:
    statement = select(*_APPROVAL).order_by(approvals.c.number)
    return [Approval(*row) for row in connection.execute(statement)]


def use_code(connection: Connection, approver: str, counter: int, at: datetime) -> None:
    """Raises IntegrityError where that approver's code was used before."""
    connection.execute(insert(codes).values(approver=approver, counter=counter, at=at))
