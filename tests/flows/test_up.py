"""`kampanya up`: schedules fire, what piled up is done once, people are told, strangers get nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kampanya import servers
from operations.site import open_site
from tests.flows import running
from tests.flows.conftest import PASSWORD, Mailbox
from tests.flows.running import HOME, Up, refused, until

pytestmark = pytest.mark.server
LOAD = "performance/lezzet-performance"
ENDED = {"COMPLETED", "CANCELLED", "FAILED", "CRASHED"}


def scheduled_loads(up: Up, **filters: Any) -> list[dict[str, Any]]:
    deployment = up.api.deployment(LOAD)["id"]
    found = up.api.runs(deployment_id={"any_": [deployment]}, **filters)
    return [run for run in found if run["auto_scheduled"]]


def ended(up: Up, state: str) -> list[dict[str, Any]]:
    return scheduled_loads(up, state={"type": {"any_": [state]}})


def test_a_load_runs_by_itself_when_its_schedule_says_so(up: Up) -> None:
    run = until(lambda: ended(up, "COMPLETED"))[0]
    assert run["work_pool_name"] == "kampanya"
    with open_site(up.folder / "brands" / "lezzet").journal() as journal:
        assert journal.events("load")


def test_what_fell_due_without_a_worker_is_covered_by_one_load(up: Up) -> None:
    until(lambda: ended(up, "COMPLETED"))
    worker = up.find("prefect", "worker", "start")
    os.kill(worker, signal.SIGSTOP)
    try:
        since = datetime.now(UTC)
        until_then = since + timedelta(seconds=22)
        due = {"after_": since.isoformat(), "before_": until_then.isoformat()}
        until(lambda: len(scheduled_loads(up, expected_start_time=due)) >= 4)
        time.sleep(max(0.0, (until_then - datetime.now(UTC)).total_seconds()))
        piled = {
            run["id"]
            for run in scheduled_loads(up, expected_start_time=due, state={"type": {"any_": ["SCHEDULED"]}})
        }
        assert len(piled) >= 3
    finally:
        os.kill(worker, signal.SIGCONT)
    filters = {"id": {"any_": sorted(piled)}}
    until(lambda: all(run["state_type"] in ENDED for run in up.api.runs(**filters)))
    states = [run["state_type"] for run in up.api.runs(**filters)]
    assert sorted(states) == ["CANCELLED"] * (len(piled) - 1) + ["COMPLETED"]


@pytest.fixture
def calm(up: Up) -> Up:
    """Nothing falls due any more; what is under way comes to its end."""
    deployment = up.api.deployment(LOAD)["id"]
    up.api.ask("POST", f"/deployments/{deployment}/pause_deployment")
    busy = {"type": {"any_": ["PENDING", "RUNNING"]}}
    until(lambda: not up.api.runs(state=busy))
    return up


def test_a_load_cancels_the_same_that_wait_and_no_other(calm: Up) -> None:
    """Those that wait are in a queue that no worker may serve; nothing but the load's own doing ends them."""
    up = calm
    up.api.ask("POST", "/work_pools/kampanya/queues", {"name": "waiting", "is_paused": True})
    deployment = up.api.deployment("performance/late-performance")["id"]

    def run(**given: Any) -> str:
        body = {"state": {"type": "SCHEDULED"}, **given}
        return str(up.api.ask("POST", f"/deployments/{deployment}/create_flow_run", body)["id"])

    same = [run(work_queue_name="waiting") for _ in range(3)]
    other = run(work_queue_name="waiting", parameters={"days": 92})
    load = run()
    until(lambda: up.api.state(load) in ENDED)
    assert up.api.state(load) == "COMPLETED"
    said = [up.api.ask("GET", f"/flow_runs/{id}")["state"] for id in same]
    assert [each["type"] for each in said] == ["CANCELLED"] * 3
    assert all("Covered by the run" in each["message"] for each in said)
    assert up.api.state(other) == "SCHEDULED"


def test_a_notice_goes_to_the_block_of_the_brand_and_holds_neither_secret_nor_name(
    calm: Up, mailbox: Mailbox
) -> None:
    up = calm
    block = "Notice(channel='webhook', address='env:KAMPANYA_TEST_NOTICE').save('lezzet')"
    made = started(up, f"from tasks.blocks import Notice; {block}")
    _, err = made.communicate(timeout=400)
    assert made.returncode == 0, err
    happening = {
        "event": "kampanya.drift.found",
        "resource": {"prefect.resource.id": "kampanya.lezzet.sandbox"},
        "payload": {"brand": "lezzet", "environment": "sandbox", "summary": "2 differences"},
        "occurred": datetime.now(UTC).isoformat(),
        "id": "6a1f1f5e-8f62-4a8e-9d3f-1c2b3a4d5e6f",
    }
    up.api.ask("POST", "/events", [happening])
    told = {"subject": "lezzet (sandbox): kampanya.drift.found", "text": "2 differences"}
    assert until(lambda: told in mailbox.got), mailbox.got
    documents = up.api.ask("POST", "/block_documents/filter", {"include_secrets": True})
    assert "env:KAMPANYA_TEST_NOTICE" in str(documents)
    assert "gizli-yol" not in str(documents)
    logs = list((up.folder / ".kampanya" / "prefect").glob("*.log"))
    assert logs
    assert all("gizli-yol" not in path.read_text(encoding="utf-8") for path in logs)


def started(up: Up, program: str) -> subprocess.Popen[str]:
    """A Python program on the machine of a colleague who has the password."""
    settings = {"PREFECT_API_URL": up.api.url, "PREFECT_API_AUTH_STRING": PASSWORD}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=HOME,
        env={**os.environ, **settings, "PREFECT_HOME": str(up.folder), "PREFECT_LOGGING_LEVEL": "WARNING"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def a_load(up: Up) -> subprocess.Popen[str]:
    brand = str(up.folder / "brands" / "lezzet")
    return started(
        up, f"from pathlib import Path; from flows.performance import performance as p; p(Path({brand!r}))"
    )


def test_loads_of_one_brand_at_the_same_time_wait_for_each_other(calm: Up) -> None:
    """Without the limit DuckDB would turn one away, and it would try again."""
    running_now = [a_load(calm) for _ in range(3)]
    told = [each.communicate(timeout=400) for each in running_now]
    assert [each.returncode for each in running_now] == [0, 0, 0], told
    assert all("WarehouseBusy" not in err for _, err in told)


def test_without_its_limit_an_account_is_not_loaded_and_somebody_is_told(calm: Up, mailbox: Mailbox) -> None:
    up = calm
    limit = "lezzet-sandbox-meta-act_1000000000000001"
    up.api.ask("DELETE", f"/v2/concurrency_limits/{limit}")
    try:
        load = a_load(up)
        _, err = load.communicate(timeout=400)
        assert load.returncode != 0
        assert "has no limit on this Prefect server" in err
        up.api.start(LOAD)
        told = {"subject": "performance lezzet (sandbox): Failed"}
        assert until(lambda: [each for each in mailbox.got if told.items() <= each.items()])
    finally:
        up.api.ask("POST", "/v2/concurrency_limits/", {"name": limit, "limit": 1})


def test_runs_that_fall_silent_are_looked_for_from_the_start(up: Up) -> None:
    found = {each["name"]: each["trigger"] for each in up.api.ask("POST", "/automations/filter", {})}
    silent = found["kampanya: a run whose process is gone is crashed"]
    assert (silent["posture"], silent["within"]) == ("Proactive", 3 * servers.HEARTBEAT_SECONDS)
    assert found["kampanya: a run that never began is crashed"]["within"] == 600


def test_a_deployment_may_pull_a_git_clone_for_every_run(up: Up) -> None:
    run = up.api.start("notify/clone-notify")
    until(lambda: up.api.state(run) in ENDED)
    assert up.api.state(run) == "COMPLETED"


QUESTIONS: list[tuple[str, str, Any]] = [
    ("POST", "/block_documents/filter", {"include_secrets": True}),
    ("POST", "/flow_runs/filter", {}),
    ("POST", "/deployments/filter", {}),
    ("POST", "/artifacts/filter", {}),
    ("POST", "/logs/filter", {}),
    ("POST", "/events/filter", {}),
    ("POST", "/variables/filter", {}),
    ("POST", "/automations/filter", {}),
    ("GET", "/flows/name/launch", None),
    ("GET", "/admin/settings", None),
    ("GET", "/csrf-token?client=a-stranger", None),
]


@pytest.mark.parametrize(("method", "path", "body"), QUESTIONS, ids=[path for _, path, _ in QUESTIONS])
def test_a_stranger_gets_no_data_from_a_server_that_is_bound_everywhere(
    up: Up, method: str, path: str, body: Any
) -> None:
    status, answer = refused(up.api.url + path, method, body)
    assert status in {401, 403}  # no password; no token against forged requests either
    assert b"lezzet" not in answer
    assert len(answer) < 100


def test_the_right_password_gets_an_answer_where_a_stranger_gets_none(up: Up) -> None:
    assert "lezzet-launch" in str(up.api.ask("POST", "/deployments/filter", {}))
    wrong = running.Api(up.api.url, "ekip:yanlis")
    with pytest.raises(running.Refusal) as caught:
        wrong.ask("GET", "/flows/name/launch")
    assert caught.value.code == 401


def test_a_request_forged_by_another_page_is_refused_in_spite_of_the_password(up: Up) -> None:
    api = running.Api(up.api.url, PASSWORD, token="forged")
    with pytest.raises(running.Refusal) as caught:
        api.ask("POST", "/deployments/filter", {})
    assert caught.value.code == 403


@pytest.mark.parametrize("path", ["/events/out", "/events/in", "/logs/out"])
def test_a_stranger_cannot_listen_to_events_or_send_any(up: Up, path: str) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    address = up.api.url.replace("http://", "ws://") + path
    with connect(address, subprotocols=["prefect"]) as socket:  # type: ignore[list-item]
        socket.send('{"type": "auth", "token": "yanlis"}')
        with pytest.raises(ConnectionClosed, match="Invalid token"):
            socket.recv(30)


def test_a_second_up_in_the_same_folder_says_that_it_is_up(up: Up) -> None:
    done = kampanya_up(up, servers.free_port())
    assert done.returncode == 1
    assert "It is up already" in done.stderr


def test_everywhere_without_a_password_is_refused_before_anything_starts(up: Up) -> None:
    done = kampanya_up(up, servers.free_port(), "--host", "0.0.0.0")
    assert done.returncode == 1
    assert "hands its data to anybody" in done.stderr


def kampanya_up(up: Up, port: int, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kampanya", "up", "-C", str(up.folder), "--port", str(port), *options],
        cwd=HOME, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip


def test_it_stops_without_leaving_a_process_and_starts_again(up: Up) -> None:
    """The last test of this file: it stops the server that the others share, and starts it once more."""
    assert_stopped(up, signal.SIGINT)
    with running.up(up.folder) as again:
        assert again.find("prefect", "worker", "start")
        assert_stopped(again, signal.SIGTERM)


def assert_stopped(up: Up, which: signal.Signals) -> None:
    assert up.stop(which) == 0, up.said()
    assert up.processes() == {}
    assert servers.is_free("127.0.0.1", int(up.api.url.split(":")[2].split("/")[0]))
