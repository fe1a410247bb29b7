"""The Google Ads connector: the protocol's methods, each handed to the file that knows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from typing import Any

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
from connectors.google import audience, members, reports
from connectors.google import rest as leftover
from connectors.google import spoken as speech
from connectors.google.build import Builder
from connectors.google.client import Client
from connectors.google.convert import Converter
from connectors.google.gaql import select
from connectors.google.mutate import Sender, not_sent
from connectors.google.normal import Row
from connectors.google.prepare import lookups
from connectors.google.read import Constants, Reader, called, handles
from connectors.google.supports import SUPPORTS
from connectors.parallel import together
from engine.audience import Person
from engine.change import Change, Outcome
from engine.report import Page, ReportSpec
from engine.resource import Address, Fields, Observed, Resource

CUSTOMER = ("customer.id", "customer.descriptive_name", "customer.currency_code", "customer.time_zone",
            "customer.status", "customer.manager")  # fmt: skip
UNDECLARED = (
    "campaign.missing_eu_political_advertising_declaration = TRUE",
    "campaign.status != 'REMOVED'",
)

SILENT = select("campaign", ("campaign.id", "campaign.name"), *UNDECLARED)
REHEARSED = "kampanya: may this access write?"


class GoogleConnector:
    """One Google Ads customer through the google-ads SDK, which the first call imports."""

    platform = "google"
    supports = SUPPORTS
    reports: Sequence[ReportSpec] = reports.REPORTS

    def __init__(self, connection: Connection, client: Client | None = None) -> None:
        self.connection = connection
        self.client = client or Client(connection)
        self._constants = Constants(self.client)

    def canonical(self, desired: Iterable[Resource]) -> list[Resource]:
        """Search campaigns, ad groups, ads and keywords. Raises InvalidDeclaration with every problem."""
        account = self.connection.account
        return Converter(self.connection.scope, account.currency, account.settings).convert(desired)

    def spoken(self, kind: str, fields: Fields) -> Spoken:
        """Pure: what the language would say of these fields."""
        return speech.spoken(kind, fields, self.connection.account)

    def facts(self) -> AccountFacts:
        """The customer; spends only if enabled and not a manager.

        Raises AccessDenied while a campaign of the account, anybody's, lacks the declaration on political
        advertising: since 2026-04-01 Google then refuses every change to the account.
        """
        about = partial(self.client.rows, select("customer", CUSTOMER))
        found, silent = together([about, partial(self.client.rows, SILENT)])
        customer = found[0]["customer"]
        if undeclared := _names(silent):
            raise AccessDenied(
                f"{len(undeclared)} campaign(s) of account {customer['id']} do not say whether they contain"
                f" EU political advertising: {', '.join(undeclared[:5])}."
                " Google refuses every change meanwhile.",
                "Answer the question in Google Ads (campaign settings, EU political ads) for each of them.",
            )
        return AccountFacts(
            id=str(customer["id"]),
            name=str(customer.get("descriptive_name", "")),
            currency=str(customer.get("currency_code", "")),
            time_zone=str(customer.get("time_zone", "")),
            can_spend=customer.get("status") == "ENABLED" and not customer.get("manager", False),
        )

    def lacks(self) -> list[str]:
        """Whether this access may write: a label is rehearsed (`validate_only`), nothing is made."""
        try:
            self.client.rehearse([{"label_operation": {"create": {"name": REHEARSED}}}])
        except AccessDenied as error:
            return [f"the access role Standard or Admin ({error.problem.detail})"]
        return []

    def undeclared(self) -> list[str]:
        """Names of the account's campaigns without the declaration on EU political advertising."""
        return _names(self.client.rows(SILENT))

    def read(self, known: Collection[Handle] = NOTHING) -> list[Observed]:
        """As the protocol says; keywords are known by the ad group or campaign they hang under."""
        return Reader(self.client, self._constants, self.connection.account.id).read(known)

    def handles(self) -> list[Handle]:
        """Campaigns, ad groups, ads and user lists, whoever made them. Raises ConnectorError."""
        return handles(self.client)

    def rest(self) -> list[tuple[str, str, str]]:
        """What the account holds that is never read. Raises ConnectorError."""
        return [*leftover.rest(self.client)]

    def pictures(self, ids: Collection[Handle]) -> Iterator[tuple[Handle, bytes]]:
        """The images among these as they are shown. Raises ConnectorError."""
        from connectors.google import pictures

        return pictures.fetched(self.client, ids)

    def called(self, kind: str) -> dict[str, str]:
        """Names of all campaigns or user lists by id. Raises ConnectorError."""
        return called(self.client, kind)

    def apply(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> Iterator[Outcome]:
        """As the protocol says: whole trees in atomic requests of at most 10,000 operations."""
        try:
            facts = lookups(changes, ids, self.client, self._constants, self.connection.assets)
        except ConnectorError as error:
            yield from (not_sent(change, error) for change in changes)
            return
        yield from Sender(self.client, Builder(self.client.customer, facts, ids)).send(changes)

    def pages(self, report: ReportSpec, since: date, until: date) -> Iterator[Page]:
        """Raw rows by day, at most 10,000 a page. Raises ConnectorError."""
        return reports.pages(self.client, self.connection.account.id, report, since, until)

    members_at_once = members.AT_ONCE
    found_by = members.FOUND_BY

    @cached_property
    def _members(self) -> members.Members:
        return members.Members(self.client, self.client.sleep)

    def replace_members(
        self, upload: Upload, people: Iterable[Sequence[Person]], note: Callable[[Mapping[str, Any]], None]
    ) -> Receipt:
        """By the Data Manager API. Raises ConnectorError."""
        return self._members.replace(upload, people, note)

    def remove_members(self, ids: Collection[str], people: Sequence[Person]) -> Receipt:
        """By the Data Manager API. Raises ConnectorError."""
        return self._members.remove(ids, people)

    def sizes(self, ids: Collection[str]) -> Mapping[str, AudienceSize]:
        """How large Google says the user lists are on Search. Raises ConnectorError."""
        return audience.sizes(self.client.rows(select("user_list", audience.SIZES)), ids)


def _names(rows: Sequence[Row]) -> list[str]:
    return sorted(str(row["campaign"]["name"]) for row in rows)


def connector(connection: Connection) -> GoogleConnector:
    """The connector of one account; touches no network and imports no SDK."""
    return GoogleConnector(connection)
