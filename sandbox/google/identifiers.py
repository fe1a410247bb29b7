"""What identifies a customer in an upload: hashes and their encodings, addresses, devices, own ids."""

from __future__ import annotations

import base64
import binascii
import re

SHA256 = 32  # bytes
REGION = re.compile(r"[A-Za-z]{2}")  # ISO 3166-1 alpha-2: docstring of AddressInfo.region_code
POSTAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{0,11}")  # choice: no form is documented
DEVICE = re.compile(
    r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
)  # IDFA and advertising id: a UUID
ENCODINGS = {"HEX": "INVALID_HEX_ENCODING", "BASE64": "INVALID_BASE64_ENCODING"}  # → the reason when broken


def digest(text: str, encoding: str) -> bytes | None:
    """The bytes a text stands for; None where it is not of that encoding."""
    try:
        return bytes.fromhex(text) if encoding == "HEX" else _base64(text)
    except (ValueError, binascii.Error):
        return None


def _base64(text: str) -> bytes:
    """Standard or URL-safe, padded or not."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def broken_hash(text: str, encoding: str) -> str:
    """Why a text is no SHA-256 in that encoding, as a reason of the Data Manager API; "" if it is one."""
    found = digest(text, encoding)
    if found is None:
        return ENCODINGS[encoding]
    return "" if len(found) == SHA256 else "INVALID_SHA256_FORMAT"


def same(text: str, encoding: str) -> str:
    """One spelling of a hash, however it was encoded."""
    found = digest(text, encoding)
    assert found is not None
    return found.hex()
