"""What the fact of each report level is keyed by and carries: the tables as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

METRICS: Mapping[str, str] = MappingProxyType(
    {
        "impressions": "bigint",
        "clicks": "bigint",
        "spend_micros": "bigint",
        "conversions": "double",
        "conversions_value": "double",
    }
)


@dataclass(frozen=True, slots=True)
class Level:
    """`ids` are the entities below the account, outermost first."""

    name: str
    ids: tuple[str, ...]

    @property
    def fact(self) -> str:
        return f"fact_{self.name}_day"

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies a row of one account: all ids, as Google's ad ids may repeat across ad groups."""
        return (*self.ids, "day")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(kind_of(column) + "_name" for column in self.ids)

    @property
    def required(self) -> tuple[str, ...]:
        """Staged columns without which a row is no row."""
        return ("day", "account_id", *self.ids, *METRICS)


def kind_of(id_column: str) -> str:
    """`ad_group_id` → `ad_group`."""
    return id_column.removesuffix("_id")


LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        level.name: level
        for level in (
            Level("account", ()),
            Level("campaign", ("campaign_id",)),
            Level("ad_group", ("campaign_id", "ad_group_id")),
            Level("ad", ("campaign_id", "ad_group_id", "ad_id")),
        )
    }
)
