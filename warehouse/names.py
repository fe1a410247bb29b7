"""What the names of reported objects say, field by field, for reports by naming field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb

from warehouse.store import transaction

Read = Callable[[str, str, str], Mapping[str, str]]  # platform, kind (campaign, ad_group, ad), name → fields


def put_names(con: duckdb.DuckDBPyConnection, read: Read) -> int:
    """Read every reported name anew and replace the whole table; returns how many names said something."""
    named = con.execute(
        "select platform, account_id, kind, entity_id, name from entity where name is not null order by all"
    ).fetchall()
    said = [(tuple(each[:4]), read(each[0], each[2], each[4])) for each in named]
    rows = [(*entity, field, value) for entity, fields in said for field, value in fields.items() if value]
    with transaction(con):
        con.execute("delete from name_field")
        appender = con.appender("name_field")
        appender.append_rows(rows)
        appender.flush()
    return sum(bool(fields) for _, fields in said)
