"""Which products are shown to whom, in the words of a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.brief_words import Words
from engine.wording import Locale, money

GROUPS: Words = {
    "tr": {
        "show": "gösterilir", "exclude": "gösterilmez", "rest": "kalanlar", "all": "bütün ürünler",
        "bid": "tıklaması en çok {amount}", "brand": "marka", "item": "ürün", "condition": "durum",
        "channel": "satış yeri", "type": "ürün türü", "category": "kategori", "label": "etiket",
    },
    "en": {
        "show": "shown", "exclude": "not shown", "rest": "everything else", "all": "all products",
        "bid": "at most {amount} a click",
    },
}  # fmt: skip


def tree(split: Mapping[str, Any], locale: Locale) -> str:
    """`marka usta › ürün türü 1 vazo: gösterilir; marka kalanlar: gösterilmez`."""
    return "; ".join(f"{' › '.join(way)}: {said}" for way, said in _groups(split, (), locale))


def _groups(
    split: Mapping[str, Any], above: tuple[str, ...], locale: Locale
) -> Iterator[tuple[tuple[str, ...], str]]:
    name, rest = _property(str(split["split"]), locale), GROUPS[locale]["rest"]
    for value, group in [*split["of"].items(), (rest, split["rest"])]:
        way = (*above, f"{name} {value}")
        if isinstance(group, Mapping) and "split" in group:
            yield from _groups(group, way, locale)
        else:
            yield way, _said(group, locale)


def _property(split: str, locale: Locale) -> str:
    word, _, number = split.partition("_")
    return f"{GROUPS[locale].get(word, word)} {number}".strip()


def _said(group: Any, locale: Locale) -> str:
    if isinstance(group, Mapping):
        amount, _, currency = str(group["max_cpc"]).partition(" ")
        return GROUPS[locale]["bid"].format(amount=money(Decimal(amount), currency, locale))
    return GROUPS[locale][str(group)]


def chosen(name: str, locale: Locale) -> str:
    """`all`, or a set of a catalogue by its key."""
    return GROUPS[locale]["all"] if name == "all" else name
