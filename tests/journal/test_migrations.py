import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from journal import migrations
from journal.database import connect
from journal.errors import JournalUnavailable, NewerSchema
from journal.store import Journal

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text()


@pytest.fixture
def old(tmp_path):
    """A file of schema version 1."""
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    return path


def shape(path):
    """Tables with their columns, and indexes, as SQLite has them."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        columns = {
            table: {column[1:4] for column in connection.execute(f"PRAGMA table_info({table})")}
            for table in tables
        }
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall()
    return columns, sorted((name, " ".join((sql or "").split())) for name, sql in indexes)


def version_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT version FROM journal_schema").fetchone()[0]


def test_a_new_journal_has_the_newest_version(journal):
    assert journal.schema_version == migrations.NEWEST
    assert journal.upgraded_from is None


def test_an_old_journal_is_brought_to_the_shape_of_a_new_one(old, tmp_path):
    with Journal.open(old) as journal:
        assert (journal.upgraded_from, journal.schema_version) == (1, migrations.NEWEST)
    Journal.open(tmp_path / "new.db").close()
    assert shape(old) == shape(tmp_path / "new.db")


def test_an_upgrade_loses_nothing_and_what_is_new_works(old, ad, now):
    with Journal.open(old) as journal:
        assert journal.ids() == {ad(1): "120"}
        assert [intent.address for intent in journal.open_intents()] == [ad(2)]
        assert journal.approval("d1", now(3600)).by == "client"
        assert [line.kind for line in journal.log()] == [
            "plan", "approve", "run started", "create", "create", "drift found",
        ]  # fmt: skip
        assert journal.use_code("client", 7, now())
        journal.move_object(ad(1), ad(3), now())
        assert journal.events("moved")[0].address == ad(3)


def test_before_an_upgrade_a_private_copy_is_kept(old):
    Journal.open(old).close()
    (copy,) = old.parent.glob(f"{old.name}.before-*")
    assert copy.name == f"journal.db.before-v{migrations.NEWEST}"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert version_of(copy) == 1


def test_opening_a_current_journal_makes_no_copy(tmp_path):
    for _ in range(2):
        with Journal.open(tmp_path / "journal.db") as journal:
            assert journal.upgraded_from is None
    assert [file.name for file in tmp_path.iterdir()] == ["journal.db"]


def test_a_step_that_fails_leaves_the_old_journal_as_it_was(old):
    def breaks(connection):
        connection.execute(text("CREATE TABLE half_done (x TEXT)"))
        raise RuntimeError("power cut")

    before = shape(old)
    engine = connect(old)
    with pytest.raises(RuntimeError):
        migrations.migrate(engine, {**migrations.STEPS, 3: breaks})
    engine.dispose()
    assert (shape(old), version_of(old)) == (before, 1)
    with Journal.open(old) as journal:
        assert journal.upgraded_from == 1


def test_a_journal_of_a_newer_version_is_refused_and_untouched(tmp_path):
    path = tmp_path / "journal.db"
    Journal.open(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE journal_schema SET version = 99")
    with pytest.raises(NewerSchema, match="99"):
        Journal.open(path)
    assert version_of(path) == 99


def test_somebody_elses_database_is_refused_and_untouched(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(JournalUnavailable, match="recipes"):
        Journal.open(path)
    assert list(shape(path)[0]) == ["recipes"]


def test_a_file_that_is_no_database_is_refused_with_the_way_back(tmp_path):
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is a shopping list, not a database " * 100)
    with pytest.raises(JournalUnavailable, match="restore"):
        Journal.open(path)
