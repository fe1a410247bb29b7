"""Marks: what objects on the platforms bear already stays what it was."""

from __future__ import annotations

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from engine.naming import Scope
from engine.resource import Address


@given(st.text(), st.text(), st.text())
def test_a_token_is_the_beginning_of_the_base32_of_a_sha256(brand: str, environment: str, key: str) -> None:
    address = Address("meta", "ad_set", key)
    text = "\n".join((brand, environment, str(address)))
    whole = base64.b32encode(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()).decode()
    assert Scope(brand, environment).token(address) == whole[:10].lower()
