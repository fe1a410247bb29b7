"""Lengths and shapes of what people write: names, keywords, ad texts, URLs."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from sandbox.google import customizers
from sandbox.google.context import Operation
from sandbox.google.errors import Step
from sandbox.google.messages import Message, enum_name

HEADLINES, DESCRIPTIONS = (3, 15), (2, 4)  # …/docs/responsive-search-ads/overview
HEADLINE_WIDTH, DESCRIPTION_WIDTH, PATH_WIDTH = 30, 90, 15  # support.google.com/google-ads/answer/7684791
KEYWORD_LENGTH, KEYWORD_WORDS = 80, 10  # support.google.com/google-ads/answer/6324 and CriterionError
KEYWORD_FORBIDDEN = set("!@%,*^()={};~`<>?\\|")  # CriterionError.KEYWORD_HAS_INVALID_CHARS
INSERTION = re.compile(r"\{(?:keyword|countdown|customizer)[^:}]*:([^}]*)\}", re.IGNORECASE)
CONTROL = re.compile(r"[\x00\r\n]")

# kind → field → (longest, "bytes" or "characters"); shortest is 1. Docstrings of the fields.
NAME_LENGTH: dict[str, tuple[int, str]] = {
    "campaign_budget": (255, "bytes"),
    "campaign": (256, "characters"),
    "ad_group": (255, "bytes"),
    "asset_group": (128, "characters"),
    "experiment": (1024, "characters"),
    "experiment_arm": (1024, "characters"),
    "label": (80, "characters"),
    "user_list": (255, "characters"),
    "custom_audience": (255, "characters"),  # choice
    "conversion_action": (100, "characters"),
    "bidding_strategy": (255, "bytes"),
    "shared_set": (255, "bytes"),
    "asset": (128, "characters"),
    "customizer_attribute": (40, "characters"),
}
INVALID_NAME = {
    "campaign": ("campaign_error", "INVALID_CAMPAIGN_NAME"),
    "ad_group": ("ad_group_error", "INVALID_ADGROUP_NAME"),
    "label": ("label_error", "INVALID_LABEL_NAME"),
    "user_list": ("user_list_error", "INVALID_NAME"),
}


def width(text: str) -> int:
    """Display width: wide characters (CJK) count twice; an insertion counts as its default text."""
    shown = INSERTION.sub(r"\1", text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)


def check_name(op: Operation) -> None:
    """Length and characters of a resource's name, wherever it has one."""
    limit = NAME_LENGTH.get(op.kind.name)
    if limit is None or not op.touches("name") or not op.new.name:
        return
    longest, unit = limit
    length = len(op.new.name.encode()) if unit == "bytes" else len(op.new.name)
    if length > longest:
        op.refuse("string_length_error", "TOO_LONG", "Too long.", "name", trigger=op.new.name)
    if CONTROL.search(op.new.name):
        family, code = INVALID_NAME.get(op.kind.name, ("string_format_error", "ILLEGAL_CHARS"))
        op.refuse(
            family, code, "The name contains characters that are not allowed.", "name", trigger=op.new.name
        )


def check_keyword(op: Operation, keyword: Message, negative: bool) -> None:
    """Text and match type of a KeywordInfo that is being created."""
    text, path = keyword.text, ("keyword", "text")
    if not text.strip():
        op.refuse("field_error", "REQUIRED", "The required field was not present.", *path)
        return
    if enum_name(keyword, "match_type") in ("UNSPECIFIED", "UNKNOWN"):
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "keyword", "match_type")
    if len(text) > KEYWORD_LENGTH:
        op.refuse(
            "criterion_error",
            "KEYWORD_TEXT_TOO_LONG",
            "Keyword text should be less than 80 chars.",
            *path,
            trigger=text,
        )
    if len(text.split()) > KEYWORD_WORDS:
        op.refuse(
            "criterion_error",
            "KEYWORD_HAS_TOO_MANY_WORDS",
            "Keyword text has too many words.",
            *path,
            trigger=text,
        )
    if KEYWORD_FORBIDDEN & set(text):
        op.refuse(
            "criterion_error",
            "KEYWORD_HAS_INVALID_CHARS",
            "Keyword text has invalid characters or symbols.",
            *path,
            trigger=text,
        )
    elif not negative and any(word.startswith("+") for word in text.split()):
        code = "BROAD_MATCH_MODIFIER_KEYWORD_NOT_ALLOWED"
        op.refuse(
            "criterion_error",
            code,
            "Broad match modifier keywords are no longer accepted.",
            *path,
            trigger=text,
        )


def check_responsive_search_ad(op: Operation, ad: Message, *above: Step) -> None:
    """Counts, widths, duplicates and paths of a responsive search ad; `above` is the way to the ad."""
    rsa, inside = ad.responsive_search_ad, (*above, "responsive_search_ad")
    check_texts(op, rsa.headlines, HEADLINES, HEADLINE_WIDTH, (*inside, "headlines"))
    check_texts(op, rsa.descriptions, DESCRIPTIONS, DESCRIPTION_WIDTH, (*inside, "descriptions"))
    for name in ("headlines", "descriptions"):
        for index, asset in enumerate(getattr(rsa, name)):
            customizers.check_text(op, asset.text, *inside, (name, index), "text")
    if rsa.path2 and not rsa.path1:
        op.refuse("ad_error", "CANNOT_SET_PATH2_WITHOUT_PATH1", "Path2 needs path1.", *inside, "path2")
    for name in ("path1", "path2"):
        if width(getattr(rsa, name)) > PATH_WIDTH:
            op.refuse(
                "string_length_error", "TOO_LONG", "Too long.", *inside, name, trigger=getattr(rsa, name)
            )


def check_texts(
    op: Operation, texts: Message, counts: tuple[int, int], longest: int, path: tuple[Step, ...]
) -> None:
    """How many texts, how wide, and none twice."""
    if len(texts) < counts[0]:
        op.refuse("collection_size_error", "TOO_FEW", "Too few.", *path)
    if len(texts) > counts[1]:
        op.refuse("collection_size_error", "TOO_MANY", "Too many.", *path)
    seen: set[str] = set()
    above, last = path[:-1], str(path[-1])
    for index, asset in enumerate(texts):
        place = (*above, (last, index), "text")
        if not asset.text.strip():
            op.refuse("field_error", "REQUIRED", "The required field was not present.", *place)
        elif width(asset.text) > longest:
            op.refuse("string_length_error", "TOO_LONG", "Too long.", *place, trigger=asset.text)
        elif asset.text in seen:
            op.refuse(
                "asset_error", "DUPLICATE_ASSET", "The asset is a duplicate.", *place, trigger=asset.text
            )
        seen.add(asset.text)


TAG = re.compile(r"\{(unescaped|escaped)?lpurl(\+[23])?\}")  # support.google.com/google-ads/answer/6305348
PARAMETERS, KEY = 8, re.compile(r"[A-Za-z0-9]{1,16}")  # support.google.com/google-ads/answer/6325879


def check_tracking(op: Operation) -> None:
    """Tracking template and custom parameters of a campaign or an ad group."""
    template, family = op.new.tracking_url_template, "url_field_error"
    if template and op.touches("tracking_url_template"):
        path = "tracking_url_template"
        if not TAG.search(template):
            code = "MISSING_TRACKING_URL_TEMPLATE_TAG"
            op.refuse(family, code, "The template has no landing page tag.", path, trigger=template)
        elif not (template.startswith(("http://", "https://")) or TAG.match(template)):
            code = "MISSING_PROTOCOL_IN_TRACKING_URL_TEMPLATE"
            op.refuse(family, code, "The template misses its protocol.", path, trigger=template)
    if not op.touches("url_custom_parameters"):
        return
    if len(op.new.url_custom_parameters) > PARAMETERS:
        code = "URL_CUSTOM_PARAMETERS_COUNT_EXCEEDS_LIMIT"
        op.refuse(family, code, f"At most {PARAMETERS} parameters.", "url_custom_parameters")
    for index, each in enumerate(op.new.url_custom_parameters):
        if not KEY.fullmatch(each.key):
            code, place = "INVALID_CHARACTERS_IN_URL_CUSTOM_PARAMETER_KEY", ("url_custom_parameters", index)
            op.refuse(family, code, "The key is not valid.", place, "key", trigger=each.key)


def check_urls(op: Operation, owner: Message, *above: Step) -> None:
    """Each final URL is absolute http(s) with a host."""
    for index, url in enumerate(owner.final_urls):
        place, parts = (*above, ("final_urls", index)), urlsplit(url)
        if not parts.scheme:
            op.refuse(
                "url_field_error",
                "MISSING_PROTOCOL_IN_FINAL_URL",
                "A final URL misses its protocol.",
                *place,
                trigger=url,
            )
        elif parts.scheme not in ("http", "https"):
            op.refuse(
                "url_field_error",
                "INVALID_PROTOCOL_IN_FINAL_URL",
                "A final URL has an invalid protocol.",
                *place,
                trigger=url,
            )
        elif not parts.hostname:
            op.refuse(
                "url_field_error",
                "MISSING_HOST_IN_FINAL_URL",
                "A final URL misses its host.",
                *place,
                trigger=url,
            )
        elif " " in url:
            op.refuse(
                "url_field_error", "MALFORMED_FINAL_URL", "A final URL is malformed.", *place, trigger=url
            )
