"""The same methods over HTTP and JSON, as Google transcodes them: paths, bodies and refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

from sandbox.google import faults
from sandbox.google.errors import Refusal, Unimplemented, failure, status_of, status_text
from sandbox.google.kinds import BY_COLLECTION
from sandbox.google.messages import PACKAGE, Message, message
from sandbox.google.services import Call, Services, request_class, request_id

# google.rpc.Code → HTTP status: google.aip.dev/193, and the comments of google/rpc/code.proto.
HTTP = {
    grpc.StatusCode.INVALID_ARGUMENT: 400, grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403, grpc.StatusCode.NOT_FOUND: 404, grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429, grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNIMPLEMENTED: 501, grpc.StatusCode.UNAVAILABLE: 503,
}  # fmt: skip
CUSTOMER = r"customers/(?P<customer_id>\d+)"
JOB = r"(?P<resource_name>customers/\d+/batchJobs/\d+)"
EXPERIMENT = r"customers/\d+/experiments/\d+"
# HTTP method, path below the version, service, method: developers.google.com/google-ads/api/rest/reference.
PATHS = (
    ("POST", f"{CUSTOMER}/googleAds:search", "GoogleAdsService", "Search"),
    ("POST", f"{CUSTOMER}/googleAds:searchStream", "GoogleAdsService", "SearchStream"),
    ("POST", f"{CUSTOMER}/googleAds:mutate", "GoogleAdsService", "Mutate"),
    ("GET", "customers:listAccessibleCustomers", "CustomerService", "ListAccessibleCustomers"),
    ("POST", "googleAdsFields:search", "GoogleAdsFieldService", "SearchGoogleAdsFields"),
    ("GET", r"(?P<resource_name>googleAdsFields/[\w.]+)", "GoogleAdsFieldService", "GetGoogleAdsField"),
    ("POST", "geoTargetConstants:suggest", "GeoTargetConstantService", "SuggestGeoTargetConstants"),
    ("POST", f"{CUSTOMER}/batchJobs:mutate", "BatchJobService", "MutateBatchJob"),
    ("POST", f"{JOB}:addOperations", "BatchJobService", "AddBatchJobOperations"),
    ("POST", f"{JOB}:run", "BatchJobService", "RunBatchJob"),
    ("GET", f"{JOB}:listResults", "BatchJobService", "ListBatchJobResults"),
    (
        "POST",
        f"(?P<resource_name>{EXPERIMENT}):scheduleExperiment",
        "ExperimentService",
        "ScheduleExperiment",
    ),
    ("POST", f"(?P<experiment>{EXPERIMENT}):endExperiment", "ExperimentService", "EndExperiment"),
    ("POST", f"(?P<resource_name>{EXPERIMENT}):promoteExperiment", "ExperimentService", "PromoteExperiment"),
    ("POST", f"(?P<experiment>{EXPERIMENT}):graduateExperiment", "ExperimentService", "GraduateExperiment"),
    (
        "GET",
        f"(?P<resource_name>{EXPERIMENT}):listExperimentAsyncErrors",
        "ExperimentService",
        "ListExperimentAsyncErrors",
    ),
)
MUTATE = re.compile(rf"{CUSTOMER}/(?P<collection>\w+):mutate")
ANSWERS = {  # methods whose answer is not named <Method>Response
    ("GoogleAdsService", "Search"): "services.types.google_ads_service.SearchGoogleAdsResponse",
    ("GoogleAdsService", "SearchStream"): "services.types.google_ads_service.SearchGoogleAdsStreamResponse",
}
# What Google takes on any call: cloud.google.com/apis/docs/system-parameters.
SYSTEM = frozenset({"$alt", "alt", "$prettyPrint", "prettyPrint", "key", "quotaUser", "$.xgafv"})
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Target:
    """The method that a path names, with the request's fields that stand in the path."""

    version: str
    service: str
    method: str
    bound: dict[str, str]


class Rest:
    """Google's JSON surface in front of the services that answer gRPC."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def answer(self, method: str, where: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Status, headers and body of one request; `where` is its path with its query."""
        parts = urlsplit(where)
        target = _target(method, unquote(parts.path).strip("/"))
        if target is None:
            return _error(404, "NOT_FOUND", f"Not found: {method} {parts.path}", [])
        call = Call(target.version, target.service, target.method, self._services.desk, request_id())
        try:
            request = _request(target, dict(parse_qsl(parts.query, keep_blank_values=True)), body, method)
            metadata = {name.lower(): value for name, value in headers.items()}
            found = self._services.serve(call, request.SerializeToString(), metadata)
            status, text = 200, _written(call, found)
        except (Refusal, Unimplemented, faults.Broken, ParseError) as error:
            status, text = _refused(call, error)
        return status, _headers(call), text


def _target(method: str, path: str) -> Target | None:
    version, _, rest = path.partition("/")
    if not re.fullmatch(r"v\d+", version):
        return None
    for verb, pattern, service, name in PATHS:
        match = re.fullmatch(pattern, rest)
        if match and verb == method:
            return Target(version, service, name, match.groupdict())
    match = MUTATE.fullmatch(rest)
    if match is None or method != "POST":
        return None
    bound, collection = {"customer_id": match["customer_id"]}, match["collection"]
    kind = BY_COLLECTION.get(collection)
    if kind is None:
        return Target(version, collection, "mutate", bound)
    return Target(version, kind.service, kind.method, bound)


def _request(target: Target, query: dict[str, str], body: bytes, method: str) -> Message:
    """The request's message; raises ParseError for a body, field or parameter that it does not have."""
    try:
        made = request_class(target.service, target.method)()
    except (ModuleNotFoundError, AttributeError):
        raise Unimplemented(f"{target.service}:{target.method}") from None
    given = {name: text for name, text in query.items() if name not in SYSTEM}
    if method == "POST":
        if given:
            raise ParseError(f'Unknown name "{next(iter(given))}": Cannot bind query parameter.')
        given = _body(body)
    ParseDict(given, made)
    for field, text in target.bound.items():
        setattr(made, field, text)
    return made


def _body(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if body.strip() else {}
    except ValueError:
        raise ParseError("the body is not JSON.") from None
    if not isinstance(found, dict):
        raise ParseError("the body must be an object.")
    return found


def _written(call: Call, found: Any) -> bytes:
    """An answer as JSON; a stream is the list of its messages."""
    if call.method == "SearchStream":
        return json.dumps([_json(call, part) for part in found], indent=1, ensure_ascii=False).encode()
    return json.dumps(_json(call, found), indent=1, ensure_ascii=False).encode()


def _json(call: Call, found: Any) -> Any:
    if isinstance(found, bytes):
        place, _, name = ANSWERS[call.service, call.method].rpartition(".")
        found = message(place, name).FromString(found)
    return MessageToDict(found)


def _refused(call: Call, error: Exception) -> tuple[int, bytes]:
    if isinstance(error, Refusal):
        status, problems = status_of(error.problems), list(error.problems)
        details = [
            {"@type": f"type.googleapis.com/{PACKAGE}.{call.version}.errors.GoogleAdsFailure"}
            | MessageToDict(failure(problems, call.request_id))
        ]
        text = status_text(problems)
    else:
        status = _STATUS[type(error)]
        text, details = _TEXT[type(error)].format(error), []
    http, _, body = _error(HTTP[status], status.name, text, details)
    # An error of a stream is the one element of its list.
    return http, b"[" + body + b"]" if call.method == "SearchStream" else body


_STATUS = {
    Unimplemented: grpc.StatusCode.UNIMPLEMENTED,
    faults.Broken: grpc.StatusCode.UNAVAILABLE,
    ParseError: grpc.StatusCode.INVALID_ARGUMENT,
}
_TEXT = {
    Unimplemented: "The sandbox does not reproduce {}.",
    faults.Broken: "{}",
    ParseError: "Invalid JSON payload received. {}",
}


def _error(http: int, status: str, text: str, details: list[Any]) -> Answer:
    error: dict[str, Any] = {"code": http, "message": text, "status": status}
    if details:
        error["details"] = details
    return http, {"content-type": "application/json; charset=UTF-8"}, json.dumps({"error": error}).encode()


def _headers(call: Call) -> dict[str, str]:
    return {"content-type": "application/json; charset=UTF-8", "request-id": call.request_id}
