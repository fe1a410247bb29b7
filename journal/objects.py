"""Which platform objects are ours: live ones by address, gone ones as history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from engine.resource import Address
from journal.errors import LedgerConflict, UnknownRecord
from journal.records import Bearer, ObjectRecord, State
from journal.tables import objects

MANY = 500  # from here on reading all live rows is quicker than asking for each
_COLUMNS = (
    objects.c.address,
    objects.c.account,
    objects.c.id,
    objects.c.mark,
    objects.c.state,
    objects.c.created_at,
    objects.c.updated_at,
    objects.c.reason,
)
_LIVE = objects.c.state == "live"


def record(connection: Connection, bearers: Sequence[Bearer], at: datetime) -> None:
    """Live from now on. Another id for an address makes the first one gone; in one call the last wins."""
    wanted = {bearer.address: bearer for bearer in bearers}
    held = {row.address: row for row in _live_rows(connection, list(wanted))}
    kept = [(held[address].number, one) for address, one in wanted.items() if _is_same(held, one)]
    changed = [(number, one) for number, one in kept if _differs(held[one.address], one)]
    replaced = [
        (held[address].number, f"replaced by {one.id}")
        for address, one in wanted.items()
        if address in held and not _is_same(held, one)
    ]
    fresh = [one for one in wanted.values() if not _is_same(held, one)]
    _retire(connection, replaced, at)
    _touch(connection, changed, at)
    _add(connection, fresh, at)


def remark(connection: Connection, marks: Mapping[Address, str], at: datetime) -> None:
    """The marks that live objects bear from now on."""
    rows = [{"where": address, "new_mark": mark} for address, mark in marks.items()]
    if rows:
        statement = (
            update(objects)
            .where(objects.c.address == bindparam("where"), _LIVE)
            .values(mark=bindparam("new_mark"), updated_at=at)
        )
        connection.execute(statement, rows)


def forget(
    connection: Connection, address: Address, at: datetime, reason: str, only_id: str | None = None
) -> bool:
    """The live object of an address becomes history; False if there is none, or none with `only_id`."""
    statement = update(objects).where(objects.c.address == address, _LIVE)
    if only_id is not None:
        statement = statement.where(objects.c.id == only_id)
    result = connection.execute(statement.values(state="gone", updated_at=at, reason=reason))
    return result.rowcount > 0


def forget_many(
    connection: Connection, gone: Sequence[tuple[Address, str | None]], at: datetime, reason: str
) -> int:
    """Forgets each (address, id); an id of None means whichever is live. Returns how many were live."""
    held = {row.address: row for row in _live_rows(connection, [address for address, _ in gone])}
    numbers = [
        (held[address].number, reason)
        for address, only_id in gone
        if address in held and only_id in (None, held[address].id)
    ]
    _retire(connection, numbers, at)
    return len(numbers)


def move(connection: Connection, old: Address, new: Address, at: datetime) -> None:
    """The live object of `old` is that of `new`, its id and mark unchanged."""
    taken = {row.address for row in _live_rows(connection, [old, new])}
    if old not in taken:
        raise UnknownRecord("Nothing to move", f"The journal has no live object at {old}.", "Drop `moved:`.")
    if new in taken:
        raise LedgerConflict(
            "The new address is taken",
            f"{old} cannot become {new}: a live object is recorded there.",
            "Remove one of the two declarations, or archive the object first.",
        )
    connection.execute(
        update(objects).where(objects.c.address == old, _LIVE).values(address=new, updated_at=at)
    )


def listed(connection: Connection, state: State | None) -> list[ObjectRecord]:
    """All records in the order they came, or those of one state."""
    return _records(connection, _all(state).order_by(objects.c.number))


def by_mark(connection: Connection, mark: str) -> list[ObjectRecord]:
    """The live bearers of a mark; several only after a move left its mark behind."""
    return _records(connection, _all("live").where(objects.c.mark == mark).order_by(objects.c.number))


def ids(connection: Connection) -> dict[Address, str]:
    rows = connection.execute(select(objects.c.address, objects.c.id).where(_LIVE))
    return {row.address: row.id for row in rows}


def _all(state: State | None) -> Select[Any]:
    statement = select(*_COLUMNS)
    return statement if state is None else statement.where(objects.c.state == state)


def _records(connection: Connection, statement: Select[Any]) -> list[ObjectRecord]:
    return [ObjectRecord(*row) for row in connection.execute(statement)]


def _live_rows(connection: Connection, addresses: Sequence[Address]) -> Sequence[Any]:
    statement = select(objects.c.number, *_COLUMNS).where(_LIVE)
    if len(addresses) <= MANY:
        statement = statement.where(objects.c.address.in_(addresses))
    return connection.execute(statement.with_for_update()).all()


def _is_same(held: dict[Address, Any], one: Bearer) -> bool:
    return one.address in held and held[one.address].id == one.id


def _differs(row: Any, one: Bearer) -> bool:
    return bool((row.account, row.mark) != (one.account, one.mark))


def _retire(connection: Connection, numbers: Sequence[tuple[int, str]], at: datetime) -> None:
    if not numbers:
        return
    statement = (
        update(objects)
        .where(objects.c.number == bindparam("row"))
        .values(state="gone", updated_at=at, reason=bindparam("why"))
    )
    connection.execute(statement, [{"row": number, "why": reason} for number, reason in numbers])


def _touch(connection: Connection, rows: Sequence[tuple[int, Bearer]], at: datetime) -> None:
    if not rows:
        return
    statement = (
        update(objects)
        .where(objects.c.number == bindparam("row"))
        .values(account=bindparam("new_account"), mark=bindparam("new_mark"), updated_at=at)
    )
    connection.execute(
        statement, [{"row": number, "new_account": one.account, "new_mark": one.mark} for number, one in rows]
    )


def _add(connection: Connection, fresh: Sequence[Bearer], at: datetime) -> None:
    if not fresh:
        return
    rows = [
        {
            "address": one.address,
            "account": one.account,
            "id": one.id,
            "mark": one.mark,
            "state": "live",
            "created_at": at,
            "updated_at": at,
        }
        for one in fresh
    ]
    connection.execute(insert(objects), rows)
