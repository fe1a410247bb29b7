"""The platforms: one folder each, with the same file names; a new one is a folder and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from connectors.base import Connection, Connector
from engine.supports import Supports

CONNECTORS = {
    "meta": "connectors.meta",
    "google": "connectors.google",
}


def connect(platform: str, connection: Connection) -> Connector:
    """The platform's connector; its SDK is imported by its first call, not here."""
    return cast(Connector, import_module(f"{CONNECTORS[platform]}.apply").connector(connection))


def supports(platform: str) -> Supports:
    """What the platform can do; never imports an SDK."""
    return cast(Supports, import_module(f"{CONNECTORS[platform]}.supports").SUPPORTS)
