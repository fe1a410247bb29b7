import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from journal.store import Journal

ROOT = Path(__file__).parents[2]
CRASHING = Path(__file__).with_name("crashing.py")
WRITER = """
import sys
from datetime import UTC, datetime
from engine.resource import Address
from journal.records import IntentRow, Settlement
from journal.store import Journal
at, name, rounds = datetime(2026, 11, 2, tzinfo=UTC), sys.argv[2], int(sys.argv[3])
with Journal.open(sys.argv[1]) as journal:
    run = journal.begin_run(None, name, "laptop", at)
    for turn in range(rounds):
        keys = [Address("meta", "ad", f"{name}/{turn}/{n}") for n in range(4)]
        numbers = journal.intend(run, [IntentRow(key, "act_1", "create", "build", {}) for key in keys], at)
        print(*numbers, flush=True)
        journal.settle_many([Settlement(number, "applied", f"id{number}") for number in numbers], at)
    journal.finish_run(run, "done", at)
"""


def start(path, name, rounds):
    command = [sys.executable, "-c", WRITER, str(path), name, str(rounds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_a_kill_at_any_statement_or_commit_leaves_nothing_half_done(tmp_path):
    done = subprocess.run(
        [sys.executable, str(CRASHING), str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50


@pytest.mark.parametrize("milliseconds", [0, 1, 3, 7, 20])
def test_every_intent_announced_before_a_kill_is_there_after_it(tmp_path, milliseconds):
    path = tmp_path / "journal.db"
    process = start(path, "a", 100_000)
    announced = [process.stdout.readline() for _ in range(5)]
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGKILL)
    announced += [line for line in process.stdout.read().splitlines() if line.count(" ") == 3]
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    with Journal.open(path) as journal:
        intents = journal.intents()
        written = {intent.intent_id for intent in intents}
        applied = {intent.address for intent in intents if intent.outcome == "applied"}
        assert {int(number) for line in announced for number in line.split()} <= written
        assert len(written) % 4 == 0
        assert len(applied) % 4 == 0
        assert set(journal.ids()) == applied


def test_processes_that_open_and_write_one_new_journal_at_once_all_succeed(tmp_path):
    path = tmp_path / "state" / "journal.db"
    path.parent.mkdir(mode=0o700)
    writers = [start(path, name, 25) for name in "abc"]
    output = [writer.communicate()[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    numbers = [int(number) for text in output for number in text.split()]
    assert sorted(numbers) == list(range(1, 301))
    with Journal.open(path) as journal:
        assert len(journal.ids()) == 300
        assert {run.status for run in journal.runs()} == {"done"}
