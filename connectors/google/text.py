"""Texts as this connector compares them: folded names of places, lower-cased keywords, rendered lengths."""

from __future__ import annotations

import unicodedata

# In these languages I and İ are two letters, of which Python's lower() makes i and two characters.
DOTTED = frozenset({"tr", "az"})


def fold(text: str) -> str:
    """For comparing names of places: İstanbul, Istanbul and ISTANBUL are one, as are Muğla and mugla."""
    plain = text.replace("ı", "i").replace("I", "i").replace("İ", "i").casefold()
    return "".join(each for each in unicodedata.normalize("NFD", plain) if not unicodedata.combining(each))


def lower(text: str, languages: tuple[str, ...] = ()) -> str:
    """A keyword in one spelling: single spaces, lower case (Google ignores case), I as ı where meant."""
    text = " ".join(text.split()).replace("İ", "i")
    if DOTTED & set(languages) or any(each in text for each in "ğĞşŞı"):
        text = text.replace("I", "ı")
    return unicodedata.normalize("NFC", text.lower())
