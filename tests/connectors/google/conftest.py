"""What the tests of Google's connector share: the worker process with its sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.google import worker


class Remote:
    """The worker's methods, called from here."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: self._pool.submit(worker.call, name, args, kwargs).result(timeout=60)


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    folder: Path = tmp_path_factory.mktemp("google-sandbox")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(worker.begin, folder).result(timeout=60)
        yield Remote(pool)


@pytest.fixture
def google(process: Remote) -> Remote:
    """An empty account."""
    process.reset()
    return process
