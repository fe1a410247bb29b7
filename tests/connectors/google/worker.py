"""A process of its own with a sandbox and a connector: gRPC reads its root certificates once a process."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import NOTHING, AccountFacts, AudienceSize, Connection, Handle, Receipt, Upload
from connectors.errors import AccessDenied
from connectors.google.apply import GoogleConnector
from connectors.google.client import Client
from engine.audience import Person, chunks
from engine.change import Applied, Change, Create, Outcome
from engine.report import Page
from engine.resource import Address, Observed
from sandbox.clock import Clock
from sandbox.google import GoogleSandbox
from sandbox.ledger import Ledger
from sandbox.market import simulate
from sandbox.world import load
from tests.connectors.google import neutral

START = date(2026, 12, 1)


class Worker:
    """Runs where nobody has opened a secure channel yet."""

    def __init__(self, folder: Path) -> None:
        self.world, self.clock, self.ledger = load(None), Clock(folder), Ledger(folder)
        self.clock.start(START.isoformat(), ZoneInfo("Europe/Istanbul"))
        self.sandbox = GoogleSandbox(folder, self.clock, self.world, self.ledger)
        self.sandbox.start()
        self.connector = GoogleConnector(self.connection(), Client(self.connection(), sleep=lambda _: None))

    def connection(self) -> Connection:
        ends = self.sandbox.endpoints()
        return neutral.connection(config=ends["configuration"], roots=ends["roots"])

    def reset(self) -> None:
        self.clock.restart(ZoneInfo("Europe/Istanbul"))
        self.ledger.clear()
        self.sandbox.reset()
        self.connector = GoogleConnector(self.connection(), Client(self.connection(), sleep=lambda _: None))

    def facts(self) -> AccountFacts:
        return self.connector.facts()

    def lacks(self) -> list[str]:
        return self.connector.lacks()

    def query(self, text: str) -> list[dict[str, Any]]:
        return self.connector.client.rows(text)

    def read(self, known: Collection[Handle] = NOTHING) -> list[Observed]:
        return self.connector.read(known)

    def apply(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> list[Outcome]:
        return list(self.connector.apply(changes, ids))

    def pages(self, name: str, since: date, until: date) -> list[Page]:
        report = next(each for each in self.connector.reports if each.name == name)
        return list(self.connector.pages(report, since, until))

    def sizes(self, ids: Sequence[str]) -> Mapping[str, AudienceSize]:
        return self.connector.sizes(ids)

    def customer_list(self) -> str:
        """An empty list of customers."""
        resource = self.connector.canonical([neutral.customers()])[0]
        (outcome,) = self.connector.apply([Create(resource)], {})
        assert isinstance(outcome, Applied), outcome
        return outcome.id

    def replaced(self, id: str, number: int, first: int) -> Receipt:
        """Everybody of a list replaced by `number` others, at this moment of the sandbox's clock."""
        upload = Upload(id, 1, self.clock.now(), number, consented=True)
        people = chunks(self._crowd(number, first), 1000)
        return self.connector.replace_members(upload, people, lambda _: None)

    def forgotten(self, ids: Sequence[str], number: int) -> Receipt:
        return self.connector.remove_members(ids, self._crowd(number, 0))

    @staticmethod
    def _crowd(number: int, first: int) -> list[Person]:
        return [Person(email=f"kisi{n}@example.com") for n in range(first, first + number)]

    def fault(self, **spec: Any) -> None:
        self.sandbox.add_fault(spec)

    def calls(self) -> tuple[dict[str, int], int]:
        """Calls by method and operations of the quota since the last reset."""
        return dict(self.connector.client.calls), self.connector.client.operations

    def mutate(self, operations: Sequence[Mapping[str, Any]]) -> list[str]:
        """What a human does behind our back."""
        return self.connector.client.mutate(operations)

    def unlabel(self, ad_group: str) -> None:
        """Take every label off an ad group."""
        columns = "SELECT ad_group_label.resource_name FROM ad_group_label"
        rows = self.connector.client.rows(f"{columns} WHERE ad_group.id = {ad_group}")
        names = [row["ad_group_label"]["resource_name"] for row in rows]
        self.mutate([{"ad_group_label_operation": {"remove": name}} for name in names])

    def apply_to_nobody(self, changes: Sequence[Change]) -> list[Outcome]:
        """The same apply, where nothing listens."""
        ends = self.sandbox.endpoints()
        config = Path(ends["configuration"])
        silent = config.with_name("silent.yaml")
        silent.write_text(
            config.read_text(encoding="utf-8").replace(ends["endpoint"], "localhost:9"), "utf-8"
        )
        connection = neutral.connection(config=str(silent), roots=ends["roots"])
        client = Client(connection, sleep=lambda _: None, attempts=2)
        return list(GoogleConnector(connection, client).apply(changes, {}))

    def trust_others(self) -> str:
        """What a second environment in the same process is told."""
        connection = neutral.connection(config="other.yaml", roots="other.pem")
        try:
            return GoogleConnector(connection).facts().name
        except AccessDenied as error:
            return str(error)

    def deliver(self, days: int) -> None:
        """Days go by, and what may deliver delivers."""
        for _ in range(days):
            day = self.clock.today(ZoneInfo("Europe/Istanbul"))
            lines = self.sandbox.lines(day)
            self.ledger.record(day, lines, simulate(self.world.seed, day, lines))
            self.clock.advance(1)


_worker: list[Worker] = []


def begin(folder: Path) -> None:
    _worker.append(Worker(folder))


def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return getattr(_worker[0], name)(*args, **kwargs)
