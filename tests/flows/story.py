"""Run as a process of its own: the flows on a real Prefect server against a real sandbox; prints JSON.

argv: the workspace, and the folder of Prefect's files. Prefect reads its settings when it is imported, so
nothing here imports it before the server's address is in the environment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kampanya import attended, brand_sandbox, servers
from operations.site import open_site


def run(root: Path, home: Path) -> dict[str, Any]:
    told: dict[str, Any] = {}
    brand_sandbox.run(root, "up", quiet=True)
    with servers.prefect_server(home):
        from kampanya.provision import provide

        provide([root])
        launched = attended.begin(root)
        attended.go_on(launched)
        attended.answer(launched, {"decision": "approve", "approver": "Ayşe Yılmaz"})
        told["approved"] = attended.go_on(launched).name
        told["approved objects"] = objects(root)
        told["again"] = attended.go_on(attended.begin(root)).name
        told["asked"] = asked(root)
        brand_sandbox.run(root, "advance", ["2"], quiet=True)
        told["audiences"] = [audiences(root)]
        agree(root)
        told["audiences"] += [audiences(root, fault) for fault in ("", "lost_response", "error --code 100")]
        told["performance"] = performance(root)
        told["above the ceiling"] = refused(root)
        told["runs"] = runs()
    return told


def audiences(root: Path, fault: str = "") -> str:
    """The flow, with its uploads struck by a fault; its words where it fails."""
    from flows.audiences import audiences as flow
    from schemas.errors import KampanyaError

    if fault:
        where = ["add", "--route", "POST */usersreplace", "--times", "1"]
        assert brand_sandbox.run(root, "fault", [*where, "--kind", *fault.split()], quiet=True) == 0
    try:
        flow(root)
    except KampanyaError as error:
        return str(error)
    return "done"


def agree(root: Path) -> None:
    from operations.members import Wish, Yes, sync

    site = open_site(root)
    with site.journal() as journal:
        (found,) = sync(site, journal, Wish(yes=Yes("Ayşe Yılmaz")), actor="test")
    assert found.done == "uploaded", found


def performance(root: Path) -> int:
    import connectors.meta.reports as reports
    from flows.performance import performance as flow

    reports.FIRST_POLL = 0.01  # no pauses meant for a platform far away
    return flow(root)


def refused(root: Path) -> str:
    """The flow on a declaration that no guard rail lets through."""
    file = root / "campaigns" / "yil-sonu.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("daily: 600 TRY", "daily: 60000 TRY"), encoding="utf-8")
    return str(attended.go_on(attended.begin(root)).message)


def asked(root: Path) -> int:
    with open_site(root).journal() as journal:
        return len(journal.events("asked"))


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
