"""A plan as a client reads it: by campaign, in their language, with each ad as people will see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from engine import brief_products
from engine.brief_words import BADGES, KINDS, RISKS, UNITS, Badge, label, value_word
from engine.change import Archive, Change, Create, Update
from engine.hazards import Hazard
from engine.plan import Plan, PlannedChange
from engine.resource import MARK, Address, Fields, Ref, Value
from engine.wording import Locale, day, language, money, place

Speak = Callable[[str, str, Fields], Fields]  # platform, kind and canonical fields → neutral fields
SHOWN_IN_ADS = frozenset({"creative", "image", "video"})
WORDS_OF = frozenset({"keyword", "negative_keyword", "campaign_negative_keyword"})  # told as one list
IN_CARDS = ("creative", "options.headlines", "options.descriptions", "ad_set")  # of an ad's fields
QUIET = frozenset({"name"})  # told in the heading
NAMED = {"languages": language, "locations": place, "products": brief_products.chosen}
# What a reader asks first; the rest follows as the platform has it.
FIRST = ("status", "objective", "budget", "start", "end", "optimize_for", "locations", "languages", "age")
NONE = "—"
NOTHING: tuple[Value, ...] = (None, (), [], {}, "")


@dataclass(frozen=True, slots=True)
class Card:
    """What people will see. `picture` is an address that a page can show, or ""."""

    headlines: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    button: str = ""
    url: str = ""
    picture: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is said of an object; `before` is "" where it is new."""

    label: str
    after: str
    before: str = ""


@dataclass(slots=True)
class Item:
    """One campaign, ad set, ad or audience of the plan, and what becomes of it."""

    badge: Badge
    badge_word: str
    kind: str
    name: str
    platform: str
    rows: list[Row] = field(default_factory=list)
    cards: tuple[Card, ...] = ()
    risks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """All that happens in one campaign, or to what several of them share ("")."""

    key: str
    title: str
    items: list[Item] = field(default_factory=list)


def brief(
    plan: Plan,
    speak: Speak,
    cards: Mapping[tuple[str, str], tuple[Card, ...]],
    titles: Mapping[str, str],
    locale: Locale,
) -> list[Group]:
    """The plan's changes by campaign, in its own order. Pure.

    `cards` are by platform and ad key, `titles` by campaign key. Creatives and files are told as the ads that
    show them; search words as one list for each object they hang under.
    """
    groups: dict[str, Group] = {}
    lists: dict[tuple[str, str, Badge], Item] = {}
    for planned in plan.changes:
        address = planned.change.address
        if address.kind in SHOWN_IN_ADS:
            continue
        key = address.key.partition("/")[0] if "/" in address.key or address.key in titles else ""
        group = groups.setdefault(key, Group(key, titles.get(key, key)))
        if address.kind in WORDS_OF:
            _add_word(planned, group, lists, locale)
        else:
            group.items.append(_item(planned, speak, cards, locale))
    return list(groups.values())


def _add_word(
    planned: PlannedChange, group: Group, lists: dict[tuple[str, str, Badge], Item], locale: Locale
) -> None:
    """A search word, with the others of its sort under the same object."""
    address, badge = planned.change.address, _badge(planned.change)
    above, _, word = address.key.rpartition("/")
    place = (above, address.kind, badge)
    if place not in lists:
        lists[place] = _bare(address, badge, above, locale)
        group.items.append(lists[place])
    rows = lists[place].rows
    told = [*(each.after for each in rows), word.partition(":")[2] or word]
    rows[:] = [Row("", ", ".join(told))]


def _bare(address: Address, badge: Badge, name: str, locale: Locale) -> Item:
    kind = KINDS[locale].get(address.kind, address.kind.replace("_", " "))
    return Item(badge, BADGES[locale][badge], kind, name, address.platform)


def _badge(change: Change) -> Badge:
    return "new" if isinstance(change, Create) else "ends" if isinstance(change, Archive) else "changed"


def _item(
    planned: PlannedChange,
    speak: Speak,
    cards: Mapping[tuple[str, str], tuple[Card, ...]],
    locale: Locale,
) -> Item:
    change = planned.change
    item = _bare(change.address, _badge(change), change.address.key.rpartition("/")[2], locale)
    item.rows = list(_rows(change, speak, locale))
    item.risks = list(dict.fromkeys(_risk(each, locale) for each in planned.hazards))
    if isinstance(change, Create) or (isinstance(change, Update) and _shows_otherwise(change)):
        item.cards = cards.get((change.address.platform, change.address.key), ())
    return item


def _shows_otherwise(update: Update) -> bool:
    """Whether people will see another ad than before."""
    return update.address.kind == "ad" and bool(update.after.keys() - {"status", "name", MARK})


def _rows(change: Change, speak: Speak, locale: Locale) -> Iterator[Row]:
    platform, kind = change.address.platform, change.address.kind
    match change:
        case Create(resource):
            said = speak(platform, kind, resource.fields)
            yield from (
                Row(label(name, locale), _told(name, value, locale))
                for name, value in sorted(said.items(), key=_place_of)
                if name not in QUIET and value not in NOTHING and not _in_card(kind, name)
            )
        case Update(context=resource, before=old, after=new):
            then = speak(platform, kind, {**resource.fields, **old})
            now = speak(platform, kind, {**resource.fields, **new})
            for name in dict.fromkeys([*then, *now]):
                was, will = then.get(name), now.get(name)
                if was != will and not _in_card(kind, name):
                    yield Row(label(name, locale), _told(name, will, locale), _told(name, was, locale))
            if MARK in new:
                yield Row(label(MARK, locale), str(new[MARK]), str(old[MARK] or NONE))


def _place_of(item: tuple[str, Value]) -> int:
    last = item[0].rpartition(".")[2]
    return FIRST.index(last) if last in FIRST else len(FIRST)


def _in_card(kind: str, name: str) -> bool:
    return kind == "ad" and name.startswith(IN_CARDS)


def _told(name: str, value: Value, locale: Locale) -> str:
    """A neutral value in words."""
    if value in NOTHING:
        return NONE
    match value:
        case bool():
            return UNITS[locale]["yes" if value else "no"]
        case Ref(address=address):
            return address.key
        case {"amount": amount, "currency": currency, **rest}:
            told = money(Decimal(str(amount)), str(currency), locale)
            return f"{told} {UNITS[locale].get(str(rest.get('period', '')), '')}".strip()
        case Mapping() if "split" in value and "rest" in value:
            return brief_products.tree(value, locale)
        case {"event": event, "within": within}:
            return f"{event} ({within})"
        case {"min": least, "max": most}:
            return f"{least}–{most}"
        case Mapping():
            parts = ((label(each, locale).lower(), _told(each, part, locale)) for each, part in value.items())
            return "; ".join(f"{each}: {part}" for each, part in parts)
        case str() if (
            name in ("start", "end") and value[4:5] == "-"
        ):  # a day; hours of a day stay as they are
            return f"{day(date.fromisoformat(value[:10]), locale)} {value[:4]}"
        case str():
            return NAMED.get(name.rpartition(".")[2], partial(value_word, name))(value, locale)
        case Sequence():
            return ", ".join(_told(name, each, locale) for each in value)
        case _:
            return str(value)


def _risk(hazard: Hazard, locale: Locale) -> str:
    words = RISKS[locale][hazard.kind]
    if hazard.kind == "spend" and hazard.per_day is not None:
        step = hazard.per_day
        sign = "+" if step.amount > 0 else "−"
        return words.format(amount=f"{sign}{money(abs(step.amount), step.currency, locale)}")
    return RISKS[locale]["longer"] if hazard.kind == "spend" else words
