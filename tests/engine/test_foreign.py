"""Strangers that bear our mark are told of, many of a kind in one note."""

from __future__ import annotations

from engine.foreign import notes
from engine.resource import Observed


def stranger(number: int, kind: str = "keyword") -> Observed:
    return Observed("google", "1", kind, str(number), "abc", {}, f"exact: söz {number}")


def test_few_strangers_have_a_note_each() -> None:
    assert [each.subject for each in notes([stranger(1), stranger(2)])] == [
        "google keyword 1 “exact: söz 1”",
        "google keyword 2 “exact: söz 2”",
    ]


def test_many_of_a_kind_are_one_note_that_names_the_first_and_counts_the_rest() -> None:
    told = list(notes([*map(stranger, range(1, 41)), stranger(99, "ad_group")]))
    assert [each.subject for each in told] == [
        "google keyword: 40 of them",
        "google ad_group 99 “exact: söz 99”",
    ]
    assert "“exact: söz 3” and 37 more" in told[0].text


def test_a_kind_of_two_platforms_is_not_one_kind() -> None:
    other = Observed("meta", "2", "keyword", "7", "abc", {}, "x")
    assert len(list(notes([*map(stranger, range(3)), other]))) == 4
