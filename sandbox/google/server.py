"""The Google Ads sandbox as a thing that starts, stops, resets and tells what it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import grpc

from sandbox.clock import write_private
from sandbox.google import answers, certificates, clientfiles, delivery, goals, images
from sandbox.google.changelog import Author, acting
from sandbox.google.context import Account, Time
from sandbox.google.faults import Faults
from sandbox.google.kinds import KINDS
from sandbox.google.messages import set_enum
from sandbox.google.report import Book
from sandbox.google.rest import Rest
from sandbox.google.services import Services
from sandbox.google.store import Entry, Store
from sandbox.google.tokens import PERSON, Beside, Tokens, TokenServer
from sandbox.market import Line
from sandbox.world import GoogleWorld

THREADS = 8
UNLIMITED = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
]
# Conversion actions that the account has from the start: a website that is tagged.
FIRST_ACTIONS = (("Purchase", "PURCHASE"), ("Lead", "SUBMIT_LEAD_FORM"))


class Worlds(Protocol):
    """The part of a world that concerns this platform."""

    @property
    def google(self) -> GoogleWorld: ...


class GoogleSandbox:
    """A Google Ads account and its manager on 127.0.0.1; everything it keeps is in `state_dir/google`."""

    def __init__(self, state_dir: Path, clock: Time, world: Worlds, ledger: Book) -> None:
        self.folder = Path(state_dir) / "google"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.world = world.google
        self.store = Store(self.folder / "account.db", clock.now)
        self.account = Account(self.world, clock, self.store, ledger)
        self.faults = Faults()
        self._desk = answers.Desk(self.account, ledger)
        self._server: Any = None
        self._token_server: TokenServer | None = None
        self.port = 0
        if not self.store.entries:
            self._furnish()
        self._complete()

    def start(self, port: int | None = None) -> None:
        """Serve gRPC with TLS, on that port or the last one if it is free, and write the client's files."""
        certificates.make(self.folder)
        key = certificates.account_key(self.folder)
        tokens, ports = Tokens(key), self._last_ports()
        services = Services(self._desk, tokens, self.faults)
        self._token_server = _token_server(tokens, ports.get("token", 0), self._beside(Rest(services)))
        self.store.address = self._token_server.base
        pair = ((self.folder / "server.key").read_bytes(), (self.folder / "server.pem").read_bytes())
        self._server = grpc.server(ThreadPoolExecutor(THREADS, "google-sandbox"), options=UNLIMITED)
        self._server.add_generic_rpc_handlers((services,))
        self.port = self._bind(
            grpc.ssl_server_credentials([pair]), [p for p in (port, ports.get("grpc")) if p]
        )
        self._server.start()
        clientfiles.write(
            self.folder,
            key,
            f"localhost:{self.port}",
            self._token_server.url,
            self.world.login_customer,
            tokens.user(),
        )
        write_private(
            self.folder / "ports.json", json.dumps({"grpc": self.port, "token": self._token_server.port})
        )

    def _beside(self, rest: Rest) -> Beside:
        """What is HTTP beside tokens: images, to whoever knows their address, and the methods over REST."""

        def answer(
            method: str, path: str, headers: dict[str, str], body: bytes
        ) -> tuple[int, dict[str, str], bytes]:
            if not path.startswith(images.SHOWN):
                return rest.answer(method, path, headers, body)
            name = f"{self.account.root}/assets/{path.removeprefix(images.SHOWN)}"
            with self.store.lock:
                asset = self.store.get(name)
            data = asset.image_asset.data if asset is not None else b""
            return (200 if data else 404), {"Content-Type": "application/octet-stream"}, data

        return answer

    def endpoints(self) -> dict[str, Any]:
        """What a client needs; the two paths belong into its environment before it opens a channel."""
        return {
            "customer": self.world.customer,
            "login_customer": self.world.login_customer,
            "endpoint": f"localhost:{self.port}",
            "port": self.port,
            "configuration": str(self.folder / "google-ads.yaml"),
            "roots": str(self.folder / "roots.pem"),
            "service_account": str(self.folder / "sa.json"),
            "user": str(self.folder / "user.json"),
            "rest": self._token_server.base if self._token_server else "",
        }

    def lines(self, day: date) -> list[Line]:
        """Ads that may deliver on that day of the account's time zone."""
        with self.store.lock:
            return delivery.lines(self.account, day)

    def status(self) -> dict[str, Any]:
        """The port, and how many objects of each kind exist, removed ones included."""
        with self.store.lock:
            kinds = self.store.by_kind.items()
            objects = {kind: len(found) for kind, found in kinds if found and not KINDS[kind].given}
        return {"port": self.port, "objects": objects}

    def edit(self, name: str, values: Mapping[str, Any]) -> None:
        """Set top-level fields of a resource (None clears) as a person might: no rule is asked.

        Enum fields take names. For tests of drift, and of states that only old accounts are in. The change
        history tells it as done in the interface.
        """
        with acting(Author("GOOGLE_ADS_WEB_CLIENT", PERSON)), self.store.change():
            entry = self.store.entries[name]
            edited = entry.kind.new()
            edited.CopyFrom(entry.message)
            for field, value in values.items():
                if value is None:
                    edited.ClearField(field)
                elif isinstance(value, str) and edited.DESCRIPTOR.fields_by_name[field].enum_type is not None:
                    set_enum(edited, field, value)
                else:
                    setattr(edited, field, value)
            self.store.put(name, Entry(entry.kind, edited, entry.created, entry.removed))

    def add_fault(self, spec: dict[str, Any]) -> None:
        """`{"kind": …, "method": "CampaignService.*", "times": 1}`; raises FaultError."""
        self.faults.add(spec)

    def clear_faults(self) -> None:
        self.faults.clear()

    def reset(self) -> None:
        """As it was at the very start: nothing made, first ids, no faults; certificates and files stay."""
        self.store.clear()
        self.faults.clear()
        self._desk.pages.clear()
        self._desk.quotas.clear()
        self._furnish()

    def stop(self) -> None:
        """Stop serving and close the store."""
        if self._server is not None:
            self._server.stop(grace=0.2).wait(5)
            self._server = None
        if self._token_server is not None:
            self._token_server.stop()
            self._token_server = None
        self.store.close()

    def _bind(self, credentials: Any, wanted: list[int]) -> int:
        """The first of the wanted ports that is free, or any."""
        for candidate in [*wanted, 0]:
            try:
                bound = int(self._server.add_secure_port(f"127.0.0.1:{candidate}", credentials))
            except RuntimeError:
                continue
            if bound:
                return bound
        raise OSError("no port is free")

    def _last_ports(self) -> dict[str, int]:
        path = self.folder / "ports.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def _complete(self) -> None:
        with self.store.change():
            for name, entry in goals.furnish(self.account):
                self.store.put(name, entry)

    def _furnish(self) -> None:
        today, kind = self.account.today().isoformat(), KINDS["conversion_action"]
        with self.store.change():
            for name, category in FIRST_ACTIONS:
                action = kind.new()
                action.id, action.name, action.owner_customer = self.store.new_id(), name, self.account.root
                action.resource_name = f"{self.account.root}/conversionActions/{action.id}"
                action.primary_for_goal = action.include_in_conversions_metric = True
                action.click_through_lookback_window_days, action.view_through_lookback_window_days = 30, 1
                for field, value in (
                    ("status", "ENABLED"),
                    ("type_", "WEBPAGE"),
                    ("category", category),
                    ("origin", "WEBSITE"),
                    ("counting_type", "MANY_PER_CLICK"),
                ):
                    set_enum(action, field, value)
                self.store.put(action.resource_name, Entry(kind, action, today))
                for made, entry in goals.follow(self.account, kind, action):
                    self.store.put(made, entry)


def _token_server(tokens: Tokens, port: int, rest: Beside) -> TokenServer:
    """On its last port, so that a service account file in use stays true; else on a free one."""
    try:
        return TokenServer(tokens, port, rest)
    except OSError:
        return TokenServer(tokens, 0, rest)
