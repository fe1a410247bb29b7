"""Ad groups, the ages and genders that they shut out, and the audiences that they are aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.google import audience, listing, normal
from connectors.google.family import placed
from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op, as_set
from connectors.google.plain import changed_body
from engine.change import Update
from engine.resource import Resource

PLAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (),
    "status": (),
    "type": (),
    "cpc_bid_micros": (),
    "tracking_url_template": (),
    "url_custom_parameters": (),
    "final_url_suffix": (),
}
# Set-valued fields: field → (criterion's field, all its values); what is not in the set is shut out.
SETS: Final = {
    "age_ranges": ("age_range", normal.AGE_RANGES),
    "genders": ("gender", normal.GENDERS),
    "income_ranges": ("income_range", normal.INCOME_RANGES),
    "parental_statuses": ("parental_status", normal.PARENTAL_STATUSES),
}
WATCHED, PRODUCTS = "observed_lists", "products"


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    name = desk.path("adGroups", desk.number())
    desk.ids[resource.address] = normal.last(name)
    plain = {each: fields[each] for each in PLAIN if fields.get(each) is not None}
    body = {"resource_name": name, "campaign": desk.path("campaigns", fields["campaign"]), **plain}
    body |= _targeting(fields) | placed.settings(fields)
    yield Op("ad_group", "create", body, bears=True)
    yield from placed.create(desk, name, fields)
    for what in (*audience.USER_LISTS, WATCHED):
        for id in fields.get(what) or ():
            yield _attach(desk, name, what, id)
    for what, (_, everything) in SETS.items():
        for value in everything:
            if value not in (fields.get(what) or everything):
                yield _exclude(name, what, value)
    if fields.get(PRODUCTS):
        yield from listing.create(desk, listing.CRITERIA, normal.last(name), fields[PRODUCTS])


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    name = desk.path("adGroups", change.id)
    body, mask = changed_body(PLAIN, after)
    if "user_lists" in after or WATCHED in after:
        # Taken away where none is left: it would go on limiting by whatever list a person attaches later.
        body |= _targeting(after)
        mask.append(audience.AIMED_MASK)
    own, paths = placed.changed(after)
    body, mask = body | own, [*mask, *paths]
    if mask:
        yield Op("ad_group", "update", {"resource_name": name, **body}, tuple(sorted(mask)), bears=True)
    yield from placed.update(desk, change, after, name)
    yield from _change_ages_and_genders(desk, change, after, name)
    yield from _change_user_lists(desk, change, after, name)
    if PRODUCTS in after:
        there = desk.lookups.trees.get((listing.CRITERIA.owner, change.id), ())
        yield from listing.change(desk, listing.CRITERIA, change.id, there, after[PRODUCTS])


def _change_ages_and_genders(desk: Desk, change: Update, after: Fields, name: str) -> Iterator[Op]:
    for what, (criterion, everything) in SETS.items():
        if what not in after:
            continue
        before, wanted = as_set(change.before.get(what)), as_set(after[what]) or set(everything)
        shut = set(everything) - (before or set(everything))
        for value in sorted(shut & wanted):
            yield desk.remove("ad_group_criterion", change.id, criterion, value)
        for value in sorted(set(everything) - wanted - shut):
            yield _exclude(name, what, value)


def _change_user_lists(desk: Desk, change: Update, after: Fields, name: str) -> Iterator[Op]:
    """By what is attached, not by what was read: there, lists that are merely observed count as none."""
    for what, (criterion, _) in audience.USER_LISTS.items():
        watched = WATCHED if what == "user_lists" else what
        if what not in after and watched not in after:
            continue
        ids = {*(after.get(what) or ()), *(after.get(watched) or ())}
        wanted = {desk.path("userLists", id) for id in ids}
        there = {
            value for owner, found, value in desk.lookups.criteria if (owner, found) == (change.id, criterion)
        }
        for value in sorted(there - wanted):
            yield desk.remove("ad_group_criterion", change.id, criterion, value)
        for value in sorted(wanted - there):
            yield _attach(desk, name, what, normal.last(value))


def _targeting(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Whether its audiences aim or merely watch: one word for all of them, said with the audiences."""
    if fields.get("user_lists"):
        return {"targeting_setting": audience.AIMED}
    return {"targeting_setting": audience.OBSERVED} if fields.get(WATCHED) else {}


def _attach(desk: Desk, ad_group: str, what: str, user_list: str) -> Op:
    body: dict[str, Any] = {
        "ad_group": ad_group,
        "user_list": {"user_list": desk.path("userLists", user_list)},
    }
    shut = what in audience.USER_LISTS and audience.USER_LISTS[what][1]
    body |= {"negative": True} if shut else {"status": "ENABLED"}
    return Op("ad_group_criterion", "create", body)


def _exclude(ad_group: str, what: str, value: str) -> Op:
    criterion, _ = SETS[what]
    return Op(
        "ad_group_criterion", "create", {"ad_group": ad_group, "negative": True, criterion: {"type": value}}
    )


FAMILY: Final = Family("ad_group", "ad_group", "adGroups", create, update, parent="campaign", labelled=True)
