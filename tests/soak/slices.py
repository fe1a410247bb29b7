"""Which cases of a long test a short run takes: others with every commit, the same ones for the same seed."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path


def seed() -> str:
    """KAMPANYA_SLICE, else the commit at hand, else a new one every time (a tree that git does not know)."""
    if given := os.environ.get("KAMPANYA_SLICE"):
        return given
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=Path(__file__).parent, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return secrets.token_hex(6)
    return found.stdout.strip()
