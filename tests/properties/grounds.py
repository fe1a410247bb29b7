"""The platforms that properties are tried on: a dict, or both stand-ins served from this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.base import Account, Connection, Connector
from connectors.google.apply import GoogleConnector
from connectors.google.client import Client
from connectors.memory import MemoryConnector, Platform
from connectors.meta.apply import MetaConnector
from engine.assemble import Spending
from engine.naming import Scope
from engine.plan import Plan
from journal.store import Journal
from operations import plan as plans
from operations.apply import apply_plan
from operations.approve import approve
from operations.execution import Result
from operations.site import Site, open_site
from sandbox.runtime import Sandbox
from sandbox.world import World
from tests.contract.certificates import lend, roots

BEGIN = "2026-11-30"
SCOPE = Scope("lezzet", "sandbox")
META = {
    "account": "act_1000000000000001",
    "currency": "TRY",
    "time_zone": "Europe/Istanbul",
    "page": "2000000000000001",
    "pixel": "3000000000000001",
}
GOOGLE = {"customer": "1234567890", "currency": "TRY", "time_zone": "Europe/Istanbul"}
ACCOUNTS: Mapping[str, Mapping[str, str]] = {"meta": META, "google": GOOGLE}


def account(platform: str) -> Account:
    fields = dict(ACCOUNTS[platform])
    id = fields.pop("account", None) or fields.pop("customer")
    return Account(id, fields.pop("currency"), fields.pop("time_zone"), fields)


@dataclass
class Ground:
    """A workspace at `root` with its platforms; `fresh` empties all of it.

    `late` is how far Kampanya's clock is ahead of the platforms'.
    """

    root: Path
    connectors: Mapping[str, Connector]
    journal: Journal = field(init=False)
    made: int = 0
    late: timedelta = field(default=timedelta(), init=False)

    def __post_init__(self) -> None:
        self.journal = self._journal()

    def _journal(self) -> Journal:
        self.made += 1
        state = self.root / ".kampanya" / "sandbox"
        state.mkdir(parents=True, exist_ok=True)
        return Journal.open(state / f"journal-{self.made}.db")

    def empty(self) -> None:
        """Forget what the platforms hold."""
        raise NotImplementedError

    def now(self) -> datetime:
        return datetime(2026, 11, 30, 6, tzinfo=UTC)

    def fresh(self) -> Ground:
        """Nothing on the platforms, nothing remembered; the declarations stay."""
        self.empty()
        return self.forget()

    def forget(self) -> Ground:
        """The journal and all else that was written here is lost."""
        self.journal.close()
        shutil.rmtree(self.root / ".kampanya", ignore_errors=True)
        self.journal = self._journal()
        return self

    def close(self) -> None:
        self.journal.close()

    @property
    def site(self) -> Site:
        """Opened anew, as each command does."""
        found = open_site(self.root)
        return replace(
            found,
            platforms=tuple(each for each in found.platforms if each in self.connectors),
            given_connectors=self.connectors,
            given_now=self.now() + self.late,
        )

    def plan(self, **wish: Any) -> Plan:
        return plans.make(self.site, self.journal, plans.Wish(**wish), Spending())

    def apply(self, plan: Plan | None = None) -> Result:
        """Approve and carry out; raises KampanyaError where the guard rails refuse."""
        plan = plan or self.plan()
        approve(self.site, self.journal, plan, by="Ayşe Yılmaz")
        return self.again(plan)

    def again(self, plan: Plan) -> Result:
        """Run the same command again, without a new approval."""
        return apply_plan(
            self.site, self.journal, plan, spending=Spending(), actor="test", sleep=lambda _: None
        )


@dataclass
class InMemory(Ground):
    """Both platforms of the declaration as dicts."""

    far: dict[str, Platform] = field(default_factory=dict)

    @classmethod
    def at(cls, root: Path) -> InMemory:
        far = {"meta": Platform(), "google": Platform()}
        made: dict[str, Connector] = {
            name: MemoryConnector(Connection(account(name), SCOPE, root), far[name], name) for name in far
        }
        return cls(root, made, far=far)

    def empty(self) -> None:
        for platform in self.far.values():
            platform.records.clear()
            platform.next_id = 1


@dataclass
class InSandbox(Ground):
    """Both stand-ins, through the vendors' SDKs over loopback."""

    sandbox: Sandbox = field(kw_only=True)

    @classmethod
    def at(cls, root: Path, sandbox: Sandbox) -> InSandbox:
        return cls(root, {name: connect(name, root, sandbox) for name in ACCOUNTS}, sandbox=sandbox)

    def empty(self) -> None:
        self.sandbox.reset()

    def now(self) -> datetime:
        return self.sandbox.clock.now().astimezone(UTC)


def connect(name: str, root: Path, sandbox: Sandbox) -> Connector:
    """The connector that a site would make, without its waits for a busy platform."""
    ends = sandbox.platforms[name].endpoints()
    if name == "meta":
        endpoint, secrets = {"url": ends["url"]}, {"token": ends["token"]}
    else:
        endpoint, secrets = {"config": ends["configuration"], "roots": roots()}, {}
    connection = Connection(account(name), SCOPE, root, endpoint, secrets)
    if name == "google":
        return GoogleConnector(connection, Client(connection, sleep=lambda _: None))
    return MetaConnector(connection, sleep=lambda _: None)


@contextmanager
def serving(folder: Path) -> Iterator[Sandbox]:
    """Both stand-ins, up until the end."""
    lend(folder / "google")
    sandbox = Sandbox(folder, World(seed=7), BEGIN)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
