"""A journal on every database there is: a file always, PostgreSQL where KAMPANYA_TEST_POSTGRES names one."""

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

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
PLAN = "c0ffee" * 10 + "abcd"


@pytest.fixture
def now() -> Callable[..., datetime]:
    """A time so many seconds (or as timedelta's keywords say) after the test's start."""

    def at(seconds: float = 0, **more: float) -> datetime:
        return START + timedelta(seconds=seconds, **more)

    return at


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "state" / "journal.db")
        return
    url = os.environ.get("KAMPANYA_TEST_POSTGRES")
    if not url:
        pytest.skip("KAMPANYA_TEST_POSTGRES names no server")
    schema = f"test_{uuid.uuid4().hex[:12]}"
    server = create_engine(url)
    with server.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    options = {"options": f"-csearch_path={schema}"}
    yield make_url(url).update_query_dict(options).render_as_string(hide_password=False)
    with server.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    server.dispose()


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
