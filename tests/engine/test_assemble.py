"""From two sides to a plan: it converges, counts all money, targets, and says whose change it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from connectors.memory import SUPPORTS
from engine.anchor import Anchor
from engine.assemble import Sides, Spending, assemble
from engine.budget import Amount
from engine.context import Context, Lifecycle
from engine.match import Known
from engine.plan import Plan
from engine.policy import Rails, Rate
from engine.resource import Address, Fields, Observed, Ref, Resource
from engine.schedule import schedule
from tests.engine.forest import FORESTS, Forest, forester, resources
from tests.engine.trees import ACCOUNT, PLATFORMS, ad_set, address, campaign, observed, resource, tree

NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)
RAILS = Rails("TRY", Decimal(2000), Decimal(45000))


def sides(desired: Sequence[Resource], seen: Sequence[Observed], **changes: Any) -> Sides:
    known = {
        each.address: Known(ACCOUNT, found.id, each.mark, "live") for each, found in pairs(desired, seen)
    }
    made = Sides(
        brand="lezzet",
        environment="sandbox",
        accounts={"memory": ACCOUNT},
        currencies={"memory": "TRY"},
        config="c" * 64,
        neutral=[],
        desired=desired,
        observed=seen,
        context=Context(PLATFORMS, known),
        rails=RAILS,
        now=NOW,
        today=date(2026, 12, 10),
        live=False,
    )
    return replace(made, **changes)


def pairs(desired: Sequence[Resource], seen: Sequence[Observed]) -> list[tuple[Resource, Observed]]:
    by_mark = {(each.kind, each.mark): each for each in seen}
    return [
        (each, by_mark[each.address.kind, each.mark])
        for each in desired
        if (each.address.kind, each.mark) in by_mark
    ]


def plan(desired: Sequence[Resource], seen: Sequence[Observed], **changes: Any) -> Plan:
    return assemble(sides(desired, seen, **changes))


def rules(made: Plan) -> set[str]:
    return {each.rule for each in made.refusals}


@given(FORESTS, FORESTS)
@settings(max_examples=60, deadline=None)
def test_any_state_becomes_any_other_in_one_apply_and_then_plans_empty(first: Forest, second: Forest) -> None:
    walker = forester()
    for state in (first, second):
        walker.wanted = resources(state)
        walker.apply()
        again = walker.diff()
        assert (again.changes, again.held, again.blocked) == ((), (), ())


@given(FORESTS, FORESTS)
@settings(max_examples=60, deadline=None)
def test_until_the_last_phase_only_what_delivered_before_delivers(first: Forest, second: Forest) -> None:
    walker = forester()
    walker.wanted = resources(first)
    walker.apply()
    before = {each.id for each in walker.delivering()}
    walker.wanted = resources(second)
    found = walker.diff()
    ids = dict(found.matching.ids)
    steps = schedule(found.changes, PLATFORMS)
    for phase in (steps.reduce, steps.build, steps.change, steps.retire):
        walker._send(phase, ids)
        assert {each.id for each in walker.delivering()} <= before


@given(FORESTS, FORESTS)
@settings(max_examples=40, deadline=None)
def test_the_daily_budget_foretold_is_what_the_platform_then_holds(first: Forest, second: Forest) -> None:
    walker = forester()
    walker.wanted = resources(first)
    walker.apply()
    foretold = plan(resources(second), walker.read(), context=Context(PLATFORMS, dict(walker.known)))
    walker.wanted = resources(second)
    walker.apply()
    after = plan(walker.wanted, walker.read(), context=Context(PLATFORMS, dict(walker.known)))
    assert foretold.money.daily_after == after.money.daily_before == after.money.daily_after


def test_the_same_sides_give_the_same_digest_at_another_time() -> None:
    first = plan(tree(), [])
    assert first.digest == plan(tree(), [], now=NOW.replace(hour=10)).digest


@pytest.mark.parametrize(
    "change",
    [
        {"config": "d" * 64},
        {"environment": "production"},
        {"brand": "tatli"},
        {"accounts": {"memory": "2"}},
        {"targets": ("c",)},
        {"currencies": {"memory": "EUR"}},
        {"rails": replace(RAILS, daily=Decimal(1))},
        {"spending": Spending({"TRY": Decimal(7)})},
    ],
)
def test_whatever_an_approver_was_shown_is_in_the_digest(change: Mapping[str, Any]) -> None:
    assert plan(tree(), [], **change).digest != plan(tree(), []).digest


def test_what_was_observed_is_in_the_digest_even_where_nothing_changes() -> None:
    seen = observed(tree())
    other = [replace(each, fields={**each.fields, "undeclared": 1}) for each in seen]
    assert plan(tree(), seen).changes == plan(tree(), other).changes == ()
    assert plan(tree(), seen).digest != plan(tree(), other).digest


def test_a_drifted_field_is_told_apart_from_a_changed_declaration() -> None:
    seen = observed(tree(), **{"c/s": {"daily_budget": 1_000}})
    applied: dict[Address, Fields] = {address("ad_set", "c/s"): {"daily_budget": 60_000}}
    assert [each.drift for each in plan(tree(), seen, applied=applied).changes] == [True]
    applied = {address("ad_set", "c/s"): {"daily_budget": 1_000}}
    assert [each.drift for each in plan(tree(), seen, applied=applied).changes] == [False]


# -- money


def test_a_budget_under_a_paused_campaign_is_not_counted_and_lets_the_plan_pass() -> None:
    made = plan([campaign(status="PAUSED"), ad_set(budget=900_000_00)], [])
    assert made.money.daily_after == {}
    assert made.refusals == ()


def test_activating_the_campaign_counts_every_budget_below_it() -> None:
    declared = [campaign(), ad_set(budget=900_000_00)]
    seen = observed(declared, c={"status": "PAUSED"})
    known = {
        each.address: Known(ACCOUNT, found.id, each.mark, "held") for each, found in pairs(declared, seen)
    }
    made = plan(declared, seen, context=Context(PLATFORMS, known))
    assert made.money.daily_after == {"TRY": Decimal(900_000)}
    assert "daily ceiling" in rules(made)


@pytest.mark.parametrize(("raised", "allowed"), [(71_999, True), (72_000, True), (72_001, False)])
def test_the_24_hour_limit_is_exact_to_the_minor_unit(raised: int, allowed: bool) -> None:
    declared = [campaign(), ad_set(budget=raised)]
    made = plan(declared, observed(declared, **{"c/s": {"daily_budget": 60_000}}))
    assert (rules(made) == set()) is allowed


def ran(amount: int, *, now: int | None) -> dict[Address, Anchor]:
    """The ad set ran a day ago with this many lira, and by the journal runs with `now`."""
    last = None if now is None else Amount(Decimal(now), "TRY")
    return {address("ad_set", "c/s"): Anchor(Amount(Decimal(amount), "TRY"), standing=True, last=last)}


def test_raises_of_the_last_day_count_towards_the_limit() -> None:
    declared = [campaign(), ad_set(budget=66_000)]
    seen = observed(declared, **{"c/s": {"daily_budget": 60_000}})
    assert rules(plan(declared, seen, ran=ran(500, now=600))) == {"raise in 24 hours"}
    assert rules(plan(declared, seen, ran=ran(600, now=600))) == set()


def test_what_was_paused_within_the_day_comes_back_with_what_it_had() -> None:
    declared = [campaign(), ad_set(budget=66_000)]
    seen = observed(declared, **{"c/s": {"daily_budget": 66_000, "status": "PAUSED"}})
    known = {each.address: Known(ACCOUNT, of.id, each.mark, "held") for each, of in pairs(declared, seen)}
    context = Context(PLATFORMS, known)
    assert rules(plan(declared, seen, context=context, ran=ran(600, now=None))) == set()
    assert rules(plan(declared, seen, context=context, ran=ran(500, now=None))) == {"raise in 24 hours"}


def test_of_what_the_journal_found_again_within_the_day_nothing_may_be_raised() -> None:
    declared = [campaign(), ad_set(budget=60_001)]
    seen = observed(declared, **{"c/s": {"daily_budget": 60_000}})
    adopted = frozenset([address("ad_set", "c/s")])
    assert rules(plan(declared, seen, adopted=adopted)) == {"raise in 24 hours"}
    assert rules(plan(declared, seen, context=Context(PLATFORMS, {}))) == {"raise in 24 hours"}
    same = [campaign(), ad_set(budget=60_000)]
    assert rules(plan(same, observed(same), adopted=adopted)) == set()


@pytest.mark.parametrize("budget", [1, 59_999])
def test_a_cut_passes_every_rail(budget: int) -> None:
    frozen = ((NOW.replace(day=1), NOW.replace(day=31), "bayram"),)
    rails = replace(RAILS, daily=Decimal(1), monthly=Decimal(1), protected=("c",), freezes=frozen)
    declared = [campaign(), ad_set(budget=budget)]
    made = plan(declared, observed(declared, **{"c/s": {"daily_budget": 60_000}}), rails=rails)
    assert len(made.changes) == 1
    assert rules(made) == set()


def test_a_pause_passes_every_rail() -> None:
    rails = replace(RAILS, daily=Decimal(1), monthly=Decimal(1), protected=("c",))
    declared = [campaign(status="PAUSED"), ad_set()]
    made = plan(declared, observed(declared, c={"status": "ACTIVE"}), rails=rails)
    assert rules(made) == set()
    assert made.money.daily_after == {}


def test_a_cut_with_a_text_change_beside_it_is_no_pure_cut() -> None:
    rails = replace(RAILS, protected=("c",))
    declared = [campaign(), ad_set(budget=1_000)]
    seen = observed(declared, **{"c/s": {"daily_budget": 60_000, "name": "eski"}})
    assert rules(plan(declared, seen, rails=rails)) == {"protected"}


def test_protection_is_inherited_and_covers_archiving() -> None:
    declared = tree()
    known = {
        each.address: Known(ACCOUNT, found.id, each.mark, "live")
        for each, found in pairs(declared, observed(declared))
    }
    context = Context(PLATFORMS, known, {"c": Lifecycle(protect=True)})
    made = plan(declared[:3], observed(declared), context=context)
    assert rules(made) == {"protected"}


@pytest.mark.parametrize(
    ("rate", "rule"),
    [
        (None, {"exchange rate"}),
        (Rate("TRY", Decimal(1), Decimal(0), fresh=False), {"exchange rate"}),
        (Rate("TRY", Decimal(1), Decimal("0.05")), set()),
        (Rate("TRY", Decimal(3), Decimal("0.20")), {"daily ceiling"}),
    ],
)
def test_a_foreign_budget_is_compared_at_its_rate_and_margin_or_not_at_all(
    rate: Rate | None, rule: set[str]
) -> None:
    rails = Rails("EUR", Decimal(2000), Decimal(450_000), rates={"TRY": rate} if rate else {})
    assert rules(plan(tree(), [], rails=rails)) == rule


def test_spend_in_a_currency_without_a_rate_is_not_left_out_of_the_month() -> None:
    made = plan(tree(), [], spending=Spending({"USD": Decimal(1_000_000)}))
    assert "exchange rate" in rules(made)


def test_a_target_brings_what_it_refers_to() -> None:
    made = plan(tree(), [], targets=("c/s/a",))
    assert {str(each.change.address) for each in made.changes} == {str(each.address) for each in tree()}


def test_a_target_leaves_the_rest_alone() -> None:
    seen = observed(tree(), c={"name": "eski"}, **{"c/s": {"daily_budget": 1}})
    made = plan(tree(), seen, targets=("c/s",))
    assert [each.change.address.key for each in made.changes] == ["c/s"]


def test_the_worst_day_is_the_platforms_share_of_what_is_declared() -> None:
    made = plan(tree(), [])
    assert made.money.worst_day == {"TRY": Decimal(900)}
    assert made.money.ceiling_daily == Amount(Decimal(2000), "TRY")


AD = replace(SUPPORTS.kinds["ad"], immutable=frozenset({"ad_set"}))
STRICT = {"memory": replace(SUPPORTS, kinds={**SUPPORTS.kinds, "ad": AD})}


@pytest.mark.parametrize("trouble", ["archived", "quarantined"])
def test_trouble_with_an_ad_set_stops_it_and_archives_none_of_its_ads(trouble: str) -> None:
    """On a platform where an ad cannot move: its parent is unknown for now, not another."""
    declared, seen = tree(), observed(tree())
    known = {
        each.address: Known(ACCOUNT, found.id, each.mark, "live") for each, found in pairs(declared, seen)
    }
    if trouble == "archived":
        seen[1] = replace(seen[1], archived=True)
    else:
        del known[declared[1].address]
        seen.append(replace(seen[1], id="99"))
    made = plan(declared, seen, context=Context(STRICT, known))
    assert [note.sort for note in made.notes] == ["blocked"]
    assert made.changes == ()


def test_a_lifetime_budget_is_money_too() -> None:
    money = {"name": "s", "status": "ACTIVE", "audience": {}, "lifetime_budget": 9_000_000_00}
    declared = [campaign(), resource("ad_set", "c/s", campaign=Ref(address("campaign", "c")), **money)]
    flight = {"status": "active", "start": "2026-12-01", "end": "2026-12-31"}
    neutral = [replace(each, fields={**each.fields, **flight}) for each in declared]
    budget = {"budget": {"period": "lifetime", "amount": "9000000", "currency": "TRY"}}
    neutral[1] = replace(neutral[1], fields={**neutral[1].fields, **budget})
    made = plan(declared, [], neutral=neutral)
    assert "monthly ceiling" in rules(made)
    assert "spend" in {hazard.kind for each in made.changes for hazard in each.hazards}
