"""Creatives, images and videos in Meta's own terms: addressed by content, since Meta never changes one.

One text of each sort makes a link or a video ad. Several make an asset feed with `DEGREES_OF_FREEDOM`, Meta's
"text options": without that word an asset feed is a dynamic creative, which wants an ad set of its own with
one ad. Cards make a carousel; a post is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from connectors.meta import goals, normal, products
from connectors.utm import query
from engine.resource import Resource, Value, content_key

SUFFIXES = (".jpg", ".jpeg", ".png")
UTM = ("source", "medium", "campaign", "content", "term")
IMAGE_NAME = VIDEO_TITLE = "kampanya-{sha}"
CREATIVE_NAME = "kampanya {key}"


class Notes(Protocol):
    """What conversion lends: the account's settings, and the problem list."""

    def wrong(self, resource: Resource, summary: str, detail: str, fix: str, *field: str | int) -> None: ...

    def setting(self, resource: Resource, name: str, why: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What the button of a creative opens, where problems go, and the set of products it shows, or ""."""

    destination: str
    notes: Notes
    products: str = ""

    def wrong(self, resource: Resource, summary: str, detail: str, fix: str, *field: str | int) -> None:
        self.notes.wrong(resource, summary, detail, fix, *field)

    def setting(self, resource: Resource, name: str, why: str) -> str:
        return self.notes.setting(resource, name, why)

    def button(self, resource: Resource, kind: str, url: str) -> dict[str, Value]:
        """A button as it has to be there: with the form, the number or the chat that it opens."""
        options = _options(resource)
        if self.destination in goals.CHATS:
            return normal.call_to_action(goals.CHATS[self.destination], "", app_destination=self.destination)
        if self.destination == "ON_AD" and options.get("form"):
            return normal.call_to_action(kind, goals.FORM_LINK, lead_gen_form_id=str(options["form"]))
        if self.destination == "PHONE_CALL" and options.get("phone"):
            return normal.call_to_action(kind, f"tel:{options['phone']}")
        return normal.call_to_action(kind, url)


def image(resource: Resource, notes: Notes) -> dict[str, Value]:
    """An image is its name on Meta, which holds the first 16 digits of its content's SHA-256."""
    path = PurePosixPath(str(resource.fields["path"]))
    if path.suffix.lower() not in SUFFIXES:
        fix = f"Use one of {', '.join(SUFFIXES)}."
        notes.wrong(resource, "Meta takes no such image", str(path), fix)
    return {"name": IMAGE_NAME.format(sha=str(resource.fields["sha256"])[:16])}


def video(resource: Resource, notes: Notes) -> dict[str, Value]:
    """A video is its title on Meta, which holds the first 16 digits of its content's SHA-256."""
    return {"title": VIDEO_TITLE.format(sha=str(resource.fields["sha256"])[:16])}


def creative(resource: Resource, instagram: str, opening: Opening) -> dict[str, Value]:
    """A post, products, a carousel, a link or video ad, or an asset feed; named after its own content."""
    made = _content(resource, opening)
    if tagged := tags(resource.fields.get("utm")):
        made["url_tags"] = tagged
    if instagram:
        made["instagram_user_id"] = instagram
    return {"name": CREATIVE_NAME.format(key=content_key(made)), **made}


def _content(resource: Resource, opening: Opening) -> dict[str, Value]:
    declared, options = resource.fields, _options(resource)
    if options.get("post"):
        return {"object_story_id": str(options["post"])}
    page = str(declared.get("page") or opening.setting(resource, "page", "the ad is published in its name"))
    if opening.products:
        return _template(resource, page, opening)
    if declared.get("cards"):
        return {"object_story_spec": {"page_id": page, "link_data": _carousel(resource, opening)}}
    if any(len(_texts(resource, sort)) > 1 for sort in ("texts", "headlines", "descriptions")):
        return _asset_feed(resource, page, opening)
    if declared.get("video"):
        return {"object_story_spec": {"page_id": page, "video_data": _video_ad(resource, opening)}}
    return _link_ad(resource, page, opening)


def _template(resource: Resource, page: str, opening: Opening) -> dict[str, Value]:
    """What stands around the products of a catalogue; Meta fills in `{{product.name}}` and its like."""
    options = _options(resource)
    link = _link_data(resource, opening)
    link["format_option"] = products.FORMATS[str(options.get("product_format") or "carousel")]
    link["multi_share_end_card"] = False
    return {
        "object_story_spec": {"page_id": page, "template_data": link},
        products.SET_ID: opening.products,
        "degrees_of_freedom_spec": products.features(options.get("product_features") or ()),
    }


def _options(resource: Resource) -> Mapping[str, Any]:
    found = resource.fields.get("options")
    return found if isinstance(found, Mapping) else {}


def _given(**values: Value) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _first(resource: Resource, sort: str) -> str | None:
    return next(iter(_texts(resource, sort)), None)


def _carousel(resource: Resource, opening: Opening) -> dict[str, Value]:
    """Cards in their order, unless Meta may choose another (`multi_share_optimized`, its own default)."""
    declared, options = resource.fields, _options(resource)
    cards: Any = declared["cards"]
    return _given(
        link=str(declared["url"]),
        message=_first(resource, "texts"),
        child_attachments=tuple(_card(resource, card, opening) for card in cards),
        multi_share_optimized=options.get("card_order") == "best_first",
        multi_share_end_card=bool(options.get("end_card")),
    )


def _card(resource: Resource, card: Mapping[str, Any], opening: Opening) -> dict[str, Value]:
    url = str(card.get("url") or resource.fields["url"])
    button = _type(resource, card.get("call_to_action") or resource.fields.get("call_to_action"), opening)
    return _given(
        link=url,
        name=card.get("headline"),
        description=card.get("description"),
        image_hash=card.get("image"),
        video_id=card.get("video"),
        call_to_action=opening.button(resource, button, url) if button else None,
    )


def _video_ad(resource: Resource, opening: Opening) -> dict[str, Value]:
    declared = resource.fields
    button = _button(resource, opening)
    return _given(
        video_id=declared["video"],
        image_hash=declared.get("thumbnail"),
        title=_first(resource, "headlines"),
        message=_first(resource, "texts"),
        link_description=_first(resource, "descriptions"),
        call_to_action=opening.button(resource, button, str(declared["url"])) if button else None,
    )


def _texts(resource: Resource, sort: str) -> list[str]:
    found: Any = resource.fields.get(sort) or ()
    return [str(each).strip() for each in found]


def _link_ad(resource: Resource, page: str, opening: Opening) -> dict[str, Value]:
    link = _given(**_link_data(resource, opening), image_hash=resource.fields.get("image"))
    return {"object_story_spec": {"page_id": page, "link_data": link}}


def _link_data(resource: Resource, opening: Opening) -> dict[str, Value]:
    """An address, one text of each sort and a button."""
    url = str(resource.fields["url"])
    link = _given(
        link=url,
        message=_first(resource, "texts"),
        name=_first(resource, "headlines"),
        description=_first(resource, "descriptions"),
    )
    button = _button(resource, opening)
    if button:
        link["call_to_action"] = opening.button(resource, button, url)
    return link


def _asset_feed(resource: Resource, page: str, opening: Opening) -> dict[str, Value]:
    picture, film = resource.fields.get("image"), resource.fields.get("video")
    if not (picture or film):
        fix = "Give the ad an image or a video, or one text of each sort."
        opening.wrong(resource, "Several texts need an image on Meta", "none is declared", fix)
    if opening.destination:
        fix = "Write one text of each sort: a button with several cannot open anything but an address."
        opening.wrong(resource, "Several texts cannot lead there", opening.destination, fix, "texts")
    button = _button(resource, opening)
    moving = _given(video_id=film, thumbnail_hash=resource.fields.get("thumbnail"))
    feed: dict[str, Value] = {
        "ad_formats": ("SINGLE_VIDEO" if film else "SINGLE_IMAGE",),
        "bodies": _listed(_texts(resource, "texts")),
        "titles": _listed(_texts(resource, "headlines")),
        "descriptions": _listed(_texts(resource, "descriptions")),
        "images": ({"hash": picture},) if picture else (),
        **({"videos": (moving,)} if film else {}),
        "link_urls": ({"website_url": str(resource.fields["url"])},),
        "call_to_action_types": (button,) if button else (),
        "optimization_type": "DEGREES_OF_FREEDOM",
    }
    return {"object_story_spec": {"page_id": page}, "asset_feed_spec": feed}


def _listed(texts: list[str]) -> tuple[Value, ...]:
    return tuple({"text": text} for text in texts)


def _button(resource: Resource, opening: Opening) -> str | None:
    return _type(resource, resource.fields.get("call_to_action"), opening)


def _type(resource: Resource, name: Value, opening: Opening) -> str | None:
    if not name:
        return None
    if str(name) not in goals.CALLS_TO_ACTION:
        fix = f"Choose one of {', '.join(goals.CALLS_TO_ACTION)}."
        opening.wrong(resource, "Meta has no such call to action", f"`{name}`", fix, "call_to_action")
    return goals.CALLS_TO_ACTION.get(str(name))


def tags(utm: Any) -> str:
    """`utm_source=…&…` in a fixed order; Meta appends it to every link of the creative."""
    values = utm if isinstance(utm, Mapping) else {}
    return query({name: values[name] for name in UTM if values.get(name)}, safe="{}|")
