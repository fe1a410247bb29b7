"""The warehouse made anew from its landings: a draft beside it, then all tables replaced in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from engine.report import ReportSpec
from warehouse.errors import LoadRefused, WarehouseError
from warehouse.landing import Landing
from warehouse.load import LoadSummary, load_window
from warehouse.store import open_warehouse, quote, transaction
from warehouse.window import utc

Specs = Mapping[tuple[str, str], ReportSpec]  # by platform and name of the report


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one landing came to: a summary, or why it was refused (as it was when it came)."""

    landing: Landing
    summary: LoadSummary | None
    refused: str = ""


def replay(
    con: duckdb.DuckDBPyConnection,
    draft: Path,
    found: Sequence[Landing],
    specs: Specs,
    tell: Callable[[str], None],
) -> list[Replayed]:
    """Load all of `found`, oldest first, into an empty warehouse at `draft`, and make `con` say the same.

    Raises WarehouseError where that would forget a load or know no report for a landing, LandingDamaged, and
    LoadRefused where a landing that was loaded is refused now; then `con` is as it was. Readers see the old
    tables or the new ones.
    """
    loaded = _loads(con)
    _refuse_to_forget(loaded, found)
    with _draft(draft) as new:
        tables = _tables(new)
        done = [_again(new, each, specs, loaded, tell) for each in found]
    with _attached(con, draft), transaction(con):
        for table in tables:
            con.execute(f"delete from {table}")
            con.execute(f"insert into {table} by name select * from replayed.main.{table}")
    _remove(draft)
    return done


def _again(
    con: duckdb.DuckDBPyConnection,
    landing: Landing,
    specs: Specs,
    loaded: frozenset[tuple[object, ...]],
    tell: Callable[[str], None],
) -> Replayed:
    asked = landing.asked
    spec = specs.get((asked.account.platform, asked.report))
    if spec is None:
        raise WarehouseError(
            "A landing of a report that nobody knows",
            f"{landing.manifest}: {asked.account.platform} {asked.report}",
            "Move its folder away, or use the Kampanya that landed it.",
        )
    when = f"{asked.since} … {asked.until} as of {asked.at:%Y-%m-%d %H:%M}"
    tell(f"{asked.account.platform} {asked.report}: {when}")
    try:
        return Replayed(landing, load_window(con, spec, landing))
    except LoadRefused as refused:
        if _identity(landing) in loaded:
            raise
        return Replayed(landing, None, str(refused))


def _identity(landing: Landing) -> tuple[object, ...]:
    account = landing.asked.account
    return account.platform, account.id, landing.asked.report, landing.run, utc(landing.asked.at)


def _loads(con: duckdb.DuckDBPyConnection) -> frozenset[tuple[object, ...]]:
    rows = con.execute("select platform, account_id, report, run, loaded_at from load_log").fetchall()
    return frozenset(rows)


def _refuse_to_forget(loaded: frozenset[tuple[object, ...]], found: Sequence[Landing]) -> None:
    gone = sorted(loaded - {_identity(each) for each in found}, key=str)
    if gone:
        platform, account, report, run, _ = gone[0]
        raise WarehouseError(
            "The warehouse knows more than was kept",
            f"{len(gone)} of its loads have no landing, such as {platform} {report} of {account}, run {run}",
            "Put the folders of landing/ back; or move warehouse.duckdb away, and give up what they said.",
        )


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() where table_name <> 'schema_version'"
    ).fetchall()
    return [name for (name,) in rows]


@contextmanager
def _draft(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    _remove(path)  # of a replay that was killed
    with open_warehouse(path) as con:
        yield con
        con.execute("checkpoint")


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, draft: Path) -> Iterator[None]:
    con.execute(f"attach {quote(str(draft))} as replayed (read_only)")
    try:
        yield
    finally:
        con.execute("detach replayed")


def _remove(draft: Path) -> None:
    for file in (draft, draft.with_name(f"{draft.name}.wal")):
        with suppress(FileNotFoundError):
            file.unlink()
