"""A Graph sandbox in this process, emptied before each test, with a raw client and the real SDK."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi, FacebookSession

from sandbox import history
from sandbox.admin import answering
from sandbox.meta.context import SWITCHES
from sandbox.runtime import Sandbox
from sandbox.world import World

START = "2026-11-30"


def png(width: int = 20, height: int = 10, shade: int = 0) -> bytes:
    """A small real picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade, 0, 0] * width) for _ in range(height))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass
class Client:
    """Graph over requests, without the SDK."""

    sandbox: Sandbox
    url: str
    token: str
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        self.account = self.world.meta.account

    def raw(self, method: str, path: str, /, **params: Any) -> requests.Response:
        files = params.pop("files", None)
        sent = {name: v if isinstance(v, str | int) else json.dumps(v) for name, v in params.items()}
        sent = {name: str(v).lower() if isinstance(v, bool) else v for name, v in sent.items()}
        sent.setdefault("access_token", self.token)
        where = {"params": sent} if method == "GET" else {"data": sent}
        return self.http.request(method, f"{self.url}/v26.0/{path}", files=files, timeout=20, **where)

    def call(self, method: str, path: str, /, **params: Any) -> Any:
        answer = self.raw(method, path, **params)
        body = answer.json()
        assert answer.status_code < 400, body
        return body

    def get(self, path: str, /, **params: Any) -> Any:
        return self.call("GET", path, **params)

    def post(self, path: str, /, **params: Any) -> Any:
        return self.call("POST", path, **params)

    def admin(self, method: str, path: str, /, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.url}/_sandbox/{path}"
        if method == "GET":
            return self.http.get(url, params=body, headers=headers, timeout=60).json()
        return self.http.request(method, url, json=body, headers=headers, timeout=60).json()

    # -- a tree to hang things under

    def campaign(self, **changes: Any) -> str:
        return self.post(f"{self.account}/campaigns", **(CAMPAIGN | changes))["id"]

    def adset(self, campaign: str, **changes: Any) -> str:
        return self.post(f"{self.account}/adsets", **(self.adset_fields(campaign) | changes))["id"]

    def adset_fields(self, campaign: str) -> dict[str, Any]:
        return {
            "name": "Eve sipariş",
            "campaign_id": campaign,
            "daily_budget": 60000,
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "OFFSITE_CONVERSIONS",
            "destination_type": "WEBSITE",
            "promoted_object": {"pixel_id": self.world.meta.pixel, "custom_event_type": "PURCHASE"},
            "targeting": TARGETING,
        }

    png = staticmethod(png)

    def image(self, shade: int = 0) -> str:
        files = {"kutu.png": ("kutu.png", png(shade=shade), "image/png")}
        return self.post(f"{self.account}/adimages", files=files)["images"]["kutu.png"]["hash"]

    def story(self, **link: Any) -> dict[str, Any]:
        action = {"type": "ORDER_NOW", "value": {"link": "https://lezzet.example/"}}
        data = {
            "message": "Sıcak",
            "name": "Kapında",
            "link": "https://lezzet.example/",
            "call_to_action": action,
        }
        return {"page_id": self.world.meta.page, "link_data": data | link}

    def creative(self, **changes: Any) -> str:
        fields = {"name": "kutu", "object_story_spec": self.story()} | changes
        return self.post(f"{self.account}/adcreatives", **fields)["id"]

    def ad(self, adset: str, creative: str | None = None, **changes: Any) -> str:
        fields = {
            "name": "kadikoy",
            "adset_id": adset,
            "creative": {"creative_id": creative or self.creative()},
        }
        return self.post(f"{self.account}/ads", **(fields | changes))["id"]

    def tree(self, ads: int = 2, **campaign: Any) -> tuple[str, str, list[str]]:
        """A delivering campaign, its ad set and ads."""
        top = self.campaign(status="ACTIVE", **campaign)
        adset = self.adset(top)
        creative = self.creative()
        return top, adset, [self.ad(adset, creative, name=f"ad {n}") for n in range(ads)]


CAMPAIGN: dict[str, Any] = {
    "name": "Yıl sonu",
    "objective": "OUTCOME_SALES",
    "status": "PAUSED",
    "special_ad_categories": [],
    "is_adset_budget_sharing_enabled": "false",
}
TARGETING: dict[str, Any] = {
    "geo_locations": {"regions": [{"key": "3834"}]},
    "age_min": 18,
    "age_max": 44,
    "targeting_automation": {"advantage_audience": 0},
}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("graph") / "state", World(), START, ["meta"])
    sandbox.meta.serve_admin(answering(sandbox))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def box(served: Sandbox) -> Sandbox:
    """The sandbox, empty, at its first morning, with the switches as they come."""
    served.reset(START)
    served.meta.set_switches(SWITCHES)
    served.set_behaviour(history.SWITCHES)
    return served


@pytest.fixture
def graph(box: Sandbox) -> Iterator[Client]:
    found = box.meta.endpoints()
    client = Client(box, found["url"], found["token"])
    yield client
    client.http.close()


@pytest.fixture
def account(graph: Client) -> Iterator[AdAccount]:
    """The ad account through the unchanged SDK, never through `FacebookAdsApi.init`."""
    session = FacebookSession(access_token=graph.token, timeout=20)
    session.GRAPH = graph.url
    session.requests.trust_env = False
    yield AdAccount(graph.account, api=FacebookAdsApi(session))
    session.requests.close()
