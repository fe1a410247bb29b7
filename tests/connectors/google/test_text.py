"""Keywords and place names, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.google.text import fold, lower


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("Eve  Yemek Siparişi", ("tr",), "eve yemek siparişi"),
        ("İSTANBUL", (), "istanbul"),
        ("IŞIK", (), "ışık"),
        ("ISPARTA gülü", ("tr",), "ısparta gülü"),
        ("IPHONE case", ("en",), "iphone case"),
    ],
)
def test_a_keyword_has_one_spelling(text: str, languages: tuple[str, ...], expected: str) -> None:
    assert lower(text, languages) == expected


@given(st.text(alphabet=st.characters(codec="utf-8")), st.sampled_from([(), ("tr",), ("en", "az")]))
def test_a_keyword_that_was_lowered_stays_as_it_is(text: str, languages: tuple[str, ...]) -> None:
    once = lower(text, languages)
    assert lower(once) == lower(once, languages)
    assert lower(lower(once)) == lower(once)


@pytest.mark.parametrize("text", ["İstanbul", "ISTANBUL", "istanbul", "Istanbul"])
def test_place_names_meet_whatever_their_dots(text: str) -> None:
    assert fold(text) == "istanbul"
