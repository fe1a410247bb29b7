"""A copy of a workspace's files in which an edit is tried: what would be declared then, and nothing else."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.resource import Address, Resource
from operations.site import Site
from operations.validate import validate
from schemas.source import load_workspace

Declared = Mapping[Address, Resource]


@dataclass(frozen=True, slots=True)
class Shadow:
    """`root` holds every file of the site's workspace; writing there changes no file of the author's."""

    site: Site
    root: Path

    def declared(self, file: Path, text: str) -> Declared:
        """What would be declared with `text` in `file`, in the platforms' own terms.

        Raises InvalidDeclaration.
        """
        self._put(file, text)
        site = replace(self.site, workspace=load_workspace(self.root, self.site.environment))
        neutral = validate(site)
        found: dict[Address, Resource] = {}
        for platform in site.platforms:
            mine = [each for each in neutral if each.address.platform == platform]
            made = site.offline(platform).canonical(mine)
            found |= {each.address: each for each in made}
        return found

    def digest(self, file: Path, text: str) -> str:
        """The digest of the declaration with `text` in `file`. Raises InvalidDeclaration."""
        self._put(file, text)
        return load_workspace(self.root, self.site.environment).digest()

    def _put(self, file: Path, text: str) -> None:
        path = self.root / file.relative_to(self.site.root)
        path.unlink(missing_ok=True)  # it may be the author's own file under a second name
        path.write_text(text, encoding="utf-8")


@contextmanager
def shadow(site: Site) -> Iterator[Shadow]:
    """The workspace's files, linked where the disk allows; gone again afterwards."""
    root = Path(tempfile.mkdtemp(dir=site.state, prefix="shadow-"))
    try:
        for path in _files(site.root):
            place = path.relative_to(site.root)
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            _link(path.resolve(), root / place)
        yield Shadow(site, root)
    finally:
        shutil.rmtree(root)


def _files(root: Path) -> Iterator[Path]:
    """Every file that is not in a hidden folder: state, `.git` and the like are no declaration."""
    for folder, inner, files in os.walk(root, followlinks=True):
        inner[:] = [each for each in inner if not each.startswith(".")]
        yield from (Path(folder, each) for each in files if not each.startswith("."))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)
