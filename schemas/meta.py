"""What only Meta has: the `meta` blocks of a campaign, an ad set and an ad."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from schemas.products import Feature, ProductSet
from schemas.types import Duration, Flag, Identifier, Model, Money, Spend, Text, Url, complaint, shape, shown


class MetaCampaign(Model):
    """What only a Meta campaign has."""

    skip: Flag = False
    """Leave this platform out here."""
    special_ad_categories: tuple[
        Literal["employment", "housing", "financial_products_services", "issues_elections_politics",
                "online_gambling_and_gaming"], ...
    ] = ()  # fmt: skip
    """Categories the law treats specially."""
    special_ad_category_countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    """Where they apply, by ISO 3166 code."""
    spend_cap: Spend | None = None
    """The most the campaign may ever spend."""
    products: ProductSet | None = None
    """What of a catalogue its ads show, as `catalogue/set`; for ad sets that do not say it."""


class Placements(Model):
    """Where on Meta; left out: wherever Meta finds best."""

    platforms: tuple[
        Literal["facebook", "instagram", "audience_network", "messenger", "threads", "whatsapp"], ...
    ] = ()
    """Which apps."""
    facebook: tuple[
        Literal[
            "feed", "right_hand_column", "marketplace", "video_feeds", "story", "search", "instream_video",
            "facebook_reels", "facebook_reels_overlay", "profile_feed", "notification", "biz_disco_feed",
        ], ...
    ] = ()  # fmt: skip
    """Positions on Facebook."""
    instagram: tuple[
        Literal[
            "stream", "story", "explore_home", "reels", "profile_feed", "ig_search", "profile_reels",
        ], ...
    ] = ()  # fmt: skip
    """Positions on Instagram."""
    messenger: tuple[Literal["messenger_home", "sponsored_messages"], ...] = ()
    """Positions in Messenger."""
    audience_network: tuple[Literal["classic", "rewarded_video", "instream_video"], ...] = ()
    """Positions in other people's apps."""
    threads: tuple[Literal["threads_stream"], ...] = ()
    """Positions on Threads."""
    whatsapp: tuple[Literal["status"], ...] = ()
    """Positions in WhatsApp."""


def _hour(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):00|24:00", value):
        return value
    raise complaint("not a full hour", f"found {shown(value)}", 'write it as "09:00", in quotes')


Hour = Annotated[str, BeforeValidator(_hour), shape("string", pattern="^([01][0-9]|2[0-4]):00$")]


class MetaHours(Model):
    """Hours of some days of the week, in the account's time zone."""

    days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1)]
    """The days."""
    start: Hour = "00:00"
    """From when: a full hour."""
    end: Hour = "24:00"
    """Until when."""


def _system(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"(android|ios)( \d+\.\d+\+)?", value):
        return value
    raise complaint(
        "not an operating system",
        f"found {shown(value)}",
        "write android, ios, or one from a version: ios 16.0+",
    )


System = Annotated[str, BeforeValidator(_system), shape("string", examples=["android", "ios 16.0+"])]


class Attribution(Model):
    """How long after a click or a view a conversion still counts."""

    click: Duration | None = None
    """After a click."""
    view: Duration | None = None
    """After a view."""


Destination = Literal[
    "website", "app", "messenger", "whatsapp", "instagram", "instagram_profile", "on_ad", "on_post",
    "on_video", "on_page", "phone",
]  # fmt: skip


class App(Model):
    """An app that ads are for."""

    id: Identifier
    """Its id at Meta."""
    store: Url
    """Its address in the App Store or on Google Play; ads go to telephones of that system."""


def _above(one: Money, other: Money) -> bool:
    return one.currency == other.currency and one.amount > other.amount


class SpendLimits(Model):
    """What an ad set gets of its campaign's budget, in the budget's own period."""

    least: Spend | None = None
    """What Meta tries to spend on it at least."""
    most: Spend | None = None
    """What it may spend at most."""

    @model_validator(mode="after")
    def _some_and_in_order(self) -> Self:
        if self.least is None and self.most is None:
            raise complaint(
                "spend limits that limit nothing", "neither `least` nor `most`", "write one of them"
            )
        if self.least and self.most and _above(self.least, self.most):
            raise complaint("a least above the most", f"{self.least} and {self.most}", "swap them")
        return self


class MetaAdSet(Model):
    """What only a Meta ad set has."""

    skip: Flag = False
    """Leave this platform out here."""
    destination: Destination | None = None
    """Where people are led; left out: as the goal has it."""
    app: App | None = None
    """The app that ads lead to."""
    products: ProductSet | None = None
    """What of a catalogue its ads show, as `catalogue/set`; left out: the campaign's."""
    advantage_audience: Flag = False
    """Let Meta look beyond the declared audience."""
    placements: Placements | None = None
    """Left out: all, chosen by Meta."""
    devices: tuple[Literal["mobile", "desktop", "connected_tv"], ...] = ()
    """Left out: all."""
    operating_systems: tuple[System, ...] = ()
    """Telephones of these alone: `android`, `ios`, `ios 16.0+`; left out: all, or those of the app."""
    schedule: tuple[MetaHours, ...] = ()
    """The hours in which ads are shown, which needs a lifetime budget; left out: always."""
    spend: SpendLimits | None = None
    """The least and the most that it gets of its campaign's budget; left out: as Meta finds best."""
    attribution: Attribution | None = None
    """Left out: Meta's default."""
    beneficiary: Annotated[Text, Field(max_length=512)] | None = None
    """Who benefits (EU Digital Services Act)."""
    payor: Annotated[Text, Field(max_length=512)] | None = None
    """Who pays (EU Digital Services Act)."""


def _post(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9]+_[0-9]+", value):
        return value
    fix = "write the page's id and the post's, in quotes: \"2000000000000001_1001\""
    raise complaint("not a post of a page", f"found {shown(value)}", fix)


Post = Annotated[
    str,
    BeforeValidator(_post),
    shape("string", pattern="^[0-9]+_[0-9]+$", examples=["2000000000000001_1001"]),
]


def _phone(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"\+[1-9][0-9]{7,14}", value):
        return value
    fix = 'write it with its country, without spaces and in quotes: "+902121234567"'
    raise complaint("not a telephone number", f"found {shown(value)}", fix)


Phone = Annotated[
    str, BeforeValidator(_phone), shape("string", pattern="^[+][1-9][0-9]{7,14}$", examples=["+902121234567"])
]


class MetaCreative(Model):
    """Content that only Meta can show."""

    post: Post | None = None
    """A post of the page to boost, as `page_post`: it brings its own texts, picture and address."""
    form: Identifier | None = None
    """The lead form that opens on the ad, where the ad set leads to `on_ad`."""
    phone: Phone | None = None
    """The number that is called, where the ad set leads to `phone`: `+902121234567`."""
    card_order: Literal["fixed", "best_first"] = "fixed"
    """Whether Meta may show the carousel's cards in another order."""
    end_card: Flag = False
    """End the carousel with a card of the page."""
    product_format: Literal["carousel", "single"] = "carousel"
    """How an ad of a catalogue shows its products: several as cards, or one."""
    product_features: tuple[Feature, ...] = ()
    """What Meta may change of an ad of a catalogue; left out: nothing."""


class MetaAd(Model):
    """What only a Meta ad has."""

    skip: Flag = False
    """Leave this platform out here."""
    instagram: Identifier | None = None
    """The Instagram account that speaks."""
