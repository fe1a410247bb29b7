"""Ads: an ad group ad around an ad, whose texts change in place through AdService."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from connectors.google import automation, formats
from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.resource import Resource

PLAIN: Final = ("final_urls", "final_url_suffix", "name")
# Of the ad group ad, not of the ad in it: canonical field → Google's.
AROUND: Final = {automation.ON_AD: "ad_group_ad_asset_automation_settings"}


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    group = fields["ad_group"]
    body = {
        "resource_name": desk.path("adGroupAds", f"{group}~{number}"),
        "ad_group": desk.path("adGroups", group),
        "status": fields["status"],
        "ad": content(desk, _format(fields), fields, fields.keys()),
        **{theirs: fields[ours] for ours, theirs in AROUND.items() if fields.get(ours)},
    }
    yield Op("ad_group_ad", "create", body, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    around = {AROUND.get(name, name): after[name] for name in ("status", *AROUND) if name in after}
    if around:
        group = desk.lookups.ad_groups[change.id]
        name = desk.path("adGroupAds", f"{group}~{change.id}")
        body = {"resource_name": name, **around}
        yield Op("ad_group_ad", "update", body, tuple(sorted(around)), bears=True)
    format = _format(change.context.fields)
    names = [name for name in (*PLAIN, *formats.FORMATS[format]) if name in after]
    if names:
        mask = tuple(name if name in PLAIN else formats.mask(format, name) for name in names)
        body = {"resource_name": desk.path("ads", change.id), **content(desk, format, after, names)}
        yield Op("ad", "update", body, mask, bears=True)


def content(desk: Desk, format: str, fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """An Ad message with the given fields; what is None is left out."""
    given = {name: fields[name] for name in names if fields.get(name) is not None}
    data = formats.message(format, given, lambda id: {"asset": desk.path("assets", id)})
    plain = {name: value for name, value in given.items() if name in PLAIN}
    return plain | ({format: data} if data or not formats.FORMATS[format] else {})


def _format(fields: Mapping[str, Any]) -> str:
    return str(fields.get("format", formats.SEARCH))


FAMILY: Final = Family("ad", "ad_group_ad", "adGroupAds", create, update, parent="ad_group", labelled=True)
