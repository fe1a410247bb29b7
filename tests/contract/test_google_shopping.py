"""Products on Google, walked: trees are built, edited by the fewest operations, and plan empty afterwards."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.change import Update
from tests.contract.conftest import Endpoints
from tests.contract.states import ad, ad_set, campaign
from tests.contract.test_google_breadth import Story, Tree

pytestmark = pytest.mark.server
BRANDS = {"split": "brand", "of": {"Atölye": "show", "Usta": "exclude"}, "rest": "show"}
# What it becomes → the groups of the plan, and how many operations on nodes that takes.
STEPS: list[tuple[Any, dict[str, str], int]] = [
    (
        BRANDS,
        {"brand = atölye": "bid 1.50", "brand = usta": "exclude", "brand: everything else": "bid 1.50"}, 4,
    ),
    (
        {**BRANDS, "of": {"Atölye": {"max_cpc": "2.25 TRY"}, "Usta": "exclude"}},
        {"brand = atölye": "bid 2.25", "brand = usta": "exclude", "brand: everything else": "bid 1.50"}, 1,
    ),
    (
        {**BRANDS, "of": {"atölye": {"max_cpc": "2.25 TRY"}, "usta": "exclude", "Yeni": "show"}},
        {"brand = atölye": "bid 2.25", "brand = usta": "exclude", "brand = yeni": "bid 1.50",
         "brand: everything else": "bid 1.50"}, 1,
    ),
    (
        {**BRANDS, "of": {"Atölye": {"split": "type_1", "of": {"Vazo": "show"}, "rest": "exclude"}}},
        {"brand = atölye › type 1 = vazo": "bid 1.50", "brand = atölye › type 1: everything else": "exclude",
         "brand: everything else": "bid 1.50"}, 6,
    ),
    (
        {"split": "condition", "of": {"new": {"split": "category_1", "of": {"1604": "show"}, "rest": "show"}},
         "rest": "exclude"},
        {"condition = new › category 1 = 1604": "bid 1.50", "condition = new › category 1: everything else":
         "bid 1.50", "condition: everything else": "exclude"}, 6,
    ),
    ("all", {"all": "bid 1.50"}, 2),
]  # fmt: skip


def shop(products: Any, **block: Any) -> Tree:
    bare = {**ad("urunler"), "creative": {}}
    group = {**ad_set("raf", bare), "optimize_for": None}
    del group["optimize_for"]
    group["google"] = {"products": products, "max_cpc": "1.50 TRY"}
    google = {"channel": "shopping", "bidding": {"strategy": "manual_cpc"}, **block}
    audience = {"locations": ["TR-34"], "age": "18-44"}
    return {**campaign("google", group), "audience": audience, "google": google}


def retail(products: Any, creative: Tree | None = None) -> Tree:
    """A Performance Max campaign that sells."""
    url = "https://lezzet.example/magaza"
    group = {**ad_set("raf", {**ad("urunler"), "creative": creative or {"url": url}})}
    del group["optimize_for"]
    group["google"] = {"products": products}
    google = {"channel": "performance_max", "shopping": {"feed_label": "TR"}}
    audience = {"locations": ["TR-34"], "languages": ["tr"]}
    return {**campaign("google", group), "objective": "sales", "audience": audience, "google": google}


@pytest.fixture
def story(tmp_path: Path, sandbox: Endpoints) -> Story:
    return Story(tmp_path, sandbox)


def nodes(story: Story) -> dict[str, Any]:
    rows = story.walker.connector.client.rows(  # type: ignore[attr-defined]
        "SELECT ad_group_criterion.resource_name, ad_group_criterion.cpc_bid_micros FROM ad_group_criterion"
        " WHERE ad_group_criterion.type = 'LISTING_GROUP' AND ad_group_criterion.status != 'REMOVED'"
    )
    return {row["ad_group_criterion"]["resource_name"]: row["ad_group_criterion"] for row in rows}


def test_a_tree_becomes_the_next_one_and_only_the_groups_that_differ_are_touched(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = story.walker.connector.client  # type: ignore[attr-defined]
    sent: Counter[str] = Counter()
    mutate = client.mutate

    def counted(operations: Any, *rest: Any) -> Any:
        sent.update(name for each in operations for name in each)
        return mutate(operations, *rest)

    monkeypatch.setattr(client, "mutate", counted)
    before: dict[str, Any] = {}
    for products, groups, operations in STEPS:
        sent.clear()
        walker = story.declare(shop(products))
        found = walker.diff()
        (told,) = (each.fields["products"] for each in walker.desired() if each.address.kind == "ad_group")
        assert told == groups
        if before:
            assert [type(each) for each in found.changes] == [Update]
        walker.apply()
        assert walker.diff().changes == (), products
        assert sent["ad_group_criterion_operation"] >= operations
        after = nodes(story)
        if before:
            assert sent["ad_group_criterion_operation"] == operations, products
        before = after


def test_the_feed_and_the_priority_of_a_campaign_can_change(story: Story) -> None:
    assert story.step(shop("all", shopping={"feed_label": "TR"}))["create", "campaign"] == 1
    found = story.step(shop("all", shopping={"priority": "high", "local": True}))
    assert found == {("update", "campaign"): 1}


TYPES = {"split": "type_1", "of": {"Vazo": "show"}, "rest": "exclude"}


def test_a_retail_asset_group_needs_no_assets_and_its_tree_becomes_the_next_one(story: Story) -> None:
    first = story.step(retail("all"))
    assert first == {("create", "campaign"): 1, ("create", "asset_group"): 1}
    for products, groups in (
        (TYPES, {"type 1 = vazo": "show", "type 1: everything else": "exclude"}),
        (
            {**TYPES, "of": {"Vazo": {"split": "brand", "of": {"A": "exclude"}, "rest": "show"}}},
            {"type 1 = vazo › brand = a": "exclude", "type 1 = vazo › brand: everything else": "show",
             "type 1: everything else": "exclude"},
        ),
        ("all", {"all": "show"}),
    ):  # fmt: skip
        assert story.step(retail(products)) == {("update", "asset_group"): 1}
        (group,) = (each for each in story.walker.read() if each.kind == "asset_group")
        assert group.fields["products"] == groups
    assert story.step({**retail("all"), "google": {"channel": "performance_max", "shopping": {}}}) == {
        ("update", "campaign"): 1,  # the feed label is gone
    }


def test_a_retail_campaign_that_lost_its_products_on_the_platform_gets_them_back(story: Story) -> None:
    story.step(retail(TYPES))
    client = story.walker.connector.client  # type: ignore[attr-defined]
    rows = client.rows(
        "SELECT asset_group_listing_group_filter.resource_name,"
        " asset_group_listing_group_filter.parent_listing_group_filter FROM asset_group_listing_group_filter"
    )
    nodes = [row["asset_group_listing_group_filter"] for row in rows]
    children_first = sorted(nodes, key=lambda node: not node.get("parent_listing_group_filter"))
    client.mutate(
        [
            {"asset_group_listing_group_filter_operation": {"remove": node["resource_name"]}}
            for node in children_first
        ]
    )
    (update,) = story.walker.diff().changes
    assert isinstance(update, Update)
    assert set(update.after) == {"products"}
    story.walker.apply()
    assert story.walker.diff().changes == ()
