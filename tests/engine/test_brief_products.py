"""Products in the words of a client: a tree by its ends, bids as money."""

from __future__ import annotations

from typing import Any

import pytest

from engine import brief_products
from engine.wording import Locale

TREE: dict[str, Any] = {
    "split": "brand",
    "of": {"Usta": {"split": "type_1", "of": {"Vazo": {"max_cpc": "2.5 TRY"}}, "rest": "exclude"}},
    "rest": "show",
}


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "tr",
            "marka Usta › ürün türü 1 Vazo: tıklaması en çok ₺2,50;"
            " marka Usta › ürün türü 1 kalanlar: gösterilmez; marka kalanlar: gösterilir",
        ),
        (
            "en",
            "brand Usta › type 1 Vazo: at most TRY2.50 a click;"
            " brand Usta › type 1 everything else: not shown; brand everything else: shown",
        ),
    ],
)
def test_a_tree_is_told_by_its_ends(locale: Locale, told: str) -> None:
    assert brief_products.tree(TREE, locale).replace("\xa0", "").replace("₺2.50", "TRY2.50") == told


def test_all_products_and_a_set_of_a_catalogue_are_told() -> None:
    assert brief_products.chosen("all", "tr") == "bütün ürünler"
    assert brief_products.chosen("magaza/vazolar", "tr") == "magaza/vazolar"
