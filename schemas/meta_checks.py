"""What Meta refuses and one campaign's file can tell: which content goes together in an ad."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from schemas.audience import Targeting
from schemas.brand import Brand
from schemas.campaign import Ad, AdSet, Campaign, skips
from schemas.creative import Creative
from schemas.errors import Problem
from schemas.meta_delivery_checks import ad_set_problems, least_problems
from schemas.product_checks import campaign_problems as product_problems
from schemas.strategy_checks import Found, Path

# Ad video reference, "supported formats": those that people have.
VIDEOS = (".mp4", ".mov", ".m4v", ".gif", ".avi", ".mkv", ".webm", ".wmv", ".mpeg", ".mpg")
# What a post or the cards of a carousel say themselves.
OF_THE_POST = (
    "headlines", "texts", "descriptions", "image", "video", "thumbnail", "cards", "call_to_action", "url",
    "display_path", "page",
)  # fmt: skip
OF_THE_CARDS = ("headlines", "descriptions", "image", "video", "thumbnail")


def campaign_problems(campaign: Campaign, brand: Brand | None, bad: Collection[Path] = ()) -> Found:
    """Paths in the campaign and what is wrong there; nothing follows from an objective that is a stand-in."""
    for path, ad_set, ad in ads(campaign):
        platforms = [p for p in campaign.platforms if not any(skips(x, p) for x in (campaign, ad_set, ad))]
        sells = platforms == ["google"] and campaign.google is not None and campaign.google.sells
        if not (sells and campaign.google and campaign.google.channel == "shopping"):
            yield from _content((*path, "creative"), ad.creative, tuple(platforms), sells)
        if "meta" in platforms:
            yield from _video((*path, "creative"), ad.creative)
            yield from _carousel((*path, "creative"), ad.creative)
    on_meta = {int(path[1]): ad_set for path, ad_set in shown_on_meta(campaign)}
    yield from product_problems(campaign, brand, on_meta)
    yield from least_problems(campaign, shown_on_meta(campaign))
    for path, ad_set in shown_on_meta(campaign):
        yield from _places((*path, "audience"), ad_set.audience or Targeting())
        yield from _detail((*path, "audience"), ad_set.audience or Targeting())
        if ("objective",) not in bad:
            yield from ad_set_problems(path, campaign, ad_set, brand.apps if brand else None)


def shown_on_meta(campaign: Campaign) -> Iterator[tuple[Path, AdSet]]:
    """Every ad set that Meta gets, with its path."""
    if "meta" in campaign.platforms and not skips(campaign, "meta"):
        for i, ad_set in enumerate(campaign.ad_sets):
            if not skips(ad_set, "meta"):
                yield ("ad_sets", i), ad_set


def ads(campaign: Campaign) -> Iterator[tuple[Path, AdSet, Ad]]:
    """Every ad with its path and its ad set."""
    for i, ad_set in enumerate(campaign.ad_sets):
        for j, ad in enumerate(ad_set.ads):
            yield ("ad_sets", i, "ads", j), ad_set, ad


def _content(path: Path, creative: Creative, platforms: tuple[str, ...], sells: bool) -> Found:
    """Headlines and an address, unless Meta alone shows it and a post or cards bring their own, or products
    of a Merchant Center do."""
    post = bool(creative.meta and creative.meta.post)
    alone = platforms == ("meta",)
    if alone and post:
        yield from _idle(path, creative, OF_THE_POST, "a post brings its own", "the post")
    elif alone and creative.cards:
        yield from _idle(path, creative, OF_THE_CARDS, "cards bring their own", "the cards")
    needed = [] if alone and post else ["headlines", "url"]
    if sells or (alone and creative.cards):
        needed = ["url"]
    for name in needed:
        if not getattr(creative, name):
            yield path, Problem("a key is missing", f"a creative needs `{name}`", f"add `{name}: …`")


def _idle(path: Path, creative: Creative, names: tuple[str, ...], why: str, owner: str) -> Found:
    for name in names:
        if getattr(creative, name):
            fix = f"leave `{name}` out, or say it in {owner}"
            yield (*path, name), Problem("nobody would see this", f"{why} `{name}`", fix)


def _video(path: Path, creative: Creative) -> Found:
    if creative.thumbnail and not creative.video:
        detail = "there is no `video` that it stands for"
        yield (*path, "thumbnail"), Problem("a thumbnail without a video", detail, "call it `image`")
    for part, sort, file in creative.files():
        if sort == "video" and PurePosixPath(file).suffix.lower() not in VIDEOS:
            fix = f"save it as one of {', '.join(VIDEOS[:2])}"
            yield (*path, *part), Problem("Meta takes no such video", f"found `{file}`", fix)
    if creative.video and creative.image:
        return
    if creative.video and not creative.thumbnail:
        fix = "add `thumbnail: assets/….png`"
        yield (*path, "video"), Problem("a video without a thumbnail", "Meta shows one until it plays", fix)
    if creative.video and not creative.call_to_action:
        fix = "add `call_to_action: learn_more`"
        detail = "on Meta only the button of a video leads to its `url`"
        yield (*path, "video"), Problem("a video without a button", detail, fix)


def _carousel(path: Path, creative: Creative) -> Found:
    if creative.cards and len(creative.texts) > 1:
        found, fix = f"found {len(creative.texts)}; a carousel on Meta has one", "keep one, or write two ads"
        yield (*path, "texts", 1), Problem("several texts above one carousel", found, fix)
    if creative.meta and not creative.cards:
        for name in ("card_order", "end_card"):
            if name in creative.meta.model_fields_set:
                fix = "leave it out, or add `cards`"
                yield (*path, "meta", name), Problem("a carousel's setting without cards", f"`{name}`", fix)


def _places(path: Path, audience: Targeting) -> Found:
    """A place inside another that is targeted too: the larger one alone is what would be reached."""
    if audience.meta is None:
        return
    whole = set(audience.locations)
    out = audience.meta.exclude_places
    for i, code in enumerate(out.locations if out else ()):
        if code in whole or code[:2] in {each for each in out.locations if each != code}:  # type: ignore[union-attr]
            at = (*path, "meta", "exclude_places", "locations", i)
            detail = f"`{code}` is targeted, or lies in what is left out already"
            yield at, Problem("a place that cannot be left out", detail, "take it out of one of them")
    for i, city in enumerate(audience.meta.cities):
        around = whole & {city.region, city.region[:2]}
        if around and not (city.radius_km and city.region[:2] not in whole):
            yield _covered((*path, "meta", "cities", i), city.city, around)
    for i, code in enumerate(audience.meta.postal_codes):
        if around := whole & {code[:2]}:
            yield _covered((*path, "meta", "postal_codes", i), code, around)


def _covered(path: Path, place: str, around: set[str]) -> tuple[Path, Problem]:
    larger = min(around)
    detail = f"`{place}` lies in {larger}, which `locations` has"
    return path, Problem("a place inside another one", detail, f"keep either it or {larger}")


def _detail(path: Path, audience: Targeting) -> Found:
    meta = audience.meta
    if meta is None or not meta.narrow:
        return
    if not (audience.interests or meta.behaviors or meta.demographics):
        detail = "there is nobody yet whom they narrow"
        fix = "say the first of them as `interests`, `behaviors` or `demographics`"
        yield (*path, "meta", "narrow"), Problem("narrowing without a beginning", detail, fix)
    for i, each in enumerate(meta.narrow):
        if not (each.interests or each.behaviors or each.demographics):
            yield (
                (*path, "meta", "narrow", i),
                Problem("an empty narrowing", "it says nothing", "leave it out"),
            )
