"""Scalars as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.types import (
    CURRENCIES,
    DECIMALS,
    AgeRange,
    Day,
    Duration,
    Identifier,
    KeyPath,
    Money,
    Number,
    Percent,
    SecretReference,
    Slug,
    Url,
    slugify,
)


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Kadıköy", "kadikoy"),
        ("Beşiktaş", "besiktas"),
        ("İSTANBUL", "istanbul"),
        ("ISPARTA", "isparta"),
        ("Iğdır", "igdir"),
        ("ŞIRNAK", "sirnak"),
        ("Çağlayan Gülü", "caglayan-gulu"),
        ("Ümraniye'de 2 gün", "umraniyede-2-gun"),
        ("I\u0307zmir", "izmir"),  # a decomposed İ, as macOS writes file names
        ("  Yıl  Sonu!! ", "yil-sonu"),
        ("Straße", "strasse"),
        ("***", ""),
    ],
)
def test_a_slug_is_safe_for_turkish(written: str, slug: str) -> None:
    assert slugify(written) == slug


@given(st.text(max_size=60))
def test_a_slug_is_its_own_slug(text: str) -> None:
    slug = slugify(text)
    assert slugify(slug) == slug
    assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyz ", max_size=40))
def test_capitals_do_not_change_a_turkish_slug(text: str) -> None:
    capitals = text.replace("i", "İ").replace("ı", "I").upper()
    assert slugify(capitals) == slugify(text)


@given(st.integers(1, 10**9), st.sampled_from(sorted(CURRENCIES)))
def test_money_reads_back_what_it_writes(minor: int, currency: str) -> None:
    money = Money(Decimal(minor).scaleb(-DECIMALS.get(currency, 2)), currency)
    assert Money.parse(str(money)) == money


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("600 TRY", "600", "TRY"),
        ("600TRY", "600", "TRY"),
        ("12.50 EUR", "12.5", "EUR"),
        ("500 JPY", "500", "JPY"),
    ],
)
def test_money_is_a_number_and_a_currency(written: str, amount: str, currency: str) -> None:
    assert Money.parse(written) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "written",
    ["1.200 TRY", "1,200 TRY", "1 200 TRY", "1_200 TRY", "12.505 TRY", "600", "TRY", "600 TL", "5.5 JPY", 600,
     True, None, [], {}, "6e2 TRY", "NaN TRY", "٦٠٠ TRY", "1" * 30 + " TRY"],
)  # fmt: skip
def test_money_that_can_be_misread_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(written)


def test_equal_amounts_are_written_alike() -> None:
    assert str(Money.parse("600.00 TRY")) == str(Money.parse("600 TRY")) == "600 TRY"


def test_a_percentage_has_a_sign_and_gives_a_fraction() -> None:
    assert Percent.parse("12.5%").fraction == Decimal("0.125")
    assert Percent.parse("%20") == Percent.parse("20 %")  # the Turkish way of writing it
    with pytest.raises(ValidationError):
        TypeAdapter(Percent).validate_python("50")


def test_durations_are_hours_days_or_weeks() -> None:
    assert [Duration.parse(text).hours for text in ("36h", "14d", "2w")] == [36, 336, 336]
    assert str(Duration.parse("2w")) == "14d"
    assert Duration.parse("36h").days == Decimal("1.5")


def test_ages_may_have_no_upper_end() -> None:
    assert AgeRange.parse("18-44") == AgeRange(18, 44)
    assert AgeRange.parse("18+") == AgeRange.parse("18-65+") == AgeRange(18, None)
    assert [str(AgeRange(18, 44)), str(AgeRange(18, None))] == ["18-44", "18+"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Day, 20261201),
        (Day, "20261201"),
        (Day, "2026-02-30"),
        (Url, "ftp://lezzet.example"),
        (Url, "https://"),
        (Url, "https://lezzet.example:99999/"),
        (Url, "https://lezzet .example/"),
        (Slug, True),
        (Slug, "x" * 65),
        (KeyPath, "a/b/c/d"),
        (KeyPath, "a//b"),
        (Identifier, "act 1"),
        (Number, True),
        (Number, "on iki"),
        (SecretReference, "EAABsbCS"),
        (SecretReference, "env:"),
        (SecretReference, "env:A B"),
    ],
)
def test_what_only_looks_right_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_days_numbers_and_ids_take_their_plain_forms() -> None:
    assert TypeAdapter(Day).validate_python("2026-12-01") == date(2026, 12, 1)
    assert TypeAdapter(Number).validate_python(Decimal("41.25")) == Decimal("41.25")
    assert TypeAdapter(Identifier).validate_python(2000000000000001) == "2000000000000001"
    assert TypeAdapter(KeyPath).validate_python("Yıl Sonu/Eve Sipariş") == "yil-sonu/eve-siparis"
