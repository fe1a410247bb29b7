"""Folders for their owner only: what lies in them names accounts and amounts."""

from __future__ import annotations

from pathlib import Path


def private_folder(folder: Path) -> Path:
    """The folder exists with mode 0700, and so does every parent made for it. Raises OSError."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
    if not missing:
        folder.chmod(0o700)
    return folder
