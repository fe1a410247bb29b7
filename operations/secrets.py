"""Credentials, fetched at the last moment from where `kampanya.yaml` or a block says they are."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from schemas.errors import KampanyaError

STORE = "KAMPANYA_SECRET_STORE"  # a command; {} stands for the entry's name
STORE_SECONDS = 30


def resolve(references: Mapping[str, str], root: Path) -> dict[str, str]:
    """name → secret for references `env:NAME`, `file:PATH` (relative to the workspace) and `store:NAME`.

    Raises KampanyaError naming the reference, never the value.
    """
    return {name: _fetch(name, reference, root) for name, reference in references.items()}


def _fetch(name: str, reference: str, root: Path) -> str:
    sort, _, target = reference.partition(":")
    fetch, fix = SORTS[sort]
    value = fetch(target, root)
    if not value:
        raise KampanyaError(
            "A credential is missing",
            f"{name} is declared as {reference}, which is empty",
            fix.format(target=target),
        )
    return value


def _variable(target: str, _root: Path) -> str:
    return os.environ.get(target, "")


def _file(target: str, root: Path) -> str:
    path = root / target
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _stored(target: str, _root: Path) -> str:
    """What this machine's secret store prints; the machine names the command, a workspace only the entry."""
    command = [part.replace("{}", target) for part in shlex.split(os.environ.get(STORE, ""))]
    if not command:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=STORE_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


SORTS: Mapping[str, tuple[Callable[[str, Path], str], str]] = {
    "env": (_variable, "Export {target}."),
    "file": (_file, "Put it into {target} (mode 0600)."),
    "store": (_stored, f"Put it into the secret store as {{target}}; {STORE} is the command that prints it."),
}
