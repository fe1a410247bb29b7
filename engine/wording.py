"""Numbers, money and dates as a Turkish or an English reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from babel import Locale as Names
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

Locale = Literal["tr", "en"]

_PERCENT = {"tr": ("%#,##0", "%#,##0.0"), "en": ("#,##0%", "#,##0.0%")}
_DAY = {"tr": "d MMMM", "en": "d MMMM"}


def percent(share: float, locale: Locale) -> str:
    """A share as a percentage: whole percents, one decimal below two percent; the sign is dropped, words
    carry it."""
    size = abs(share)
    pattern = _PERCENT[locale][1 if 0 < size < 0.02 else 0]
    return format_percent(size, pattern, locale=locale)


def number(value: float | Decimal, locale: Locale) -> str:
    """A count, rounded to whole."""
    return format_decimal(round(value), locale=locale)


def money(amount: Decimal | float, currency: str, locale: Locale) -> str:
    """An amount in major units with its currency, or a plain number where no currency is known."""
    if not currency:
        return format_decimal(amount, "#,##0.00", locale=locale)
    return format_currency(amount, currency, locale=locale)


def day(when: date, locale: Locale) -> str:
    return format_date(when, _DAY[locale], locale=locale)


def language(code: str, locale: Locale) -> str:
    """A language by its name, or its code where it has none."""
    return str(_babel(locale).languages.get(code, code))


def place(code: str, locale: Locale) -> str:
    """A country by its name; what lies within one (ISO 3166-2) keeps its code: Babel has no names for it."""
    return str(_babel(locale).territories.get(code, code))


def _babel(locale: Locale) -> Names:
    return Names.parse(locale)
