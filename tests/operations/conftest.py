from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.sites import Bench, bench


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    """The example brand on an empty memory platform."""
    made = bench(tmp_path)
    yield made
    made.journal.close()
