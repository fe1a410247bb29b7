"""An apply that is killed at every statement and commit of its journal in turn: run as a program.

For each n, a child process kills itself with SIGKILL at the nth point; what is left is checked, and the same
work is done again. Prints how many points there were.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, event

from engine.resource import Address
from journal.records import IntentRow, Settlement
from journal.store import Journal

AT = datetime(2026, 11, 2, tzinfo=UTC)
ADDRESSES = [Address("meta", "ad", f"yil-sonu/eve/{name}") for name in "abc"]
OLD = Address("meta", "ad", "yil-sonu/eve/old")


def die_at(point: int) -> None:
    """SIGKILL at the nth of: before a statement, before a commit. After one is before the next."""
    passed = 0

    def step(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "commit"):
        event.listen(Engine, name, step)


def apply(folder: Path) -> None:
    with Journal.open(folder / "journal.db") as journal:
        journal.record_object(OLD, "act_1", "old", "old", AT)
        run = journal.begin_run(None, "ayse", "laptop", AT)
        rows = [IntentRow(address, "act_1", "create", "build", {}, address.key) for address in ADDRESSES]
        rows.append(IntentRow(OLD, "act_1", "archive", "build", {}, "old", "old"))
        numbers = journal.intend(run, rows, AT)
        (folder / "called").write_text(",".join(map(str, numbers)))
        journal.settle_many([Settlement(number, "applied", f"id{number}") for number in numbers], AT)
        (folder / "settled").touch()
        journal.finish_run(run, "done", AT)
        (folder / "finished").touch()


def check(folder: Path) -> None:
    """What a survivor finds: nothing half done, and nothing called that is not written."""
    with Journal.open(folder / "journal.db") as journal:
        found = journal.intents()
        assert len(found) in (0, 4), f"half an intend: {found}"
        if (folder / "called").exists():
            called = [int(number) for number in (folder / "called").read_text().split(",")]
            assert [intent.intent_id for intent in found] == called, "called but not written"
        outcomes = {intent.outcome for intent in found}
        assert len(outcomes) <= 1, f"half a settlement: {outcomes}"
        live = set(journal.ids())
        if outcomes == {"applied"}:
            assert live == set(ADDRESSES), f"settled, but live are {live}"
        else:
            assert live <= {OLD}, f"not settled, but live are {live}"
            assert not (folder / "settled").exists(), "settled and lost"
        done = [run.status for run in journal.runs()] == ["done"]
        assert done or not (folder / "finished").exists(), "finished and lost"
        recover(journal)


def recover(journal: Journal) -> None:
    """Whatever is open can be settled, and then the creates are free to be intended again."""
    left = journal.open_intents()
    journal.settle_many([Settlement(intent.intent_id, "abandoned") for intent in left], AT)
    run = journal.begin_run(None, "can", "laptop", AT)
    journal.intend(run, [IntentRow(one, "act_1", "create", "build", {}) for one in ADDRESSES], AT)
    assert len(journal.open_intents()) == len(ADDRESSES)


def child(folder: Path, point: int) -> int:
    """The signal that ended a child which applies, 0 if it reached the end."""
    pid = os.fork()
    if pid == 0:
        die_at(point)
        apply(folder)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"point {point}: the child failed"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main(root: Path) -> None:
    point = 1
    while True:
        folder = root / str(point)
        folder.mkdir()
        ended_by = child(folder, point)
        check(folder)
        if ended_by == 0:
            break
        assert ended_by == signal.SIGKILL
        point += 1
    print(point - 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
