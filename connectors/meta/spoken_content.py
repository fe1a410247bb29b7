"""What people see of a Meta ad, in neutral terms: link, video and carousel ads, asset feeds, posts.

Pictures and videos stand in the place of their ids (see engine.library); one that could not be fetched has no
word, since the language shows files of the workspace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from connectors.meta import creative, goals, products
from connectors.speech import Sheet, Wordless
from engine.resource import Value

Said = Iterator[tuple[str, Value]]
BUTTONS = {theirs: ours for ours, theirs in goals.CALLS_TO_ACTION.items()}
WORDS = {  # what holds the texts → its parts by ours
    "link_data": {"name": "headlines", "message": "texts", "description": "descriptions"},
    "video_data": {"title": "headlines", "message": "texts", "link_description": "descriptions"},
}
FEED = {"titles": "headlines", "bodies": "texts", "descriptions": "descriptions"}


def said(name: str, value: Any, sheet: Sheet) -> Said:
    """A field of a creative."""
    if name == "object_story_spec":
        if str(value.get("page_id") or "") != str(sheet.account.settings.get("page", "")):
            yield "creative.page", value.get("page_id")
        yield from _template(value.get("template_data") or {})
        yield from _link(value.get("link_data") or {})
        yield from _video(value.get("video_data") or {})
        yield from _untagged(sheet)
    elif name == "asset_feed_spec":
        yield from _feed(value)
    elif name == "object_story_id":
        yield "creative.meta.post", value
        yield from _untagged(sheet)
    elif name == "url_tags":
        yield from _tags(str(value))
    elif name == "instagram_user_id":
        yield "options.instagram", value
    elif name == "degrees_of_freedom_spec":
        yield "creative.meta.product_features", products.wanted(value)
    elif name not in ("name", products.SET_ID):  # the ad set says which products
        raise Wordless


def _template(template: Mapping[str, Any]) -> Said:
    if not template:
        return
    if template.get("multi_share_end_card"):
        raise Wordless
    formats = {theirs: ours for ours, theirs in products.FORMATS.items()}
    yield "creative.meta.product_format", formats[template["format_option"]]
    yield from _link(template)


def _untagged(sheet: Sheet) -> Said:
    """Without tags of its own a creative has none: the brand's would be new."""
    if not sheet.fields.get("url_tags"):
        yield "creative.utm", {}


def _tags(text: str) -> Said:
    utm = {
        name.removeprefix("utm_"): each
        for name, each in parse_qsl(text, keep_blank_values=True)
        if name.startswith("utm_")
    }
    if creative.tags(utm) != text:
        raise Wordless
    yield "creative.utm", utm


def _link(link: Mapping[str, Any]) -> Said:
    yield from _texts("link_data", link)
    if link.get("image_hash"):
        yield "creative.image", _file(link["image_hash"])
    if link.get("link"):
        yield "creative.url", link["link"]
    if link.get("call_to_action"):
        yield from _button(link["call_to_action"])
    if cards := link.get("child_attachments"):
        yield "creative.cards", tuple(_card(each, str(link.get("link", ""))) for each in cards)
        if link.get("multi_share_optimized"):
            yield "creative.meta.card_order", "best_first"
        if link.get("multi_share_end_card"):
            yield "creative.meta.end_card", True


def _texts(holder: str, data: Mapping[str, Any]) -> Said:
    for theirs, ours in WORDS[holder].items():
        if data.get(theirs):
            yield f"creative.{ours}", (data[theirs],)


def _card(card: Mapping[str, Any], url: str) -> dict[str, Value]:
    said: dict[str, Value] = {"headline": card.get("name"), "description": card.get("description")}
    said["image"] = _file(card.get("image_hash"))
    said["video"] = _file(card["video_id"]) if card.get("video_id") else None
    said["url"] = card.get("link") if card.get("link") != url else None
    if card.get("call_to_action"):
        said["call_to_action"] = BUTTONS[card["call_to_action"]["type"]]
    return {name: each for name, each in said.items() if each}


def _video(video: Mapping[str, Any]) -> Said:
    if not video:
        return
    yield from _texts("video_data", video)
    yield "creative.video", _file(video["video_id"])
    if video.get("image_hash"):
        yield "creative.thumbnail", _file(video["image_hash"])
    yield "creative.url", video["call_to_action"]["value"]["link"]
    yield from _button(video["call_to_action"])


def _file(seen: Any) -> str:
    if not isinstance(seen, Mapping) or not seen.get("file"):
        raise Wordless
    return str(seen["file"])


def _button(button: Mapping[str, Any]) -> Said:
    opens = button["value"]
    chat = button["type"] in goals.CHATS.values()
    yield "creative.call_to_action", goals.CHAT_BUTTON if chat else BUTTONS[button["type"]]
    if opens.get("lead_gen_form_id"):
        yield "creative.meta.form", opens["lead_gen_form_id"]
    if str(opens.get("link", "")).startswith("tel:"):
        yield "creative.meta.phone", str(opens["link"]).removeprefix("tel:")


def _feed(feed: Mapping[str, Any]) -> Said:
    for theirs, ours in FEED.items():
        yield f"creative.{ours}", tuple(each["text"] for each in feed.get(theirs) or ())
    for picture in feed.get("images") or ():
        yield "creative.image", _file(picture["hash"])
    for film in feed.get("videos") or ():
        yield "creative.video", _file(film["video_id"])
        if film.get("thumbnail_hash"):
            yield "creative.thumbnail", _file(film["thumbnail_hash"])
    for button in feed.get("call_to_action_types") or ():
        yield "creative.call_to_action", BUTTONS[button]
    (url,) = feed["link_urls"]
    yield "creative.url", url["website_url"]
