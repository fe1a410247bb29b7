"""The brand's voice: words no creative may contain, sentences some must, and who writes what is tracked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from engine.plan import Refusal
from engine.resource import Resource, Value
from engine.rules import Locate
from schemas.brand import GuardRails
from schemas.campaign import Ad, AdSet, Campaign
from schemas.creative import Creative
from schemas.errors import Problem
from schemas.types import PLATFORMS

# Written in capitals, in lower case, or with a keyboard that has no dotless ı: it is the same word.
SAME_LETTER = str.maketrans({"İ": "i", "I": "i", "ı": "i"})
# Keys of the platforms' own blocks under which people write words that are shown.
SHOWN = frozenset({
    "headlines", "texts", "descriptions", "text", "lines", "callouts", "header", "values", "description",
    "item", "long_headlines", "long_headline", "business_name",
})  # fmt: skip
WRITTEN = frozenset({"ad", "creative"})  # the kinds in which people read words


def check(campaigns: Sequence[Campaign], rails: GuardRails, where: Locate) -> list[Problem]:
    """Every forbidden word and every missing disclaimer, at the author's line."""
    problems: list[Problem] = []
    for campaign in campaigns:
        top = ("campaign", campaign.campaign)
        problems += _in_blocks(campaign, rails, where, top)
        for index, ad_set in enumerate(campaign.ad_sets):
            problems += _in_blocks(ad_set, rails, where, (*top, "ad_sets", index))
            for number, ad in enumerate(ad_set.ads):
                path = (*top, "ad_sets", index, "ads", number, "creative")
                problems += _in_blocks(ad, rails, where, path[:-1])
                problems += _forbidden(ad.creative, rails, where, path)
                problems += _missing(ad.creative, rails, where, path)
    if rails.utm_in_urls == "refuse":
        problems += _tracked(campaigns, where)
    return problems


def warnings(campaigns: Sequence[Campaign], rails: GuardRails, where: Locate) -> list[Problem]:
    """What the brand wants to be told of, and not to be stopped by."""
    return list(_tracked(campaigns, where)) if rails.utm_in_urls == "warn" else []


def _tracked(campaigns: Sequence[Campaign], where: Locate) -> Iterator[Problem]:
    """Urls with a `utm_` parameter of their own: the brand's pattern adds it a second time."""
    for campaign in campaigns:
        for index, ad_set in enumerate(campaign.ad_sets):
            for number, ad in enumerate(ad_set.ads):
                path = ("campaign", campaign.campaign, "ad_sets", index, "ads", number, "creative")
                for part, url in ad.creative.urls():
                    yield from _by_hand(url, where, (*path, *part))


def _by_hand(url: str, where: Locate, path: tuple[str | int, ...]) -> Iterator[Problem]:
    written = [name for name, _ in parse_qsl(urlsplit(url).query, True) if name.lower().startswith("utm_")]
    if written:
        yield Problem(
            "A tracking parameter written by hand",
            f"{', '.join(dict.fromkeys(written))} in {url}; `utm` adds its own",
            "Take it out of the url, or say `utm_in_urls: allow` under guard_rails.",
            where(*path),
        )


def folded(text: str) -> str:
    """A text in which upper and lower case, and i with and without its dot, are the same."""
    return text.translate(SAME_LETTER).casefold()


def _forbidden(
    creative: Creative, rails: GuardRails, where: Locate, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    for part, text in creative.words() if rails.forbidden_words else ():
        yield from _words(text, rails, where, (*path, *part))


def _in_blocks(
    level: Campaign | AdSet | Ad, rails: GuardRails, where: Locate, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    for platform in PLATFORMS if rails.forbidden_words else ():
        block = getattr(level, platform)
        for place, text in _written(block.model_dump(mode="json") if block else {}, (platform,)):
            yield from _words(text, rails, where, (*path, *place))


def _written(
    value: Any, path: tuple[str | int, ...], shown: bool = False
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The words for people anywhere in a block, with their paths."""
    if isinstance(value, str) and shown:
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _written(inner, (*path, key), key in SHOWN)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _written(inner, (*path, index), shown)


def _words(text: str, rails: GuardRails, where: Locate, path: tuple[str | int, ...]) -> Iterator[Problem]:
    for word in rails.forbidden_words:
        if _contains(text, word):
            yield Problem(
                "A word that the brand forbids",
                f"“{text}” contains “{word}”",
                "Say it differently, or take the word out of guard_rails.forbidden_words.",
                where(*path),
            )


def _missing(
    creative: Creative, rails: GuardRails, where: Locate, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    texts = [text for _, text in creative.words()] if rails.required_disclaimers else []
    for disclaimer in rails.required_disclaimers:
        called_for = not disclaimer.when or any(
            _contains(text, word) for text in texts for word in disclaimer.when
        )
        if called_for and not any(_contains(text, disclaimer.text) for text in texts):
            yield Problem(
                "A required disclaimer is missing",
                f"the brand asks for “{disclaimer.text}”",
                "Add it to the texts.",
                where(*path),
            )


def forbidden_then(resources: Sequence[Resource], rails: GuardRails) -> list[Refusal]:
    """Forbidden words in what an earlier plan declared: the brand's voice may have changed since.

    It has no author's lines any more, so all that is written in ads and creatives is looked through.
    """
    found = [
        (each.address, text, word)
        for each in resources
        if each.address.kind in WRITTEN
        for text in _texts({name: value for name, value in each.fields.items() if name != "name"})
        for word in rails.forbidden_words
        if _contains(text, word)
    ]
    return [
        Refusal(
            "voice", f"{at.platform} {at.kind} {at.key}: “{text}” contains “{word}”", "Plan from the YAML."
        )
        for at, text, word in dict.fromkeys(found)
    ]


def _texts(value: Value) -> Iterator[str]:
    match value:
        case str():
            if "://" not in value:
                yield value
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case Sequence():
            for item in value:
                yield from _texts(item)


def _contains(text: str, word: str) -> bool:
    """At the start of a word, whatever its ending: Turkish words are declined at their end."""
    return re.search(rf"(?<!\w){re.escape(folded(word))}", folded(text)) is not None
