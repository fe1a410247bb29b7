"""What happened, told to Prefect: the automations of prefect.yaml start other deployments by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from prefect.events import emit_event

from engine.naming import Scope

Happening = Literal[
    "plan.applied",
    "drift.found",
    "experiment.decided",
    "ceiling.near",
    "approval.waiting",
    "load.incomplete",
]


def announce(scope: Scope, what: Happening, summary: str, details: Mapping[str, str] | None = None) -> None:
    """Tell of it as `kampanya.<what>` of the resource `kampanya.<brand>.<environment>`.

    Whoever is notified reads `summary`, so it holds counts and keys, never names of people or secrets.
    """
    emit_event(
        event=f"kampanya.{what}",
        resource={
            "prefect.resource.id": f"kampanya.{scope.brand}.{scope.environment}",
            "prefect.resource.name": f"{scope.brand} ({scope.environment})",
        },
        payload={
            "brand": scope.brand,
            "environment": scope.environment,
            "summary": summary,
            **(details or {}),
        },
    )
