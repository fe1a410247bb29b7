"""How one of Graph's rules refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """How one rule refuses; texts take the values of the case by name."""

    code: int
    subcode: int | None
    message: str
    title: str = ""
    user_message: str = ""
    type: str = "OAuthException"
    http: int = 400
    transient: bool = False


INVALID = "Invalid parameter"
