"""Who may say yes and how it is proven: a code is good once, for one plan, for the person it belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

import connectors
from engine.change import Create, Update
from engine.plan import Plan
from engine.resource import Address, Resource
from operations import approvers
from operations.apply import NotApproved
from operations.approve import approve, approve_in_sandbox, reject
from operations.approvers import NotProven, enrol
from operations.site import Site
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations.sites import Bench
from tests.operations.test_convergence import again, daily

AYSE, MEHMET = "Ayşe Yılmaz", "Mehmet Kaya"
NOW = datetime(2026, 11, 30, 9, 0, 10, tzinfo=UTC)


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()


@pytest.fixture
def live(brand: Bench) -> Site:
    return replace(brand.site, environment="production")


@pytest.fixture
def plan(brand: Bench) -> Plan:
    return replace(brand.plan(), environment="production")


@pytest.fixture
def totp(brand: Bench, live: Site) -> pyotp.TOTP:
    """Ayşe's authenticator, enrolled in the live environment."""
    return pyotp.TOTP(enrol(live, brand.journal, AYSE, replace=False, actor="lead").secret)


def refused(brand: Bench, site: Site, plan: Plan, by: str, code: str, at: datetime = NOW) -> str:
    before = len(brand.journal.approvals())
    with pytest.raises(KampanyaError) as raised:
        approve(site, brand.journal, plan, by=by, code=code, at=at)
    assert len(brand.journal.approvals()) == before
    return str(raised.value)


# -- what a right code does


def test_a_right_code_approves_exactly_this_digest(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    approve(live, brand.journal, plan, by=AYSE, code=totp.at(NOW), at=NOW, typed_by="ops")
    assert [(each.digest, each.by) for each in brand.journal.approvals()] == [(plan.digest, AYSE)]
    (proof,) = brand.journal.events("proof")
    assert proof.detail == {"digest": plan.digest, "proof": "one-time code", "typed_by": "ops"}


def test_the_clients_yes_from_elsewhere_is_kept_with_who_typed_it(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    approve(live, brand.journal, plan, by=AYSE, code=totp.at(NOW), at=NOW, evidence="mail 17", typed_by="ops")
    (kept,) = brand.journal.approvals()
    assert (kept.by, kept.evidence) == (AYSE, "mail 17")
    assert brand.journal.events("proof")[0].detail["typed_by"] == "ops"


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_half_a_minute_off_is_right_enough(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP, seconds: int
) -> None:
    code = totp.at(NOW + timedelta(seconds=seconds))
    assert approve(live, brand.journal, plan, by=AYSE, code=code, at=NOW)


def test_a_name_is_the_same_however_its_letters_are_composed(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    approve(live, brand.journal, plan, by=" Ays\u0327e  Yılmaz", code=totp.at(NOW), at=NOW)
    assert brand.journal.approvals()[0].by == AYSE


# -- what does not approve


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90, 86400])
def test_a_code_of_another_minute_is_wrong(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP, seconds: int
) -> None:
    assert "code is wrong" in refused(brand, live, plan, AYSE, totp.at(NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("code", ["12345", "abcdef", "１２３４５６", "'; --", "0" * 5000])
def test_what_is_no_code_is_wrong(brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP, code: str) -> None:
    assert totp.at(NOW) != code
    assert "code is wrong" in refused(brand, live, plan, AYSE, code)


def test_a_live_yes_without_a_code_is_none(brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP) -> None:
    assert "one-time code is needed" in refused(brand, live, plan, AYSE, "")
    assert "one-time code is needed" in refused(brand, live, plan, AYSE, "  ")


def test_a_listed_approver_without_a_code_of_this_environment_cannot_approve_live(
    brand: Bench, live: Site, plan: Plan
) -> None:
    enrol(brand.site, brand.journal, AYSE, replace=False, actor="lead")
    for code in ("", "123456"):
        assert "no code is enrolled for Ayşe Yılmaz in production" in refused(brand, live, plan, AYSE, code)


def test_an_unlisted_name_approves_nowhere_not_even_with_somebodys_code(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    assert "not among the brand's approvers" in refused(brand, live, plan, "Somebody", totp.at(NOW))
    assert "not among the brand's approvers" in refused(brand, brand.site, brand.plan(), "Somebody", "")


def test_one_approvers_code_is_not_anothers(brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP) -> None:
    enrol(live, brand.journal, MEHMET, replace=False, actor="lead")
    assert "code is wrong" in refused(brand, live, plan, MEHMET, totp.at(NOW))


def test_a_code_is_good_for_one_plan_and_once(brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP) -> None:
    code = totp.at(NOW)
    approve(live, brand.journal, plan, by=AYSE, code=code, at=NOW)
    other = replace(plan, targets=("yil-sonu",))
    assert other.digest != plan.digest
    for each in (other, plan):
        assert "used before" in refused(brand, live, each, AYSE, code, NOW + timedelta(seconds=15))


def test_a_code_used_for_a_plan_that_comes_to_nothing_is_used(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the code and the approval costs a code, and never lends one out twice."""
    with monkeypatch.context() as crash:
        crash.setattr("operations.approve._record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            approve(live, brand.journal, plan, by=AYSE, code=totp.at(NOW), at=NOW)
    assert "used before" in refused(brand, live, plan, AYSE, totp.at(NOW))


def test_a_code_typed_at_two_places_at_once_approves_one(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    plans = [replace(plan, targets=(f"t{number}",)) for number in range(4)]

    def attempt(each: Plan) -> bool:
        try:
            approve(live, brand.journal, each, by=AYSE, code=totp.at(NOW), at=NOW)
        except NotProven:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, plans)) == 1
    assert len(brand.journal.approvals()) == 1


def test_a_plan_for_elsewhere_or_refused_uses_no_code_up(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    assert "somewhere else" in refused(brand, live, brand.plan(), AYSE, totp.at(NOW))
    assert approve(live, brand.journal, plan, by=AYSE, code=totp.at(NOW), at=NOW)


# -- guessing


def guess(brand: Bench, live: Site, plan: Plan, times: int) -> list[str]:
    return [refused(brand, live, plan, AYSE, "000000x") for _ in range(times)]


def test_five_wrong_codes_lock_the_name_out_and_a_right_one_does_not_help(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    assert all("code is wrong" in each for each in guess(brand, live, plan, 5))
    assert "Too many wrong codes" in refused(brand, live, plan, AYSE, totp.at(NOW))


def test_a_lockout_is_one_names_and_not_the_brands(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    guess(brand, live, plan, 5)
    other = pyotp.TOTP(enrol(live, brand.journal, MEHMET, replace=False, actor="lead").secret)
    assert approve(live, brand.journal, plan, by=MEHMET, code=other.at(NOW), at=NOW)


def test_a_lockout_passes_when_the_tries_are_a_quarter_of_an_hour_old(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    for minutes, opens in ((14, False), (16, True)):
        tried = datetime.now(UTC) - timedelta(minutes=minutes)
        name = AYSE if opens else MEHMET
        secret = (
            totp.secret if opens else enrol(live, brand.journal, MEHMET, replace=False, actor="lead").secret
        )
        for _ in range(5):
            brand.journal.event("code tried", tried, name, {})
        if opens:
            assert approve(live, brand.journal, plan, by=name, code=pyotp.TOTP(secret).at(NOW), at=NOW)
        else:
            assert "Too many" in refused(brand, live, plan, name, pyotp.TOTP(secret).at(NOW))


def test_twenty_wrong_codes_in_a_day_lock_out_for_the_day(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    for hours in range(1, 21):
        brand.journal.event("code tried", datetime.now(UTC) - timedelta(hours=hours), AYSE, {})
    assert "20 within 24 hours" in refused(brand, live, plan, AYSE, totp.at(NOW))


def test_guesses_at_the_same_time_are_counted_before_they_are_looked_at(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: _attempt(brand, live, plan), range(24)))
    assert sum("code is wrong" in each for each in said) <= 5
    assert any("Too many" in each for each in said)


def _attempt(brand: Bench, live: Site, plan: Plan) -> str:
    with pytest.raises(NotProven) as raised:
        approve(live, brand.journal, plan, by=AYSE, code="000000x", at=NOW)
    return str(raised.value)


# -- where the secret is, and is not


def test_the_secret_is_in_one_file_of_its_owner_and_the_code_in_none(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    code = totp.at(NOW)
    approve(live, brand.journal, plan, by=AYSE, code=code, at=NOW)
    refused(brand, live, plan, AYSE, "918273")
    files = [path for path in brand.root.rglob("*") if path.is_file()]
    holders = [path for path in files if totp.secret.encode() in path.read_bytes()]
    assert holders == [approvers.secret_file(live, AYSE)]
    assert holders[0].stat().st_mode & 0o777 == 0o600
    assert holders[0].parent.stat().st_mode & 0o777 == 0o700
    told = json.dumps([each.detail for each in brand.journal.events()])
    assert code not in told
    assert "918273" not in told


def test_a_secret_that_others_can_read_is_not_used(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    approvers.secret_file(live, AYSE).chmod(0o640)
    assert "can be read by others" in refused(brand, live, plan, AYSE, totp.at(NOW))


def test_a_damaged_secret_says_how_to_make_another(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    approvers.secret_file(live, AYSE).write_text("{}", encoding="utf-8")
    assert "--replace" in refused(brand, live, plan, AYSE, totp.at(NOW))


def test_a_second_secret_needs_asking_for_and_makes_the_first_worthless(
    brand: Bench, live: Site, plan: Plan, totp: pyotp.TOTP
) -> None:
    with pytest.raises(KampanyaError, match="has a code already"):
        enrol(live, brand.journal, AYSE, replace=False, actor="lead")
    fresh = pyotp.TOTP(enrol(live, brand.journal, AYSE, replace=True, actor="lead").secret)
    assert "code is wrong" in refused(brand, live, plan, AYSE, totp.at(NOW))
    assert approve(live, brand.journal, plan, by=AYSE, code=fresh.at(NOW), at=NOW)
    assert [each.detail["replaced"] for each in brand.journal.events("approver added")] == [False, True]


def test_nobody_is_enrolled_who_is_not_listed(brand: Bench, live: Site) -> None:
    with pytest.raises(NotProven, match="not among"):
        enrol(live, brand.journal, "Somebody", replace=False, actor="lead")


def test_names_that_only_look_alike_have_secrets_of_their_own(live: Site) -> None:
    assert approvers.secret_file(live, "Ayşe Yılmaz") != approvers.secret_file(live, "Ayse Yilmaz")


# -- the sandbox


def test_in_the_sandbox_a_code_is_optional_until_one_is_enrolled(brand: Bench) -> None:
    plan = brand.plan()
    assert approve(brand.site, brand.journal, plan, by=AYSE)
    assert "cannot be proven" in refused(brand, brand.site, plan, AYSE, "123456")
    secret = enrol(brand.site, brand.journal, AYSE, replace=False, actor="lead").secret
    assert "one-time code is needed" in refused(brand, brand.site, plan, AYSE, "")
    assert "code is wrong" in refused(brand, brand.site, plan, AYSE, "000000x")
    assert approve(brand.site, brand.journal, plan, by=AYSE, code=pyotp.TOTP(secret).at(NOW), at=NOW)


def test_a_brand_that_lists_nobody_may_rehearse_in_the_sandbox(brand: Bench) -> None:
    brand.edit("approvers: [Ayşe Yılmaz, Mehmet Kaya]", "approvers: []", "kampanya.yaml")
    assert approve(brand.site, brand.journal, brand.plan(), by="Deneme")


def test_auto_approval_is_for_the_sandbox_only(brand: Bench, live: Site, plan: Plan) -> None:
    with pytest.raises(KampanyaError, match="sandbox only"):
        approve_in_sandbox(live, brand.journal, plan)
    assert approve_in_sandbox(brand.site, brand.journal, brand.plan())


# -- a no


def test_a_no_takes_back_every_yes_to_the_digest(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by=AYSE)
    assert reject(brand.site, brand.journal, plan, by=MEHMET, reason="not this week") == 1
    assert brand.journal.approval(plan.digest, datetime.now(UTC)) is None
    assert brand.journal.events("reject")[0].detail["reason"] == "not this week"


# -- limits


def test_two_plans_within_a_limit_do_not_go_beyond_it_together(brand: Bench) -> None:
    brand.edit("raise_24h: 20%", "raise_24h: 100%", "kampanya.yaml")
    brand.edit("approvers: [", "approvers: [{approver: Can, up_to: 1000 TRY}, ", "kampanya.yaml")
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 690 TRY")
    brand.edit("daily: 150 TRY", "daily: 190 TRY", "kampanya.yaml")
    first = brand.plan(targets=("yil-sonu/eve-siparis",))
    second = brand.plan(targets=("yil-sonu/restorana-menu", "yil-sonu/restorana-muzik"))
    for each in (first, second):
        approve(brand.site, brand.journal, each, by="Can")
    assert again(brand, first).complete
    with pytest.raises(NotApproved, match=r"Can: 1,070\.00 TRY a day is above 1000 TRY"):
        again(brand, second)
    assert daily(brand) == 99_000
    approve(brand.site, brand.journal, second, by=AYSE)
    assert again(brand, second).complete


def test_what_is_moved_here_from_another_campaign_is_that_campaigns(brand: Bench) -> None:
    path = brand.root / "campaigns" / "yil-sonu.yaml"
    head, home, rest = path.read_text(encoding="utf-8").partition("  - ad_set: eve-siparis\n")
    home, menu, rest = (home + rest).partition("  - {ad_set: restorana-menu,")
    (brand.root / "campaigns" / "kendi.yaml").write_text(
        head.replace("campaign: yil-sonu", "campaign: kendi") + menu + rest, encoding="utf-8"
    )
    brand.edit("approvers: [", "approvers: [{approver: Can, campaigns: [kendi]}, ", "kampanya.yaml")
    brand.launch()
    path.write_text(head + menu + rest, encoding="utf-8")
    moved = home + "    moved: yil-sonu/eve-siparis\n    replace: allow\n"
    brand.edit("ad_sets:\n", "ad_sets:\n" + moved, "campaigns/kendi.yaml")
    plan = brand.plan(targets=("kendi",))
    assert "the plan changes yil-sonu; allowed are kendi" in refused(brand, brand.site, plan, "Can", "")


@pytest.mark.parametrize(
    ("kind", "key", "whose"),
    [
        ("campaign", "bahar/arama", "bahar"),
        ("ad_group", "bahar/arama", "bahar"),
        ("portfolio", "bahar", "portfolio bahar"),
        ("negative_list", "bahar", "negative list bahar"),
        ("negative_list_keyword", "bahar/negative/exact/tarif", "negative list bahar"),
        ("audience", "bahar", "audience bahar"),
    ],
)
def test_what_campaigns_share_belongs_to_none_of_them(kind: str, key: str, whose: str) -> None:
    """Though it bears the first campaign's lines, and may be called like a campaign."""
    declared = Resource(Address("google", kind, key), "1", "mark", {}, ("campaign", "bahar"))
    supports = {"google": connectors.supports("google")}
    for change in (Create(declared), Update(declared, "1", {}, {"name": "x"})):
        assert approvers.campaign_of(change, supports) == whose
