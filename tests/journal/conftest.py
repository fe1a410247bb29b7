"""A journal on every database there is: a file always, PostgreSQL where it is installed or named."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from engine.resource import Address
from journal.records import IntentRow, Operation
from journal.store import Journal
from tests.journal import postgres

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
PLAN = "c0ffee" * 10 + "abcd"


@pytest.fixture
def now() -> Callable[..., datetime]:
    """A time so many seconds (or as timedelta's keywords say) after the test's start."""

    def at(seconds: float = 0, **more: float) -> datetime:
        return START + timedelta(seconds=seconds, **more)

    return at


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one KAMPANYA_TEST_POSTGRES names, else one of the tests' own."""
    if named := os.environ.get("KAMPANYA_TEST_POSTGRES"):
        yield named
        return
    bin = postgres.programs()
    if bin is None:
        pytest.skip("PostgreSQL is not installed, and KAMPANYA_TEST_POSTGRES names no server")
    with postgres.serving(bin) as url:
        yield url


@pytest.fixture
def schema(server: str) -> Iterator[str]:
    """The URL of an empty schema on that server."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    options = {"options": f"-csearch_path={name}"}
    yield make_url(server).update_query_dict(options).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "state" / "journal.db")
    url: str = request.getfixturevalue("schema")
    return url


@pytest.fixture
def journal(target: str) -> Iterator[Journal]:
    with Journal.open(target) as opened:
        yield opened


@pytest.fixture
def run(journal: Journal) -> int:
    """A run of a recorded plan."""
    journal.record_plan(PLAN, "plans/1.json", "sandbox", START, {"creates": 3}, "passed")
    return journal.begin_run(PLAN, "ayse", "laptop", START)


@pytest.fixture
def plan_digest() -> str:
    return PLAN


@pytest.fixture
def ad() -> Callable[[object], Address]:
    return lambda number: Address("meta", "ad", f"yil-sonu/eve/{number}")


@pytest.fixture
def row(ad: Callable[[object], Address]) -> Callable[..., IntentRow]:
    """An intent upon the ad of a number."""

    def make(number: object, operation: Operation = "create", **given: object) -> IntentRow:
        values: dict[str, object] = {"payload": {"name": f"ad {number}"}, "mark": f"mark{number}"} | given
        return IntentRow(ad(number), "act_1", operation, "build", **values)  # type: ignore[arg-type]

    return make
