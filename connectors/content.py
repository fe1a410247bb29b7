"""The workspace's pictures and films by their content: what was approved is the picture, wherever it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

DIGITS = 16  # of the SHA-256: as many tell two files of one brand apart
SPAN = 1 << 20  # bytes read at a time


def by_content(root: Path, suffixes: Collection[str]) -> dict[str, Path]:
    """Digest → file, of all below `root` with such an ending; hidden ones are nobody's."""
    return {digest(path): path for path in sorted(root.rglob("*")) if _shown(path, root, suffixes)}


def _shown(path: Path, root: Path, suffixes: Collection[str]) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return not hidden and path.suffix.lower() in suffixes and path.is_file()


def digest(path: Path) -> str:
    """The first DIGITS of a file's SHA-256; a film need not fit into memory."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while span := file.read(SPAN):
            found.update(span)
    return found.hexdigest()[:DIGITS]
