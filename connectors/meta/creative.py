"""Creatives and images in Meta's own terms: addressed by content, since Meta never changes one.

One text of each sort makes a link ad. Several make an asset feed with `DEGREES_OF_FREEDOM`, Meta's "text
options": without that word an asset feed is a dynamic creative, which wants an ad set of its own with one ad.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol
from urllib.parse import urlencode

from connectors.meta import goals, normal
from engine.resource import Ref, Resource, Value, content_key

SUFFIXES = (".jpg", ".jpeg", ".png")
UTM = ("source", "medium", "campaign", "content", "term")
IMAGE_NAME = "kampanya-{sha}"
CREATIVE_NAME = "kampanya {key}"


class Notes(Protocol):
    """What conversion lends: the account's settings, and the problem list."""

    def wrong(self, resource: Resource, summary: str, detail: str, fix: str) -> None: ...

    def setting(self, resource: Resource, name: str, why: str) -> str: ...


def image(resource: Resource, notes: Notes) -> dict[str, Value]:
    """An image is its name on Meta, which holds the first 16 digits of its content's SHA-256."""
    path = PurePosixPath(str(resource.fields["path"]))
    if path.suffix.lower() not in SUFFIXES:
        fix = f"Use one of {', '.join(SUFFIXES)}."
        notes.wrong(resource, "Meta takes no such image", str(path), fix)
    return {"name": IMAGE_NAME.format(sha=str(resource.fields["sha256"])[:16])}


def creative(resource: Resource, instagram: str, notes: Notes) -> dict[str, Value]:
    """A link ad or an asset feed, named after its own content."""
    declared = resource.fields
    if declared.get("video"):
        fix = "Use an image, or leave Meta out for this ad."
        notes.wrong(resource, "Video creatives cannot be built on Meta", str(declared["video"]), fix)
    page = str(declared.get("page") or notes.setting(resource, "page", "the ad is published in its name"))
    several = any(len(_texts(resource, sort)) > 1 for sort in ("texts", "headlines", "descriptions"))
    made = _asset_feed(resource, page, notes) if several else _link_ad(resource, page, notes)
    if _utm(resource):
        made["url_tags"] = _utm(resource)
    if instagram:
        made["instagram_user_id"] = instagram
    return {"name": CREATIVE_NAME.format(key=content_key(made)), **made}


def _texts(resource: Resource, sort: str) -> list[str]:
    found: Any = resource.fields.get(sort) or ()
    return [str(each).strip() for each in found]


def _link_ad(resource: Resource, page: str, notes: Notes) -> dict[str, Value]:
    url = str(resource.fields["url"])
    values = {
        "link": url,
        "message": next(iter(_texts(resource, "texts")), None),
        "name": next(iter(_texts(resource, "headlines")), None),
        "description": next(iter(_texts(resource, "descriptions")), None),
        "image_hash": resource.fields.get("image"),
    }
    link: dict[str, Value] = {name: value for name, value in values.items() if value is not None}
    button = _button(resource, notes)
    if button:
        link["call_to_action"] = normal.call_to_action(button, url)
    return {"object_story_spec": {"page_id": page, "link_data": link}}


def _asset_feed(resource: Resource, page: str, notes: Notes) -> dict[str, Value]:
    picture = resource.fields.get("image")
    if not isinstance(picture, Ref):
        fix = "Give the ad an image, or one text of each sort."
        notes.wrong(resource, "Several texts need an image on Meta", "none is declared", fix)
    button = _button(resource, notes)
    feed: dict[str, Value] = {
        "ad_formats": ("SINGLE_IMAGE",),
        "bodies": _listed(_texts(resource, "texts")),
        "titles": _listed(_texts(resource, "headlines")),
        "descriptions": _listed(_texts(resource, "descriptions")),
        "images": ({"hash": picture},),
        "link_urls": ({"website_url": str(resource.fields["url"])},),
        "call_to_action_types": (button,) if button else (),
        "optimization_type": "DEGREES_OF_FREEDOM",
    }
    return {"object_story_spec": {"page_id": page}, "asset_feed_spec": feed}


def _listed(texts: list[str]) -> tuple[Value, ...]:
    return tuple({"text": text} for text in texts)


def _button(resource: Resource, notes: Notes) -> str | None:
    name = resource.fields.get("call_to_action")
    if not name:
        return None
    if str(name) not in goals.CALLS_TO_ACTION:
        fix = f"Choose one of {', '.join(goals.CALLS_TO_ACTION)}."
        notes.wrong(resource, "Meta has no such call to action", f"`{name}`", fix)
    return goals.CALLS_TO_ACTION.get(str(name))


def _utm(resource: Resource) -> str:
    """`utm_source=…&…` in a fixed order; Meta appends it to every link of the creative."""
    utm = resource.fields.get("utm")
    values = utm if isinstance(utm, Mapping) else {}
    return urlencode({f"utm_{name}": values[name] for name in UTM if values.get(name)}, safe="{}|")
