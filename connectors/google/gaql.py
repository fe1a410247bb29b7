"""Queries in Google's query language, as texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# A longer list of labels or ids is not sent: everything is read, and what is not ours is left out here.
LONGEST_LIST = 500
REMOVED = "REMOVED"


def select(resource: str, columns: Sequence[str], *where: str) -> str:
    """A GAQL query."""
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return f"SELECT {', '.join(columns)} FROM {resource}{condition}"


def quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def one_of(field: str, values: Sequence[str]) -> str:
    return f"{field} IN ({quoted(values)})"


def among(field: str, ids: Sequence[str]) -> list[str]:
    """The condition that an id is one of these; none where the list would be too long."""
    return [f"{field} IN ({', '.join(ids)})"] if len(ids) <= LONGEST_LIST else []
