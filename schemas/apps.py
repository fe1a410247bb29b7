"""Apps that ads are for, declared once: where they are sold, and what the platforms know them by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator

from schemas.types import Identifier, Model, Url, complaint, shown

# The shop that an app's address is in, and the system of the telephones that it is for.
STORES: Mapping[str, str] = {
    "play.google.com": "android", "apps.apple.com": "ios", "itunes.apple.com": "ios",
}  # fmt: skip


def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def in_store(url: str) -> tuple[str, str] | None:
    """The system (`android`, `ios`) and the store's own id of the app at an address; None for another.

    Google Play names an app by its package (`?id=com.example.app`), the App Store by a number (`/id123456`).
    """
    system = STORES.get(host(url))
    if system == "android":
        id = parse_qs(urlsplit(url).query).get("id", [""])[0]
    else:
        found = re.search(r"/id(\d+)", urlsplit(url).path)
        id = found[1] if found else ""
    return (system, id) if system and id else None


def _sold(url: str) -> str:
    if in_store(str(url)) is None:
        fix = "write https://play.google.com/store/apps/details?id=… or https://apps.apple.com/…/id…"
        raise complaint("not an app in a store", f"found {shown(str(url))}", fix)
    return url


class BrandApp(Model):
    """An app of the brand."""

    store: Annotated[Url, AfterValidator(_sold)]
    """Its address in the App Store or on Google Play; Google knows it by that."""
    meta: Identifier | None = None
    """Its id at Meta."""
