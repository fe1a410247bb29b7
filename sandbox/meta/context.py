"""One Graph request and what it runs against: the store, the world, the clock and the switches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.ledger import Ledger
from sandbox.meta.errors import refuse
from sandbox.meta.rules import minor_per_unit
from sandbox.meta.store import Node, Store
from sandbox.world import World

SWITCHES = {  # which documented limits are enforced; changed through the admin API
    "budget_changes": True,
    "mutation_rate": False,  # a loopback client without latency would trip it in every test
    "batch_adsets": True,
    "quotas": False,  # the account's score and the calls of an hour by use case
    "development_tier": False,  # what an app without full access may do
    "customer_terms": True,  # whether the account has accepted the terms of customer lists
}


ALL_SCOPES: frozenset[str] = frozenset({"*"})  # of the sandbox's own token


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart form."""

    name: str
    content: bytes


@dataclass
class Call:
    """A request after its version, with query and form in one mapping of raw texts."""

    method: str
    path: tuple[str, ...]
    params: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)
    version: str = "v26.0"
    url: str = ""  # scheme, host and port, for links in answers
    scopes: frozenset[str] = ALL_SCOPES  # permissions of its token
    asynchronous: bool = False  # done by a set of asynchronous requests
    fate: str = ""  # what becomes of the work that this request starts or looks at (a fault's kind)


@dataclass
class Graph:
    """The state behind every answer."""

    world: World
    clock: Clock
    ledger: Ledger
    store: Store
    switches: dict[str, bool]
    calls: Counter[str] = field(default_factory=Counter)
    address: str = "https://scontent.sandbox.invalid"  # of the server, once it listens

    @property
    def zone(self) -> ZoneInfo:
        return self.world.meta.zone

    @property
    def currency(self) -> str:
        return self.world.meta.currency

    @property
    def account(self) -> str:
        return self.world.meta.account

    @property
    def minor_micros(self) -> int:
        """Micros in one minor unit of the account's currency."""
        return 1_000_000 // minor_per_unit(self.currency)

    def now(self) -> int:
        """Unix seconds by the sandbox's clock."""
        return int(self.clock.now().timestamp())

    def today(self) -> date:
        return self.clock.today(self.zone)

    def local_day(self, moment: int) -> date:
        return datetime.fromtimestamp(moment, self.zone).date()

    def show_time(self, moment: int) -> str:
        """As Graph writes times: in the account's zone, offset without a colon."""
        return datetime.fromtimestamp(moment, UTC).astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S%z")

    def node(self, id_: str, kind: str | None = None, method: str = "get") -> Node:
        """The object, or the platform's 100/33."""
        found = self.store.get(id_, kind)
        if found is None:
            raise refuse("missing_object", id=id_, method=method)
        return found
