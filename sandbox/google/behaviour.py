"""What callers may set: Required, Immutable and Output only, as the package's own docstrings state them."""

from __future__ import annotations

import re
from functools import cache

from sandbox.google.kinds import Kind
from sandbox.google.messages import wrapper

REQUIRED, IMMUTABLE, OUTPUT_ONLY = "Required", "Immutable", "Output only"
_FIELD = re.compile(
    r"^        (\w+) \([^\n]*(?:\n            [^\n]*)*?\):\n((?:            [^\n]*\n|\n)*)", re.MULTILINE
)
_WORD = re.compile(rf"({REQUIRED}|{IMMUTABLE}|{OUTPUT_ONLY}|Input only|Optional)\.\s*")

# Where the docstring says one thing and Google's own examples do another.
CORRECTIONS: dict[tuple[str, str], frozenset[str]] = {
    # examples/assets/upload_image_asset.py creates an asset with image_asset.data.
    ("asset", "image_asset"): frozenset({IMMUTABLE}),
}
# Output only, and sent by Google's own examples all the same: not refused, and computed as always.
IGNORED: dict[str, frozenset[str]] = {
    "custom_audience": frozenset({"status"}),  # remarketing/add_custom_audience.py
    "campaign": frozenset({"bidding_strategy_type"}),  # advanced_operations/add_performance_max_campaign.py
}
# "This field is required and should not be empty when creating new …" in the docstrings' prose, and what the
# guides to creating campaigns, ad groups and links ask for. Order is the order of the errors.
REQUIRED_ON_CREATE: dict[str, tuple[str, ...]] = {
    "campaign": ("name", "advertising_channel_type", "campaign_budget", "contains_eu_political_advertising"),
    "ad_group": ("name", "campaign"),
    "ad_group_ad": ("ad_group", "ad"),
    "ad_group_criterion": ("ad_group",),
    "campaign_criterion": ("campaign",),
    "label": ("name",),
    "campaign_label": ("campaign", "label"),
    "ad_group_label": ("ad_group", "label"),
    "ad_group_ad_label": ("ad_group_ad", "label"),
    "ad_group_criterion_label": ("ad_group_criterion", "label"),
    "campaign_asset": ("campaign", "asset", "field_type"),
    "asset_group": ("name", "campaign"),
    "asset_group_asset": ("asset_group", "asset", "field_type"),
    "asset_group_signal": ("asset_group",),
    "asset_group_listing_group_filter": ("asset_group", "type_", "listing_source"),
    "user_list": ("name",),
    "custom_audience": ("name",),
    "ad_parameter": ("ad_group_criterion", "parameter_index", "insertion_text"),
    "conversion_action": ("name", "type_"),
    "bidding_strategy": ("name",),
    "custom_conversion_goal": ("name", "conversion_actions"),
    "shared_set": ("name", "type_"),
    "shared_criterion": ("shared_set",),
    "campaign_shared_set": ("campaign", "shared_set"),
}


@cache
def behaviours(kind: Kind) -> dict[str, frozenset[str]]:
    """Python's field name → what its docstring begins with."""
    doc = wrapper(f"resources.types.{kind.name}", kind.message).__doc__ or ""
    found = {name: _words(text) for name, text in _FIELD.findall(doc)}
    for (owner, name), words in CORRECTIONS.items():
        if owner == kind.name:
            found[name] = words
    return found


def _words(text: str) -> frozenset[str]:
    words, text = set(), " ".join(text.split())
    while match := _WORD.match(text):
        words.add(match[1])
        text = text[match.end() :]
    return frozenset(words)


@cache
def _with(kind: Kind, word: str) -> tuple[str, ...]:
    return tuple(name for name, words in behaviours(kind).items() if word in words)


@cache
def required_fields(kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*REQUIRED_ON_CREATE.get(kind.name, ()), *_with(kind, REQUIRED))))


@cache
def immutable_fields(kind: Kind) -> frozenset[str]:
    return frozenset(_with(kind, IMMUTABLE)) - {"resource_name"}


@cache
def output_only_fields(kind: Kind) -> frozenset[str]:
    return frozenset(_with(kind, OUTPUT_ONLY)) - IGNORED.get(kind.name, frozenset())
