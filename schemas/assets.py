"""The images and videos that creatives name: there, readable, and large enough."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

from schemas.errors import Problem
from schemas.workspace import Asset

SHORT_SIDE = 600  # pixels; below it platforms accept an image in few placements or none
MAX_PIXELS = 50_000_000


def image(root: Path, file: str) -> Asset | Problem:
    """The image with its size in pixels, or what is wrong with it."""
    path = _inside(root, file)
    if isinstance(path, Problem):
        return path
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings(), Image.open(path) as opened:
            warnings.simplefilter("ignore")
            width, height = opened.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Problem("the image cannot be read", f"`{file}` is no image we know", "save it as PNG or JPEG")
    if width * height > MAX_PIXELS:
        return Problem(
            "the image is too large", f"`{file}` is {width}x{height}", "save it at 1080x1080 or so"
        )
    return _asset(path, file, width, height)


def video(root: Path, file: str) -> Asset | Problem:
    """The video, not looked into, or what is wrong with it."""
    path = _inside(root, file)
    return path if isinstance(path, Problem) else _asset(path, file)


def small(asset: Asset) -> Problem | None:
    """A warning about an image that is legal and poor."""
    if min(asset.width, asset.height) >= SHORT_SIDE:
        return None
    detail = f"`{asset.file}` is {asset.width}x{asset.height}"
    return Problem("a small image", detail, f"use one with at least {SHORT_SIDE} pixels on the short side")


def _inside(root: Path, file: str) -> Path | Problem:
    path = root / file
    if not path.is_file():
        folder = path.parent
        there = sorted(p.name for p in folder.iterdir() if p.is_file())[:8] if folder.is_dir() else []
        fix = f"put it there, or name one of {', '.join(there)}" if there else "put it there"
        return Problem("a file that does not exist", f"`{file}` is not in the workspace", fix)
    if not path.resolve().is_relative_to(root.resolve()):
        return Problem("a file outside of the workspace", f"`{file}` leads elsewhere", "copy it into assets/")
    return path


def _asset(path: Path, file: str, width: int = 0, height: int = 0) -> Asset:
    raw = path.read_bytes()
    return Asset(file, path, hashlib.sha256(raw).hexdigest(), len(raw), width, height)
