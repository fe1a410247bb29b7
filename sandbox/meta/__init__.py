"""A stand-in for Meta's Graph API v26.0 over HTTP: documented rules on a local store, for the unchanged"
" SDK."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.market import Line
from sandbox.meta import delivery, permissions, tokens
from sandbox.meta.context import SWITCHES, Graph
from sandbox.meta.server import Admin, GraphServer
from sandbox.meta.store import Store
from sandbox.world import World


class MetaSandbox:
    """One ad account with its server; `token` is what clients must send."""

    name = "meta"

    def __init__(self, state_dir: Path | str, clock: Clock, world: World, ledger: Ledger, token: str) -> None:
        state = Path(state_dir)
        store = Store(state)
        switches = SWITCHES | store.setting("switches", {})
        self.graph = Graph(world, clock, ledger, store, switches)
        self.faults = Faults(state, world.seed)
        self.zone = world.meta.zone
        self._token = token
        self._server = GraphServer(self.graph, self.faults, token, state)
        self._port: int | None = None

    def start(self, port: int | None = None) -> None:
        self._port = self._server.start(port)

    def stop(self) -> None:
        self._server.stop()
        self.graph.store.close()

    def endpoints(self) -> dict[str, Any]:
        meta = self.graph.world.meta
        return {
            "url": f"http://127.0.0.1:{self._port}",
            "port": self._port,
            "token": self._token,
            "account": meta.account,
            "page": meta.page,
            "pixel": meta.pixel,
            "business": meta.business,
        }

    def lines(self, day: date) -> list[Line]:
        """Ads that may deliver on that day of the account's zone."""
        return delivery.lines(self.graph, day)

    def status(self) -> dict[str, Any]:
        return {"port": self._port, "objects": self.graph.store.counts()}

    def reset(self) -> None:
        """Forget all objects and changes; switches stay."""
        switches = dict(self.graph.switches)
        self.graph.store.clear()
        self.graph.calls.clear()
        self._server.quotas.clear()
        self.set_switches(switches)

    def grant(self, scopes: list[str]) -> str:
        """A new token with these permissions alone; it is forgotten with the objects. Raises ValueError."""
        unknown = sorted(set(scopes) - set(tokens.SCOPES))
        if unknown:
            raise ValueError(f"scopes are {', '.join(tokens.SCOPES)}, not {', '.join(unknown)}")
        token = f"EAAsandbox{secrets.token_hex(24)}"
        permissions.grant(self.graph, token, scopes)
        return token

    def pass_quota(self, seconds: float) -> None:
        """For allowances, as if so many seconds had gone by."""
        self._server.quotas.passed += seconds

    def set_switches(self, switches: dict[str, bool]) -> None:
        self.graph.switches.update(switches)
        self.graph.store.set("switches", self.graph.switches)
        self.graph.store.commit()

    def review(self, ad: str, verdict: str) -> None:
        """Set what ad review says: ACTIVE, PENDING_REVIEW, DISAPPROVED, PREAPPROVED. Raises KeyError."""
        node = self.graph.store.get(ad, "ad")
        if node is None:
            raise KeyError(ad)
        self.graph.store.update(node, {"_review": verdict}, self.graph.now())
        self.graph.store.commit()

    def serve_admin(self, admin: Admin) -> None:
        self._server.admin = admin
