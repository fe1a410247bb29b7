"""What Meta allows, as tables with their sources; the checks that read them hold no numbers of their own."""

from __future__ import annotations

from sandbox.meta.enums import ENUMS, names

VERSIONS = ("v24.0", "v25.0", "v26.0")

# Money: Meta's own offset table (marketing-api/currencies), not ISO 4217.
OFFSET_ONE = names("CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND")
# Rough units per US dollar, for minima which the documentation gives in dollars. A choice.
PER_USD = {"TRY": 42, "EUR": 1, "GBP": 1, "JPY": 150, "KRW": 1400, "HUF": 350, "IDR": 16000, "TWD": 32}
MINIMUM_USD = {  # a day, by billing event (marketing-api/bidding: illustrative USD amounts)
    "min_daily_budget_imp": 0.50,
    "min_daily_budget_low_freq": 40.0,
    "min_daily_budget_high_freq": 2.50,
    "min_daily_budget_video_views": 2.50,
}
MINIMUM_BILLING = {"IMPRESSIONS": "min_daily_budget_imp", "THRUPLAY": "min_daily_budget_video_views"}
MINIMUM_OTHER = "min_daily_budget_high_freq"
SPEND_CAP_MIN_USD = 100
LIFETIME_MAX_USD = 1_000_000

# Names: campaign, ad set, ad (marketing-api reference); labels a choice.
MAX_NAME = 400
MAX_DSA = 512
MAX_LABELS = 50

# Limits.
BATCH_MAX = 50
BUDGET_CHANGES_PER_HOUR = 4
MUTATIONS_PER_SECOND = 100
AUDIENCE_ROWS = 10_000
PAGE_DEFAULT, PAGE_MAX = 25, 5000
ASYNC_MAX = 1000  # requests of one asynchronous set; a choice, the documentation names no number
REPORT_RUN_DAYS = 30  # a report_run_id expires (Insights API, "Asynchronous Jobs")

OBJECTIVES = (
    "OUTCOME_LEADS", "OUTCOME_SALES", "OUTCOME_ENGAGEMENT", "OUTCOME_AWARENESS", "OUTCOME_TRAFFIC",
    "OUTCOME_APP_PROMOTION",
)  # fmt: skip
SPECIAL_CATEGORIES = names(
    "NONE EMPLOYMENT HOUSING FINANCIAL_PRODUCTS_SERVICES ISSUES_ELECTIONS_POLITICS ONLINE_GAMBLING_AND_GAMING"
)
BUYING_TYPES = ("AUCTION", "RESERVED")
CAPPED = ("LOWEST_COST_WITH_BID_CAP", "COST_CAP")
MIN_ROAS = "LOWEST_COST_WITH_MIN_ROAS"
BID_STRATEGIES = ("LOWEST_COST_WITHOUT_CAP", *CAPPED, MIN_ROAS)

# Objective × destination → goals (ad set reference, ODAX restrictions table, as documented). UNDEFINED is
# an ad set without destination_type, which the platform resolves itself; it takes the union of its row.
_WEBSITE = "OFFSITE_CONVERSIONS VALUE LANDING_PAGE_VIEWS LINK_CLICKS IMPRESSIONS REACH"
_MESSAGES = "CONVERSATIONS LINK_CLICKS"
_APPS = "APP_INSTALLS LINK_CLICKS APP_INSTALLS_AND_OFFSITE_CONVERSIONS VALUE OFFSITE_CONVERSIONS"
GOALS: dict[str, dict[str, frozenset[str]]] = {
    objective: {destination: frozenset(goals.split()) for destination, goals in rows.items()}
    for objective, rows in {
        "OUTCOME_AWARENESS": {"UNDEFINED": "AD_RECALL_LIFT REACH IMPRESSIONS THRUPLAY"},
        "OUTCOME_TRAFFIC": {
            "UNDEFINED": "LANDING_PAGE_VIEWS LINK_CLICKS IMPRESSIONS REACH",
            "WEBSITE": "LANDING_PAGE_VIEWS LINK_CLICKS IMPRESSIONS REACH",
            "APP": "LINK_CLICKS REACH",
            "MESSENGER": "LINK_CLICKS IMPRESSIONS REACH CONVERSATIONS",
            "WHATSAPP": "LINK_CLICKS IMPRESSIONS REACH CONVERSATIONS",
            "INSTAGRAM_PROFILE": "VISIT_INSTAGRAM_PROFILE",
        },
        "OUTCOME_ENGAGEMENT": {
            "UNDEFINED": "THRUPLAY POST_ENGAGEMENT REACH EVENT_RESPONSES PAGE_LIKES CONVERSATIONS LINK_CLICKS"
            " OFFSITE_CONVERSIONS LANDING_PAGE_VIEWS IMPRESSIONS",
            "ON_VIDEO": "THRUPLAY TWO_SECOND_CONTINUOUS_VIDEO_VIEWS",
            "ON_POST": "POST_ENGAGEMENT REACH",
            "ON_EVENT": "EVENT_RESPONSES POST_ENGAGEMENT REACH",
            "ON_PAGE": "PAGE_LIKES",
            "MESSENGER": _MESSAGES,
            "WHATSAPP": _MESSAGES,
            "INSTAGRAM_DIRECT": _MESSAGES,
            "WEBSITE": "OFFSITE_CONVERSIONS LANDING_PAGE_VIEWS LINK_CLICKS REACH IMPRESSIONS",
            "APP": "OFFSITE_CONVERSIONS LINK_CLICKS REACH",
        },
        "OUTCOME_LEADS": {
            "UNDEFINED": f"{_WEBSITE} LEAD_GENERATION QUALITY_LEAD QUALITY_CALL",
            "WEBSITE": "OFFSITE_CONVERSIONS LANDING_PAGE_VIEWS LINK_CLICKS REACH IMPRESSIONS",
            "ON_AD": "LEAD_GENERATION QUALITY_LEAD",
            "MESSENGER": "LEAD_GENERATION QUALITY_LEAD",
            "PHONE_CALL": "QUALITY_CALL",
        },
        "OUTCOME_APP_PROMOTION": {"UNDEFINED": _APPS, "APP": _APPS},
        "OUTCOME_SALES": {
            "UNDEFINED": f"{_WEBSITE} CONVERSATIONS",
            "WEBSITE": _WEBSITE,
            "APP": "OFFSITE_CONVERSIONS VALUE LINK_CLICKS",
            "MESSENGER": "CONVERSATIONS OFFSITE_CONVERSIONS LINK_CLICKS IMPRESSIONS REACH",
            "WHATSAPP": "CONVERSATIONS OFFSITE_CONVERSIONS LINK_CLICKS IMPRESSIONS REACH",
            "SHOP_AUTOMATIC": "OFFSITE_CONVERSIONS VALUE",
        },
    }.items()
}
GOAL_NAMES = ENUMS["optimization_goal"] | {"TWO_SECOND_CONTINUOUS_VIDEO_VIEWS"}
DESTINATIONS = ENUMS["destination_type"] | {"PHONE_CALL", "UNDEFINED"}

# Goal → billing events (bidding/overview/billing-events); goals not named here bill by impression only.
BILLING = {
    "LINK_CLICKS": ("LINK_CLICKS", "IMPRESSIONS"),
    "THRUPLAY": ("IMPRESSIONS", "THRUPLAY"),
    "TWO_SECOND_CONTINUOUS_VIDEO_VIEWS": ("IMPRESSIONS", "TWO_SECOND_CONTINUOUS_VIDEO_VIEWS"),
}

# Goal → what the promoted object must name; any one of the alternatives will do.
PROMOTED: dict[str, tuple[tuple[str, ...], ...]] = {
    "OFFSITE_CONVERSIONS": (
        ("pixel_id", "custom_event_type"), ("custom_conversion_id",), ("application_id", "object_store_url"),
        ("pixel_id", "pixel_rule"), ("product_set_id",),
    ),
    "VALUE": (
        ("pixel_id", "custom_event_type"), ("application_id", "object_store_url"), ("product_set_id",),
    ),
    "APP_INSTALLS": (("application_id", "object_store_url"),),
    "APP_INSTALLS_AND_OFFSITE_CONVERSIONS": (("application_id", "object_store_url"),),
    "PAGE_LIKES": (("page_id",),),
    "LEAD_GENERATION": (("page_id",),),
    "QUALITY_LEAD": (("page_id",),),
    "QUALITY_CALL": (("page_id",),),
    "CONVERSATIONS": (("page_id",),),
}  # fmt: skip
PROMOTED_BY_OBJECTIVE = {"OUTCOME_AWARENESS": (("page_id",),)}
STORES = {"apps.apple.com": "iOS", "itunes.apple.com": "iOS", "play.google.com": "Android"}

# Attribution: event → windows in days. Conversion goals take all, the others a click within a day
# (choice, from public copies of the attribution_spec page).
ATTRIBUTION_CONVERSION: dict[str, tuple[int, ...]] = {
    "CLICK_THROUGH": (1, 7),
    "VIEW_THROUGH": (1,),
    "ENGAGED_VIDEO_VIEW": (1,),
}
ATTRIBUTION_OTHER: dict[str, tuple[int, ...]] = {
    "CLICK_THROUGH": (1,),
    "VIEW_THROUGH": (1,),
    "ENGAGED_VIDEO_VIEW": (1,),
}
CONVERSION_GOALS = names("OFFSITE_CONVERSIONS VALUE APP_INSTALLS_AND_OFFSITE_CONVERSIONS")
ATTRIBUTION_DEFAULT = [
    {"event_type": "CLICK_THROUGH", "window_days": 7}, {"event_type": "VIEW_THROUGH", "window_days": 1}
]  # fmt: skip

# Targeting (marketing-api targeting reference).
AGE_LEAST, AGE_MOST = 13, 65
GEO_KEYS = names(
    "countries country_groups regions cities zips geo_markets places custom_locations neighborhoods subcities"
    " electoral_districts location_types medium_geo_areas large_geo_areas small_geo_areas metro_areas"
    " subneighborhoods location_cluster_ids location_expansion"
)
GEO_PLACES = GEO_KEYS - {"location_types", "location_expansion"}
GEO_LIMIT = {"regions": 200, "cities": 250, "zips": 50_000, "countries": 250, "custom_locations": 200}
RADIUS = {"kilometer": (17, 80), "mile": (10, 50)}
PLATFORMS = names("facebook instagram audience_network messenger threads whatsapp")
POSITIONS = {
    "facebook_positions": names(
        "feed right_hand_column marketplace video_feeds story search instream_video facebook_reels"
        " facebook_reels_overlay profile_feed notification biz_disco_feed"
    ),
    "instagram_positions": names("stream story explore_home reels profile_feed ig_search profile_reels"),
    "messenger_positions": names("messenger_home sponsored_messages"),
    "audience_network_positions": names("classic rewarded_video instream_video"),
    "threads_positions": frozenset({"threads_stream"}),
    "whatsapp_positions": frozenset({"status"}),
}
POSITIONS_GONE = {("instagram_positions", "explore"), ("messenger_positions", "story")}  # v26.0
DEVICES = frozenset({"mobile", "desktop", "connected_tv"})
EU = names(  # Digital Services Act
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
)

# Status.
STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED")
EFFECTIVE = {
    "campaign": names("ACTIVE PAUSED DELETED ARCHIVED IN_PROCESS WITH_ISSUES"),
    "adset": names("ACTIVE PAUSED DELETED CAMPAIGN_PAUSED ARCHIVED IN_PROCESS WITH_ISSUES"),
    "ad": names(
        "ACTIVE PAUSED DELETED PENDING_REVIEW DISAPPROVED PREAPPROVED PENDING_BILLING_INFO CAMPAIGN_PAUSED"
        " ARCHIVED ADSET_PAUSED IN_PROCESS WITH_ISSUES"
    ),
}
EDITABLE_WHEN = {"ARCHIVED": ("name", "status"), "DELETED": ("name",)}

# What can never change after creation (reference pages of the nodes' updates).
# …/marketing-api/reference/ad-promoted-object: "immutable in most cases"; the exceptions are for objectives
# that are gone. Code and words of the refusal, which counts the optimization too: pipeboard-co/meta-ads-mcp
# issue 144. That an ad set is published from its creation on is a choice: Graph has no drafts.
PUBLISHED = frozenset({"optimization_goal", "promoted_object"})
IMMUTABLE = {
    "campaign": frozenset({"objective", "buying_type"}),
    "adset": frozenset({"campaign_id", "is_dynamic_creative"}),
    "ad": frozenset({"adset_id"}),
}
CREATIVE_MUTABLE = ("name", "status", "adlabels")

# What the market should think an ad set wants (sandbox/market.py WANTS).
WANTS = {
    "OFFSITE_CONVERSIONS": "purchase", "VALUE": "purchase", "LANDING_PAGE_VIEWS": "visit",
    "LINK_CLICKS": "click", "IMPRESSIONS": "impression", "REACH": "impression",
    "AD_RECALL_LIFT": "impression",
    "LEAD_GENERATION": "lead", "QUALITY_LEAD": "lead", "QUALITY_CALL": "lead", "CONVERSATIONS": "lead",
    "APP_INSTALLS": "install", "APP_INSTALLS_AND_OFFSITE_CONVERSIONS": "install",
    "THRUPLAY": "engagement", "TWO_SECOND_CONTINUOUS_VIDEO_VIEWS": "engagement",
    "POST_ENGAGEMENT": "engagement",
    "PAGE_LIKES": "engagement", "EVENT_RESPONSES": "engagement",
}  # fmt: skip
LEAD_EVENTS = names("LEAD COMPLETE_REGISTRATION CONTACT SUBMIT_APPLICATION SCHEDULE")


def minor_per_unit(currency: str) -> int:
    """Minor units in one major unit by Meta's table: 1 or 100."""
    return 1 if currency in OFFSET_ONE else 100


def from_usd(amount: float, currency: str) -> int:
    """A documented dollar amount in minor units of a currency."""
    return round(amount * PER_USD.get(currency, 1) * minor_per_unit(currency))
