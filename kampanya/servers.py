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

START_SECONDS = 90
STOP_SECONDS = 20


def sandbox(state: Path, *arguments: str, quiet: bool = False) -> int:
    """`python -m sandbox …` on a state folder; returns its exit code."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [sys.executable, "-m", "sandbox", *arguments[:1], "--state", str(state), *arguments[1:]]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdout=output, stderr=output, cwd=_home(), check=False).returncode


def world(path: Path, document: Mapping[str, object]) -> Path:
    """Write what the sandboxes shall hold, from the brand's own declaration."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    path.chmod(0o600)
    return path


def prefect_environment(home: Path, port: int) -> dict[str, str]:
    """Prefect's settings for a server of our own: not the user's profile, no telemetry, nothing ephemeral."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
    }


@contextmanager
def prefect_server(
    home: Path, port: int | None = None, host: str = "127.0.0.1", ui: bool = False
) -> Iterator[str]:
    """A Prefect server for as long as the block lasts; yields its address.

    Sets this process's environment, so it must be entered before `prefect` is imported. Raises KampanyaError
    if the server does not answer in time.
    """
    port = port or free_port()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = prefect_environment(home, port)
    os.environ.update(settings)
    arguments = ["server", "start", "--host", host, "--port", str(port), "--ui" if ui else "--no-ui"]
    with background("prefect", arguments, home / "server.log"):
        _wait_for(f"http://127.0.0.1:{port}/api/health", home / "server.log")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def background(module: str, arguments: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module …` in a process group of its own, stopped with everything it started."""
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=_home(),
        )
    try:
        yield process
    finally:
        stop(process)


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


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise KampanyaError(
        "The Prefect server did not start", f"nothing at {address} after {START_SECONDS} s", f"Read {log}."
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _home() -> Path:
    return Path(__file__).parents[1]
