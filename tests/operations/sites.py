"""A workspace on memory platforms, with a real journal on disk."""

from __future__ import annotations

import hashlib
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
STATE = ".kampanya"
Files = dict[Path, bytes]
# What a launch made of a declaration, by its digest: the state files and the platform.
LAUNCHED: dict[str, tuple[Files, Platform]] = {}


def files(folder: Path) -> Files:
    """All files below, by their path from there."""
    return {
        path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def copied(platform: Platform) -> Platform:
    """Another with the same records; what their fields hold cannot be changed."""
    records = {id: replace(each, fields=dict(each.fields)) for id, each in platform.records.items()}
    return replace(platform, records=records)


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

    def launch(self) -> None:
        """Apply what is declared on an empty platform; what was launched before in this process is copied."""
        assert self.far_side == Platform(), "it would be copied without what disturbs it"
        assert not self.journal.objects()
        key = self.declared
        if key not in LAUNCHED:
            assert self.apply().complete
            self.journal.close()
            LAUNCHED[key] = files(self.root / STATE), copied(self.far_side)
        else:
            self.journal.close()
            kept, far_side = LAUNCHED[key]
            self._restore(kept)
            self.far_side.records.update(copied(far_side).records)
            self.far_side.next_id, self.far_side.calls = far_side.next_id, far_side.calls
        self.journal = Journal.open(self.root / STATE / "sandbox" / "journal.db")

    @property
    def declared(self) -> str:
        """A digest of the clock and of all that stands in the workspace but its state."""
        found = [(str(path), text) for path, text in files(self.root).items() if path.parts[0] != STATE]
        return hashlib.sha256(repr((NOW, found)).encode()).hexdigest()

    def _restore(self, kept: Files) -> None:
        for name, text in kept.items():
            path = self.root / STATE / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
            path.chmod(0o600)

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
