"""What Shopping and retail Performance Max sell: the linked Merchant Center, and trees of product groups."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sandbox.google.context import Account, Operation
from sandbox.google.errors import Problem
from sandbox.google.messages import Message, enum_name
from sandbox.google.store import is_removed

# Channel → fields of shopping_setting that it needs beside merchant_id (docstring of ShoppingSetting).
SELLING = {"SHOPPING": ("campaign_priority",), "PERFORMANCE_MAX": ()}
PRIORITIES = range(3)
LABEL = re.compile(r"[A-Z0-9_-]{1,20}")
DEEPEST = 7  # levels: …/docs/shopping-ads/create-listing-groups
HIERARCHIES = ("product_type", "product_category")
ENUMS = ("condition", "channel")


def check_setting(op: Operation, channel: str) -> None:
    """A campaign's shopping_setting: of the linked account, complete, and its merchant never changed."""
    path, setting = "shopping_setting", op.new.shopping_setting
    if not op.touches(path) or channel not in SELLING:
        return
    if not op.new.HasField(path):
        if channel == "SHOPPING":
            text = "A Shopping campaign needs a shopping setting."
            op.refuse("campaign_error", "MISSING_SHOPPING_SETTING", text, path)
        return
    if str(setting.merchant_id) != op.account.world.merchant:
        text = "The Merchant Center account is not linked."
        op.refuse("merchant_center_error", "MERCHANT_ID_CANNOT_BE_ACCESSED", text, path, "merchant_id")
    if op.old is not None and op.old.shopping_setting.merchant_id != setting.merchant_id:
        text = "The merchant cannot be changed."
        op.refuse("field_error", "IMMUTABLE_FIELD", text, path, "merchant_id")
    for name in SELLING[channel]:
        if not setting.HasField(name):
            op.refuse("field_error", "REQUIRED", "The required field was not present.", path, name)
    if setting.campaign_priority not in PRIORITIES:
        op.refuse("range_error", "TOO_HIGH", "0 to 2.", path, "campaign_priority")
    if setting.feed_label and not LABEL.fullmatch(setting.feed_label):
        text = "At most 20 capital letters, digits, hyphens and underscores."
        op.refuse(
            "string_format_error", "ILLEGAL_CHARS", text, path, "feed_label", trigger=setting.feed_label
        )
    if channel != "SHOPPING" and setting.enable_local:
        code = "SHOPPING_ENABLE_LOCAL_NOT_SUPPORTED_FOR_CAMPAIGN_TYPE"
        op.refuse("campaign_error", code, "Not for this type of campaign.", path, "enable_local")


@dataclass(frozen=True)
class Sort:
    """Where a tree hangs and how it refuses; `codes` are those of the family, by what is wrong."""

    kind: str
    owner: str
    parent: str
    inside: Callable[[Message], Message]
    family: str
    codes: dict[str, str]


CRITERIA = Sort(
    "ad_group_criterion", "ad_group", "parent_ad_group_criterion",
    lambda criterion: criterion.listing_group, "criterion_error",
    {
        "no rest": "LISTING_GROUP_SUBDIVISION_REQUIRES_OTHERS_CASE",
        "mixed": "LISTING_GROUP_REQUIRES_SAME_DIMENSION_TYPE_AS_SIBLINGS",
        "twice": "LISTING_GROUP_ALREADY_EXISTS",
        "unit": "LISTING_GROUP_UNIT_CANNOT_HAVE_CHILDREN",
        "hierarchy": "INVALID_LISTING_GROUP_HIERARCHY",
        "orphan": "LISTING_GROUP_DOES_NOT_EXIST",
        "deep": "LISTING_GROUP_TREE_TOO_DEEP",
        "roots": "LISTING_GROUP_ALREADY_EXISTS",
        "repeated": "INVALID_LISTING_GROUP_HIERARCHY",
        "below the rest": "INVALID_LISTING_GROUP_HIERARCHY",
    },
)  # fmt: skip
FILTERS = Sort(
    "asset_group_listing_group_filter", "asset_group", "parent_listing_group_filter",
    lambda node: node, "asset_group_listing_group_filter_error",
    {
        "no rest": "SUBDIVISION_MUST_HAVE_EVERYTHING_ELSE_CHILD",
        "mixed": "DIFFERENT_DIMENSION_TYPE_BETWEEN_SIBLINGS",
        "twice": "SAME_DIMENSION_VALUE_BETWEEN_SIBLINGS",
        "unit": "UNIT_CANNOT_HAVE_CHILDREN",
        "hierarchy": "MUST_REFINE_HIERARCHICAL_PARENT_TYPE",
        "orphan": "SUBDIVISION_HAS_CHILDREN",
        "deep": "TREE_TOO_DEEP",
        "roots": "MULTIPLE_ROOTS",
        "repeated": "SAME_DIMENSION_TYPE_BETWEEN_ANCESTORS",
        "below the rest": "CANNOT_REFINE_HIERARCHICAL_EVERYTHING_ELSE",
    },
)  # fmt: skip
SORTS = {CRITERIA.kind: CRITERIA, FILTERS.kind: FILTERS}


def check_filter(op: Operation) -> None:
    """One node of an asset group's tree by itself; the tree is judged at the end of the request."""
    group = op.parent("asset_group")
    campaign = op.account.store.get(group.campaign) if group is not None else None
    if campaign is not None and not campaign.shopping_setting.merchant_id:
        text = "The campaign sells no products."
        op.refuse(FILTERS.family, "LISTING_SOURCE_NOT_ALLOWED", text, "listing_source")
    if enum_name(op.new, "listing_source") != "SHOPPING":
        text = "Products come from Shopping."
        op.refuse(FILTERS.family, "LISTING_SOURCE_NOT_ALLOWED", text, "listing_source")
    if bool(op.new.parent_listing_group_filter) != bool(_dimension(op.new)):
        text = "A value for every group but the first."
        op.refuse(FILTERS.family, "INVALID_DIMENSION_VALUE", text, "case_value")


def check_criterion(op: Operation) -> None:
    """One node of an ad group's tree by itself; the tree is judged at the end of the request."""
    node, path = op.new.listing_group, "listing_group"
    group = op.parent("ad_group")
    campaign = op.account.store.get(group.campaign) if group is not None else None
    if campaign is not None and enum_name(campaign, "advertising_channel_type") != "SHOPPING":
        text = "The campaign sells no products."
        op.refuse("criterion_error", "CANNOT_ADD_CRITERIA_TYPE", text, path)
    kind = enum_name(node, "type_")
    if kind not in ("UNIT", "SUBDIVISION"):
        op.refuse("criterion_error", "INVALID_LISTING_GROUP_TYPE", "Unit or subdivision.", path, "type")
    if kind == "SUBDIVISION" and (op.new.HasField("cpc_bid_micros") or op.new.negative):
        code = "CANNOT_SET_BIDS_ON_LISTING_GROUP_SUBDIVISION"
        op.refuse("criterion_error", code, "A subdivision has no bid.", "cpc_bid_micros")
    if node.HasField("parent_ad_group_criterion") != bool(_dimension(node)):
        text = "A value for every group but the first."
        op.refuse("criterion_error", "INVALID_LISTING_DIMENSION", text, path, "case_value")
    if _needs_bid(campaign) and kind == "UNIT" and not op.new.negative and not op.new.cpc_bid_micros:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "cpc_bid_micros")


def _needs_bid(campaign: Message | None) -> bool:
    """…/docs/shopping-ads/create-listing-groups: where criteria bid, a unit that is shown has a bid."""
    return campaign is not None and campaign.WhichOneof("campaign_bidding_strategy") == "manual_cpc"


def _dimension(node: Message) -> str:
    """The member of the dimension with its level or index: `product_type LEVEL1`; "" for the root."""
    member = node.case_value.WhichOneof("dimension") or ""
    value = getattr(node.case_value, member) if member else None
    for name in ("level", "index"):
        if value is not None and name in value.DESCRIPTOR.fields_by_name:
            return f"{member} {enum_name(value, name)}"
    return str(member)


def _value(node: Message) -> str:
    """What a group is told by, "" for everything else; capitals do not count."""
    member = node.case_value.WhichOneof("dimension")
    value = getattr(node.case_value, member) if member else None
    if value is None:
        return ""
    for name in ENUMS:
        if name in value.DESCRIPTOR.fields_by_name:
            said = enum_name(value, name)
            return "" if said == "UNSPECIFIED" else said
    if "category_id" in value.DESCRIPTOR.fields_by_name:
        return str(value.category_id or "")
    return str(value.value).casefold()


def broken(account: Account, sort: Sort, owner: str) -> Iterator[Problem]:
    """What is wrong with the tree of a living owner, after all of a request was done."""
    holder = account.store.get(owner)
    if holder is None or is_removed(holder):
        return
    nodes = {
        entry.message.resource_name: entry.message
        for entry in account.store.pointing(sort.kind, owner)
        if not is_removed(entry.message) and _is_node(sort, entry.message)
    }
    children: dict[str, list[Message]] = defaultdict(list)
    for node in nodes.values():
        children[getattr(sort.inside(node), sort.parent)].append(node)
    if len(children[""]) > 1:
        yield _wrong(sort, "roots", "There is one group of all products.")
    for name, below in children.items():
        if name and name not in nodes:
            yield _wrong(sort, "orphan", "The group above is not there.")
        elif name and not _divides(sort, nodes[name]):
            yield _wrong(sort, "unit", "A unit is not divided further.")
        if name:
            yield from _siblings(sort, [sort.inside(node) for node in below])
    for name, node in nodes.items():
        if _divides(sort, node) and not children[name]:
            yield _wrong(sort, "no rest", "A subdivision needs a group for everything else.")
        yield from _above(sort, nodes, node)


def _is_node(sort: Sort, message: Message) -> bool:
    return sort is not CRITERIA or message.WhichOneof("criterion") == "listing_group"


def _divides(sort: Sort, node: Message) -> bool:
    return enum_name(sort.inside(node), "type_") == "SUBDIVISION"


def _siblings(sort: Sort, below: Sequence[Message]) -> Iterator[Problem]:
    if len({_dimension(node) for node in below}) > 1:
        yield _wrong(sort, "mixed", "Groups side by side are told by the same property.")
    values = Counter(_value(node) for node in below)
    if not values[""]:
        yield _wrong(sort, "no rest", "A subdivision needs a group for everything else.")
    if any(count > 1 for count in values.values()):
        yield _wrong(sort, "twice", "Two groups have the same value.")


def _above(sort: Sort, nodes: dict[str, Message], node: Message) -> Iterator[Problem]:
    """On the way up: not too long, no property twice, levels in their order."""
    way, rests = [_dimension(sort.inside(node))], set[str]()
    name = getattr(sort.inside(node), sort.parent)
    while name in nodes and len(way) <= DEEPEST:
        above = sort.inside(nodes[name])
        way.append(_dimension(above))
        rests |= {way[-1]} if not _value(above) else set()
        name = getattr(above, sort.parent)
    if len(way) > DEEPEST:
        yield _wrong(sort, "deep", f"At most {DEEPEST} levels.")
    elif way[0] and way[0] in way[1:]:
        yield _wrong(sort, "repeated", "A property divides once on the way down.")
    member, _, level = way[0].partition(" LEVEL")
    if member not in HIERARCHIES or level <= "1":
        return
    before = f"{member} LEVEL{int(level) - 1}"
    if before not in way[1:]:
        yield _wrong(sort, "hierarchy", "The level above comes first.")
    elif before in rests:
        yield _wrong(sort, "below the rest", "Everything else has no further levels.")


def _wrong(sort: Sort, what: str, text: str) -> Problem:
    return Problem(sort.family, sort.codes[what], text)


def touched(
    account: Account, kinds: Sequence[str], names: Sequence[str | None]
) -> dict[tuple[str, str], int]:
    """(kind, owner) of trees that a request's operations concern → the first of them."""
    found: dict[tuple[str, str], int] = {}
    for index, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        if name is None or kind not in SORTS:
            continue
        message = account.store.get(name)
        if message is None or _is_node(SORTS[kind], message):
            id = name.rsplit("/", 1)[-1].partition("~")[0]
            owners = {"ad_group": "adGroups", "asset_group": "assetGroups"}[SORTS[kind].owner]
            found.setdefault((kind, f"{account.root}/{owners}/{id}"), index)
    return found


def below(account: Account, name: str) -> list[str]:
    """Criteria that go when a subdivision goes: all below it, children first."""
    entry = account.store.get(name)
    if entry is None or not _is_node(CRITERIA, entry):
        return []
    found: list[str] = []
    for other in account.store.pointing("ad_group_criterion", entry.ad_group):
        node = other.message
        if not is_removed(node) and node.listing_group.parent_ad_group_criterion == name:
            found += [*below(account, node.resource_name), node.resource_name]
    return found


def sells(account: Account, group: Message) -> bool:
    """Whether an ad group's tree shows any product."""
    return any(
        not is_removed(entry.message)
        and entry.message.WhichOneof("criterion") == "listing_group"
        and enum_name(entry.message.listing_group, "type_") == "UNIT"
        and not entry.message.negative
        and enum_name(entry.message, "status") == "ENABLED"
        for entry in account.store.pointing("ad_group_criterion", group.resource_name)
    )


def offers(account: Account, group: Message) -> bool:
    """Whether an asset group of a retail campaign has a tree that shows any product."""
    return any(
        enum_name(entry.message, "type_") == "UNIT_INCLUDED"
        for entry in account.store.pointing(FILTERS.kind, group.resource_name)
    )


def check_ad(op: Operation, ad: Message, *above: str) -> None:
    """A product ad says nothing itself: its pages are the products' own."""
    if ad.final_urls:
        text = "Product ads lead to the products' own pages."
        op.refuse("field_error", "VALUE_MUST_BE_UNSET", text, *above, "final_urls")
