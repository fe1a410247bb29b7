"""Run the brand's own rules over a plan, in a DuckDB that can reach nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.custom import TABLES, Row, Verdict, judged, tables
from engine.plan import Plan
from engine.resource import digest_of
from operations.site import Site
from schemas.errors import Problem
from schemas.rule import BrandRule

if TYPE_CHECKING:
    import duckdb

SECONDS = 5.0
MEMORY = "256MB"
MOST_ROWS = 10_000
CHECKED = "rules-checked"  # in the state folder: the digest of the rules that could be run
# https://duckdb.org/docs/operations_manual/securing_duckdb/overview
LOCKED_DOWN: Mapping[str, Any] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,  # a table name is no Python variable
    "memory_limit": MEMORY,
    "temp_directory": "",
    "threads": 1,  # the same rows in the same order
}


def judge(site: Site, plan: Plan) -> Plan:
    """The plan with what the brand's rules say of it; as it was where the brand has none."""
    rules = [each.rule for each in site.workspace.rules]
    if not rules:
        return plan
    today = site.today(plan.created_at).isoformat()
    with _opened(tables(plan, site.supports, site.live, today)) as con:
        return judged(plan, [_verdict(con, rule) for rule in rules], site.supports)


def check(site: Site) -> list[Problem]:
    """What is wrong with the rules themselves: each is run over an empty plan.

    Rules that could be run are remembered by their digest: importing DuckDB would be a third of the time that
    checking a brand takes. What is remembered opens nothing: every plan is judged by the rules themselves.
    """
    if not site.workspace.rules:
        return []
    digest = _digest([each.rule for each in site.workspace.rules])
    if _remembered(site) == digest:
        return []
    with _opened({}) as con:
        problems = [
            Problem("A rule that cannot be run", f"{each.rule.rule}: {error}", "Mend its SQL.", each.where)
            for each in site.workspace.rules
            if (error := _verdict(con, each.rule).error)
        ]
    if not problems:
        with suppress(OSError):  # a brand that can only be read is checked each time
            (site.state / CHECKED).write_text(digest, encoding="utf-8")
    return problems


def _remembered(site: Site) -> str:
    try:
        return (site.root / ".kampanya" / site.environment / CHECKED).read_text(encoding="utf-8")
    except OSError:
        return ""


def _digest(rules: Sequence[BrandRule]) -> str:
    """Of the rules, of the tables they see, and of the DuckDB that runs them."""
    found = find_spec("duckdb")
    stamp = Path(found.origin).stat().st_mtime_ns if found and found.origin else 0
    return digest_of([[each.sql for each in rules], [dict(each) for each in TABLES.values()], stamp])


@contextmanager
def _opened(rows: Mapping[str, Sequence[Row]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the tables of a plan; nobody can configure it any more."""
    import duckdb

    con = duckdb.connect(":memory:", config=dict(LOCKED_DOWN))
    try:
        con.execute("set timezone = 'UTC'")
        for table, columns in TABLES.items():
            if not rows.get(table):
                con.execute(f"create table {table} ({', '.join(map(' '.join, columns.items()))})")
                continue
            con.execute(
                f"create table {table} as select row.* from (select unnest(from_json($1, $2)) as row)",
                [json.dumps(rows[table], ensure_ascii=False), json.dumps([dict(columns)])],
            )
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()


def _verdict(con: duckdb.DuckDBPyConnection, rule: BrandRule) -> Verdict:
    """What one rule found. What it did to the database is undone: the next one sees the plan as it is."""
    import duckdb

    alarm = threading.Timer(SECONDS, con.interrupt)
    try:
        _demand_select(con, rule.sql)
        con.execute("begin transaction read only")
        alarm.start()
        result = con.execute(rule.sql)
        names = [column[0] for column in result.description or ()]
        found = result.fetchmany(MOST_ROWS)
    except duckdb.InterruptException:
        return Verdict(rule.rule, rule.severity, error=f"it takes longer than {SECONDS:.0f} seconds")
    except duckdb.OutOfMemoryException:
        return Verdict(rule.rule, rule.severity, error=f"it needs more than {MEMORY} of memory")
    except (duckdb.Error, ValueError) as error:
        return Verdict(rule.rule, rule.severity, error=str(error).partition("\n\n")[0])
    finally:
        alarm.cancel()
        with suppress(duckdb.Error):  # it may never have begun
            con.execute("rollback")
    messages = sorted({_message(rule, dict(zip(names, row, strict=True))) for row in found})
    return Verdict(rule.rule, rule.severity, tuple(messages))


def _demand_select(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raises ValueError for anything but one SELECT, duckdb.Error for what cannot be parsed."""
    import duckdb

    statements = con.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ValueError("a rule is one SELECT of what is forbidden")


def _message(rule: BrandRule, row: Mapping[str, object]) -> str:
    told = row.get("message")
    words = str(told) if told is not None else ", ".join(f"{name} {value}" for name, value in row.items())
    return f"{rule.says}: {words}" if rule.says else words
