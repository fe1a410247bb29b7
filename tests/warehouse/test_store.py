"""The files: private, one writer, versioned; a failed transaction leaves nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import WarehouseBusy, WarehouseError
from warehouse.store import SCHEMA, open_mart, open_warehouse, transaction

STEPS = len(list(SCHEMA.glob("*.sql")))
HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@contextmanager
def held(path: Path) -> Iterator[int]:
    """Another process that has the file open for writing."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield other.pid
        other.communicate()


def test_a_new_warehouse_is_private_and_has_the_newest_schema(tmp_path: Path) -> None:
    path = tmp_path / "state" / "warehouse.duckdb"
    with open_warehouse(path) as con:
        con.execute("insert into account values ('meta', '1', 'a', 'TRY', 'Europe/Istanbul')")
        assert con.execute("select max(version) from schema_version").fetchone() == (STEPS,)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"warehouse.duckdb": 0o600, "warehouse.duckdb.wal": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_process_has_its_file_mask_back_afterwards(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_warehouse(tmp_path / "a" / "w.duckdb"), open_warehouse(tmp_path / "b" / "w.duckdb"):
            pass
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        con.execute("insert into account values ('meta', '1', 'a', 'TRY', 'Europe/Istanbul')")
    with open_warehouse(path) as con:
        assert con.execute("select count(*) from account").fetchone() == (1,)
        assert con.execute("select count(*) from schema_version").fetchone() == (STEPS,)


def test_a_second_writer_is_told_who_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with held(path) as pid, pytest.raises(WarehouseBusy) as caught, open_warehouse(path):
        pass
    assert caught.value.pid == pid
    assert f"process {pid} holds" in str(caught.value)


def test_a_warehouse_of_a_newer_kampanya_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        con.execute("insert into schema_version values (99)")
    with pytest.raises(WarehouseError, match="newer than this Kampanya"), open_warehouse(path):
        pass


def test_no_mart_yet_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="kampanya load"), open_mart(tmp_path / "mart.duckdb"):
        pass


def test_an_interrupted_transaction_leaves_nothing() -> None:
    con = duckdb.connect()
    con.execute("create table t (n integer)")
    with suppress(KeyboardInterrupt), transaction(con):
        con.execute("insert into t values (1)")
        raise KeyboardInterrupt
    assert con.execute("select count(*) from t").fetchone() == (0,)
