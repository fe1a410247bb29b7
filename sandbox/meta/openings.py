"""What an ad's button has to open where its ad set leads to a chat, a form or a telephone."""

from __future__ import annotations

from typing import Any

from sandbox.meta.context import Graph
from sandbox.meta.errors import refuse
from sandbox.meta.store import Node

# destination_type → the buttons that open it (guides to lead ads, call ads and click-to-message ads).
CHATS = {
    "MESSENGER": ("MESSAGE_PAGE",),
    "WHATSAPP": ("WHATSAPP_MESSAGE",),
    "INSTAGRAM_DIRECT": ("INSTAGRAM_MESSAGE", "MESSAGE_PAGE"),
}
FORMS = ("LEAD_GENERATION", "QUALITY_LEAD")


def check(graph: Graph, adset: Node, creative: dict[str, Any]) -> None:
    """Refuses a creative that leads elsewhere; posts that are there have buttons of their own."""
    destination, goal = adset.get("destination_type", "UNDEFINED"), adset.data["optimization_goal"]
    if creative.get("object_story_id"):
        return
    actions = buttons(creative)
    if destination in CHATS and goal not in FORMS:
        fits = [one for one in actions if one.get("type") in CHATS[destination]]
        fits = [
            one for one in fits if one.get("value", {}).get("app_destination", destination) == destination
        ]
        need = f"is {' or '.join(CHATS[destination])}"
    elif destination == "ON_AD" and goal in FORMS:
        fits = [one for one in actions if one.get("value", {}).get("lead_gen_form_id")]
        need = "has a lead_gen_form_id"
    elif destination == "PHONE_CALL":
        fits = [one for one in actions if str(one.get("value", {}).get("link", "")).startswith("tel:")]
        fits = [one for one in fits if one.get("type") == "CALL_NOW"]
        need = "is CALL_NOW with a tel: link"
    else:
        return
    if not fits or len(fits) < len(actions):
        raise refuse("opening", "creative", destination=destination, need=need)


def buttons(creative: dict[str, Any]) -> list[dict[str, Any]]:
    """Every button of a creative: its own, or those of a carousel's cards."""
    story = creative.get("object_story_spec") or {}
    link = story.get("link_data") or {}
    holders = [story.get("video_data") or {}, *(link.get("child_attachments") or [link])]
    found = [one.get("call_to_action") for one in holders]
    feed = creative.get("asset_feed_spec") or {}
    return [one for one in [*found, *feed.get("call_to_actions", ())] if one]
