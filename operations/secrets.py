"""Credentials, fetched at the last moment from where `kampanya.yaml` says they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from schemas.errors import KampanyaError


def resolve(references: Mapping[str, str], root: Path) -> dict[str, str]:
    """name → secret for references `env:NAME` and `file:PATH` (relative to the workspace).

    Raises KampanyaError naming the reference, never the value.
    """
    return {name: _fetch(name, reference, root) for name, reference in references.items()}


def _fetch(name: str, reference: str, root: Path) -> str:
    sort, _, target = reference.partition(":")
    if sort == "env":
        value = os.environ.get(target, "")
    else:
        path = root / target
        value = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if not value:
        fix = f"Export {target}." if sort == "env" else f"Put it into {target} (mode 0600)."
        raise KampanyaError(
            "A credential is missing", f"{name} is declared as {reference}, which is empty", fix
        )
    return value
