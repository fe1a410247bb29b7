"""Carries one state after another out on a connector, as operations.apply does, with a dict for a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.base import Connector
from engine.change import Applied, Archive, Change, Create, Update
from engine.compile import Compiler
from engine.context import Context
from engine.diff import Diff, diff
from engine.match import Known
from engine.naming import Scope
from engine.resource import Address, Observed, Resource
from engine.schedule import activation, schedule
from engine.supports import Supports
from schemas.source import load_workspace
from schemas.types import Platform

SCOPE = Scope("lezzet", "sandbox")


@dataclass
class Walker:
    """What a run of several applies remembers."""

    connector: Connector
    platform: Platform
    account: str
    root: Path
    scope: Scope = SCOPE
    known: dict[Address, Known] = field(default_factory=dict)

    @property
    def supports(self) -> Mapping[str, Supports]:
        return {self.platform: self.connector.supports}

    def desired(self) -> list[Resource]:
        workspace = load_workspace(self.root)
        compiler = Compiler(
            workspace.brand, self.scope, self.platform, self.account, workspace.assets, workspace.audiences
        )
        return self.connector.canonical(compiler.compile(workspace.campaigns))

    def read(self) -> list[Observed]:
        return self.connector.read({(address.kind, each.id) for address, each in self.known.items()})

    def diff(self) -> Diff:
        return diff(self.desired(), self.read(), Context(self.supports, self.known))

    def apply(self) -> None:
        found = self.diff()
        assert not found.blocked, [str(each) for each in found.blocked]
        ids = dict(found.matching.ids)
        steps = schedule(found.changes, self.supports)
        self._send(steps.reduce, ids)
        self._send(steps.build, ids)
        self._send(steps.change, ids)
        self._send(steps.retire, ids)
        roots: list[Change] = [activation(each, ids[each.address], self.supports) for each in steps.roots]
        self._send([*steps.activate, *roots], ids)

    def _send(self, changes: Sequence[Change], ids: dict[Address, str]) -> None:
        if not changes:
            return
        outcomes = list(self.connector.apply(changes, ids))
        wrong = [each for each in outcomes if not isinstance(each, Applied)]
        assert not wrong, wrong
        assert sorted(each.address for each in outcomes) == sorted(each.address for each in changes)
        settled = {each.address: each.id for each in outcomes if isinstance(each, Applied)}
        for change in changes:
            self._remember(change, settled[change.address], ids)

    def _remember(self, change: Change, id: str, ids: dict[Address, str]) -> None:
        match change:
            case Archive(address=address):
                self.known.pop(address, None)
            case Create(resource):
                ids[change.address] = id
                self.known[change.address] = Known(self.account, id, resource.mark, "held")
            case Update(after=after) if "status" in after:
                live = after["status"] == self._live(change.address)
                self.known[change.address] = replace(
                    self.known[change.address], status="live" if live else "held"
                )

    def _live(self, address: Address) -> str:
        status = self.connector.supports.kinds[address.kind].status
        assert status is not None
        return status.live

    def delivering(self) -> list[Observed]:
        """Ads that are live with everything above them, as the platform has it."""
        seen = {each.id: each for each in self.read()}
        return [each for each in seen.values() if each.kind == "ad" and self._runs(each, seen)]

    def _runs(self, each: Observed, seen: dict[str, Observed]) -> bool:
        kind = self.connector.supports.kinds[each.kind]
        if each.archived or (kind.status and each.fields[kind.status.name] != kind.status.live):
            return False
        return kind.parent is None or self._runs(seen[str(each.fields[kind.parent])], seen)
