"""Pictures that an imported account shows: known by their content where the brand has them, else fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.base import Connector, Handle, PictureReader
from connectors.content import by_content
from engine.library import named
from engine.resource import Observed
from engine.supports import Supports
from schemas.types import slugify

KINDS = ("image", "asset", "video")  # what may be a picture or a film, by kind
BEGINNINGS = (
    (0, b"\x89PNG\r\n", ".png"),
    (0, b"\xff\xd8\xff", ".jpg"),
    (4, b"ftyp", ".mp4"),
)  # where, what, ending
FOLDER = "assets/imported"
DIGITS = 8  # of a picture's digest in its file's name


@dataclass(frozen=True, slots=True)
class Pictures:
    """`files` says where each is in the workspace, `new` holds the bytes of those to be put there."""

    files: Mapping[Handle, str] = field(default_factory=dict)
    new: Mapping[str, bytes] = field(default_factory=dict)

    def put(self, root: Path) -> None:
        for file, content in self.new.items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def gather(connector: Connector, observed: Collection[Observed], root: Path) -> Pictures:
    """The pictures that these show, as files of the workspace at `root`. Raises ConnectorError."""
    supports = connector.supports
    shown = {(kind, id) for kind in KINDS for id in _shown(observed, supports, kind)}
    mine = {digest: str(path.relative_to(root)) for digest, path in by_content(root, _SUFFIXES).items()}
    here = {(each.kind, each.id): each for each in observed if (each.kind, each.id) in shown}
    files = {handle: mine[digest] for handle, each in here.items() if (digest := _digest(each)) in mine}
    new: dict[str, bytes] = {}
    missing = here.keys() - files.keys()
    fetched = connector.pictures(missing) if missing and isinstance(connector, PictureReader) else ()
    for handle, content in fetched:
        digest = hashlib.sha256(content).hexdigest()
        ending = next((each for at, what, each in BEGINNINGS if content[at:].startswith(what)), None)
        if (known := mine.get(digest[:16])) is not None:
            files[handle] = known
        elif ending is not None:
            name = slugify(Path(here[handle].label).stem)[:40].strip("-") or handle[0]
            file = f"{FOLDER}/{connector.platform}/{name}-{digest[:DIGITS]}{ending}"
            files[handle], new[file] = file, content
    return Pictures(files, new)


_SUFFIXES = (".png", ".jpg", ".jpeg", ".mp4", ".mov")


def _shown(observed: Iterable[Observed], supports: Supports, kind: str) -> set[str]:
    """Of creatives only those that an ad uses: a library keeps all that ever was."""
    if kind not in supports.kinds:
        return set()
    ads = [each for each in observed if each.kind == "ad"]
    used = {str(_creative(each)) for each in ads}
    some = [each for each in observed if each.kind != "creative" or each.id in used]
    return named(some, supports, kind)


def _creative(ad: Observed) -> object:
    linked = ad.fields.get("creative")
    return linked.get("creative_id") if isinstance(linked, Mapping) else linked


def _digest(seen: Observed) -> str:
    """Of a picture or a film that we uploaded: its mark holds it."""
    return seen.mark.partition(":")[2] if seen.kind in ("image", "video") else ""
