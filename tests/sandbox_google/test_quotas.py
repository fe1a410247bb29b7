"""Quotas that a world sets low: what is counted, what a client is told, and when it may go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from google.ads.googleads.v26.errors.types.errors import GoogleAdsFailure
from google.api_core import exceptions

from sandbox.clock import Clock
from sandbox.google import GoogleSandbox
from sandbox.google.errors import Refusal
from sandbox.google.quotas import Quotas
from sandbox.ledger import Ledger
from sandbox.world import GoogleWorld, World, WorldError, load
from tests.sandbox_google.conftest import TODAY, Ads


def served(folder: Path, **google: Any) -> Iterator[Ads]:
    clock, ledger = Clock(folder), Ledger(folder)
    clock.start(TODAY.isoformat(), ZoneInfo("Europe/Istanbul"))
    sandbox = GoogleSandbox(folder, clock, World(google=GoogleWorld(**google)), ledger)
    sandbox.start()
    yield Ads(sandbox, ledger, clock)
    sandbox.stop()
    ledger.close()


@pytest.fixture
def low(tmp_path: Path) -> Iterator[Ads]:
    yield from served(tmp_path, operations_a_day=5)


def labels(ads: Ads, *names: str) -> Any:
    return ads.mutate("labels", *({"create": {"name": name}} for name in names))


def details(act: Any) -> tuple[str, Any]:
    """The code and the quota details of a call that meets its quota."""
    with pytest.raises(exceptions.ResourceExhausted) as caught:
        act()
    key = "google.ads.googleads.v26.errors.googleadsfailure-bin"
    blob = next(value for name, value in caught.value.errors[0].trailing_metadata() if name == key)
    error = GoogleAdsFailure.deserialize(blob).errors[0]
    return error.error_code.quota_error.name, error.details.quota_error_details


def test_each_operation_and_each_query_is_one_of_the_day(low: Ads) -> None:
    labels(low, "a", "b", "c")
    low.query("SELECT label.name FROM label")
    code, told = details(lambda: labels(low, "d", "e"))
    assert (code, told.rate_scope.name) == ("RESOURCE_EXHAUSTED", "DEVELOPER")
    assert told.retry_delay.seconds == 15 * 3600  # it is nine in the morning
    assert labels(low, "d")
    details(lambda: low.query("SELECT label.name FROM label"))
    low.clock.advance(1)
    assert len(low.query("SELECT label.name FROM label")) == 4


def test_a_reset_gives_the_day_back(low: Ads) -> None:
    labels(low, "a", "b", "c", "d", "e")
    low.sandbox.reset()
    assert labels(low, "a")


def quotas(seconds: list[float], **google: Any) -> Quotas:
    account: Any = SimpleNamespace(world=GoogleWorld(**google), today=lambda: TODAY)
    return Quotas(account, lambda: seconds[0])


def test_requests_of_a_second_are_a_bucket_that_fills_again() -> None:
    seconds, request = [0.0], SimpleNamespace()
    bucket = quotas(seconds, requests_a_second=2)
    bucket.take(request)
    bucket.take(request)
    with pytest.raises(Refusal) as caught:
        bucket.take(request)
    assert caught.value.problems[0].code == "RESOURCE_TEMPORARILY_EXHAUSTED"
    seconds[0] = 0.4
    with pytest.raises(Refusal):
        bucket.take(request)
    seconds[0] = 0.6
    bucket.take(request)
    seconds[0] = 60.0
    bucket.take(request)
    bucket.take(request)
    with pytest.raises(Refusal):
        bucket.take(request)


def test_too_many_requests_a_second_are_told_with_a_delay(tmp_path: Path) -> None:
    for ads in served(tmp_path, requests_a_second=1):
        code, told = details(lambda ads=ads: [ads.query("SELECT label.id FROM label") for _ in range(50)])
        assert (code, told.rate_scope.name) == ("RESOURCE_TEMPORARILY_EXHAUSTED", "ACCOUNT")
        assert told.retry_delay.seconds == 1


@pytest.mark.parametrize(
    ("google", "words"),
    [
        ('{"operations_a_day": -1}', "google.operations_a_day: must be a whole number"),
        ('{"requests_a_second": "two"}', "google.requests_a_second: must be a whole number"),
        ('{"uploads": "yes"}', "google.uploads: must be one of newcomer, allowlisted"),
    ],
)
def test_a_world_with_a_limit_that_is_none_is_refused(tmp_path: Path, google: str, words: str) -> None:
    path = tmp_path / "world.json"
    path.write_text(f'{{"google": {google}}}')
    with pytest.raises(WorldError, match=words):
        load(path)
