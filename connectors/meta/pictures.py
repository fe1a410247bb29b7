"""The account's images and videos as people see them, fetched from where Meta shows them into a workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from connectors.base import Handle
from connectors.errors import Rejected
from connectors.fetching import content
from connectors.meta.read import Reader

LARGEST = 30 * 1024 * 1024  # bytes: the Ads Guide's limit of an image
LONGEST = 256 * 1024 * 1024  # bytes of a film that is worth a copy in a workspace; Meta takes 4 GB


def fetched(graph: Reader, account: str, ids: Collection[Handle]) -> Iterator[tuple[Handle, bytes]]:
    """Images by their hash, videos by their id. No token goes along: the address alone shows them.

    Meta tells the source of a video only to those who may edit it (AdVideo, `source`). Raises ConnectorError.
    """
    wanted = {id for kind, id in ids if kind == "image"}
    rows = graph.rows(account, "adimages", fields=("hash", "url")) if wanted else ()
    for row in rows:
        if str(row.get("hash")) in wanted and (found := content(str(row.get("url", "")), LARGEST)):
            yield ("image", str(row["hash"])), found
    for id in sorted(id for kind, id in ids if kind == "video"):
        if found := content(_source(graph, id), LONGEST):
            yield ("video", id), found


def _source(graph: Reader, id: str) -> str:
    try:
        return str(graph.get(id, fields="source").get("source", ""))
    except Rejected:  # not ours to see
        return ""
