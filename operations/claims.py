"""What was imported and by which ids, as the journal remembers it for each account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.base import Account
from engine.resource import Address
from journal.store import Journal

CLAIMED = "claimed"  # the event that says so
RELEASED = "released"  # why the journal forgot what lives on, and may be adopted again


def claim(
    journal: Journal, ids: Mapping[Address, str], account: str, at: datetime, actor: str, clock: datetime
) -> None:
    """Bind addresses to ids of the platform. Nothing is owned by that: a plan that adopts is to come.

    `clock` is the environment's own time.
    """
    told = {str(address): id for address, id in sorted(ids.items())}
    journal.event(CLAIMED, at, actor, {"account": account, "ids": told, "clock": clock.isoformat()})


def claimed(journal: Journal, accounts: Mapping[str, Account]) -> dict[Address, str]:
    """Every claim on the accounts of now, the last word on each address, but for what was archived since."""
    found: dict[Address, str] = {}
    for event in journal.events(CLAIMED):
        for text, id in event.detail["ids"].items():
            address = Address.parse(text)
            account = accounts.get(address.platform)
            if account is not None and account.id == event.detail["account"]:
                found[address] = str(id)
    ended = [each for each in journal.objects("gone") if each.reason != RELEASED] if found else []
    gone = {(each.address, each.id) for each in ended}
    return {address: id for address, id in found.items() if (address, id) not in gone}
