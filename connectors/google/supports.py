"""What Google Ads can do, as data: kinds, money, goals, formats and limits, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from connectors.google import listing
from connectors.google.formats import CARD_IMAGES, FIELDS, POINTING
from connectors.google.normal import INCOME_RANGES, PARENTAL_STATUSES
from engine.supports import Batches, KindSupport, Sort, StatusField, Supports, TextLimit
from schemas.google_goals import ACCOUNT

VERSION: Final = "v26"
STATUS = StatusField("status", "ENABLED", "PAUSED")
BUDGETS: Final[dict[str, Literal["day", "lifetime"]]] = {
    "daily_budget_micros": "day",
    "total_budget_micros": "lifetime",
}


# What may be paid for a conversion or a click; a campaign's own or that of the strategy it shares.
TARGETS: Final[dict[str, Sort]] = {
    "bidding.target_cpa_micros": "cost",
    "bidding.cpc_bid_ceiling_micros": "cost",
    "bidding.target_roas": "return",
}


def _below(kind: str, parent: str, *said: str, **links: str) -> KindSupport:
    """What hangs under something, is known through it and never changes; it delivers nothing by itself.

    `links` are the fields that name something of the library.
    """
    return KindSupport(
        kind,
        parent=parent,
        parent_kind=parent,
        mark="parent",
        status=None,
        delivers=False,
        immutable=frozenset({parent, *said}),
        links=links,
        recreate=True,
    )


# Immutable, required and output-only fields: the docstrings of google.ads.googleads.v26.resources.
# A budget belongs to one campaign and is a field of it; `period` of a budget is immutable.
CAMPAIGN = KindSupport(
    "campaign",
    status=STATUS,
    only_name=True,  # CampaignError.DUPLICATE_CAMPAIGN_NAME, among those that are not removed
    immutable=frozenset(
        {
            "advertising_channel_type",
            "advertising_channel_sub_type",
            "app_campaign_setting",
            "brand_guidelines_enabled",
            "budget_period",
            "upgraded_targeting",
            "merchant_id",
        }
    ),
    budgets=BUDGETS,
    flight=("start_date_time", "end_date_time"),
    past_start=False,  # DateRangeError.CANNOT_SET_DATE_TO_PAST
    money=frozenset({"bidding.target_cpa_micros", "bidding.cpc_bid_ceiling_micros"}),
    targets=TARGETS,
    words={
        "budget": frozenset(BUDGETS),
        "flight": frozenset({"start_date_time", "end_date_time"}),
        "bid": frozenset({"bidding"}),
        "optimize_for": frozenset({"bidding", "conversion_goals", "app_goal", "selected_actions"}),
        "audience": frozenset({"locations", "languages", "excluded_locations", "around"}),
    },
    links={"bidding.portfolio": "portfolio", "conversion_goals": "conversion_goal"},
    clearable=frozenset(
        {
            "excluded_locations",
            "around",
            "ad_schedule",
            "devices",
            "tracking_url_template",
            "url_custom_parameters",
            "conversion_goals",
        }
    ),
    cleared={"conversion_goals": (ACCOUNT,)},
    operations=6,  # its budget, itself, its label, the label on it, a place, a language
    # support.google.com/google-ads/answer/13020501: a new strategy or setting, and what conversions count.
    learning=frozenset({"bidding", "conversion_goals", "app_goal", "selected_actions"}),
)
AD_GROUP = KindSupport(
    "ad_group",
    parent="campaign",
    parent_kind="campaign",
    status=STATUS,
    immutable=frozenset({"campaign", "type", "audience_grouped"}),
    money=frozenset({"cpc_bid_micros"}),
    targets={"cpc_bid_micros": "cost"},
    clearable=frozenset(
        {
            "tracking_url_template",
            "url_custom_parameters",
            "cpc_bid_micros",
            "income_ranges",
            "parental_statuses",
            "observed_lists",
        }
    ),
    cleared={"income_ranges": INCOME_RANGES, "parental_statuses": PARENTAL_STATUSES},
    links={"people": "target_audience"},
    words={
        "bid": frozenset({"cpc_bid_micros"}),
        "audience": frozenset(
            {
                "age_ranges",
                "genders",
                "user_lists",
                "excluded_user_lists",
                "income_ranges",
                "parental_statuses",
                "observed_lists",
                "locations",
                "languages",
                "excluded_locations",
                "optimized_targeting_enabled",
                "channels",
                "people",
            }
        ),
    },
    operations=3,  # itself, its label, the label on it; one more for each excluded age or gender
    more={"products": listing.operations},
)
SHOWN = FIELDS | {"final_urls"}  # what people see of an ad
# An ad's texts change in place through AdService; the changed ad is reviewed again (answer/2404036).
AD = KindSupport(
    "ad",
    parent="ad_group",
    parent_kind="ad_group",
    status=STATUS,
    immutable=frozenset({"ad_group", "format"}),
    review=SHOWN,
    words={"creative": SHOWN | {"final_url_suffix"}},
    links=dict.fromkeys(POINTING, "asset"),
    recreate=True,
    operations=3,  # itself, its label, the label on it
)
# Criteria carry no label of their own here (negative ones cannot: CANNOT_ADD_LABEL_TO_NEGATIVE_CRITERION);
# they are known by what they hang under and say. All but status, bids and URLs is immutable.
KEYWORD = KindSupport(
    "keyword",
    parent="ad_group",
    parent_kind="ad_group",
    mark="parent",
    status=STATUS,
    immutable=frozenset({"ad_group", "text", "match_type"}),
    recreate=True,
)
# AdGroupCriterionError.CANT_UPDATE_NEGATIVE: neither held nor let go, and they only ever save money.
NEGATIVE_KEYWORD = _below("negative_keyword", "ad_group", "text", "match_type")
CAMPAIGN_NEGATIVE = _below("campaign_negative_keyword", "campaign", "text", "match_type")

# Labels go on campaigns, ad groups, ads and criteria only. Lists are shared by all campaigns of the account.
AUDIENCE = KindSupport(
    "audience",
    mark="description",
    status=None,
    delivers=False,
    archivable=False,
    only_name=True,
    immutable=frozenset({"upload_key_type"}),
)

# Assets cannot be removed (docstring of Asset). Links carry no label; a link shows nothing without its ads.
# Their name is what people find them by in the library, and shown to nobody else.
ASSET = KindSupport(
    "asset",
    mark="content",
    status=None,
    delivers=False,
    immutable=frozenset({"type"}),
    given=frozenset({"name"}),
    links={f"data.{leaf}": "asset" for leaf in CARD_IMAGES.values()},
    archivable=False,
)


CAMPAIGN_ASSET = _below("campaign_asset", "campaign", "asset", "field_type", asset="asset")
AD_GROUP_ASSET = _below("ad_group_asset", "ad_group", "asset", "field_type", asset="asset")
ASSET_GROUP_ASSET = _below("asset_group_asset", "asset_group", "asset", "field_type", asset="asset")
# Asset groups carry no labels; the mark stands at the end of their name.
ASSET_GROUP = KindSupport(
    "asset_group",
    parent="campaign",
    parent_kind="campaign",
    mark="name",
    status=STATUS,
    immutable=frozenset({"campaign"}),
    review=frozenset({"final_urls", "path1", "path2"}),
    words={"creative": frozenset({"final_urls", "final_url_suffix", "path1", "path2"})},
    more={"products": listing.operations},
)
# An audience of Google's audience builder; it cannot be removed.
TARGET_AUDIENCE = KindSupport(
    "target_audience",
    mark="name",
    status=None,
    delivers=False,
    archivable=False,
    words={"audience": frozenset({"user_lists", "excluded_user_lists", "ages", "genders"})},
)
# For Performance Max only a hint of whom to look for: …/docs/performance-max/asset-group-signals.
AUDIENCE_SIGNAL = replace(
    _below("audience_signal", "asset_group", "audience", audience="target_audience"),
    note="only a signal: Performance Max begins with these people and shows the ads to others too",
)
SEARCH_THEME = _below("search_theme", "asset_group", "text")

# Lists of negative keywords that campaigns share. One that none uses any more is left, without keywords.
NEGATIVE_LIST = KindSupport("negative_list", mark="name", status=None, delivers=False, archivable=False)
LIST_KEYWORD = _below("negative_list_keyword", "negative_list", "text", "match_type")
LIST_USE = _below("campaign_negative_list", "campaign", "negative_list", negative_list="negative_list")

# A strategy that campaigns share moves the bids of all of them. One that none uses any more is left.
PORTFOLIO = KindSupport(
    "portfolio",
    mark="name",
    status=None,
    delivers=False,
    money=frozenset({"bidding.target_cpa_micros", "bidding.cpc_bid_ceiling_micros"}),
    targets=TARGETS,
    words={"bid": frozenset({"bidding"})},
    learning=frozenset({"bidding"}),
    archivable=False,
)

# Objective × goal: clicks, conversions (schemas.google_goals.MEANT: which), or the value of conversions.
GOALS: Mapping[str, frozenset[str]] = {
    "sales": frozenset(
        {
            "purchases",
            "add_to_carts",
            "checkouts",
            "content_views",
            "value",
            "link_clicks",
            "landing_page_views",
        }
    ),
    "leads": frozenset({"leads", "registrations", "calls", "value", "link_clicks", "landing_page_views"}),
    "traffic": frozenset({"link_clicks", "landing_page_views"}),
    "awareness": frozenset({"impressions", "link_clicks"}),
    # App campaigns alone: schemas.google_app.FOCUS.
    "app_installs": frozenset({"app_installs", "app_events", "value"}),
    "engagement": frozenset({"app_events"}),
}

# developers.google.com/google-ads/api/docs/responsive-search-ads/overview (counts); lengths and double width
# of East Asian characters: support.google.com/google-ads/answer/1704389. Texts become descriptions.
SEARCH = {
    "headlines": TextLimit(3, 15, 30, "double_width"),
    "texts": TextLimit(2, 4, 90, "double_width", own="descriptions"),
}
# …/docs/performance-max/asset-requirements; docstring of ResponsiveDisplayAdInfo.
PERFORMANCE_MAX = {
    "headlines": TextLimit(3, 15, 30, "double_width"),
    "long_headlines": TextLimit(1, 5, 90, "double_width"),
    "texts": TextLimit(2, 5, 90, "double_width", own="descriptions"),
}
DISPLAY = {
    "headlines": TextLimit(1, 5, 30, "double_width"),
    "long_headlines": TextLimit(1, 1, 90, "double_width"),
    "texts": TextLimit(1, 5, 90, "double_width", own="descriptions"),
}
# support.google.com/google-ads/answer/6357595: at least two headlines and a description.
APP = {
    "headlines": TextLimit(2, 5, 30, "double_width"),
    "texts": TextLimit(1, 5, 90, "double_width"),
}
# Docstring of DemandGenMultiAssetAdInfo; those of the other two say no numbers, so the same are taken.
DEMAND_GEN = {
    "headlines": TextLimit(1, 5, 30, "double_width"),
    "texts": TextLimit(1, 5, 90, "double_width"),
}
DEMAND_GEN_VIDEOS = {**DEMAND_GEN, "long_headlines": TextLimit(1, 5, 90, "double_width")}
DEMAND_GEN_CARDS = {
    "headlines": TextLimit(1, 1, 30, "double_width"),
    "texts": TextLimit(1, 1, 90, "double_width"),
}
FORMATS = {
    "search": SEARCH,
    "display": DISPLAY,
    "performance_max": PERFORMANCE_MAX,
    "demand_gen": DEMAND_GEN,
    "demand_gen videos": DEMAND_GEN_VIDEOS,
    "demand_gen cards": DEMAND_GEN_CARDS,
    "shopping": {},
    # …/docs/performance-max/retail: without any, Google makes them of the products.
    "performance_max products": {name: replace(limit, minimum=0) for name, limit in PERFORMANCE_MAX.items()},
    "app": APP,
}
PATH = TextLimit(0, 2, 15, "double_width")
ENABLED_ADS = 3  # enabled responsive search ads in one ad group: support.google.com/google-ads/answer/7684791
# AgeRangeTypeEnum; 65 and None both stand for "65 and up".
AGE_STARTS = frozenset({18, 25, 35, 45, 55, 65})
AGE_ENDS = frozenset({24, 34, 44, 54, 64, 65})

# A custom conversion goal: its actions are what every campaign that names it bids for. One that none names
# any more is left.
CONVERSION_GOAL = KindSupport(
    "conversion_goal",
    mark="name",
    status=None,
    delivers=False,
    words={"optimize_for": frozenset({"actions"})},
    learning=frozenset({"actions"}),
    archivable=False,
    only_name=True,  # CustomConversionGoalError.CUSTOM_GOAL_DUPLICATE_NAME
)

# UserList, "user_list": which lists there are; LookalikeUserListInfo is of Demand Gen alone.
AUDIENCE_LACKS = {
    "lookalike": (
        "Google has lookalike segments for Demand Gen alone, and they are not built yet",
        "Use an audience of type website there",
    ),
    "engagement": (
        "Google has no list of people who dealt with a page, an account or a form of Meta's",
        "Use an audience of type website there",
    ),
}

SUPPORTS = Supports(
    platform="google",
    title="Google Ads",
    kinds={
        each.kind: each
        for each in (
            AUDIENCE,
            CAMPAIGN,
            AD_GROUP,
            AD,
            KEYWORD,
            NEGATIVE_KEYWORD,
            CAMPAIGN_NEGATIVE,
            ASSET,
            CAMPAIGN_ASSET,
            ASSET_GROUP,
            ASSET_GROUP_ASSET,
            SEARCH_THEME,
            TARGET_AUDIENCE,
            AUDIENCE_SIGNAL,
            PORTFOLIO,
            CONVERSION_GOAL,
            NEGATIVE_LIST,
            LIST_KEYWORD,
            LIST_USE,
            AD_GROUP_ASSET,
        )
    },
    default_units=1_000_000,
    worst_day=2.0,  # support.google.com/google-ads/answer/1704443: up to twice the average daily budget
    texts=FORMATS,
    channel_parts={"demand_gen": frozenset({"cards"})},
    age_bounds=(AGE_STARTS, AGE_ENDS),
    goals=GOALS,
    campaign_settings=frozenset(
        {"locations", "languages", "start", "end", "optimize_for", "bid", "conversion"}
    ),
    audience_days={"website": 540, "customer_list": 0},  # 540 days at most: docstring of UserList
    audience_lacks=AUDIENCE_LACKS,
    # …/docs/best-practices/quotas: operations a day by level of access, of test accounts, and in one request.
    access={"explorer": 2_880, "basic": 15_000, "standard": None, "test": 15_000},
    test_access="test",
    batches=Batches(10_000, of_operations=True),
)
