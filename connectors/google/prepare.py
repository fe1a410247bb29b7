"""All that must be read before changes are written: labels, places, budgets, criteria, groups of ads."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.content import by_content
from connectors.google import assets, goals, listing, settings
from connectors.google.audience import EXCLUDED_LIST, USER_LISTS
from connectors.google.build import FAMILIES
from connectors.google.client import Client
from connectors.google.family.ad_group import PRODUCTS, WATCHED
from connectors.google.family.ad_group import SETS as AD_GROUP_SETS
from connectors.google.family.campaign import BUDGETS
from connectors.google.family.campaign import SETS as CAMPAIGN_SETS
from connectors.google.family.placed import CRITERIA as PLACED
from connectors.google.gaql import LONGEST_LIST, REMOVED, select
from connectors.google.normal import last
from connectors.google.operation import Lookups
from connectors.google.read import Constants, labels
from connectors.parallel import together
from engine.change import Archive, Change, Create, Update
from engine.resource import MARK, Address, Ref, Value

ON_GROUP = (*AD_GROUP_SETS, *USER_LISTS, WATCHED, *PLACED)
SHUT = {"user_list": EXCLUDED_LIST, "location": PLACED["excluded_locations"].key}  # where they leave out
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif"})  # support.google.com/google-ads/answer/9566341
ON_AD_GROUP = {
    "age_range": "type",
    "gender": "type",
    "income_range": "type",
    "parental_status": "type",
    "user_list": "user_list",
    **{each.name: each.inner for each in PLACED.values()},
}


def lookups(
    changes: Sequence[Change], ids: Mapping[Address, str], client: Client, constants: Constants, root: Path
) -> Lookups:
    """One query at most for each sort of fact, and none that no change needs. Raises ConnectorError."""
    named = ("locations", "excluded_locations")
    places = {code for change in changes for name in named for code in _codes(change, name)}
    spoken = any(True for change in changes for _ in _codes(change, "languages"))
    marked = any(_is_marked(each) for each in changes)
    updates = [each for each in changes if isinstance(each, Update)]
    put, where, said = together(
        [
            lambda: {name: made for name, (made, _) in labels(client).items()} if marked else {},
            lambda: constants.locations({code for code in places if "/" not in code}),
            lambda: dict(constants.languages()) if spoken else {},
        ]
    )
    return Lookups(
        labels=put,
        locations=where,
        languages=said,
        budgets=_budgets(client, _ids(updates, "campaign", BUDGETS)),
        criteria={
            **_criteria(client, "campaign", _ids(updates, "campaign", CAMPAIGN_SETS)),
            **_settings(client, _ids(updates, "campaign", settings.FIELDS)),
            **_criteria(client, "ad_group", _ids(updates, "ad_group", ON_GROUP)),
        },
        trees=_trees(client, updates),
        ad_groups=_ad_groups(client, changes, ids),
        goals=_goals(client, changes, _ids(updates, "campaign", (goals.FIELD,))),
        images=_images(root, {assets.digits(each.address) for each in changes if isinstance(each, Create)}),
    )


def _is_marked(change: Change) -> bool:
    """Whether a label is put on something."""
    bears = isinstance(change, Create) or (isinstance(change, Update) and MARK in change.after)
    return bears and FAMILIES[change.address.kind].labelled


def _images(root: Path, wanted: set[str]) -> dict[str, str]:
    """The bytes, in Base64, of the workspace's images that new assets are made of."""
    missing = wanted - {""}
    files = by_content(root, IMAGES) if missing else {}
    return {sha: b64encode(files[sha].read_bytes()).decode() for sha in missing & files.keys()}


def _codes(change: Change, name: str) -> Iterator[str]:
    """What the change says of a set of codes: removing one needs its constant as much as adding it."""
    match change:
        case Create(resource):
            sides: tuple[Mapping[str, Any], ...] = (resource.fields,)
        case Update(before=before, after=after):
            sides = (before, after)
        case Archive():
            sides = ()
    for fields in sides:
        yield from fields.get(name) or ()


def _ids(updates: Iterable[Update], kind: str, fields: Iterable[str]) -> list[str]:
    wanted = frozenset(fields)
    return sorted({each.id for each in updates if each.address.kind == kind and wanted & each.after.keys()})


def _budgets(client: Client, campaigns: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    columns = ("campaign.resource_name", "campaign_budget.resource_name", "campaign_budget.explicitly_shared")
    rows = _rows(client, "campaign", columns, "campaign.id", campaigns)
    return {last(row["campaign"]["resource_name"]): row["campaign_budget"] for row in rows}


def _settings(client: Client, ids: Sequence[str]) -> dict[tuple[str, str, str], str]:
    """(campaign id, field, text) → resource name."""
    columns = (*settings.COLUMNS, "campaign.resource_name")
    where = (settings.WHERE, f"campaign_criterion.status != '{REMOVED}'")
    return {
        (last(row["campaign"]["resource_name"]), field, text): str(row["campaign_criterion"]["resource_name"])
        for row in _rows(client, "campaign_criterion", columns, "campaign.id", ids, *where)
        for field, text in settings.keys(row["campaign_criterion"])
    }


def _goals(client: Client, changes: Sequence[Change], campaigns: Sequence[str]) -> dict[str, list[str]]:
    """What can be bid for: by campaign, and where a new campaign is to, of the account."""
    found: dict[str, list[str]] = {each: [] for each in campaigns}
    for row in _rows(client, goals.GOAL, goals.GOAL_COLUMNS, "campaign.id", campaigns):
        found[last(row["campaign"]["resource_name"])].append(goals.words(row[goals.GOAL]))
    if any(isinstance(each, Create) and goals.FIELD in each.resource.fields for each in changes):
        rows = client.rows(select(goals.ACCOUNTS, goals.ACCOUNTS_COLUMNS))
        found[""] = [goals.words(row[goals.ACCOUNTS]) for row in rows]
    return found


def _criteria(client: Client, parent: str, ids: Sequence[str]) -> dict[tuple[str, str, str], str]:
    """(parent id, criterion's field, value as sent) → resource name."""
    resource = f"{parent}_criterion"
    inner = dict(CAMPAIGN_SETS.values()) if parent == "campaign" else ON_AD_GROUP
    columns = (
        f"{resource}.resource_name",
        f"{resource}.negative",
        *(f"{resource}.{name}.{field}" for name, field in inner.items()),
    )
    types = ", ".join(f"'{name.upper()}'" for name in inner)
    where = (f"{resource}.type IN ({types})", f"{resource}.status != '{REMOVED}'")
    found = {}
    for row in _rows(client, resource, (*columns, f"{parent}.resource_name"), f"{parent}.id", ids, *where):
        criterion = row[resource]
        name = next((each for each in inner if each in criterion), None)
        if name is not None:
            owner, value = last(row[parent]["resource_name"]), str(criterion[name].get(inner[name], ""))
            key = SHUT.get(name, name) if criterion.get("negative") else name
            found[owner, key, value] = str(criterion["resource_name"])
    return found


def _trees(client: Client, updates: Sequence[Update]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Trees of products that change, whole: a node's name is known by its place alone."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for flavour in (listing.CRITERIA, listing.FILTERS):
        resource, owner = flavour.resource, flavour.owner
        columns = (*TREE[resource], *listing.columns(flavour), f"{owner}.resource_name")
        wanted = _ids(updates, owner, (PRODUCTS,))
        for row in _rows(client, resource, columns, f"{owner}.id", wanted, *ONLY[resource]):
            found.setdefault((owner, listing.owner_of(row, flavour)), []).append(row)
    return found


# Of a node: what is read beside its place in the tree, and which rows are nodes at all.
TREE: Mapping[str, tuple[str, ...]] = {
    "ad_group_criterion": (
        "ad_group_criterion.resource_name", "ad_group_criterion.negative",
        "ad_group_criterion.cpc_bid_micros",
    ),
    "asset_group_listing_group_filter": ("asset_group_listing_group_filter.resource_name",),
}  # fmt: skip
ONLY: Mapping[str, tuple[str, ...]] = {
    "ad_group_criterion": (
        "ad_group_criterion.type = 'LISTING_GROUP'", f"ad_group_criterion.status != '{REMOVED}'",
    ),
    "asset_group_listing_group_filter": (),
}  # fmt: skip


def _ad_groups(client: Client, changes: Sequence[Change], ids: Mapping[Address, str]) -> dict[str, str]:
    """The ad group of every ad that is changed: from the change where it says so, else asked for."""
    found: dict[str, str] = {}
    unknown: list[str] = []
    for change in changes:
        if change.address.kind != "ad" or isinstance(change, Create):
            continue
        group = _told(change, ids)
        if group is None:
            unknown.append(change.id)
        else:
            found[change.id] = group
    columns = ("ad_group_ad.ad.id", "ad_group.resource_name")
    for row in _rows(client, FAMILIES["ad"].resource, columns, "ad_group_ad.ad.id", sorted(set(unknown))):
        found[str(row["ad_group_ad"]["ad"]["id"])] = last(row["ad_group"]["resource_name"])
    return found


def _told(change: Update | Archive, ids: Mapping[Address, str]) -> str | None:
    fields: Mapping[str, Value] = change.before if isinstance(change, Archive) else change.context.fields
    group = fields.get("ad_group")
    if isinstance(group, Ref):
        return ids.get(group.address)
    return group if isinstance(group, str) else None


def _rows(
    client: Client, resource: str, columns: Sequence[str], id_field: str, ids: Sequence[str], *where: str
) -> Iterator[dict[str, Any]]:
    """Rows of the given ids, in as many queries as the length of a list asks for."""
    rest = iter(ids)
    while part := list(islice(rest, LONGEST_LIST)):
        yield from client.rows(select(resource, columns, *where, f"{id_field} IN ({', '.join(part)})"))
