"""Every method of every version over one generic handler: who may call what, and how it is answered."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import grpc

from sandbox.google import (
    allowlist,
    answers,
    batches,
    datamanager,
    experiment_life,
    faults,
    longrunning,
    targets,
)
from sandbox.google.changelog import Author, acting
from sandbox.google.errors import Problem, Refusal, Unimplemented, status_of, status_text, trailing
from sandbox.google.kinds import BY_METHOD
from sandbox.google.messages import Message, has_service, message, snake, versions
from sandbox.google.tokens import SCOPE, Tokens

PATH = re.compile(r"/google\.ads\.googleads\.(v\d+)\.services\.(\w+)/(\w+)")
REQUESTS = {  # methods whose request is not named <Method>Request
    ("GoogleAdsService", "Mutate"): "MutateGoogleAdsRequest",
    ("GoogleAdsService", "Search"): "SearchGoogleAdsRequest",
    ("GoogleAdsService", "SearchStream"): "SearchGoogleAdsStreamRequest",
}
# Methods that are not about one customer.
OPEN = {"ListAccessibleCustomers", "SuggestGeoTargetConstants", "GetGoogleAdsField", "SearchGoogleAdsFields"}
Answer = Callable[["Call", Message], Any]
METHODS: dict[tuple[str, str], Answer] = {
    ("GoogleAdsService", "Mutate"): lambda call, request: answers.mutate_all(
        call.desk, request, call.version, call.fault
    ),
    ("GoogleAdsService", "Search"): lambda call, request: answers.search(
        call.desk, request, call.version, call.fault == "empty_page"
    ),
    ("GoogleAdsService", "SearchStream"): lambda call, request: answers.stream(
        call.desk, request, call.version, call.request_id, call.fault == "empty_page"
    ),
    ("CustomerService", "ListAccessibleCustomers"): lambda call, request: answers.accessible_customers(
        call.desk
    ),
    ("GeoTargetConstantService", "SuggestGeoTargetConstants"): lambda call, request: answers.suggest(request),
    ("GoogleAdsFieldService", "GetGoogleAdsField"): lambda call, request: answers.one_field(
        request, call.version
    ),
    ("GoogleAdsFieldService", "SearchGoogleAdsFields"): lambda call, request: answers.search_fields(
        request, call.version
    ),
    ("BatchJobService", "MutateBatchJob"): lambda call, request: batches.mutate(call.desk.account, request),
    ("BatchJobService", "AddBatchJobOperations"): lambda call, request: batches.add(
        call.desk.account, request
    ),
    ("BatchJobService", "RunBatchJob"): lambda call, request: batches.run(
        call.desk.account, request, call.work
    ),
    ("BatchJobService", "ListBatchJobResults"): lambda call, request: batches.results(
        call.desk.account, request
    ),
    ("ExperimentService", "ScheduleExperiment"): lambda call, request: experiment_life.schedule(
        call.desk.account, request, call.work
    ),
    ("ExperimentService", "EndExperiment"): lambda call, request: experiment_life.end(
        call.desk.account, request
    ),
    ("ExperimentService", "PromoteExperiment"): lambda call, request: experiment_life.promote(
        call.desk.account, request, call.work
    ),
    ("ExperimentService", "GraduateExperiment"): lambda call, request: experiment_life.graduate(
        call.desk.account, request
    ),
    ("ExperimentService", "ListExperimentAsyncErrors"): lambda call, request: experiment_life.async_errors(
        call.desk.account, request
    ),
    ("RecommendationService", "GenerateRecommendations"): lambda call, request: targets.recommendations(
        request
    ),
    ("RecommendationService", "ApplyRecommendation"): lambda call, request: targets.no_recommendation(
        request
    ),
    ("RecommendationService", "DismissRecommendation"): lambda call, request: targets.no_recommendation(
        request
    ),
    **dict.fromkeys(
        allowlist.CLOSED,
        lambda call, request: allowlist.answer(
            call.desk.account, call.service, call.method, request, call.work
        ),
    ),
}


@dataclass
class Call:
    """One call: the method, the caller's version, and the desk that keeps the account."""

    version: str
    service: str
    method: str
    desk: answers.Desk
    request_id: str
    fault: str = ""  # one that is inside the answer, or meets the work which this call begins

    @property
    def work(self) -> longrunning.Work:
        return longrunning.Work(self.version, self.fault)


def request_class(service: str, method: str) -> Message:
    name = REQUESTS.get((service, method), f"{method}Request")
    return message(f"services.types.{snake(service)}", name)


def supported(service: str, method: str) -> bool:
    return (service, method) in METHODS or (service, method) in BY_METHOD


class Services(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Finds the handler of a method by its path; requests arrive and answers leave as bytes."""

    def __init__(self, desk: answers.Desk, tokens: Tokens, waiting: faults.Faults) -> None:
        self.desk, self.tokens, self.waiting = desk, tokens, waiting
        self.data_manager = datamanager.Desk(desk.account, tokens, waiting)

    def service(self, details: Any) -> Any:
        match = PATH.fullmatch(details.method)
        if details.method == longrunning.PATH:
            return grpc.unary_unary_rpc_method_handler(self._operation)
        if details.method.startswith(datamanager.PREFIX):
            return self.data_manager.handler(details.method)
        if match is None:
            return None
        version, service, method = match.groups()
        if method == "SearchStream":
            return grpc.unary_stream_rpc_method_handler(
                lambda data, context: self._stream(version, service, method, data, context)
            )
        return grpc.unary_unary_rpc_method_handler(
            lambda data, context: self._unary(version, service, method, data, context)
        )

    def _unary(self, version: str, service: str, method: str, data: bytes, context: Any) -> bytes:
        call = Call(version, service, method, self.desk, request_id())
        with _Refusals(context, call):
            answer = self.serve(call, data, dict(context.invocation_metadata()))
            context.set_trailing_metadata((("request-id", call.request_id),))
            return answer if isinstance(answer, bytes) else bytes(answer.SerializeToString())
        raise AssertionError("abort raises")

    def _operation(self, data: bytes, context: Any) -> bytes:
        """How a long-running operation stands; it belongs to no version."""
        call = Call(versions()[-1], "Operations", "GetOperation", self.desk, request_id())
        with _Refusals(context, call):
            self._check_token(dict(context.invocation_metadata()))
            fault = self.waiting.take("Operations.GetOperation")
            faults.strike_before(fault)
            with self.desk.account.store.lock:
                finish = {"experiment": experiment_life.finish}
                answer = longrunning.asked(self.desk.account, data, finish)
            faults.strike_after(fault)
            return bytes(answer.SerializeToString())
        raise AssertionError("abort raises")

    def _stream(self, version: str, service: str, method: str, data: bytes, context: Any) -> Iterator[bytes]:
        call = Call(version, service, method, self.desk, request_id())
        with _Refusals(context, call):
            yield from self.serve(call, data, dict(context.invocation_metadata()))
            context.set_trailing_metadata((("request-id", call.request_id),))

    def serve(self, call: Call, data: bytes, metadata: dict[str, Any]) -> Any:
        """The answer of a method: a message, its bytes, or the parts of a stream.

        Raises Refusal, Unimplemented and faults.Broken.
        """
        _check_version(call)
        self._check_token(metadata)
        fault = self.waiting.take(f"{call.service}.{call.method}")
        faults.strike_before(fault)
        call.fault = faults.inside(fault)
        if not supported(call.service, call.method):
            raise Unimplemented(f"{call.service}.{call.method}")
        request = request_class(call.service, call.method)()
        request.ParseFromString(data)
        if call.method not in OPEN:
            self._check_access(metadata, _customer(request))
        self.desk.quotas.take(request)
        with acting(Author("GOOGLE_ADS_API", self.tokens.owner(_bearer(metadata)))):
            answer = METHODS.get((call.service, call.method), _mutate_kind)(call, request)
        faults.strike_after(fault)
        return answer

    def _check_token(self, metadata: dict[str, Any]) -> None:
        scheme, _, token = str(metadata.get("authorization", "")).partition(" ")
        if scheme.lower() != "bearer" or not token:
            text = "The Google Ads API call did not include an OAuth access token."
            raise Refusal(Problem("authentication_error", "OAUTH_TOKEN_HEADER_INVALID", text))
        code = self.tokens.check(token)
        if not code and SCOPE not in self.tokens.scopes(token):
            code = "OAUTH_TOKEN_INVALID"
        if code:
            raise Refusal(
                Problem("authentication_error", code, "OAuth access token in the header is not valid.")
            )

    def _check_access(self, metadata: dict[str, Any], customer: str) -> None:
        world, login = self.desk.account.world, str(metadata.get("login-customer-id", ""))
        if not re.fullmatch(r"\d{10}", customer):
            text = "Invalid customer ID: ten digits without hyphens."
            raise Refusal(Problem("request_error", "INVALID_CUSTOMER_ID", text, (), customer))
        if login and not re.fullmatch(r"\d{10}", login):
            text = "The login customer ID could not be validated."
            raise Refusal(Problem("header_error", "INVALID_LOGIN_CUSTOMER_ID", text, (), login))
        known = {world.customer, world.login_customer}
        # The service account may use the manager; the client is reached through it.
        if customer not in known or (login or customer) != world.login_customer:
            text = (
                "User doesn't have permission to access customer. Note: If you're accessing a client"
                " customer, the manager's customer id must be set in the 'login-customer-id' header."
            )
            raise Refusal(Problem("authorization_error", "USER_PERMISSION_DENIED", text))


def _bearer(metadata: dict[str, Any]) -> str:
    return str(metadata.get("authorization", "")).partition(" ")[2]


# Fields that name the resource a request is about, where it has no `customer_id`.
ABOUT = ("resource_name", "experiment")


def _customer(request: Message) -> str:
    """The customer a request is about."""
    fields = request.DESCRIPTOR.fields_by_name
    if "customer_id" in fields:
        return str(request.customer_id)
    name = next((str(getattr(request, field)) for field in ABOUT if field in fields), "")
    match = re.match(r"customers/(\d+)/", name)
    return match[1] if match else ""


def _mutate_kind(call: Call, request: Message) -> Message:
    return answers.mutate(call.desk, BY_METHOD[call.service, call.method], request, call.version, call.fault)


def _check_version(call: Call) -> None:
    """A version that ended is refused under its own name, as recorded in n8n-io/n8n#32790."""
    if call.version not in versions():
        ended = int(call.version[1:]) < int(versions()[0][1:])
        text = "deprecated. Requests to this version will be blocked." if ended else "not supported."
        raise Refusal(Problem("request_error", "UNSUPPORTED_VERSION", f"Version {call.version} is {text}"))
    if not has_service(call.version, call.service):
        raise Unimplemented(f"{call.service} in {call.version}")


def request_id() -> str:
    return uuid.uuid4().hex[:22]


class _Refusals:
    """Turns what a method raises into the status and metadata of its call."""

    def __init__(self, context: Any, call: Call) -> None:
        self.context, self.call = context, call

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refusal):
            status, problems = status_of(error.problems), list(error.problems)
            self.context.set_trailing_metadata(trailing(problems, self.call.version, self.call.request_id))
            self.context.abort(status, status_text(problems))
        elif isinstance(error, Unimplemented):
            self.context.abort(grpc.StatusCode.UNIMPLEMENTED, f"The sandbox does not reproduce {error}.")
        elif isinstance(error, faults.Broken):
            self.context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
