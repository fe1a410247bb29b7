"""One Google sandbox per test process, emptied before each test, and the unchanged SDK in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import grpc
import pytest
from google.ads.googleads.client import GoogleAdsClient
from google.ads.googleads.errors import GoogleAdsException

from sandbox.clock import Clock
from sandbox.google import GoogleSandbox
from sandbox.ledger import Ledger
from sandbox.market import Conversion, Delivery, Line
from sandbox.world import World

CUSTOMER, MANAGER = "1234567890", "9876543210"
ROOT = f"customers/{CUSTOMER}"
TODAY = date(2026, 12, 1)
NO_POLITICS = "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"


@contextmanager
def trusted(roots: bytes) -> Iterator[None]:
    """Channels that a Google client opens inside trust these roots."""
    real = grpc.compute_engine_channel_credentials
    grpc.compute_engine_channel_credentials = lambda calls: grpc.composite_channel_credentials(
        grpc.ssl_channel_credentials(roots), calls
    )
    try:
        yield
    finally:
        grpc.compute_engine_channel_credentials = real


class Ads:
    """The SDK's client with the words of these tests; requests are plain dicts."""

    def __init__(self, sandbox: GoogleSandbox, ledger: Ledger, clock: Clock) -> None:
        self.sandbox, self.ledger, self.clock = sandbox, ledger, clock
        self.roots = Path(sandbox.endpoints()["roots"]).read_bytes()
        self.kept: dict[tuple[str, str | None, int], Any] = {}  # a stream ends with its collected service
        self.client = GoogleAdsClient.load_from_storage(sandbox.endpoints()["configuration"])

    def service(self, name: str, version: str | None = None, client: GoogleAdsClient | None = None) -> Any:
        """gRPC reads its default roots once per process and other tests may come first: hand them over."""
        used = client or self.client
        key = (name, version, id(used))
        if key in self.kept:
            return self.kept[key]
        with trusted(self.roots):
            self.kept[key] = used.get_service(name, version=version) if version else used.get_service(name)
            return self.kept[key]

    def mutate(self, kind: str, *operations: dict[str, Any], **options: Any) -> Any:
        """`mutate("campaign_budgets", {"create": …})` through the kind's own service."""
        names = {"criteria": "criterion", "strategies": "strategy", "ads": "ad"}
        words = kind.split("_")
        last = names.get(words[-1], words[-1].removesuffix("s"))
        service = "".join(word.capitalize() for word in [*words[:-1], last]) + "Service"
        request = {"customer_id": CUSTOMER, "operations": list(operations), **options}
        return getattr(self.service(service), f"mutate_{kind}")(request=request)

    def create(self, kind: str, **fields: Any) -> str:
        return str(self.mutate(kind, {"create": fields}).results[0].resource_name)

    def update(self, kind: str, resource: str, paths: list[str], **fields: Any) -> Any:
        operation = {"update": {"resource_name": resource, **fields}, "update_mask": {"paths": paths}}
        return self.mutate(kind, operation)

    def refused(self, act: Any) -> list[tuple[str, str]]:
        """What a call that must fail is refused with: (code, path without indexes)."""
        with pytest.raises(GoogleAdsException) as caught:
            act()
        return [(code_of(error), path_of(error)) for error in caught.value.failure.errors]

    def query(self, text: str, customer: str = CUSTOMER) -> list[Any]:
        stream = self.service("GoogleAdsService").search_stream(customer_id=customer, query=text)
        return [row for batch in stream for row in batch.results]

    # -- objects that many tests need ---------------------------------------------------------------------

    def budget(self, **fields: Any) -> str:
        given = {
            "amount_micros": 400_000_000,
            "explicitly_shared": False,
            "delivery_method": "STANDARD",
        } | fields
        return self.create("campaign_budgets", **given)

    def campaign(self, **fields: Any) -> str:
        return self.create("campaigns", **self.campaign_fields(**fields))

    def campaign_fields(self, **fields: Any) -> dict[str, Any]:
        given = {
            "name": "yil-sonu",
            "status": "ENABLED",
            "advertising_channel_type": "SEARCH",
            "manual_cpc": {},
            "contains_eu_political_advertising": NO_POLITICS,
        }
        given |= fields
        if "campaign_budget" not in given:
            given["campaign_budget"] = self.budget()
        return {key: value for key, value in given.items() if value is not None}

    def ad_group(self, campaign: str, **fields: Any) -> str:
        return self.create("ad_groups", **({"name": "eve-siparis", "campaign": campaign} | fields))

    def ad(self, ad_group: str, **fields: Any) -> str:
        return self.create("ad_group_ads", **({"ad_group": ad_group, "ad": rsa()} | fields))

    def keyword(self, ad_group: str, text: str, **fields: Any) -> str:
        keyword = {"text": text, "match_type": "PHRASE"}
        return self.create("ad_group_criteria", **({"ad_group": ad_group, "keyword": keyword} | fields))

    def tree(self) -> tuple[str, str, str]:
        """A campaign, its ad group with two keywords, and its ad: all enabled."""
        campaign = self.campaign()
        group = self.ad_group(campaign)
        self.keyword(group, "eve yemek")
        self.keyword(group, "paket servis")
        return campaign, group, self.ad(group)

    def deliver(self, day: date, *conversions: Conversion, **numbers: int) -> None:
        """One day of every line that may deliver, with the same numbers each."""
        given = {
            "impressions": 1000,
            "clicks": 50,
            "reach": 800,
            "spend_micros": 90_000_000,
            "visits": 40,
            "carts": 5,
        }
        for line in self.sandbox.lines(day):
            self.deliver_line(day, line, conversions, **(given | numbers))

    def deliver_line(
        self, day: date, line: Line, conversions: tuple[Conversion, ...] = (), **numbers: int
    ) -> None:
        """One day of one line; what is not said is a hundred."""
        given = dict.fromkeys(("impressions", "clicks", "reach", "spend_micros", "visits", "carts"), 100)
        made = Delivery(ad_id=line.ad_id, conversions=conversions, **(given | numbers))
        self.ledger.record(day, [line], [made])


def rsa(headlines: int = 3, descriptions: int = 2, **fields: Any) -> dict[str, Any]:
    """A responsive search ad that every rule accepts."""
    return {
        "final_urls": ["https://lezzet.example/siparis"],
        "responsive_search_ad": {
            "headlines": [{"text": f"Sıcak gelir {n}"} for n in range(headlines)],
            "descriptions": [{"text": f"Ustanın elinden kapına kadar {n}"} for n in range(descriptions)],
        }
        | fields,
    }


def code_of(error: Any) -> str:
    raw = type(error.error_code).pb(error.error_code)
    family = raw.WhichOneof("error_code")
    enum = raw.DESCRIPTOR.fields_by_name[family].enum_type
    return f"{family}.{enum.values_by_number[getattr(raw, family)].name}"


def path_of(error: Any) -> str:
    return ".".join(element.field_name for element in error.location.field_path_elements)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ads]:
    folder = tmp_path_factory.mktemp("sandbox-google")
    clock = Clock(folder)
    clock.start(TODAY.isoformat(), ZoneInfo("Europe/Istanbul"))
    ledger = Ledger(folder)
    sandbox = GoogleSandbox(folder, clock, World(), ledger)
    sandbox.start()
    yield Ads(sandbox, ledger, clock)
    sandbox.stop()
    ledger.close()


@pytest.fixture
def ads(running: Ads) -> Ads:
    running.sandbox.reset()
    running.ledger.clear()
    running.clock.restart(ZoneInfo("Europe/Istanbul"))
    return running
