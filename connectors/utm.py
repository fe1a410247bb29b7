"""UTM values as the query string that a platform appends to a link."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus

from engine.resource import Value


def query(utm: Mapping[str, Value], safe: str) -> str:
    """`utm_source=…&…`; the characters of `safe` stay, since the platform fills in what stands in them."""
    return "&".join(f"utm_{name}={_quoted(str(value), safe)}" for name, value in utm.items())


@lru_cache(maxsize=10_000)  # a brand's ads say few different things, each very often
def _quoted(text: str, safe: str) -> str:
    return quote_plus(text, safe)
