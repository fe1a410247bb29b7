"""The Data Manager API's IngestionService: members of customer lists in and out, and how a request went.

Its messages are those of google-ads-datamanager; without that package it answers UNIMPLEMENTED. A request is
carried out before its answer; the first question about its status says PROCESSING, later ones how it ended.
"""

from __future__ import annotations

import importlib
import importlib.util
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import grpc

from sandbox.google import faults, ingestion
from sandbox.google.context import Account
from sandbox.google.errors import Refusal, Unimplemented, status_of
from sandbox.google.ingestion import COUNTED, DATA, Violation
from sandbox.google.members import match_range
from sandbox.google.messages import Message, set_enum
from sandbox.google.tokens import DATA_MANAGER_SCOPE, Tokens

PACKAGE = "google.ads.datamanager_v1"
SERVICE = "google.ads.datamanager.v1.IngestionService"
PREFIX = "/google.ads.datamanager.v1."
DOMAIN, STANDARD = "datamanager.googleapis.com", "googleapis.com"  # of ErrorInfo: its own, and every API's
KNOWN_FOR = timedelta(days=50)  # docstring of ErrorReason.REQUEST_TOO_OLD


class Refused(Exception):
    """A call that the API refuses: a status, a reason, and what is wrong with which field."""

    def __init__(
        self,
        status: grpc.StatusCode,
        reason: str,
        text: str,
        violations: list[Violation] | None = None,
        domain: str = DOMAIN,
    ) -> None:
        super().__init__(text)
        self.status, self.reason, self.text = status, reason, text
        self.violations, self.domain = violations or [], domain


@cache
def installed() -> bool:
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def message(module: str, name: str) -> Message:
    return getattr(importlib.import_module(f"{PACKAGE}.types.{module}"), name).pb()


class Desk:
    """Answers the calls of the IngestionService for one account."""

    def __init__(self, account: Account, tokens: Tokens, waiting: faults.Faults) -> None:
        self.account, self.tokens, self.waiting = account, tokens, waiting

    def handler(self, path: str) -> Any:
        """The gRPC handler of a path below google.ads.datamanager.v1."""
        service, method = path.removeprefix(PREFIX).split("/")
        return grpc.unary_unary_rpc_method_handler(
            lambda data, context: self._answer(service, method, data, context)
        )

    def _answer(self, service: str, method: str, data: bytes, context: Any) -> bytes:
        request_id = uuid.uuid4().hex
        try:
            return bytes(self._serve(service, method, data, context).SerializeToString())
        except Refused as refused:
            refuse(context, refused, request_id)
        except Refusal as refusal:  # a fault
            problem = refusal.problems[0]
            refuse(context, Refused(status_of(refusal.problems), problem.code, problem.text), request_id)
        except Unimplemented as error:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"The sandbox does not reproduce {error}.")
        except faults.Broken as broken:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(broken))
        raise AssertionError("abort raises")

    def _serve(self, service: str, method: str, data: bytes, context: Any) -> Message:
        if service != "IngestionService" or method not in METHODS:
            raise Unimplemented(f"{service}.{method} of the Data Manager API")
        if not installed():
            raise Unimplemented("the Data Manager API without the package google-ads-datamanager")
        self._check_token(dict(context.invocation_metadata()), method)
        fault = self.waiting.take(f"{service}.{method}")
        faults.strike_before(fault)
        request = message("ingestion_service", f"{method}Request").FromString(data)
        answer = METHODS[method](self.account, request)
        faults.strike_after(fault)
        return answer

    def _check_token(self, metadata: dict[str, Any], method: str) -> None:
        scheme, _, token = str(metadata.get("authorization", "")).partition(" ")
        code = "OAUTH_TOKEN_INVALID" if scheme.lower() != "bearer" else self.tokens.check(token)
        if code:
            text = "Request had invalid authentication credentials."
            raise Refused(
                grpc.StatusCode.UNAUTHENTICATED, "ACCESS_TOKEN_EXPIRED" if "EXPIRED" in code else
                "CREDENTIALS_MISSING" if not token else "ACCESS_TOKEN_INVALID", text, domain=STANDARD,
            )  # fmt: skip
        if DATA_MANAGER_SCOPE not in self.tokens.scopes(token):
            text = "Request had insufficient authentication scopes."
            status = grpc.StatusCode.PERMISSION_DENIED
            raise Refused(status, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", text, domain=STANDARD)


def refuse(context: Any, refused: Refused, request_id: str) -> None:
    """End a call with google.rpc.Status in its trailer: …/devguides/concepts/understand-errors."""
    from google.protobuf.any_pb2 import Any as AnyMessage
    from google.rpc import error_details_pb2 as details
    from google.rpc.status_pb2 import Status

    info = details.ErrorInfo(reason=refused.reason, domain=refused.domain)
    parts: list[Any] = [info, details.RequestInfo(request_id=request_id)]
    if refused.violations:
        bad = details.BadRequest()
        for each in refused.violations:
            bad.field_violations.add(field=each.field, description=each.text, reason=each.reason)
        parts.append(bad)
    status = Status(code=refused.status.value[0], message=refused.text)
    for part in parts:
        packed = AnyMessage()
        packed.Pack(part)
        status.details.append(packed)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(refused.status, refused.text)


def _check(account: Account, request: Message) -> None:
    """What is missing from it first, then who may do so, then what it says of lists and members."""
    if shapeless := ingestion.shape(request):
        raise invalid(shapeless)
    for one in request.destinations:
        _check_access(account, one)
    if found := ingestion.problems(account, request):
        raise invalid(found)


def invalid(found: list[Violation]) -> Refused:
    text = "There was a problem with the request."
    return Refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT", text, found)


def _check_access(account: Account, destination: Message) -> None:
    """The service account reaches the client through its manager, here as in the Google Ads API."""
    world, login = account.world, destination.login_account.account_id
    if (destination.operating_account.account_id, login) != (world.customer, world.login_customer):
        text = "The user does not have permission or the resource is not found."
        raise Refused(grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED", text)


# -- methods ------------------------------------------------------------------------------------------------


def ingest(account: Account, request: Message) -> Message:
    """IngestAudienceMembers."""
    _check(account, request)
    response = message("ingestion_service", "IngestAudienceMembersResponse")()
    encoding, status = _encoding(request), _statuses()
    for destination in request.destinations:
        members = ingestion.addressed(request.audience_members, destination.reference)
        taken = [each for each in members if not ingestion.denies(each, request)]
        people = [ingestion.person(each, encoding) for each in taken]
        if not request.validate_only:
            name = ingestion.list_name(account, destination)
            account.store.members.add(name, people, account.today())
        one = _status(status, destination, len(members), len(members) - len(taken))
        counted = _counts(one.audience_members_ingestion_status, "ingestion", members)
        if people and "upload_match_rate_range" in counted.DESCRIPTOR.fields_by_name:
            set_enum(counted, "upload_match_rate_range", f"MATCH_RATE_RANGE_{match_range(people)}")
    return _answered(account, request, response, status)


def remove(account: Account, request: Message) -> Message:
    """RemoveAudienceMembers: at once; nobody who is not there is missed."""
    _check(account, request)
    response = message("ingestion_service", "RemoveAudienceMembersResponse")()
    encoding, status = _encoding(request), _statuses()
    for destination in request.destinations:
        members = ingestion.addressed(request.audience_members, destination.reference)
        if not request.validate_only:
            people = [ingestion.person(each, encoding) for each in members]
            account.store.members.remove(ingestion.list_name(account, destination), people)
        one = _status(status, destination, len(members), 0)
        _counts(one.audience_members_removal_status, "removal", members)
    return _answered(account, request, response, status)


def remove_all(account: Account, request: Message) -> Message:
    """RemoveAllAudienceMembers, or all that were last sent before a day."""
    _check(account, request)
    response, status = message("ingestion_service", "RemoveAllAudienceMembersResponse")(), _statuses()
    before = None
    if request.HasField("remove_as_of_time"):
        moment = datetime.fromtimestamp(request.remove_as_of_time.seconds, account.world.zone)
        if moment > account.clock.now():
            text = "Only times that have passed."
            raise invalid([Violation("INVALID_REMOVE_AS_OF_TIME", "remove_as_of_time", text)])
        before = moment.date()
    for destination in request.destinations:
        if not request.validate_only:
            account.store.members.remove_all(ingestion.list_name(account, destination), before)
        one = _status(status, destination, 0, 0)
        one.remove_all_audience_members_status.SetInParent()
    return _answered(account, request, response, status)


def retrieve(account: Account, request: Message) -> Message:
    """RetrieveRequestStatus: of requests that were carried out."""
    if not request.request_id:
        raise invalid([Violation("REQUIRED_FIELD_MISSING", "request_id", "Required field is missing.")])
    owner = _owner(request.request_id)
    kept = account.store.kept(owner, "status")
    if not kept:
        text = "Only requests that succeeded and were not merely validated have a status."
        raise invalid([Violation("INVALID_REQUEST_ID", "request_id", text)])
    received = datetime.fromisoformat(account.store.kept(owner, "received")[0].decode())
    if account.clock.now() - received > KNOWN_FOR:
        raise invalid([Violation("REQUEST_TOO_OLD", "request_id", "Statuses are known for 50 days.")])
    response = _statuses().FromString(kept[0])
    if not account.store.kept(owner, "asked"):
        account.store.keep(owner, "asked", [b""])
        for one in response.request_status_per_destination:
            set_enum(one, "request_status", "PROCESSING")
            one.ClearField("error_info")
    return response


METHODS: dict[str, Callable[[Account, Message], Message]] = {
    "IngestAudienceMembers": ingest,
    "RemoveAudienceMembers": remove,
    "RemoveAllAudienceMembers": remove_all,
    "RetrieveRequestStatus": retrieve,
}


# -- statuses -----------------------------------------------------------------------------------------------


def _statuses() -> Message:
    return message("ingestion_service", "RetrieveRequestStatusResponse")()


def _encoding(request: Message) -> str:
    return "BASE64" if request.encoding == 2 else "HEX"


def _status(statuses: Message, destination: Message, records: int, denied: int) -> Message:
    one = statuses.request_status_per_destination.add(destination=destination)
    outcome = "SUCCESS" if not denied else "FAILED" if denied == records else "PARTIAL_SUCCESS"
    set_enum(one, "request_status", outcome)
    if denied:
        count = one.error_info.error_counts.add(record_count=denied)
        set_enum(count, "reason", "PROCESSING_ERROR_REASON_DENIED_CONSENT")
    return one


def _counts(status: Message, what: str, members: list[Message]) -> Message:
    """Records and identifiers that were sent, taken or not."""
    kind = next((each.WhichOneof("data") for each in members), "user_data")
    counted = getattr(status, f"{DATA[kind].status}_{what}_status")
    counted.SetInParent()
    counted.record_count = len(members)
    setattr(counted, COUNTED[kind], sum(_identifiers(each) for each in members))
    return counted


def _identifiers(member: Message) -> int:
    if member.WhichOneof("data") == "user_data":
        return len(member.user_data.user_identifiers)
    return len(member.mobile_data.mobile_ids) or 1


def _owner(request_id: str) -> str:
    return f"requests/{request_id}"


def _answered(account: Account, request: Message, response: Message, statuses: Message) -> Message:
    """The response with the id of the request, which knows its status from now on."""
    with account.store.change(keep=not request.validate_only):
        number = account.store.new_id()
    response.request_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{account.root}/{number}"))
    if not request.validate_only:
        owner = _owner(response.request_id)
        account.store.keep(owner, "received", [account.clock.now().isoformat().encode()])
        account.store.keep(owner, "status", [statuses.SerializeToString()])
    return response
