"""What a rule may look at: the store, the account, the time, and the operation it judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sandbox.google.errors import Problem, Refusal
from sandbox.google.kinds import Kind
from sandbox.google.messages import Message
from sandbox.google.store import Store
from sandbox.visitors import Visits
from sandbox.world import GoogleWorld


class Time(Protocol):
    """The clock a sandbox is given."""

    def now(self) -> datetime: ...


class Truth(Visits, Protocol):
    """The part of the ledger that the account itself depends on: visitors, and what was spent."""

    def spent(
        self, platform: str, parent: str, ids: Sequence[str], since: date | None = None
    ) -> dict[str, int]: ...


@dataclass(frozen=True)
class Account:
    """One client account: its facts and everything in it."""

    world: GoogleWorld
    clock: Time
    store: Store
    ledger: Truth

    @property
    def customer(self) -> str:
        return self.world.customer

    @property
    def root(self) -> str:
        return f"customers/{self.world.customer}"

    def today(self) -> date:
        """The account's wall date."""
        return self.clock.now().astimezone(self.world.zone).date()


@dataclass
class Operation:
    """A create or update while it is judged; `old` is None for a create."""

    account: Account
    kind: Kind
    new: Message
    old: Message | None = None
    changed: frozenset[str] = frozenset()  # top-level fields that an update names
    exempt: frozenset[str] = frozenset()  # policy topics or texts the caller asks to be exempt from
    problems: list[Problem] = field(default_factory=list)

    @property
    def creating(self) -> bool:
        return self.old is None

    def touches(self, *fields: str) -> bool:
        """Whether this operation sets any of these fields."""
        return self.creating or not self.changed.isdisjoint(fields)

    def refuse(
        self, family: str, code: str, text: str, *path: str | tuple[str, int], trigger: str | None = None
    ) -> None:
        self.problems.append(Problem(family, code, text, path, trigger))

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if self.problems:
            raise Refusal(*self.problems)

    def parent(self, ref: str) -> Message | None:
        return self.account.store.get(getattr(self.new, ref))
