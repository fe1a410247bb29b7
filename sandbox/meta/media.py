"""Images of the account's library: uploads by file and by base64, kept by what they contain."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from typing import Any

from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.params import parse, require
from sandbox.meta.store import Node

SHOWN = "/_shown/"  # below it the bytes of images and videos
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def create_images(graph: Graph, call: Call) -> dict[str, Any]:
    """POST act_…/adimages: {"images": {name: {"hash", "url"}}}; the same bytes are the same image."""
    values = parse(call.params, {"bytes": "s", "copy_from": "m", "name": "s"}, graph.zone, also=("filename",))
    if not call.files and "bytes" not in values:
        raise refuse("required", "bytes", name="bytes")
    images = {}
    for part, upload in call.files.items():
        images[upload.name or part] = _keep(graph, upload.name or part, upload.content)
    if "bytes" in values:
        images["bytes"] = _keep(graph, values.get("name", "bytes"), _unpack(values["bytes"]))
    return {"images": images}


def _unpack(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        raise refuse("image_unreadable", "bytes", name="bytes") from None


def _keep(graph: Graph, name: str, content: bytes) -> dict[str, Any]:
    size = dimensions(content)
    if size is None:
        raise refuse("image_unreadable", "bytes", name=name)
    hash_ = hashlib.md5(content, usedforsecurity=False).hexdigest()
    key = node_id(hash_)
    node = graph.store.get(key, "adimage")
    if node is None:
        data = {"hash": hash_, "name": name, "status": "ACTIVE", "width": size[0], "height": size[1]}
        node = graph.store.create("adimage", data, graph.now(), id_=key)
        graph.store.keep_picture(hash_, content)
    return {
        "hash": hash_,
        "url": image_url(graph, node),
        "name": node.data["name"],
        "height": size[1],
        "width": size[0],
    }


def node_id(hash_: str) -> str:
    """What an image is called in the store."""
    return f"image:{hash_}"


def image_url(graph: Graph, node: Node) -> str:
    """Where an image is shown, to anybody and without a token, as on the platform."""
    return f"{graph.address}{SHOWN}{node.data['hash']}"


def image_id(graph: Graph, node: Node) -> str:
    """Images are named account:hash."""
    return f"{graph.account.removeprefix('act_')}:{node.data['hash']}"


def delete_image(graph: Graph, call: Call) -> dict[str, Any]:
    """DELETE act_…/adimages?hash=…; creatives that use the image keep its hash."""
    values = parse(call.params, {"hash": "s"}, graph.zone)
    require(values, "hash")
    graph.store.remove(graph.node(f"image:{values['hash']}", "adimage", "delete"))
    return {"success": True}


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG; None for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg(content) if content[:2] == b"\xff\xd8" else None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
