"""How things are called: the mark that says *ours*, and the names people read on the platforms."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.resource import Address

LABEL_PREFIX = "kampanya:"
TOKEN_LENGTH = 10  # 50 bits: 26,000 objects collide with probability 3e-7
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
PAIRS = [one + other for one in BASE32 for other in BASE32]  # ten bits
SHIFTS = range(5 * TOKEN_LENGTH - 10, -1, -10)  # the highest first
SIGNATURE = re.compile(rf"\s*\[k:([a-z2-7]{{{TOKEN_LENGTH}}})\]\s*$")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose objects: a mark of one brand and environment means nothing to another."""

    brand: str
    environment: str

    def token(self, address: Address) -> str:
        """First 10 characters of base32(SHA-256(brand, environment, address)), lower case."""
        text = "\n".join((self.brand, self.environment, str(address)))
        bits = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") >> 6  # 50 of 56
        return "".join([PAIRS[bits >> shift & 1023] for shift in SHIFTS])


def label(token: str) -> str:
    """The platform label that carries a token."""
    return LABEL_PREFIX + token


def token_of(label_name: str) -> str | None:
    """The token a label carries, or None for anybody else's label."""
    if not label_name.startswith(LABEL_PREFIX):
        return None
    return label_name.removeprefix(LABEL_PREFIX)


def signed(text: str, token: str) -> str:
    """A name or description with the token at its end, where no label can carry it; as it is without one."""
    if not token:
        return text
    return f"{text} [k:{token}]".lstrip()


def unsigned(text: str) -> tuple[str, str | None]:
    """The inverse of `signed`: the text without a token, and the token, None for anybody else's text."""
    found = SIGNATURE.search(text)
    return (text[: found.start()], found[1]) if found else (text, None)


def pattern(text: str, values: Mapping[str, str]) -> str:
    """A naming or tracking pattern filled in: `{brand}_{campaign}`. Raises KeyError for an unknown field."""
    return text.format_map(values)
