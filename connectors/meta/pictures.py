"""The account's images as people see them, fetched from where Meta shows them into a workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

import requests

from connectors.base import Handle
from connectors.meta.read import Reader

LARGEST = 30 * 1024 * 1024  # bytes: the Ads Guide's limit of an image
SECONDS = 60
LOOPBACK = "127.0.0.1"


def fetched(graph: Reader, account: str, ids: Collection[Handle]) -> Iterator[tuple[Handle, bytes]]:
    """Images by their hash. No token goes along: the address alone shows them. Raises ConnectorError."""
    wanted = {id for kind, id in ids if kind == "image"}
    if not wanted:
        return
    for row in graph.rows(account, "adimages", fields=("hash", "url")):
        if str(row.get("hash")) in wanted and (content := _content(str(row.get("url", "")))):
            yield ("image", str(row["hash"])), content


def _content(url: str) -> bytes | None:
    """What is at an address; None where nothing is, or more than an image may be."""
    place = urlsplit(url)
    if place.scheme != "https" and place.hostname != LOOPBACK:
        return None
    try:
        with requests.get(url, timeout=SECONDS, stream=True) as answer:
            if not answer.ok:
                return None
            found = answer.raw.read(LARGEST + 1, decode_content=True)
    except requests.RequestException:
        return None
    return bytes(found) if len(found) <= LARGEST else None
