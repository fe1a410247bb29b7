"""Connector errors, grouped by what the caller should do. An SDK's own exceptions never leave a connector.

ConnectorError
├── RetryLater       nothing is wrong with the request; try again, after `after` seconds if said so
├── Rejected         the platform will never take this request as it is; says which field and why
├── AccessDenied     a person must act: token, permission, account
└── OutcomeUnknown   a write was sent and no trustworthy answer came; look before doing anything again
"""

from __future__ import annotations

from schemas.errors import KampanyaError


class ConnectorError(KampanyaError):
    """Something a platform said, or did not say."""


class RetryLater(ConnectorError):
    def __init__(self, detail: str, after: float | None = None) -> None:
        self.after = after
        wait = f"Try again in {after:.0f} s." if after else "Try again in a moment."
        super().__init__("The platform cannot answer now", detail, wait)


class Rejected(ConnectorError):
    def __init__(self, message: str, *, code: str = "", field: str | None = None) -> None:
        self.message, self.code, self.field = message, code, field
        place = f" (field {field})" if field else ""
        super().__init__("The platform refused the request", f"{message}{place} [{code}]".replace(" []", ""))


class AccessDenied(ConnectorError):
    def __init__(self, detail: str, fix: str) -> None:
        super().__init__("The platform denies access", detail, fix)


class OutcomeUnknown(ConnectorError):
    def __init__(self, detail: str) -> None:
        super().__init__(
            "The platform did not say whether it was done",
            detail,
            "Run the same command again: it looks first.",
        )
