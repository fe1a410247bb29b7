import os
import threading

import pytest

from journal.backup import restore
from journal.errors import JournalError, JournalUnavailable
from journal.store import Journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


def test_a_backup_is_one_private_file_that_is_a_whole_journal(target, tmp_path, ad, now):
    copy = tmp_path / "copies" / "monday.db"
    with Journal.open(target) as journal:
        journal.record_object(ad(1), "act_1", "120", "m", now())
        journal.backup(copy)
        journal.record_object(ad(2), "act_1", "121", "m", now())
    assert [file.name for file in copy.parent.iterdir()] == ["monday.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    with Journal.open(copy) as restored:
        assert restored.ids() == {ad(1): "120"}


def test_a_backup_never_replaces_a_file(target, tmp_path):
    taken = tmp_path / "taken.db"
    taken.write_text("mine")
    with Journal.open(target) as journal, pytest.raises(JournalError, match=r"taken\.db"):
        journal.backup(taken)
    assert taken.read_text() == "mine"


def test_a_backup_taken_while_another_thread_writes_is_consistent(target, tmp_path, row, now):
    with Journal.open(target) as journal:
        run = journal.begin_run(None, "ayse", "laptop", now())
        stop = threading.Event()

        def write():
            number = 0
            while not stop.is_set():
                journal.intend(run, [row(number), row(number + 1)], now())
                number += 2

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for name in ("a", "b", "c"):
                journal.backup(tmp_path / name)
        finally:
            stop.set()
            writer.join()
    for name in ("a", "b", "c"):
        with Journal.open(tmp_path / name) as copy:
            assert len(copy.intents()) % 2 == 0


def test_a_restore_brings_the_backup_back_and_keeps_what_was_there(path, tmp_path, ad, now):
    copy = tmp_path / "copy.db"
    with Journal.open(path) as journal:
        journal.record_object(ad(1), "act_1", "120", "m", now())
        journal.backup(copy)
        journal.record_object(ad(2), "act_1", "121", "m", now())
        kept = restore(copy, path)
        assert journal.ids() == {ad(1): "120"}
    with Journal.open(kept) as before:
        assert set(before.ids()) == {ad(1), ad(2)}
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_restore_to_a_lost_journal_makes_it_anew(path, tmp_path, ad, now):
    copy = tmp_path / "copy.db"
    with Journal.open(path) as journal:
        journal.record_object(ad(1), "act_1", "120", "m", now())
        journal.backup(copy)
    for file in tmp_path.glob("journal.db*"):
        os.remove(file)
    assert restore(copy, path) is None
    with Journal.open(path) as journal:
        assert journal.ids() == {ad(1): "120"}


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read" * 9, b""])
def test_a_damaged_backup_is_refused_and_the_journal_untouched(path, tmp_path, ad, now, content):
    copy = tmp_path / "copy.db"
    copy.write_bytes(content)
    with Journal.open(path) as journal:
        journal.record_object(ad(1), "act_1", "120", "m", now())
        with pytest.raises(JournalUnavailable, match=r"copy\.db"):
            restore(copy, path)
        assert journal.ids() == {ad(1): "120"}


def test_a_backup_that_is_not_there_is_named(path, tmp_path):
    with pytest.raises(JournalUnavailable, match="absent"):
        restore(tmp_path / "absent", path)
    assert not path.exists()
