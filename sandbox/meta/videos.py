"""Videos of the library: sent at once, fetched or in chunks, and processed before they can be shown."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.media import SHOWN
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.store import Node

PHASES = ("start", "transfer", "finish", "cancel")
CHUNK = 1 << 20  # bytes asked for at a time; a choice
LARGEST = 4 * 1024**3  # bytes (ad video reference, supported files)
LOOKS = 2  # looks at a video before it is ready; a choice
TYPES = {
    "name": "s", "title": "s", "description": "s", "file_url": "s", "upload_phase": "s", "file_size": "u",
    "upload_session_id": "s", "start_offset": "u", "end_offset": "u",
}  # fmt: skip
# What a film begins with, by the container: where, and what.
SIGNATURES = (
    (4, b"ftyp"), (4, b"moov"), (4, b"wide"), (0, b"\x1aE\xdf\xa3"), (0, b"RIFF"), (0, b"GIF8"),
    (0, b"\x30\x26\xb2\x75"), (0, b"\x00\x00\x01\xba"), (0, b"FLV"),
)  # fmt: skip


def create(graph: Graph, call: Call) -> dict[str, Any]:
    """POST act_…/advideos with a file, a file_url or an upload_phase. Raises GraphError."""
    values = parse(call.params, TYPES, graph.zone)
    if "upload_phase" in values:
        one_of("upload_phase", values["upload_phase"], PHASES)
        return _PHASE[values["upload_phase"]](graph, call, values)
    upload = next(iter(call.files.values()), None)
    if upload is None and "file_url" not in values:
        raise refuse("required", "source", name="source")
    if upload is not None:
        _check_format(upload.content)
    data = {"title": values.get("title") or values.get("name") or (upload.name if upload else "")}
    data |= {"description": values.get("description", ""), "_looks": 0}
    made = graph.store.create("advideo", data, graph.now())
    if upload is not None:
        graph.store.keep_picture(made.id, upload.content)
    return {"id": made.id}


def _check_format(content: bytes) -> None:
    if not any(content[at : at + len(mark)] == mark for at, mark in SIGNATURES):
        raise refuse("video_format", "source")


def _start(graph: Graph, call: Call, values: dict[str, Any]) -> dict[str, Any]:
    require(values, "file_size")
    if not 0 < values["file_size"] <= LARGEST:
        raise refuse("video_size", "file_size", limit=LARGEST, given=values["file_size"])
    # The video's id is known from the start; it is no video before the upload is finished.
    data = {"file_size": values["file_size"], "at": 0}
    session = graph.store.create("videoupload", data, graph.now())
    video = str(int(session.id) + 1)
    graph.store.update(session, {"video": video}, graph.now())
    return {"upload_session_id": session.id, "video_id": video, **_offsets(values["file_size"], 0)}


def _offsets(size: int, at: int) -> dict[str, str]:
    return {"start_offset": str(at), "end_offset": str(min(size, at + CHUNK))}


def _session(graph: Graph, values: dict[str, Any]) -> Node:
    require(values, "upload_session_id")
    found = graph.store.get(values["upload_session_id"], "videoupload")
    if found is None:
        raise refuse("video_session", "upload_session_id", id=values["upload_session_id"])
    return found


def _transfer(graph: Graph, call: Call, values: dict[str, Any]) -> dict[str, Any]:
    session = _session(graph, values)
    require(values, "start_offset")
    chunk = call.files.get("video_file_chunk")
    if chunk is None:
        raise refuse("required", "video_file_chunk", name="video_file_chunk")
    size, at = session.data["file_size"], session.data["at"]
    expected = _offsets(size, at)
    if values["start_offset"] != at or not chunk.content or at + len(chunk.content) > size:
        raise refuse("video_offset", "start_offset", **expected).telling(expected)
    if at == 0:
        _check_format(chunk.content)
    digest = hashlib.sha256(str(session.get("digest", "")).encode() + chunk.content).hexdigest()
    at += len(chunk.content)
    graph.store.update(session, {"at": at, "digest": digest}, graph.now())
    return _offsets(size, at)


def _finish(graph: Graph, call: Call, values: dict[str, Any]) -> dict[str, Any]:
    session = _session(graph, values)
    size, at = session.data["file_size"], session.data["at"]
    if at != size:
        expected = _offsets(size, at)
        raise refuse("video_offset", "upload_phase", **expected).telling(expected)
    data = {
        "title": values.get("title", ""), "description": values.get("description", ""), "_looks": 0,
    }  # fmt: skip
    graph.store.create("advideo", data, graph.now(), id_=session.data["video"])
    graph.store.remove(session)
    return {"success": True}


def _cancel(graph: Graph, call: Call, values: dict[str, Any]) -> dict[str, Any]:
    graph.store.remove(_session(graph, values))
    return {"success": True}


def look(graph: Graph, node: Node) -> Node:
    """One look at a video brings it a step closer to being ready."""
    looks = node.get("_looks", LOOKS)
    return node if looks >= LOOKS else graph.store.update(node, {"_looks": looks + 1}, graph.now())


def status(node: Node) -> dict[str, Any]:
    """AdVideo.status: processing, then ready."""
    looks = node.get("_looks", LOOKS)
    done = looks >= LOOKS
    return {"video_status": "ready" if done else "processing", "processing_progress": 100 * looks // LOOKS}


def source(graph: Graph, node: Node) -> str | None:
    """Where the film itself is shown; one that came in chunks or by an address is not kept."""
    return f"{graph.address}{SHOWN}{node.id}" if graph.store.picture(node.id) is not None else None


def require_ready(graph: Graph, id_: Any, where: str) -> None:
    """A video that is there and ready; raises GraphError."""
    found = graph.store.get(str(id_ or ""), "advideo")
    if found is None:
        raise refuse("video_missing", where, where=where, id=id_)
    if status(found)["video_status"] != "ready":
        raise refuse("video_not_ready", where)


_PHASE = {"start": _start, "transfer": _transfer, "finish": _finish, "cancel": _cancel}
