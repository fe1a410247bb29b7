"""A platform in a dict: the reference implementation of the connector protocol, and the fastest test double.

It keeps the rules that every platform shares: parents exist before children, nothing immutable changes,
archived objects stay archived, an object delivers only when it and all above it are live.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.base import NOTHING, AccountFacts, Connection, Handle, Receipt, Spoken, Upload
from connectors.errors import RetryLater
from connectors.speech import spoken_budget
from engine.audience import Person, hashed
from engine.change import Applied, Archive, Change, Create, Outcome, Refused, Unknown, Update
from engine.namesakes import Living
from engine.report import Page, ReportSpec
from engine.resource import MARK, Address, Fields, Observed, Resource, Value, resolve
from engine.supports import KindSupport, StatusField, Supports

STATUS = StatusField("status", "ACTIVE", "PAUSED")
SILENT = ("campaign", "ad_set", "ad_set_budgets")  # told by the tree
ASIDE = ("image", "video", "thumbnail", "cards", "utm", "options")
BUDGETS = {"daily_budget": "day", "lifetime_budget": "lifetime"}
WORDS = {"budget": frozenset(BUDGETS), "flight": frozenset({"start", "end"})}

SUPPORTS = Supports(
    platform="memory",
    title="Memory",
    kinds={
        "campaign": KindSupport(
            "campaign",
            status=STATUS,
            immutable=frozenset({"objective"}),
            budgets=BUDGETS,  # type: ignore[arg-type]
            flight=("start", "end"),
            words=WORDS,
        ),
        "ad_set": KindSupport(
            "ad_set",
            parent="campaign",
            parent_kind="campaign",
            status=STATUS,
            immutable=frozenset({"campaign"}),
            targets={"bid.amount": "cost", "bid.roas": "return"},
            budgets=BUDGETS,  # type: ignore[arg-type]
            flight=("start", "end"),
            learning=frozenset({"audience"}),
            words=WORDS,
        ),
        "ad": KindSupport(
            "ad",
            parent="ad_set",
            parent_kind="ad_set",
            status=STATUS,
            review=frozenset({"creative"}),
            recreate=True,
        ),
        "creative": KindSupport(
            "creative",
            mark="content",
            status=None,
            delivers=False,
            archivable=False,
            immutable=frozenset({"headlines", "texts", "descriptions", "image", "url", "utm"}),
        ),
        "image": KindSupport("image", mark="content", status=None, delivers=False, archivable=False),
        "video": KindSupport("video", mark="content", status=None, delivers=False, archivable=False),
        "audience": KindSupport(
            "audience", mark="description", status=None, delivers=False, archivable=False
        ),
    },
    default_units=100,
    worst_day=1.5,
    audience_days={"website": 180, "customer_list": 0},
    creative_parts=frozenset({"thumbnail", "cards"}),
)


@dataclass(slots=True)
class Record:
    kind: str
    mark: str
    fields: dict[str, Value]
    archived: bool = False


@dataclass(slots=True)
class Platform:
    """The far side. `refuse` and `lose` hold addresses whose next write is refused, or applied unanswered."""

    records: dict[str, Record] = field(default_factory=dict)
    refuse: set[Address] = field(default_factory=set)
    lose: set[Address] = field(default_factory=set)
    drop: set[Address] = field(default_factory=set)
    people: dict[str, set[str]] = field(default_factory=dict)  # list → seals of who is in it
    coming: dict[str, set[str]] = field(default_factory=dict)  # list → of who came since a replacement began
    breaks_after: int | None = None  # batches of people that still go through
    calls: int = 0
    down: bool = False
    next_id: int = 1

    def insert(self, kind: str, mark: str, fields: Mapping[str, Value]) -> str:
        id = str(self.next_id)
        self.next_id += 1
        self.records[id] = Record(kind, mark, dict(fields))
        return id


def sealed(person: Person) -> str:
    """One person, by the first thing they can be found by."""
    found = next(each for each in (person.email, person.phone, person.external_id, person.last_name) if each)
    return hashed(found)


def _content(fields: Fields) -> Spoken:
    """A creative's parts; an image is an id here, which is no file of anybody's workspace."""
    said = {f"creative.{name}": value for name, value in fields.items() if value and name not in ASIDE}
    if (utm := fields.get("utm")) is not None:
        said["creative.utm"] = utm
    return Spoken(said, frozenset(name for name in ASIDE[:4] if fields.get(name)))


class MemoryConnector:
    """The protocol over a `Platform`; connectors may share one, as processes share an account."""

    reports: Sequence[ReportSpec] = ()

    def __init__(
        self, connection: Connection, far_side: Platform | None = None, platform: str = "memory"
    ) -> None:
        self.platform = platform
        self.supports = replace(SUPPORTS, platform=platform)
        self.connection = connection
        self.far_side = far_side or Platform()

    def canonical(self, desired: Iterable[Resource]) -> list[Resource]:
        return [self._canonical(each) for each in desired]

    def _canonical(self, resource: Resource) -> Resource:
        fields: dict[str, Value] = dict(resource.fields)
        if "status" in fields:
            fields["status"] = STATUS.live if fields["status"] == "active" else STATUS.held
        budget = fields.pop("budget", None)
        if isinstance(budget, Mapping):
            units = Decimal(str(budget["amount"])) * self.supports.units(str(budget["currency"]))
            fields["daily_budget" if budget["period"] == "day" else "lifetime_budget"] = int(units)
        return Resource(resource.address, resource.account, resource.mark, fields, resource.path)

    members_at_once = 100
    found_by = frozenset({"email", "phone", "external_id", "address"})

    def replace_members(
        self, upload: Upload, people: Iterable[Sequence[Person]], note: Callable[[Mapping[str, Any]], None]
    ) -> Receipt:
        """Nobody changes until all are there."""
        far = self.far_side
        note({"session": upload.session})
        far.coming[upload.id] = set()
        sent = 0
        for batch in people:
            if far.breaks_after is not None:
                if far.breaks_after == 0:
                    raise RetryLater("the memory is full")
                far.breaks_after -= 1
            far.coming[upload.id] |= {sealed(each) for each in batch}
            sent += len(batch)
        far.people[upload.id] = far.coming.pop(upload.id)
        return Receipt(sent, requests=(str(upload.session),))

    def remove_members(self, ids: Collection[str], people: Sequence[Person]) -> Receipt:
        for id in ids:
            self.far_side.people.setdefault(id, set()).difference_update(map(sealed, people))
        return Receipt(len(people), requests=tuple(ids))

    def spoken(self, kind: str, fields: Fields) -> Spoken:
        if kind == "creative":
            return _content(fields)
        said: dict[str, Value] = {}
        for name, value in fields.items():
            if name == "status":
                said[name] = "active" if value == STATUS.live else "paused"
            elif name in BUDGETS:
                units = self.supports.units(self.connection.account.currency)
                said |= spoken_budget(BUDGETS[name], value, units, self.connection.account.currency)
            elif name in ("audience", "options") and isinstance(value, Mapping):
                said |= {f"{name}.{part}": each for part, each in value.items()}
            elif name not in SILENT:
                said[name] = value
        return Spoken(said, frozenset())

    def facts(self) -> AccountFacts:
        self._call()
        account = self.connection.account
        return AccountFacts(account.id, "Memory account", account.currency, account.time_zone)

    def read(self, known: Collection[Handle] = NOTHING) -> list[Observed]:
        self._call()
        return [
            Observed(
                self.platform,
                self.connection.account.id,
                record.kind,
                id,
                record.mark,
                dict(record.fields),
                str(record.fields.get("name", "")),
                record.archived,
            )
            for id, record in self.far_side.records.items()
            if record.mark or (record.kind, id) in known
        ]

    def lacks(self) -> list[str]:
        return []

    def handles(self) -> list[Handle]:
        self._call()
        return [(each.kind, id) for id, each in self.far_side.records.items() if not each.archived]

    def living(self, kinds: Collection[str]) -> list[Living]:
        self._call()
        found = [
            (id, each)
            for id, each in self.far_side.records.items()
            if each.kind in kinds and not each.archived
        ]
        return [
            Living(
                each.kind,
                id,
                str(each.fields.get("name", "")),
                str(each.fields.get(self.supports.kinds[each.kind].parent or "") or ""),
            )
            for id, each in found
        ]

    def called(self, kind: str) -> dict[str, str]:
        self._call()
        found = {id: each for id, each in self.far_side.records.items() if each.kind == kind}
        return {id: str(each.fields.get("name", "")) for id, each in found.items() if not each.archived}

    def apply(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> Iterator[Outcome]:
        made = dict(ids)
        for change in changes:
            outcome = self._one(change, made)
            if isinstance(outcome, Applied) and isinstance(change, Create):
                made[change.address] = outcome.id
            yield outcome

    def _one(self, change: Change, ids: Mapping[Address, str]) -> Outcome:
        address, far_side = change.address, self.far_side
        if far_side.down:
            return Refused(address, "down", "The platform does not answer.", retry=True)
        far_side.calls += 1
        if address in far_side.refuse:
            far_side.refuse.discard(address)
            return Refused(address, "100", "The platform does not like it.", field="name")
        if address in far_side.drop:
            far_side.drop.discard(address)
            return Unknown(address, "The connection closed before an answer came.")
        outcome = self._write(change, ids)
        if address in far_side.lose and isinstance(outcome, Applied):
            far_side.lose.discard(address)
            return Unknown(address, "The connection closed before an answer came.")
        return outcome

    def _write(self, change: Change, ids: Mapping[Address, str]) -> Outcome:
        match change:
            case Create(resource):
                missing = [each for each in resource.refs if each not in ids]
                if missing:
                    return Refused(change.address, "parent", f"{missing[0]} does not exist.")
                fields: Any = resolve(resource.fields, ids)
                return Applied(
                    change.address, self.far_side.insert(change.address.kind, resource.mark, fields)
                )
            case Update(id=id, after=after):
                record = self.far_side.records.get(id)
                if record is None or record.archived:
                    return Refused(change.address, "gone", f"{id} is archived or was never there.")
                if frozen := self.supports.kinds[record.kind].immutable & after.keys():
                    return Refused(change.address, "immutable", f"{sorted(frozen)} cannot change.")
                changed = {name: resolve(value, ids) for name, value in after.items()}
                record.mark = str(changed.pop(MARK, record.mark))
                record.fields.update(changed)
                return Applied(change.address, id)
            case Archive(id=id):
                self.far_side.records[id].archived = True
                return Applied(change.address, id)

    def pages(self, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
        self._call()
        yield from ()

    def _call(self) -> None:
        if self.far_side.down:
            raise RetryLater("the memory platform is down")
        self.far_side.calls += 1


def connector(connection: Connection) -> MemoryConnector:
    return MemoryConnector(connection)
