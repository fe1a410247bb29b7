"""Ad creatives: story specifications and asset feeds, which never change once made."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.meta import catalogue, posts, videos
from sandbox.meta.context import Graph
from sandbox.meta.enums import ENUMS, NESTED
from sandbox.meta.errors import refuse
from sandbox.meta.labels import check_name
from sandbox.meta.params import one_of
from sandbox.meta.rules import CREATIVE_MUTABLE
from sandbox.meta.store import Node

KINDS = ("object_story_spec", "object_story_id", "asset_feed_spec", "product_set_id", "object_id")
STORIES = ("link_data", "photo_data", "video_data", "text_data", "template_data")
MAX_URL_TAGS = 1024  # a choice
CAROUSEL = (2, 10)  # cards (carousel ads guide)
FEED_LIMITS = {  # asset feed reference: how many of each
    "bodies": 5, "titles": 5, "descriptions": 5, "images": 10, "videos": 10, "link_urls": 10,
    "call_to_action_types": 5, "captions": 5,
}  # fmt: skip
FEED_MOST = 30  # assets in all (asset feed reference)
FEED_TEXT = {"bodies": 1024, "titles": 255, "descriptions": 255, "captions": 255}  # characters (same place)
FORMAT_NEEDS = {"SINGLE_IMAGE": "images", "SINGLE_VIDEO": "videos", "CAROUSEL_IMAGE": "images"}
AD_FORMATS = ("SINGLE_IMAGE", "SINGLE_VIDEO", "CAROUSEL_IMAGE", "AUTOMATIC_FORMAT", "COLLECTION")


def created(graph: Graph, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a new creative; raises GraphError."""
    if not any(values.get(kind) for kind in KINDS):
        raise refuse("creative_kind", "object_story_spec")
    check_name(values.get("name", ""))
    if len(values.get("url_tags", "")) > MAX_URL_TAGS:
        raise refuse("length", "url_tags", name="url_tags", limit=MAX_URL_TAGS)
    if "object_story_spec" in values:
        _check_story(graph, values["object_story_spec"], "asset_feed_spec" in values)
    if "asset_feed_spec" in values:
        _check_feed(graph, values["asset_feed_spec"])
    catalogue.check_template(graph, values, _check_link)
    catalogue.check_features(values, NESTED["creative_features_spec"])
    _known("degrees_of_freedom_spec", values.get("degrees_of_freedom_spec", {}), "degrees_of_freedom_spec")
    if values.get("object_story_id"):
        _check_post(graph, str(values["object_story_id"]))
    values["status"] = "ACTIVE"
    return values


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """Only name, status and labels of a creative can change."""
    for name in values:
        if name not in CREATIVE_MUTABLE:
            raise refuse("immutable", name, name=name)
    if node.get("status") == "DELETED":
        raise refuse("edit_gone", *values, status="DELETED", allowed="nothing")
    if "status" in values:
        one_of("status", values["status"], ("ACTIVE", "DELETED"))
    check_name(values.get("name", ""))
    return values


def _known(where: str, spec: Any, shape: str) -> None:
    if not isinstance(spec, dict):
        raise refuse("type", where, name=where, want="an object")
    for key in spec:
        if key not in NESTED[shape]:
            raise refuse("nested", f"{where}.{key}", name=key, where=where)


def _check_post(graph: Graph, post: str) -> None:
    """A post of the page, or the one behind a creative."""
    where = "object_story_id"
    _check_page(graph, post.split("_")[0], where)
    behind = any(story(node) == post for node in graph.store.every("adcreative"))
    if posts.find(graph, post) is None and not behind:
        raise refuse("post_missing", where, where=where, id=post)


def _check_page(graph: Graph, page: Any, where: str) -> None:
    if str(page or "") != graph.world.meta.page:
        raise refuse("page", where, where=where, id=page)


def _check_story(graph: Graph, story: Any, has_feed: bool) -> None:
    where = "object_story_spec"
    _known(where, story, "object_story_spec")
    if not story.get("page_id"):
        raise refuse("required", f"{where}.page_id", name=f"{where}[page_id]")
    _check_page(graph, story["page_id"], f"{where}.page_id")
    given = [kind for kind in STORIES if story.get(kind)]
    if len(given) != 1 and not (has_feed and not given):
        raise refuse("creative_kind", where)
    if "link_data" in given:
        _check_link(graph, story["link_data"], f"{where}.link_data")
    if "video_data" in given:
        _check_video(graph, story["video_data"], f"{where}.video_data")
    for kind in ("photo_data", "text_data"):
        if kind in given:
            _known(f"{where}.{kind}", story[kind], kind)


def _check_link(graph: Graph, link: Any, where: str) -> None:
    _known(where, link, "link_data")
    _check_url(link.get("link"), f"{where}.link")
    _texts(link, where, "message", "name", "description", "caption", "picture", "image_hash")
    _check_image(graph, link.get("image_hash"), f"{where}.image_hash")
    _check_action(link.get("call_to_action"), f"{where}.call_to_action")
    cards = link.get("child_attachments")
    if cards is None:
        return
    least, most = CAROUSEL
    if not isinstance(cards, list) or not least <= len(cards) <= most:
        raise refuse(
            "nested_value",
            f"{where}.child_attachments",
            name="child_attachments",
            detail=f"{least} to {most} cards",
        )
    for card in cards:
        _check_card(graph, card, f"{where}.child_attachments")


def _check_card(graph: Graph, card: Any, where: str) -> None:
    """A link and a picture; a card's video has a picture too (carousel ads guide)."""
    _known(where, card, "child_attachment")
    _check_url(card.get("link"), f"{where}.link")
    _texts(card, where, "name", "description", "caption", "picture", "image_hash")
    if not card.get("image_hash") and not card.get("picture"):
        raise refuse("required", f"{where}.image_hash", name=f"{where}[image_hash]")
    _check_image(graph, card.get("image_hash"), f"{where}.image_hash")
    if card.get("video_id"):
        videos.require_ready(graph, card["video_id"], f"{where}.video_id")
    _check_action(card.get("call_to_action"), f"{where}.call_to_action")


def _check_video(graph: Graph, video: Any, where: str) -> None:
    _known(where, video, "video_data")
    videos.require_ready(graph, video.get("video_id"), f"{where}.video_id")
    _texts(video, where, "title", "message", "link_description")
    if not video.get("image_hash") and not video.get("image_url"):
        raise refuse("required", f"{where}.image_hash", name=f"{where}[image_hash]")
    _check_image(graph, video.get("image_hash"), f"{where}.image_hash")
    _check_action(video.get("call_to_action"), f"{where}.call_to_action")


def _texts(spec: dict[str, Any], where: str, *names: str) -> None:
    for name in names:
        if name in spec and not isinstance(spec[name], str):
            raise refuse("type", f"{where}.{name}", name=f"{where}[{name}]", want="a string")


def _check_url(url: Any, where: str) -> None:
    parts = urlsplit(url) if isinstance(url, str) else None
    if not parts or parts.scheme not in ("http", "https") or not parts.netloc:
        raise refuse("creative_link", where, where=where)


def _check_image(graph: Graph, hash_: Any, where: str) -> None:
    if hash_ is not None and not graph.store.get(f"image:{hash_}", "adimage"):
        raise refuse("image_missing", where, where=where, hash=hash_)


def _check_action(action: Any, where: str) -> None:
    if action is None:
        return
    if not isinstance(action, dict):
        raise refuse("type", where, name=where, want="an object")
    for key in action:
        if key not in ("type", "value"):
            raise refuse("nested", f"{where}.{key}", name=key, where=where)
    one_of(f"{where}[type]", action.get("type"), ENUMS["call_to_action"])
    value = action.get("value", {})
    _known(f"{where}.value", value, "call_to_action_value")
    if "link" in value and not re.fullmatch(r"tel:\+?\d{5,15}", str(value["link"])):
        _check_url(value["link"], f"{where}.value.link")
    form = value.get("lead_gen_form_id")
    if form is not None and posts.form(str(form)) is None:
        raise refuse("form_missing", f"{where}.value.lead_gen_form_id", where=where, id=form)


def _check_feed(graph: Graph, feed: Any) -> None:
    where = "asset_feed_spec"
    _known(where, feed, "asset_feed_spec")
    for name, limit in FEED_LIMITS.items():
        items = feed.get(name, [])
        if not isinstance(items, list) or len(items) > limit:
            raise refuse("nested_value", f"{where}.{name}", name=name, detail=f"an array of at most {limit}")
    _check_assets(graph, feed, where)
    formats = feed.get("ad_formats")
    if not isinstance(formats, list) or not formats:
        raise refuse("required", f"{where}.ad_formats", name=f"{where}[ad_formats]")
    for form in formats:
        one_of(f"{where}[ad_formats]", form, AD_FORMATS)
    for form, need in FORMAT_NEEDS.items():
        if form in formats and not feed.get(need):
            raise refuse("required", f"{where}.{need}", name=f"{where}[{need}]")
    if sum(len(feed.get(name, ())) for name in FEED_LIMITS) > FEED_MOST:
        raise refuse("nested_value", where, name=where, detail=f"at most {FEED_MOST} assets in all")
    for action in feed.get("call_to_action_types", ()):
        one_of(f"{where}[call_to_action_types]", action, ENUMS["call_to_action"])
    for action in feed.get("call_to_actions", ()):
        _check_action(action, f"{where}.call_to_actions")


def _check_assets(graph: Graph, feed: dict[str, Any], where: str) -> None:
    for name in ("bodies", "titles", "descriptions", "captions"):
        for item in feed.get(name, ()):
            if not isinstance(item, dict) or not isinstance(item.get("text"), str) or not item["text"]:
                raise refuse("nested_value", f"{where}.{name}", name=name, detail="each needs a text")
            if len(item["text"]) > FEED_TEXT[name]:
                raise refuse("length", f"{where}.{name}", name=name, limit=FEED_TEXT[name])
    for item in feed.get("link_urls", ()):
        _check_url(item.get("website_url") if isinstance(item, dict) else None, f"{where}.link_urls")
    for item in feed.get("images", ()):
        hash_ = item.get("hash", "") if isinstance(item, dict) else ""
        _check_image(graph, hash_, f"{where}.images")
    for item in feed.get("videos", ()):
        videos.require_ready(graph, item.get("video_id") if isinstance(item, dict) else "", f"{where}.videos")
        _check_image(graph, item.get("thumbnail_hash"), f"{where}.videos")


def destination(creative: Node | None) -> str | None:
    """The address an ad leads to, if its creative has one."""
    if creative is None:
        return None
    story = creative.get("object_story_spec", {})
    link = story.get("link_data") or story.get("template_data") or {}
    urls = creative.get("asset_feed_spec", {}).get("link_urls", [])
    return link.get("link") or next((url.get("website_url") for url in urls), None)


def story(creative: Node) -> str | None:
    """The post behind a creative, as `page_post`."""
    if creative.get("object_story_id"):
        return str(creative.get("object_story_id"))
    page = creative.get("object_story_spec", {}).get("page_id")
    return f"{page}_{creative.seq}" if page else None
