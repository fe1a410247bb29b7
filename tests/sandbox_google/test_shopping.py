"""Rules of Shopping campaigns and their trees of product groups, each with the platform's own code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_google.conftest import CUSTOMER, ROOT

MERCHANT = 5500000001
SETTING = {"merchant_id": MERCHANT, "campaign_priority": 1}
BID = {"cpc_bid_micros": 1_500_000}


def campaign(ads: Any, **fields: Any) -> str:
    given = {"advertising_channel_type": "SHOPPING", "shopping_setting": SETTING}
    return str(ads.campaign(**(given | fields)))


def refused(ads: Any, act: Any) -> list[tuple[str, str]]:
    """Code, without its family, and path below the operation."""
    found = ads.refused(act)
    return [(code.rpartition(".")[2], path.partition("create.")[2]) for code, path in found]


def brand(value: str | None) -> dict[str, Any]:
    return {"product_brand": {"value": value} if value else {}}


class Tree:
    """Operations on the nodes of one ad group; `add` gives the temporary name of what it adds."""

    def __init__(self, group: str) -> None:
        self.group, self.operations = group, list[dict[str, Any]]()

    def add(self, kind: str, parent: str | None = None, case: Any = None, **fields: Any) -> str:
        owner = self.group.rsplit("/", 1)[-1]
        name = f"{ROOT}/adGroupCriteria/{owner}~-{len(self.operations) + 1}"
        node: dict[str, Any] = {"type_": kind}
        if parent is not None:
            node |= {"parent_ad_group_criterion": parent, "case_value": case}
        body = {"resource_name": name, "ad_group": self.group, "listing_group": node, **fields}
        self.operations.append({"ad_group_criterion_operation": {"create": body}})
        return name

    def remove(self, name: str) -> None:
        self.operations.append({"ad_group_criterion_operation": {"remove": name}})

    def send(self, ads: Any) -> list[str]:
        request = {"customer_id": CUSTOMER, "mutate_operations": self.operations}
        answer = ads.service("GoogleAdsService").mutate(request=request)
        results = answer.mutate_operation_responses
        return [each.ad_group_criterion_result.resource_name for each in results]


@pytest.fixture
def group(ads: Any) -> str:
    return str(ads.ad_group(campaign(ads), type_="SHOPPING_PRODUCT_ADS"))


def whole(group: str) -> Tree:
    """All brands, one of them shown."""
    tree = Tree(group)
    root = tree.add("SUBDIVISION")
    tree.add("UNIT", root, brand("Usta"), **BID)
    tree.add("UNIT", root, brand(None), negative=True)
    return tree


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"shopping_setting": None}, ("MISSING_SHOPPING_SETTING", "shopping_setting")),
        (
            {"shopping_setting": SETTING | {"merchant_id": 5}},
            ("MERCHANT_ID_CANNOT_BE_ACCESSED", "shopping_setting.merchant_id"),
        ),
        (
            {"shopping_setting": {"merchant_id": MERCHANT}},
            ("REQUIRED", "shopping_setting.campaign_priority"),
        ),
        (
            {"shopping_setting": SETTING | {"campaign_priority": 3}},
            ("TOO_HIGH", "shopping_setting.campaign_priority"),
        ),
        (
            {"shopping_setting": SETTING | {"feed_label": "tr"}},
            ("ILLEGAL_CHARS", "shopping_setting.feed_label"),
        ),
        (
            {"manual_cpc": None, "maximize_conversions": {}},
            ("INVALID_BIDDING_STRATEGY_TYPE", "maximize_conversions"),
        ),
        (
            {"network_settings": {"target_google_search": True, "target_content_network": True}},
            ("CANNOT_TARGET_CONTENT_NETWORK", "network_settings.target_content_network"),
        ),
    ],
)
def test_a_campaign_that_cannot_sell_is_refused(
    fields: dict[str, Any], refusal: tuple[str, str], ads: Any
) -> None:
    assert refused(ads, lambda: campaign(ads, **fields)) == [refusal]


def test_a_merchant_is_for_good(ads: Any) -> None:
    name = campaign(ads)
    change = {"merchant_id": 7, "campaign_priority": 1}
    found = refused(
        ads, lambda: ads.update("campaigns", name, ["shopping_setting.merchant_id"], shopping_setting=change)
    )
    assert {code for code, _ in found} == {"MERCHANT_ID_CANNOT_BE_ACCESSED", "IMMUTABLE_FIELD"}


def test_a_whole_tree_is_made_in_one_request_and_a_removed_subdivision_takes_its_groups_along(
    ads: Any, group: str
) -> None:
    root, *_ = whole(group).send(ads)
    again = Tree(group)
    again.remove(root)
    again.add("UNIT", **BID)
    again.send(ads)
    rows = ads.query(
        "SELECT ad_group_criterion.listing_group.type, ad_group_criterion.type FROM ad_group_criterion"
        " WHERE ad_group_criterion.status != 'REMOVED' AND ad_group_criterion.type = 'LISTING_GROUP'"
    )
    assert [row.ad_group_criterion.listing_group.type_.name for row in rows] == ["UNIT"]


def without_rest(tree: Tree) -> None:
    tree.add("UNIT", tree.add("SUBDIVISION"), brand("Usta"), **BID)


def mixed(tree: Tree) -> None:
    root = tree.add("SUBDIVISION")
    tree.add("UNIT", root, {"product_condition": {"condition": "NEW"}}, **BID)
    tree.add("UNIT", root, brand(None), **BID)


def twice(tree: Tree) -> None:
    root = tree.add("SUBDIVISION")
    for value in ("Usta", "usta", None):
        tree.add("UNIT", root, brand(value), negative=value == "usta", **({} if value == "usta" else BID))


def below_a_unit(tree: Tree) -> None:
    root = tree.add("UNIT", **BID)
    tree.add("UNIT", root, brand(None), **BID)


def nothing_below(tree: Tree) -> None:
    tree.add("SUBDIVISION")


def level_two(tree: Tree) -> None:
    root = tree.add("SUBDIVISION")
    tree.add("UNIT", root, {"product_type": {"value": "x", "level": "LEVEL2"}}, **BID)
    tree.add("UNIT", root, {"product_type": {"level": "LEVEL2"}}, **BID)


def two_roots(tree: Tree) -> None:
    tree.add("UNIT", **BID)
    tree.add("SUBDIVISION")


def brands_of_brands(tree: Tree) -> None:
    root = tree.add("SUBDIVISION")
    tree.add("UNIT", root, brand(None), **BID)
    inner = tree.add("SUBDIVISION", root, brand("Usta"))
    tree.add("UNIT", inner, brand("x"), **BID)
    tree.add("UNIT", inner, brand(None), **BID)


def too_deep(tree: Tree) -> None:
    splits = [
        *({"product_type": {"level": f"LEVEL{n}"}} for n in range(1, 6)), brand(None),
        {"product_item_id": {}}, {"product_condition": {}},
    ]  # fmt: skip
    name = tree.add("SUBDIVISION")
    for case in splits[:-1]:
        name = tree.add("SUBDIVISION", name, case)
    tree.add("UNIT", name, splits[-1], **BID)


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (without_rest, "LISTING_GROUP_SUBDIVISION_REQUIRES_OTHERS_CASE"),
        (nothing_below, "LISTING_GROUP_SUBDIVISION_REQUIRES_OTHERS_CASE"),
        (mixed, "LISTING_GROUP_REQUIRES_SAME_DIMENSION_TYPE_AS_SIBLINGS"),
        (twice, "LISTING_GROUP_ALREADY_EXISTS"),
        (two_roots, "LISTING_GROUP_ALREADY_EXISTS"),
        (below_a_unit, "LISTING_GROUP_UNIT_CANNOT_HAVE_CHILDREN"),
        (level_two, "INVALID_LISTING_GROUP_HIERARCHY"),
        (brands_of_brands, "INVALID_LISTING_GROUP_HIERARCHY"),
        (too_deep, "LISTING_GROUP_TREE_TOO_DEEP"),
    ],
)
def test_a_tree_that_is_not_whole_is_refused_with_everything_else_of_its_request(
    build: Any, code: str, ads: Any, group: str
) -> None:
    tree = Tree(group)
    build(tree)
    assert code in {found for found, _ in refused(ads, lambda: tree.send(ads))}
    assert ads.query("SELECT ad_group_criterion.type FROM ad_group_criterion") == []


def test_a_group_below_one_that_is_not_there_is_refused(ads: Any, group: str) -> None:
    root, *_ = whole(group).send(ads)
    tree = Tree(group)
    missing = f"{root.rpartition('~')[0]}~999999"
    tree.add("UNIT", missing, brand("Usta"), **BID)
    tree.add("UNIT", missing, brand(None), **BID)
    assert refused(ads, lambda: tree.send(ads))[0][0] == "LISTING_GROUP_DOES_NOT_EXIST"
    elsewhere = ads.ad_group(campaign(ads, name="başka"), type_="SHOPPING_PRODUCT_ADS")
    tree = Tree(elsewhere)
    tree.add("UNIT", root, brand("Usta"), **BID)
    tree.add("UNIT", root, brand(None), **BID)
    assert refused(ads, lambda: tree.send(ads))[0][0] == "LISTING_GROUP_DOES_NOT_EXIST"


def test_the_rest_of_a_tree_cannot_be_removed_alone(ads: Any, group: str) -> None:
    *_, rest = whole(group).send(ads)
    again = Tree(group)
    again.remove(rest)
    assert refused(ads, lambda: again.send(ads))[0][0] == "LISTING_GROUP_SUBDIVISION_REQUIRES_OTHERS_CASE"


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("SUBDIVISION", BID, "CANNOT_SET_BIDS_ON_LISTING_GROUP_SUBDIVISION"),
        ("UNIT", {}, "REQUIRED"),
        ("UNKNOWN", BID, "INVALID_LISTING_GROUP_TYPE"),
    ],
)
def test_a_group_has_the_bid_that_it_needs_and_no_other(
    kind: str, fields: dict[str, Any], code: str, ads: Any, group: str
) -> None:
    tree = Tree(group)
    tree.add(kind, **fields)
    assert code in {found for found, _ in refused(ads, lambda: tree.send(ads))}


def test_products_are_for_shopping_and_their_ads_say_nothing(ads: Any, group: str) -> None:
    search = ads.ad_group(ads.campaign(name="arama"))
    tree = Tree(search)
    tree.add("UNIT", **BID)
    assert refused(ads, lambda: tree.send(ads))[0][0] == "CANNOT_ADD_CRITERIA_TYPE"
    product: dict[str, Any] = {"shopping_product_ad": {}}
    for where, content, code in (
        (search, product, "INVALID_AD_TYPE"),
        (group, product | {"final_urls": ["https://lezzet.example/"]}, "VALUE_MUST_BE_UNSET"),
    ):
        found = refused(ads, lambda at=where, what=content: ads.ad(at, ad=what))
        assert code in {each for each, _ in found}


def test_a_shopping_ad_delivers_once_its_tree_shows_a_product(ads: Any, group: str) -> None:
    from sandbox.google import delivery

    ads.ad(group, ad={"shopping_product_ad": {}})
    account = ads.sandbox.account
    assert delivery.lines(account, account.today()) == []
    whole(group).send(ads)
    (line,) = delivery.lines(account, account.today())
    assert line.name == "yil-sonu/eve-siparis/products"


def retail(ads: Any) -> str:
    """An asset group of a retail campaign, without assets and products."""
    setting = {"merchant_id": MERCHANT}
    name = ads.campaign(
        advertising_channel_type="PERFORMANCE_MAX", manual_cpc=None, maximize_conversions={},
        brand_guidelines_enabled=False, shopping_setting=setting,
    )  # fmt: skip
    url = "https://lezzet.example/"
    return str(ads.create("asset_groups", campaign=name, name="raf", final_urls=[url], status="ENABLED"))


def filters(ads: Any, group: str, *nodes: tuple[str, int | None, Any], source: str = "SHOPPING") -> Any:
    """Nodes in one request: type, the position of the node above, the value."""
    owner = group.rsplit("/", 1)[-1]
    names = [f"{ROOT}/assetGroupListingGroupFilters/{owner}~-{n}" for n in range(1, len(nodes) + 1)]
    operations = []
    for name, (kind, above, case) in zip(names, nodes, strict=True):
        body = {"resource_name": name, "asset_group": group, "type_": kind, "listing_source": source}
        if above is not None:
            body |= {"parent_listing_group_filter": names[above], "case_value": case}
        operations.append({"asset_group_listing_group_filter_operation": {"create": body}})
    request = {"customer_id": CUSTOMER, "mutate_operations": operations}
    return ads.service("GoogleAdsService").mutate(request=request)


def kind_of_product(value: str | None, level: int = 1) -> dict[str, Any]:
    return {"product_type": {"level": f"LEVEL{level}"} | ({"value": value} if value else {})}


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ([("SUBDIVISION", None, None)], "SUBDIVISION_MUST_HAVE_EVERYTHING_ELSE_CHILD"),
        (
            [("SUBDIVISION", None, None), ("UNIT_INCLUDED", 0, brand("A")), ("UNIT_EXCLUDED", 0, brand("a")),
             ("UNIT_INCLUDED", 0, brand(None))],
            "SAME_DIMENSION_VALUE_BETWEEN_SIBLINGS",
        ),
        (
            [("SUBDIVISION", None, None), ("UNIT_INCLUDED", 0, brand("A")),
             ("UNIT_INCLUDED", 0, kind_of_product(None))],
            "DIFFERENT_DIMENSION_TYPE_BETWEEN_SIBLINGS",
        ),
        (
            [("UNIT_INCLUDED", None, None), ("UNIT_INCLUDED", 0, brand(None))],
            "UNIT_CANNOT_HAVE_CHILDREN",
        ),
        ([("UNIT_INCLUDED", None, None), ("UNIT_EXCLUDED", None, None)], "MULTIPLE_ROOTS"),
        (
            [("SUBDIVISION", None, None), ("UNIT_INCLUDED", 0, kind_of_product(None, 2))],
            "MUST_REFINE_HIERARCHICAL_PARENT_TYPE",
        ),
        (
            [("SUBDIVISION", None, None), ("SUBDIVISION", 0, kind_of_product(None)),
             ("UNIT_INCLUDED", 1, kind_of_product(None, 2))],
            "CANNOT_REFINE_HIERARCHICAL_EVERYTHING_ELSE",
        ),
        (
            [("SUBDIVISION", None, None), ("SUBDIVISION", 0, brand(None)), ("UNIT_INCLUDED", 1, brand(None))],
            "SAME_DIMENSION_TYPE_BETWEEN_ANCESTORS",
        ),
        ([("UNIT_INCLUDED", None, None), ("UNIT_INCLUDED", 0, {})], "INVALID_DIMENSION_VALUE"),
    ],
)  # fmt: skip
def test_an_asset_groups_tree_that_is_not_whole_is_refused(nodes: Any, code: str, ads: Any) -> None:
    group = retail(ads)
    assert code in {found for found, _ in refused(ads, lambda: filters(ads, group, *nodes))}


DEEP = (
    brand("Usta"), *(kind_of_product(f"raf{level}", level) for level in range(1, 6)),
    {"product_custom_attribute": {"index": "INDEX0", "value": "yeni"}},
)  # fmt: skip
RESTS = (
    brand(None), *(kind_of_product(None, level) for level in range(1, 6)),
    {"product_custom_attribute": {"index": "INDEX0"}},
)  # fmt: skip


def deep(levels: int) -> list[tuple[str, int | None, Any]]:
    """A tree of so many levels, the root among them, with the rest beside each subdivision."""
    nodes: list[tuple[str, int | None, Any]] = [("SUBDIVISION", None, None)]
    above = 0
    for case, rest in list(zip(DEEP, RESTS, strict=True))[: levels - 1]:
        nodes += [("SUBDIVISION", above, case), ("UNIT_INCLUDED", above, rest)]
        above = len(nodes) - 2
    nodes[above] = ("UNIT_INCLUDED", *nodes[above][1:])
    return nodes


def test_an_asset_groups_tree_has_seven_levels_at_most(ads: Any) -> None:
    group = retail(ads)
    assert {code for code, _ in refused(ads, lambda: filters(ads, group, *deep(8)))} == {"TREE_TOO_DEEP"}
    assert filters(ads, group, *deep(7))


def test_a_subdivision_of_an_asset_group_goes_with_all_below_it_or_not_at_all(ads: Any) -> None:
    group = retail(ads)
    made = filters(ads, group, ("SUBDIVISION", None, None), ("UNIT_INCLUDED", 0, brand(None)))
    kind = "asset_group_listing_group_filter"
    root, rest = (getattr(each, f"{kind}_result").resource_name for each in made.mutate_operation_responses)
    wrong = refused(ads, lambda: ads.mutate(f"{kind}s", {"remove": root}))
    assert {code for code, _ in wrong} == {"SUBDIVISION_HAS_CHILDREN"}
    ads.mutate(f"{kind}s", {"remove": root}, {"remove": rest})
    assert ads.query(f"SELECT {kind}.id FROM {kind}") == []


def test_an_asset_groups_products_come_from_a_campaign_that_sells(ads: Any) -> None:
    group = retail(ads)
    all_of_it = ("UNIT_INCLUDED", None, None)
    wrong = refused(ads, lambda: filters(ads, group, all_of_it, source="WEBPAGE"))
    assert {code for code, _ in wrong} == {"LISTING_SOURCE_NOT_ALLOWED"}


def test_a_retail_group_delivers_without_assets_once_it_shows_products(ads: Any) -> None:
    from sandbox.google import delivery

    group, account = retail(ads), ads.sandbox.account
    assert delivery.lines(account, account.today()) == []
    filters(ads, group, ("UNIT_INCLUDED", None, None))
    assert {line.campaign_id for line in delivery.lines(account, account.today())} != set()


def test_a_retail_group_with_some_assets_needs_all_of_them(ads: Any) -> None:
    group = retail(ads)
    asset = ads.create("assets", text_asset={"text": "Bir"})
    link = {"asset_group": group, "asset": asset, "field_type": "HEADLINE"}
    found = refused(ads, lambda: ads.create("asset_group_assets", **link))
    assert "NOT_ENOUGH_DESCRIPTION_ASSET" in {code for code, _ in found}
