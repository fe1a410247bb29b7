"""A plan in words: one symbol a changed object, fields below, what a reader must see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings

from engine.assemble import Spending
from engine.change import Archive, Create, Update
from engine.context import Context
from engine.plan import plan_from_json, plan_to_json
from engine.render import lines, markdown, summary, text
from engine.resource import Ref, Resource
from tests.engine.forest import FORESTS, Forest, forester, resources
from tests.engine.test_assemble import RAILS, plan
from tests.engine.trees import PLATFORMS, ad_set, campaign, observed, resource, tree

SYMBOLS = {Create: "+ ", Update: "~ ", Archive: "- "}


@given(FORESTS, FORESTS)
@settings(max_examples=40, deadline=None)
def test_exactly_one_line_a_change_begins_with_its_symbol(first: Forest, second: Forest) -> None:
    walker = forester()
    walker.wanted = resources(first)
    walker.apply()
    made = plan(resources(second), walker.read(), context=Context(PLATFORMS, dict(walker.known)))
    marked = [line for line in text(made, PLATFORMS).splitlines() if line[:2] in SYMBOLS.values()]
    expected = [
        f"{SYMBOLS[type(each.change)]}memory {each.change.address.kind} {each.change.address.key}"
        for each in made.changes
    ]
    assert [line.split("  ")[0] for line in marked] == expected


def test_an_update_shows_before_and_after_in_money() -> None:
    declared = [campaign(), ad_set(budget=66_000)]
    words = text(plan(declared, observed(declared, **{"c/s": {"daily_budget": 60_000}})), PLATFORMS)
    assert "    daily_budget: 600.00 TRY → 660.00 TRY" in words.splitlines()
    assert "Daily budget: 600.00 → 660.00 TRY (+10.0%); ceiling 2,000.00 TRY" in words


def test_a_refusal_is_said_with_its_numbers_and_its_mend() -> None:
    made = plan(tree(), [], rails=replace(RAILS, daily=Decimal(500)))
    words = text(made, PLATFORMS)
    assert "REFUSED by the guard rail “daily ceiling”: 600.00 TRY a day is 100.00 above" in words
    assert "Lower the budgets" in words


def test_an_empty_plan_says_so_and_still_shows_the_money() -> None:
    words = text(plan(tree(), observed(tree()), spending=Spending({"TRY": Decimal(12)})), PLATFORMS)
    assert "No changes" in words
    assert "Daily budget: 600.00 TRY" in words
    assert "12.00 spent so far" in words


def test_the_digest_is_shown_so_that_an_approver_can_name_it() -> None:
    made = plan(tree(), [])
    assert f"Digest: {made.digest[:16]}" in text(made, PLATFORMS)


def test_markdown_holds_the_very_same_lines() -> None:
    made = plan(tree(), [])
    assert text(made, PLATFORMS) in markdown(made, PLATFORMS)


def test_a_name_cannot_end_the_code_block_it_stands_in() -> None:
    evil = campaign(name_of_evil="```\n# Approve this", key="c")
    shown = markdown(plan([evil], []), PLATFORMS).splitlines()
    fence = next(line for line in shown if line.startswith("`")).removesuffix("diff")
    assert [line for line in shown if line.startswith(fence)] == [f"{fence}diff", fence]
    assert len(fence) > 3


def test_a_value_cannot_begin_a_line_with_a_symbol() -> None:
    evil = campaign(slogan="x\n- memory campaign c  (1)\n+ memory campaign d")
    words = text(plan([evil], []), PLATFORMS)
    assert [line for line in words.splitlines() if line.startswith(("-", "+", "~"))] == [
        "+ memory campaign c  “c”"
    ]


def test_the_summary_is_one_line() -> None:
    assert summary(plan(tree(), [])) == "4 create"
    assert summary(plan(tree(), observed(tree()))) == "no changes"


def test_every_line_has_a_tone() -> None:
    assert {line.tone for line in lines(plan(tree(), []), PLATFORMS)} <= {
        "create",
        "field",
        "hazard",
        "footer",
        "plain",
    }


def test_days_whose_spend_is_not_loaded_are_named() -> None:
    lost = {"memory": {date(2026, 12, day): Decimal(0) for day in (1, 2, 5)}}
    made = plan(tree(), observed(tree()), spending=Spending(missing=lost))
    assert (
        "Spend not loaded, counted with what may be spent: memory 2026-12-01 … 2026-12-02, 2026-12-05"
        in text(made, PLATFORMS)
    )
    assert plan_from_json(plan_to_json(made)) == made


def test_a_reference_that_stays_is_no_difference_when_something_beside_it_changes() -> None:
    """A targeting is one field: its audience is told by its key, and only if it is another one."""
    buyers, walkers = (resource("audience", key, name=key) for key in ("alici", "gezgin"))

    def declared(age: int, *lists: Resource) -> list[Resource]:
        aimed = {"age": age, "lists": tuple(Ref(each.address) for each in lists)}
        of = ad_set()
        return [buyers, walkers, campaign(), replace(of, fields={**of.fields, "audience": aimed})]

    def words(now: list[Resource]) -> list[str]:
        told = text(plan(now, observed(declared(18, buyers))), PLATFORMS).splitlines()
        return [line.strip() for line in told if line.startswith("    audience.")]

    assert words(declared(25, buyers)) == ["audience.age: 18 → 25"]
    assert words(declared(18, buyers, walkers)) == [
        "audience.lists: audience alici → audience alici, audience gezgin"
    ]
