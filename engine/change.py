"""What an apply does, one object at a time, and what came of it: two sum types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.resource import Address, Fields, Resource


@dataclass(frozen=True, slots=True)
class Create:
    resource: Resource

    @property
    def address(self) -> Address:
        return self.resource.address


@dataclass(frozen=True, slots=True)
class Update:
    """`before` and `after` hold the same names: the declared fields that differ, and no others.

    `before` is what the platform had, ids in place of Refs. `context` is the whole desired resource, for
    connectors whose calls need more than the difference (a targeting that is replaced as a whole, a parent).
    """

    context: Resource
    id: str
    before: Fields
    after: Fields

    @property
    def address(self) -> Address:
        return self.context.address


@dataclass(frozen=True, slots=True)
class Archive:
    """Out of delivery for good. `before` holds the fields last read; it may be empty."""

    address: Address
    account: str
    id: str
    before: Fields


Change: TypeAlias = Create | Update | Archive


@dataclass(frozen=True, slots=True)
class Applied:
    """It is done: the platform said so and named the object."""

    address: Address
    id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not done and will not be without a change: the platform's own explanation, in its words."""

    address: Address
    code: str
    message: str
    field: str | None = None
    retry: bool = (
        False  # True: nothing is wrong with the object (throttled, platform down); the next apply tries again
    )


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent, but no answer that can be trusted: look for the mark before anything else is tried."""

    address: Address
    message: str


Outcome: TypeAlias = Applied | Refused | Unknown
