"""A workspace to write into."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.source import load_workspace
from schemas.workspace import Workspace

BASE = Path(__file__).parent / "fixtures/base"
Load = Callable[..., Workspace]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A valid workspace, to be changed."""
    return Path(shutil.copytree(BASE, tmp_path / "brand"))


@pytest.fixture
def load(root: Path) -> Load:
    """Loads the workspace after writing files into it: load(campaign="...") writes campaigns/new.yaml."""

    def write_and_load(environment: str = "sandbox", **texts: str) -> Workspace:
        for kind, text in texts.items():
            target = root / ("kampanya.yaml" if kind == "brand" else f"{kind}s/new.yaml")
            target.write_text(text, encoding="utf-8")
        return load_workspace(root, environment)

    return write_and_load
