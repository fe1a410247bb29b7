"""One certificate authority for every Google stand-in that a test process talks to: gRPC reads its root
certificates once a process, and tests in one process may each start a stand-in."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp

from sandbox.google import certificates

FILES = ("server.key", "server.pem", "ca.pem", "roots.pem")
_common: list[Path] = []


def _folder() -> Path:
    if not _common:
        _common.append(Path(mkdtemp(prefix="certificates-")))
        certificates.make(_common[0])
        atexit.register(shutil.rmtree, _common[0], ignore_errors=True)
    return _common[0]


def roots() -> str:
    """The root certificates that every client of this process is given."""
    return str(_folder() / "roots.pem")


def lend(folder: Path) -> None:
    """Put the process's certificates into `folder`, which a stand-in keeps its own in, before it starts."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in FILES:
        shutil.copy(_folder() / name, folder / name)
