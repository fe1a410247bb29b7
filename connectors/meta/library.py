"""The account's library of images and videos: each is put there once, found by its content ever after."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.content import by_content
from connectors.errors import OutcomeUnknown, Rejected, RetryLater
from connectors.meta import read
from connectors.meta.creative import IMAGE_NAME, SUFFIXES, VIDEO_TITLE
from schemas.meta_checks import VIDEOS

if TYPE_CHECKING:
    from connectors.meta.client import Graph

TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
AT_ONCE = 20 * 1024 * 1024  # bytes; larger videos go up in the chunks that Meta asks for
OVERRIDE = "https://graph-video.facebook.com"  # where videos go; another Graph takes them itself
PROCESSING = "processing"  # the code of a video that is not ready yet: the next apply finds it
SPIN = 5  # such answers in a row before a transfer is given up
EVERY, PATIENCE = 5.0, 120  # seconds between looks at a video's status, and how many looks


class Library:
    """Images and videos by their content; `assets` is where the files lie.

    Several may be put at the same time, each by one thread.
    """

    def __init__(
        self, graph: Graph, account: str, assets: Path, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._graph, self._account, self._assets, self._sleep = graph, account, assets, sleep
        self._looking = threading.Lock()

    def put(self, kind: str, sha: str) -> str:
        """An image's hash or a video's id on Meta, uploading it if it is not there yet.

        A video is waited for until it can be shown. Raises Rejected without a file of exactly that content or
        for one that Meta cannot play, and ConnectorError.
        """
        return self._image(sha) if kind == "image" else self._video(sha)

    @cached_property
    def _images(self) -> dict[str, str]:
        return read.images(self._graph, self._account)

    def _image(self, sha: str) -> str:
        """Repeated while the answer is lost: the same bytes again are the same image."""
        with self._looking:  # the first looks for all
            known = self._images
        if sha not in known:
            retrying = self._graph.retrying(also=OutcomeUnknown)
            known[sha] = retrying(self._upload, IMAGE_NAME.format(sha=sha), self._file(sha))
        return known[sha]

    def _video(self, sha: str) -> str:
        """Never sent twice while its answer is lost: it is looked for by its title."""
        found = read.videos(self._graph, self._account).get(sha)
        id = found or self._film(VIDEO_TITLE.format(sha=sha), self._file(sha))
        for _ in range(PATIENCE):
            status = self._graph.get(id, fields="status").get("status") or {}
            state = status.get("video_status")
            if state == "ready":
                return id
            if state in read.BROKEN:
                raise Rejected(f"Meta could not make video {id} playable: {state}", code=str(state))
            self._sleep(EVERY)
        raise Rejected(f"Meta is still processing video {id}", code=PROCESSING)

    def _file(self, sha: str) -> Path:
        with self._looking:
            path = self._files.get(sha)
        if path is None:
            raise Rejected(f"No file under {self._assets.name}/ has the content {sha}…", code="file")
        return path

    @cached_property
    def _files(self) -> dict[str, Path]:
        """Content → file. By content, not by path: what was approved is the picture, wherever it lies."""
        return by_content(self._assets, (*SUFFIXES, *VIDEOS))

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

    def _film(self, title: str, path: Path) -> str:
        """Put a video there and return its id, at once or in chunks."""
        if path.stat().st_size > AT_ONCE:
            return self._chunked(title, path)
        source = (path.name, path.read_bytes(), "multipart/form-data")
        answer = self._post({"title": title}, {"source": source})
        if not answer.get("id"):
            raise OutcomeUnknown(f"POST {self._account}/advideos: the answer names no video")
        return str(answer["id"])

    def _chunked(self, title: str, path: Path) -> str:
        """Start, transfer from offset to offset as Meta asks, finish: before that there is no video."""
        try:
            started = self._post({"upload_phase": "start", "file_size": path.stat().st_size})
            session = {"upload_session_id": started["upload_session_id"]}
            self._transfer(session, path, int(started["start_offset"]), int(started["end_offset"]))
        except OutcomeUnknown as error:
            raise RetryLater(error.problem.detail) from None
        self._post({**session, "upload_phase": "finish", "title": title})
        return str(started["video_id"])

    def _transfer(self, session: dict[str, str], path: Path, at: int, until: int) -> None:
        spin = 0
        with path.open("rb") as film:
            while at < until:
                film.seek(at)
                chunk = (path.name, film.read(until - at), "multipart/form-data")
                asked = {**session, "upload_phase": "transfer", "start_offset": at}
                answer = self._post(asked, {"video_file_chunk": chunk})
                moved, until = int(answer["start_offset"]), int(answer["end_offset"])
                spin = 0 if moved > at else spin + 1
                if spin >= SPIN:
                    raise RetryLater(f"Meta takes no more of {path.name} than {at} bytes")
                at = moved

    def _post(self, params: dict[str, Any], files: dict[str, Any] | None = None) -> dict[str, Any]:
        with self._graph.writing(1):
            answer = self._graph.api.call(
                "POST", (self._account, "advideos"), params, files=files, url_override=OVERRIDE
            )
        told: dict[str, Any] = answer.json()
        return told
