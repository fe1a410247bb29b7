"""Trees of products: told in words, built, read back, and turned into one another by few operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.google import listing
from connectors.google.convert import Converter
from connectors.google.operation import Desk, Lookups, Op
from schemas.errors import InvalidDeclaration
from tests.connectors.google import neutral

VALUES = ("vazo", "tabak", "kupa")
FLAVOURS = (listing.CRITERIA, listing.FILTERS)


def micros(text: str) -> int:
    return int(float(text.split()[0]) * 1_000_000)


def trees(bids: bool, left: tuple[str, ...] = ("brand", "type_1", "label_0")) -> st.SearchStrategy[Any]:
    ends: st.SearchStrategy[Any] = st.sampled_from(["show", "exclude"])
    if bids:
        ends |= st.integers(1, 3).map(lambda amount: {"max_cpc": f"{amount} TRY"})
    if not left:
        return ends
    deeper = trees(bids, left[1:])
    split = st.fixed_dictionaries(
        {
            "split": st.just(left[0]),
            "of": st.dictionaries(st.sampled_from(VALUES), deeper, min_size=1),
            "rest": deeper,
        }
    )
    return ends | split


def whole(bids: bool) -> st.SearchStrategy[Any]:
    return st.just("all") | trees(bids).filter(lambda tree: "split" in tree)


class Account:
    """What Google keeps of one tree: each operation is carried out as documented."""

    def __init__(self, flavour: listing.Flavour) -> None:
        self.flavour, self.nodes, self.count = flavour, dict[str, dict[str, Any]](), 0

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        return [{self.flavour.resource: node} for node in self.nodes.values()]

    def run(self, ops: Sequence[Op]) -> None:
        real: dict[str, str] = {}
        for op in sorted(ops, key=lambda each: each.rank):
            if op.verb == "remove":
                self.remove(op.body)
            elif op.verb == "update":
                self.nodes[op.body["resource_name"]].pop("cpc_bid_micros", None)
                self.nodes[op.body["resource_name"]] |= op.body
            else:
                self.add(op.body, real)

    def add(self, body: Mapping[str, Any], real: dict[str, str]) -> None:
        self.count += 1
        name = f"node/{self.count}"
        real[body["resource_name"]] = name
        node = {**body, "resource_name": name}
        inside = node["listing_group"] = {**node["listing_group"]} if self.flavour.bids else {}
        holder = inside if self.flavour.bids else node
        if parent := holder.get(self.flavour.parent):
            holder[self.flavour.parent] = real.get(parent, parent)
            assert holder[self.flavour.parent] in self.nodes
        self.nodes[name] = node

    def remove(self, name: str) -> None:
        below = [each for each, node in self.nodes.items() if self.parent(node) == name]
        assert self.flavour.cascades or not below  # children go first
        for each in below:
            self.remove(each)
        del self.nodes[name]

    def parent(self, node: Mapping[str, Any]) -> str:
        holder = node["listing_group"] if self.flavour.bids else node
        return str(holder.get(self.flavour.parent) or "")


def groups(tree: Any) -> dict[str, Any]:
    return dict(listing.declared(tree, micros, None))


def desk() -> Desk:
    return Desk("1", Lookups(), {})


@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda each: each.owner)
@settings(max_examples=150)
@given(data=st.data())
def test_any_tree_becomes_any_other_and_what_stays_is_left_alone(
    data: st.DataObject, flavour: listing.Flavour
) -> None:
    before, after = (groups(data.draw(whole(flavour.bids))) for _ in range(2))
    account = Account(flavour)
    made = list(listing.create(desk(), flavour, "7", before))
    assert listing.operations(None, before) == len(made)
    account.run(made)
    assert listing.observed(account.rows, flavour) == before
    names = dict(listing.paths(account.rows, flavour))
    ops = list(listing.change(desk(), flavour, "7", account.rows, after))
    account.run(ops)
    assert listing.observed(account.rows, flavour) == after
    assert bool(ops) == bool(counted := listing.operations(before, after))
    assert counted <= 2 * len({*listing.paths(account.rows, flavour), *names})
    if before == after:
        assert ops == []
    for steps, node in listing.paths(account.rows, flavour).items():
        old = names.get(steps)
        ancestors = [names.get(steps[:depth]) for depth in range(len(steps))]
        kept = all(each is not None and each.said is None for each in ancestors)
        if old is not None and old.said == node.said and kept:
            assert node.name == old.name


def test_the_dimension_of_a_rest_that_google_leaves_out_is_that_of_its_siblings() -> None:
    account = Account(listing.CRITERIA)
    told = groups({"split": "type_1", "of": {"Vazo": "show"}, "rest": "exclude"})
    account.run(list(listing.create(desk(), listing.CRITERIA, "7", told)))
    for node in account.nodes.values():
        case = node["listing_group"].get("case_value", {}).get("product_type", {})
        if "value" not in case:
            node["listing_group"].pop("case_value", None)
    assert listing.observed(account.rows, listing.CRITERIA) == told


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ("all", {"all": "show"}),
        (
            {"split": "label_0", "of": {"YAZ": {"max_cpc": "1.255 TRY"}}, "rest": "exclude"},
            {"label 0 = yaz": "bid 1.255", "label 0: everything else": "exclude"},
        ),
    ],
)
def test_a_tree_is_told_by_the_groups_at_its_ends(tree: Any, told: dict[str, str]) -> None:
    assert groups(tree) == told
    assert {listing.text(listing.steps_of(each)) for each in told} == told.keys()


def test_a_group_that_is_shown_takes_the_usual_bid() -> None:
    found = listing.declared({"split": "brand", "of": {"A": "show"}, "rest": "exclude"}, micros, "2 TRY")
    assert found == {"brand = a": "bid 2.00", "brand: everything else": "exclude"}


@settings(max_examples=100)
@given(tree=whole(True))
def test_an_import_says_a_tree_as_its_author_would(tree: Any) -> None:
    def money(micros: Any) -> str:
        return f"{micros // 1_000_000} TRY"

    assert listing.spoken(groups(tree), money) == tree


def test_a_shopping_campaign_sells_from_the_accounts_merchant_center_and_its_ad_says_nothing() -> None:
    made = Converter(neutral.SCOPE, "TRY", {"merchant": "55"}).convert(
        neutral.selling("all", shopping={"feed_label": "TR", "priority": "high", "local": False})
    )
    top, group, ad = ({**each.fields} for each in made)
    assert (top["advertising_channel_type"], top["merchant_id"]) == ("SHOPPING", "55")
    assert top["shopping_setting"] == {"feed_label": "TR", "campaign_priority": 2, "enable_local": False}
    assert group["products"] == {"all": "bid 1.50"}
    assert str(group["final_url_suffix"]).startswith("utm_source=")  # an ad that says nothing says no UTM
    assert set(ad) == {"ad_group", "status", "format"}


def test_a_shopping_campaign_without_a_merchant_center_is_refused() -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        Converter(neutral.SCOPE, "TRY").convert(neutral.selling("all"))
    assert "no Merchant Center" in str(caught.value)
