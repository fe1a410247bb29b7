"""The mart: all models as sorted tables in a file of its own, put in place whole, for anybody to read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import duckdb

from schemas.private import private_folder
from warehouse.models import models
from warehouse.store import one, open_mart, quote, transaction

# Tables that go into the mart as they are, and their order: what names say, and how the numbers came about.
LEDGERS = {
    "name_field": "platform, account_id, kind, entity_id, field",
    "load_log": "load_id",
    "restatement": "load_id",
    "quarantine": "load_id",
    "schema_drift": "first_load_id",
}


def publish(con: duckdb.DuckDBPyConnection, mart: Path, storage_version: str | None = None) -> None:
    """Write `mart` from the built models of the warehouse `con` and replace it in one rename.

    Readers that have the old file open keep reading it; the next to open sees the new one. Give
    `storage_version` (such as "v1.5.0") for programs whose DuckDB is older than 2.0.
    """
    private_folder(mart.parent)
    draft = mart.with_name(f".{mart.name}.{uuid4().hex}")
    try:
        with _attached(con, draft, storage_version), transaction(con):
            _copy(con)
        os.chmod(draft, 0o600)
        _sync(draft)
        os.replace(draft, mart)
        _sync(mart.parent)
    finally:
        for leftover in (draft, draft.with_name(f"{draft.name}.wal")):
            with suppress(FileNotFoundError):
                leftover.unlink()


def export(mart: Path, folder: Path) -> list[Path]:
    """Every table of the mart as Parquet; returns the files, each replaced whole."""
    private_folder(folder)
    with open_mart(mart) as con:
        names = [
            name for (name,) in con.execute("select table_name from duckdb_tables() order by all").fetchall()
        ]
    files = []
    with duckdb.connect() as con:
        con.execute(f"attach {quote(str(mart))} as mart (read_only)")
        for name in names:
            files.append(_export_table(con, name, folder / f"{name}.parquet"))
    return files


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, file: Path, storage_version: str | None) -> Iterator[None]:
    option = f" (storage_version {quote(storage_version)})" if storage_version else ""
    con.execute(f"attach {quote(str(file))} as mart{option}")
    try:
        yield
        con.execute("checkpoint mart")
    finally:
        con.execute("detach mart")


def _copy(con: duckdb.DuckDBPyConnection) -> None:
    """Each model is made of the mart's own tables where they exist, so that nothing is sorted twice."""
    (warehouse,) = one(con, "select current_database()")
    con.execute(f"set search_path = {quote(f'mart,{warehouse}')}")
    try:
        for model in models():
            order = f"order by {model.order}" if model.order else ""
            con.execute(f"create table mart.{model.name} as from ({model.query}) {order}")
    finally:
        con.execute("reset search_path")
    for name, order in LEDGERS.items():
        con.execute(f"create table mart.{name} as from {name} order by {order}")


def _export_table(con: duckdb.DuckDBPyConnection, name: str, file: Path) -> Path:
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    con.execute(f"copy mart.{name} to {quote(str(draft))} (format parquet, compression zstd)")
    os.chmod(draft, 0o600)
    os.replace(draft, file)
    return file


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
