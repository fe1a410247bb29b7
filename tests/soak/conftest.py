"""Brands that are prepared once for all tests that disturb them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.soak import tree
from tests.soak.bed import Bed, bed
from tests.soak.rig import copy_example


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """The generated tree: on each platform one campaign, ten ad sets, a hundred ads."""
    with bed(tmp_path_factory.mktemp("large"), tree.write) as made:
        yield made


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """The example brand: three ad sets, four ads on each platform."""
    with bed(tmp_path_factory.mktemp("small"), copy_example) as made:
        yield made
