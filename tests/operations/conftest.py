from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.brand import on_memory
from tests.operations.sites import Bench


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    """The tests' own brand on an empty memory platform."""
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()
