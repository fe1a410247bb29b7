"""Meta's connector: the protocol's methods, each handed to the file that knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connectors.base import (
    NOTHING,
    AccountFacts,
    AudienceSize,
    Connection,
    Handle,
    Receipt,
    Spoken,
    Upload,
)
from connectors.errors import AccessDenied, ConnectorError
from connectors.meta import audience, convert, members, names, products, reports
from connectors.meta import read as reading
from connectors.meta import spoken as speech
from connectors.meta.application import Application, put_off
from connectors.meta.library import Library
from connectors.meta.places import Places
from connectors.meta.supports import SUPPORTS
from engine.audience import Person
from engine.change import Change, Outcome
from engine.namesakes import Living
from engine.report import Page, ReportSpec
from engine.resource import Address, Fields, Observed, Resource
from engine.supports import Supports
from schemas.errors import Problem

if TYPE_CHECKING:
    from connectors.meta.client import Graph, Transport
    from connectors.meta.pace import Pace


def connector(connection: Connection) -> MetaConnector:
    """Meta for one account; no network and no SDK until its first call."""
    return MetaConnector(connection)


class MetaConnector:
    """`connection.secrets`: token, app_secret if the app demands proofs; `endpoint`: url of another Graph."""

    platform = reading.PLATFORM
    supports: Supports = SUPPORTS
    reports: Sequence[ReportSpec] = reports.SPECS

    def __init__(
        self,
        connection: Connection,
        *,
        sleep: Callable[[float], None] = time.sleep,
        transport: Transport | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._connection, self._sleep, self._transport, self._pace = connection, sleep, transport, pace
        self._places = Places(lambda: self.graph, connection.account.settings)

    @cached_property
    def graph(self) -> Graph:
        """The client, made by the first call. Raises AccessDenied without a token."""
        from connectors.meta.client import GRAPH_URL, Graph

        token = self._connection.secrets.get("token")
        if not token:
            raise AccessDenied(
                f"No token for the Meta account {self._account}",
                "Set the variable that kampanya.yaml names for it.",
            )
        return Graph(
            token,
            url=self._connection.endpoint.get("url", GRAPH_URL),
            app_secret=self._connection.secrets.get("app_secret"),
            sleep=self._sleep,
            transport=self._transport,
            pace=self._pace,
        )

    @property
    def _account(self) -> str:
        return self._connection.account.id

    def canonical(self, desired: Iterable[Resource]) -> list[Resource]:
        """Pure. Raises InvalidDeclaration with everything Meta cannot do."""
        return convert.canonical(desired, self._connection)

    def spoken(self, kind: str, fields: Fields) -> Spoken:
        """Pure: what the language would say of these fields."""
        return speech.spoken(kind, fields, self._connection.account)

    def facts(self) -> AccountFacts:
        """The account as Meta describes it. Raises ConnectorError."""
        return reading.facts(self.graph, self._account)

    def lacks(self) -> list[str]:
        """Permissions the token was not granted, tasks its user has not on the account, and declared product
        sets that it does not see.
        """
        settings = self._connection.account.settings
        return [*reading.lacks(self.graph, self._account), *products.missing(settings, self.graph)]

    def read(self, known: Collection[Handle] = NOTHING) -> list[Observed]:
        """Marked objects, archived ones too, and `known` ones. Raises ConnectorError."""
        return reading.read(self.graph, self._account, self._places, known)

    def handles(self) -> list[Handle]:
        """Every object of the account, whoever made it. Raises ConnectorError."""
        return reading.handles(self.graph, self._account)

    def living(self, kinds: Collection[str]) -> list[Living]:
        """Campaigns, ad sets and ads by name, whoever made them. Raises ConnectorError."""
        return reading.living(self.graph, self._account, kinds)

    def unknown(self, desired: Iterable[Resource]) -> list[tuple[Address, Problem]]:
        """Names of places, interests and the like that Meta does not know. Raises ConnectorError."""
        return names.unknown(desired, self._places)

    def apply(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> Iterator[Outcome]:
        """One outcome a change; a whole account that is out of reach refuses what is left with retry=True."""
        try:
            graph = self.graph
        except ConnectorError as error:
            return iter([put_off(each.address, error) for each in changes])
        library = Library(graph, self._account, self._connection.assets, self._sleep)
        return Application(graph, self._account, library, self._places, ids).run(changes)

    def pages(self, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
        """Raw insights rows. Raises ConnectorError."""
        return reports.pages(self.graph, self._account, report, since, until, self._sleep)

    def pictures(self, ids: Collection[Handle]) -> Iterator[tuple[Handle, bytes]]:
        """The images and videos among these as they are shown. Raises ConnectorError."""
        from connectors.meta import pictures

        return pictures.fetched(self.graph, self._account, ids)

    members_at_once = members.AT_ONCE
    found_by = members.FOUND_BY

    def replace_members(
        self, upload: Upload, people: Iterable[Sequence[Person]], note: Callable[[Mapping[str, Any]], None]
    ) -> Receipt:
        """By a session of `usersreplace`. Raises ConnectorError."""
        return members.Members(self.graph, self._sleep).replace(upload, people, note)

    def remove_members(self, ids: Collection[str], people: Sequence[Person]) -> Receipt:
        """List by list. Raises ConnectorError."""
        return members.Members(self.graph, self._sleep).remove(ids, people)

    def sizes(self, ids: Collection[str]) -> Mapping[str, AudienceSize]:
        """How large Meta says the audiences are. Raises ConnectorError."""
        return audience.sizes(self.graph.rows(self._account, "customaudiences", fields=audience.SIZES), ids)
