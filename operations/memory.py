"""What the journal remembers, folded into the values that the engine asks for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.match import Known, LastStatus
from engine.resource import MARK, Address, Fields, from_json
from engine.supports import Supports
from journal.records import AFTER, Event, Intent
from journal.store import Journal

DAY = timedelta(hours=24)
ABSORBED = "absorbed"  # the event that says so
BEGINNING = datetime.min.replace(tzinfo=UTC)
RESTORED = "restored"  # the event that says that a backup of the journal was brought back
ADOPTED = "adopted"  # the event that says that an object was found by its mark


@dataclass(frozen=True, slots=True)
class Memory:
    """`known` is every live object; `applied` the fields Kampanya last set on each."""

    known: Mapping[Address, Known]
    applied: Mapping[Address, Fields]


def remember(journal: Journal, supports: Mapping[str, Supports]) -> Memory:
    """Fold the settled intents, oldest first. Linear in the journal's length."""
    objects = {each.address: each for each in journal.objects("live")}
    applied: dict[Address, dict[str, Any]] = {}
    paused: set[Address] = set()
    restored = journal.events(RESTORED)
    since: set[Address] = set()
    for step in told(journal, supports, applied, paused):
        if restored and isinstance(step, Intent) and step.follows(restored[-1]):
            since.add(step.address)
    known = {
        address: Known(
            each.account, each.id, each.mark, _status(address, applied.get(address, {}), paused, supports)
        )
        for address, each in objects.items()
    }
    if restored:
        known = {at: each if at in since else _not_held(each) for at, each in known.items()}
    return Memory(known, {address: applied.get(address, {}) for address in objects})


def _not_held(known: Known) -> Known:
    """What was held when a backup was made may have been let go since, and paused by somebody."""
    return replace(known, status=None) if known.status == "held" else known


def told(
    journal: Journal,
    supports: Mapping[str, Supports],
    applied: dict[Address, dict[str, Any]],
    paused: set[Address],
) -> Iterator[Intent | Event]:
    """The journal told again into `applied` and `paused`: each step is given, at the address of
    now, just before it is folded in."""
    moved = journal.events("moved")
    absorbed = deque(journal.events(ABSORBED))
    for intent in journal.intents():
        while absorbed and intent.follows(absorbed[0]):
            yield absorbed[0]
            _take_over(absorbed.popleft(), applied, moved)
        now = _as_of_now(intent, moved) if moved else intent
        if now is not None:
            yield now
            _fold(now, applied, paused, supports)
    for event in absorbed:
        yield event
        _take_over(event, applied, moved)


def _take_over(event: Event, applied: dict[Address, dict[str, Any]], moved: Sequence[Event]) -> None:
    """What the YAML took over from the platform counts as set."""
    if event.address is not None and (address := _where_now(event.address, event, moved)) is not None:
        taken: Any = from_json(event.detail["fields"])
        applied.setdefault(address, {}).update(taken)


def _as_of_now(intent: Intent, moved: Sequence[Event]) -> Intent | None:
    """The intent, and what it refers to, at the addresses of now; None for what is no more."""
    address = _where_now(intent.address, intent, moved)
    if address is None:
        return None
    after = _refer_to_now(intent.payload.get("after", {}), intent, moved)
    return replace(intent, address=address, payload={**intent.payload, "after": after})


def _refer_to_now(value: Any, at: Intent, moved: Sequence[Event]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$ref"}:
            old = Address.parse(value["$ref"])
            return {"$ref": str(_where_now(old, at, moved) or old)}
        return {name: _refer_to_now(item, at, moved) for name, item in value.items()}
    return [_refer_to_now(item, at, moved) for item in value] if isinstance(value, list) else value


def _where_now(address: Address, step: Intent | Event, moved: Sequence[Event]) -> Address | None:
    """What was at an address at a step, by the address it was moved to since; None for what had gone before
    something else was moved there, and has nothing to do with that."""
    for event in moved:
        if event.address is None or _after(step, event):
            continue
        if str(address) == event.detail.get("from"):
            address = event.address
        elif address == event.address:
            return None
    return address


def _after(step: Intent | Event, event: Event) -> bool:
    """By the order in the journal where it is told: clocks of two machines differ, and are set back."""
    if isinstance(step, Intent):
        return step.follows(event)
    one, other = step.detail.get(AFTER), event.detail.get(AFTER)
    if isinstance(one, int) and isinstance(other, int) and one != other:
        return one > other
    return event.at < step.at


def _fold(
    intent: Intent,
    applied: dict[Address, dict[str, Any]],
    paused: set[Address],
    supports: Mapping[str, Supports],
) -> None:
    if intent.outcome != "applied" and not (intent.operation == "pause" and intent.is_open):
        return
    address = intent.address
    fields: Any = from_json(intent.payload.get("after", {}))
    fields.pop(MARK, None)
    if intent.operation == "archive":
        applied.pop(address, None)
        return
    if intent.operation == "create":
        applied[address] = {}
    applied.setdefault(address, {}).update(fields)
    if intent.operation == "pause":
        paused.add(address)
    elif intent.operation == "create" or _lets_go(address, fields, supports):
        paused.discard(address)


def _lets_go(address: Address, fields: Mapping[str, Any], supports: Mapping[str, Supports]) -> bool:
    support = supports.get(address.platform)
    status = support.kinds[address.kind].status if support and address.kind in support.kinds else None
    return status is not None and fields.get(status.name) == status.live


def _status(
    address: Address, fields: Mapping[str, Any], paused: set[Address], supports: Mapping[str, Supports]
) -> LastStatus | None:
    support = supports.get(address.platform)
    kind = support.kinds.get(address.kind) if support else None
    if kind is None or kind.status is None or kind.status.name not in fields:
        return None
    if address in paused:
        return "paused"
    return "live" if fields[kind.status.name] == kind.status.live else "held"


def clock_of(step: Intent | Event) -> datetime:
    """When it was, by the clock of its environment: the sandbox's may differ from the machine's."""
    written = (step.payload if isinstance(step, Intent) else step.detail).get("clock")
    return datetime.fromisoformat(written) if isinstance(written, str) else step.at
