"""What the journal remembers, folded into the values that the engine asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.budget import Flights
from engine.match import Known, LastStatus
from engine.resource import Address, Fields, from_json
from engine.supports import Supports
from journal.records import Event, Intent
from journal.store import Journal

DAY = timedelta(hours=24)
ABSORBED = "absorbed"  # the event that says so
BEGINNING = datetime.min.replace(tzinfo=UTC)


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
    moved = journal.events("moved")
    absorbed: Sequence[Event] = journal.events(ABSORBED)
    for intent in journal.intents():
        absorbed = _take_over(absorbed, intent.at, applied, moved)
        address = _where_now(intent.address, intent.at, moved)
        if address is not None:
            _fold(replace(intent, address=address), applied, paused, supports)
    _take_over(absorbed, None, applied, moved)
    known = {
        address: Known(
            each.account, each.id, each.mark, _status(address, applied.get(address, {}), paused, supports)
        )
        for address, each in objects.items()
    }
    return Memory(known, {address: applied.get(address, {}) for address in objects})


def _take_over(
    absorbed: Sequence[Event],
    until: datetime | None,
    applied: dict[Address, dict[str, Any]],
    moved: Sequence[Event],
) -> Sequence[Event]:
    """Fields that the YAML took over before `until` count as set; returns what was taken over later."""
    later = []
    for event in absorbed:
        if until is not None and event.at > until:
            later.append(event)
        elif event.address is not None:
            taken: Any = from_json(event.detail["fields"])
            if (address := _where_now(event.address, event.at, moved)) is not None:
                applied.setdefault(address, {}).update(taken)
    return later


def _where_now(address: Address, at: datetime, moved: Sequence[Event]) -> Address | None:
    """What was at an address then, by the address it was moved to since; None for what had gone before
    something else was moved there, and has nothing to do with that."""
    for event in moved:
        if event.at < at or event.address is None:
            continue
        if str(address) == event.detail.get("from"):
            address = event.address
        elif address == event.address:
            return None
    return address


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


def raised_since(
    journal: Journal,
    since: datetime,
    supports: Mapping[str, Supports],
    currencies: Mapping[str, str],
    flights: Flights,
) -> dict[str, Decimal]:
    """What settled applies changed existing budgets by since then, a day, in major units by currency.

    Cuts count against raises: the limit is on what the brand as a whole may spend more than a day ago.
    `since` is of the environment's clock, as is the `clock` in each intent.
    """
    sums: dict[str, Decimal] = {}
    for intent in journal.settled(BEGINNING, operations=["update"]):
        support = supports.get(intent.address.platform)
        if support is None or clock_of(intent) < since:
            continue
        currency = currencies[intent.address.platform]
        before, after = intent.payload.get("before", {}), intent.payload.get("after", {})
        for name, period in support.kinds[intent.address.kind].budgets.items():
            old, new = before.get(name), after.get(name)
            if isinstance(old, int) and isinstance(new, int):
                days = 1 if period == "day" else flight_days(intent.address.key, flights)
                step = Decimal(new - old) / support.units(currency) / days
                sums[currency] = sums.get(currency, Decimal(0)) + step
    return sums


def flight_days(key: str, flights: Flights) -> int:
    """Days of the flight declared at a key or above it; 1 where nothing is declared, which counts most."""
    start, end = flights.get(key) or flights.get(key.partition("/")[0]) or (None, None)
    return max(1, (end - start).days + 1) if start and end else 1


def clock_of(intent: Intent) -> datetime:
    """When it was sent, by the clock of its environment: the sandbox's may differ from the machine's."""
    told = intent.payload.get("clock")
    return datetime.fromisoformat(told) if isinstance(told, str) else intent.at
