"""Customers into the lists of the platforms, and out of them: counted and journalled, never kept.

A row is read, made plain, hashed and sent, some thousands at a time in memory. The journal holds how many
there were, what was wrong with them by reason, and the platforms' own ids of the requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from connectors.base import MemberKeeper, Receipt, Upload
from connectors.errors import ConnectorError
from engine.audience import Count, Person, chunks, people
from engine.resource import Address, digest_of
from journal.locks import exclusive
from journal.store import Journal
from operations import approve
from operations.load import Files
from operations.site import Site
from schemas.audience import CustomerListAudience
from schemas.errors import KampanyaError
from warehouse.errors import WarehouseError
from warehouse.people import Source, rows

Tell = Callable[[str], None]
EVENT = "members"  # kind of the journal's events; `stage` in their detail says which
# A list that shrinks to less than this share of what was last uploaded is rather a broken source than an
# exodus: an exclusion list would let ads be shown to, and paid for, people who are customers already.
LEAST_SHARE = 0.5
Done = Literal["uploaded", "unsettled", "not built", "asks", "refused", "would upload"]
FINE: frozenset[Done] = frozenset({"uploaded", "not built", "would upload"})


@dataclass(frozen=True, slots=True)
class Yes:
    """Who lets a list's people be uploaded, with their one-time code where one is needed."""

    by: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which lists (all, if none is named), who says yes to new ones, and whether one may shrink a lot."""

    keys: Sequence[str] = ()
    yes: Yes | None = None
    dry: bool = False
    shrink: bool = False


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of one list on one platform; `why` is for people."""

    key: str
    platform: str
    done: Done
    count: Count
    receipt: Receipt | None = None
    why: str = ""

    @property
    def fine(self) -> bool:
        return self.done in FINE


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal knows of a list on a platform: the last upload that ended, and what was cut short."""

    uploaded: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    allowed: str = ""
    left: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class List:
    """A declared list on one platform; `id` is None until an applied plan has built it there."""

    audience: CustomerListAudience
    address: Address
    id: str | None
    keeper: MemberKeeper

    @property
    def statement(self) -> str:
        """Digest of what a yes is given to: where the people come from, which columns, on whose word."""
        said = self.audience.model_dump(mode="json", exclude={"name", "description", "protect", "keep"})
        return digest_of([str(self.address), said])


def lists(site: Site, journal: Journal, keys: Collection[str] = ()) -> list[List]:
    """The brand's lists of customers, or those named, on each platform that takes any, by key.

    Raises KampanyaError for a key that is none.
    """
    declared = {
        key: each for key, each in site.workspace.audiences.items() if isinstance(each, CustomerListAudience)
    }
    for key in keys:
        if key not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise KampanyaError("No such list of customers", f"{key}; declared are: {known}", "Name one.")
    ids = journal.ids()
    found = []
    for key in sorted(keys or declared):
        for platform in site.platforms:
            keeper, address = site.connectors[platform], Address(platform, "audience", key)
            if isinstance(keeper, MemberKeeper):
                found.append(List(declared[key], address, ids.get(address), keeper))
    return found


def past(journal: Journal, address: Address, id: str | None) -> Past:
    """Folded from the journal's events of the address; those of another id on the platform are history."""
    uploaded: Mapping[str, Any] = {}
    at, allowed, left = None, "", dict[str, Any]()
    for event in journal.events(EVENT):
        if event.address != address:
            continue
        stage = event.detail.get("stage")
        if stage == "allowed":
            allowed = str(event.detail["statement"])
        elif event.detail.get("id") != id:
            continue
        elif stage == "begun":
            left = dict(event.detail.get("left") or {})
        elif stage == "uploaded":
            uploaded, at, left = event.detail, event.at, {}
        elif stage == "unsettled":
            uploaded, at = event.detail, event.at
    return Past(uploaded, at, allowed, left)


def sync(
    site: Site,
    journal: Journal,
    wish: Wish,
    *,
    actor: str,
    tell: Tell = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Synced]:
    """Make the people of the lists those of their sources. Trouble stops a list, not the others.

    Raises Locked while another upload of this environment runs, KampanyaError for an unknown key.
    """
    wanted = lists(site, journal, wish.keys)
    with exclusive(site.state / EVENT, actor, "audience sync", datetime.now(UTC)):
        return [_sync(site, journal, each, wish, actor, tell) for each in wanted]


def _sync(site: Site, journal: Journal, each: List, wish: Wish, actor: str, tell: Tell) -> Synced:
    key, platform = each.audience.audience, each.address.platform
    count = Count()
    if each.id is None:
        done: Done = "refused" if wish.keys else "not built"
        return Synced(key, platform, done, count, why="no applied ad set on this platform uses it yet")
    try:
        tell(f"reading {key} for {platform}")
        for _ in people_of(site, each, count):
            pass
        before = past(journal, each.address, each.id)
        if wish.dry:
            return Synced(key, platform, "would upload", count)
        _demand_sensible(count, before, wish)
        _demand_yes(site, journal, each, before, wish)
        return _upload(site, journal, each, count, before, actor, tell)
    except NeedsYes as error:
        return Synced(key, platform, "asks", count, why=f"{error.problem.detail} {error.problem.fix}")
    except (ConnectorError, WarehouseError, KampanyaError) as error:
        why = f"{error.problem.summary}: {error.problem.detail} {error.problem.fix}".strip()
        _journal(journal, each, "failed", actor, {"why": why})
        return Synced(key, platform, "refused", count, why=why)


def people_of(site: Site, each: List, count: Count) -> Iterator[Person]:
    audience = each.audience
    columns = audience.columns.model_dump(exclude_none=True)
    source = Source(site.root, Files.of(site).mart, audience.file, audience.query)
    return people(rows(source, columns), audience.country or "", each.keeper.found_by, count)


class NeedsYes(KampanyaError):
    """Nobody has said yes to uploading this list yet."""


def _demand_sensible(count: Count, before: Past, wish: Wish) -> None:
    """Raises KampanyaError for a source with nobody in it, or with far fewer than were uploaded last."""
    if count.usable == 0:
        raise KampanyaError(
            "The source has nobody in it",
            f"of {count.received:,} rows none can be used; the list stays as it is",
            "Look at the source, or take the list out of the ad sets.",
        )
    last = int(before.uploaded.get("usable") or 0)
    if count.usable < last * LEAST_SHARE and not wish.shrink:
        raise KampanyaError(
            "The list would shrink a lot",
            f"{count.usable:,} people, last time {last:,}; the list stays as it is",
            "Look at the source; if it is right, add --shrink.",
        )


def _demand_yes(site: Site, journal: Journal, each: List, before: Past, wish: Wish) -> None:
    """Raises NeedsYes where nobody agreed to just this statement; journals a yes that comes with the wish."""
    if before.allowed == each.statement:
        return
    if wish.yes is None:
        changed = "what it says has changed since" if before.allowed else "nobody has agreed to it yet"
        raise NeedsYes(
            "People are uploaded only with somebody's yes",
            f"{words(each.audience)}; {changed}.",
            f"kampanya audience sync {each.audience.audience} -e {site.environment} --by NAME",
        )
    by, proof = approve.vouched(site, journal, wish.yes.by, wish.yes.code, each.statement)
    detail = {"stage": "allowed", "statement": each.statement, "proof": proof, "says": words(each.audience)}
    journal.event(EVENT, datetime.now(UTC), by, detail, each.address)


def words(audience: CustomerListAudience) -> str:
    """What a yes is given to, for whoever gives it."""
    columns = ", ".join(audience.columns.model_dump(exclude_none=True))
    return (
        f"{columns} of everybody in {audience.file or 'the query'}, collected from {audience.collected_from},"
        f" consent {audience.consent}, terms {audience.terms}"
    )


def _upload(
    site: Site, journal: Journal, each: List, count: Count, before: Past, actor: str, tell: Tell
) -> Synced:
    now = datetime.now(UTC)
    last = before.uploaded.get("ended")
    upload = Upload(
        id=str(each.id),
        session=int(now.timestamp() * 1_000_000),
        now=site.now(),
        total=count.usable,
        consented=each.audience.consent == "granted",
        left=before.left,
        last=datetime.fromisoformat(last) if last else None,
    )

    def note(left: Mapping[str, Any]) -> None:
        _journal(journal, each, "begun", actor, {"left": dict(left)})

    tell(f"uploading {count.usable:,} people of {each.audience.audience} to {each.address.platform}")
    count = Count()
    sent = people_of(site, each, count)
    receipt = each.keeper.replace_members(upload, chunks(sent, each.keeper.members_at_once), note)
    done: Done = "uploaded" if receipt.settled else "unsettled"
    detail = numbers(count, receipt) | {"ended": site.now().isoformat()}
    _journal(journal, each, done, actor, detail)
    return Synced(each.audience.audience, each.address.platform, done, count, receipt, receipt.note)


def counted(synced: Synced) -> list[str]:
    """What was read, left out and sent, in numbers only."""
    count, receipt = synced.count, synced.receipt
    lines = [f"{count.received:,} rows, {count.usable:,} people"] if count.received else []
    lines += [f"{many:,} rows: {reason}" for reason, many in sorted((count.wrong or {}).items())]
    if receipt is not None:
        lines.append(f"{receipt.sent:,} sent")
        lines += [f"{many:,} refused: {reason}" for reason, many in sorted(receipt.refused.items())]
    return lines


def numbers(count: Count, receipt: Receipt) -> dict[str, Any]:
    """All that is ever written of an upload."""
    return {
        "received": count.received,
        "usable": count.usable,
        "wrong": dict(count.wrong or {}),
        "sent": receipt.sent,
        "refused": dict(receipt.refused),
        "requests": list(receipt.requests),
    }


def _journal(journal: Journal, each: List, stage: str, actor: str, detail: Mapping[str, Any]) -> None:
    told = {"stage": stage, "id": each.id, **detail}
    journal.event(EVENT, datetime.now(UTC), actor, told, each.address)
