"""Bring the numbers home once more, from what was landed: no platform is asked."""

from __future__ import annotations

from datetime import UTC, datetime

from journal.store import Journal
from operations.load import Files, Tell, publish_mart
from operations.site import Site
from warehouse import landing, replay, store
from warehouse.errors import WarehouseError


def load_again(site: Site, journal: Journal, tell: Tell = lambda _: None) -> list[replay.Replayed]:
    """Make the warehouse anew from every landing of every platform, oldest first, and publish.

    Each landing counts as of the moment it was asked for. Raises WarehouseError, LandingDamaged, LoadRefused;
    warehouse and mart are then as they were.
    """
    files = Files.of(site)
    found = landing.landings(files.landing)
    if not found:
        raise WarehouseError("Nothing was ever landed", str(files.landing), "Run `kampanya load` first.")
    specs = {
        (report.platform, report.name): report
        for platform in site.platforms
        for report in site.offline(platform).reports
    }
    with store.open_warehouse(files.warehouse) as con:
        done = replay.replay(con, files.warehouse.with_name("replay.duckdb"), found, specs, tell)
        publish_mart(site, journal, con, tell)
    journal.event("load", datetime.now(UTC), "kampanya", {"from landings": len(done)})
    return done
