"""A SQLAlchemy plugin for Prefect's server on SQLite: one connection, so that no transaction meets a lock.

SQLite has one writer. A transaction that has read and then writes is turned away at once when another wrote
meanwhile, whatever the time-out, and Prefect answers 503. In one process with one connection they take turns;
Prefect itself sets its in-memory database up so.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, CreateEnginePlugin

NAME = "kampanya_one_connection"
GROUP = "sqlalchemy.plugins"
PATIENCE_SECONDS = 60


class OneConnection(CreateEnginePlugin):
    """Asked for by `?plugin=kampanya_one_connection` in a database's URL."""

    def update_url(self, url: URL) -> URL:
        """The URL without what was meant for the plugin."""
        return url.difference_update_query(["plugin"])

    def handle_pool_kwargs(self, pool_cls: Any, pool_args: dict[str, Any]) -> None:
        """A pool of one, for which others wait."""
        pool_args.update(pool_size=1, max_overflow=0, timeout=PATIENCE_SECONDS)


def sqlite_of(home: Path) -> dict[str, str]:
    """Prefect's setting for its SQLite file in that folder; none where the plugin is not installed."""
    if not entry_points(group=GROUP, name=NAME):
        return {}
    return {"PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home}/prefect.db?plugin={NAME}"}
