"""The client: how it is built, what it retries, and what it never does."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.api_core import exceptions

from connectors.errors import AccessDenied, OutcomeUnknown, Rejected, RetryLater
from connectors.google import client as module
from connectors.google.client import ROOTS, Client, settle_roots
from connectors.google.errors import Busy
from tests.connectors.google import neutral


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_roots", [])
    monkeypatch.setenv(ROOTS, "/etc/somebody/elses.pem")
    monkeypatch.setenv("GOOGLE_ADS_DEVELOPER_TOKEN", "ambient")
    monkeypatch.setenv("GOOGLE_ADS_LOGIN_CUSTOMER_ID", "5555555555")


@pytest.fixture(scope="module")
def key_file() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "client_email": "kampanya@project.example",
        "private_key": text.decode(),
        "token_uri": "http://127.0.0.1:9/token",
    }


class Service:
    """Stands in for the SDK's service: raises what it is given, then answers with no rows."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    def search_stream(self, **request: Any) -> Iterator[Any]:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return iter(())

    def mutate(self, **request: Any) -> Any:
        self.calls += 1
        raise self.errors.pop(0)


def client(service: Service, waits: list[float] | None = None) -> Client:
    made = Client(neutral.connection(), sleep=(waits if waits is not None else []).append)
    made.__dict__["_service"] = service
    return made


def secret(**secrets: str) -> Client:
    return Client(replace(neutral.connection(), secrets=secrets))


def test_production_takes_the_account_as_declared_and_nothing_from_around(key_file: dict[str, str]) -> None:
    sdk = secret(service_account=json.dumps(key_file)).sdk
    assert (sdk.login_customer_id, sdk.developer_token) == ("9876543210", None)
    assert (sdk.version, sdk.endpoint) == ("v26", None)
    assert os.environ[ROOTS] == "/etc/somebody/elses.pem"


def test_the_sdk_does_not_write_on_everybodys_terminal(
    key_file: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _ = secret(service_account=json.dumps(key_file)).sdk
    logger = logging.getLogger("google.ads.googleads.client")
    logger.propagate = False  # pytest's own handler listens at the root
    logger.warning("Request made: ...")
    logger.propagate = True
    assert capsys.readouterr().err == ""


def test_a_key_may_be_a_file_and_a_developer_token_is_sent_if_given(
    key_file: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key_file), encoding="utf-8")
    assert secret(service_account=str(path), developer_token="token-1").sdk.developer_token == "token-1"


@pytest.mark.parametrize("text", ["", "/nowhere/key.json", "{", '{"private_key": "hunter2"}'])
def test_a_key_that_cannot_be_used_is_said_without_repeating_it(text: str) -> None:
    with pytest.raises(AccessDenied) as caught:
        _ = secret(service_account=text).sdk
    assert "service_account" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_sandboxs_certificates_replace_the_environments_for_once() -> None:
    settle_roots("sandbox.pem")
    assert os.environ[ROOTS] == "sandbox.pem"
    settle_roots("sandbox.pem")
    for other in ("another.pem", None):
        with pytest.raises(AccessDenied, match="other root certificates"):
            settle_roots(other)


def test_a_sandbox_after_production_is_refused_in_the_same_process() -> None:
    settle_roots(None)
    with pytest.raises(AccessDenied, match="process of its own"):
        settle_roots("sandbox.pem")
    assert os.environ[ROOTS] == "/etc/somebody/elses.pem"


def test_a_read_is_repeated_with_growing_waits_and_then_given_up() -> None:
    waits: list[float] = []
    service = Service(*[exceptions.ServiceUnavailable("Socket closed")] * 9)
    with pytest.raises(RetryLater, match="Socket closed"):
        client(service, waits).rows("SELECT campaign.id FROM campaign")
    assert (service.calls, waits) == (5, [1, 2, 4, 8])


def test_a_read_that_passes_later_is_answered() -> None:
    service = Service(exceptions.ServiceUnavailable("Socket closed"))
    assert client(service).rows("SELECT campaign.id FROM campaign") == []


def test_a_write_that_may_have_been_done_is_never_repeated() -> None:
    service = Service(exceptions.ServiceUnavailable("Socket closed"))
    with pytest.raises(OutcomeUnknown):
        client(service).mutate([])
    assert service.calls == 1


def test_a_write_that_never_left_is_repeated() -> None:
    service = Service(*[exceptions.ServiceUnavailable("failed to connect to all addresses")] * 5)
    with pytest.raises(Busy):
        client(service).mutate([])
    assert service.calls == 5


def test_a_wait_of_hours_is_left_to_the_caller() -> None:
    class Exhausted(Service):
        def mutate(self, **request: Any) -> Any:
            self.calls += 1
            raise Busy("the day is used up", 7200.0)

    service = Exhausted()
    with pytest.raises(Busy):
        client(service).mutate([])
    assert service.calls == 1


def test_a_programming_error_is_not_taken_for_the_platforms() -> None:
    with pytest.raises(ZeroDivisionError):
        client(Service(ZeroDivisionError())).rows("SELECT campaign.id FROM campaign")


def test_every_search_counts_one_operation_of_the_day() -> None:
    made = client(Service(exceptions.InvalidArgument("no such field")))
    with pytest.raises(Rejected, match="no such field"):
        made.rows("SELECT campaign.nothing FROM campaign")
    made.rows("SELECT campaign.id FROM campaign")
    assert (made.calls, made.operations) == ({"SearchStream": 2}, 2)
