"""Change history as queries see it: change_event tells every change, change_status each resource's last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sandbox.google.changelog import MICROS, TOLD, Changed
from sandbox.google.conditions import during
from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal
from sandbox.google.fields import copy_field
from sandbox.google.kinds import KINDS
from sandbox.google.messages import Message, api_name, enum_name, is_message, is_set, set_enum
from sandbox.google.query import Condition, Query

MOST_ROWS = 10_000  # …/docs/change-event, …/docs/change-status
MOMENT = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?: (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?")
EVENTS = frozenset(TOLD) - {"shared_set", "campaign_shared_set", "asset_group"}  # ChangeEventResourceTypeEnum
STATUS = {"CREATE": "ADDED", "UPDATE": "CHANGED", "REMOVE": "REMOVED"}
# What a row names beside the resource itself, where the resource hangs there.
PARENTS = ("campaign", "ad_group", "asset", "shared_set")
Path = tuple[str, ...]
Window = tuple[int, int]  # microseconds since 1970, both included


@dataclass(frozen=True)
class _Span:
    """Which part of the history a resource tells: the field of its time, and how many days back."""

    field: str
    days: int

    @property
    def family(self) -> str:
        return f"{self.field.partition('.')[0]}_error"


# Thirty days: docstring of ChangeEventError.START_DATE_TOO_OLD; ninety: …/docs/change-status.
SPANS = {
    "change_event": _Span("change_event.change_date_time", 30),
    "change_status": _Span("change_status.last_change_date_time", 90),
}


def window(query: Query, account: Account) -> Window | None:
    """The time that a query of the history is about, None for one of anything else.

    Raises Refusal with the ChangeEventError or ChangeStatusError.
    """
    span = SPANS.get(query.resource)
    if span is None:
        return None
    if query.limit is None:
        raise _refusal(span, "LIMIT_NOT_SPECIFIED", "The search must specify a LIMIT.")
    if query.limit > MOST_ROWS:
        raise _refusal(span, "INVALID_LIMIT_CLAUSE", f"The LIMIT is at most {MOST_ROWS}.")
    bounds = [_bounds(each, account) for each in query.conditions if each.field == span.field]
    lows = [low for low, _ in bounds if low is not None]
    highs = [high for _, high in bounds if high is not None]
    if not lows or not highs:
        text = f"The search must specify a finite range filter on {span.field.partition('.')[2]}."
        raise _refusal(span, "CHANGE_DATE_RANGE_INFINITE", text)
    low, high = max(lows), min(highs)
    if high < low:
        raise _refusal(span, "CHANGE_DATE_RANGE_NEGATIVE", "The range can have no results.")
    if low < _micros(account, account.today() - timedelta(days=span.days)):
        raise _refusal(span, "START_DATE_TOO_OLD", f"It cannot be older than {span.days} days.")
    return low, high


def _refusal(span: _Span, code: str, text: str) -> Refusal:
    return Refusal(Problem(span.family, code, text))


def _bounds(condition: Condition, account: Account) -> tuple[int | None, int | None]:
    """The first and the last microsecond that a condition on a time lets through; None: any."""
    value, name = condition.value, condition.operator
    if name == "DURING":
        first, last = during(value, account.today())
        return _micros(account, first), _micros(account, last + timedelta(days=1)) - 1
    moments = [_moment(account, str(one)) for one in (value if isinstance(value, list) else [value])]
    if name == "BETWEEN":
        return moments[0], moments[1]
    if name in ("=", "IN"):
        return min(moments), max(moments)
    low = {">": moments[0] + 1, ">=": moments[0]}.get(name)
    return low, {"<": moments[0] - 1, "<=": moments[0]}.get(name)


def _moment(account: Account, text: str) -> int:
    """A day or a time of the account's zone in microseconds; a day is its first instant."""
    match = MOMENT.fullmatch(text)
    assert match is not None, text  # conditions have been looked at
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    local = datetime(year, month, day, hour, minute, second, tzinfo=account.world.zone)
    return int(local.timestamp()) * MICROS + int((match[7] or "").ljust(6, "0"))


def _micros(account: Account, day: date) -> int:
    return _moment(account, day.isoformat())


def events(account: Account, span: Window) -> Iterator[Message]:
    """ChangeEvents of a window, oldest first; that of an ad's content is one of its own."""
    for changed in account.store.log.read(*span):
        if changed.kind not in EVENTS:
            continue
        change = _Change(changed)
        inside = [path[1:] for path in change.paths if path[0] == "ad" and len(path) > 1]
        if change.operation == "UPDATE" and changed.kind == "ad_group_ad" and inside:
            yield change.event(account, "ad", inside)
            change.paths = [path for path in change.paths if path[0] != "ad"]
        if change.paths:
            yield change.event(account, changed.kind, change.paths)


def statuses(account: Account, span: Window) -> Iterator[Message]:
    """The last change in a window of each resource that changed then."""
    last: dict[str, _Change] = {}
    for changed in account.store.log.read(*span):
        change = _Change(changed)
        if change.paths:
            last.pop(changed.name, None)
            last[changed.name] = change
    for change in last.values():
        yield change.status(account)


READERS: dict[str, Callable[[Account, Window], Iterator[Message]]] = {
    "change_event": events, "change_status": statuses,
}  # fmt: skip


class _Change:
    """One entry of the log with its messages: what was done, and to which fields."""

    def __init__(self, changed: Changed) -> None:
        self.changed = changed
        self.old, self.new = _parsed(changed.kind, changed.before), _parsed(changed.kind, changed.after)
        self.paths = list(_differing(self.old, self.new))
        was, is_there = _lives(self.old, changed.before), _lives(self.new, changed.after)
        self.operation = "UPDATE" if was and is_there else "CREATE" if is_there else "REMOVE"

    @property
    def resource(self) -> Message:
        return self.new if self.changed.after is not None else self.old

    def event(self, account: Account, kind: str, paths: list[Path]) -> Message:
        """A ChangeEvent about these fields of the resource, or of the ad inside."""
        made, inner = KINDS["change_event"].new(), kind == "ad" and self.changed.kind != "ad"
        old, new = (self.old.ad, self.new.ad) if inner else (self.old, self.new)
        place = 2 * self.changed.place + inner
        made.resource_name = f"{account.root}/changeEvents/{self.changed.at}~0~{place}"
        made.change_date_time = _told(account, self.changed.at)
        set_enum(made, "change_resource_type", kind.upper())
        made.change_resource_name = new.resource_name if inner else self.changed.name
        set_enum(made, "client_type", self.changed.client)
        made.user_email = self.changed.user
        set_enum(made, "resource_change_operation", self.operation)
        made.changed_fields.paths.extend(".".join(map(api_name, path)) for path in paths)
        for source, target in ((old, made.old_resource), (new, made.new_resource)):
            for path in paths:
                copy_field(source, getattr(target, kind), path)
        self._name(account, made)
        return made

    def status(self, account: Account) -> Message:
        made, changed = KINDS["change_status"].new(), self.changed
        ids = changed.name.rsplit("/", 1)[-1].replace("~", "-")
        made.resource_name = f"{account.root}/changeStatus/{changed.at}-{TOLD[changed.kind]}-{ids}"
        made.last_change_date_time = _told(account, changed.at)
        set_enum(made, "resource_type", changed.kind.upper())
        set_enum(made, "resource_status", STATUS[self.operation])
        self._name(account, made)
        return made

    def _name(self, account: Account, made: Message) -> None:
        """The resource and what it hangs under, where the row has a field for it."""
        named = {self.changed.kind: self.changed.name}
        fields = self.resource.DESCRIPTOR.fields_by_name
        named |= {ref: getattr(self.resource, ref) for ref in PARENTS if ref in fields}
        group = account.store.get(named.get("ad_group", ""))
        if group is not None:
            named.setdefault("campaign", group.campaign)
        for field, name in named.items():
            if name and field in made.DESCRIPTOR.fields_by_name:
                setattr(made, field, name)


def _parsed(kind: str, blob: bytes | None) -> Message:
    made = KINDS[kind].new()
    made.ParseFromString(blob or b"")
    return made


def _lives(message: Message, blob: bytes | None) -> bool:
    there = blob is not None
    return there and not (
        "status" in message.DESCRIPTOR.fields_by_name and enum_name(message, "status") == "REMOVED"
    )


def _told(account: Account, at: int) -> str:
    """yyyy-MM-dd HH:mm:ss.ssssss in the account's zone."""
    local = datetime.fromtimestamp(at // MICROS, account.world.zone)
    return f"{local:%Y-%m-%d %H:%M:%S}.{at % MICROS:06d}"


def _differing(old: Message, new: Message) -> Iterator[Path]:
    """Paths of the fields that differ, down to those that are no messages; repeated ones as a whole."""
    fields = {field.number: field for field, _ in (*old.ListFields(), *new.ListFields())}
    for field in sorted(fields.values(), key=lambda each: each.number):
        one, other = getattr(old, field.name), getattr(new, field.name)
        if is_message(field) and not field.is_repeated:
            below = [(field.name, *path) for path in _differing(one, other)]
            if below or is_set(old, field) == is_set(new, field):
                yield from below
                continue
        elif one == other and is_set(old, field) == is_set(new, field):
            continue
        yield (field.name,)
