"""Conclude as a task: the verdict in words and a picture, a decision where there is a winner."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact

from operations.chart import weekly_intervals
from operations.experiment import conclude
from tasks.events import announce
from tasks.site import opened


@task(name="conclude", task_run_name="conclude {key}", persist_result=False)
def conclude_experiment(workspace: Path, environment: str, key: str) -> bool:
    """Journal the verdict, show it; True where a decision was written that awaits its plan."""
    site = opened(workspace, environment)
    with site.journal() as journal:
        reading, decision = conclude(site, journal, key, "prefect")
    readout = reading.readout
    picture = weekly_intervals(reading.plan, readout, site.state / f"experiment-{key}.svg")
    checks = "\n".join(f"- {'✓' if each.passed else '✗'} {each.detail_en}" for each in readout.checks)
    words = [
        f"**{readout.status}**",
        readout.sentence_tr,
        readout.sentence_en,
        checks,
        *reading.gap.values(),
        readout.scope_en,
    ]
    told = "\n\n".join([*words, f"Picture: `{picture}`"])
    create_markdown_artifact(told, key=f"experiment-{key}", description=readout.status)
    if decision is not None:
        announce(
            site.scope, "experiment.decided", f"the experiment {key} is decided; a plan awaits its approval"
        )
    return decision is not None
