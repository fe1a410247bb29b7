"""What a change risks: told once, on the change that causes it, with its figures."""

from __future__ import annotations

from typing import Any

import pytest

from engine.assemble import Spending
from engine.plan import Plan
from engine.resource import Observed
from tests.engine.test_assemble import plan
from tests.engine.trees import ad, ad_set, campaign, creative, observed, tree


def kinds(made: Plan) -> dict[str, list[str]]:
    return {str(each.change.address): [hazard.kind for hazard in each.hazards] for each in made.changes}


def notes(made: Plan, kind: str) -> list[str]:
    return [hazard.note for each in made.changes for hazard in each.hazards if hazard.kind == kind]


def budget(before: int, after: int) -> Plan:
    declared = [campaign(), ad_set(budget=after)]
    return plan(declared, observed(declared, **{"c/s": {"daily_budget": before}}))


def test_a_new_tree_tells_its_spend_once_on_the_budgets_carrier() -> None:
    told = kinds(plan(tree(), []))
    assert told["memory:ad_set/c/s"] == ["spend"]
    assert told["memory:campaign/c"] == []


def test_spend_is_signed_and_goes_to_the_end_of_the_month() -> None:
    assert notes(budget(60_000, 66_000), "spend") == ["+60.00 TRY a day, +1,320.00 TRY to the end of 2026-12"]
    assert notes(budget(66_000, 60_000), "spend") == ["-60.00 TRY a day, -1,320.00 TRY to the end of 2026-12"]


@pytest.mark.parametrize(
    ("before", "after", "learns"),
    [
        (60_000, 72_000, False),
        (60_000, 72_001, True),
        (60_000, 42_000, False),
        (60_000, 41_999, True),
    ],
)
def test_a_large_step_of_a_budget_starts_learning_again(before: int, after: int, learns: bool) -> None:
    assert bool(notes(budget(before, after), "learning")) is learns


def test_activating_a_campaign_tells_all_that_is_below_it() -> None:
    declared = [campaign(), ad_set(), ad_set("c/t", 40_000)]
    made = plan(declared, observed(declared, c={"status": "PAUSED"}))
    assert made.changes == ()  # somebody's pause
    declared = [campaign(status="PAUSED"), ad_set(), ad_set("c/t", 40_000)]
    made = plan(declared, observed(declared, c={"status": "ACTIVE"}))
    assert notes(made, "spend") == ["-1,000.00 TRY a day, -22,000.00 TRY to the end of 2026-12"]


def change(**fields: Any) -> tuple[list[Observed], Plan]:
    seen = observed(tree(), **fields)
    return seen, plan(tree(), seen)


def test_a_new_creative_goes_to_review_and_a_new_audience_to_learning() -> None:
    declared = [campaign(), ad_set(), creative("k2"), ad(creative_key="k2")]
    made = plan(declared, [*observed(tree())])
    assert kinds(made)["memory:ad/c/s/a"] == ["review"]
    _, made = change(**{"c/s": {"audience": {"age": 1}}})
    assert kinds(made)["memory:ad_set/c/s"] == ["learning"]


def test_archiving_is_irreversible_and_an_ad_loses_its_history() -> None:
    declared = tree()
    whole = plan(declared, observed(declared))
    assert whole.changes == ()
    from tests.engine.test_assemble import sides

    context = sides(declared, observed(declared)).context
    made = plan(declared[:3], observed(declared), context=context)
    assert kinds(made) == {"memory:ad/c/s/a": ["irreversible", "identity"]}


def test_a_change_that_touches_a_running_test_says_which() -> None:
    declared = [campaign(), ad_set(budget=66_000)]
    touched = {declared[1].address: "menu-mu-muzik-mi"}
    seen = observed(declared, **{"c/s": {"daily_budget": 60_000}})
    made = plan(declared, seen, in_experiment=touched)
    assert notes(made, "experiment") == ["touches the running test menu-mu-muzik-mi"]


def test_spend_so_far_is_in_the_month_but_no_hazard() -> None:
    from decimal import Decimal

    made = plan(tree(), observed(tree()), spending=Spending({"TRY": Decimal(500)}))
    assert made.changes == ()
    assert made.money.spent.amount == 500
