"""Ads: an ad group ad around an ad, whose texts change in place through AdService."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from connectors.google.family.base import Family, Fields
from connectors.google.operation import Desk, Op
from engine.change import Update
from engine.resource import Resource

PLAIN: Final = ("final_urls", "final_url_suffix")
SEARCH = "responsive_search_ad"
TEXTS, TEXT, IMAGES, AS_IT_IS = "texts", "text", "images", "as it is"
# Format (the member of `ad_data`) → its fields and how each is said.
FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    SEARCH: {"headlines": TEXTS, "descriptions": TEXTS, "path1": AS_IT_IS, "path2": AS_IT_IS},
    "responsive_display_ad": {
        "headlines": TEXTS, "descriptions": TEXTS, "long_headline": TEXT, "business_name": AS_IT_IS,
        "marketing_images": IMAGES, "square_marketing_images": IMAGES, "logo_images": IMAGES,
        "square_logo_images": IMAGES,
    },
}  # fmt: skip


def create(desk: Desk, resource: Resource, fields: Fields) -> Iterator[Op]:
    number = desk.ids[resource.address] = desk.number()
    group = fields["ad_group"]
    body = {
        "resource_name": desk.path("adGroupAds", f"{group}~{number}"),
        "ad_group": desk.path("adGroups", group),
        "status": fields["status"],
        "ad": content(desk, _format(fields), fields, fields.keys()),
    }
    yield Op("ad_group_ad", "create", body, bears=True)


def update(desk: Desk, change: Update, after: Fields) -> Iterator[Op]:
    if "status" in after:
        group = desk.lookups.ad_groups[change.id]
        name = desk.path("adGroupAds", f"{group}~{change.id}")
        body = {"resource_name": name, "status": after["status"]}
        yield Op("ad_group_ad", "update", body, ("status",), bears=True)
    format = _format(change.context.fields)
    names = [name for name in (*PLAIN, *FORMATS[format]) if name in after]
    if names:
        mask = tuple(name if name in PLAIN else _path(format, name) for name in names)
        body = {"resource_name": desk.path("ads", change.id), **content(desk, format, after, names)}
        yield Op("ad", "update", body, mask, bears=True)


def content(desk: Desk, format: str, fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """An Ad message with the given fields; what is None is left out."""
    given = {name: fields[name] for name in names if fields.get(name) is not None}
    data = {name: _said(desk, how, given[name]) for name, how in FORMATS[format].items() if name in given}
    plain = {name: value for name, value in given.items() if name in PLAIN}
    return plain | ({format: data} if data else {})


def _said(desk: Desk, how: str, value: Any) -> Any:
    if how == TEXTS:
        return [{"text": text} for text in value]
    if how == TEXT:
        return {"text": value}
    return [{"asset": desk.path("assets", id)} for id in value] if how == IMAGES else value


def _path(format: str, name: str) -> str:
    """The mask of a field; of a text asset its text."""
    leaf = ".text" if FORMATS[format][name] == TEXT else ""
    return f"{format}.{name}{leaf}"


def _format(fields: Mapping[str, Any]) -> str:
    return str(fields.get("format", SEARCH))


FAMILY: Final = Family("ad", "ad_group_ad", "adGroupAds", create, update, parent="ad_group", labelled=True)
