"""One file of `campaigns/`: a campaign with its ad sets and ads, after expansion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from schemas.audience import Targeting
from schemas.creative import Creative
from schemas.google import GoogleAd, GoogleAdSet, GoogleCampaign
from schemas.meta import MetaAd, MetaAdSet, MetaCampaign
from schemas.types import (
    Day,
    Flag,
    Identifier,
    KeyPath,
    Model,
    Money,
    Number,
    Platform,
    Slug,
    Spend,
    Text,
    complaint,
    shown,
    unique,
)

Objective = Literal["awareness", "traffic", "engagement", "leads", "app_installs", "sales"]
Status = Literal["active", "paused"]
Goal = Literal[
    "purchases", "add_to_carts", "checkouts", "registrations", "leads", "quality_leads", "content_views",
    "value", "link_clicks", "landing_page_views", "impressions", "reach", "ad_recall", "video_views",
    "post_engagement", "event_responses", "page_likes", "conversations", "calls",
    "app_installs", "app_events", "profile_visits",
]  # fmt: skip
Period = Literal["daily", "lifetime"]
# What may be left as somebody else set it: in the language's words, or one field in the platform's own.
IGNORABLE = ("name", "status", "budget", "flight", "bid", "optimize_for", "audience", "creative")
PLATFORM_FIELDS = (
    "daily_budget", "lifetime_budget", "start", "end", "start_time", "end_time", "bid_strategy", "bid_amount",
    "bid_constraints", "optimization_goal", "promoted_object", "attribution_spec", "destination_type",
    "targeting", "spend_cap", "daily_budget_micros", "total_budget_micros", "start_date_time",
    "end_date_time", "bidding", "network_settings", "geo_target_type_setting", "locations", "languages",
    "age_ranges", "genders", "user_lists", "excluded_user_lists", "cpc_bid_micros", "headlines",
    "descriptions", "final_urls", "final_url_suffix", "path1", "path2", "excluded_locations", "around",
    "ad_schedule", "devices", "income_ranges", "parental_statuses", "observed_lists", "tracking_url_template",
    "url_custom_parameters", "contains_eu_political_advertising", "asset_automation_settings",
)  # fmt: skip


def _ignorable(name: str) -> str:
    """A word that would ignore nothing is an error: its author believes that something is left alone."""
    if name in IGNORABLE or name in PLATFORM_FIELDS:
        return name
    known = ", ".join(IGNORABLE)
    raise complaint("not a field that can be ignored", f"found {shown(name)}", f"write one of {known}")


Ignored = Annotated[Text, AfterValidator(_ignorable)]


class PerPlatform(Model):
    """An amount for each platform."""

    meta: Spend | None = None
    """For Meta, in its account's currency."""
    google: Spend | None = None
    """For Google Ads, in its account's currency."""


Amounts = Annotated[
    Annotated[Spend, Tag("one")] | Annotated[PerPlatform, Tag("each")],
    Discriminator(lambda value: "each" if isinstance(value, (Mapping, PerPlatform)) else "one"),
]


class Budget(Model):
    """What may be spent, a day or over the whole flight; it lives where it is written."""

    daily: Amounts | None = None
    """A day's average, in the account's currency."""
    lifetime: Amounts | None = None
    """For the whole flight, which then needs an end."""

    def for_platform(self, platform: Platform) -> tuple[Period, Money] | None:
        """The period and the amount (major units, the account's currency); None where there is none."""
        periods: tuple[Period, ...] = ("daily", "lifetime")
        for period in periods:
            amounts: Money | PerPlatform | None = getattr(self, period)
            money = getattr(amounts, platform) if isinstance(amounts, PerPlatform) else amounts
            if money is not None:
                return period, money
        return None


class Flight(Model):
    """Days of delivery: wall dates of each account, both included."""

    season: Slug | None = None
    """A season of the brand's calendar: its first and last day, where `start` and `end` are left out."""
    start: Day
    """The first day."""
    end: Day | None = None
    """The last day; left out: until somebody stops it."""


class Bid(Model):
    """How the platform may bid."""

    strategy: Literal["lowest_cost", "cost_cap", "bid_cap", "min_roas"] = "lowest_cost"
    """`lowest_cost` spends the budget; the caps may leave some unspent."""
    amount: Spend | None = None
    """The cap, for cost_cap and bid_cap."""
    roas: Annotated[Number, Field(gt=0)] | None = None
    """The least return on ad spend, for min_roas: 2.5 is 2.50 back for every 1.00."""


class Conversion(Model):
    """Which conversion counts, where the goal alone does not say it."""

    meta: Identifier | None = None
    """A custom conversion's id."""
    google: Identifier | None = None
    """A conversion action's id."""


class Ad(Model):
    """One ad: a creative in an ad set."""

    ad: Slug
    """The key, unique in its ad set."""
    name: Text | None = None
    """The name on the platforms; left out: the brand's naming pattern."""
    terms: Mapping[Slug, Slug] = Field(default_factory=dict)
    """Values of the client's own fields, for names here and below."""
    status: Status = "active"
    """`paused` builds it and leaves it off."""
    creative: Creative
    """What people see."""
    meta: MetaAd | None = None
    """What only Meta has."""
    google: GoogleAd | None = None
    """What only Google has."""
    protect: Flag = False
    """Refuse every plan that would change or archive it."""
    ignore_changes: tuple[Ignored, ...] = ()
    """Fields left as somebody else set them: `budget`, `status`, `audience`, ...; below it too."""
    replace: Literal["allow"] | None = None
    """`allow`: build it anew where a change is impossible in place; its history is lost."""
    moved: KeyPath | None = None
    """The key it had before, so that it is renamed and not built anew."""


class AdSet(Model):
    """People, money and a goal: a Meta ad set, a Google ad group."""

    ad_set: Slug
    """The key, unique in its campaign."""
    name: Text | None = None
    """The name on the platforms; left out: the brand's naming pattern."""
    terms: Mapping[Slug, Slug] = Field(default_factory=dict)
    """Values of the client's own fields, for names here and below."""
    status: Status = "active"
    """`paused` builds it and leaves it off."""
    budget: Budget | None = None
    """Its own budget, when the campaign has none."""
    flight: Flight | None = None
    """Left out: the campaign's."""
    optimize_for: Goal | None = None
    """What the platform should get most of; left out: the campaign's."""
    conversion: Conversion | None = None
    """Left out: the campaign's."""
    bid: Bid | None = None
    """How to bid; left out: lowest cost."""
    audience: Targeting | None = None
    """Merged over the campaign's: `include` and `exclude` add up, anything else replaces."""
    meta: MetaAdSet | None = None
    """What only Meta has."""
    google: GoogleAdSet | None = None
    """What only Google has."""
    ads: Annotated[tuple[Ad, ...], Field(min_length=1)]
    """At least one."""
    protect: Flag = False
    """Refuse every plan that would change or archive it."""
    ignore_changes: tuple[Ignored, ...] = ()
    """Fields left as somebody else set them: `budget`, `status`, `audience`, ...; below it too."""
    replace: Literal["allow"] | None = None
    """`allow`: build it anew where a change is impossible in place; learning and history are lost."""
    moved: KeyPath | None = None
    """The key it had before, so that it is renamed and not built anew."""


class Defaults(Model):
    """What the ad sets, ads and creatives of a campaign are where they do not say it themselves."""

    ad_set: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every ad set; not those that an ad set takes from its campaign."""
    ad: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every ad."""
    creative: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every creative, of shared ones too."""


class Campaign(Model):
    """A campaign on one or several platforms."""

    campaign: Slug
    """The key, unique in the brand."""
    name: Text | None = None
    """The name on the platforms; left out: the brand's naming pattern."""
    terms: Mapping[Slug, Slug] = Field(default_factory=dict)
    """Values of the client's own fields, for names here and below."""
    objective: Objective
    """What it is for."""
    app: Slug | None = None
    """The app of the brand that it is for, where ads lead to one."""
    goal: Slug | None = None
    """The goal of the brand that it works for."""
    platforms: Annotated[tuple[Platform, ...], Field(min_length=1), AfterValidator(unique("platform"))]
    """Where it runs."""
    flight: Flight
    """When it runs."""
    status: Status = "active"
    """`paused` builds it and leaves it off."""
    budget: Budget | None = None
    """One budget for all ad sets, which then have none."""
    bid: Bid | None = None
    """How to bid with the campaign's budget."""
    optimize_for: Goal | None = None
    """For ad sets that do not say it."""
    conversion: Conversion | None = None
    """For ad sets that do not say it."""
    audience: Targeting | None = None
    """For all ad sets, which may merge their own over it."""
    meta: MetaCampaign | None = None
    """What only Meta has."""
    google: GoogleCampaign | None = None
    """What only Google has."""
    defaults: Defaults | None = Field(default=None, exclude=True)
    """What its ad sets, ads and creatives are where they do not say it; the brand's `defaults` come last."""
    ad_sets: Annotated[tuple[AdSet, ...], Field(min_length=1)]
    """At least one."""
    protect: Flag = False
    """Refuse every plan that would change or archive it."""
    ignore_changes: tuple[Ignored, ...] = ()
    """Fields left as somebody else set them: `budget`, `status`, `audience`, ...; below it too."""
    replace: Literal["allow"] | None = None
    """`allow`: build it anew where a change is impossible in place; learning and history are lost."""
    moved: KeyPath | None = None
    """The key it had before, so that it is renamed and not built anew."""


def skips(level: Campaign | AdSet | Ad, platform: str) -> bool:
    """Whether a level's own platform block says `skip: true`."""
    block = getattr(level, platform, None)
    return block is not None and bool(block.skip)
