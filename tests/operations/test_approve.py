"""A yes binds a person, a time and what they were shown to one digest, and to nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.render import text
from engine.resource import digest_of
from operations import plan as plans
from operations.approve import approve
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations.sites import Bench


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    yield made
    made.journal.close()


def test_what_was_shown_is_kept_as_a_digest_with_who_and_where_the_evidence_is(brand: Bench) -> None:
    plan = brand.plan()
    until = approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz", evidence="mail 17")
    (kept,) = brand.journal.approvals()
    assert (kept.digest, kept.by, kept.evidence) == (plan.digest, "Ayşe Yılmaz", "mail 17")
    assert kept.shown == digest_of(text(plan, brand.site.supports))
    assert kept.expires_at == until
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)


def test_a_yes_to_one_plan_is_none_to_another(brand: Bench) -> None:
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    assert brand.journal.approval(plan.digest, datetime.now(UTC)) is not None
    assert brand.journal.approval(brand.plan().digest, datetime.now(UTC)) is None


def test_a_plan_for_another_brand_or_environment_is_not_approved(brand: Bench) -> None:
    for other in (replace(brand.plan(), brand="tatli"), replace(brand.plan(), environment="production")):
        with pytest.raises(KampanyaError, match="somewhere else"):
            approve(brand.site, brand.journal, other, by="Ayşe Yılmaz")
    assert brand.journal.approvals() == []


def test_a_refused_plan_is_not_approved(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "daily: 60000 TRY")
    with pytest.raises(KampanyaError, match="daily ceiling"):
        approve(brand.site, brand.journal, brand.plan(), by="Ayşe Yılmaz")
    assert brand.journal.approvals() == []


def test_in_a_live_environment_only_a_listed_approver_may(brand: Bench) -> None:
    live = replace(brand.site, environment="production")
    plan = replace(brand.plan(), environment="production")
    with pytest.raises(KampanyaError, match="not among the brand's approvers"):
        approve(live, brand.journal, plan, by="Somebody")
    assert brand.journal.approvals() == []


@pytest.mark.parametrize("by", ["", "  "])
def test_nobody_is_no_approver(brand: Bench, by: str) -> None:
    with pytest.raises(KampanyaError):
        approve(brand.site, brand.journal, brand.plan(), by=by)


def test_a_saved_plan_is_the_plan(brand: Bench, tmp_path: Path) -> None:
    plan = brand.plan()
    file = tmp_path / "p.json"
    plans.write(plan, file)
    assert plans.load(file).digest == plan.digest
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"daily_budget": 60000', '"daily_budget": 6000000'),
        ('"environment": "sandbox"', '"environment": "production"'),
        ('"meta": "act_1000000000000001"', '"meta": "act_2"'),
    ],
)
def test_a_saved_plan_that_was_edited_is_refused(brand: Bench, tmp_path: Path, old: str, new: str) -> None:
    file = tmp_path / "p.json"
    plans.write(brand.plan(), file)
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(KampanyaError, match="changed after it was made"):
        plans.load(file)


def test_a_saved_plan_whose_digest_was_made_to_fit_is_another_plan_without_a_yes(
    brand: Bench, tmp_path: Path
) -> None:
    """Whoever can edit the plan can edit its digest too: the approval in the journal is what binds."""
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    forged = replace(plan, targets=("yil-sonu/eve-siparis",))
    plans.write(forged, tmp_path / "p.json")
    read = plans.load(tmp_path / "p.json")
    assert brand.journal.approval(read.digest, datetime.now(UTC)) is None


@pytest.mark.parametrize("days", [32, 400])
def test_a_yes_holds_for_a_month_at_most(brand: Bench, days: int) -> None:
    with pytest.raises(KampanyaError, match="for a month at most"):
        approve(brand.site, brand.journal, brand.plan(), by="Ayşe Yılmaz", expires=timedelta(days=days))
    assert brand.journal.approvals() == []
