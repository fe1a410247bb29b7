"""Google's errors as data: what the caller should do, in Google's words, from both shapes the SDK raises.

The SDK raises GoogleAdsException for most statuses, but google.api_core's ResourceExhausted and
InternalServerError for two of them, whose GoogleAdsFailure then hides in the trailing metadata; without a
failure it is api_core's too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.google.supports import VERSION

Kind = Literal["later", "again", "unsure", "denied", "invalid"]

# (family, code or None for any) → kind. Families and codes: google.ads.googleads.v26.errors; what to do about
# them: developers.google.com/google-ads/api/docs/best-practices/understand-api-errors.
#   later    throttled or busy: certainly not done, the same request will pass after a while
#   again    refused for a cause that passes at once: certainly not done
#   unsure   the platform failed: a read may be repeated, a write may have been done
#   denied   a person must act: token, permission, account
KINDS: Mapping[tuple[str, str | None], Kind] = {
    ("quota_error", None): "later",
    ("quota_error", "ACCESS_PROHIBITED"): "denied",
    ("internal_error", None): "unsure",
    ("internal_error", "TRANSIENT_ERROR"): "again",
    ("internal_error", "ERROR_CODE_NOT_PUBLISHED"): "invalid",
    ("database_error", "CONCURRENT_MODIFICATION"): "again",
    ("authentication_error", None): "denied",
    ("authorization_error", None): "denied",
    ("header_error", None): "denied",
}
# Statuses without a failure; any other is "invalid".
STATUSES: Mapping[str, Kind] = {
    "UNAVAILABLE": "unsure",
    "DEADLINE_EXCEEDED": "unsure",
    "INTERNAL": "unsure",
    "UNKNOWN": "unsure",
    "CANCELLED": "unsure",
    "ABORTED": "unsure",
    "DATA_LOSS": "unsure",
    "RESOURCE_EXHAUSTED": "later",
    "UNAUTHENTICATED": "denied",
    "PERMISSION_DENIED": "denied",
}
# gRPC's own words for a request that never left this machine: nothing was done.
NOT_SENT = (
    "failed to connect to all addresses",
    "connection refused",
    "dns resolution failed",
    "name resolution",
    "getting metadata from plugin failed",
    "empty address list",
    "certificate_verify_failed",
)
LOGIN = (
    "Set `accounts.google.login_customer` to the manager account (ten digits) that this account hangs under,"
    " or leave it out where the service account was invited to the account itself."
)
INVITE = "Invite the service account's e-mail in Google Ads (Access and security)."
KEY = "Make a new key of the service account and set it where kampanya.yaml names it."
PROJECT = "Ask for production access of the Google Cloud project in its API Center (Google Ads API)."
MENDS: Mapping[str, str] = {
    "USER_PERMISSION_DENIED": f"{INVITE} {LOGIN}",
    "INVALID_LOGIN_CUSTOMER_ID": LOGIN,
    "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION": LOGIN,
    "CLIENT_CUSTOMER_ID_INVALID": "Write `accounts.google.customer` as ten digits.",
    "CUSTOMER_NOT_FOUND": f"Check `accounts.google.customer`. {LOGIN}",
    "CUSTOMER_NOT_ENABLED": "The account is not active yet, or was closed: open it in Google Ads.",
    "NOT_ADS_USER": INVITE,
    "OAUTH_TOKEN_INVALID": KEY,
    "OAUTH_TOKEN_EXPIRED": KEY,
    "OAUTH_TOKEN_REVOKED": KEY,
    "OAUTH_TOKEN_DISABLED": KEY,
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": PROJECT,
    "CLOUD_PROJECT_NOT_UNDER_ORGANIZATION": PROJECT,
    "DEVELOPER_TOKEN_NOT_APPROVED": PROJECT,
}
# QuotaErrorDetails.QuotaRateScope in words.
SCOPES: Mapping[str, str] = {"ACCOUNT": "this account", "DEVELOPER": "the developer token or Cloud project"}
MEND = "Open the account in Google Ads and look at Access and security."
UNTRUSTED = (
    "gRPC reads its root certificates once a process: this one had others before the sandbox's were named."
    " Run the sandbox environment in a process of its own."
)


@dataclass(frozen=True, slots=True)
class AdsError:
    """One error of a failure. `operation` is the index of the refused one, None for the whole request."""

    family: str
    code: str
    message: str
    field: str | None = None
    operation: int | None = None
    after: float | None = None

    @property
    def name(self) -> str:
        return f"{self.family}.{self.code}"

    @property
    def kind(self) -> Kind:
        return KINDS.get((self.family, self.code)) or KINDS.get((self.family, None), "invalid")


class Busy(RetryLater):
    """Refused for a cause that passes: the request was certainly not carried out and may be sent again."""


class OperationsRefused(Rejected):
    """An atomic request of which nothing was done, with the errors of each refused operation by its index."""

    def __init__(self, errors: Sequence[AdsError]) -> None:
        self.errors = tuple(errors)
        first = errors[0]
        super().__init__(first.message, code=first.name, field=first.field)

    def by_operation(self) -> dict[int, list[AdsError]]:
        found: dict[int, list[AdsError]] = {}
        for each in self.errors:
            if each.operation is not None:
                found.setdefault(each.operation, []).append(each)
        return found


def to_connector_error(exc: Exception, *, write: bool = False) -> ConnectorError:
    """What to raise for what the SDK raised. `write`: an answer not to be trusted is OutcomeUnknown."""
    if isinstance(exc, ConnectorError):
        return exc
    errors = list(_errors(_failure(exc)))
    if errors:
        return _from_failure(errors, write)
    if type(exc).__module__.startswith("google.auth"):
        return _from_credentials(exc)
    return _from_status(_status(exc), _text(exc), write)


def _from_failure(errors: list[AdsError], write: bool) -> ConnectorError:
    worst = next((each for each in errors if each.kind != "invalid"), errors[0])
    text = f"{worst.message} [{worst.name}]"
    match worst.kind:
        case "denied":
            return AccessDenied(text, MENDS.get(worst.code, MEND))
        case "later":
            return Busy(text, worst.after)
        case "again":
            return Busy(text, worst.after or 1.0)
        case "unsure":
            return OutcomeUnknown(text) if write else RetryLater(text)
    return OperationsRefused(errors)


def _from_credentials(exc: Exception) -> ConnectorError:
    """google-auth got no token: nothing was sent. Its texts may quote the answer, and are left out."""
    if type(exc).__name__ in ("TransportError", "TimeoutError") or getattr(exc, "retryable", False):
        return Busy("The token endpoint of the service account does not answer.")
    return AccessDenied("Google refuses the service account's key.", KEY)


def _from_status(status: str, text: str, write: bool) -> ConnectorError:
    sent = not any(words in text.lower() for words in NOT_SENT)
    if "certificate_verify_failed" in text.lower():
        return AccessDenied(f"The server's certificate is not trusted. {text}", UNTRUSTED)
    kind = STATUSES.get(status, "invalid")
    if "getting metadata from plugin" in text.lower():
        kind, text = (
            "unsure",
            "No token for the service account: its endpoint is silent, or refuses it.",
        )
    told = f"{text} [{status}]"
    if kind == "denied":
        return AccessDenied(told, MENDS["USER_PERMISSION_DENIED"])
    if kind == "later" or (kind == "unsure" and not sent):
        return Busy(told)
    if kind == "unsure":
        return OutcomeUnknown(told) if write else RetryLater(told)
    return Rejected(text, code=status)


def _failure(exc: Exception) -> Any:
    """The GoogleAdsFailure inside an exception of either shape, or None."""
    failure = getattr(exc, "failure", None)
    if failure is not None:
        return type(failure).pb(failure) if hasattr(type(failure), "pb") else failure
    trailing = getattr(getattr(exc, "response", None) or exc, "trailing_metadata", None)
    for key, value in (trailing() if callable(trailing) else None) or ():
        if key.endswith("errors.googleadsfailure-bin"):
            return _parsed(value)
    return None


def _parsed(value: bytes) -> Any:
    from importlib import import_module

    module = import_module(f"google.ads.googleads.{VERSION}.errors.types.errors")
    return module.GoogleAdsFailure.pb().FromString(value)


def _errors(failure: Any) -> Iterator[AdsError]:
    for each in failure.errors if failure is not None else ():
        family = each.error_code.WhichOneof("error_code") or "error"
        path = list(each.location.field_path_elements)
        yield AdsError(
            family,
            _code(each.error_code, family),
            _message(each),
            _field(path),
            next((step.index for step in path if step.field_name == "mutate_operations"), None),
            _delay(each),
        )


def _code(error_code: Any, family: str) -> str:
    described = error_code.DESCRIPTOR.fields_by_name.get(family)
    if described is None:
        return "UNKNOWN"
    number = getattr(error_code, family)
    value = described.enum_type.values_by_number.get(number)
    return str(value.name) if value else str(number)


def _message(error: Any) -> str:
    """Google's words, with what set it off and the policy it names, which the words alone often hide."""
    parts = [error.message or "Google gave no reason"]
    if error.trigger.string_value and error.trigger.string_value not in error.message:
        parts.append(f"(“{error.trigger.string_value}”)")
    policy = error.details.policy_violation_details.external_policy_name
    topics = [entry.topic for entry in error.details.policy_finding_details.policy_topic_entries]
    parts += [f"Policy: {name}." for name in [policy, *topics] if name]
    parts += _of_quota(error.details.quota_error_details)
    return " ".join(parts)


def _of_quota(details: Any) -> Iterator[str]:
    """Which rate it was, whose (the account's or the Cloud project's), and when it is free again."""
    if details.rate_name or details.rate_scope:
        scope = details.DESCRIPTOR.fields_by_name["rate_scope"].enum_type.values_by_number[details.rate_scope]
        yield f"Rate: {details.rate_name or 'unnamed'} of {SCOPES.get(scope.name, scope.name.lower())}."
    if details.retry_delay.seconds:
        yield f"Again in {details.retry_delay.seconds} s."


def _field(path: Sequence[Any]) -> str | None:
    """The place without the operation: `campaign.name`; positions in lists keep their index."""
    steps = [step for step in path if step.field_name not in ("mutate_operations", "create", "update")]
    names = [
        f"{step.field_name.removesuffix('_operation')}"
        + (f"[{step.index}]" if "index" in {field.name for field, _ in step.ListFields()} else "")
        for step in steps
    ]
    return ".".join(names) or None


def _delay(error: Any) -> float | None:
    delay = error.details.quota_error_details.retry_delay
    seconds = float(delay.seconds + delay.nanos / 1e9)
    return seconds or None


def _status(exc: Exception) -> str:
    """The gRPC status's name; api_core's `code` is an HTTP number, so its grpc_status_code comes first."""
    status = getattr(exc, "grpc_status_code", None)
    if status is None and callable(code := getattr(exc, "code", None)):
        status = code()
    return str(getattr(status, "name", None) or "UNKNOWN")


def _text(exc: Exception) -> str:
    details = getattr(exc, "details", None)
    if callable(details):
        details = details()
    text = details if isinstance(details, str) and details else getattr(exc, "message", None)
    return str(text or type(exc).__name__)
