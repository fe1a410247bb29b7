"""Previews of ads: a frame to put into a page, for what may be shown in a format; nothing is behind it."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

from sandbox.meta import catalogue, creatives
from sandbox.meta.context import Call, Graph
from sandbox.meta.enums import names
from sandbox.meta.errors import refuse
from sandbox.meta.lists import PAGE
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.store import Node
from sandbox.meta.structures import chosen

# Ad preview reference, `ad_format`, as the SDK 26.0.3 publishes it.
FORMATS = names(
    """
    AUDIENCE_NETWORK_INSTREAM_VIDEO AUDIENCE_NETWORK_INSTREAM_VIDEO_MOBILE
    AUDIENCE_NETWORK_OUTSTREAM_VIDEO AUDIENCE_NETWORK_REWARDED_VIDEO BIZ_DISCO_FEED_MOBILE
    DESKTOP_FEED_STANDARD FACEBOOK_IFU_REELS_MOBILE FACEBOOK_PROFILE_FEED_DESKTOP
    FACEBOOK_PROFILE_FEED_MOBILE FACEBOOK_PROFILE_REELS_MOBILE FACEBOOK_REELS_BANNER
    FACEBOOK_REELS_BANNER_DESKTOP FACEBOOK_REELS_BANNER_FEED_ANDROID
    FACEBOOK_REELS_BANNER_FEED_ANDROID_LARGE FACEBOOK_REELS_BANNER_FULLSCREEN_IOS
    FACEBOOK_REELS_BANNER_FULLSCREEN_MOBILE FACEBOOK_REELS_MOBILE FACEBOOK_REELS_POSTLOOP
    FACEBOOK_REELS_POSTLOOP_FEED FACEBOOK_REELS_SIMILAR_PRODUCTS_MOBILE FACEBOOK_REELS_STICKER
    FACEBOOK_STORY_MOBILE FACEBOOK_STORY_STICKER_MOBILE INSTAGRAM_EXPLORE_CONTEXTUAL
    INSTAGRAM_EXPLORE_GRID_HOME INSTAGRAM_EXPLORE_IMMERSIVE INSTAGRAM_FEED_WEB
    INSTAGRAM_FEED_WEB_M_SITE INSTAGRAM_LEAD_GEN_MULTI_SUBMIT_ADS INSTAGRAM_PROFILE_FEED
    INSTAGRAM_PROFILE_REELS INSTAGRAM_REELS INSTAGRAM_REELS_OVERLAY INSTAGRAM_REELS_WEB
    INSTAGRAM_REELS_WEB_M_SITE INSTAGRAM_SEARCH_CHAIN INSTAGRAM_SEARCH_GRID INSTAGRAM_STANDARD
    INSTAGRAM_STORY INSTAGRAM_STORY_EFFECT_TRAY INSTAGRAM_STORY_WEB INSTAGRAM_STORY_WEB_M_SITE
    INSTANT_ARTICLE_RECIRCULATION_AD INSTANT_ARTICLE_STANDARD INSTREAM_BANNER_DESKTOP
    INSTREAM_BANNER_FEED_IOS INSTREAM_BANNER_FULLSCREEN_IOS INSTREAM_BANNER_FULLSCREEN_MOBILE
    INSTREAM_BANNER_IMMERSIVE_MOBILE INSTREAM_BANNER_MOBILE INSTREAM_VIDEO_DESKTOP
    INSTREAM_VIDEO_FULLSCREEN_IOS INSTREAM_VIDEO_FULLSCREEN_MOBILE INSTREAM_VIDEO_IMAGE
    INSTREAM_VIDEO_IMMERSIVE_MOBILE INSTREAM_VIDEO_MOBILE JOB_BROWSER_DESKTOP JOB_BROWSER_MOBILE
    MARKETPLACE_MOBILE MESSENGER_MOBILE_INBOX_MEDIA MESSENGER_MOBILE_STORY_MEDIA MOBILE_BANNER
    MOBILE_FEED_BASIC MOBILE_FEED_STANDARD MOBILE_FULLWIDTH MOBILE_INTERSTITIAL
    MOBILE_MEDIUM_RECTANGLE MOBILE_NATIVE RIGHT_COLUMN_STANDARD SUGGESTED_VIDEO_DESKTOP
    SUGGESTED_VIDEO_FULLSCREEN_MOBILE SUGGESTED_VIDEO_IMMERSIVE_MOBILE SUGGESTED_VIDEO_MOBILE
    WATCH_FEED_HOME WATCH_FEED_MOBILE WHATSAPP_STATUS_MEDIA
    """
)
TYPES = {
    "ad_format": "s", "creative_feature": "x", "dynamic_asset_label": "x", "dynamic_creative_spec": "x",
    "dynamic_customization": "m", "end_date": "x", "height": "u", "place_page_id": "x", "post": "x",
    "product_item_ids": "l", "render_type": "x", "start_date": "x", "width": "u",
}  # fmt: skip
WIDTH, HEIGHT = 540, 690  # of the frame, unless asked for; a choice


def of_spec(graph: Graph, _: Node, call: Call) -> dict[str, Any]:
    """GET {account}/generatepreviews: of a creative that need not be there yet, but must be one."""
    values = parse(call.params, TYPES | PAGE | {"creative": "m", "message": "x"}, graph.zone)
    require(values, "creative", "ad_format")
    spec = values["creative"]
    if not isinstance(spec, dict):
        raise refuse("type", "creative", name="creative", want="an object")
    known = spec.get("creative_id")
    if known is None:
        creatives.created(graph, dict(spec))
    elif graph.store.get(str(known), "adcreative") is None:
        raise refuse("creative_missing", "creative", id=known)
    return _frame(graph, str(known or "spec"), values, call)


def of_node(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """GET {ad}/previews or {creative}/previews."""
    values = parse(call.params, TYPES | PAGE, graph.zone)
    require(values, "ad_format")
    return _frame(graph, node.id, values, call)


def _frame(graph: Graph, what: str, values: dict[str, Any], call: Call) -> dict[str, Any]:
    one_of("ad_format", values["ad_format"], FORMATS)
    shown = {"ad_format": values["ad_format"], **values.get("dynamic_customization", {})}
    for product in values.get("product_item_ids", ()):
        if catalogue.item(graph, str(product)) is None:
            raise refuse("product_missing", "product_item_ids", id=product)
        shown["product_item_ids"] = ",".join(map(str, values["product_item_ids"]))
    address = f"https://preview.sandbox.invalid/{what}?{urlencode(shown)}"
    width, height = values.get("width", WIDTH), values.get("height", HEIGHT)
    frame = f'<iframe src="{escape(address)}" width="{width}" height="{height}" scrolling="yes"></iframe>'
    return {"data": [chosen("adpreview", {"body": frame}, call)]}
