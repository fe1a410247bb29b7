"""Objectives, goals and buttons in Meta's words, as tables.

Sources: ad set reference ("ODAX restrictions", "promoted_object"), ad creative reference (call to action).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Promotes = Literal["pixel", "page", "app"]

OBJECTIVES: Mapping[str, str] = {
    "awareness": "OUTCOME_AWARENESS",
    "traffic": "OUTCOME_TRAFFIC",
    "engagement": "OUTCOME_ENGAGEMENT",
    "leads": "OUTCOME_LEADS",
    "app_installs": "OUTCOME_APP_PROMOTION",
    "sales": "OUTCOME_SALES",
}
# What an ad set of this objective promotes whatever its goal; a pixel then needs an event too.
OBJECTIVE_PROMOTES: Mapping[str, tuple[Promotes, str]] = {
    "awareness": ("page", ""),
    "app_installs": ("app", ""),
    "leads": ("pixel", "LEAD"),
    "sales": ("pixel", "PURCHASE"),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """An `optimize_for` in Meta's terms. `destination` is where the ad leads, "" where Meta has none."""

    optimization: str
    destination: str = "WEBSITE"
    promotes: Promotes | None = None
    event: str = ""


GOALS: Mapping[str, Goal] = {
    "purchases": Goal("OFFSITE_CONVERSIONS", promotes="pixel", event="PURCHASE"),
    "add_to_carts": Goal("OFFSITE_CONVERSIONS", promotes="pixel", event="ADD_TO_CART"),
    "checkouts": Goal("OFFSITE_CONVERSIONS", promotes="pixel", event="INITIATED_CHECKOUT"),
    "registrations": Goal("OFFSITE_CONVERSIONS", promotes="pixel", event="COMPLETE_REGISTRATION"),
    "content_views": Goal("OFFSITE_CONVERSIONS", promotes="pixel", event="CONTENT_VIEW"),
    "leads": Goal("OFFSITE_CONVERSIONS", promotes="pixel", event="LEAD"),
    "quality_leads": Goal("QUALITY_LEAD", "ON_AD", "page"),
    "calls": Goal("QUALITY_CALL", "PHONE_CALL", "page"),
    "value": Goal("VALUE", promotes="pixel", event="PURCHASE"),
    "link_clicks": Goal("LINK_CLICKS"),
    "landing_page_views": Goal("LANDING_PAGE_VIEWS"),
    "impressions": Goal("IMPRESSIONS"),
    "reach": Goal("REACH"),
    "ad_recall": Goal("AD_RECALL_LIFT", "", "page"),
    "video_views": Goal("THRUPLAY", "ON_VIDEO", "page"),
    "post_engagement": Goal("POST_ENGAGEMENT", "ON_POST", "page"),
    "page_likes": Goal("PAGE_LIKES", "ON_PAGE", "page"),
    "conversations": Goal("CONVERSATIONS", "MESSENGER", "page"),
    "profile_visits": Goal("VISIT_INSTAGRAM_PROFILE", "INSTAGRAM_PROFILE", "page"),
    "app_installs": Goal("APP_INSTALLS", "APP", "app"),
    "app_events": Goal("APP_INSTALLS_AND_OFFSITE_CONVERSIONS", "APP", "app"),
}
# A goal means something else where the ad leads elsewhere: leads from a form on the ad itself or in a chat.
ELSEWHERE: Mapping[tuple[str, str], Goal] = {
    ("leads", "ON_AD"): Goal("LEAD_GENERATION", "ON_AD", "page"),
    ("leads", "MESSENGER"): Goal("LEAD_GENERATION", "MESSENGER", "page"),
    ("quality_leads", "MESSENGER"): Goal("QUALITY_LEAD", "MESSENGER", "page"),
}
DESTINATIONS: Mapping[str, str] = {
    "website": "WEBSITE",
    "app": "APP",
    "messenger": "MESSENGER",
    "whatsapp": "WHATSAPP",
    "instagram": "INSTAGRAM_DIRECT",
    "instagram_profile": "INSTAGRAM_PROFILE",
    "on_ad": "ON_AD",
    "on_post": "ON_POST",
    "on_video": "ON_VIDEO",
    "on_page": "ON_PAGE",
    "phone": "PHONE_CALL",
}
# Where a chat begins, and the button that opens it (guides to ads that click to Messenger and the others).
CHATS: Mapping[str, str] = {
    "MESSENGER": "MESSAGE_PAGE", "WHATSAPP": "WHATSAPP_MESSAGE", "INSTAGRAM_DIRECT": "INSTAGRAM_MESSAGE",
}  # fmt: skip
CHAT_BUTTON = "send_message"
FORM_LINK = "http://fb.me/"  # the address of an ad that opens a form (lead ads guide)
SYSTEMS = {"android": "Android", "ios": "iOS"}  # targeting.user_os
FROM_VERSION = "_ver_{}_and_above"
CUSTOM_EVENT = "OTHER"  # the event of a custom conversion

# How conversions are attributed, said outright since Meta's default follows the goal the ad set was made with
# and refuses the next one (100/1885501): event type → days.
CONVERSION_GOALS = ("OFFSITE_CONVERSIONS", "VALUE", "APP_INSTALLS_AND_OFFSITE_CONVERSIONS")
CONVERSION_WINDOWS = (("CLICK_THROUGH", 7), ("VIEW_THROUGH", 1))
OTHER_WINDOWS = (("CLICK_THROUGH", 1),)

BID_STRATEGIES: Mapping[str, str] = {
    "lowest_cost": "LOWEST_COST_WITHOUT_CAP",
    "bid_cap": "LOWEST_COST_WITH_BID_CAP",
    "cost_cap": "COST_CAP",
    "min_roas": "LOWEST_COST_WITH_MIN_ROAS",
}
CAPPED = ("LOWEST_COST_WITH_BID_CAP", "COST_CAP")  # need bid_amount, else 1815857
MIN_ROAS = "LOWEST_COST_WITH_MIN_ROAS"
ROAS_UNIT = 10_000  # roas_average_floor: a return of 1.0 is 10000

# Buttons of a link ad. `see_menu` is missing: Graph's list has no such type.
CALLS_TO_ACTION: Mapping[str, str] = {
    "apply_now": "APPLY_NOW",
    "book_now": "BOOK_TRAVEL",  # shown as "Book now"
    "call_now": "CALL_NOW",
    "contact_us": "CONTACT_US",
    "download": "DOWNLOAD",
    "get_directions": "GET_DIRECTIONS",
    "get_offer": "GET_OFFER",
    "get_quote": "GET_QUOTE",
    "install_app": "INSTALL_MOBILE_APP",
    "learn_more": "LEARN_MORE",
    "order_now": "ORDER_NOW",
    "send_message": "MESSAGE_PAGE",
    "shop_now": "SHOP_NOW",
    "sign_up": "SIGN_UP",
    "subscribe": "SUBSCRIBE",
    "watch_more": "WATCH_MORE",
}


def meant(name: str, destination: str) -> Goal:
    """An `optimize_for` whose ads lead to one of Meta's destinations, "" for the usual one."""
    return ELSEWHERE.get((name, destination), GOALS[name])
