"""What the tests of Meta's connector share: a declared tree, a connection, a scripted Graph, a sandbox."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest
import requests

from connectors.base import Account, Connection
from connectors.meta.apply import MetaConnector
from connectors.meta.client import Graph
from connectors.meta.pace import Pace
from engine.naming import Scope
from engine.resource import Address, Ref, Resource

TOKEN = "EAAB-secret-token-0123456789"
ROOT = Path(__file__).parents[3]


def png(colour: int = 0) -> bytes:
    """An 8 × 8 picture of one colour; not compressed, so that every machine makes the same bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = (b"\0" + bytes([colour, 80, 120]) * 8) * 8
    size = len(lines)
    stored = b"\x78\x01\x01" + struct.pack("<HH", size, size ^ 0xFFFF) + lines
    body = stored + struct.pack(">I", zlib.adler32(lines))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@dataclass
class Tree:
    """Neutral resources of one campaign, as the compiler would hand them over."""

    scope: Scope
    account: Account
    assets: Path
    ad_sets: int = 2
    ads: int = 2
    objective: str = "sales"
    resources: list[Resource] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resource(
            "campaign", "yil-sonu", name="Yıl sonu", objective=self.objective, status="active",
            start="2026-12-01", end="2026-12-31", ad_set_budgets=True, options={},
        )  # fmt: skip
        for number in range(self.ad_sets):
            self._ad_set(number)

    def _ad_set(self, number: int) -> None:
        key = f"yil-sonu/takim-{number}"
        self.resource(
            "ad_set", key, campaign=self.ref("campaign", "yil-sonu"), name=f"Takım {number}", status="active",
            optimize_for="purchases", budget=self.budget("600.00"), bid=None,
            audience={
                "locations": ("TR-34", "TR-06"), "languages": ("tr",), "age": {"min": 18, "max": 44},
                "genders": (), "interests": (), "include": (), "exclude": (),
            },
            start="2026-12-01", end="2026-12-31", conversion=None, options={},
        )  # fmt: skip
        for each in range(self.ads):
            creative = self.creative(
                f"c-{number}-{each}", headlines=(f"Kadıköy {number}.{each}: 30 dk kapında",)
            )
            self.resource(
                "ad", f"{key}/reklam-{number * self.ads + each}",
                ad_set=self.ref("ad_set", key), creative=Ref(creative), name=f"Reklam {each}",
                status="active", options={},
            )  # fmt: skip

    def budget(self, amount: str, period: str = "day") -> dict[str, str]:
        return {"period": period, "amount": amount, "currency": "TRY"}

    def image(self, name: str = "kutu.png", colour: int = 0) -> Address:
        path = self.assets / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(colour))
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        address = Address("meta", "image", sha[:16])
        if not any(each.address == address for each in self.resources):
            fields: dict[str, Any] = {"path": name, "sha256": sha, "width": 600, "height": 314}
            self.resources.append(Resource(address, self.account.id, f"image:{sha[:16]}", fields))
        return address

    def video(self, name: str = "film.mp4", size: int = 3000) -> Address:
        path = self.assets / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(number % 251 for number in range(size)))
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        return self.resource("video", sha[:16], mark=f"video:{sha[:16]}", path=name, sha256=sha)

    def creative(self, key: str, **changed: Any) -> Address:
        fields: dict[str, Any] = {
            "headlines": ("Sıcak gelir",), "texts": ("Ustanın elinden kapına kadar.",),
            "descriptions": (), "image": Ref(self.image()), "video": None, "call_to_action": "order_now",
            "url": "https://lezzet.example/siparis",
            "utm": {"source": "meta", "medium": "paid_social", "campaign": "yil-sonu", "content": "kadikoy"},
            "display_path": (), "page": None, "options": {},
        }  # fmt: skip
        return self.resource("creative", key, **{**fields, **changed})

    def ref(self, kind: str, key: str) -> Ref:
        return Ref(Address("meta", kind, key))

    def resource(self, kind: str, key: str, mark: str = "", **fields: Any) -> Address:
        address = Address("meta", kind, key)
        mark = mark or self.scope.token(address)
        self.resources.append(Resource(address, self.account.id, mark, fields))
        return address

    def change(self, kind: str, key: str, **fields: Any) -> None:
        """Declare other values for one resource."""
        address = Address("meta", kind, key)
        at = next(i for i, each in enumerate(self.resources) if each.address == address)
        old = self.resources[at]
        self.resources[at] = Resource(address, old.account, old.mark, {**old.fields, **fields}, old.path)


ACCOUNT = Account(
    "act_1000000000000001",
    "TRY",
    "Europe/Istanbul",
    {"page": "2000000000000001", "pixel": "3000000000000001", "business": "4000000000000001"},
)


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    return Connection(
        ACCOUNT, Scope("lezzet", "test"), tmp_path / "brand", {"url": "http://127.0.0.1:1"}, {"token": TOKEN}
    )


@pytest.fixture
def tree(connection: Connection) -> Callable[..., Tree]:
    """Makes declared trees whose images lie in the connection's assets."""

    def make(**options: Any) -> Tree:
        return Tree(connection.scope, connection.account, connection.assets, **options)

    return make


@dataclass
class Said:
    """One HTTP answer."""

    text: str
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One HTTP request as it left the SDK."""

    method: str
    path: str
    params: Mapping[str, Any]
    files: Mapping[str, Any]

    @property
    def batch(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.params["batch"])
        return found

    def body(self, position: int) -> dict[str, Any]:
        """Decoded form of one call of a batch."""
        form = parse_qs(self.batch[position].get("body", ""))
        return {name: _decoded(values[0]) for name, values in form.items()}


def _decoded(text: str) -> Any:
    try:
        return json.loads(unquote_plus(text)) if text[:1] in "[{" else text
    except ValueError:
        return text


Handler = Callable[[Asked], Any]


class FakeGraph:
    """A transport whose answers a test scripts: text, JSON values, `Said`, or exceptions to raise."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self.asked: list[Asked] = []
        self.script: list[Any] = []
        self.slept: list[float] = []
        self.otherwise: Handler | None = None

    def request(self, method: str, url: str, **options: Any) -> Said:
        asked = Asked(
            method,
            url.split("v26.0", 1)[1].strip("/"),
            options.get("params") or options.get("data") or {},
            options.get("files") or {},
        )
        self.asked.append(asked)
        answer = self.script.pop(0) if self.script else self._other(asked)
        if callable(answer):
            answer = answer(asked)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Said):
            return answer
        return Said(answer if isinstance(answer, str) else json.dumps(answer))

    def _other(self, asked: Asked) -> Any:
        if self.otherwise is None:
            raise AssertionError(f"unexpected {asked.method} {asked.path}")
        return self.otherwise(asked)

    def pace(self) -> Pace:
        """Of a clock on which every sleep passes at once."""
        return Pace(self.slept.append, lambda: time.monotonic() + sum(self.slept))

    def graph(self, **options: Any) -> Graph:
        return Graph(
            TOKEN,
            url="http://127.0.0.1:1",
            transport=self,
            sleep=self.slept.append,
            pace=self.pace(),
            **options,
        )

    def connector(self, connection: Connection) -> MetaConnector:
        return MetaConnector(connection, sleep=self.slept.append, transport=self, pace=self.pace())


@pytest.fixture
def fake() -> FakeGraph:
    return FakeGraph()


@pytest.fixture
def said() -> type[Said]:
    return Said


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """A Graph error envelope."""

    def make(code: int, message: str = "Invalid parameter", **more: Any) -> dict[str, Any]:
        return {"error": {"message": message, "type": "OAuthException", "code": code, **more}}

    return make


@pytest.fixture
def inner() -> Callable[..., dict[str, Any]]:
    """One answer inside a batch answer."""

    def make(body: Any, code: int = 200, **headers: str) -> dict[str, Any]:
        listed = [{"name": name, "value": value} for name, value in headers.items()]
        return {"code": code, "headers": listed, "body": json.dumps(body)}

    return make


@dataclass
class Sandbox:
    """A running stand-in platform and its admin side."""

    state: Path
    endpoint: dict[str, str]

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(
            method,
            f"{self.endpoint['url']}/_sandbox/{path}",
            headers={"Authorization": f"Bearer {self.endpoint['token']}"},
            json=body if method != "GET" else None,
            params=body if method == "GET" else None,
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, route: str, kind: str, **more: Any) -> None:
        self.ask("POST", "faults", route=route, kind=kind, **more)

    def write(self, path: str, **fields: str) -> Any:
        """What somebody else does in the account."""
        sent = fields | {"access_token": self.endpoint["token"]}
        answer = requests.post(f"{self.endpoint['url']}/v26.0/{path}", data=sent, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, days: int) -> None:
        self.ask("POST", "advance", days=days)

    def objects(self) -> dict[str, int]:
        found: dict[str, int] = self.ask("GET", "status")["meta"]["objects"]
        return found

    def connection(self, assets: Path) -> Connection:
        point = self.endpoint
        settings = {name: point[name] for name in ("page", "pixel", "business")}
        account = Account(point["account"], "TRY", "Europe/Istanbul", settings)
        return Connection(
            account, Scope("lezzet", "sandbox"), assets, {"url": point["url"]}, {"token": point["token"]}
        )


def command(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    state = tmp_path_factory.mktemp("sandbox")
    where = ("--state", str(state))
    command("up", *where, "--platforms", "meta", "--clock", "2026-11-30")
    try:
        yield Sandbox(state, json.loads((state / "endpoints.json").read_text(encoding="utf-8"))["graph"])
    finally:
        command("down", *where)


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The running sandbox, empty, without faults, and without limits on how fast tests may go."""
    running.ask("DELETE", "faults")
    running.ask("POST", "switches", mutation_rate=False, budget_changes=False)
    running.ask("POST", "reset")
    return running
