"""The ledger's tables at the newest schema version; migrations.py brings older files here."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any
from zlib import compress, decompress

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, or_
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from engine.resource import Address


class NaiveTimestamp(DontWrapMixin, ValueError):
    """A timestamp without a time zone; the ledger takes none."""


class Instant(TypeDecorator[datetime]):
    """An aware timestamp as UTC text of one width, which sorts as time on every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimestamp(f"the journal takes aware timestamps only, not {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Packed(TypeDecorator[str]):
    """A long text, compressed; base64, so that every database and backup takes it as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else b64encode(compress(value.encode())).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else decompress(b64decode(value)).decode()


class Json(TypeDecorator[Any]):
    """A JSON value as text, so that both databases keep and return the same."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class AddressText(TypeDecorator[Address]):
    """An address as a person reads it: `meta:ad_set/yil-sonu/eve-siparis`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Address | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Address | None:
        return None if value is None else Address.parse(value)


# SQLite numbers rows by itself only where the type is exactly INTEGER.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

journal_schema = Table(
    "journal_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False)
)

objects = Table(
    "objects",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("address", AddressText, nullable=False),
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
)
_live = objects.c.state == "live"
Index("objects_live", objects.c.address, unique=True, sqlite_where=_live, postgresql_where=_live)
Index("objects_mark", objects.c.mark)

plans = Table(
    "plans",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("summary", Json, nullable=False),
    Column("verdict", Text, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("digest", Text, ForeignKey("plans.digest"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("shown", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", Text),
)

# What each applied plan declared, so that there is a way back to it.
declarations = Table(
    "declarations",
    metadata,
    Column("digest", Text, ForeignKey("plans.digest"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("body", Packed, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("approver", Text, primary_key=True),
    Column("counter", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

# Who holds the lock of a journal on a server; beside a file it stands in the lock's own file.
lock_holders = Table(
    "lock_holders",
    metadata,
    Column("pid", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("command", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("digest", Text, ForeignKey("plans.digest"), index=True),
    Column("actor", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

intents = Table(
    "intents",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("runs.number"), nullable=False, index=True),
    Column("address", AddressText, nullable=False, index=True),
    Column("account", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("mark", Text, nullable=False),
    Column("id", Text),
    Column("at", Instant, nullable=False),
    Column("outcome", Text),
    Column("code", Text, nullable=False, server_default=""),
    Column("message", Text, nullable=False, server_default=""),
    Column("settled_at", Instant, index=True),
)
OPEN = or_(intents.c.outcome.is_(None), intents.c.outcome == "unknown")
Index("intents_open", intents.c.number, sqlite_where=OPEN, postgresql_where=OPEN)
# Money rule 6 in the schema: a create that nobody knows the outcome of cannot be intended again.
_open_create = (intents.c.operation == "create") & OPEN
Index(
    "intents_open_create",
    intents.c.address,
    unique=True,
    sqlite_where=_open_create,
    postgresql_where=_open_create,
)

events = Table(
    "events",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("address", AddressText),
)
