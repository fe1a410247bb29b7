"""What only Google has: the `google` blocks of a campaign, an ad set and an ad."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from schemas.google_assets import Assets, between
from schemas.google_goals import ConversionGoals
from schemas.google_products import Products, Shopping
from schemas.google_targeting import Bidding, Devices, Keyword, Keywords, Places, Schedule
from schemas.types import File, Flag, Model, Slug, Spend, Text, complaint, shown, unique

PARAMETERS = 8  # support.google.com/google-ads/answer/6325879


def _template(text: str) -> str:
    if "{{" in text:
        raise complaint(
            "a tracking template with Meta's words",
            shown(text),
            "use Google's: {{lpurl}}, {{keyword}}, {{_name}}",
        )
    if not re.search(r"\{(unescaped|escaped)?lpurl", text):
        raise complaint(
            "a tracking template that leads nowhere", shown(text), "let it contain {{lpurl}}, the page itself"
        )
    if not text.startswith(("http://", "https://", "{lpurl", "{unescapedlpurl")):
        raise complaint(
            "a tracking template that is no address", shown(text), "begin with https:// or {{lpurl}}"
        )
    return text


def _parameters(given: Mapping[str, str]) -> Mapping[str, str]:
    if len(given) > PARAMETERS:
        fix = f"write at most {PARAMETERS}"
        raise complaint("too many custom parameters", f"found {len(given)}", fix)
    for key, value in given.items():
        if not re.fullmatch(r"[A-Za-z0-9]{1,16}", key) or not 0 < len(value) <= 200:
            fix = "letters and digits, at most 16 in the name and 200 characters in the value"
            raise complaint("a custom parameter that Google refuses", f"`{key}`: {shown(value)}", fix)
    return given


def _video(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{11}", text):
        fix = "write the 11 characters behind `watch?v=` or `youtu.be/`: dQw4w9WgXcQ"
        raise complaint("not the id of a video on YouTube", f"found {shown(text)}", fix)
    return text


Film = Annotated[Text, AfterValidator(_video)]


class Urls(Model):
    """How a click gets to its page; what the page is told stands under the brand's `utm`."""

    tracking_template: Annotated[Text, AfterValidator(_template)] | None = None
    """An address that the click is led through: `https://track.example/?u={{lpurl}}`, braces doubled."""
    parameters: Annotated[Mapping[Text, Text], AfterValidator(_parameters)] = Field(default_factory=dict)
    """Values for Google's `{_name}` in templates and addresses, at most 8."""


class Network(Model):
    """Where search ads may appear beside Google Search itself."""

    search_partners: Flag = False
    """Search partners too."""
    display: Flag = False
    """The display network too."""


# Why a channel cannot be declared, and what to do instead.
ELSEWHERE = {
    # developers.google.com/google-ads/api/docs/video/overview
    "video": (
        "the Google Ads API only reports on video campaigns, it neither creates nor changes them",
        "use `channel: demand_gen` with `videos`, which shows on YouTube",
    ),
}


def _channel(value: Any) -> Any:
    if isinstance(value, str) and value in ELSEWHERE:
        why, fix = ELSEWHERE[value]
        raise complaint("a channel that cannot be declared", f"`{value}`: {why}", fix)
    return value


class GoogleCampaign(Model):
    """What only a Google campaign has."""

    channel: Annotated[
        Literal["search", "display", "demand_gen", "performance_max", "shopping", "app"],
        BeforeValidator(_channel),
    ] = "search"
    """The kind of campaign."""
    focus: Literal["installs", "engagement", "pre_registration"] = "installs"
    """What an app campaign is after: new installs, people who have the app, or a start on Google Play."""
    automation: Annotated[
        tuple[Literal["texts", "pages", "images", "page_images", "videos"], ...],
        AfterValidator(unique("entry")),
    ] = ()
    """What Google may make by itself of a Performance Max or Demand Gen campaign; left out: nothing."""
    shopping: Shopping | None = None
    """What it sells from the account's Merchant Center, for Shopping and retail Performance Max."""
    skip: Flag = False
    """Leave this platform out here."""
    bidding: Bidding | None = None
    """How to bid; left out: as the goal suggests."""
    portfolio: Slug | None = None
    """A bidding strategy that the brand declares under `google.portfolios`, instead of `bidding`."""
    conversion_goals: ConversionGoals | None = None
    """What it bids for: `[purchase, contact/store]`, a goal of the brand's, or `account`: the account's."""
    network: Network | None = None
    """Left out: Google Search only."""
    urls: Urls | None = None
    """Tracking of all its ads."""
    negative: Keywords | None = None
    """Searches that must not show any of its ads."""
    negative_lists: Annotated[tuple[Slug, ...], AfterValidator(unique("list"))] = ()
    """Lists of such searches that the brand declares under `google`, by name."""
    locations: Places | None = None
    """What is added to the audience's locations."""
    schedule: Schedule = ()
    """The hours in which ads are shown; left out: always."""
    devices: Devices | None = None
    """Bids by device."""
    assets: Assets | None = None
    """What may be shown beside all its ads."""

    @property
    def sells(self) -> bool:
        """Whether it shows products of the Merchant Center."""
        return self.channel == "shopping" or (self.channel == "performance_max" and self.shopping is not None)


Surface = Literal[
    "youtube_in_stream", "youtube_in_feed", "youtube_shorts", "discover", "gmail", "display", "maps"
]


class GoogleAdSet(Model):
    """What only a Google ad group has."""

    skip: Flag = False
    """Leave this platform out here."""
    keywords: Keywords | None = None
    """What people search for."""
    negative: Keywords | None = None
    """Searches that must not show the ads."""
    max_cpc: Spend | None = None
    """The most a click may cost, under manual_cpc."""
    urls: Urls | None = None
    """Tracking of its ads, instead of the campaign's."""
    observe: Annotated[tuple[Slug, ...], AfterValidator(unique("audience"))] = ()
    """Audiences of the brand that are watched and limit nothing; `audience.include` aims."""
    household_income: tuple[
        Literal["top_10", "top_20", "top_30", "top_40", "top_50", "lower_50", "unknown"], ...
    ] = ()
    """Only these households, by income from the top: `top_20` is 11 to 20 %; left out: all."""
    parental_status: tuple[Literal["parents", "not_parents", "unknown"], ...] = ()
    """Only these people; left out: all."""
    products: Products | None = None
    """Products of the Merchant Center: `all`, or split by brand, type, ...; for Shopping and retail."""
    search_themes: Annotated[
        tuple[Keyword, ...], AfterValidator(unique("theme")), between(1, 50, "themes")
    ] = ()
    """What such people search for: a hint for Performance Max, at most 50."""
    channels: Annotated[
        tuple[Surface, ...],
        AfterValidator(unique("channel")),
    ] = ()
    """Where Demand Gen shows the ads; left out: everywhere."""
    optimized_targeting: Flag = False
    """Let Demand Gen reach people beyond the audience where it expects more; left out: only the audience."""
    assets: Assets | None = None
    """What may be shown beside its ads; Google prefers these to the campaign's."""


class GoogleAd(Model):
    """What only a Google ad has."""

    skip: Flag = False
    """Leave this platform out here."""
    headlines: tuple[Text, ...] = ()
    """Instead of the creative's headlines."""
    descriptions: tuple[Text, ...] = ()
    """Instead of the creative's texts."""
    long_headlines: tuple[Text, ...] = ()
    """Headlines of up to 90 characters, for display, Performance Max and Demand Gen with videos."""
    business_name: Text | None = None
    """Who speaks, where Google shows pictures: at most 25 characters."""
    images: Annotated[tuple[File, ...], AfterValidator(unique("image"))] = ()
    """Images beside the creative's, where Google shows pictures: 1.91:1, 1:1, 4:5 or 9:16."""
    logos: Annotated[tuple[File, ...], AfterValidator(unique("logo"))] = ()
    """Logos, where Google shows pictures: 1:1, and but for Demand Gen 4:1."""
    videos: Annotated[tuple[Film, ...], AfterValidator(unique("video"))] = ()
    """Ids of videos on YouTube, for Performance Max and Demand Gen: 11 characters."""
