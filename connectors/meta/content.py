"""What people see, as Graph returns it: creatives, images and videos in their canonical fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.meta import normal, products
from engine.resource import Value


def creative(row: Mapping[str, Any], keys: object) -> dict[str, Value]:
    """A creative's canonical fields: what we never set, and what Graph adds by itself, is left out."""
    made = normal.texts(row, "name", "url_tags", "instagram_user_id", products.SET_ID)
    story = row.get("object_story_spec") or {}
    if story:
        made["object_story_spec"] = _story(story)
    if (story.get("template_data") or {}) and row.get("degrees_of_freedom_spec"):
        made["degrees_of_freedom_spec"] = products.features_read(row["degrees_of_freedom_spec"])
    if row.get("asset_feed_spec"):
        made["asset_feed_spec"] = _feed(row["asset_feed_spec"])
    if row.get("object_story_id") and not story:
        made["object_story_id"] = str(row["object_story_id"])
    return made


def _story(story: Mapping[str, Any]) -> dict[str, Value]:
    made: dict[str, Value] = {"page_id": str(story.get("page_id", ""))}
    data = story.get("link_data")
    if data:
        link = normal.texts(data, *normal.LINK_KEYS) | _button(data, str(data.get("link", "")))
        if data.get("child_attachments"):
            link["child_attachments"] = tuple(_card(each) for each in data["child_attachments"])
            link |= {name: bool(data.get(name, True)) for name in normal.CAROUSEL_KEYS}
        made["link_data"] = link
    if template := story.get("template_data"):
        link = normal.texts(template, *products.TEMPLATE_KEYS) | _button(
            template, str(template.get("link", ""))
        )
        link["multi_share_end_card"] = bool(template.get("multi_share_end_card", True))
        made["template_data"] = link
    if story.get("video_data"):
        video = story["video_data"]
        made["video_data"] = normal.texts(video, *normal.VIDEO_KEYS) | _button(video, "")
    return made


def _card(card: Mapping[str, Any]) -> dict[str, Value]:
    return normal.texts(card, *normal.CARD_KEYS) | _button(card, str(card.get("link", "")))


def _button(data: Mapping[str, Any], link: str) -> dict[str, Value]:
    button = data.get("call_to_action")
    if not button:
        return {}
    value = button.get("value") or {}
    opens = {name: str(value[name]) for name in normal.OPENS if value.get(name)}
    target = str(value.get("link") or ("" if opens else link))
    return {"call_to_action": normal.call_to_action(str(button["type"]), target, **opens)}


def _feed(feed: Mapping[str, Any]) -> dict[str, Value]:
    texts: dict[str, Value] = {
        part: tuple({"text": str(each["text"])} for each in feed.get(part) or ())
        for part in normal.FEED_TEXTS
    }
    films = tuple(normal.texts(each, "video_id", "thumbnail_hash") for each in feed.get("videos") or ())
    return {
        **texts,
        "ad_formats": tuple(str(each) for each in feed.get("ad_formats") or ()),
        "images": tuple({"hash": str(each["hash"])} for each in feed.get("images") or ()),
        **({"videos": films} if films else {}),
        "link_urls": tuple({"website_url": str(each["website_url"])} for each in feed.get("link_urls") or ()),
        "call_to_action_types": tuple(str(each) for each in feed.get("call_to_action_types") or ()),
        "optimization_type": str(feed.get("optimization_type", "")),
    }


def image(row: Mapping[str, Any], keys: object) -> dict[str, Value]:
    """An image is the name that holds its content's digest."""
    return {"name": str(row["name"]).partition(".")[0]}


def video(row: Mapping[str, Any], keys: object) -> dict[str, Value]:
    """A video is the title that holds its content's digest."""
    return {"title": str(row.get("title", ""))}
