"""Customizers of ads: attributes of the account, their values at four levels, and how texts name them."""

from __future__ import annotations

import re

from sandbox.google.context import Operation
from sandbox.google.errors import Step, required
from sandbox.google.messages import enum_name
from sandbox.google.store import is_removed

MOST = 40  # enabled attributes of an account: …/docs/ads/customize-responsive-search-ads
# Type of a value → its form: …/docs/ads/customize-responsive-search-ads; a price has a currency at one end.
FORMS = {
    "TEXT": re.compile(r".+", re.DOTALL),
    "NUMBER": re.compile(r"-?\d[\d.,]*"),
    "PRICE": re.compile(r"[^\d\s]{0,3} ?-?\d[\d.,]* ?[^\d\s]{0,3}"),
    "PERCENT": re.compile(r"-?\d[\d.,]* ?%?"),
}
LEVELS = ("customer", "campaign", "ad_group", "ad_group_criterion")
KINDS = tuple(f"{level}_customizer" for level in LEVELS)
# How a text names an attribute, with what is shown where no level has a value.
TAG = re.compile(r"\{customizer\.(?P<name>[^:{}]+)(:[^{}]*)?\}", re.IGNORECASE)
BEGUN = re.compile(r"\{customizer\b", re.IGNORECASE)


def check_attribute(op: Operation) -> None:
    """Its type is said, and there is room for another one."""
    if not op.creating:
        return
    if enum_name(op.new, "type_") in ("UNSPECIFIED", "UNKNOWN"):
        op.add(required("type"))
    living = sum(not is_removed(e.message) for e in op.account.store.of("customizer_attribute").values())
    if living >= MOST:
        text = f"An account has at most {MOST} customizer attributes."
        op.refuse("resource_count_limit_exceeded_error", "ACCOUNT_LIMIT", text)


def check_value(op: Operation) -> None:
    """A value is of its attribute's type and form, a criterion's is a keyword's; the codes are choices."""
    attribute, value = op.parent("customizer_attribute"), op.new.value
    kind = enum_name(value, "type_")
    if attribute is None or kind != enum_name(attribute, "type_"):
        text = "The type is not the attribute's."
        op.refuse("field_error", "INVALID_VALUE", text, "value", "type", trigger=kind)
    elif not FORMS[kind].fullmatch(value.string_value):
        text = f"That is no {kind.lower()}."
        path = ("value", "string_value")
        op.refuse("string_format_error", "INVALID_FORMAT", text, *path, trigger=value.string_value)
    if op.kind.name == "ad_group_criterion_customizer":
        criterion = op.parent("ad_group_criterion")
        if criterion is not None and criterion.WhichOneof("criterion") != "keyword":
            text = "The criterion is no keyword."
            op.refuse("field_error", "INVALID_VALUE", text, "ad_group_criterion")


def check_text(op: Operation, text: str, *place: Step) -> None:
    """Customizers in an ad's text are whole, and of attributes that are there."""
    whole = list(TAG.finditer(text))
    if text.count("{") != text.count("}") and BEGUN.search(text):
        code, why = "UNPAIRED_BRACE_IN_AD_CUSTOMIZER_TAG", "A brace has no counterpart."
        op.refuse("ad_error", code, why, *place, trigger=text)
    elif len(whole) != len(BEGUN.findall(text)):
        why = "Customizers are written {CUSTOMIZER.name:default}."
        op.refuse("ad_error", "INVALID_AD_CUSTOMIZER_FORMAT", why, *place, trigger=text)
    for tag in whole:
        key = ("customizer_attribute", tag["name"].strip().casefold())
        if op.account.store.holder(key) is None:
            why = "There is no customizer attribute of that name."
            op.refuse("ad_error", "INVALID_CUSTOMIZER_ATTRIBUTE_NAME", why, *place, trigger=tag["name"])
