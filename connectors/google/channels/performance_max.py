"""Performance Max: an ad set is an asset group, its one ad what the group holds.

Every text and image of it is an asset of the account, linked in its role; the links are objects under the
group, made with it in one request, since Google refuses a group that lacks assets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from connectors.google import assets
from connectors.google.assets import Content
from connectors.google.normal import Row, last
from engine.naming import Scope, unsigned
from engine.resource import Address, Ref, Resource, Value
from schemas.google_images import LOGOS, PICTURES, role_of

GROUP, THEME = "asset_group", "search_theme"
PLAIN: Final = ("name", "status", "final_urls", "final_url_suffix", "path1", "path2")
TEXTS: Final = {"headlines": "HEADLINE", "long_headlines": "LONG_HEADLINE", "descriptions": "DESCRIPTION"}
COLUMNS: Final = (
    "asset_group.resource_name", "asset_group.name", "asset_group.status", "asset_group.final_urls",
    "asset_group.final_url_suffix", "asset_group.path1", "asset_group.path2", "campaign.resource_name",
    "campaign.status",
)  # fmt: skip
THEME_COLUMNS: Final = (
    "asset_group_signal.resource_name", "asset_group_signal.search_theme.text", "asset_group.resource_name",
    "campaign.resource_name",
)  # fmt: skip


def group(fields: Mapping[str, Value], ad_set: Resource, campaign: Resource, scope: Scope) -> Resource:
    """The asset group of an ad set; `fields` are what its ad says of it."""
    address = Address("google", GROUP, ad_set.address.key)
    own: dict[str, Value] = {"campaign": Ref(campaign.address), "name": str(ad_set.fields["name"]), **fields}
    return Resource(address, ad_set.account, scope.token(address), own, ad_set.path)


def holds(
    made: Resource,
    texts: Mapping[str, tuple[str, ...]],
    options: Mapping[str, Any],
    images: Mapping[str, Resource],
    scope: Scope,
) -> Iterator[Resource]:
    """The group's assets, each before its link in its role; `texts` by the keys of TEXTS."""
    for role, content in _contents(texts, options, images):
        asset = assets.resource(content, made.account, scope, made.path)
        yield asset
        yield assets.link(asset, made, role, made.path)


def _contents(
    texts: Mapping[str, tuple[str, ...]], options: Mapping[str, Any], images: Mapping[str, Resource]
) -> Iterator[tuple[str, Content]]:
    for name, role in TEXTS.items():
        for text in texts[name]:
            yield role, assets.text(text)
    if options.get("business_name"):
        yield "BUSINESS_NAME", assets.text(str(options["business_name"]))
    for key, shapes in (("images", PICTURES), ("logos", LOGOS)):
        for file in dict.fromkeys(options.get(key) or ()):
            picture: Any = images[str(file)].fields
            role = role_of(picture["width"], picture["height"], shapes)
            if role:
                yield role, assets.image(images[str(file)])
    for id in options.get("videos") or ():
        yield "YOUTUBE_VIDEO", Content("YOUTUBE_VIDEO", str(id), {"youtube_video_id": str(id)})


def themes(made: Resource, options: Mapping[str, Any]) -> Iterator[Resource]:
    """What people search for, as a hint of whom to look for."""
    for text in options.get("search_themes") or ():
        fields: dict[str, Value] = {GROUP: Ref(made.address), "text": str(text)}
        address = Address("google", THEME, f"{made.address.key}/{text}")
        path = (*made.path, "google", "search_themes")
        yield Resource(address, made.account, theme_mark(made.mark, str(text)), fields, path)


def theme_mark(group: str, text: str) -> str:
    """A theme is ours if its group is; "" under a group that lost its mark."""
    return f"{group}/theme:{text}" if group else ""


def receive(row: Row) -> dict[str, Value]:
    """Canonical fields of a row of `asset_group`."""
    seen = row[GROUP]
    return {
        "campaign": last(str(row["campaign"]["resource_name"])),
        "name": unsigned(str(seen.get("name", "")))[0],
        "status": str(seen.get("status", "")),
        "final_urls": list(seen.get("final_urls", ())),
        "final_url_suffix": seen.get("final_url_suffix") or None,
        "path1": seen.get("path1") or None,
        "path2": seen.get("path2") or None,
    }


def mark(row: Row) -> str:
    """The token at the end of its name; "" without one."""
    return unsigned(str(row[GROUP].get("name", "")))[1] or ""


def receive_theme(row: Row) -> dict[str, str]:
    """Canonical fields of a row of `asset_group_signal`."""
    return {
        GROUP: last(str(row[GROUP]["resource_name"])),
        "text": str(row["asset_group_signal"].get("search_theme", {}).get("text", "")),
    }
