"""What stays on a platform once it left the declaration is told, as long as it is what Kampanya set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.meta.supports import SUPPORTS
from engine.leftovers import notes
from engine.resource import Address, Fields, Observed, Resource

AT = Address("meta", "ad_set", "yil-sonu/ev")
SET: Fields = {"name": "ev", "dsa_payor": "Ajans Ltd."}


def told(declared: Fields, ours: Fields, theirs: Fields, **seen: Any) -> list[str]:
    found = Observed("meta", "1", "ad_set", "9", "abc", theirs)
    wanted = Resource(AT, "1", "abc", declared)
    made = notes([wanted], {AT: replace(found, **seen)}, {AT: ours}, {"meta": SUPPORTS})
    return [f"{each.sort} {each.subject}: {each.text}" for each in made]


def test_what_kampanya_set_and_meta_cannot_unset_is_told_with_its_value_and_why() -> None:
    (note,) = told({"name": "ev"}, SET, SET)
    assert note.startswith("stays meta ad_set yil-sonu/ev: dsa_payor “Ajans Ltd.”")
    assert "no way to take it away" in note


@pytest.mark.parametrize(
    ("declared", "ours", "theirs"),
    [
        (SET, SET, SET),
        ({"name": "ev"}, {"name": "ev"}, SET),
        ({"name": "ev"}, SET, {**SET, "dsa_payor": "Başkası"}),
        ({"name": "ev"}, SET, {"name": "ev"}),
    ],
    ids=["still declared", "never ours", "changed by somebody", "gone"],
)
def test_nothing_else_is_told(declared: Fields, ours: Fields, theirs: Fields) -> None:
    assert told(declared, ours, theirs) == []


def test_nothing_is_told_of_what_is_archived() -> None:
    assert told({"name": "ev"}, SET, SET, archived=True) == []
