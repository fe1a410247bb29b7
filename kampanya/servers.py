"""Starts and stops the processes beside us: the sandboxes, and a Prefect server of our own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from schemas.errors import KampanyaError
from schemas.private import private_folder

START_SECONDS = 240  # a busy machine; about ten on an idle one
STOP_SECONDS = 20
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]", "localhost": "127.0.0.1"}
DATABASE = "PREFECT_API_DATABASE_CONNECTION_URL"
AUTH = "PREFECT_SERVER_API_AUTH_STRING"
HEARTBEAT_SECONDS = 30  # the least Prefect allows


def sandbox(state: Path, *arguments: str, quiet: bool = False) -> int:
    """`python -m sandbox …` on a state folder; returns its exit code."""
    private_folder(state)
    command = [sys.executable, "-m", "sandbox", *arguments[:1], "--state", str(state), *arguments[1:]]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdout=output, stderr=output, cwd=_home(), check=False).returncode


def world(path: Path, document: Mapping[str, object]) -> Path:
    """Write what the sandboxes shall hold, from the brand's own declaration."""
    private_folder(path.parent)
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    path.chmod(0o600)
    return path


def prefect_environment(home: Path, port: int, host: str = "127.0.0.1") -> dict[str, str]:
    """Prefect's settings for a server of our own: not the user's profile, no telemetry, nothing ephemeral.

    Leases are kept in files: in memory, where Prefect keeps them by default, they do not outlive the server,
    and the slots of whoever held one would stay taken for good.
    """
    settings = {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"http://{ANYWHERE.get(host, host)}:{port}/api",
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
    }
    return settings | _guarded(host) | _database(home)


def _database(home: Path) -> dict[str, str]:
    """Where nobody named one, Prefect's own SQLite file, by one connection."""
    from kampanya.one_connection import NAME, sqlite_of

    named = os.environ.get(DATABASE, "")
    return sqlite_of(home) if not named or named.endswith(NAME) else {}


def _guarded(host: str) -> dict[str, str]:
    """What keeps strangers out. Raises KampanyaError for an open server without a password."""
    password = os.environ.get(AUTH, "")
    if host not in LOOPBACK and not all(password.partition(":")):
        raise KampanyaError(
            "An open Prefect server hands its data to anybody who asks",
            f"--host {host} without a password",
            f"Export {AUTH}=user:password first.",
        )
    if not password:
        return {}
    return {"PREFECT_API_AUTH_STRING": password, "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true"}


@contextmanager
def prefect_server(
    home: Path, port: int | None = None, host: str = "127.0.0.1", ui: bool = False
) -> Iterator[str]:
    """A Prefect server for as long as the block lasts; yields its address.

    Sets this process's environment, so it must be entered before `prefect` is imported. Raises KampanyaError
    if the server does not answer in time.
    """
    server = start_prefect(home, port or free_port(), host, ui)
    try:
        wait_for_prefect(server, home / "server.log")
        yield address()
    finally:
        stop(server)


def start_prefect(
    home: Path, port: int, host: str, ui: bool, mark: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start the server and point this process and its children at it; it does not answer yet."""
    private_folder(home)
    os.environ.update(prefect_environment(home, port, host))
    arguments = ["server", "start", "--host", host, "--port", str(port), "--ui" if ui else "--no-ui"]
    return start("prefect", arguments, home / "server.log", mark)


def address() -> str:
    """Where the server that this process was pointed at answers."""
    return os.environ["PREFECT_API_URL"].removesuffix("/api")


def start(
    module: str, arguments: Sequence[str], log: Path, mark: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """`python -m module …` in a process group of its own; `mark` is added to its environment."""
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=_home(),
            env={**os.environ, "PYTHONPATH": _path(), **(mark or {})},
        )


def _path() -> str:
    """Flows run in their own working directory and must find this Kampanya, not another that is installed."""
    return os.pathsep.join(filter(None, [str(_home()), os.environ.get("PYTHONPATH", "")]))


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the process group to end, wait, and end it if it does not."""
    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        _signal(process, signal_)
        try:
            process.wait(STOP_SECONDS / 2)
        except subprocess.TimeoutExpired:
            continue
    _signal(process, signal.SIGKILL)  # whatever the group's first process left behind


def _signal(process: subprocess.Popen[bytes], which: signal.Signals) -> None:
    try:
        os.killpg(process.pid, which)
    except ProcessLookupError:
        return


def wait_for_prefect(server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers. Raises KampanyaError if it ends, or does not answer in time."""
    health = f"{os.environ['PREFECT_API_URL']}/health"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(health, timeout=5) as answer:
                if answer.status == 200 and server.poll() is None:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    ended = f"it ended with {server.returncode}" if server.poll() is not None else "it does not answer"
    raise KampanyaError("The Prefect server did not start", f"{health}: {ended}", f"Read {log}.")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _home() -> Path:
    return Path(__file__).parents[1]
