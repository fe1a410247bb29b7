"""User lists of website visitors: what their rules may say, their sizes, and whom an ad group reaches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.market import Conversion
from sandbox.visitors import MATCHED

DAY = date(2026, 12, 1)


def operand(event: str = "Purchase", days: int = 30, **more: Any) -> dict[str, Any]:
    item = {"name": "event", "string_rule_item": {"operator": "EQUALS", "value": event}}
    rule = {"rule_type": "OR_OF_ANDS", "rule_item_groups": [{"rule_items": [item]}]}
    return {"rule": rule, "lookback_window_days": days, **more}


def rule_based(*include: dict[str, Any], exclude: tuple[dict[str, Any], ...] = (), joined: str = "OR") -> Any:
    flexible = {
        "inclusive_rule_operator": joined,
        "inclusive_operands": list(include),
        "exclusive_operands": list(exclude),
    }
    return {"flexible_rule_user_list": flexible}


def made(ads: Any, *include: dict[str, Any], name: str = "liste", **more: Any) -> str:
    found: str = ads.create("user_lists", name=name, rule_based_user_list=rule_based(*include, **more))
    return found


PATH = "operations.create.rule_based_user_list.flexible_rule_user_list"
ITEM = {"name": "event", "string_rule_item": {"operator": "EQUALS"}}
BROKEN: list[tuple[dict[str, Any], str, str]] = [
    (rule_based(), "user_list_error.INVALID_RULE", f"{PATH}.inclusive_operands"),
    (
        rule_based(operand(), joined="UNSPECIFIED"),
        "field_error.REQUIRED",
        f"{PATH}.inclusive_rule_operator",
    ),
    (
        rule_based(operand(days=541)),
        "user_list_error.INVALID_DATE_RANGE",
        f"{PATH}.inclusive_operands.lookback_window_days",
    ),
    (
        rule_based(operand(), exclude=(operand(days=0),)),
        "user_list_error.INVALID_DATE_RANGE",
        f"{PATH}.exclusive_operands.lookback_window_days",
    ),
    (
        rule_based(operand(rule={"rule_type": "AND_OF_ORS", **{"rule_item_groups": [{"rule_items": [
            {"name": "event", "string_rule_item": {"operator": "EQUALS", "value": "x"}}]}]}})),
        "user_list_error.RULE_TYPE_IS_NOT_SUPPORTED",
        f"{PATH}.inclusive_operands.rule.rule_type",
    ),
    (
        rule_based(operand(rule={"rule_item_groups": [{"rule_items": [ITEM]}]})),
        "user_list_error.INVALID_RULE",
        f"{PATH}.inclusive_operands.rule",
    ),
    (
        rule_based(operand(rule={})),
        "user_list_error.INVALID_RULE",
        f"{PATH}.inclusive_operands.rule",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "code", "path"), BROKEN, ids=lambda value: str(value)[-40:])
def test_a_rule_that_google_would_not_take_is_refused(
    ads: Any, rule: dict[str, Any], code: str, path: str
) -> None:
    found = ads.refused(lambda: ads.create("user_lists", name="x", rule_based_user_list=rule))
    assert (code, path) in found


def sizes(ads: Any, name: str) -> tuple[int, int, str]:
    columns = "user_list.size_for_search, user_list.size_for_display, user_list.size_range_for_search"
    (row,) = ads.query(f"SELECT {columns} FROM user_list WHERE user_list.resource_name = '{name}'")
    found = row.user_list
    return found.size_for_search, found.size_for_display, found.size_range_for_search.name


def test_a_list_fills_from_the_ledger_rounded_as_google_rounds(ads: Any) -> None:
    ads.tree()
    buyers, carts = made(ads, operand()), made(ads, operand("AddToCart"), name="sepet")
    assert sizes(ads, buyers) == (0, 0, "LESS_THAN_FIVE_HUNDRED")
    ads.deliver(DAY, Conversion("purchase", 0, 120, 1), clicks=9000, visits=8000, carts=3100)
    ads.clock.advance(1)
    assert sizes(ads, buyers) == (66, 66, "LESS_THAN_FIVE_HUNDRED")
    people = int(3100 * MATCHED["google"])
    assert (people, sizes(ads, carts)[0]) == (1705, 1700)
    assert sizes(ads, carts)[2] == "ONE_THOUSAND_TO_TEN_THOUSAND"
    ads.clock.advance(31)
    assert sizes(ads, carts)[0] == 0


def test_only_who_matches_every_operand_is_in_a_list_joined_by_and(ads: Any) -> None:
    ads.tree()
    both = made(ads, operand(), operand("AddToCart", 2), joined="AND")
    ads.deliver(DAY, Conversion("purchase", 0, 100, 1), visits=8000, carts=3000)
    ads.clock.advance(2)
    assert sizes(ads, both)[0] == int(100 * MATCHED["google"])
    ads.clock.advance(1)
    assert sizes(ads, both)[0] == 0


def attach(ads: Any, group: str, user_list: str, **more: Any) -> None:
    ads.create("ad_group_criteria", ad_group=group, user_list={"user_list": user_list}, **more)


def watching(bid_only: bool) -> dict[str, Any]:
    return {"target_restrictions": [{"targeting_dimension": "AUDIENCE", "bid_only": bid_only}]}


@pytest.fixture
def visited(ads: Any) -> tuple[str, str]:
    """Campaign and ad group of a tree whose website had 8,000 visits on the first day."""
    campaign, group, _ = ads.tree()
    ads.deliver(DAY, Conversion("purchase", 0, 300, 1), clicks=9000, visits=8000, carts=3000)
    return campaign, group


def test_an_ad_group_aimed_at_a_list_reaches_its_people_and_they_are_readier(
    ads: Any, visited: tuple[str, str]
) -> None:
    (before,) = ads.sandbox.lines(DAY + timedelta(days=1))
    attach(ads, visited[1], made(ads, operand("AddToCart")))
    (line,) = ads.sandbox.lines(DAY + timedelta(days=1))
    assert line.audience_size == int(3000 * MATCHED["google"]) < before.audience_size
    assert line.warmth > 1.0 == before.warmth


def test_a_list_that_is_merely_observed_aims_nothing(ads: Any, visited: tuple[str, str]) -> None:
    (before,) = ads.sandbox.lines(DAY + timedelta(days=1))
    attach(ads, visited[1], made(ads, operand("AddToCart")))
    ads.update(
        "ad_groups", visited[1], ["targeting_setting.target_restrictions"], targeting_setting=watching(True)
    )
    assert ads.sandbox.lines(DAY + timedelta(days=1)) == [before]


def test_a_list_left_out_counts_on_a_campaign_as_on_an_ad_group(ads: Any, visited: tuple[str, str]) -> None:
    campaign, group = visited
    (before,) = ads.sandbox.lines(DAY + timedelta(days=1))
    buyers = made(ads, operand())
    attach(ads, group, buyers, negative=True)
    (by_group,) = ads.sandbox.lines(DAY + timedelta(days=1))
    (held,) = ads.query("SELECT ad_group_criterion.resource_name FROM ad_group_criterion WHERE"
                        " ad_group_criterion.type = 'USER_LIST'")  # fmt: skip
    ads.mutate("ad_group_criteria", {"remove": held.ad_group_criterion.resource_name})
    assert ads.sandbox.lines(DAY + timedelta(days=1)) == [before]
    fields = {"campaign": campaign, "negative": True, "user_list": {"user_list": buyers}}
    ads.create("campaign_criteria", **fields)
    assert ads.sandbox.lines(DAY + timedelta(days=1)) == [by_group]
    assert by_group.warmth < before.warmth


def test_a_list_with_too_few_people_delivers_nothing(ads: Any, visited: tuple[str, str]) -> None:
    attach(ads, visited[1], made(ads, operand()))
    assert ads.sandbox.lines(DAY + timedelta(days=1)) == []
