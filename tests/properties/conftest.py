"""The stand-ins are started once for all properties, and emptied before each example."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.properties.grounds import InSandbox, serving


@pytest.fixture(scope="session")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serving(Path(tmp_path_factory.mktemp("grounds")) / "state") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory, platforms: Sandbox) -> Iterator[InSandbox]:
    """A workspace on both stand-ins, one for each file of properties."""
    made = InSandbox.at(tmp_path_factory.mktemp("stands") / "lezzet", platforms)
    yield made
    made.close()
