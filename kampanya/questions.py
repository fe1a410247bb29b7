"""What `init` asks on a terminal, and its answers as values."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from schemas.brand import TimeZone
from schemas.errors import KampanyaError
from schemas.scaffold import Choices
from schemas.types import PLATFORMS, Currency, Money, Platform


def asked(question: str, given: str | None, otherwise: str) -> str:
    """The option; else what a person answers; else, away from a terminal, the default."""
    if given is not None:
        return given
    if sys.stdin.isatty():
        return str(click.prompt(question, default=otherwise))
    return otherwise


def choices(platforms: str, currency: str, time_zone: str, ceiling: str | None) -> Choices:
    """Raises KampanyaError for anything that a brand cannot say."""
    money = _checked(Currency, currency.strip(), "currency")
    daily = asked("The most that may be set to spend a day", ceiling, f"1000 {money}")
    amount = _checked(Money, daily if " " in daily.strip() else f"{daily.strip()} {money}", "ceiling")
    if amount.currency != money or amount.amount <= Decimal(0):
        raise KampanyaError("not a ceiling", f"found {amount}", f"write an amount above zero in {money}")
    zone = _checked(TimeZone, time_zone.strip(), "time zone")
    return Choices(_platforms(platforms), money, zone, amount)


def _platforms(text: str) -> tuple[Platform, ...]:
    named = [each.strip().lower() for each in text.split(",") if each.strip()]
    unknown = sorted(set(named) - set(PLATFORMS))
    if unknown or not named:
        known = ", ".join(PLATFORMS)
        raise KampanyaError("unknown platform", ", ".join(unknown) or "none is named", f"choose of: {known}")
    return tuple(each for each in PLATFORMS if each in named)


def _checked(kind: Any, value: str, what: str) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        detail, fix = str(context.get("detail", value)), str(context.get("fix", ""))
        raise KampanyaError(str(context.get("summary", f"not a {what}")), detail, fix) from None
    except PydanticCustomError as error:
        raise KampanyaError(f"not a {what}", str(error)) from None
