"""Ads: an ad group ad around an ad, whose texts change in place through AdService."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.resource import Resource

PLAIN: Final = ("final_urls", "final_url_suffix")
SEARCH_AD: Final = ("headlines", "descriptions", "path1", "path2")


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    group = fields["ad_group"]
    body = {
        "resource_name": desk.path("adGroupAds", f"{group}~{number}"),
        "ad_group": desk.path("adGroups", group),
        "status": fields["status"],
        "ad": content(fields, fields.keys()),
    }
    yield Op("ad_group_ad", "create", body, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    if "status" in after:
        group = desk.lookups.ad_groups[change.id]
        name = desk.path("adGroupAds", f"{group}~{change.id}")
        body = {"resource_name": name, "status": after["status"]}
        yield Op("ad_group_ad", "update", body, ("status",), bears=True)
    names = [name for name in (*PLAIN, *SEARCH_AD) if name in after]
    if names:
        mask = tuple(name if name in PLAIN else f"responsive_search_ad.{name}" for name in names)
        body = {"resource_name": desk.path("ads", change.id), **content(after, names)}
        yield Op("ad", "update", body, mask, bears=True)


def content(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """An Ad message with the given fields; what is None is left out."""
    given = {name: fields[name] for name in names if fields.get(name) is not None}
    search = {
        name: [{"text": text} for text in value] if name in ("headlines", "descriptions") else value
        for name, value in given.items()
        if name in SEARCH_AD
    }
    plain = {name: value for name, value in given.items() if name in PLAIN}
    return plain | ({"responsive_search_ad": search} if search else {})


FAMILY: Final = Family("ad", "ad_group_ad", "adGroupAds", create, update, parent="ad_group", labelled=True)
