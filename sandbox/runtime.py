"""A running sandbox: the platforms over one clock, market and ledger, and the state folder they live in."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sandbox import files, history
from sandbox.clock import Clock, write_private
from sandbox.ledger import Ledger, Row
from sandbox.market import Effect, Line, simulate
from sandbox.meta import MetaSandbox
from sandbox.world import World

PLATFORMS = ("meta", "google")


class Platform(Protocol):
    """What a stand-in platform offers."""

    def start(self, port: int | None = None) -> None: ...
    def endpoints(self) -> dict[str, Any]: ...
    def lines(self, day: date) -> list[Line]: ...
    def status(self) -> dict[str, Any]: ...
    def reset(self) -> None: ...
    def stop(self) -> None: ...


class Sandbox:
    """Both platforms in this process; everything in it survives a restart but the open connections."""

    def __init__(
        self,
        state_dir: Path | str,
        world: World,
        begin: str | None = None,
        platforms: Iterable[str] = PLATFORMS,
    ) -> None:
        self.state_dir = Path(state_dir)
        files.prepare(self.state_dir)
        self.world = world
        self.clock = Clock(self.state_dir)
        if begin is not None or not self.clock.started:
            self.clock.start(begin or "now", world.meta.zone)
        self.ledger = Ledger(self.state_dir)
        self._before = files.endpoints(self.state_dir)
        token = self._before.get("graph", {}).get("token") or f"EAAsandbox{secrets.token_hex(24)}"
        self.meta = MetaSandbox(self.state_dir, self.clock, world, self.ledger, token)
        self.platforms: dict[str, Platform] = {"meta": self.meta} if "meta" in platforms else {}
        google = _google(self.state_dir, self.clock, world, self.ledger) if "google" in platforms else None
        if google is not None:
            self.platforms["google"] = google

    def start(self) -> None:
        """Serve, on the ports of the last time where they are free; endpoints.json says where."""
        ports = {
            "meta": self._before.get("graph", {}).get("port"),
            "google": self._before.get("google", {}).get("port"),
        }
        for name, platform in self.platforms.items():
            platform.start(ports[name])
        found = {"graph" if name == "meta" else name: p.endpoints() for name, p in self.platforms.items()}
        write_private(self.state_dir / files.ENDPOINTS, json.dumps({"pid": os.getpid(), **found}, indent=1))

    def stop(self) -> None:
        for platform in reversed(self.platforms.values()):
            platform.stop()
        self.ledger.close()

    def advance(self, days: int) -> None:
        """Deliver day by day: each platform every local date that ends while the clock moves on."""
        if days < 0:
            raise ValueError("days must not be negative")
        for _ in range(days):
            before = {name: self.clock.today(self._zone(name)) for name in self.platforms}
            for name, platform in self.platforms.items():
                until = (self.clock.now() + timedelta(days=1)).astimezone(self._zone(name)).date()
                self._deliver(platform, before[name], until)
            self.clock.advance(1)

    def _deliver(self, platform: Platform, day: date, until: date) -> None:
        effects, switches = self.effects(), self.behaviour()
        while day < until:
            lines = history.prepared(self.ledger, switches, day, platform.lines(day))
            self.ledger.record(day, lines, simulate(self.world.seed, day, lines, effects))
            day += timedelta(days=1)

    def _zone(self, platform: str) -> ZoneInfo:
        return self.world.meta.zone if platform == "meta" else self.world.google.zone

    def reset(self, begin: str | None = None) -> None:
        """No objects, no delivery, no effects or faults; the clock back at its start, or at another."""
        for platform in self.platforms.values():
            platform.reset()
        self.ledger.clear()
        self.meta.faults.clear()
        self.set_effects([])
        self.clock.restart(self.world.meta.zone, begin)

    def effects(self) -> list[Effect]:
        with contextlib.suppress(FileNotFoundError):
            raw = json.loads((self.state_dir / "effects.json").read_text(encoding="utf-8"))
            return [Effect(**one) for one in raw]
        return []

    def set_effects(self, effects: list[Effect]) -> None:
        write_private(self.state_dir / "effects.json", json.dumps([asdict(effect) for effect in effects]))

    def behaviour(self) -> dict[str, bool]:
        """Which of history.SWITCHES are on."""
        with contextlib.suppress(FileNotFoundError):
            kept: dict[str, bool] = json.loads((self.state_dir / "market.json").read_text(encoding="utf-8"))
            return history.SWITCHES | kept
        return dict(history.SWITCHES)

    def set_behaviour(self, changes: dict[str, bool]) -> None:
        write_private(self.state_dir / "market.json", json.dumps(self.behaviour() | changes))

    def rows(self, platform: str, since: date, until: date) -> list[Row]:
        """The ledger's truth as of the clock's today."""
        return self.ledger.rows(platform, since, until, self.clock.today(self._zone(platform)))

    def status(self) -> dict[str, Any]:
        now = self.clock.now().astimezone(self.world.meta.zone).isoformat(timespec="seconds")
        return {"clock": now} | {name: platform.status() for name, platform in self.platforms.items()}


def _google(state_dir: Path, clock: Clock, world: World, ledger: Ledger) -> Platform | None:
    """Google's stand-in, if it is installed."""
    if importlib.util.find_spec("sandbox.google") is None:
        return None
    module = importlib.import_module("sandbox.google")
    platform: Platform = module.GoogleSandbox(state_dir, clock, world, ledger)
    return platform
