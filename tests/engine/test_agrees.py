"""The quick comparison says what the plain one would."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.resource import (
    Address,
    Ref,
    agrees,
    canonical_json,
    content_key,
    digest_of,
    refs_in,
    resolve,
    same,
    to_json,
)

KNOWN, UNKNOWN = Address("meta", "ad", "known"), Address("meta", "ad", "unknown")
IDS = {KNOWN: "17"}
scalars = st.none() | st.booleans() | st.integers(0, 20) | st.sampled_from(["", "17", "a"]) | st.just(1.0)
refs = st.sampled_from([Ref(KNOWN), Ref(UNKNOWN)])


def values(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        lists = st.lists(inner, max_size=3)
        return lists | lists.map(tuple) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)

    return st.recursive(leaves, deeper, max_leaves=8)


@given(values(scalars | refs), values(scalars))
def test_any_two_values_agree_just_when_the_resolved_one_is_the_same(want: Any, have: Any) -> None:
    assert agrees(want, have, IDS) == same(resolve(want, IDS), have)


@given(values(scalars | refs))
def test_what_is_read_back_agrees_whether_it_comes_in_lists_or_tuples(want: Any) -> None:
    for have in (resolve(want, IDS), to_json(resolve(want, IDS))):
        assert agrees(want, have, IDS) == same(resolve(want, IDS), have)
    assert agrees(want, to_json(resolve(want, IDS)), IDS)


@pytest.mark.parametrize(
    ("want", "have"),
    [
        ((1, 2), [1, 2, 3]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": (1,)}, {"b": [1]}),
        (Ref(KNOWN), "18"),
        ({"a": ({"b": Ref(KNOWN)},)}, {"a": [{"b": "18"}]}),
        ("1", 1),
        ((), {}),
    ],
)
def test_what_differs_does_not_agree(want: Any, have: Any) -> None:
    assert not agrees(want, have, IDS)


def test_references_that_are_a_set_agree_in_any_order() -> None:
    other = Address("meta", "audience", "other")
    assert agrees((Ref(KNOWN), Ref(other)), ["03", "17"], {**IDS, other: "03"})


@given(values(scalars | refs))
def test_references_are_found_depth_first_from_the_left(value: Any) -> None:
    def plainly(each: Any) -> list[Address]:
        if isinstance(each, Ref):
            return [each.address]
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, (list, tuple)) else ()
        return [found for item in inner for found in plainly(item)]

    assert list(refs_in(value)) == plainly(value)


@given(values(scalars | refs), values(scalars | refs))
def test_canonical_texts_are_equal_just_when_the_json_values_are(one: Any, other: Any) -> None:
    left, right = repr(_sorted(to_json(one))), repr(_sorted(to_json(other)))
    assert (canonical_json(one) == canonical_json(other)) == (left == right)


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))  # YAML has no half characters


@given(st.dictionaries(texts, values(scalars | refs | numbers | texts)))
@example({"": 2**-14})
@example({"": [-9.9e-5, 1e-4, 1e16]})
def test_a_content_key_is_the_beginning_of_the_contents_digest(fields: dict[str, Any]) -> None:
    assert content_key(fields) == digest_of(fields)[:12]


@pytest.mark.parametrize("number", [1e16, 1e-7, -0.0, 2**64, 1.5, 123456789012345680.0])
def test_so_it_is_for_numbers_that_are_written_in_several_ways(number: float) -> None:
    assert content_key({"n": [number]}) == digest_of({"n": [number]})[:12]


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
