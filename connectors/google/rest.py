"""What an account of Google Ads holds beside what is read: told by an import, touched by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.google.client import Client
from connectors.google.gaql import REMOVED, quoted, select
from connectors.google.normal import last
from connectors.google.read import CRITERIA

NO_LEVEL = "the language has nothing that holds for the whole account"
NO_SORT = "the language has no word for this sort of criterion"
# Resource → (its column that says the sort, conditions, why it is not said).
REST: Final[dict[str, tuple[str, tuple[str, ...], str]]] = {
    "customer_asset": ("field_type", (f"customer_asset.status != '{REMOVED}'",), NO_LEVEL),
    "customer_negative_criterion": ("type", (), NO_LEVEL),
    **{
        resource: (
            "type",
            (f"{resource}.type NOT IN ({quoted(types)})", f"{resource}.status != '{REMOVED}'"),
            NO_SORT,
        )
        for resource, types in CRITERIA.items()
    },
}


def rest(client: Client) -> Iterator[tuple[str, str, str]]:
    """Kind with its sort, id, and why; one query each. Raises ConnectorError."""
    for resource, (sort, where, why) in REST.items():
        columns = (f"{resource}.resource_name", f"{resource}.{sort}")
        for row in client.rows(select(resource, columns, *where)):
            seen = row[resource]
            kind = f"{resource} {str(seen.get(sort, '')).lower()}".strip()
            yield kind, last(str(seen["resource_name"])), why
