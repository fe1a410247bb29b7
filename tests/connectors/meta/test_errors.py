from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.errors import AccessDenied, OutcomeUnknown, Rejected, RetryLater
from connectors.meta.errors import GraphError, Redactor, TooMuchData, parse

Refusal = Callable[..., dict[str, Any]]


def parsed(body: dict[str, Any]) -> GraphError:
    error = parse(body)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("code", "subcode", "on_read", "on_write"),
    [
        (1, None, RetryLater, OutcomeUnknown),
        (1, 99, RetryLater, OutcomeUnknown),
        (2, None, RetryLater, OutcomeUnknown),
        (4, 1504022, RetryLater, RetryLater),
        (17, 2446079, RetryLater, RetryLater),
        (613, 1487632, RetryLater, RetryLater),
        (613, None, AccessDenied, AccessDenied),
        (80004, None, RetryLater, RetryLater),
        (190, 463, AccessDenied, AccessDenied),
        (200, 1870034, AccessDenied, AccessDenied),
        (299, None, AccessDenied, AccessDenied),
        (100, 33, Rejected, Rejected),
        (100, 1885272, Rejected, Rejected),
        (2490427, 2490468, Rejected, Rejected),
    ],
)
def test_a_code_says_what_the_caller_should_do(
    code: int, subcode: int | None, on_read: type[Exception], on_write: type[Exception], refusal: Refusal
) -> None:
    error = parsed(refusal(code, error_subcode=subcode))
    assert type(error.exception(write=False)) is on_read
    assert type(error.exception(write=True)) is on_write


def test_a_throttle_carries_the_wait_of_the_headers(refusal: Refusal) -> None:
    raised = parsed(refusal(80004)).exception(write=True, after=300)
    assert isinstance(raised, RetryLater)
    assert raised.after == 300


def test_an_answer_that_is_too_big_asks_for_less(refusal: Refusal) -> None:
    error = parsed(refusal(1, "Please reduce the amount of data you're asking for, then retry your request"))
    assert isinstance(error.exception(write=False), TooMuchData)


def test_the_explanation_for_people_replaces_invalid_parameter(refusal: Refusal) -> None:
    data = json.dumps({"blame_field_specs": [["targeting", "geo_locations"]]})
    error = parsed(
        refusal(
            100, error_subcode=1885272, error_user_title="Budget too low", error_user_msg="At least 21 TRY.",
            error_data=data,
        )
    )  # fmt: skip
    assert error.message == "Budget too low: At least 21 TRY."
    assert error.field == "targeting.geo_locations"
    raised = error.exception(write=True)
    assert str(raised.problem.detail) == (  # type: ignore[attr-defined]
        "Budget too low: At least 21 TRY. (field targeting.geo_locations) [100/1885272]"
    )


def test_without_an_explanation_the_trace_id_goes_along(refusal: Refusal) -> None:
    assert parsed(refusal(100, fbtrace_id="AbC")).message == "Invalid parameter (trace AbC)"


@pytest.mark.parametrize("data", ["oops, not JSON", "[1]", {}, {"blame_field_specs": []}, None, 7])
def test_error_data_of_any_shape_blames_nothing_and_breaks_nothing(data: Any, refusal: Refusal) -> None:
    assert parsed(refusal(100, error_data=data)).field is None


def test_an_error_that_is_no_object_is_still_an_error() -> None:
    assert parsed({"error": "down"}).message == "down"


def test_a_healthy_answer_has_no_error() -> None:
    assert parse({"id": "1"}) is None


def test_secrets_leave_texts_whether_known_or_only_looking_like_one() -> None:
    redact = Redactor("TOKEN", None)
    text = "GET /me?access_token=other&appsecret_proof=abc says Malformed access token TOKEN"
    assert redact(text) == "GET /me?access_token=***&appsecret_proof=*** says Malformed access token ***"
