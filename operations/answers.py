"""What the commands answer as JSON: each shape carries its version and is described in docs/operations.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.footer import counts
from engine.plan import Plan
from engine.resource import Address
from operations.destroy import Destruction
from operations.execution import Result
from operations.pause import Stopped
from operations.plan import document
from operations.tally import Tally

VERSION = 1


def approved(plan: Plan, by: str, until: datetime) -> dict[str, Any]:
    """Who said yes to what, and until when. Amounts are text in major units, by currency."""
    money = plan.money
    return {
        "version": VERSION,
        "digest": plan.digest,
        "brand": plan.brand,
        "environment": plan.environment,
        "by": by,
        "expires_at": until.isoformat(timespec="seconds"),
        "changes": counts(plan),
        "daily_before": {name: str(amount) for name, amount in money.daily_before.items()},
        "daily_after": {name: str(amount) for name, amount in money.daily_after.items()},
    }


def applied(plan: Plan, result: Result, done: Tally) -> dict[str, Any]:
    """What all applies of the plan did so far, and what this one could not."""
    return {
        "version": VERSION,
        "digest": plan.digest,
        "complete": result.complete,
        **asdict(done),
        "failed": _reasons(result.failed),
        "waiting": _reasons(result.waiting),
        "blocked": list(result.blocked),
    }


def paused(stopped: Stopped) -> dict[str, Any]:
    return {
        "version": VERSION,
        "paused": addresses(stopped.paused),
        "failed": _reasons(stopped.failed),
        "unsure": list(stopped.unsure),
    }


def destroyed(found: Destruction, file: Path | None) -> dict[str, Any]:
    """`plan` is null where nothing is left to archive; `file` is where it was saved."""
    return {
        **paused(found.stopped),
        "key": found.key,
        "left": _reasons(found.left),
        "plan": None if found.plan is None else document(found.plan),
        "file": None if file is None else str(file),
    }


def addresses(found: Sequence[Address]) -> list[str]:
    return [str(each) for each in found]


def _reasons(reasons: Mapping[Address, str]) -> list[dict[str, str]]:
    return [{"address": str(address), "reason": reason} for address, reason in reasons.items()]
