"""The account's image library: an image is put there once, found by its content ever after."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.errors import OutcomeUnknown, Rejected
from connectors.meta import read
from connectors.meta.creative import IMAGE_NAME, SUFFIXES

if TYPE_CHECKING:
    from connectors.meta.client import Graph

TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


class Library:
    """Images by the first 16 digits of their content's SHA-256; `assets` is where their files lie."""

    def __init__(self, graph: Graph, account: str, assets: Path) -> None:
        self._graph, self._account, self._assets = graph, account, assets

    @cached_property
    def _there(self) -> dict[str, str]:
        return read.images(self._graph, self._account)

    def put(self, sha: str) -> str:
        """The image's hash on Meta, uploading it if it is not there yet.

        Repeated while the answer is lost: the same bytes again are the same image. Raises Rejected without a
        file of exactly that content, and ConnectorError.
        """
        if sha not in self._there:
            path = self._files.get(sha)
            if path is None:
                raise Rejected(f"No image under {self._assets.name}/ has the content {sha}…", code="file")
            retrying = self._graph.retrying(also=OutcomeUnknown)
            self._there[sha] = retrying(self._upload, IMAGE_NAME.format(sha=sha), path)
        return self._there[sha]

    @cached_property
    def _files(self) -> dict[str, Path]:
        """Content → file. By content, not by path: what was approved is the picture, wherever it lies."""
        found = {}
        for path in sorted(self._assets.rglob("*")):
            inside = path.relative_to(self._assets)
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.suffix.lower() in SUFFIXES and not hidden and path.is_file():
                found[hashlib.sha256(path.read_bytes()).hexdigest()[:16]] = path
        return found

    def _upload(self, name: str, path: Path) -> str:
        suffix = path.suffix.lower()
        part = (f"{name}{suffix}", path.read_bytes(), TYPES[suffix])
        with self._graph.writing(1):
            answer = self._graph.api.call("POST", (self._account, "adimages"), files={"filename": part})
        images: Any = answer.json().get("images")
        hashes = [each["hash"] for each in (images or {}).values() if each.get("hash")]
        if len(hashes) != 1:
            raise OutcomeUnknown(f"POST {self._account}/adimages: the answer names no image")
        return str(hashes[0])
