"""What a Prefect server must hold before our deployments run on it: limits, automations, block types."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.workers.process import ProcessWorker

from kampanya.servers import HEARTBEAT_SECONDS
from schemas.source import load_workspace
from tasks.blocks import OURS
from tasks.limits import limit_names

SILENCE = timedelta(
    seconds=3 * HEARTBEAT_SECONDS
)  # three beats missed; fewer would crash a run that is only slow
NEVER_BEGAN = timedelta(minutes=10)  # a container that must be fetched first may take as long

# name → (the event after which a run must be heard of again, within which time, what is said of it otherwise)
SILENT_RUNS = {
    "kampanya: a run whose process is gone is crashed": (
        ["prefect.flow-run.heartbeat", "prefect.flow-run.Running"],
        SILENCE,
        "Nothing was heard of its process for 90 seconds. Run it again: it goes on from where it was.",
    ),
    "kampanya: a run that never began is crashed": (
        ["prefect.flow-run.Pending"],
        NEVER_BEGAN,
        "Its worker took it and no process began within 10 minutes. Run it again.",
    ),
}


def provide(brands: Iterable[Path]) -> list[str]:
    """Make it so, on the server of this process's settings; may be run again. Returns the limits' names.

    Raises InvalidDeclaration for a brand whose YAML is wrong.
    """
    names = sorted({name for root in brands for name in limits_of_brand(root)})
    with get_client(sync_client=True) as client:
        for name in names:
            client.upsert_global_concurrency_limit_by_name(name, 1)
        for automation in automations():
            _put(client, automation)
    for block in OURS:
        block.register_type_and_schema()
    return names


def pool(name: str) -> None:
    """A work pool for processes, as Prefect sets one up; one of that name becomes such again."""
    template = ProcessWorker.get_default_base_job_template()
    with get_client(sync_client=True) as client:
        wanted = WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template)
        client.create_work_pool(wanted, overwrite=True)


def limits_of_brand(root: Path) -> set[str]:
    """Of the accounts of all its environments."""
    brand = load_workspace(root).brand
    return {
        name
        for environment, declared in brand.environments.items()
        for name in limit_names(brand.brand, environment, declared.accounts)
    }


def automations() -> list[AutomationCore]:
    """Those that belong to no deployment. A suspended run is heard of once more when it suspends: any event
    of a run counts, so that it is not taken for one whose process was killed."""
    return [
        AutomationCore(
            name=name,
            trigger=EventTrigger(
                posture=Posture.Proactive,
                match={"prefect.resource.id": "prefect.flow-run.*"},
                for_each={"prefect.resource.id"},
                after=set(after),
                expect={"prefect.flow-run.*"},
                threshold=1,
                within=within,
            ),
            actions=[ChangeFlowRunState(name=None, state=StateType.CRASHED, message=message, force=False)],
        )
        for name, (after, within, message) in SILENT_RUNS.items()
    ]


def _put(client: SyncPrefectClient, automation: AutomationCore) -> None:
    known = client.read_automations_by_name(automation.name)
    if not known:
        client.create_automation(automation)
    for each in known:
        client.update_automation(each.id, automation)
