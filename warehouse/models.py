"""The SQL that makes reports of facts: `sql/*.sql` by dependency, and `tests/*.sql`: what must not be found.

Front matter is comment lines `-- name: value` before the query. Models: `what`, `depends` (comma list) and
`publish` (what its table in the mart is sorted by). Tests: `severity` (error or warn) and `says`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal, cast

import duckdb

from warehouse.errors import WarehouseError
from warehouse.store import transaction

SQL = Path(__file__).parent / "sql"
TESTS = Path(__file__).parent / "tests"
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Model:
    """A query with a name; `order` is the ORDER BY of its published table, empty where its source has one."""

    name: str
    query: str
    depends: tuple[str, ...]
    order: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A data test that found bad rows: how many, and the first few as text."""

    test: str
    severity: Literal["error", "warn"]
    says: str
    rows: int
    sample: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.severity} {self.test}: {self.says} ({self.rows} rows, such as {'; '.join(self.sample)})"
        )


def models(folder: Path = SQL) -> list[Model]:
    """All models, dependencies first. Raises WarehouseError for an unknown or circular dependency."""
    found = {model.name: model for model in map(_model, sorted(folder.glob("*.sql")))}
    unknown = {need for model in found.values() for need in model.depends} - set(found)
    if unknown:
        raise WarehouseError(
            "A model depends on one that is not there", ", ".join(sorted(unknown)), "Mend `-- depends:`."
        )
    try:
        order = list(TopologicalSorter({name: model.depends for name, model in found.items()}).static_order())
    except CycleError as error:
        raise WarehouseError(
            "Models depend on each other in a circle", " → ".join(error.args[1]), "Cut it."
        ) from error
    return [found[name] for name in order]


def build(con: duckdb.DuckDBPyConnection, folder: Path = SQL) -> list[str]:
    """(Re)create every model as a view, in one transaction; returns their names in the order built."""
    ordered = models(folder)
    with transaction(con):
        for model in ordered:
            con.execute(f"create or replace view {model.name} as {model.query}")
    return [model.name for model in ordered]


def check(con: duckdb.DuckDBPyConnection, now: datetime | None = None, folder: Path = TESTS) -> list[Failure]:
    """Run the data tests on built models; errors before warnings.

    `now` (aware) is what freshness is judged by; without it, the time of the newest load of any account.
    """
    moment = now.astimezone(UTC).replace(tzinfo=None) if now else None
    con.execute("set variable now = coalesce($1::timestamp, (select max(loaded_at) from load_log))", [moment])
    found = (_failure(con, file) for file in sorted(folder.glob("*.sql")))
    return sorted(
        (failure for failure in found if failure), key=lambda failure: (failure.severity, failure.test)
    )


def _failure(con: duckdb.DuckDBPyConnection, file: Path) -> Failure | None:
    matter, query = front_matter(file.read_text())
    rows = con.execute(f"select bad, count(*) over () from ({query}) as bad limit {SAMPLE}").fetchall()
    if not rows:
        return None
    severity = cast(Literal["error", "warn"], matter["severity"])
    return Failure(file.stem, severity, matter["says"], rows[0][1], tuple(_words(row) for row, _ in rows))


def _words(row: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items())


def _model(file: Path) -> Model:
    matter, query = front_matter(file.read_text())
    return Model(file.stem, query, tuple(_list(matter.get("depends", ""))), matter.get("publish", ""))


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The leading `-- name: value` lines, and the query after them without its semicolon."""
    lines = text.splitlines()
    head = [line for line in lines[: _body(lines)] if line.strip()]
    pairs = (line.removeprefix("--").partition(":") for line in head)
    return {name.strip(): value.strip() for name, _, value in pairs}, "\n".join(lines[_body(lines) :]).rstrip(
        "; \n"
    )


def _body(lines: list[str]) -> int:
    return next(
        (at for at, line in enumerate(lines) if line.strip() and not line.startswith("--")), len(lines)
    )


def _list(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split(",") if part.strip())
