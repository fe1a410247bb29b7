"""What one Google block alone cannot know: names of the brand, and settings that exclude each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schemas import google_app, google_goals
from schemas.campaign import Campaign
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.google import GoogleCampaign
from schemas.google_product_checks import product_problems

Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, Problem]]


# What a channel has no place for: (level, key) → channels. Levels: the campaign's and the ad set's `google`
# block, the ad set's audience, the ad's `google` block. …/docs/performance-max, …/docs/campaigns/overview.
AIMED = ("keywords", "negative", "max_cpc", "observe", "household_income", "parental_status", "assets")
NO_PLACE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("campaign", "automation"): ("search", "display", "shopping"),
    ("campaign", "shopping"): ("search", "display", "demand_gen"),
    ("campaign", "network"): ("display", "performance_max", "demand_gen"),
    ("campaign", "assets"): ("display", "demand_gen", "shopping"),
    ("campaign", "portfolio"): ("performance_max", "demand_gen"),
    ("campaign", "negative"): ("demand_gen",),
    ("campaign", "negative_lists"): ("demand_gen",),
    ("campaign", "locations.around"): ("demand_gen",),  # ad groups take no circles
    ("ad_set", "urls"): ("performance_max",),
    ("ad_set", "search_themes"): ("search", "display", "demand_gen", "shopping"),
    ("ad_set", "channels"): ("search", "display", "performance_max", "shopping"),
    ("ad_set", "optimized_targeting"): ("search", "display", "performance_max", "shopping"),
    **{("ad_set", key): ("performance_max", "demand_gen") for key in AIMED},
    ("ad_set", "keywords"): ("display", "performance_max", "demand_gen", "shopping"),
    ("ad_set", "negative"): ("display", "performance_max", "demand_gen"),
    ("ad_set", "assets"): ("display", "performance_max", "demand_gen", "shopping"),
    **{("audience", key): ("performance_max",) for key in ("age", "genders", "exclude")},
    ("audience", "languages"): ("shopping",),
    **{("ad", key): ("search",) for key in ("long_headlines", "business_name", "images", "logos")},
    ("ad", "videos"): ("search", "display"),
}


def _misplaced(campaign: Campaign) -> Found:
    """Keys that the campaign's channel has no place for: they would be dropped in silence.

    An app campaign takes so few that they are listed instead: schemas.google_app.TAKEN.
    """
    channel = campaign.google.channel if campaign.google else "search"
    levels: list[tuple[str, Path, Any]] = [("campaign", ("google",), campaign.google)]
    for index, ad_set in enumerate(campaign.ad_sets):
        at: Path = ("ad_sets", index)
        levels += [
            ("ad_set", (*at, "google"), ad_set.google),
            ("audience", (*at, "audience"), ad_set.audience),
        ]
        levels += [("ad", (*at, "ads", number, "google"), ad.google) for number, ad in enumerate(ad_set.ads)]
    for level, path, block in levels:
        for (where, key), channels in NO_PLACE.items():
            if where == level and channel in channels and block is not None and _said(block, key):
                detail = f"`{key}` means nothing to `channel: {channel}`"
                fix = (
                    "leave it out, or use another channel"
                    if level != "audience"
                    else "leave it out for Google"
                )
                yield (
                    (*path, *key.split(".")),
                    Problem("a key that the channel has no place for", detail, fix),
                )


def _said(block: Any, key: str) -> Any:
    """What stands under a key, dots leading inwards; None where a block on the way is missing."""
    for name in key.split("."):
        block = getattr(block, name, None)
    return block


def _portfolio(block: GoogleCampaign, known: Mapping[str, Any]) -> Found:
    name, place = str(block.portfolio), ("google", "portfolio")
    if name not in known:
        fix = nearest(name, list(known), "declare it in kampanya.yaml under google.portfolios")
        yield place, Problem("an unknown bidding strategy", f"found `{name}`", fix)
    elif known[name].strategy == "manual_cpc":
        detail = f"`{name}` is manual_cpc, which Google does not share"
        yield place, Problem("a strategy that cannot be shared", detail, "use `bidding` on the campaign")
    if block.bidding:
        yield place, Problem("two biddings", f"`bidding` and `{name}`", "leave one")


def _automation(block: GoogleCampaign) -> Found:
    """enums.AssetAutomationTypeEnum: "Enabling final URL expansion also enables text asset automation"."""
    if "pages" in block.automation and block.channel == "demand_gen":
        detail = "Demand Gen leads people to the page that is declared"
        yield ("google", "automation"), Problem("`pages` on Demand Gen", detail, "leave `pages` out")
    elif "pages" in block.automation and "texts" not in block.automation:
        detail = "where Google chooses the page, it writes the texts from that page too"
        yield (
            ("google", "automation"),
            Problem("`pages` without `texts`", detail, "write `automation: [pages, texts]`, or neither"),
        )


# Keys of an ad on Demand Gen that mean nothing beside `videos` or cards, or without the former.
BESIDE_VIDEOS, ONLY_WITH_VIDEOS = ("images",), ("long_headlines",)
BESIDE_CARDS = ("videos", "images", "long_headlines")


def _films(campaign: Campaign) -> Found:
    """A Demand Gen ad is made of films or of pictures, and each has texts of its own."""
    for index, ad_set in enumerate(campaign.ad_sets):
        for number, ad in enumerate(ad_set.ads):
            films, cards = bool(ad.google and ad.google.videos), bool(ad.creative.cards)
            idle = BESIDE_CARDS if cards else BESIDE_VIDEOS if films else ONLY_WITH_VIDEOS
            beside = "beside `cards`" if cards else "beside `videos`" if films else "without `videos`"
            for key in (each for each in idle if _said(ad.google, each)):
                detail = f"`{key}` means nothing {beside} on Demand Gen"
                problem = Problem("a key that this ad has no place for", detail, "leave one of them out")
                yield ("ad_sets", index, "ads", number, "google", key), problem


def google_problems(campaign: Campaign, brand: Any, audiences: Collection[str]) -> Found:
    """Paths in the campaign and what is wrong there; `brand` is None where it could not be read."""
    if "google" in campaign.platforms and not (campaign.google and campaign.google.skip):
        yield from _misplaced(campaign)
        yield from google_app.problems(campaign, brand.apps if brand is not None else None)
        if campaign.google:
            yield from _automation(campaign.google)
            yield from product_problems(campaign, brand)
            own = None if brand is None else brand.google.conversion_goals if brand.google else {}
            yield from google_goals.problems(campaign, own)
            yield from _films(campaign) if campaign.google.channel == "demand_gen" else ()
    if campaign.google and brand is not None:
        known = brand.google.negative_lists if brand.google else {}
        for index, name in enumerate(campaign.google.negative_lists):
            if name not in known:
                fix = nearest(name, list(known), "declare it in kampanya.yaml under google.negative_lists")
                yield (
                    ("google", "negative_lists", index),
                    Problem("an unknown negative list", f"found `{name}`", fix),
                )
    if campaign.google and campaign.google.portfolio and brand is not None:
        yield from _portfolio(campaign.google, brand.google.portfolios if brand.google else {})
    for index, ad_set in enumerate(campaign.ad_sets):
        place = ("ad_sets", index, "google", "observe")
        for position, key in enumerate(ad_set.google.observe if ad_set.google else ()):
            if key not in audiences:
                fix = nearest(key, list(audiences), "declare it in audiences/")
                yield (*place, position), Problem("an unknown audience", f"found `{key}`", fix)
        if ad_set.google and ad_set.google.observe and ad_set.audience and ad_set.audience.include:
            aims = ", ".join(ad_set.audience.include)
            detail = f"`{ad_set.ad_set}` is aimed at {aims}; Google does one or the other"
            fix = "take these out of `include`, or leave `observe` out"
            yield place, Problem("audiences that are aimed at and observed", detail, fix)
