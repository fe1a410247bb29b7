"""What is wrong is said with its mend; what is well is said too."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from connectors.google.supports import VERSION
from connectors.meta.client import API_VERSION
from connectors.versions import LIFETIMES
from journal.records import IntentRow
from operations import doctor
from operations.doctor import Finding, examine, examine_site
from tests.operations.sites import NOW, Bench
from tests.operations.test_convergence import HOME, at


@pytest.fixture
def told(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The brand with a stand-in that tells the right time."""
    folder = brand.root / ".kampanya" / "sandbox" / "sandbox"
    folder.mkdir()
    folder.parent.chmod(0o700)
    (folder / "endpoints.json").write_text(
        json.dumps({"graph": {"url": "http://127.0.0.1:9", "token": "x" * 9}})
    )
    monkeypatch.setattr(doctor, "_told_by", lambda url: datetime.now(UTC))
    return brand


def findings(brand: Bench) -> dict[str, Finding]:
    return {each.what: each for each in examine_site(brand.site)}


def test_a_sound_brand_has_nothing_to_mend(told: Bench) -> None:
    found = findings(told)
    assert [each for each in found.values() if not each.well] == []
    assert {
        "declaration",
        "guard rails",
        "journal",
        "clock",
        "meta access",
        "meta account",
        "meta api",
        "meta quota",
        "spend",
    } < set(found)


def test_a_sandbox_that_is_down_is_told_with_how_to_start_it(brand: Bench) -> None:
    found = {each.what: each for each in examine(brand.root, "sandbox", lambda _: None)}
    assert not found["sandbox"].well
    assert "kampanya sandbox up" in found["sandbox"].fix
    assert "meta account" not in found


def test_another_currency_than_declared_is_told(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = type(told.site.connectors["meta"])
    facts = told.site.connectors["meta"].facts()
    monkeypatch.setattr(cls, "facts", lambda _: replace(facts, currency="EUR"))
    account = findings(told)["meta account"]
    assert (account.well, "TRY" in account.fix) == (False, True)


def test_an_account_that_may_not_spend_is_told(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = type(told.site.connectors["meta"])
    facts = told.site.connectors["meta"].facts()
    monkeypatch.setattr(cls, "facts", lambda _: replace(facts, can_spend=False))
    assert not findings(told)["meta account"].well


def test_what_the_access_lacks_is_told(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = type(told.site.connectors["meta"])
    monkeypatch.setattr(cls, "lacks", lambda _: ["the permission ads_management"])
    access = findings(told)["meta access"]
    assert (access.well, access.detail) == (False, "lacks the permission ads_management")
    assert "owner" in access.fix


def test_a_clock_that_is_wrong_is_told(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_told_by", lambda url: datetime(2020, 1, 1, tzinfo=UTC))
    assert not findings(told)["clock"].well


def test_missing_ceilings_are_told(told: Bench) -> None:
    told.edit("  monthly: 45000 TRY\n", "", "kampanya.yaml")
    assert "monthly" in findings(told)["guard rails"].detail


def test_an_outcome_nobody_knows_is_told(told: Bench) -> None:
    run = told.journal.begin_run(None, "t", "h", NOW)
    told.journal.intend(run, [IntentRow(at("ad_set", HOME), "act", "create", "build", {}, "m")], NOW)
    assert "1 intents" in findings(told)["journal"].detail


def test_a_quota_that_a_whole_build_exceeds_is_told(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    site = told.site
    supports = {"meta": replace(site.supports["meta"], access={"limited": 3}, test_access="limited")}
    site.__dict__["supports"] = supports
    (quota,) = [each for each in examine_site(site) if each.what == "meta quota"]
    assert (quota.well, "of 3 a day" in quota.detail) == (False, True)


def test_the_versions_that_are_watched_are_those_spoken() -> None:
    assert {name: each.version for name, each in LIFETIMES.items()} == {
        "meta": API_VERSION,
        "google": VERSION,
    }


def test_a_version_is_near_its_end_for_ninety_days() -> None:
    meta = LIFETIMES["meta"]
    assert not meta.near(date(2028, 4, 30))
    assert meta.near(date(2028, 5, 1))
    assert meta.left(date(2028, 7, 30)) == -1


def test_a_prefect_server_that_does_not_answer_is_told(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    found = {each.what: each for each in examine(brand.root, "sandbox", lambda _: None)}
    assert (found["prefect"].well, "kampanya up" in found["prefect"].fix) == (False, True)
