import sqlite3
from contextlib import closing

import pytest

from journal import database
from journal.errors import JournalUnavailable
from journal.store import Journal


def mode(path):
    return path.stat().st_mode & 0o777


def test_the_journal_and_all_beside_it_are_private_in_a_private_folder(tmp_path, ad, now):
    path = tmp_path / "live" / "journal.db"
    with Journal.open(path) as journal:
        journal.record_object(ad(1), "act_1", "120", "m", now())
        files = {file.name: mode(file) for file in path.parent.iterdir()}
    assert files == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert mode(path.parent) == 0o700


def test_a_journal_left_readable_to_others_is_closed_to_them(tmp_path):
    path = tmp_path / "journal.db"
    Journal.open(path).close()
    path.chmod(0o644)
    Journal.open(path).close()
    assert mode(path) == 0o600


def test_every_connection_is_durable_and_checks_references(tmp_path):
    engine = database.connect(tmp_path / "journal.db")
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert found == ["wal", 2, 1, database.BUSY_MILLISECONDS]


def test_a_path_and_an_sqlite_url_mean_the_same_file(tmp_path, ad, now):
    path = tmp_path / "journal.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record_object(ad(1), "act_1", "120", "m", now())
        assert journal.path == path
    with Journal.open(path) as journal:
        assert journal.ids() == {ad(1): "120"}


@pytest.mark.parametrize("driver", ["nosuchdriver", "asyncpg"])
def test_a_server_whose_driver_cannot_be_used_is_explained_without_the_password(driver):
    with pytest.raises(JournalUnavailable, match="driver") as failure:
        Journal.open(f"postgresql+{driver}://kampanya:hunter22@localhost/journal")
    assert "hunter22" not in str(failure.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalUnavailable, match="file"):
        Journal.open(tmp_path / "file" / "journal.db")


def test_a_journal_another_process_keeps_locked_says_so(tmp_path, monkeypatch, now):
    path = tmp_path / "journal.db"
    monkeypatch.setattr(database, "PRAGMAS", ("PRAGMA busy_timeout = 20", *database.PRAGMAS[1:]))
    with Journal.open(path) as journal, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert journal.runs() == []
        with pytest.raises(JournalUnavailable, match="Another process"):
            journal.begin_run(None, "ayse", "laptop", now())
        other.execute("ROLLBACK")
        assert journal.begin_run(None, "ayse", "laptop", now()) == 1
