"""The plugin by which Prefect's server has one connection to its SQLite file."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import plugins
from sqlalchemy.exc import TimeoutError

from kampanya import one_connection


def test_a_second_transaction_waits_for_the_first_instead_of_meeting_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_connection, "PATIENCE_SECONDS", 0.1)
    plugins.register(one_connection.NAME, "kampanya.one_connection", "OneConnection")
    engine = create_engine(f"sqlite:///{tmp_path}/prefect.db?plugin={one_connection.NAME}")
    with engine.connect() as first:
        first.execute(text("create table t (n integer)"))
        with pytest.raises(TimeoutError):
            engine.connect()
    with engine.connect() as second:
        second.execute(text("insert into t values (1)"))
    engine.dispose()


def test_it_is_asked_for_only_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_connection, "entry_points", lambda **_: ())
    assert one_connection.sqlite_of(tmp_path) == {}
    monkeypatch.setattr(one_connection, "entry_points", lambda **_: ("found",))
    (url,) = one_connection.sqlite_of(tmp_path).values()
    assert url.endswith(f"{tmp_path}/prefect.db?plugin={one_connection.NAME}")
