"""What names have to agree on: fields that exist, names that can be read back, the client's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from schemas.brand import Brand
from schemas.campaign import Ad, AdSet, Campaign, Goal, Objective
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.naming import Digits, Pattern, Words, doubt
from schemas.strategy_checks import Found, Path
from schemas.types import PLATFORMS

# What a pattern may name, by kind; engine.compile fills them in.
_CAMPAIGN = ("brand", "environment", "platform", "campaign", "objective", "year", "month")
_AD_SET = (*_CAMPAIGN, "ad_set", "optimize_for")
_AD = (*_AD_SET, "ad")
PATTERN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "campaign": _CAMPAIGN,
    "ad_set": _AD_SET,
    "ad": _AD,
    "audience": ("brand", "environment", "platform", "audience"),
    "experiment": ("brand", "environment", "platform", "experiment"),
    "utm": _AD,
}
# The kinds whose campaigns, ad sets and ads say terms.
_WITH_TERMS = ("campaign", "ad_set", "ad", "utm")
# Fields whose values are no keys; the goal may be left out.
_KINDS: dict[str, Words | Digits | None] = {
    "platform": Words(PLATFORMS),
    "objective": Words(get_args(Objective)),
    "optimize_for": Words(("", *get_args(Goal))),
    "year": Digits(4),
    "month": Digits(2),
}


def pattern(brand: Brand, text: str) -> Pattern:
    """A pattern of the brand with what it knows of its fields' values."""
    terms: dict[str, Words | Digits | None] = {
        name: Words(values) for name, values in brand.naming.terms.items()
    }
    return Pattern(text, {**terms, **_KINDS})


def patterns(brand: Brand) -> dict[str, Pattern]:
    """The patterns of campaigns, ad sets and ads, by level."""
    return {level: pattern(brand, getattr(brand.naming, level)) for level in ("campaign", "ad_set", "ad")}


def brand_problems(brand: Brand) -> Found:
    """Paths in kampanya.yaml and what is wrong there."""
    for name in brand.naming.terms:
        if name in _AD or name in ("audience", "experiment"):
            detail = f"`{name}` is a field already"
            yield ("naming", "terms", name), Problem("a term with the name of a field", detail, "rename it")
    for path, kind, text in _declared(brand):
        made = pattern(brand, text)
        terms = tuple(brand.naming.terms) if kind in _WITH_TERMS else ()
        known = (*PATTERN_FIELDS[kind], *terms)
        unknown = [each for each in made.fields if each not in known]
        if unknown:
            fix = "use " + ", ".join(f"{{{each}}}" for each in known)
            detail = f"`{unknown[0]}` is not known here"
            yield path, Problem("a pattern with an unknown field", detail, nearest(unknown[0], known, fix))
        elif kind != "utm" and (twice := doubt(made)) is not None:
            detail = f"`{twice}` could be read in two ways; keys have letters, digits and hyphens themselves"
            fix = 'put a sign between the fields that none of them has: "_" or " | "'
            yield path, Problem("a pattern whose names cannot be read back", detail, fix)


def _declared(brand: Brand) -> Iterator[tuple[Path, str, str]]:
    """(path, kind, text) of every pattern."""
    for kind in ("campaign", "ad_set", "ad", "audience", "experiment"):
        yield ("naming", kind), kind, getattr(brand.naming, kind)
    for part, text in brand.utm:
        if text is not None:
            yield ("utm", part), "utm", text


def campaign_problems(campaign: Campaign, brand: Brand | None) -> Found:
    """Terms that the brand's dictionary does not have, or that a name needs; names out of their pattern."""
    if brand is None or not (brand.naming.terms or brand.naming.strict or _says_terms(campaign)):
        return
    made = patterns(brand)
    tracking = [pattern(brand, text) for _, text in brand.utm if text is not None]
    yield from _level((), "campaign", campaign, campaign.terms, brand, [made["campaign"]])
    for i, ad_set in enumerate(campaign.ad_sets):
        given = {**campaign.terms, **ad_set.terms}
        yield from _level(("ad_sets", i), "ad_set", ad_set, given, brand, [made["ad_set"]])
        for j, ad in enumerate(ad_set.ads):
            here = ("ad_sets", i, "ads", j)
            yield from _level(here, "ad", ad, {**given, **ad.terms}, brand, [made["ad"], *tracking])


def _says_terms(campaign: Campaign) -> bool:
    own = (each.terms or any(ad.terms for ad in each.ads) for each in campaign.ad_sets)
    return bool(campaign.terms) or any(own)


def _level(
    path: Path,
    level: str,
    declared: Campaign | AdSet | Ad,
    given: Mapping[str, str],
    brand: Brand,
    used: list[Pattern],
) -> Found:
    terms = brand.naming.terms
    for name, value in declared.terms.items():
        if name not in terms:
            fix = nearest(name, terms, "write it and its values under naming.terms in kampanya.yaml")
            yield (*path, "terms", name), Problem("unknown term", f"found `{name}`", fix)
        elif value not in terms[name]:
            fix = nearest(value, terms[name], f"write one of {', '.join(terms[name])}")
            detail = f"`{value}` is not among the values of `{name}`"
            yield (*path, "terms", name), Problem("a value that the client's dictionary has not", detail, fix)
    own, *others = used
    needing = [*([] if declared.name else [own]), *others]
    for name in dict.fromkeys(each for one in needing for each in one.fields):
        if name in terms and name not in given:
            fix = f"add `terms: {{{name}: {terms[name][0]}}}` here or above"
            detail = f"the brand's patterns use {{{name}}}"
            yield path, Problem("a name without one of its terms", detail, fix)
    if brand.naming.strict and declared.name and own.parse(declared.name) is None:
        detail = f"“{declared.name}” is not made by {own.text}"
        yield (
            (*path, "name"),
            Problem("a name out of its pattern", detail, "leave it out, or follow the pattern"),
        )
