"""The command, in processes of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.server
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """`python -m sandbox COMMAND --state …`, brought down at the end whatever happens."""
    state = tmp_path / "state"

    def call(command: str, *words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "sandbox", command, *words, "--state", str(state)]
        return subprocess.run(line, capture_output=True, text=True, timeout=240, check=False)

    yield call
    call("down")


def up(run: Run, *words: str) -> subprocess.CompletedProcess[str]:
    return run("up", "--platforms", "meta", "--clock", "2026-11-30", *words)


def test_a_life_from_up_to_down(run: Run, tmp_path: Path) -> None:
    assert run("status").returncode == 1
    assert up(run).returncode == 0
    assert "already up" in up(run).stdout
    shown = json.loads(run("status", "--json").stdout)
    assert shown["clock"] == "2026-11-30T09:00:00+03:00"
    assert shown["meta"]["objects"] == {}
    port = shown["meta"]["port"]
    assert run("advance", "3").stdout.strip() == "clock   2026-12-03T09:00:00+03:00"
    assert run("down").stdout.strip() == "stopped"
    assert run("status").returncode == 1
    assert up(run).returncode == 0
    again = json.loads(run("status", "--json").stdout)
    assert (again["meta"]["port"], again["clock"][:10]) == (port, "2026-12-03")
    assert "2026-11-30" in run("reset").stdout


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="asks Linux")
def test_when_it_is_down_its_process_is_gone(run: Run, tmp_path: Path) -> None:
    """And not only on its way: whoever ends it may look at once for what was left behind."""
    run("up", "--clock", "2026-11-30")
    pid = json.loads((tmp_path / "state" / "endpoints.json").read_text())["pid"]
    assert Path(f"/proc/{pid}/environ").read_bytes()
    assert run("down").returncode == 0
    with contextlib.suppress(OSError):  # nobody may have asked yet how it ended; then this is empty
        assert Path(f"/proc/{pid}/environ").read_bytes() == b""


def test_env_exports_what_a_client_needs(run: Run) -> None:
    up(run)
    lines = dict(line.removeprefix("export ").split("=", 1) for line in run("env").stdout.splitlines())
    found = {name: value.strip("'") for name, value in lines.items()}
    assert {name for name in found if name.startswith("KAMPANYA_GRAPH_")} == {
        f"KAMPANYA_GRAPH_{part}" for part in ("URL", "TOKEN", "ACCOUNT", "PAGE", "PIXEL", "BUSINESS")
    }
    with requests.Session() as http:
        params = {"access_token": found["KAMPANYA_GRAPH_TOKEN"], "fields": "currency"}
        url = f"{found['KAMPANYA_GRAPH_URL']}/v26.0/{found['KAMPANYA_GRAPH_ACCOUNT']}"
        assert http.get(url, params=params, timeout=60).json()["currency"] == "TRY"


def test_faults_effects_and_switches_are_set_from_the_command_line(run: Run) -> None:
    up(run)
    added = run("fault", "add", "--route", "GET /me", "--kind", "error", "--times", "1", "--code", "2")
    assert json.loads(added.stdout)["code"] == 2
    assert len(json.loads(run("fault", "list").stdout)) == 1
    edit = ("--kind", "edited", "--change", '{"status": "PAUSED"}', "--target", "12")
    added = run("fault", "add", "--route", "POST */ads", *edit)
    assert json.loads(added.stdout)["change"] == {"status": "PAUSED"}
    assert json.loads(run("fault", "clear").stdout) == []
    effect = run("effect", "set", "--match", "*/menu/*", "--ctr", "1.25", "--conversion-rate", "1.1")
    assert json.loads(effect.stdout)[0]["conversion_rate"] == 1.1
    assert "mutation_rate on" in run("switch", "mutation_rate", "on").stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("advance", "3"), "is down"),
        (("env",), "is down"),
        (("up", "--clock", "someday"), "neither"),
        (("up", "--world", "/nonexistent.json"), "cannot be read"),
        (("dance",), "invalid choice"),
        (("advance", "many"), "invalid int"),
    ],
)
def test_what_cannot_be_done_says_why_and_exits_1(run: Run, words: tuple[str, ...], complaint: str) -> None:
    done = run(*words)
    assert done.returncode == 1
    assert complaint in done.stderr


def test_another_clock_for_the_same_state_is_refused(run: Run) -> None:
    up(run)
    run("down")
    refused = run("up", "--platforms", "meta", "--clock", "2027-01-01")
    assert refused.returncode == 1
    assert "began at 2026-11-30" in refused.stderr


def test_what_was_answered_survives_kill_9(run: Run, tmp_path: Path) -> None:
    up(run)
    found = json.loads((tmp_path / "state" / "endpoints.json").read_text())
    graph, pid = found["graph"], found["pid"]
    sent = {
        "access_token": graph["token"], "name": "a", "objective": "OUTCOME_SALES",
        "special_ad_categories": "[]",
        "is_adset_budget_sharing_enabled": "false",
    }  # fmt: skip
    with requests.Session() as http:
        made = http.post(f"{graph['url']}/v26.0/{graph['account']}/campaigns", data=sent, timeout=60).json()
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while run("status").returncode == 0:
        assert time.monotonic() < deadline
    assert up(run).returncode == 0
    url = json.loads((tmp_path / "state" / "endpoints.json").read_text())["graph"]["url"]
    with requests.Session() as http:
        url = f"{url}/v26.0/{made['id']}"
        assert http.get(url, params={"access_token": graph["token"]}, timeout=60).json()["id"] == made["id"]
