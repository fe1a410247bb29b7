"""The map from the platforms' ids to the keys of the YAML, which every view joins by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import duckdb

from warehouse.store import transaction

Kind = Literal["campaign", "ad_set", "ad"]
# The unified tables say ad group where the YAML says ad set.
ENTITY_KIND: Mapping[Kind, str] = MappingProxyType({"campaign": "campaign", "ad_set": "ad_group", "ad": "ad"})


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """`id` is as the platform's reports give it, `key` the YAML path: `campaign[/ad_set[/ad]]`.

    A platform's campaign that stands for one ad set (Google's own-budget form) has the key `campaign/ad_set`.
    Archived objects belong in the map as long as their spend shall count as ours.
    """

    platform: str
    account: str
    kind: Kind
    id: str
    key: str


def put_objects(con: duckdb.DuckDBPyConnection, rows: Iterable[ObjectRow]) -> int:
    """Replace the whole map; returns how many objects it has. Raises KeyError for a kind without reports."""
    named = {(row.platform, row.account, ENTITY_KIND[row.kind], row.id): row.key for row in rows}
    with transaction(con):
        con.execute("delete from object_key")
        appender = con.appender("object_key")
        appender.append_rows([(*identity, key) for identity, key in sorted(named.items())])
        appender.flush()
    return len(named)
