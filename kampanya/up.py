"""Brings up everything a team works with on one machine, and takes it down again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from kampanya import brand_sandbox, servers
from schemas.errors import KampanyaError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
AUTH = "PREFECT_SERVER_API_AUTH_STRING"
POOL = "kampanya"


def run(folder: Path, host: str, port: int) -> None:
    """Serve until interrupted. Raises KampanyaError where something does not start."""
    folder = folder.resolve()
    if not (folder / "prefect.yaml").is_file():
        fix = "Run it where prefect.yaml and brands/ are, or name that folder with -C."
        raise KampanyaError("There is no prefect.yaml here", str(folder), fix)
    if host not in LOOPBACK and not os.environ.get(AUTH):
        raise KampanyaError(
            "An open Prefect server hands its data to anybody who asks",
            f"--host {host} without a password",
            f"Export {AUTH}=user:password first.",
        )
    home = folder / ".kampanya" / "prefect"
    os.environ["KAMPANYA_HOME"] = str(folder)
    with ExitStack() as stack:
        for brand in sorted(folder.glob("brands/*/kampanya.yaml")):
            stack.enter_context(_sandbox(brand.parent))
        click.echo("Starting the Prefect server (about ten seconds) …")
        address = stack.enter_context(servers.prefect_server(home, port, host, ui=True))
        _prefect(folder, "work-pool", "create", POOL, "--type", "process", "--overwrite")
        _prefect(folder, "--no-prompt", "deploy", "--all")
        worker = ["worker", "start", "--pool", POOL]
        stack.enter_context(servers.background("prefect", worker, home / "worker.log"))
        click.secho(f"Up: {address}   Ctrl-C stops everything.", fg="green", bold=True)
        _until_interrupted()
        click.echo("Stopping …")


@contextmanager
def _sandbox(root: Path) -> Iterator[None]:
    """A brand's sandbox, left as it was: one that ran before still runs afterwards."""
    running = brand_sandbox.run(root, "status", quiet=True) == 0
    if not running and brand_sandbox.run(root, "up"):
        raise KampanyaError("The sandbox did not start", str(root), "Read server.log in its state folder.")
    try:
        yield
    finally:
        if not running:
            brand_sandbox.run(root, "down", quiet=True)


def _prefect(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise KampanyaError("Prefect refused", f"prefect {' '.join(arguments)}\n" + "\n".join(last))


def _until_interrupted() -> None:
    """Until Ctrl-C, or until a supervisor asks for the end: both take everything down in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
