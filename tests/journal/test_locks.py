import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from journal.errors import Locked
from journal.locks import break_lock, exclusive, lock_holder, lock_path
from journal.store import Journal

ROOT = Path(__file__).parents[2]
OWNER = """
import os, subprocess, sys, time
from datetime import UTC, datetime
from journal.locks import exclusive
with exclusive(sys.argv[1], "ayse", "apply", datetime(2026, 11, 2, tzinfo=UTC)):
    if sys.argv[2] == "fork":
        child = os.fork()
    elif sys.argv[2] == "exec":
        child = subprocess.Popen(["sleep", "60"], close_fds=False).pid
    else:
        child = -1
    if child:
        print(child, flush=True)
    time.sleep(60)
"""

JOURNAL_OWNER = """
import sys, time
from datetime import UTC, datetime
from journal.store import Journal
with Journal.open(sys.argv[1]) as journal:
    with journal.exclusive("ayse", "apply", datetime(2026, 11, 2, tzinfo=UTC)):
        print("held", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def owner(path):
    """Starts a process that holds the lock; returns its pid and that of its child."""
    started = []

    def start(children="none"):
        command = [sys.executable, "-c", OWNER, str(path), children]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        started.append([process, 0])
        started[-1][1] = int(process.stdout.readline())
        return process, started[-1][1]

    yield start
    for process, child in started:
        process.kill()
        process.wait()
        process.stdout.close()
        if child > 0:
            os.kill(child, signal.SIGKILL)


def test_the_second_taker_learns_who_holds_it_since_when_and_what_to_do(path, owner, now):
    process, _ = owner()
    with pytest.raises(Locked) as refusal, exclusive(path, "can", "apply", now()):
        pass
    told = str(refusal.value)
    assert "ayse (apply)" in told
    assert f"process {process.pid} on {os.uname().nodename}" in told
    assert "2026-11-02T00:00:00+00:00" in told
    assert f"stop process {process.pid}" in told


@pytest.mark.parametrize("children", ["none", "fork", "exec"])
def test_a_killed_owner_is_taken_over_at_once_even_if_a_child_of_its_lives_on(path, owner, now, children):
    process, child = owner(children)
    process.kill()
    process.wait()
    if child > 0:
        os.kill(child, 0)
    assert lock_holder(path) is None
    with exclusive(path, "can", "apply", now()) as holder:
        assert lock_holder(path) == holder
        assert holder.owner == "can"


def test_a_living_owner_cannot_be_broken_and_a_dead_one_leaves_nothing(path, owner):
    process, _ = owner()
    with pytest.raises(Locked, match=str(process.pid)):
        break_lock(path)
    assert lock_holder(path).pid == process.pid
    process.kill()
    process.wait()
    assert break_lock(path).pid == process.pid
    assert break_lock(path) is None


def test_the_lock_is_free_after_the_block_also_when_it_fails(path, now):
    with exclusive(path, "ayse", "apply", now()):
        assert lock_holder(path).command == "apply"
    with pytest.raises(KeyError), exclusive(path, "ayse", "apply", now()):
        raise KeyError
    assert lock_holder(path) is None
    assert break_lock(path) is None


def test_one_process_cannot_take_it_twice(path, now):
    with exclusive(path, "ayse", "apply", now()):
        with pytest.raises(Locked), exclusive(path, "ayse", "apply", now()):
            pass
        assert lock_holder(path) is not None


def test_a_forked_child_that_leaves_the_block_disturbs_neither_lock_nor_files(path, now):
    block = exclusive(path, "ayse", "apply", now())
    block.__enter__()
    child = os.fork()
    if child == 0:
        leave_in_child(block, path)
    _, status = os.waitpid(child, 0)
    assert os.WEXITSTATUS(status) == 0
    assert lock_holder(path).owner == "ayse"
    block.__exit__(None, None, None)
    assert lock_holder(path) is None


def leave_in_child(block, path):
    """Ends the process with 0 if a file that got the lock's number since is open and unharmed after."""
    try:
        path.write_text("mine")
        with path.open("r+") as bystander:
            block.__exit__(None, None, None)
            os._exit(0 if bystander.read() == "mine" else 1)
    finally:
        os._exit(2)


def test_asking_who_holds_a_lock_nobody_took_makes_no_file(path):
    assert lock_holder(path) is None
    assert break_lock(path) is None
    assert not lock_path(path).exists()


def test_the_lock_file_is_private(path, now):
    with exclusive(path, "ayse", "apply", now()):
        assert lock_path(path).stat().st_mode & 0o777 == 0o600


def test_a_journals_lock_on_any_database_names_its_holder_and_dies_with_it(target, now):
    command = [sys.executable, "-c", JOURNAL_OWNER, target]
    with (
        Journal.open(target) as journal,
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as owner,
    ):
        try:
            owner.stdout.readline()
            assert (journal.lock_holder().pid, journal.lock_holder().owner) == (owner.pid, "ayse")
            with (
                pytest.raises(Locked, match=f"process {owner.pid}"),
                journal.exclusive("can", "apply", now()),
            ):
                pass
            with pytest.raises(Locked, match=f"process {owner.pid}"):
                journal.break_lock()
        finally:
            owner.kill()
        owner.wait()
        wait_until_free(journal)
        assert journal.break_lock().pid == owner.pid
        with journal.exclusive("can", "apply", now()) as holder:
            assert journal.lock_holder() == holder
        assert journal.lock_holder() is None
        assert journal.break_lock() is None


def wait_until_free(journal):
    """A file's lock is free at once; a server has to notice that its client is gone."""
    for _ in range(1 if journal.path else 100):
        if journal.lock_holder() is None:
            return
        time.sleep(0.02)
    pytest.fail("the dead owner still holds the lock")
