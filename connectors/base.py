"""The whole contract of a platform on one screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from engine.audience import Person
from engine.change import Change, Outcome
from engine.namesakes import Living
from engine.naming import Scope
from engine.report import Page, ReportSpec
from engine.resource import Address, Fields, Observed, Resource
from engine.supports import Supports
from schemas.errors import Problem

Handle: TypeAlias = tuple[str, str]  # kind and id: ids may be unique within a kind only (Google's are)
NOTHING: Collection[Handle] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """An ad account as `kampanya.yaml` declares it; `settings` is what only its platform has (a pixel)."""

    id: str
    currency: str
    time_zone: str
    settings: Mapping[str, str] = field(default_factory=dict)


def flat(declared: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """What an account declares as settings: mappings in it by their keys joined by dots."""
    found: dict[str, str] = {}
    for name, value in declared.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = str(value)
    return found


@dataclass(frozen=True, slots=True)
class Connection:
    """All a connector is given; `endpoint` and `secrets` are resolved, and secrets stay out of repr."""

    account: Account
    scope: Scope
    assets: Path
    endpoint: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the platform says of the account; compared with the declaration before anything is planned."""

    id: str
    name: str
    currency: str
    time_zone: str
    can_spend: bool = True


@dataclass(frozen=True, slots=True)
class AudienceSize:
    """How many people the platform says are in an audience, and whether ads can be aimed at them now.

    Platforms tell bounds or rounded numbers, never the number; None where they tell nothing. `note` says in
    the platform's terms why it is not ready.
    """

    least: int | None
    most: int | None
    ready: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """One replacement of the people in a list of customers by `total` others.

    `session` is a number that the account has not seen yet, `now` the moment it begins, aware. `left` is what
    an earlier one that did not end noted, empty where none did not; `last` is when one last ended.
    """

    id: str
    session: int
    now: datetime
    total: int
    consented: bool = False
    left: Mapping[str, Any] = field(default_factory=dict)
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a platform says of people that it was sent: numbers and its own ids of requests, never people.

    `refused` counts them by the platform's reason; it is `settled` when nothing is left to be done, else
    `note` says what, in words for people.
    """

    sent: int
    refused: Mapping[str, int] = field(default_factory=dict)
    requests: tuple[str, ...] = ()
    settled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One object in the terms of engine.compile: the inverse of `canonical`, as far as there is one.

    `fields` are neutral fields, those of an audience and of a platform's own block with dots
    (`audience.age`, `options.spend_cap`); an audience is named by its id, as the platform does. `unsaid` is
    the canonical fields that the language has no word for, or not for this value.
    """

    fields: Fields
    unsaid: frozenset[str] = frozenset()


class Connector(Protocol):
    """A platform. Constructing one touches no network and imports no SDK; `canonical` never does."""

    platform: str
    supports: Supports

    def canonical(self, desired: Iterable[Resource]) -> list[Resource]:
        """Pure: neutral resources of engine.compile in the platform's own kinds and fields."""
        ...

    def spoken(self, kind: str, fields: Fields) -> Spoken:
        """Pure: the canonical fields of an object of a kind, in neutral terms."""
        ...

    def facts(self) -> AccountFacts:
        """The account as the platform describes it. Raises ConnectorError."""
        ...

    def lacks(self) -> list[str]:
        """What this access lacks to build, change and report, in the platform's terms. Changes nothing.

        Raises ConnectorError.
        """
        ...

    def read(self, known: Collection[Handle] = NOTHING) -> list[Observed]:
        """Every object of the account that bears a mark of Kampanya's, anybody's, or is in `known`.

        Such an object is found even when its mark was removed (its `mark`
        is then ""), and even when the list does not show it yet: it is asked for by itself before
        it is taken for gone.
        Raises ConnectorError.
        """
        ...

    def handles(self) -> list[Handle]:
        """Kind and id of every object of the account that can still deliver or be used, whoever made it.

        `read` of these tells what they are. Keywords and the like may be left out: they come with what they
        hang under. Reads only. Raises ConnectorError.
        """
        ...

    def apply(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> Iterator[Outcome]:
        """Carry out changes, which arrive parents first, in batches as the platform allows.

        Yields exactly one outcome a change, as each settles; a child of something refused or unknown is
        refused with code "parent". `ids` holds the ids of resources that exist. Never raises for a single
        object: what cannot be attempted is yielded as Refused (retry=True) or Unknown.
        """
        ...

    @property
    def reports(self) -> Sequence[ReportSpec]:
        """The reports that `pages` can fetch."""
        ...

    def pages(self, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
        """Raw rows of a report, account-local days, both included. Raises ConnectorError."""
        ...


@runtime_checkable
class NamesakeReader(Protocol):
    """What a connector offers beside where a platform takes a name only once (KindSupport.only_name)."""

    def called(self, kind: str) -> Mapping[str, str]:
        """Id → name of all of a kind that is not removed, whoever made it. Raises ConnectorError."""
        ...


@runtime_checkable
class LivingReader(Protocol):
    """What a connector offers beside whose platform builds a second object of a name without a word."""

    def living(self, kinds: Collection[str]) -> Iterable[Living]:
        """Everything of these kinds that is not archived, whoever made it. Raises ConnectorError."""
        ...


@runtime_checkable
class PictureReader(Protocol):
    """What a connector offers beside whose platform shows the pictures of its library."""

    def pictures(self, ids: Collection[Handle]) -> Iterator[tuple[Handle, bytes]]:
        """The bytes of those that can be fetched; others are left out. Raises ConnectorError."""
        ...


@runtime_checkable
class RestReader(Protocol):
    """What a connector offers beside whose platform may hold what `read` never reads."""

    def rest(self) -> list[tuple[str, str, str]]:
        """Kind, id and why the language has no word, of everybody's. Raises ConnectorError."""
        ...


@runtime_checkable
class AudienceReader(Protocol):
    """What a connector whose platform keeps audiences offers beside."""

    def sizes(self, ids: Collection[str]) -> Mapping[str, AudienceSize]:
        """Sizes by id, as the platform last counted; unknown ids are left out. Raises ConnectorError."""
        ...


@runtime_checkable
class MemberKeeper(Protocol):
    """What a connector offers beside whose platform takes lists of customers.

    Nobody it is given may be kept, logged or named in an error, plain or hashed.
    """

    members_at_once: int
    found_by: frozenset[str]  # of engine.audience.Person.found_by: what it looks people up by

    def replace_members(
        self,
        upload: Upload,
        people: Iterable[Sequence[Person]],
        note: Callable[[Mapping[str, Any]], None],
    ) -> Receipt:
        """Make these, at most `members_at_once` at a time, all there are in a list.

        Calls `note` before it sends what a later replacement must know of, should this one be cut short: the
        last note then comes back as `Upload.left`. Raises ConnectorError.
        """
        ...

    def remove_members(self, ids: Collection[str], people: Sequence[Person]) -> Receipt:
        """Take people out of lists; who is in none is no error. Raises ConnectorError."""
        ...


@runtime_checkable
class NameReader(Protocol):
    """What a connector whose platform targets by keys that only it can tell offers beside."""

    def unknown(self, desired: Iterable[Resource]) -> list[tuple[Address, Problem]]:
        """Names in canonical resources that mean nothing there, or several things. Raises ConnectorError."""
        ...
