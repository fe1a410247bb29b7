"""The strategy holds: declared budgets against goals and media plan, a yes against its giver's limits."""

from __future__ import annotations

import pytest

from operations import approvers
from operations.approve import approve
from operations.plan import rails
from operations.site import open_site
from operations.validate import validate, warnings
from schemas.errors import InvalidDeclaration, Problem
from tests.operations.sites import NOW, Bench

# The brand of the tests: 600 + 150 + 150 TRY a day from 1 to 31 December is 27,900 TRY.
DAYS = "start: 2026-12-01, end: 2026-12-31"


def declare(brand: Bench, text: str) -> None:
    path = brand.root / "kampanya.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def refusals(brand: Bench) -> list[tuple[str, str]]:
    problems: tuple[Problem, ...] = ()
    try:
        validate(open_site(brand.root))
    except InvalidDeclaration as error:
        problems = error.problems
    assert {each.where.file.name for each in problems if each.where} <= {"kampanya.yaml"}
    assert all(each.where for each in problems)
    return [(each.summary, each.detail) for each in problems]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("budget: 27900 TRY", ""),
        ("budget: 27899.99 TRY", "in all: the declared budgets make 27,900.00 TRY, 27899.99 TRY are planned"),
        ("platforms: {meta: 27899 TRY}", "on meta: the declared budgets make 27,900.00 TRY"),
        ("platforms: {google: 1 TRY}", ""),
        ("campaigns: {yil-sonu: 27899 TRY}", "in yil-sonu: the declared budgets make 27,900.00 TRY"),
    ],
)
def test_declared_budgets_may_not_exceed_the_media_plan(brand: Bench, line: str, told: str) -> None:
    declare(brand, f"media_plan: [{{period: aralik, {DAYS}, {line}}}]\n")
    found = refusals(brand)
    assert [summary for summary, _ in found] == ["More declared than the media plan has"] * bool(told)
    assert told in "".join(detail for _, detail in found)


def test_only_the_days_of_the_period_count_and_a_season_says_them(brand: Bench) -> None:
    season = "calendar: [{season: hafta, start: 2026-12-28, end: 2027-01-03}]\n"
    declare(brand, season + "media_plan: [{period: p, season: hafta, budget: 3599 TRY}]\n")
    ((_, detail),) = refusals(brand)
    assert "make 3,600.00 TRY" in detail  # four days at 900


def test_what_is_declared_paused_spends_nothing_of_the_plan(brand: Bench) -> None:
    declare(brand, f"media_plan: [{{period: aralik, {DAYS}, budget: 9300 TRY}}]\n")
    assert refusals(brand)
    brand.edit("ad_set: eve-siparis", "ad_set: eve-siparis\n    status: paused")
    assert refusals(brand) == []


def test_a_lifetime_budget_counts_evenly_over_its_days(brand: Bench) -> None:
    brand.edit("daily: 600 TRY", "lifetime: 3100 TRY")
    declare(brand, "media_plan: [{period: p, start: 2026-12-01, end: 2026-12-10, budget: 3999 TRY}]\n")
    ((_, detail),) = refusals(brand)
    assert "make 4,000.00 TRY" in detail  # 10 days at 300, and 10 of 31 days of 3,100


def test_the_campaigns_of_a_goal_may_not_cost_more_than_its_ceiling(brand: Bench) -> None:
    brand.edit("objective: sales", "objective: sales\ngoal: siparis")
    goal = "goals: [{goal: siparis, metric: cost_per_purchase, target: 120 TRY, ceiling: 27899 TRY}]\n"
    declare(brand, goal)
    ((summary, detail),) = refusals(brand)
    assert summary == "A goal above its ceiling"
    assert "27,900.00 TRY" in detail
    brand.edit("ceiling: 27899", "ceiling: 27900", "kampanya.yaml")
    assert refusals(brand) == []


def test_a_ceiling_over_a_campaign_without_an_end_holds_nothing_and_is_refused(brand: Bench) -> None:
    brand.edit("objective: sales", "objective: sales\ngoal: siparis")
    brand.edit(", end: 2026-12-31", "")
    declare(brand, "goals: [{goal: siparis, metric: roas, target: 3, ceiling: 1 TRY}]\n")
    assert [summary for summary, _ in refusals(brand)] == ["A goal's ceiling that nothing holds"]


@pytest.mark.parametrize(
    ("goal", "summary"),
    [
        ("metric: cost_per_purchas, target: 120 TRY", "A goal whose metric cannot be measured"),
        ("metric: cost_per_purchase, target: 4%", "A target that its metric cannot have"),
        ("metric: ctr, target: 2.5", "A target that its metric cannot have"),
        ("metric: purchases, target: 120 TRY", "A target that its metric cannot have"),
        ("metric: roas, target: 2.5", ""),
        ("metric: cost_per_lead, target: 120 TRY", "A goal whose metric cannot be measured"),
        ("metric: cost_per_leads, target: 120 TRY", ""),
    ],
)
def test_a_goal_is_one_that_can_be_measured(brand: Bench, goal: str, summary: str) -> None:
    declare(brand, f"goals: [{{goal: g, {goal}}}]\n")
    assert [each for each, _ in refusals(brand)] == [summary] * bool(summary)


def test_a_campaign_that_outlives_its_goal_is_warned_of(brand: Bench) -> None:
    brand.edit("objective: sales", "objective: sales\ngoal: g")
    declare(brand, "goals: [{goal: g, metric: roas, target: 3, by: 2026-12-24}]\n")
    said = [each.detail for each in warnings(open_site(brand.root)) if "goal's day" in each.summary]
    assert said == ["yil-sonu ends on 2026-12-31; g is to be reached by 2026-12-24"]


def test_a_season_with_freeze_stops_what_is_no_reduction(brand: Bench) -> None:
    today = f"{NOW:%Y-%m-%d}"
    declare(brand, f"calendar: [{{season: bayram, start: {today}, end: {today}, freeze: true}}]\n")
    assert [reason for _, _, reason in rails(brand.site, NOW).freezes] == ["bayram"]
    assert "freeze" in {each.rule for each in brand.plan().refusals}


def limited(brand: Bench, limits: str) -> None:
    brand.edit(
        "[Ayşe Yılmaz, Mehmet Kaya]", f"[Ayşe Yılmaz, {{approver: Mehmet Kaya, {limits}}}]", "kampanya.yaml"
    )


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ("up_to: 899.99 TRY", "900.00 TRY a day is above 899.99 TRY"),
        ("up_to: 900 TRY", ""),
        ("campaigns: [yil-sonu]", ""),
        ("platforms: [google]", "the plan changes meta; allowed is google"),
    ],
)
def test_an_approver_with_limits_says_yes_only_within_them(brand: Bench, limits: str, told: str) -> None:
    limited(brand, limits)
    plan = brand.plan()
    if told:
        with pytest.raises(approvers.NotProven, match=told):
            approve(brand.site, brand.journal, plan, by="Mehmet Kaya")
        assert brand.journal.approvals() == []
        approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    else:
        approve(brand.site, brand.journal, plan, by="Mehmet Kaya")
    assert len(brand.journal.approvals()) == 1


def test_an_approver_of_one_campaign_cannot_approve_another(brand: Bench) -> None:
    folder = brand.root / "campaigns"
    text = (folder / "yil-sonu.yaml").read_text(encoding="utf-8").replace("yil-sonu", "bahar")
    (folder / "bahar.yaml").write_text(text, encoding="utf-8")
    limited(brand, "campaigns: [yil-sonu]")
    brand.edit("monthly: 45000 TRY", "monthly: 90000 TRY", "kampanya.yaml")
    with pytest.raises(approvers.NotProven, match="the plan changes bahar; allowed are yil-sonu"):
        approve(brand.site, brand.journal, brand.plan(), by="Mehmet Kaya")
    approve(brand.site, brand.journal, brand.plan(targets=("yil-sonu",)), by="Mehmet Kaya")


def test_an_approver_with_a_limit_may_always_approve_a_cut(brand: Bench) -> None:
    brand.apply()
    limited(brand, "up_to: 100 TRY")
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    approve(brand.site, brand.journal, brand.plan(), by="Mehmet Kaya")
    brand.edit("daily: 500 TRY", "daily: 610 TRY")
    with pytest.raises(approvers.NotProven, match=r"910\.00 TRY a day"):
        approve(brand.site, brand.journal, brand.plan(), by="Mehmet Kaya")
