"""A key that was renamed: which marks its objects bore before."""

from __future__ import annotations

from dataclasses import replace

from engine.moves import before, former
from engine.naming import Scope
from engine.resource import Address, Resource

SCOPE = Scope("lezzet", "sandbox")


def at(key: str, kind: str = "ad_set") -> Address:
    return Address("meta", kind, key)


def marked(key: str, kind: str = "ad_set") -> Resource:
    return Resource(at(key, kind), "1", SCOPE.token(at(key, kind)), {})


def test_all_below_a_renamed_key_bore_the_mark_of_its_old_address() -> None:
    assert former([marked("yeni/ev")], {"yeni": "eski"}, SCOPE) == {at("yeni/ev"): SCOPE.token(at("eski/ev"))}


def test_a_keyword_bore_the_mark_of_its_ad_group() -> None:
    group, word = marked("yeni/ev", "ad_group"), marked("yeni/ev/exact:x", "keyword")
    word = replace(word, mark=f"{group.mark}/exact:x")
    old = SCOPE.token(at("eski/ev", "ad_group"))
    assert former([group, word], {"yeni": "eski"}, SCOPE)[word.address] == f"{old}/exact:x"


def test_the_mark_of_what_is_declared_at_the_old_key_now_is_its_own() -> None:
    assert former([marked("yeni"), marked("eski")], {"yeni": "eski"}, SCOPE) == {}


def test_nothing_renamed_has_no_other_mark() -> None:
    assert former([marked("yeni")], {}, SCOPE) == {}


def test_an_audience_called_like_a_renamed_campaign_is_none_of_its_parts() -> None:
    audience = at("yeni", "audience")
    assert before(audience, {"yeni": "eski"}) == audience
