"""A data subject's request: people out of every list that Kampanya built, with the platforms' receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.base import MemberKeeper, Receipt
from connectors.errors import ConnectorError
from engine.audience import FIELDS, Count, Person, chunks, people
from engine.resource import Address
from journal.locks import exclusive
from journal.store import Journal
from operations.load import Files
from operations.members import EVENT, Tell, lists, people_of
from operations.site import Site
from schemas.errors import KampanyaError
from warehouse.errors import WarehouseError
from warehouse.people import Source, named, rows

ANY = frozenset({"email", "phone", "external_id", "address"})


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a platform said to taking people out of all lists there, or why it could not be asked."""

    platform: str
    lists: tuple[str, ...]
    people: int
    receipt: Receipt | None = None
    why: str = ""

    @property
    def fine(self) -> bool:
        return self.receipt is not None and self.receipt.settled


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many of the people to be forgotten a list's source still has: the next sync brings them back."""

    key: str
    people: int


def forget(
    site: Site, journal: Journal, file: Path, country: str, *, actor: str, tell: Tell = lambda _: None
) -> tuple[list[Forgotten], list[Remaining]]:
    """Take the people of a file out of every list that Kampanya built, and look who comes back.

    The file has columns named as MemberColumns has them. Raises KampanyaError for a file without them or
    without anybody, Locked while an upload runs.
    """
    source = Source(file.resolve().parent, Files.of(site).mart, file.name)
    found = named(source, FIELDS)
    count = Count()
    gone = list(people(rows(source, {each: each for each in found}), country, ANY, count))
    if not gone:
        raise KampanyaError(
            "There is nobody to forget",
            f"{count.received} rows of {file.name}, none usable",
            f"Give a file with a first line of names: {', '.join(FIELDS)}.",
        )
    with exclusive(site.state / EVENT, actor, "audience forget", datetime.now(UTC)):
        forgotten = [_forget(site, journal, each, gone, actor, tell) for each in site.platforms]
    return [each for each in forgotten if each], _remaining(site, journal, gone)


def _forget(
    site: Site, journal: Journal, platform: str, gone: Sequence[Person], actor: str, tell: Tell
) -> Forgotten | None:
    keeper = site.connectors[platform]
    if not isinstance(keeper, MemberKeeper):
        return None
    known = {
        event.address
        for event in journal.events(EVENT)
        if event.address and event.address.platform == platform
    }
    ids = {at.key: id for at, id in journal.ids().items() if at in known}
    theirs = [each for each in gone if each.found_by & keeper.found_by]
    if not ids or not theirs:
        return None
    keys = tuple(sorted(ids))
    tell(f"taking {len(theirs)} people out of {', '.join(keys)} on {platform}")
    try:
        receipt = _removed(keeper, list(ids.values()), theirs)
    except ConnectorError as error:
        why = f"{error.problem.summary}: {error.problem.detail} {error.problem.fix}"
        detail: dict[str, Any] = {"stage": "forgetting failed", "people": len(theirs), "why": why}
        made = Forgotten(platform, keys, len(theirs), why=why)
    else:
        detail = {"stage": "forgotten", "people": len(theirs), "requests": list(receipt.requests)}
        made = Forgotten(platform, keys, len(theirs), receipt, receipt.note)
    for key in keys:
        journal.event(EVENT, datetime.now(UTC), actor, detail, Address(platform, "audience", key))
    return made


def _removed(keeper: MemberKeeper, ids: Sequence[str], gone: Sequence[Person]) -> Receipt:
    """All of them, as many at a time as the platform takes."""
    receipts = [keeper.remove_members(ids, each) for each in chunks(gone, keeper.members_at_once)]
    return Receipt(
        sum(each.sent for each in receipts),
        requests=tuple(id for each in receipts for id in each.requests),
        settled=all(each.settled for each in receipts),
        note=next((each.note for each in receipts if each.note), ""),
    )


def _remaining(site: Site, journal: Journal, gone: Sequence[Person]) -> list[Remaining]:
    """By any of what they are found by, since a source may know more of them than the request, or less."""
    marks = {mark for each in gone for mark in _marks(each)}
    found: dict[str, int] = {}
    for each in lists(site, journal):
        key = each.audience.audience
        if key not in found:
            try:
                found[key] = sum(bool(_marks(one) & marks) for one in people_of(site, each, Count()))
            except WarehouseError:
                continue
    return [Remaining(key, many) for key, many in found.items() if many]


def _marks(person: Person) -> set[tuple[str, ...]]:
    alone = {(name, getattr(person, name)) for name in ("email", "phone", "external_id")}
    whole = (person.first_name, person.last_name, person.postal_code, person.country)
    return {each for each in alone if each[1]} | ({whole} if person.addressed else set())
