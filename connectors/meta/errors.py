"""Graph's errors as data: a code and subcode say what the caller should do, and the envelope says why.

Sources: Marketing API error reference, Graph API "Handling errors", practitioners' notes for the subcodes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater

Kind = Literal["unsure", "later", "too_much", "denied", "stopped", "gone", "flaky", "invalid"]

# (code, subcode or None for any) → kind.
#   unsure    the platform failed: a read may be repeated, a write may have been done
#   later     throttled: certainly not done, the same request will pass after a while
#   too_much  the answer is too big: ask for less
#   denied    a person must act: token, permission, terms
#   stopped   the account is blocked or out of allowance for this: a person must act, retrying makes it worse
#   gone      the object is not there, or not for this token
#   flaky     refused without a cause; the same request usually passes (1,348 cases in 30 days, public report)
KINDS: Mapping[tuple[int, int | None], Kind] = {
    (1, None): "unsure",
    (100, 1487534): "too_much",  # data per call, synchronous and asynchronous (Insights best practices)
    (2, None): "unsure",
    (4, None): "later",
    (17, None): "later",
    (32, None): "later",
    (341, None): "later",
    (613, None): "stopped",
    (613, 1487742): "later",
    (613, 5044001): "later",
    (613, 1487632): "later",  # ad set budget: four changes an hour
    (613, 1487225): "stopped",
    (17, 1885172): "later",  # spend cap: ten changes a day
    (80000, None): "later",
    (80001, None): "later",
    (80002, None): "later",
    (80003, None): "later",
    (80004, None): "later",
    (80005, None): "later",
    (80006, None): "later",
    (80014, None): "later",
    (3, None): "denied",
    (10, None): "denied",
    (102, None): "denied",
    (190, None): "denied",
    (294, None): "denied",
    (368, None): "stopped",
    (2859015, None): "stopped",
    (100, 33): "gone",
    (803, None): "gone",
    (100, 1487390): "flaky",
}
DENIED_CODES = range(200, 300)  # permissions
TOO_MUCH = re.compile(r"reduce the amount of data", re.IGNORECASE)
MENDS: Mapping[int, str] = {
    190: "Make a new system user token in Business settings and set it where kampanya.yaml names it.",
    102: "Make a new system user token in Business settings and set it where kampanya.yaml names it.",
    10: "Give the token's user the permissions ads_management and ads_read on this ad account.",
    200: "Give the token's user the permissions ads_management and ads_read on this ad account.",
    294: "Give the token's user the permissions ads_management and ads_read on this ad account.",
}
SECRET = re.compile(r"(access_token|appsecret_proof|input_token)=[^&\s\"']+")


class TooMuchData(RetryLater):
    """The answer would be too big; the caller asks for less."""


class NotSent(RetryLater):
    """The platform could not be reached at all: certainly nothing was done."""


class Redactor:
    """Takes secrets out of any text that may reach a person, a log or a file."""

    def __init__(self, *secrets: str | None) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return SECRET.sub(r"\1=***", text)


@dataclass(frozen=True, slots=True)
class GraphError:
    """One Graph error envelope. `message` is the platform's explanation to people where it gave one."""

    code: int
    subcode: int | None
    kind: Kind
    message: str
    field: str | None = None
    transient: bool = False

    @property
    def name(self) -> str:
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

    @property
    def retry(self) -> bool:
        """Nothing is wrong with the object: the same request may pass later, or once a person has acted."""
        return self.kind in ("later", "denied", "stopped", "flaky") or (
            self.kind == "invalid" and self.transient
        )

    def exception(self, *, write: bool, after: float | None = None) -> ConnectorError:
        """What to raise. `after` is the wait in seconds that the usage headers gave."""
        text = f"{self.message} [{self.name}]"
        if self.kind == "unsure":
            return OutcomeUnknown(text) if write else RetryLater(text)
        if self.kind == "too_much":
            return TooMuchData(text)
        if self.kind == "later" or (self.kind in ("flaky", "invalid") and self.transient):
            return RetryLater(text, after)
        if self.kind in ("denied", "stopped"):
            return AccessDenied(text, MENDS.get(self.code, "Open Account quality and Business settings."))
        return Rejected(self.message, code=self.name, field=self.field)


def parse(body: Mapping[str, Any], redact: Redactor | None = None) -> GraphError | None:
    """The error in an answer's body, or None if there is none."""
    error = body.get("error")
    if error is None:
        return None
    if not isinstance(error, Mapping):
        error = {"message": str(error)}
    code, subcode = _int(error.get("code")) or 0, _int(error.get("error_subcode"))
    message = _explanation(error)
    return GraphError(
        code,
        subcode,
        _kind(code, subcode, str(error.get("message", ""))),
        redact(message) if redact else message,
        _blamed(error.get("error_data")),
        bool(error.get("is_transient")),
    )


def _kind(code: int, subcode: int | None, message: str) -> Kind:
    if code in (1, 2) and TOO_MUCH.search(message):
        return "too_much"
    for key in ((code, subcode), (code, None)):
        if key in KINDS:
            return KINDS[key]
    return "denied" if code in DENIED_CODES else "invalid"


def _explanation(error: Mapping[str, Any]) -> str:
    """Title and message written for people; "Invalid parameter" alone helps nobody without its trace id."""
    title, text = error.get("error_user_title"), error.get("error_user_msg")
    told = ": ".join(str(part) for part in (title, text) if part)
    if told:
        return told
    trace = f" (trace {error['fbtrace_id']})" if error.get("fbtrace_id") else ""
    return f"{error.get('message') or 'Graph gave no reason'}{trace}"


def _blamed(data: Any) -> str | None:
    """The first blamed field as a dotted path; `error_data` is a JSON text, an object, or neither."""
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return None
    specs = data.get("blame_field_specs") if isinstance(data, Mapping) else None
    if not isinstance(specs, list) or not specs:
        return None
    first = specs[0]
    return ".".join(str(part) for part in first) if isinstance(first, list) else str(first)


def _int(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
