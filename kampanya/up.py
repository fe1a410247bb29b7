"""Brings up everything a team works with on one machine, keeps it up, and takes it down again."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from kampanya import brand_sandbox, pages, processes, servers
from schemas.errors import KampanyaError
from schemas.private import private_folder

POOL = "kampanya"
RUNS_AT_ONCE = 1 + max(2, os.cpu_count() or 1)  # a portfolio, and a run a core beside it
RESTARTS, PERIOD_SECONDS = 5, 300  # more often than this is no accident


@dataclass
class Service:
    """A process that is started again when it ends by itself.

    `whole`: what its process group still holds is ended first; a worker's flows go on without it.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    whole: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def up(self) -> subprocess.Popen[bytes]:
        self.process = self.start()
        return self.process

    def revive(self) -> None:
        """Start it again if it ended. Raises KampanyaError when it ends again and again."""
        code = self.process.poll() if self.process else None
        if self.process is None or code is None:
            return
        now = time.monotonic()
        self.restarts = [each for each in self.restarts if now - each < PERIOD_SECONDS] + [now]
        if len(self.restarts) > RESTARTS:
            raise KampanyaError(
                f"The {self.name} ends again and again", f"last with {code}", f"Read {self.log}."
            )
        click.secho(f"The {self.name} ended with {code}; it is started again.", fg="yellow")
        if self.whole:
            servers.stop(self.process)
        self.up()

    def down(self) -> None:
        if self.process is not None:
            servers.stop(self.process)


def run(folder: Path, host: str, port: int) -> None:
    """Serve until interrupted. Raises KampanyaError where something does not start."""
    folder = folder.resolve()
    if not (folder / "prefect.yaml").is_file():
        fix = "Run it where prefect.yaml and brands/ are, or name that folder with -C."
        raise KampanyaError("There is no prefect.yaml here", str(folder), fix)
    home = folder / ".kampanya" / "prefect"
    servers.prefect_environment(home, port, host)  # refuses an open server before anything is started
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell's background job ignores the first
        signal.signal(each, signal.default_int_handler)
    with _alone(home), ExitStack() as stack:
        _serve(stack, folder, home, host, port)


def _serve(stack: ExitStack, folder: Path, home: Path, host: str, port: int) -> None:
    mark = {processes.MARK: mark_of(home)}
    processes.end(mark_of(home))  # what an `up` that was killed left behind
    _demand_free(host, port)
    os.environ["KAMPANYA_HOME"] = str(folder)
    for brand in brands(folder):
        click.echo(f"· sandbox of {brand.name}")
        stack.enter_context(_sandbox(brand))
    stack.callback(processes.end, mark_of(home))
    stack.enter_context(pages.served(folder))
    click.echo("· Prefect server (about ten seconds)")
    server = Service(
        "server",
        lambda: servers.start_prefect(home, port, host, True, mark),
        home / "server.log",
        whole=True,
    )
    stack.callback(server.down)
    servers.wait_for_prefect(server.up(), server.log)
    _provide(folder)
    start = ["worker", "start", "--pool", POOL, "--limit", str(RUNS_AT_ONCE)]
    worker = Service(
        "worker", lambda: servers.start("prefect", start, home / "worker.log", mark), home / "worker.log"
    )
    stack.callback(worker.down)
    worker.up()
    stack.callback(_stopping)
    click.secho(f"Up: {servers.address()}   Ctrl-C stops everything.", fg="green", bold=True)
    _watch(server, worker)


def _provide(folder: Path) -> None:
    from kampanya import provision

    click.echo("· one limit an ad account, automations, blocks")
    provision.provide(brands(folder))
    click.echo("· work pool and deployments")
    provision.pool(POOL)
    prefect(folder, "--no-prompt", "deploy", "--all")


def brands(folder: Path) -> list[Path]:
    """The workspaces beside prefect.yaml; the folder itself, where it is a brand."""
    own = [folder] if (folder / "kampanya.yaml").is_file() else []
    return own + sorted(path.parent for path in folder.glob("brands/*/kampanya.yaml"))


def mark_of(home: Path) -> str:
    """What the processes of the `up` with that Prefect home carry: short, and without a space."""
    return hashlib.sha256(str(home).encode()).hexdigest()[:16]


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One `up` a folder; the lock goes with its process, however that ends."""
    private_folder(home)
    with open(os.open(home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KampanyaError(
                "It is up already",
                f"another `kampanya up` holds {home}",
                "Use that one, or stop it with Ctrl-C.",
            ) from None
        yield


def _demand_free(host: str, port: int) -> None:
    if not servers.is_free(host, port):
        raise KampanyaError(
            "The port is taken", f"something listens on {host}:{port}", "Choose another: --port."
        )


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


def prefect(folder: Path, *arguments: str) -> None:
    """One command of Prefect's own, in the folder. Raises KampanyaError with its last words."""
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


def _watch(*services: Service) -> None:
    """Until Ctrl-C, or until a supervisor asks for the end: both take everything down in order."""
    try:
        while True:
            time.sleep(0.5)
            for each in services:
                each.revive()
    except KeyboardInterrupt:
        return


def _stopping() -> None:
    """A second Ctrl-C must not leave half of it running."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    click.echo("Stopping …")
