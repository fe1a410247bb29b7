"""What keeps secrets out of the ledger: every text bound to any statement passes through here first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"
SHORTEST_SECRET = 6  # shorter ones would blank out ordinary words

# (text that must occur for the pattern to be worth trying, pattern, replacement)
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    # Meta access tokens begin with EAA and are base62.
    ("EAA", re.compile(r"\bEAA[A-Za-z0-9]{17,}"), REDACTED),
    # Google OAuth: access tokens ya29., refresh tokens 1//, client secrets GOCSPX-.
    ("ya29.", re.compile(r"\bya29\.[\w.-]+"), REDACTED),
    ("1//", re.compile(r"\b1//[\w-]{20,}"), REDACTED),
    ("GOCSPX-", re.compile(r"\bGOCSPX-[\w-]+"), REDACTED),
    # JSON web tokens (service accounts, RFC 7519): three base64url parts, the first an object.
    ("eyJ", re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), REDACTED),
    ("earer", re.compile(r"([Bb]earer\s+)[\w.~+/=-]{8,}"), rf"\g<1>{REDACTED}"),
    ("PRIVATE KEY", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^\"]*"), REDACTED),
)
_NAMES = r"access_token|refresh_token|developer[_-]token|client_secret|app_secret|appsecret_proof|password"
_NAME = re.compile(_NAMES)
_IN_JSON = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?:[^"\\]|\\.)+')
_IN_QUERY = re.compile(rf"\b((?:{_NAMES})=)[^&\s\"'\\]+")
_NAME_HINTS = ("_token", "-token", "_secret", "appsecret", "password")


class Redactor:
    """Removes the given secrets, in every spelling they may be sent in, and all that looks like a token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        kept = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        spellings = {spelling for secret in kept for spelling in _spellings(secret)}
        self._secrets = tuple(sorted(spellings, key=len, reverse=True))

    def text(self, text: str) -> str:
        """`text` without secrets; JSON text stays JSON."""
        cleaned = self._plain(text)
        if cleaned == text or not text.startswith(("{", "[")):
            return cleaned
        try:
            return json.dumps(self._value(json.loads(text)), separators=(",", ":"), ensure_ascii=False)
        except ValueError:
            return cleaned

    def _value(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {self._plain(key): self._value(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, name) for item in value]
        if value is None or isinstance(value, bool):
            return value
        if _NAME.fullmatch(name):
            return REDACTED
        plain = str(value)
        return value if self._plain(plain) == plain else self._plain(plain)

    def _plain(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        for hint, found, replacement in _RULES:
            if hint in text:
                text = found.sub(replacement, text)
        if any(hint in text for hint in _NAME_HINTS):
            text = _IN_QUERY.sub(rf"\g<1>{REDACTED}", _IN_JSON.sub(rf"\g<1>{REDACTED}", text))
        return text

    def parameters(self, bound: Any) -> Any:
        """The parameters of a statement, or of many, in the shape the driver takes them."""
        if isinstance(bound, str):
            return self.text(bound)
        if isinstance(bound, dict):
            return {name: self.parameters(value) for name, value in bound.items()}
        if isinstance(bound, list):
            return [self.parameters(value) for value in bound]
        if isinstance(bound, tuple):
            return tuple(self.parameters(value) for value in bound)
        return bound


def _spellings(secret: str) -> set[str]:
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, quote(secret, safe=""), quote_plus(secret)} | escaped
