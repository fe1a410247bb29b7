"""One run of one plan: what it works with, how changes are sent and journalled, and what has come of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from engine.change import Applied, Archive, Change, Outcome, Refused, Unknown
from engine.resource import Address, Fields
from engine.schedule import above
from operations.intents import Ledger
from operations.site import Site

# Outcomes are written at least so often, and at least so many in a transaction: each costs a commit. What a
# crash loses of them, the marks tell.
TOGETHER, SETTLE_SECONDS = 50, 0.25
LOOK_SECONDS = 1.0  # so often a pause is looked for while things are let go


@dataclass(slots=True)
class Result:
    """What an apply did and did not do. `failed` and `waiting` map an address to the reason.

    `blocked` are declared objects that no plan can bring about before a person decides, in words.
    """

    applied: list[Address] = field(default_factory=list)
    failed: dict[Address, str] = field(default_factory=dict)
    waiting: dict[Address, str] = field(default_factory=dict)
    blocked: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not (self.failed or self.waiting or self.blocked)

    @property
    def broken(self) -> set[Address]:
        return {*self.failed, *self.waiting}


@dataclass(slots=True)
class Execution:
    """One run of one plan: what it works with, and what has come of it so far.

    `links` is address → what it hangs under and refers to, `before` what was there when the plan was judged.
    `room` is platform → operations that its day has left. `paused` tells who paused something meanwhile and
    `stop` why nothing more may be let go; `outdated` why what was judged long ago is not right any more. All
    are "" as long as all is well.
    """

    site: Site
    ledger: Ledger
    ids: dict[Address, str]
    links: Mapping[Address, frozenset[Address]]
    parents: Mapping[Address, Address]
    before: Mapping[Address, Fields]
    paused: Callable[[], str]
    stop: Callable[[], str]
    outdated: Callable[[], str]
    tell: Callable[[str], None]
    sleep: Callable[[float], None]
    result: Result = field(default_factory=Result)
    unbuilt: set[Address] = field(default_factory=set)
    room: Mapping[str, int] = field(default_factory=dict)

    def send(self, phase: str, changes: Sequence[Change]) -> dict[Address, Outcome]:
        """Journal intents, send them platform by platform, journal what came back."""
        outcomes: dict[Address, Outcome] = {}
        for platform in self.site.platforms:
            batch = [each for each in changes if each.address.platform == platform]
            if batch:
                self.tell(f"{phase}: {len(batch)} on {self.site.supports[platform].title}")
                outcomes.update(self._send(phase, platform, batch))
        self._note(outcomes, building=phase == "build")
        return outcomes

    def _send(self, phase: str, platform: str, batch: Sequence[Change]) -> Iterator[tuple[Address, Outcome]]:
        intents = self.ledger.intend(phase, batch, self.ids, "pause" if phase == "pause" else None)
        archived = {each.address for each in batch if isinstance(each, Archive)}
        unwritten: list[tuple[int, Outcome]] = []
        written = time.monotonic()
        try:
            for outcome in self._until_stopped(phase, platform, batch):
                unwritten.append((intents[outcome.address], outcome))
                if len(unwritten) >= TOGETHER and time.monotonic() - written > SETTLE_SECONDS:
                    self.ledger.settle(unwritten)
                    unwritten, written = [], time.monotonic()
                if isinstance(outcome, Applied) and outcome.address not in archived:
                    self.ids[outcome.address] = outcome.id
                yield outcome.address, outcome
        finally:
            self.ledger.settle(unwritten)

    def _until_stopped(self, phase: str, platform: str, batch: Sequence[Change]) -> Iterator[Outcome]:
        """Outcomes as they come. While things are let go a stop ends it: of the rest nothing is known, since
        some may be under way.
        """
        sending = self.site.connectors[platform].apply(batch, self.ids)
        if phase != "activate":
            yield from sending
            return
        left, looked = {each.address for each in batch}, time.monotonic()
        with closing(_closable(sending)) as outcomes:
            for outcome in outcomes:
                left.discard(outcome.address)
                yield outcome
                if left and time.monotonic() - looked >= LOOK_SECONDS:
                    if why := self.stop():
                        break
                    looked = time.monotonic()
            else:
                return
        yield from (Unknown(each.address, f"stopped, {why}") for each in batch if each.address in left)

    def _note(self, outcomes: Mapping[Address, Outcome], building: bool) -> None:
        for address, outcome in outcomes.items():
            if isinstance(outcome, Applied):
                self.result.applied.append(address)
                self.made_good(address)
            else:
                if building and address not in self.result.failed:
                    self.unbuilt.add(address)
                self.result.failed[address] = words(outcome)

    def made_good(self, address: Address) -> None:
        """Only a create that was tried again makes its failure good; one part of a change none of another."""
        if address in self.unbuilt:
            self.unbuilt.discard(address)
            self.result.failed.pop(address, None)

    def hold(self, changes: Iterable[Change], reason: str) -> None:
        """These wait: not sent, and told so."""
        for change in changes:
            self.result.waiting.setdefault(change.address, reason)

    def tainted(self) -> set[Address]:
        """What is broken, and all that refers to it or stands above it."""
        broken = self.result.broken
        users = {address for address, links in self.links.items() if links & broken}
        return {up for each in broken | users for up in (each, *above(each, self.parents))}


def _closable(outcomes: Iterator[Outcome]) -> Generator[Outcome]:
    yield from outcomes


def words(outcome: Refused | Unknown) -> str:
    """A failed outcome, in the platform's own words."""
    if isinstance(outcome, Unknown):
        return f"outcome unknown: {outcome.message}"
    place = f" (field {outcome.field})" if outcome.field else ""
    return f"refused: {outcome.message}{place} [{outcome.code}]"
