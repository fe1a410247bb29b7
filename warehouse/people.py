"""A brand's customers as rows: from a CSV or Parquet file, or a query, streamed and never written anywhere.

Nothing is kept: DuckDB works in memory, may not spill, and reaches no file outside of the workspace. What it
says of a failure may quote a row, so its words are not repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError
from warehouse.store import quote

AT_ONCE = 10_000  # rows held at a time
MEMORY = "1GB"
READERS = {".csv": "read_csv({path}, all_varchar = true, header = true)", ".parquet": "read_parquet({path})"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where customers come from: `file` below `root`, or `query`, which sees the mart if there is one."""

    root: Path
    mart: Path
    file: str | None = None
    query: str | None = None

    def __str__(self) -> str:
        return self.file or "the query"


def rows(source: Source, columns: Mapping[str, str]) -> Iterator[dict[str, str | None]]:
    """Each row by our names of the columns (name → column); other columns are not read.

    Raises WarehouseError, which quotes nothing that was read.
    """
    with _open(source) as con:
        table = _table(con, source)
        _demand(con, source, table, columns)
        wanted = ", ".join(
            f'cast({_name(column)} as varchar) as "{name}"' for name, column in columns.items()
        )
        with _silent(source):
            result = con.execute(f"select {wanted} from {table}")
        while True:
            with _silent(source):
                found = result.fetchmany(AT_ONCE)
            if not found:
                return
            for row in found:
                yield dict(zip(columns, row, strict=True))


def named(source: Source, names: Sequence[str]) -> list[str]:
    """Those of `names` that are columns of the source. Raises WarehouseError."""
    with _open(source) as con:
        found = _columns(con, source, _table(con, source))
    return [each for each in names if each in found]


@contextmanager
def _open(source: Source) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(":memory:", config={"temp_directory": "", "memory_limit": MEMORY})
    try:
        if source.query and source.mart.is_file():
            con.execute(f"attach {quote(str(source.mart))} as mart (read_only)")
            con.execute("use mart")
        # A query's own paths would begin where the process stands, which is anywhere.
        con.execute(f"set variable workspace = {quote(str(source.root.resolve()))}")
        con.execute(f"set allowed_directories = [{quote(str(source.root.resolve()))}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()


def _table(con: duckdb.DuckDBPyConnection, source: Source) -> str:
    if source.query is not None:
        _demand_reading(con, source.query)
        return f"({source.query.strip().rstrip(';')}\n)"
    path = source.root.resolve() / str(source.file)
    if not path.is_file():
        raise WarehouseError("The list of customers is not there", str(source.file), "Put the file there.")
    return READERS[path.suffix.lower()].format(path=quote(str(path)))


def _demand_reading(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """One SELECT and nothing else: COPY could write what is read into a file."""
    try:
        kinds = [each.type for each in con.extract_statements(query)]
    except duckdb.Error:
        kinds = []
    if kinds != [duckdb.StatementType.SELECT]:
        raise WarehouseError(
            "The query of a list of customers must only read",
            "it is not one SELECT that DuckDB understands",
            "Write one SELECT; try it with `kampanya query`.",
        )


def _demand(con: duckdb.DuckDBPyConnection, source: Source, table: str, columns: Mapping[str, str]) -> None:
    found = _columns(con, source, table)
    missing = [each for each in columns.values() if each not in found]
    if missing:
        raise WarehouseError(
            "The list of customers lacks columns",
            f"{source} has no {', '.join(missing)}",
            "Name its columns under `columns` as they are spelt there, in a first line of names.",
        )


def _columns(con: duckdb.DuckDBPyConnection, source: Source, table: str) -> set[str]:
    with _silent(source):
        return {str(row[0]) for row in con.execute(f"describe select * from {table}").fetchall()}


@contextmanager
def _silent(source: Source) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise WarehouseError(
            "The list of customers cannot be read",
            f"{source}: {type(error).__name__}; what DuckDB says of it may quote a customer and is left out",
            "Try the query, or `select * from 'FILE' limit 0`, in DuckDB itself.",
        ) from None


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
