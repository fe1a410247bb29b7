"""What a plan declared comes back as it was, under the addresses its objects have now."""

from __future__ import annotations

import json
from datetime import date

import pytest

from engine.context import Lifecycle
from engine.declared import Declared, both, from_json, renamed, to_json
from engine.naming import Scope
from engine.resource import Address, Ref, Resource

OLD, NEW = Address("meta", "ad_set", "k/eski"), Address("meta", "ad_set", "k/yeni")
AD = Address("meta", "ad", "k/eski/a")
SCOPE = Scope("b", "e")
DECLARED = Declared(
    (
        Resource(
            OLD,
            "act_1",
            SCOPE.token(OLD),
            {"daily_budget": 100, "targeting": {"ages": (18, 24)}},
            ("campaign", "k"),
        ),
        Resource(AD, "act_1", "m2", {"adset_id": Ref(OLD), "lists": (Ref(OLD), Ref(AD))}),
    ),
    {"k": (date(2026, 12, 1), None), "k/eski": (date(2026, 12, 1), date(2026, 12, 5))},
    {"k/eski": Lifecycle(True, False, frozenset({"name"}))},
    ("k/eski",),
    "meta",
)


def test_it_comes_back_from_text_as_it_was() -> None:
    assert from_json(json.loads(json.dumps(to_json(DECLARED)))) == DECLARED


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        from_json({**to_json(DECLARED), "version": 2})


def test_a_move_reaches_addresses_references_flights_lifecycles_and_targets() -> None:
    found = renamed(DECLARED, [(OLD, NEW)], SCOPE)
    assert [each.address for each in found.resources] == [NEW, AD]
    assert found.resources[1].fields == {"adset_id": Ref(NEW), "lists": (Ref(NEW), Ref(AD))}
    assert found.flights.keys() == {"k", "k/yeni"}
    assert found.lifecycle.keys() == {"k/yeni"}
    assert found.targets == ("k/yeni",)
    assert [each.mark for each in found.resources] == [SCOPE.token(NEW), "m2"]


def test_moves_are_followed_in_the_order_they_happened() -> None:
    last = Address("meta", "ad_set", "k/son")
    twice = renamed(DECLARED, [(OLD, NEW), (NEW, last)], SCOPE)
    assert (twice.resources[0].address, twice.targets) == (last, ("k/son",))
    assert renamed(DECLARED, [(NEW, last), (OLD, NEW)], SCOPE).resources[0].address == NEW


def test_protection_and_what_is_ignored_add_up_and_replacing_is_as_today() -> None:
    then = {"a": Lifecycle(True, True, frozenset({"x"})), "gone": Lifecycle(replace=True)}
    now = {"a": Lifecycle(False, False, frozenset({"y"})), "new": Lifecycle(protect=True)}
    assert both(then, now) == {
        "a": Lifecycle(True, False, frozenset({"x", "y"})),
        "gone": Lifecycle(replace=True),
        "new": Lifecycle(protect=True),
    }
