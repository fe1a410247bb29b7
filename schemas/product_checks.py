"""What Meta refuses of ads of a catalogue: their sets, people and texts, and the words that are filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from schemas.brand import Brand
from schemas.campaign import Ad, AdSet, Campaign
from schemas.creative import Creative
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.meta import MetaAdSet, MetaCampaign, MetaCreative
from schemas.products import ProductAudience
from schemas.strategy_checks import Found, Path

# Advantage+ catalog ads, "get started": sales and visits to a website.
OBJECTIVES = ("sales", "traffic")
LONGEST = 180  # days that an audience of the website looks back (audience rules)
WORD = re.compile(r"\{\{ *product\.(\w*)[^}]*\}\}")
# Fields of a catalogue's products that a text may stand for (catalog ads, "template tags"; catalog fields).
WORDS = frozenset(
    ("age_group", "availability", "brand", "category", "color", "condition", "current_price", "description",
     "gender", "material", "name", "pattern", "price", "product_type", "retailer_id", "sale_price",
     "short_description", "size", "url", *(f"custom_label_{number}" for number in range(5)))
)  # fmt: skip
ONE = ("headlines", "texts", "descriptions")
OWN = ("image", "video", "thumbnail", "cards")


def campaign_problems(campaign: Campaign, brand: Brand | None, on_meta: Mapping[int, AdSet]) -> Found:
    """Paths in the campaign and what is wrong there; `on_meta` are the ad sets that Meta gets, by place."""
    above = (campaign.meta or MetaCampaign()).products
    yield from _known(("meta", "products"), above, brand)
    for i, ad_set in enumerate(campaign.ad_sets):
        path: Path = ("ad_sets", i)
        own = (ad_set.meta or MetaAdSet()).products
        yield from _known((*path, "meta", "products"), own, brand)
        shown = (own or above) if i in on_meta else None
        yield from _ad_set(path, campaign, ad_set, shown, brand)
        for j, ad in enumerate(ad_set.ads):
            yield from _ad((*path, "ads", j, "creative"), campaign, ad_set, ad, shown)


def _known(path: Path, named: str | None, brand: Brand | None) -> Found:
    """Some environment has the set; whether the one at hand does is for its account to say."""
    if named is None or brand is None:
        return
    accounts = [stage.accounts.meta for stage in brand.environments.values() if stage.accounts.meta]
    sets = {
        f"{key}/{name}"
        for account in accounts
        for key, catalogue in account.catalogues.items()
        for name in catalogue.sets
    }
    if named not in sets:
        otherwise = "declare it under the Meta account: `catalogues: {magaza: {id: …, sets: {vazolar: …}}}`"
        yield path, Problem("unknown products", f"found `{named}`", nearest(named, sets, otherwise))


def _ad_set(path: Path, campaign: Campaign, ad_set: AdSet, shown: str | None, brand: Brand | None) -> Found:
    meta = ad_set.meta or MetaAdSet()
    at = (*path, "meta", "products") if meta.products else path
    if shown and campaign.objective not in OBJECTIVES:
        detail = f"{campaign.objective} is not among {', '.join(OBJECTIVES)}"
        yield at, Problem("an objective without catalogue ads", detail, "write `objective: sales`")
    if shown and meta.destination not in (None, "website"):
        detail = f"its ads lead to {meta.destination}"
        yield (
            (*path, "meta", "destination"),
            Problem(
                "products that nobody is led to",
                detail,
                "leave `destination` out: each leads to its own page",
            ),
        )
    special = ad_set.audience.meta if ad_set.audience else None
    if special and special.products:
        yield from _people((*path, "audience", "meta", "products"), special.products, shown, brand)


def _people(path: Path, people: ProductAudience, shown: str | None, brand: Brand | None) -> Found:
    yield from _known((*path, "of"), people.of, brand)
    if not shown:
        fix = "add `meta: {products: catalogue/set}` to the ad set, or use an audience of the website"
        yield path, Problem("people by products, without products to show", "none are named", fix)
    if not (people.include or people.exclude):
        fix = "add `include: [{event: ViewContent, within: 14d}]`"
        yield path, Problem("an empty audience", "it has neither `include` nor `exclude`", fix)
    for side in ("include", "exclude"):
        for i, rule in enumerate(getattr(people, side)):
            if rule.within.hours % 24 or not 1 <= rule.within.days <= LONGEST:
                fix = f"write whole days up to {LONGEST}d"
                yield (*path, side, i, "within"), Problem("not a time Meta knows", f"`{rule.within}`", fix)


def _ad(path: Path, campaign: Campaign, ad_set: AdSet, ad: Ad, shown: str | None) -> Found:
    creative, own = ad.creative, ad.creative.meta or MetaCreative()
    if not shown or (ad.meta and ad.meta.skip):
        for name in ("product_format", "product_features"):
            if name in own.model_fields_set:
                fix = "leave it out, or add `meta: {products: catalogue/set}` to the ad set"
                yield (
                    (*path, "meta", name),
                    Problem("a setting of products without products", f"`{name}`", fix),
                )
        yield from _filled_by_nobody(path, creative, "its ad set shows no products")
        return
    if "google" in campaign.platforms and not _skips_google(campaign, ad_set, ad):
        yield from _filled_by_nobody(path, creative, "Google Ads shows it as it is written")
    yield from _contents(path, creative, own)
    for part, word in _words(creative):
        if word not in WORDS:
            fix = nearest(word, WORDS, f"use one of {', '.join(sorted(WORDS))}")
            yield (*path, *part), Problem("a word that no product has", f"`product.{word}`", fix)


def _contents(path: Path, creative: Creative, own: MetaCreative) -> Found:
    """Products bring their pictures, and one text of each sort stands around them (template data)."""
    for name in OWN:
        if getattr(creative, name):
            fix = "leave it out: the products bring their own pictures"
            yield (*path, name), Problem("nobody would see this", f"`{name}` beside products", fix)
    for name in ("post", "form", "phone"):
        if getattr(own, name):
            fix = "leave it out, or give it an ad set without products"
            yield (*path, "meta", name), Problem("nobody would see this", f"`{name}` beside products", fix)
    for name in ONE:
        if len(found := getattr(creative, name)) > 1:
            detail = f"found {len(found)}; around products Meta takes one"
            yield (
                (*path, name, 1),
                Problem(f"several {name} around products", detail, "keep one, or write two ads"),
            )


def _skips_google(*levels: Campaign | AdSet | Ad) -> bool:
    return any(level.google is not None and level.google.skip for level in levels)


def _words(creative: Creative) -> Iterator[tuple[Path, str]]:
    return ((part, found[1]) for part, text in creative.words() for found in WORD.finditer(text))


def _filled_by_nobody(path: Path, creative: Creative, why: str) -> Found:
    for part, word in _words(creative):
        fix = "write the word itself, or show products: `meta: {products: catalogue/set}` on Meta alone"
        yield (*path, *part), Problem("a word that nobody fills in", f"`product.{word}`: {why}", fix)
