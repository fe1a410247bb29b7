"""How a journal comes to be, and how an older one becomes the newest: numbered steps, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    text,
)

from journal.backup import copy_database, private_backup_name
from journal.database import sqlite_path
from journal.errors import JournalUnavailable, NewerSchema
from journal.tables import journal_schema, metadata

Step = Callable[[Connection], None]
ADVISORY_LOCK = 7_265_110  # PostgreSQL: any number, the same for everybody who migrates


def _codes_holders_and_places_of_events(connection: Connection) -> None:
    """2: one-time codes are used once, a server's lock names its holder, an event the object it is about."""
    Table(
        "codes",
        MetaData(),
        Column("approver", Text, primary_key=True),
        Column("counter", BigInteger, primary_key=True, autoincrement=False),
        Column("at", String(32), nullable=False),
    ).create(connection)
    Table(
        "lock_holders",
        MetaData(),
        Column("pid", BigInteger, primary_key=True, autoincrement=False),
        Column("owner", Text, nullable=False),
        Column("host", Text, nullable=False),
        Column("since", String(32), nullable=False),
        Column("command", Text, nullable=False),
    ).create(connection)
    connection.execute(text("ALTER TABLE events ADD COLUMN address TEXT"))


def _declarations(connection: Connection) -> None:
    """3: what each applied plan declared is kept, so that there is a way back to it."""
    Table("plans", found := MetaData(), Column("digest", Text, primary_key=True))
    Table(
        "declarations",
        found,
        Column("digest", Text, ForeignKey("plans.digest"), primary_key=True),
        Column("at", String(32), nullable=False),
        Column("body", Text, nullable=False),
    ).create(connection)


# The step under a number brings a journal of the version before it to that number. Steps never change once
# released, and never use tables.py, which does.
STEPS: Mapping[int, Step] = {2: _codes_holders_and_places_of_events, 3: _declarations}
NEWEST = max(STEPS)


def migrate(engine: Engine, steps: Mapping[int, Step] = STEPS) -> tuple[int | None, int]:
    """Creates or upgrades; returns the version before (None: it was empty) and after.

    A file is copied to `NAME.before-vN` first. Raises NewerSchema, JournalUnavailable.
    """
    newest = max(steps)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        before = version(connection)
        if before is None:
            metadata.create_all(connection)
            connection.execute(journal_schema.insert().values(version=newest))
        elif before < newest:
            _back_up(engine, newest)
            for number in range(before + 1, newest + 1):
                steps[number](connection)
            connection.execute(journal_schema.update().values(version=newest))
        elif before > newest:
            raise _newer(before, newest)
    return before, newest


def version(connection: Connection) -> int | None:
    """The schema version, or None for an empty database. Raises JournalUnavailable for somebody else's."""
    names = set(inspect(connection).get_table_names())
    if "journal_schema" in names:
        number: int = connection.execute(journal_schema.select()).scalar_one()
        return number
    if names:
        raise JournalUnavailable(
            "This database is not a journal",
            f"It holds the tables {', '.join(sorted(names)[:5])}.",
            "Point the journal at a file or database of its own.",
        )
    return None


def _back_up(engine: Engine, newest: int) -> None:
    path = sqlite_path(engine.url.render_as_string(hide_password=False))
    if path is not None:  # of a server, pg_dump is its owner's affair
        copy_database(path, private_backup_name(path, f"before-v{newest}"))


def _newer(found: int, newest: int) -> NewerSchema:
    return NewerSchema(
        "The journal was written by a newer Kampanya",
        f"Its schema version is {found}; this version knows up to {newest}.",
        "Upgrade Kampanya on this machine. Nothing was changed.",
    )
