"""What Meta optimises for: objective × where ads lead × goal, in the language's words, as one table.

Source: ad set reference, "Outcome-driven ads experiences: objective validation" (as documented; reality has
been seen to differ: sales with landing_page_views refused with 100/2490408), and "promoted_object".
"""

from __future__ import annotations

from collections.abc import Mapping

CONVERSIONS = frozenset({"purchases", "add_to_carts", "checkouts", "registrations", "content_views"})
VISITS = frozenset({"link_clicks", "landing_page_views", "impressions", "reach"})
TALKS = frozenset({"conversations", "link_clicks", "impressions", "reach"})
# Objective → destination → goals; "" where the goal itself says where, or nothing does.
TABLE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "awareness": {"": frozenset({"reach", "impressions", "ad_recall", "video_views"})},
    "traffic": {
        "website": VISITS,
        "app": frozenset({"link_clicks", "reach"}),
        "messenger": TALKS,
        "whatsapp": TALKS,
        "instagram_profile": frozenset({"profile_visits"}),
    },
    "engagement": {
        "website": VISITS | CONVERSIONS,
        "app": frozenset({"link_clicks", "reach"}) | CONVERSIONS,
        "messenger": frozenset({"conversations", "link_clicks"}),
        "whatsapp": frozenset({"conversations", "link_clicks"}),
        "instagram": frozenset({"conversations", "link_clicks"}),
        "on_video": frozenset({"video_views"}),
        "on_post": frozenset({"post_engagement", "reach"}),
        "on_page": frozenset({"page_likes"}),
    },
    "leads": {
        "website": VISITS | {"leads", "registrations"},
        "on_ad": frozenset({"leads", "quality_leads"}),
        "messenger": frozenset({"leads", "quality_leads"}),
        "phone": frozenset({"calls"}),
    },
    "app_installs": {"app": frozenset({"app_installs", "app_events", "link_clicks", "value"})},
    "sales": {
        "website": VISITS | CONVERSIONS | {"value"},
        "app": CONVERSIONS | {"value", "link_clicks"},
        "messenger": TALKS | CONVERSIONS,
        "whatsapp": TALKS | CONVERSIONS,
    },
}
# Goals of Meta's that are not built: why, and what comes nearest.
NOT_BUILT: Mapping[str, tuple[str, str]] = {
    "event_responses": (
        "no public page of Meta's says what the ads of an event promote",
        "boost the event's post: `optimize_for: post_engagement`, and its id under `creative.meta.post`",
    ),
}
DEFAULT_GOAL: Mapping[str, str] = {
    "awareness": "reach",
    "traffic": "link_clicks",
    "engagement": "post_engagement",
    "leads": "leads",
    "app_installs": "app_installs",
    "sales": "purchases",
}
# Where ads lead that are optimised for this, if nobody says otherwise; the website else.
USUAL: Mapping[str, str] = {
    "quality_leads": "on_ad",
    "calls": "phone",
    "video_views": "on_video",
    "post_engagement": "on_post",
    "page_likes": "on_page",
    "conversations": "messenger",
    "profile_visits": "instagram_profile",
    "app_installs": "app",
    "app_events": "app",
}
MESSAGES = ("messenger", "whatsapp", "instagram")
# Buttons that lead there (call to action reference); a form is asked for by any of these.
BUTTONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(MESSAGES, ("send_message",)),
    "phone": ("call_now",),
    "on_ad": (
        "sign_up",
        "subscribe",
        "apply_now",
        "get_quote",
        "get_offer",
        "learn_more",
        "download",
        "book_now",
    ),
}


def destination(objective: str, goal: str) -> str:
    """Where ads of an objective lead that are optimised for a goal, where the ad set does not say it."""
    if objective == "awareness":
        return ""
    return "app" if objective == "app_installs" else USUAL.get(goal, "website")


def goals(objective: str) -> frozenset[str]:
    """Every goal of an objective, wherever its ads lead."""
    return frozenset(goal for fitting in TABLE[objective].values() for goal in fitting)


def leading(objective: str, goal: str) -> list[str]:
    """Where ads of an objective that are optimised for a goal may lead."""
    return sorted(place for place, fitting in TABLE[objective].items() if goal in fitting and place)
