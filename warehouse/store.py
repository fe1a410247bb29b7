"""The two DuckDB files: the warehouse with one writer and a versioned schema, the mart that anybody reads."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.private import private_folder
from warehouse.errors import WarehouseBusy, WarehouseError

SCHEMA = Path(__file__).parent / "schema"
MEMORY_LIMIT = "2GB"
_HELD = re.compile(r"PID (\d+)")
# A mart opened for somebody's SQL: no other file can be read or written from it.
_READ_ONLY: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": False}


@contextmanager
def open_warehouse(path: Path, memory_limit: str = MEMORY_LIMIT) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse for writing, created and migrated when needed; files are 0600 in a folder of 0700.

    Raises WarehouseBusy while another process has it open, WarehouseError if a newer Kampanya wrote it.
    """
    private_folder(path.parent)
    with _private_files():
        con = connect(path)
        try:
            os.chmod(path, 0o600)
            _settle(con, path.parent / "spill", memory_limit)
            _migrate(con, path)
            yield con
        finally:
            con.close()


@contextmanager
def open_mart(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published mart, read-only, times in UTC. Raises WarehouseError if nothing was published yet."""
    if not path.exists():
        raise WarehouseError("There is no mart yet", str(path), "Run `kampanya load` first.")
    con = connect(path, read_only=True)
    try:
        con.execute("set timezone = 'UTC'")
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing, exceptions included."""
    con.execute("begin transaction")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


@contextmanager
def reading(source: Path | duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to read from: the mart at a path, or an open one as it is."""
    if isinstance(source, Path):
        with open_mart(source) as con:
            yield con
    else:
        yield source


def connect(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """`duckdb.connect` whose lock error names the process to look for."""
    try:
        return duckdb.connect(str(path), read_only=read_only, config=_READ_ONLY if read_only else {})
    except duckdb.IOException as error:
        if "Could not set lock" not in str(error):
            raise
        held = _HELD.search(str(error))
        raise WarehouseBusy(str(path), int(held[1]) if held else None) from error


def quote(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def one(con: duckdb.DuckDBPyConnection, sql: str, values: object = None) -> tuple[object, ...]:
    """The single row of a query that always has one."""
    row: tuple[object, ...] | None = con.execute(sql, values).fetchone()
    assert row is not None
    return row


def _settle(con: duckdb.DuckDBPyConnection, spill: Path, memory_limit: str) -> None:
    con.execute("set timezone = 'UTC'")
    con.execute("set preserve_insertion_order = false")  # loading needs half the memory; every reader orders
    con.execute(f"set memory_limit = {quote(memory_limit)}")
    con.execute(f"set temp_directory = {quote(str(spill))}")


def _migrate(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    steps = sorted(SCHEMA.glob("[0-9]*.sql"))
    con.execute("create table if not exists schema_version (version integer not null)")
    (found,) = one(con, "select coalesce(max(version), 0) from schema_version")
    version = int(str(found))
    if version > len(steps):
        raise WarehouseError(
            "The warehouse is newer than this Kampanya",
            f"{path} has schema {version}, this Kampanya knows {len(steps)}",
            "Upgrade Kampanya, or point it at another state folder.",
        )
    for number, step in enumerate(steps[version:], start=version + 1):
        with transaction(con):
            con.execute(step.read_text())
            con.execute("insert into schema_version values (?)", [number])


_umask_lock = threading.Lock()
_umask_users = 0
_umask_before = 0


@contextmanager
def _private_files() -> Iterator[None]:
    """While a warehouse is open new files are ours alone: DuckDB makes logs and spill files when it likes.

    The mask belongs to the process, so threads that have a warehouse open share one.
    """
    global _umask_users, _umask_before
    with _umask_lock:
        if not _umask_users:
            _umask_before = os.umask(0o077)
        _umask_users += 1
    try:
        yield
    finally:
        with _umask_lock:
            _umask_users -= 1
            if not _umask_users:
                os.umask(_umask_before)
