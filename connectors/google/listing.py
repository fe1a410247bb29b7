"""Trees of products: as a plan shows them, as Google keeps them, and the fewest operations between two.

A tree is told by the groups at its ends: `brand = atölye › type 1 = vazo` → `show`, `exclude`, `bid 2.00`.
What lies above follows from them. Google compares values without their case: they are told in small letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias

from connectors.google.normal import Row, last
from connectors.google.operation import Desk, Op
from connectors.google.text import lower
from engine.resource import Value

SHOW, EXCLUDE, BID, ALL = "show", "exclude", "bid ", "all"
DEEPER, IS, REST = " › ", " = ", ": everything else"
MICROS = 1_000_000
Step: TypeAlias = tuple[
    str, str | None
]  # a dimension as the language calls it, and its value; None: the rest
Steps: TypeAlias = tuple[Step, ...]

# docstring of ListingDimensionInfo: dimension → (member, the field of its value, what else is said).
DIMENSIONS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "brand": ("product_brand", "value", {}),
    "item": ("product_item_id", "value", {}),
    "condition": ("product_condition", "condition", {}),
    "channel": ("product_channel", "channel", {}),
    **{f"type_{n}": ("product_type", "value", {"level": f"LEVEL{n}"}) for n in range(1, 6)},
    **{f"category_{n}": ("product_category", "category_id", {"level": f"LEVEL{n}"}) for n in range(1, 6)},
    **{f"label_{n}": ("product_custom_attribute", "value", {"index": f"INDEX{n}"}) for n in range(5)},
}
ENUMS: Final = ("product_condition", "product_channel")


@dataclass(frozen=True, slots=True)
class Flavour:
    """Where a tree hangs and what its nodes are called: ad group criteria, or filters of an asset group.

    unit       how a unit says that it is shown or excluded
    cascades   whether a node's removal takes what is below it along
    """

    resource: str
    collection: str
    owner: str
    owners: str
    parent: str
    unit: Callable[[str], dict[str, Any]]
    wrap: Callable[[dict[str, Any]], dict[str, Any]]
    cascades: bool
    bids: bool


def _criterion_unit(said: str) -> dict[str, Any]:
    if said == EXCLUDE:
        return {"type": "UNIT", "negative": True}
    return {
        "type": "UNIT",
        "status": "ENABLED",
        **({"cpc_bid_micros": micros_of(said)} if said != SHOW else {}),
    }


def _criterion(node: dict[str, Any]) -> dict[str, Any]:
    """What belongs into `listing_group`, and what beside it."""
    inside = {
        name: node.pop(name) for name in ("type", "case_value", "parent_ad_group_criterion") if name in node
    }
    return {"status": "ENABLED", **node, "listing_group": inside} if not node.get("negative") else {
        **node, "listing_group": inside,
    }  # fmt: skip


CRITERIA: Final = Flavour(
    "ad_group_criterion", "adGroupCriteria", "ad_group", "adGroups", "parent_ad_group_criterion",
    _criterion_unit, _criterion, cascades=True, bids=True,
)  # fmt: skip
# …/performance-max/listing-groups: every node is removed by itself, children before parents.
FILTERS: Final = Flavour(
    "asset_group_listing_group_filter", "assetGroupListingGroupFilters", "asset_group", "assetGroups",
    "parent_listing_group_filter",
    lambda said: {"type": "UNIT_EXCLUDED" if said == EXCLUDE else "UNIT_INCLUDED"},
    lambda node: {**node, "listing_source": "SHOPPING"}, cascades=False, bids=False,
)  # fmt: skip


# -- declared -----------------------------------------------------------------------------------------------


def declared(tree: Any, bid: Callable[[str], int], usual: str | None) -> dict[str, Value]:
    """The groups of a declared tree; `bid` tells the micros of an amount, `usual` the amount of a group that
    is shown without a bid of its own, None where groups bid nothing."""
    shown = bid_text(bid(usual)) if usual else SHOW
    if tree == ALL:
        return {ALL: shown}
    return {text(steps): said for steps, said in _ends(tree, (), bid, shown)}


def _ends(tree: Any, above: Steps, bid: Callable[[str], int], shown: str) -> Iterator[tuple[Steps, str]]:
    split = str(tree["split"])
    steps: list[tuple[Step, Any]] = [((split, lower(str(key))), group) for key, group in tree["of"].items()]
    for step, group in [*steps, ((split, None), tree["rest"])]:
        if isinstance(group, Mapping) and "split" in group:
            yield from _ends(group, (*above, step), bid, shown)
        elif isinstance(group, Mapping):
            yield (*above, step), bid_text(bid(str(group["max_cpc"])))
        else:
            yield (*above, step), shown if group == SHOW else EXCLUDE


def bid_text(micros: int) -> str:
    """`bid 2.00`; more decimals only where they are needed."""
    amount = Decimal(micros) / MICROS
    whole = amount.quantize(Decimal("0.01"))
    return f"{BID}{whole if whole == amount else amount.normalize():f}"


def micros_of(said: str) -> int:
    return int(Decimal(said.removeprefix(BID)) * MICROS)


def text(steps: Steps) -> str:
    """`brand = atölye › type 1: everything else`."""
    return DEEPER.join(_step(*step) for step in steps) or ALL


def _step(dimension: str, value: str | None) -> str:
    name = dimension.replace("_", " ")
    return f"{name}{REST}" if value is None else f"{name}{IS}{value}"


def steps_of(told: str) -> Steps:
    """What `text` wrote."""
    return () if told == ALL else tuple(_read_step(part) for part in told.split(DEEPER))


def _read_step(part: str) -> Step:
    if part.endswith(REST):
        return part.removesuffix(REST).replace(" ", "_"), None
    name, _, value = part.partition(IS)
    return name.replace(" ", "_"), value


def spoken(groups: Mapping[str, Any], money: Callable[[Value], str]) -> Value:
    """The tree that `declared` would tell so. Raises KeyError for one that is not whole."""
    return _spoken((), _wanted(groups), money)


def _spoken(steps: Steps, nodes: Mapping[Steps, str | None], money: Callable[[Value], str]) -> Value:
    said, below = nodes[steps], _children(nodes, steps)
    if said is not None:
        bid: Value = {"max_cpc": money(micros_of(said))} if said.startswith(BID) else said
        return (ALL if said == SHOW else bid) if not steps else bid
    told = {each[-1][1]: _spoken(each, nodes, money) for each in below}
    return {"split": below[0][-1][0], "of": {str(key): told[key] for key in told if key}, "rest": told[None]}


# -- observed -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Node:
    """One node as Google keeps it; `said` is None for a subdivision."""

    name: str
    parent: str
    step: Step
    said: str | None
    children: list[Node] = field(default_factory=list)


def observed(rows: Sequence[Row], flavour: Flavour) -> dict[str, Value]:
    """The groups of a tree; what is there of a broken one."""
    return {
        text(steps): node.said or "nothing"
        for steps, node in paths(rows, flavour).items()
        if _ends_here(node)
    }


def _ends_here(node: Node) -> bool:
    return node.said is not None or not node.children


def paths(rows: Sequence[Row], flavour: Flavour) -> dict[Steps, Node]:
    """Every node by its way down from the root.

    Google may leave out what a rest is the rest of: that is what its siblings are told by.
    """
    nodes = {node.name: node for row in rows if (node := _node(row, flavour))}
    roots: list[Node] = []
    for node in nodes.values():
        above = nodes.get(node.parent)
        (above.children if above else roots).append(node)
    found: dict[Steps, Node] = {}
    for root in roots[:1]:
        _walk(root, (), found)
    return found


def _walk(node: Node, steps: Steps, found: dict[Steps, Node]) -> None:
    found[steps] = node
    split = next((child.step[0] for child in node.children if child.step[0]), "brand")
    for child in node.children:
        _walk(child, (*steps, (child.step[0] or split, child.step[1])), found)


def _node(row: Row, flavour: Flavour) -> Node | None:
    seen = row[flavour.resource]
    inside = seen.get("listing_group", {}) if flavour.bids else seen
    kind = str(inside.get("type", ""))
    if not kind:
        return None
    return Node(
        str(seen["resource_name"]),
        str(inside.get(flavour.parent) or ""),
        _seen_step(inside.get("case_value") or {}),
        None if kind == "SUBDIVISION" else _seen_unit(seen, kind),
    )


def _seen_unit(seen: Row, kind: str) -> str:
    if kind == "UNIT_EXCLUDED" or seen.get("negative"):
        return EXCLUDE
    bid = seen.get("cpc_bid_micros")
    return bid_text(int(bid)) if bid else SHOW


def _seen_step(case: Row) -> Step:
    for dimension, (member, leaf, also) in DIMENSIONS.items():
        said = case.get(member)
        if said is None or any(said.get(name) not in (None, value) for name, value in also.items()):
            continue
        value = said.get(leaf)
        named = value not in (None, "", "UNSPECIFIED", "UNKNOWN", 0, "0")
        if named or all(said.get(name) == each for name, each in also.items()):
            return dimension, lower(str(value)) if named else None
    return "", None


# -- from one to the other ----------------------------------------------------------------------------------


def create(desk: Desk, flavour: Flavour, owner: str, groups: Mapping[str, Any]) -> Iterator[Op]:
    """The whole tree of a new owner, whose id it is."""
    yield from _grow(desk, flavour, owner, (), None, _wanted(groups))


def change(
    desk: Desk, flavour: Flavour, owner: str, rows: Sequence[Row], groups: Mapping[str, Any]
) -> Iterator[Op]:
    """What makes the tree that is there the wanted one; nodes that stay keep their history."""
    there, wanted = paths(rows, flavour), _wanted(groups)
    yield from _become(desk, flavour, owner, (), there, wanted)


def operations(before: Value, after: Value) -> int:
    """How many nodes are made, changed or removed from one tree's groups to another's, about: where a node's
    removal takes what is below it along, it takes fewer.
    """
    old, new = (_wanted(each) if isinstance(each, Mapping) else {} for each in (before, after))
    return sum(steps not in new or steps not in old or old[steps] != new[steps] for steps in {**old, **new})


def _wanted(groups: Mapping[str, Any]) -> dict[Steps, str | None]:
    """Every node by its way down, parents first; None for a subdivision."""
    found: dict[Steps, str | None] = {}
    for told, said in groups.items():
        steps = steps_of(told)
        for depth in range(len(steps)):
            found.setdefault(steps[:depth], None)
        found[steps] = str(said)
    return found


def _become(
    desk: Desk,
    flavour: Flavour,
    owner: str,
    steps: Steps,
    there: Mapping[Steps, Node],
    wanted: Mapping[Steps, str | None],
) -> Iterator[Op]:
    node, said = there.get(steps), wanted.get(steps)
    if node is None or not _stays(node.said, said, steps in wanted):
        if node is not None:
            yield from _remove(flavour, node)
        if steps in wanted:
            parent = there.get(steps[:-1]) if steps else None
            yield from _grow(desk, flavour, owner, steps, parent.name if parent else None, wanted)
        return
    if said is not None and said != node.said:
        yield _bid_anew(flavour, node, said)
    for below in dict.fromkeys([*_children(there, steps), *_children(wanted, steps)]):
        yield from _become(desk, flavour, owner, below, there, wanted)


def _children(nodes: Mapping[Steps, Any], steps: Steps) -> list[Steps]:
    return [each for each in nodes if len(each) == len(steps) + 1 and each[:-1] == steps]


def _stays(before: str | None, after: str | None, is_wanted: bool) -> bool:
    """A node's type, and whether it shows or excludes, never changes: it is made anew."""
    if not is_wanted or (before is None) != (after is None):
        return False
    return (before == EXCLUDE) == (after == EXCLUDE)


def _remove(flavour: Flavour, node: Node) -> Iterator[Op]:
    for child in () if flavour.cascades else node.children:
        yield from _remove(flavour, child)
    yield Op(flavour.resource, "remove", node.name)


def _bid_anew(flavour: Flavour, node: Node, said: str) -> Op:
    body: dict[str, Any] = {"resource_name": node.name}
    if said != SHOW:
        body["cpc_bid_micros"] = micros_of(said)
    return Op(flavour.resource, "update", body, ("cpc_bid_micros",))


def _grow(
    desk: Desk,
    flavour: Flavour,
    owner: str,
    steps: Steps,
    parent: str | None,
    wanted: Mapping[Steps, str | None],
) -> Iterator[Op]:
    """A node and all below it, parents first."""
    name = desk.path(flavour.collection, f"{owner}~{desk.number()}")
    node: dict[str, Any] = {"resource_name": name, flavour.owner: desk.path(flavour.owners, owner)}
    said = wanted[steps]
    node |= {"type": "SUBDIVISION"} if said is None else flavour.unit(said)
    if parent is not None:
        node |= {flavour.parent: parent, "case_value": _case(*steps[-1])}
    yield Op(flavour.resource, "create", flavour.wrap(node))
    for below in _children(wanted, steps):
        yield from _grow(desk, flavour, owner, below, name, wanted)


def _case(dimension: str, value: str | None) -> dict[str, Any]:
    member, leaf, also = DIMENSIONS[dimension]
    said = value.upper() if value and member in ENUMS else value
    return {member: {**also, **({leaf: said} if said is not None else {})}}


def columns(flavour: Flavour) -> tuple[str, ...]:
    """What is read of a node, below its resource."""
    group = f"{flavour.resource}.listing_group" if flavour.bids else flavour.resource
    leaves = {f"{member}.{name}" for member, leaf, also in DIMENSIONS.values() for name in (leaf, *also)}
    return (
        f"{group}.type",
        f"{group}.{flavour.parent}",
        *(f"{group}.case_value.{each}" for each in sorted(leaves)),
    )


def owner_of(row: Row, flavour: Flavour) -> str:
    return last(str(row[flavour.owner]["resource_name"]))
