"""A workspace on memory platforms, with a real journal on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.base import Connection
from connectors.memory import MemoryConnector, Platform
from engine.assemble import Spending
from engine.plan import Plan
from journal.store import Journal
from operations import plan as plans
from operations.apply import apply_plan
from operations.approve import approve
from operations.execution import Result
from operations.site import Site, open_site, site_for_stopping

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


@dataclass
class Bench:
    """One brand on one memory platform."""

    root: Path
    far_side: Platform
    journal: Journal

    @property
    def site(self) -> Site:
        """Opened anew, as each command does."""
        return self.on_memory(open_site(self.root))

    @property
    def stopping(self) -> Site:
        """As the emergency stop opens it."""
        return self.on_memory(site_for_stopping(self.root))

    def on_memory(self, found: Site) -> Site:
        account = found.accounts["meta"]
        connection = Connection(account, found.scope, self.root)
        connector = MemoryConnector(connection, self.far_side, "meta")
        return replace(found, platforms=("meta",), given_connectors={"meta": connector}, given_now=NOW)

    def edit(self, old: str, new: str, file: str = "campaigns/yil-sonu.yaml") -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def plan(self, **wish: Any) -> Plan:
        return plans.make(self.site, self.journal, plans.Wish(**wish), Spending())

    def apply(
        self,
        plan: Plan | None = None,
        tell: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = lambda _: None,
    ) -> Result:
        plan = plan or self.plan()
        approve(self.site, self.journal, plan, by="Ayşe Yılmaz")
        return apply_plan(
            self.site, self.journal, plan, spending=Spending(), actor="test", tell=tell, sleep=sleep
        )

    def kinds(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for record in self.far_side.records.values():
            if not record.archived:
                counts[record.kind] = counts.get(record.kind, 0) + 1
        return counts

    def delivering(self) -> set[str]:
        """Names of ads that are live with everything above them."""
        records = self.far_side.records

        def live(id: str) -> bool:
            record = records[id]
            if record.archived or record.fields["status"] != "ACTIVE":
                return False
            parent = record.fields.get("ad_set") or record.fields.get("campaign")
            return parent is None or live(str(parent))

        return {str(each.fields["name"]) for id, each in records.items() if each.kind == "ad" and live(id)}
