"""Trees of products that one file shows only when they are large or deep."""

from __future__ import annotations

from typing import Any

from schemas.campaign import Campaign
from schemas.google_product_checks import MOST_GROUPS, product_problems

DEEP = ("brand", "type_1", "type_2", "type_3", "type_4", "type_5", "label_0")


def problems(products: Any) -> list[str]:
    ads = [{"ad": "a", "creative": {}}]
    declared = {
        "campaign": "raf", "objective": "sales", "platforms": ["google"],
        "flight": {"start": "2026-12-01"}, "google": {"channel": "shopping"},
        "ad_sets": [{"ad_set": "bir", "google": {"products": products}, "ads": ads}],
    }  # fmt: skip
    return [problem.summary for _, problem in product_problems(Campaign.model_validate(declared), None)]


def items(count: int) -> Any:
    return {"split": "item", "of": {f"V-{number}": "show" for number in range(count)}, "rest": "exclude"}


def tree(*splits: str) -> Any:
    if not splits:
        return "show"
    return {"split": splits[0], "of": {"x": tree(*splits[1:])}, "rest": "exclude"}


def test_a_tree_that_one_request_cannot_carry_is_an_error() -> None:
    assert problems(items(MOST_GROUPS - 1)) == []
    assert problems(items(MOST_GROUPS)) == ["a tree too large"]


def test_seven_levels_are_the_most() -> None:
    assert problems(tree(*DEEP[:6])) == []  # the root is a level
    assert problems(tree(*DEEP)) == ["a tree too deep"]
