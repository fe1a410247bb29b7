"""Values as JSON: what stands for another object, and how an address reads."""

from __future__ import annotations

import orjson
import pytest

from engine.resource import Address, Ref, canonical_json, to_json

AT = Address("meta", "ad_set", "yil-sonu/eve-siparis")


def test_a_reference_reads_the_same_in_canonical_json_as_in_a_saved_plan() -> None:
    value = {"b": (Ref(AT), 1), "a": {"of": Ref(AT)}}
    assert orjson.loads(canonical_json(value)) == to_json(value)
    assert canonical_json(value).startswith(b'{"a":{"of":{"$ref":"meta:ad_set/yil-sonu/eve-siparis"}}')


def test_an_address_reads_as_it_is_written_and_sorts_by_platform_kind_and_key() -> None:
    assert f"{AT}" == str(AT) == "meta:ad_set/yil-sonu/eve-siparis"
    assert Address.parse(str(AT)) == AT
    assert hash(Address.parse(str(AT))) == hash(AT)
    google = Address("google", "campaign", "z")
    assert sorted([AT, google]) == [google, AT]


@pytest.mark.parametrize("text", ["meta", "meta:ad_set", ":ad_set/a", "meta:/a", "meta:ad_set/"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        Address.parse(text)
