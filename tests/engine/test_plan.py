"""A plan as a document: what is written is what is read, and no edit goes unnoticed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.plan import Plan, plan_from_json, plan_to_json
from tests.engine.forest import FORESTS, Forest, forester, resources
from tests.engine.test_assemble import plan
from tests.engine.trees import PLATFORMS, ad_set, campaign, observed, tree

REFUSED = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, IndexError)
ANYTHING = st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc:/{", max_size=3)
Path = tuple[Any, ...]


def made(first: Forest, second: Forest) -> Plan:
    """A plan from one arbitrary state to another."""
    walker = forester()
    walker.wanted = resources(first)
    walker.apply()
    return plan(resources(second), walker.read(), context=Context(PLATFORMS, dict(walker.known)))


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document, ensure_ascii=False))


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict | list) and value:
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def edited(document: Any, path: Path, value: Any, drop: bool) -> Any:
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


@given(FORESTS, FORESTS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_what_is_read(first: Forest, second: Forest) -> None:
    before = made(first, second)
    after = plan_from_json(through_json(plan_to_json(before)))
    assert after.digest == before.digest
    assert plan_to_json(after) == plan_to_json(before)
    assert [type(each.change) for each in after.changes] == [type(each.change) for each in before.changes]


def tenth() -> Plan:
    """An update, a create and an archive in one."""
    declared = [campaign(), ad_set(budget=66_000), ad_set("c/neu", 1_000)]
    seen = observed([*declared[:2], *tree()[2:]], **{"c/s": {"daily_budget": 60_000}})
    return plan(declared, seen)


DOCUMENT = through_json(plan_to_json(tenth()))
EDITABLE = [path for path in leaves(DOCUMENT) if path != ("created_at",)]


@given(st.sampled_from(EDITABLE), ANYTHING, st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_edit_of_a_value_changes_the_digest_or_is_refused(path: Path, value: Any, drop: bool) -> None:
    """Of the same type: `false` for "0", or "" for an empty list, says the same and may be read the same."""
    changed = edited(DOCUMENT, path, value, drop)
    assume(drop or value is None or type(value) is type(at(DOCUMENT, path)))
    assume(json.dumps(changed, sort_keys=True) != json.dumps(DOCUMENT, sort_keys=True))
    try:
        read = plan_from_json(changed)
        digest = read.digest
    except REFUSED:
        return
    assert digest != tenth().digest


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("accounts", "memory"), "2"),
        (("environment",), "production"),
        (("changes", 0, "after", "daily_budget"), 6_600_000),
        (("changes", 0, "id"), "99"),
        (("changes", 0, "resource", "account"), "2"),
        (("refusals",), [{"rule": "x", "detail": "y", "fix": "z"}]),
        (("resume",), ["c"]),
        (("targets",), ["c"]),
    ],
)
def test_the_edits_that_would_pay_are_noticed(path: Path, value: Any) -> None:
    changed = edited(DOCUMENT, path, value, drop=False)
    assert changed != DOCUMENT
    assert plan_from_json(changed).digest != tenth().digest


def test_when_it_was_made_takes_no_part_in_the_digest() -> None:
    later = replace(tenth(), created_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert later.digest == tenth().digest


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_refused(version: Any) -> None:
    with pytest.raises(ValueError, match="version"):
        plan_from_json({**DOCUMENT, "version": version})
