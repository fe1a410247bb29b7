"""Neutral fields as an author writes them: the inverse of engine.compile, one value at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.compile import PERIODS
from engine.resource import Value
from schemas.campaign import Ad, AdSet, Campaign
from schemas.types import AgeRange, Money

WORDS = {period: word for word, period in PERIODS.items()}  # day → daily
UNITED = ("audience.include", "audience.exclude")  # what an ad set adds to its campaign's


@dataclass(frozen=True, slots=True)
class Setting:
    """A value at its place below a campaign, an ad set or an ad: plain, as YAML holds it."""

    path: tuple[str, ...]
    value: Any


def settings(
    name: str, value: Value, platform: str, declared: Campaign | AdSet | Ad, campaign: Campaign
) -> Iterator[Setting]:
    """The ways to write a neutral field below `declared`, the one that touches least first.

    A budget that one amount gives to several platforms is taken apart; a flight keeps its other end; an ad
    set's audiences are those beyond its campaign's.
    """
    head, _, rest = name.partition(".")
    if head == "budget":
        yield from _budget(value, platform, declared, campaign)
    elif head in ("start", "end"):
        yield from _flight(head, value, declared, campaign)
    elif head == "conversion":
        yield Setting(("conversion", platform), value)
    elif head == "options":
        yield Setting((platform, *rest.split(".")), plain(value))
    elif name == "audience.age":
        yield Setting(("audience", "age"), age(value))
    elif name in UNITED and isinstance(declared, AdSet) and campaign.audience:
        inherited = getattr(campaign.audience, rest)
        yield Setting(("audience", rest), [each for each in plain(value) if each not in inherited])
    else:
        yield Setting(tuple(name.split(".")), plain(value))


def plain(value: Value) -> Any:
    """A neutral value as YAML holds it: lists for tuples."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def money(budget: Mapping[str, Any]) -> str:
    """`600 TRY`."""
    return str(Money(Decimal(str(budget["amount"])), str(budget["currency"])))


def age(value: Any) -> str | None:
    """`18-44`, `18+`; None for everybody."""
    return None if value is None else str(AgeRange(int(value["min"]), value["max"]))


def _budget(
    value: Any, platform: str, declared: Campaign | AdSet | Ad, campaign: Campaign
) -> Iterator[Setting]:
    word, amount = WORDS[value["period"]], money(value)
    now = getattr(getattr(declared, "budget", None), word, None)
    if now is None:
        yield Setting(("budget",), {word: amount})
    elif not isinstance(now, Money):
        yield Setting(("budget", word, platform), amount)
    else:
        yield Setting(("budget", word), amount)
        each_own = {each: amount if each == platform else str(now) for each in campaign.platforms}
        yield Setting(("budget", word), each_own)


def _flight(end: str, value: Value, declared: Campaign | AdSet | Ad, campaign: Campaign) -> Iterator[Setting]:
    own = getattr(declared, "flight", None)
    if own is not None:
        yield Setting(("flight", end), value)
        return
    days = {"start": campaign.flight.start.isoformat(), end: value}
    if end == "start" and campaign.flight.end is not None:
        days["end"] = campaign.flight.end.isoformat()
    yield Setting(("flight",), days)
