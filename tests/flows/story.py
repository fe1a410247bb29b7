"""Run as a process of its own: the flows on a real Prefect server against a real sandbox; prints JSON.

argv: the workspace, and the folder of Prefect's files. Prefect reads its settings when it is imported, so
nothing here imports it before the server's address is in the environment.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kampanya import brand_sandbox, servers
from operations.site import open_site
from schemas.errors import KampanyaError

Answer = dict[str, str]


def run(root: Path, home: Path) -> dict[str, Any]:
    told: dict[str, Any] = {}
    brand_sandbox.run(root, "up", quiet=True)
    with servers.prefect_server(home):
        from kampanya.provision import provide

        provide([root])
        told["rejected"] = launch(
            root, [{"decision": "reject", "approver": "Ayşe Yılmaz", "reason": "hayır"}]
        )
        told["rejected objects"] = objects(root)
        wrong = {"decision": "approve", "approver": ""}
        told["approved"] = launch(
            root, [wrong, {"decision": "perhaps", "approver": "Ayşe Yılmaz"}, yes("Ayşe Yılmaz")]
        )
        told["approved objects"] = objects(root)
        told["again"] = launch(root, [])
        brand_sandbox.run(root, "advance", ["2"], quiet=True)
        told["performance"] = performance(root)
        told["above the ceiling"] = refused(root)
        told["runs"] = runs()
    return told


def yes(by: str) -> Answer:
    return {"decision": "approve", "approver": by, "reason": "olur"}


def launch(root: Path, answers: list[Answer]) -> dict[str, Any]:
    """Run the flow and give it the answers, one after the other; says which of them Prefect refused."""
    from flows.launch import launch as flow

    refused: list[bool] = []
    with ThreadPoolExecutor(max_workers=1) as pool:
        running: Future[str] = pool.submit(flow, root)
        question = paused(running)
        for answer in answers if question else ():
            refused.append(not taken(question, answer))
        return {"ending": running.result(timeout=60), "asked": question is not None, "refused": refused}


def paused(running: Future[str]) -> Any:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter

    waiting = FlowRunFilter.model_validate({"state": {"type": {"any_": ["PAUSED"]}}})
    with get_client(sync_client=True) as client:
        while not running.done():
            if found := client.read_flow_runs(flow_run_filter=waiting):
                return found[0].id
            time.sleep(0.1)
    return None


def taken(run: Any, answer: Answer) -> bool:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return client.resume_flow_run(run, run_input=answer).status.value == "ACCEPT"


def performance(root: Path) -> int:
    import connectors.meta.reports as reports
    from flows.performance import performance as flow

    reports.FIRST_POLL = 0.01  # no pauses meant for a platform far away
    return flow(root)


def refused(root: Path) -> str:
    """The flow on a declaration that no guard rail lets through."""
    from flows.launch import launch as flow

    file = root / "campaigns" / "yil-sonu.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("daily: 600 TRY", "daily: 60000 TRY"), encoding="utf-8")
    try:
        flow(root)
    except KampanyaError as error:
        return str(error)
    return ""


def objects(root: Path) -> int:
    with open_site(root).journal() as journal:
        return len(journal.objects("live"))


def runs() -> list[dict[str, Any]]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        found = client.read_flow_runs()
    return [
        {"name": each.name, "tags": sorted(each.tags), "state": each.state.name if each.state else ""}
        for each in found
    ]


if __name__ == "__main__":
    workspace = Path(sys.argv[1])
    try:
        print(json.dumps(run(workspace, Path(sys.argv[2]))))
    finally:
        brand_sandbox.run(workspace, "down", quiet=True)
