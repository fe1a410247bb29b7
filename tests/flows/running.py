"""`kampanya up` as a process of its own, in a folder of its own, asked over HTTP as any client of Prefect."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from kampanya import servers

HOME = Path(__file__).parents[2]
START_SECONDS = 240  # a busy machine; eleven on an idle one
# Prefect's pauses between two looks are meant for many workers on many machines.
QUICK = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_WORKER_PREFETCH_SECONDS": "1",
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
}
Found = TypeVar("Found")


class Refusal(Exception):
    """Prefect said no; `code` is HTTP's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass
class Api:
    """Prefect's API: with the password if there is one, and the token against forged requests."""

    url: str
    password: str = ""
    client: str = field(default_factory=lambda: str(uuid.uuid4()))
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises Refusal."""
        if self.password and method != "GET" and not self.token:
            self.token = self.ask("GET", f"/csrf-token?client={self.client}")["token"]
        headers = {"Content-Type": "application/json"}
        if self.password:
            credentials = base64.b64encode(self.password.encode()).decode()
            headers |= {"Authorization": f"Basic {credentials}"}
            headers |= {"Prefect-Csrf-Token": self.token, "Prefect-Csrf-Client": self.client}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, headers, method=method)
        status, text = _send(request)
        for seconds in (1, 2, 4, 8, 16):  # SQLite is locked: Prefect's own client waits, too
            if status != 503:
                break
            time.sleep(seconds)
            status, text = _send(request)
        if status >= 400:
            raise Refusal(status)
        return json.loads(text) if text else None

    def deployment(self, name: str) -> dict[str, Any]:
        """By `flow/name`."""
        found: dict[str, Any] = self.ask("GET", f"/deployments/name/{name}")
        return found

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        """Flow runs, the newest first."""
        body = {"flow_runs": filters, "sort": "EXPECTED_START_TIME_DESC"}
        found: list[dict[str, Any]] = self.ask("POST", "/flow_runs/filter", body)
        return found

    def start(self, deployment: str, **parameters: Any) -> str:
        """A run of `flow/name`, now; its id."""
        id = self.deployment(deployment)["id"]
        run: dict[str, Any] = self.ask(
            "POST",
            f"/deployments/{id}/create_flow_run",
            {"parameters": parameters, "state": {"type": "SCHEDULED"}},
        )
        return str(run["id"])

    def state(self, run: str) -> str:
        return str(self.ask("GET", f"/flow_runs/{run}")["state"]["type"])


def until(ask: Callable[[], Found], seconds: float = 240, every: float = 0.5) -> Found:
    """What `ask` answers as soon as it is something; the last answer when that never comes."""
    deadline = time.monotonic() + seconds
    while not (found := ask()) and time.monotonic() < deadline:
        time.sleep(every)
    return found


@dataclass
class Up:
    """A running `kampanya up`."""

    folder: Path
    process: subprocess.Popen[bytes]
    api: Api

    def said(self) -> str:
        return (self.folder / "up.log").read_text(encoding="utf-8")

    def stop(self, which: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(which)
        return self.process.wait(180)

    def processes(self) -> dict[int, str]:
        """Everything alive that was started from this folder: id → command line."""
        return processes(self.folder)

    def find(self, *words: str) -> int:
        """The id of the one process whose command line has all the words."""
        (found,) = [pid for pid, line in self.processes().items() if all(word in line for word in words)]
        return found


def processes(folder: Path) -> dict[int, str]:
    found = {}
    for path in Path("/proc").iterdir():
        try:
            environment = (path / "environ").read_bytes().split(b"\0")
            line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
        if f"KAMPANYA_HOME={folder}".encode() in environment and line:
            found[int(path.name)] = line
    return found


def agency(folder: Path, write: Callable[[Path], object], *names: str) -> Path:
    """A folder with prefect.yaml and a workspace for each name."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HOME / "prefect.yaml", folder)
    for name in names:
        write(folder / "brands" / name)
    return folder


@contextmanager
def up(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, password: str = ""
) -> Iterator[Up]:
    """Up and answering; whatever is left of it afterwards is killed."""
    port = servers.free_port()
    path = os.pathsep.join(filter(None, [str(HOME), os.environ.get("PYTHONPATH")]))
    given = {**os.environ, **QUICK, **(environment or {}), "PYTHONPATH": path}
    if password:
        given[servers.AUTH] = password
    before = (folder / "up.log").read_text().count("Up: ") if (folder / "up.log").exists() else 0
    with (folder / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kampanya", "up", "-C", str(folder), "--port", str(port), *options],
            cwd=HOME,
            env=given,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    it = Up(folder, process, Api(f"http://127.0.0.1:{port}/api", password))
    try:
        until(lambda: process.poll() is not None or it.said().count("Up: ") > before, START_SECONDS)
        assert process.poll() is None, it.said()
        yield it
    finally:
        with_end(it)


def with_end(it: Up) -> None:
    it.stop()
    for pid in it.processes():
        os.kill(pid, signal.SIGKILL)


def refused(url: str, method: str = "GET", body: Any = None) -> tuple[int, bytes]:
    """What a stranger without a password gets: status and body."""
    data = None if body is None else json.dumps(body).encode()
    return _send(Request(url, data, {"Content-Type": "application/json"}, method=method))


def _send(request: Request) -> tuple[int, bytes]:
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()
