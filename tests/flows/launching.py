"""Run as a process of its own: launches that are suspended, answered and begun anew; prints JSON.

argv: the workspace, and the folder of Prefect's files. Prefect reads its settings when it is imported, so
nothing here imports it before the server's address is in the environment.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp

from kampanya import attended, brand_sandbox, servers
from operations import plan as plans
from operations.approvers import enrol
from operations.load import spending
from operations.site import open_site
from schemas.errors import KampanyaError

HOME = Path(__file__).parents[2]
AYSE, MEHMET = "Ayşe Yılmaz", "Mehmet Kaya"
FILE = "campaigns/yil-sonu.yaml"
Said = dict[str, Any]
MINUTES = 4  # seconds on an idle machine


def run(root: Path, home: Path) -> Said:
    told: Said = {}
    brand_sandbox.run(root, "up", quiet=True)
    with open_site(root).journal() as journal:
        secret = enrol(open_site(root), journal, MEHMET, replace=False, actor="test").secret
    phone = pyotp.TOTP(secret)
    with servers.prefect_server(home):
        from kampanya.provision import provide

        provide([root])
        for step in (rejected, too_late, stale, asked_again, crashed, twice, made_before):
            told[step.__name__] = step(root, phone)
        told["worker"] = by_a_worker(root, home)
        told["inputs"] = inputs(home)
    return told


def yes(by: str = AYSE, code: str = "") -> dict[str, str]:
    return {"decision": "approve", "approver": by, "code": code, "reason": "olur"}


def rejected(root: Path, _: pyotp.TOTP) -> Said:
    before = sent(root)
    launched = attended.begin(root)
    waits = attended.go_on(launched).name
    attended.answer(launched, {"decision": "reject", "approver": AYSE, "reason": "bu hafta değil"})
    ended = attended.go_on(launched)
    return {"waits": waits, "ended": ended.name, "sent": sent(root) - before, "reasons": reasons(root)}


def too_late(root: Path, _: pyotp.TOTP) -> Said:
    """Nobody answers for two seconds; then somebody does."""
    before = sent(root)
    launched = attended.begin(root, answer_within=2)
    attended.go_on(launched)
    until(lambda: state(launched).name == "Failed")
    refused = refusal(launched, yes())
    return {"ended": state(launched).message, "refused": refused, "sent": sent(root) - before}


def stale(root: Path, _: pyotp.TOTP) -> Said:
    """The declaration changes while the question stands."""
    before = sent(root)
    launched = attended.begin(root)
    attended.go_on(launched)
    edit(root, "daily: 600 TRY", "daily: 610 TRY")
    attended.answer(launched, yes())
    ended = attended.go_on(launched)
    edit(root, "daily: 610 TRY", "daily: 600 TRY")
    return {"ended": ended.name, "why": ended.message, "sent": sent(root) - before}


def asked_again(root: Path, phone: pyotp.TOTP) -> Said:
    """Answers that the form refuses, then answers that the form takes and that prove nothing; then a no."""
    before = sent(root)
    launched, other = attended.begin(root), attended.begin(root)
    heads = [head(launched, attended.go_on(launched).name, 1)]
    attended.go_on(other)
    code = phone.at(datetime.now(), counter_offset=1)  # of the next step: good from now until that one ends
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    attended.answer(other, yes(MEHMET, code))
    # `other` proves its yes with this code, on a plan of its own, and then finds the declaration changed.
    edit(root, "daily: 600 TRY", "daily: 610 TRY")
    attended.go_on(other)
    edit(root, "daily: 610 TRY", "daily: 600 TRY")
    malformed = [{"decision": "perhaps"}, {"decision": "approve", "approver": ""}, yes(code="12345")]
    refused = [refusal(launched, given) for given in malformed]
    for number, given in enumerate([yes(MEHMET, code), yes(MEHMET, wrong), yes("Somebody")], start=2):
        attended.answer(launched, given)
        heads.append(head(launched, attended.go_on(launched).name, number))
    heads.append(resumed_without_an_answer(launched))
    attended.answer(launched, {"decision": "reject", "approver": AYSE, "reason": ""})
    told = {"heads": heads, "malformed": refused, "ended": attended.go_on(launched).name}
    return told | {"sent": sent(root) - before, "codes": [code, wrong]}


def resumed_without_an_answer(launched: UUID) -> str:
    """As by somebody who changes the run's state by hand."""
    from prefect.states import Scheduled

    with client() as api:
        api.set_flow_run_state(launched, Scheduled(), force=True)
    return head(launched, attended.go_on(launched).name, 5)


def crashed(root: Path, _: pyotp.TOTP) -> Said:
    """The process dies between the yes and the apply; the run is retried as the UI does."""
    from prefect.states import AwaitingRetry

    import tasks.apply as target

    launched = attended.begin(root)
    attended.go_on(launched)
    attended.answer(launched, yes())
    whole, target.applies.apply_plan = target.applies.apply_plan, dies  # type: ignore[assignment]
    died = attended.go_on(launched).name
    target.applies.apply_plan = whole
    none = objects(root)
    with client() as api:
        api.set_flow_run_state(launched, AwaitingRetry(scheduled_time=datetime.now(UTC)), force=True)
    ended = attended.go_on(launched).name
    return {
        "died": died,
        "before": none,
        "ended": ended,
        "objects": objects(root),
        "runs": artifacts(launched),
    }


def dies(*_: object, **__: object) -> None:
    raise MemoryError("as if the machine went down")


def twice(root: Path, _: pyotp.TOTP) -> Said:
    """Two launches ask about the same change; both are approved."""
    edit(root, "daily: 600 TRY", "daily: 610 TRY")
    launched = [attended.begin(root), attended.begin(root)]
    for each in launched:
        attended.go_on(each)
        attended.answer(each, yes())
    before = sent(root)
    ends = [attended.go_on(launched[0]).name]
    first = sent(root) - before
    ends.append(attended.go_on(launched[1]).name)
    return {"ends": ends, "first": first, "second": sent(root) - before - first}


def made_before(root: Path, _: pyotp.TOTP) -> Said:
    """A saved plan is launched by path and digest; another digest is refused."""
    edit(root, "daily: 610 TRY", "daily: 600 TRY")
    site, file = open_site(root), root.parent / "saved.json"
    with site.journal() as journal:
        plan = plans.make(site, journal, plans.Wish(), spending(site))
    plans.write(plan, file)
    other = attended.begin(root, plan=str(file), digest="0" * 64)
    refused = attended.go_on(other)
    launched = attended.begin(root, plan=str(file), digest=plan.digest)
    waits = attended.go_on(launched).name
    attended.answer(launched, yes())
    ended = attended.go_on(launched).name
    return {"refused": refused.message, "waits": waits, "ended": ended}


def by_a_worker(root: Path, home: Path) -> Said:
    """A worker with a process pool: what runs while the run is suspended, and after the answer."""
    from prefect.client.schemas.actions import WorkPoolCreate

    from flows.launch import launch

    edit(root, "daily: 600 TRY", "daily: 620 TRY")
    with client() as api:
        api.create_work_pool(WorkPoolCreate(name="pool", type="process"))
        deployed = api.create_deployment(
            api.create_flow(launch),
            "worker",
            work_pool_name="pool",
            entrypoint="flows.launch:launch",
            concurrency_limit=1,
            job_variables={"env": {"PYTHONPATH": str(HOME)}, "working_dir": str(HOME)},
        )
        ask = {"workspace": str(root)}
        launched = api.create_flow_run_from_deployment(deployed, parameters=ask).id
        log = home / "worker.log"
        with worker_of("pool", log) as worker:
            until(lambda: state(launched).name == "Suspended")
            until(lambda: not children(worker.pid))
            suspended = children(worker.pid)
            # The slot of the deployment is free as well: another launch gets as far as its own question.
            second = api.create_flow_run_from_deployment(deployed, parameters=ask).id
            until(lambda: bool(children(worker.pid)))
            until(lambda: state(second).name == "Suspended")
            attended.answer(launched, yes())
            until(lambda: state(launched).is_final())
            tags = api.read_flow_run(launched).tags
    return {"children": suspended, "ended": state(launched).name, "tags": sorted(tags), **artifacts(launched)}


@contextmanager
def worker_of(pool: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    worker = servers.start("prefect", ["worker", "start", "--pool", pool], log)
    try:
        yield worker
    finally:
        servers.stop(worker)


def children(pid: int) -> list[int]:
    """The live processes below one."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(each) for each in listed]


def client() -> Any:
    from prefect.client.orchestration import get_client

    return get_client(sync_client=True)


def state(launched: UUID) -> Any:
    with client() as api:
        return api.read_flow_run(launched).state


def artifacts(launched: UUID) -> Said:
    """What the run left in the UI, by key."""
    from prefect.client.schemas.filters import ArtifactFilter

    mine = ArtifactFilter.model_validate({"flow_run_id": {"any_": [str(launched)]}})
    with client() as api:
        found = api.read_artifacts(artifact_filter=mine)
    return {"artifacts": {each.key: each.type for each in found}, "count": len(found)}


def head(launched: UUID, name: str, number: int) -> str:
    """The run's state, and the first line of its form."""
    with client() as api:
        keys = api.filter_flow_run_input(launched, "suspended-", 100, set())
        (shown,) = [each.decoded_value for each in keys if each.key.endswith(f"-{number}-description")]
    return f"{name}: {shown.splitlines()[0]}"


def refusal(launched: UUID, given: dict[str, str]) -> str:
    try:
        attended.answer(launched, given)
    except KampanyaError as error:
        return str(error)
    return ""


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MINUTES * 60
    while not true():
        assert time.monotonic() < deadline, f"it did not come about within {MINUTES} minutes"
        time.sleep(0.3)


def inputs(home: Path) -> list[str]:
    """Every value of a form that Prefect still keeps."""
    with sqlite3.connect(f"file:{home / 'prefect.db'}?mode=ro", uri=True) as database:
        return [str(row[0]) for row in database.execute("select value from flow_run_input")]


def sent(root: Path) -> int:
    """How many requests have asked the platform to change something."""
    log = root / ".kampanya" / "sandbox" / "sandbox" / "access.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    return sum(" POST " in line or " DELETE " in line for line in lines if "/_sandbox/" not in line)


def objects(root: Path) -> int:
    with open_site(root).journal() as journal:
        return len(journal.objects("live"))


def reasons(root: Path) -> list[str]:
    with open_site(root).journal() as journal:
        return [str(each.detail["reason"]) for each in journal.events("reject")]


def edit(root: Path, old: str, new: str) -> None:
    path = root / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


if __name__ == "__main__":
    workspace = Path(sys.argv[1])
    try:
        print(json.dumps(run(workspace, Path(sys.argv[2]))))
    finally:
        brand_sandbox.run(workspace, "down", quiet=True)
