"""A backup is one file wherever the journal is, so it moves a journal from a file to a server and back."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from journal import server_backup
from journal.errors import JournalError, Locked
from journal.store import Journal


def fill(journal, ad, row, plan_digest, now):
    """Something in every table, settled and open."""
    journal.record_plan(plan_digest, "plans/1.json", "live", now(), {"creates": 2}, "passed")
    journal.approve(plan_digest, "Ayşe", now(1), now(hours=24), "shown", "mail")
    journal.use_code("Ayşe", 7, now(1))
    run = journal.begin_run(plan_digest, "ayse", "laptop", now(2))
    first, _ = journal.intend(run, [row(1), row(2)], now(3))
    journal.settle(first, "applied", now(4), "120")
    journal.event("pause", now(5), "can", {"keys": ["ğüşiöç"]}, ad(1))
    return run


def everything(journal):
    return (
        journal.objects(), journal.plans(), journal.approvals(), journal.runs(), journal.intents(),
        journal.events(), journal.log(), journal.schema_version,
    )  # fmt: skip


@pytest.mark.parametrize("back", ["file", "server"])
def test_a_servers_backup_holds_all_of_it_and_comes_back(
    schema, server, tmp_path, ad, row, plan_digest, now, back
):
    copy = tmp_path / "copy.db"
    with Journal.open(schema) as journal:
        fill(journal, ad, row, plan_digest, now)
        before = everything(journal)
        journal.backup(copy)
        with Journal.open(copy) as held:
            assert everything(held) == before
            if back == "server":
                journal.event("pause", now(9), "later", {})
                journal.forget_object(ad(1), now(9), "lost")
                journal.restore(held, tmp_path / "kept.db")
                assert everything(journal) == before
                assert not journal.use_code("Ayşe", 7, now())
    if back == "server":
        with Journal.open(tmp_path / "kept.db") as kept:
            assert [event.actor for event in kept.events()] == ["can", "later"]


def test_what_is_written_after_a_restore_is_numbered_on(schema, tmp_path, ad, row, plan_digest, now):
    with Journal.open(tmp_path / "file.db") as file, Journal.open(schema) as journal:
        run = fill(file, ad, row, plan_digest, now)
        journal.restore(file, tmp_path / "kept.db")
        assert journal.intend(run, [row(3)], now(6)) == [3]
        assert journal.begin_run(None, "can", "laptop", now(7)) == run + 1
        journal.event("load", now(8), "flow", {})
        assert [event.kind for event in journal.events()] == ["pause", "load"]


def test_a_restore_that_fails_half_way_leaves_the_server_as_it_was(
    schema, tmp_path, ad, row, plan_digest, now, monkeypatch
):
    with Journal.open(tmp_path / "file.db") as file, Journal.open(schema) as journal:
        fill(file, ad, row, plan_digest, now)
        journal.record_object(ad(9), "act_1", "999", "m", now())

        def breaks(*_):
            raise RuntimeError("power cut")

        monkeypatch.setattr(server_backup, "_count_on", breaks)
        with pytest.raises(RuntimeError):
            journal.restore(file, tmp_path / "kept.db")
        assert journal.ids() == {ad(9): "999"}


def test_a_restore_never_overwrites_what_was_kept_before(schema, tmp_path, ad, now):
    kept = tmp_path / "kept.db"
    kept.write_text("mine")
    with Journal.open(tmp_path / "file.db") as file, Journal.open(schema) as journal:
        journal.record_object(ad(9), "act_1", "999", "m", now())
        with pytest.raises(JournalError, match=r"kept\.db"):
            journal.restore(file, kept)
        assert journal.ids() == {ad(9): "999"}
    assert kept.read_text() == "mine"


def test_an_apply_whose_lock_was_lost_intends_nothing_more_but_a_pause_still_can(schema, server, row, now):
    """The server went away and came back: somebody else may be applying by now."""
    with Journal.open(schema) as journal, Journal.open(schema) as other:
        run = journal.begin_run(None, "ayse", "laptop", now())
        with journal.exclusive("ayse", "apply", now()):
            journal.intend(run, [row(1)], now())
            cut(server)
            with other.exclusive("can", "apply", now()):
                with pytest.raises(Locked, match="lost"):
                    journal.intend(run, [row(2)], now())
                assert len(journal.intend(run, [row(3, "pause")], now())) == 1
                with pytest.raises(Locked, match="lost"):
                    journal.intend(run, [row(4)], now())
            assert [intent.operation for intent in journal.intents()] == ["create", "pause"]


def cut(server):
    """Ends the connections that hold an advisory lock."""
    engine = create_engine(server)
    with engine.begin() as connection:
        held = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"
        assert connection.execute(text(held)).scalars().all() == [True]
    engine.dispose()
