"""GoogleAdsFailure as the API sends it: problems with codes and places, statuses, trailing metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import grpc

from sandbox.google.messages import PACKAGE, Message, enum_names, message

Step = str | tuple[str, int]  # a field, or one element of a repeated field


@dataclass(frozen=True)
class Problem:
    """One GoogleAdsError; family is a member of ErrorCode's oneof, such as `field_error`."""

    family: str
    code: str
    text: str
    path: tuple[Step, ...] = ()
    trigger: str | None = None
    details: Callable[[Message], None] | None = None  # fills ErrorDetails

    def below(self, *steps: Step) -> Problem:
        """The same problem seen from outside: its path continues these steps."""
        return replace(self, path=(*steps, *self.path))


class Refusal(Exception):
    """A request or operation that the API refuses, with every problem found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.family}.{p.code}: {p.text}" for p in problems))
        self.problems = problems

    def below(self, *steps: Step) -> Refusal:
        return Refusal(*(problem.below(*steps) for problem in self.problems))


class Unimplemented(Exception):
    """Something the platform has and this sandbox has not; answered by name, never by guessing."""


# Family → status. developers.google.com/google-ads/api/docs/best-practices/understand-api-errors names the
# canonical codes; ABORTED for concurrent modification is a choice (google-ads-java#762 does not show it).
STATUS = {
    "authentication_error": grpc.StatusCode.UNAUTHENTICATED,
    "authorization_error": grpc.StatusCode.PERMISSION_DENIED,
    "quota_error": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "internal_error": grpc.StatusCode.INTERNAL,
    "database_error": grpc.StatusCode.ABORTED,
}
STATUS_TEXT = {
    grpc.StatusCode.INVALID_ARGUMENT: "Request contains an invalid argument.",
    grpc.StatusCode.PERMISSION_DENIED: "The caller does not have permission",
    grpc.StatusCode.UNAUTHENTICATED: "Request had invalid authentication credentials.",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "Resource has been exhausted (e.g. check quota).",
    grpc.StatusCode.INTERNAL: "Internal error encountered.",
    grpc.StatusCode.ABORTED: "The operation was aborted.",
}


def status_of(problems: Iterable[Problem]) -> grpc.StatusCode:
    first = next(iter(problems))
    return STATUS.get(first.family, grpc.StatusCode.INVALID_ARGUMENT)


def failure(problems: Iterable[Problem], request_id: str) -> Message:
    """A GoogleAdsFailure of the newest version; every version reads it."""
    made = message("errors.types.errors", "GoogleAdsFailure")(request_id=request_id)
    for problem in problems:
        _fill(made.errors.add(), problem)
    return made


def _fill(error: Message, problem: Problem) -> None:
    enum = error.error_code.DESCRIPTOR.fields_by_name[problem.family].enum_type
    setattr(error.error_code, problem.family, enum_names(enum)[problem.code])
    error.message = problem.text
    if problem.trigger is not None:
        error.trigger.string_value = problem.trigger
    for step in problem.path:
        element = error.location.field_path_elements.add()
        element.field_name, index = (step, None) if isinstance(step, str) else step
        if index is not None:
            element.index = index
    if problem.details:
        problem.details(error.details)


def packed(made: Message, version: str) -> Any:
    """The failure as an Any under the caller's version name."""
    from google.protobuf.any_pb2 import Any as AnyMessage

    return AnyMessage(
        type_url=f"type.googleapis.com/{PACKAGE}.{version}.errors.GoogleAdsFailure",
        value=made.SerializeToString(),
    )


def status_message(problems: list[Problem], version: str, request_id: str, text: str = "") -> Any:
    """google.rpc.Status: the partial_failure_error of a response, or the grpc-status-details of a refusal."""
    from google.rpc.status_pb2 import Status

    code, first = status_of(problems), problems[0].text
    summary = first if len(problems) == 1 else f"Multiple errors in ‘details’. First error: {first}"
    details = [packed(failure(problems, request_id), version)]
    return Status(code=code.value[0], message=text or summary, details=details)


def trailing(problems: list[Problem], version: str, request_id: str) -> tuple[tuple[str, Any], ...]:
    """The metadata a refused call ends with."""
    made = failure(problems, request_id)
    # grpc-status refuses a Status whose message is not the call's own.
    details = status_message(problems, version, request_id, status_text(problems))
    return (
        ("request-id", request_id),
        (f"{PACKAGE}.{version}.errors.googleadsfailure-bin", made.SerializeToString()),
        ("grpc-status-details-bin", details.SerializeToString()),
    )


def status_text(problems: list[Problem]) -> str:
    return STATUS_TEXT.get(status_of(problems), problems[0].text)


def required(field: str) -> Problem:
    return Problem("field_error", "REQUIRED", "The required field was not present.", (field,))


def not_found(name: str, *path: Step) -> Problem:
    return Problem("mutate_error", "RESOURCE_NOT_FOUND", "Resource was not found.", path, name)
