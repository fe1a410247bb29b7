"""Landed files as typed rows in temporary tables, the unreadable set apart; no row passes through Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from engine.report import ReportSpec
from warehouse.errors import LoadRefused
from warehouse.landing import Landing
from warehouse.levels import LEVELS, METRICS, Level
from warehouse.store import one, quote

_FILE = "__file"
_COLUMN_TYPES = {"day": "date"} | dict(METRICS)


@dataclass(frozen=True, slots=True)
class Staged:
    """Table `stage` holds `good` rows, one a key; `bad` holds the quarantined ones.

    `unreadable_key`: a bad row may stand for any row of the window, so none may be said to have vanished.
    """

    good: int
    bad: int
    unreadable_key: bool
    drift_keys: tuple[str, ...]
    reasons: tuple[str, ...]


def stage(con: duckdb.DuckDBPyConnection, spec: ReportSpec, landing: Landing) -> Staged:
    """Read a landing into temp tables `stage` and `bad` (replacing any before).

    Raises LoadRefused when the spec lacks a column of its level, or two different rows claim one key.
    """
    level = LEVELS[spec.level]
    missing = [name for name in level.required if name not in spec.select]
    if missing:
        raise LoadRefused(
            "The report lacks columns", f"{spec.name}: {', '.join(missing)}", "Mend its ReportSpec."
        )
    _read(con, spec, level, landing)
    _deduplicate(con, level)
    (good,) = one(con, "select count(*) from stage")
    bad, unreadable = one(con, f"select count(*), count(*) filter (where {_any_null(level)}) from bad")
    reasons = con.execute("select reason from bad group by reason order by count(*) desc limit 3").fetchall()
    return Staged(
        int(str(good)),
        int(str(bad)),
        bool(unreadable),
        _drift(con, spec, landing),
        tuple(reason for (reason,) in reasons),
    )


def _read(con: duckdb.DuckDBPyConnection, spec: ReportSpec, level: Level, landing: Landing) -> None:
    """Table `typed`: the spec's columns; `reason` and `raw` where a row cannot be used.

    A value of the wrong shape (a number where a list was) makes read_json give up the file. Only then is it
    read again with such columns as JSON, which is half as fast, so that the one row is told from the others.
    """
    try:
        con.execute(_create_typed(spec, level, _source(landing, spec.columns), "false"))
    except duckdb.InvalidInputException:
        source, wrong_shape = _tolerant(spec, landing)
        con.execute(_create_typed(spec, level, source, wrong_shape))


def _tolerant(spec: ReportSpec, landing: Landing) -> tuple[str, str]:
    """A source that reads any JSON, and the condition for a row with a value of an undeclared type."""
    declared = {column: kind for column, kind in spec.columns.items() if not _is_text(kind)}
    loose = {column: "JSON" if column in declared else "VARCHAR" for column in spec.columns}
    source = _source(landing, loose, ignore_errors="true")
    if not declared:
        return source, "false"
    cast = ", ".join(
        f"try_cast({_name(column)} as {kind}) as {_name(column)}" for column, kind in declared.items()
    )
    lost = " or ".join(
        f"(json_type({_name(column)}) <> 'NULL' and try_cast({_name(column)} as {kind}) is null)"
        for column, kind in declared.items()
    )
    return f"(select * replace ({cast}), coalesce({lost}, false) as __lost from {source})", "landed.__lost"


def _create_typed(spec: ReportSpec, level: Level, source: str, wrong_shape: str) -> str:
    select = ", ".join(f"{_typed(name, sql)} as {name}" for name, sql in _select(spec, level).items())
    faults = ", ".join(f"case when {_unusable(name)} then '{name}' end" for name in level.required)
    return f"""
        create or replace temp table typed as
        with read_rows as (
            select {select}, landed.{_FILE} as file, landed as landed, {wrong_shape} as wrong_shape
            from {source} as landed
        ), judged as (
            select *,
                nullif(concat_ws(', ', {faults}, case when wrong_shape then 'a nested one' end), '') as fault
            from read_rows
        )
        select * exclude (landed, fault, wrong_shape), 'cannot read: ' || fault as reason,
            case when fault is not null then to_json(landed)::varchar end as raw
        from judged"""


def _deduplicate(con: duckdb.DuckDBPyConnection, level: Level) -> None:
    """Table `stage`: one row a key. A row repeated word for word goes to `bad`; rows that differ refuse."""
    key = ", ".join(level.key)
    con.execute("create or replace temp table bad as select * from typed where reason is not null")
    con.execute(f"""
        create or replace temp table repeated as
        select {key}, count(distinct ({", ".join(METRICS)})) as versions from typed where reason is null
        group by {key} having count(*) > 1""")
    clash = con.execute(f"select {key} from repeated where versions > 1 order by all limit 3").fetchall()
    if clash:
        keys = "; ".join(" / ".join(str(part) for part in row) for row in clash)
        raise LoadRefused(
            "Two different rows for one key",
            f"{level.name} rows differ for {keys}",
            "The report's select must be as fine as its rows: is a breakdown requested? Report this.",
        )
    numbered = f"row_number() over (partition by {key})"
    once = f"qualify {numbered} = 1" if _any(con, "repeated") else ""
    con.execute(f"""
        create or replace temp table stage as
        select * exclude (reason, raw) from typed where reason is null {once}""")
    con.execute(f"""
        insert into bad
        select * replace ('row repeated' as reason)
        from typed semi join repeated using ({key}) where reason is null
        qualify {numbered} > 1""")


def _drift(con: duckdb.DuckDBPyConnection, spec: ReportSpec, landing: Landing) -> tuple[str, ...]:
    """Top-level keys the spec does not know, in the order of the alphabet."""
    if not landing.files:
        return ()
    rows = con.execute(f"""
        select distinct unnest(json_keys(json)) as key
        from read_ndjson_objects({_files(landing)}, ignore_errors = true, hive_partitioning = false)
        order by key""").fetchall()
    return tuple(key for (key,) in rows if key not in spec.columns)


def _select(spec: ReportSpec, level: Level) -> Mapping[str, str]:
    wanted = {name: spec.select[name] for name in level.required}
    return wanted | {name: spec.select.get(name, "null::varchar") for name in ("account_name", *level.names)}


def _typed(name: str, expression: str) -> str:
    """An expression that gives NULL where it would fail, of the column's type."""
    return f"try(cast({expression} as {_COLUMN_TYPES.get(name, 'varchar')}))"


def _unusable(name: str) -> str:
    blank = " or trim({0}) = ''" if name.endswith("_id") else ""
    infinite = " or not isfinite({0})" if METRICS.get(name) == "double" else ""
    return ("{0} is null" + blank + infinite).format(name)


def _any_null(level: Level) -> str:
    return " or ".join(f"{name} is null" for name in ("account_id", *level.key))


def _any(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    (count,) = one(con, f"select count(*) from {table}")
    return bool(count)


def _source(landing: Landing, columns: Mapping[str, str], ignore_errors: str = "false") -> str:
    struct = ", ".join(f"{_name(name)}: {quote(kind)}" for name, kind in columns.items())
    if not landing.files:
        nulls = ", ".join(f"null::{kind} as {_name(name)}" for name, kind in columns.items())
        return f"(select {nulls}, null::varchar as {_FILE} where false)"
    return (
        f"read_json({_files(landing)}, format = 'newline_delimited', hive_partitioning = false,"
        f" filename = '{_FILE}', ignore_errors = {ignore_errors}, columns = {{{struct}}})"
    )


def _files(landing: Landing) -> str:
    return "[" + ", ".join(quote(str(file.path)) for file in landing.files) + "]"


def _is_text(kind: str) -> bool:
    return kind.strip().upper() in ("VARCHAR", "TEXT", "STRING")


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
