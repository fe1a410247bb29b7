"""Google's errors in both shapes the SDK raises them in, and what the caller is told to do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import grpc
import pytest
from google.ads.googleads.errors import GoogleAdsException
from google.api_core import exceptions
from google.auth.exceptions import RefreshError, TransportError

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.google.errors import MENDS, Busy, OperationsRefused, to_connector_error
from connectors.google.supports import VERSION

TYPES = import_module(f"google.ads.googleads.{VERSION}.errors.types.errors")
KEY = f"google.ads.googleads.{VERSION}.errors.googleadsfailure-bin"
Steps = list[tuple[str, int | None]]


def failure(family: str, code: str, steps: Steps | None = None, text: str = "It is wrong.") -> Any:
    made = TYPES.GoogleAdsFailure.pb()()
    error = made.errors.add()
    enum = error.error_code.DESCRIPTOR.fields_by_name[family].enum_type
    setattr(error.error_code, family, enum.values_by_name[code].number)
    error.message = text
    for name, index in steps or []:
        element = error.location.field_path_elements.add()
        element.field_name = name
        if index is not None:
            element.index = index
    return made


def raised(made: Any, status: grpc.StatusCode = grpc.StatusCode.INVALID_ARGUMENT) -> Exception:
    """As the SDK raises most failures."""
    wrapped = TYPES.GoogleAdsFailure.wrap(made)
    return GoogleAdsException(Call(status, made), Call(status, made), wrapped, "request-1")


class Call(grpc.RpcError):
    """The end of a call, as gRPC hands it over."""

    def __init__(self, status: grpc.StatusCode, made: Any = None, details: str = "") -> None:
        self._status, self._made, self._details = status, made, details

    def code(self) -> grpc.StatusCode:
        return self._status

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("request-id", "request-1")]
        return found if self._made is None else [*found, (KEY, self._made.SerializeToString())]


def in_metadata(kind: type[exceptions.GoogleAPICallError], made: Any) -> Exception:
    """As the SDK raises RESOURCE_EXHAUSTED and INTERNAL: api_core's exception around the call."""
    status = grpc.StatusCode.INTERNAL
    return kind("told by api_core", errors=(), details=(), response=Call(status, made))


def test_a_wrong_operation_is_named_by_its_index_and_field() -> None:
    steps: Steps = [("mutate_operations", 3), ("campaign_operation", None), ("create", None), ("name", None)]
    error = to_connector_error(
        raised(failure("campaign_error", "DUPLICATE_CAMPAIGN_NAME", steps)), write=True
    )
    assert isinstance(error, OperationsRefused)
    ((index, (first,)),) = error.by_operation().items()
    assert (index, first.field, first.name) == (3, "campaign.name", "campaign_error.DUPLICATE_CAMPAIGN_NAME")
    assert error.message == "It is wrong."


def test_the_place_in_a_list_keeps_its_number() -> None:
    steps: Steps = [
        ("mutate_operations", 0),
        ("ad_group_ad_operation", None),
        ("create", None),
        ("ad", None),
        ("headlines", 2),
        ("text", None),
    ]
    error = to_connector_error(raised(failure("string_length_error", "TOO_LONG", steps)), write=True)
    assert isinstance(error, Rejected)
    assert error.field == "ad_group_ad.ad.headlines[2].text"


def test_several_errors_of_one_request_are_all_kept() -> None:
    made = failure("campaign_error", "DUPLICATE_CAMPAIGN_NAME", [("mutate_operations", 0)])
    made.MergeFrom(failure("ad_group_error", "DUPLICATE_ADGROUP_NAME", [("mutate_operations", 4)]))
    error = to_connector_error(raised(made), write=True)
    assert isinstance(error, OperationsRefused)
    assert sorted(error.by_operation()) == [0, 4]


def test_what_set_it_off_and_the_policy_are_told() -> None:
    made = failure("policy_violation_error", "POLICY_ERROR", text="A policy was violated.")
    made.errors[0].trigger.string_value = "şifa"
    made.errors[0].details.policy_violation_details.external_policy_name = "Healthcare and medicines"
    error = to_connector_error(raised(made))
    assert isinstance(error, Rejected)
    assert error.message == "A policy was violated. (“şifa”) Policy: Healthcare and medicines."


@pytest.mark.parametrize("write", [True, False])
def test_a_quota_hidden_in_the_metadata_tells_how_long_to_wait(write: bool) -> None:
    made = failure("quota_error", "RESOURCE_TEMPORARILY_EXHAUSTED", text="Too many requests.")
    made.errors[0].details.quota_error_details.retry_delay.seconds = 7
    error = to_connector_error(in_metadata(exceptions.ResourceExhausted, made), write=write)
    assert isinstance(error, Busy)
    assert (error.after, "Too many requests." in error.problem.detail) == (7.0, True)


def test_a_passing_internal_error_did_nothing_another_may_have() -> None:
    passing = failure("internal_error", "TRANSIENT_ERROR")
    assert isinstance(
        to_connector_error(in_metadata(exceptions.InternalServerError, passing), write=True), Busy
    )
    bad = in_metadata(exceptions.InternalServerError, failure("internal_error", "INTERNAL_ERROR"))
    assert isinstance(to_connector_error(bad, write=True), OutcomeUnknown)
    assert isinstance(to_connector_error(bad, write=False), RetryLater)


def test_two_changes_at_once_may_be_sent_again() -> None:
    made = failure("database_error", "CONCURRENT_MODIFICATION")
    assert isinstance(to_connector_error(raised(made, grpc.StatusCode.ABORTED), write=True), Busy)


@pytest.mark.parametrize(
    ("family", "code", "fix"),
    [
        ("authorization_error", "USER_PERMISSION_DENIED", "login_customer"),
        ("header_error", "INVALID_LOGIN_CUSTOMER_ID", "login_customer"),
        ("authentication_error", "OAUTH_TOKEN_EXPIRED", "new key"),
        ("authorization_error", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "production access"),
        ("authorization_error", "METRIC_ACCESS_DENIED", "Access and security"),
    ],
)
def test_who_is_not_let_in_is_told_how_to_be(family: str, code: str, fix: str) -> None:
    error = to_connector_error(raised(failure(family, code), grpc.StatusCode.PERMISSION_DENIED))
    assert isinstance(error, AccessDenied)
    assert fix in error.problem.fix


def test_every_mend_is_for_a_code_that_exists() -> None:
    fields = TYPES.ErrorCode.pb().DESCRIPTOR.fields
    codes = {value.name for field in fields for value in field.enum_type.values}
    assert MENDS.keys() <= codes


NOTHING: list[tuple[Exception, type[ConnectorError], type[ConnectorError]]] = [
    (exceptions.ServiceUnavailable("Socket closed"), OutcomeUnknown, RetryLater),
    (exceptions.DeadlineExceeded("Deadline Exceeded"), OutcomeUnknown, RetryLater),
    (exceptions.InternalServerError("RST_STREAM"), OutcomeUnknown, RetryLater),
    (Call(grpc.StatusCode.UNAVAILABLE, details="Socket closed"), OutcomeUnknown, RetryLater),
    (exceptions.ServiceUnavailable("failed to connect to all addresses; x"), Busy, Busy),
    (exceptions.ResourceExhausted("Received message larger than max"), Busy, Busy),
    (exceptions.PermissionDenied("no"), AccessDenied, AccessDenied),
    (exceptions.MethodNotImplemented("Ad.image_ad"), Rejected, Rejected),
    (exceptions.ServiceUnavailable("CERTIFICATE_VERIFY_FAILED: self signed"), AccessDenied, AccessDenied),
    (exceptions.ServiceUnavailable("Getting metadata from plugin failed with error"), Busy, Busy),
    (RefreshError("invalid_grant", {"error": "secret"}), AccessDenied, AccessDenied),
    (TransportError("no route"), Busy, Busy),
]


@pytest.mark.parametrize(("raised", "writing", "reading"), NOTHING, ids=lambda value: str(value)[:30])
def test_without_a_failure_the_status_decides(
    raised: Exception, writing: type[ConnectorError], reading: type[ConnectorError]
) -> None:
    assert type(to_connector_error(raised, write=True)) is writing
    assert type(to_connector_error(raised, write=False)) is reading


def test_what_the_token_endpoint_said_is_not_repeated() -> None:
    error = to_connector_error(RefreshError("assertion eyJhbGciOi", {"id_token": "eyJhbGciOi"}))
    assert "eyJ" not in str(error)
