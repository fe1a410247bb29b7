"""The images and videos that creatives name: there, readable, and large enough."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import Problem
from schemas.strategy import ImageRules
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
            form = (opened.format or "").lower()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Problem("the image cannot be read", f"`{file}` is no image we know", "save it as PNG or JPEG")
    if width * height > MAX_PIXELS:
        return Problem(
            "the image is too large", f"`{file}` is {width}x{height}", "save it at 1080x1080 or so"
        )
    return _asset(path, file, width, height, form)


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


def unlike(asset: Asset, rules: ImageRules) -> Iterator[Problem]:
    """What of an image is not as the brand wants its images."""
    pixels = f"`{asset.file}` is {asset.width}x{asset.height}"
    if rules.shapes and not any(shape.fits(asset.width, asset.height) for shape in rules.shapes):
        wanted = " or ".join(str(shape) for shape in rules.shapes)
        yield Problem("an image of another shape than the brand's", pixels, f"crop it to {wanted}")
    if rules.short_side and min(asset.width, asset.height) < rules.short_side:
        fix = f"use one with at least {rules.short_side} pixels on the short side"
        yield Problem("an image smaller than the brand wants", pixels, fix)
    if rules.kilobytes and asset.size > rules.kilobytes * 1000:
        found = f"`{asset.file}` weighs {asset.size / 1000:.0f} kB, {rules.kilobytes} are allowed"
        yield Problem("an image heavier than the brand wants", found, "save it with more compression")
    if rules.formats and asset.format not in rules.formats:
        found = f"`{asset.file}` is a {asset.format}"
        yield Problem(
            "an image in another format than the brand's", found, f"save it as {' or '.join(rules.formats)}"
        )


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


def _asset(path: Path, file: str, width: int = 0, height: int = 0, form: str = "") -> Asset:
    raw = path.read_bytes()
    return Asset(file, path, hashlib.sha256(raw).hexdigest(), len(raw), width, height, form)
