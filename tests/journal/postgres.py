"""A PostgreSQL server of the tests' own, on a socket in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = "/usr/lib/postgresql"
PATIENCE_SECONDS = 60
# Nothing here outlives the tests, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "40",
}


def programs() -> Path | None:
    """The folder with initdb and postgres, the newest of Debian's; None where there is none."""
    found = sorted(Path(DEBIAN).glob("*/bin/initdb"), key=lambda path: float(path.parents[1].name))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


@contextmanager
def serving(bin: Path) -> Iterator[str]:
    """A running server's URL; the server refuses to be root, so root starts it as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="kampanya-postgres-"))
    somebody = _somebody(folder)
    try:
        _initialise(bin, folder, somebody)
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(bin / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *options]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **somebody)  # type: ignore[call-overload]
        try:
            _wait(bin, folder, server)
            yield f"postgresql+psycopg://kampanya@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # "fast": open connections are closed
            server.wait(PATIENCE_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _somebody(folder: Path) -> dict[str, object]:
    if os.getuid():
        return {}
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(bin: Path, folder: Path, somebody: dict[str, object]) -> None:
    command = [str(bin / "initdb"), "-D", str(folder / "data"), "-U", "kampanya", "-A", "trust"]
    command += ["-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, **somebody)  # type: ignore[call-overload]


def _wait(bin: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    ready = [str(bin / "pg_isready"), "-q", "-h", str(folder)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while subprocess.run(ready).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.1)
