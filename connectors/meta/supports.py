"""What Meta can do, as data: kinds, money, goals, formats and limits, each with its source."""

from __future__ import annotations

from typing import Final, Literal

from connectors.meta.normal import LIMITS
from engine.supports import Batches, KindSupport, Score, StatusField, Supports, TextLimit
from schemas import meta_goals

STATUS = StatusField("status", "ACTIVE", "PAUSED")
BUDGETS: Final[dict[str, Literal["day", "lifetime"]]] = {"daily_budget": "day", "lifetime_budget": "lifetime"}

# Meta's own offset table (marketing-api/currencies), not ISO 4217: these have no minor unit, all others 100.
WHOLE_CURRENCIES = ("CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND")

# Lengths: asset feed specification for the maxima; Ads Guide (feed, image) for what shows before "See more".
# Counts: asset feed options (five of each).
FEED = {
    "texts": TextLimit(1, 5, 1024, recommended=125),
    "headlines": TextLimit(1, 5, 255, recommended=40),
    "descriptions": TextLimit(0, 5, 255, recommended=30),
}

# A carousel's primary text stands above all cards, whose own texts are the cards' (carousel ads guide); a
# boosted post is shown as it is.
CARDS = {"texts": TextLimit(0, 1, 1024, recommended=125)}

# What restarts learning: Meta help 316478108955072, "significant edits" (the size of a budget step is the
# engine's to judge). What goes back to review: help 204798856225114.
# The references of campaign and ad set name no value that takes these away; a category needs its countries.
NOT_UNSET = "Meta documents no way to take it away."
CAMPAIGN = KindSupport(
    "campaign",
    status=STATUS,
    immutable=frozenset({"objective", "buying_type"}),
    money=frozenset({"spend_cap"}),
    budgets=BUDGETS,
    learning=frozenset({"bid_strategy"}),
    words={"budget": frozenset(BUDGETS), "bid": frozenset({"bid_strategy"})},
    # Whether its ad sets must or must not say a bid, and whether they may choose ages.
    first=frozenset({"bid_strategy", "special_ad_categories", "special_ad_category_country"}),
    clearable=frozenset({"spend_cap"}),
    keeps={"special_ad_category_country": f"{NOT_UNSET} Without a category it means nothing."},
)
BIDDING = frozenset(
    {
        "bid_strategy",
        "bid_amount",
        "bid_constraints",
        "optimization_goal",
        "destination_type",
        "promoted_object",
        "attribution_spec",
    }
)
AD_SET = KindSupport(
    "ad_set",
    parent="campaign_id",
    parent_kind="campaign",
    status=STATUS,
    # promoted_object: …/marketing-api/reference/ad-promoted-object (its exceptions are for objectives that
    # are gone, or add an app or a catalogue). The goal with it: 100/3260011, "Can't Make Edits to Published
    # Ad Set".
    immutable=frozenset({"campaign_id", "optimization_goal", "promoted_object"}),
    money=frozenset({"bid_amount", *LIMITS}),
    targets={"bid_amount": "cost", "bid_constraints.roas_average_floor": "return"},
    budgets=BUDGETS,
    flight=("start_time", "end_time"),
    learning=frozenset({"targeting", "bid_strategy", "bid_amount", "bid_constraints"}),
    review=frozenset({"targeting", "billing_event"}),
    words={
        "budget": frozenset({*BUDGETS, *LIMITS}),
        "flight": frozenset({"start_time", "end_time", "adset_schedule"}),
        "bid": BIDDING & {"bid_strategy", "bid_amount", "bid_constraints"},
        "optimize_for": BIDDING - {"bid_strategy", "bid_amount", "bid_constraints"},
        "audience": frozenset({"targeting"}),
    },
    clearable=frozenset({"adset_schedule", *LIMITS}),
    keeps=dict.fromkeys(("dsa_beneficiary", "dsa_payor"), f"{NOT_UNSET} It is shown to people in the EU."),
    first=BIDDING,  # a bid fits its strategy and its goal, which may be the campaign's: all at once
)
AD = KindSupport(
    "ad",
    parent="adset_id",
    parent_kind="ad_set",
    status=STATUS,
    immutable=frozenset({"adset_id"}),
    learning=frozenset({"creative"}),
    review=frozenset({"creative"}),
    recreate=True,
)
CREATIVE = KindSupport(
    "creative",
    status=None,
    delivers=False,
    links={
        "object_story_spec.link_data.image_hash": "image",
        "object_story_spec.link_data.child_attachments.image_hash": "image",
        "object_story_spec.link_data.child_attachments.video_id": "video",
        "object_story_spec.video_data.video_id": "video",
        "object_story_spec.video_data.image_hash": "image",
        "asset_feed_spec.images.hash": "image",
        "asset_feed_spec.videos.video_id": "video",
        "asset_feed_spec.videos.thumbnail_hash": "image",
    },
    given=frozenset({"name"}),  # ours says which content it is, and nobody sees it
    immutable=frozenset(
        {
            "name",
            "object_story_spec",
            "object_story_id",
            "asset_feed_spec",
            "url_tags",
            "instagram_user_id",
            "product_set_id",
            "degrees_of_freedom_spec",
        }
    ),
    archivable=False,
)
IMAGE = KindSupport(
    "image",
    mark="content",
    status=None,
    delivers=False,
    immutable=frozenset({"name"}),
    given=frozenset({"name"}),
    archivable=False,
)
VIDEO = KindSupport(
    "video",
    mark="content",
    status=None,
    delivers=False,
    immutable=frozenset({"title"}),
    given=frozenset({"title"}),
    archivable=False,
)
# A rule, a name and a description can be changed; the pixel is part of the rule (custom audience reference,
# "Updating"). Deleting one breaks every ad set that uses it, whoever owns it: what nobody uses is left.
# Whom a lookalike resembles, where and how closely, is said when it is made; who collected a list of
# customers could be changed, but a list is no other sort of audience later.
AUDIENCE = KindSupport(
    "audience",
    mark="description",
    status=None,
    delivers=False,
    archivable=False,
    immutable=frozenset({"origin_audience_id", "lookalike_spec", "customer_file_source"}),
)

# Audience rules: retention_seconds of at most 180 days. Engagement Custom Audiences, "Max retention days".
AUDIENCE_DAYS = {
    "website": 180,
    "engagement/page": 730,
    "engagement/instagram": 730,
    "engagement/lead_form": 90,
    "lookalike": 0,
    "customer_list": 0,
}

SUPPORTS = Supports(
    platform="meta",
    title="Meta",
    kinds={each.kind: each for each in (CAMPAIGN, AUDIENCE, AD_SET, AD, CREATIVE, IMAGE, VIDEO)},
    default_units=100,
    currency_units=dict.fromkeys(WHOLE_CURRENCIES, 1),
    worst_day=1.75,  # of the highest budget set that day (help 190490051321426)
    texts={"feed": FEED, "cards": CARDS, "post": {}},
    age_bounds=None,
    goals={objective: meta_goals.goals(objective) for objective in meta_goals.TABLE},
    creative_parts=frozenset({"thumbnail", "cards"}),
    audience_options=frozenset(
        {"cities", "postal_codes", "exclude_places", "behaviors", "demographics", "narrow", "products"}
    ),
    audience_days=AUDIENCE_DAYS,
    # Marketing API, "Rate limiting": the ad account's score, 3 points a write, forgotten after 300 seconds;
    # "limited" access is `development_access` in the headers. "Batch requests": 50 at most.
    scores={"limited": Score(3, 60, 300), "full": Score(3, 9000, 300)},
    test_access="full",
    batches=Batches(50, single=frozenset({"image", "video"}), alone="ad_set"),
)
