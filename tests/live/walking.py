"""The contract walk on an account that somebody names: all paused, at the least budgets, archived after."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.base import Account, Connector
from engine.naming import Scope
from schemas.types import Platform
from tests.contract import states
from tests.contract.states import State, Tree
from tests.contract.walker import Walker

PREFIX = "KAMPANYA_LIVE_"
NAMES = ("WORKSPACE", "ENVIRONMENT", "PLATFORM", "BUDGET", "ACCEPT")
ID = {"meta": "account", "google": "customer"}
LEAST = 150  # what the smallest budget of the walk is written with


class NotAccepted(ValueError):
    """Nobody said clearly enough that this account may be written to."""


@dataclass(frozen=True)
class Wanted:
    """Which account is walked; `budget` is the least daily one, in major units of its currency."""

    workspace: Path
    environment: str
    platform: Platform
    budget: Decimal
    accept: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Wanted | None:
        """None where no variable is set. Raises NotAccepted where only some are."""
        said = {name: environ.get(PREFIX + name, "") for name in NAMES}
        if not any(said.values()):
            return None
        if missing := [PREFIX + name for name, value in said.items() if not value]:
            raise NotAccepted(f"also set {', '.join(missing)}: see docs/going-live.md")
        if said["PLATFORM"] not in ID:
            raise NotAccepted(f"{PREFIX}PLATFORM is {said['PLATFORM']}; it is one of {', '.join(ID)}")
        return cls(
            Path(said["WORKSPACE"]),
            said["ENVIRONMENT"],
            said["PLATFORM"],
            Decimal(said["BUDGET"]),
            said["ACCEPT"],
        )  # type: ignore[arg-type]

    def demand(self, account: str) -> None:
        """Raises NotAccepted unless the account's own id was written out."""
        if self.accept != account:
            raise NotAccepted(f"{PREFIX}ACCEPT must be the account that is written to: {account}")


def walk(
    connector: Connector,
    platform: Platform,
    account: Account,
    root: Path,
    budget: Decimal,
    start: date,
    tell: Callable[[str], None],
) -> list[str]:
    """Every state of the contract, each paused and to begin on `start`; then, also after a failure, all is
    archived. Returns what of it is still there, by kind and id.
    """
    walker = Walker(connector, platform, account.id, root, scope=Scope("kampanya-walk", secrets.token_hex(4)))
    declared = {ID[platform]: account.id, "currency": account.currency, "time_zone": account.time_zone}
    declared |= {name: value for name, value in account.settings.items() if value}
    try:
        for state in (held(each, account, budget, start) for each in states.walk(platform)):
            tell(state.name)
            states.write(root, declared, platform, state)
            walker.apply()
            again = walker.diff()
            assert again.changes == (), f"{state.name}: {again.changes}"
            assert walker.delivering() == [], f"{state.name}: something delivers"
    finally:
        states.write(root, declared, platform, State("all gone", (), 0, 0))
        walker.apply()
        archivable = {name for name, kind in connector.supports.kinds.items() if kind.archivable}
        left = [each for each in walker.read() if each.mark and not each.archived and each.kind in archivable]
        mine = {each.id for each in walker.known.values()}
        told = [f"{each.kind} {each.id}" for each in left if each.id in mine]
        tell(f"left on the account: {', '.join(told) or 'nothing that could run'}")
    return told


def held(state: State, account: Account, budget: Decimal, start: date) -> State:
    """The same state, paused at its top, in the account's currency, and for a month from `start`."""
    flight = {"start": start.isoformat(), "end": (start + timedelta(days=30)).isoformat()}
    campaigns = tuple(
        {
            **each,
            "status": "paused",
            "flight": flight,
            "ad_sets": [_priced(one, account, budget) for one in each["ad_sets"]],
        }
        for each in state.campaigns
    )
    return replace(state, campaigns=campaigns, delivering=0)


def _priced(ad_set: Tree, account: Account, budget: Decimal) -> dict[str, Any]:
    written = Decimal(str(ad_set["budget"]["daily"]).split()[0])
    amount = (written * budget / LEAST).quantize(Decimal("0.01"))
    return {**ad_set, "budget": {"daily": f"{amount} {account.currency}"}}
