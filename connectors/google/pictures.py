"""The account's images as Google shows them, fetched into a workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from connectors.base import Handle
from connectors.fetching import content
from connectors.google.client import Client
from connectors.google.gaql import select
from connectors.google.normal import last

LARGEST: Final = 5 * 1024 * 1024  # bytes of an image: …/docs/performance-max/asset-requirements
COLUMNS: Final = ("asset.resource_name", "asset.image_asset.full_size.url")


def fetched(client: Client, ids: Collection[Handle]) -> Iterator[tuple[Handle, bytes]]:
    """Images by the id of their asset; their address shows them to anybody. Raises ConnectorError."""
    wanted = {id for kind, id in ids if kind == "asset"}
    for row in client.rows(select("asset", COLUMNS, "asset.type = 'IMAGE'")) if wanted else ():
        asset = row["asset"]
        id = last(str(asset["resource_name"]))
        url = asset.get("image_asset", {}).get("full_size", {}).get("url")
        if id in wanted and url and (found := content(str(url), LARGEST)):
            yield ("asset", id), found
