"""Offline user data jobs, for the accounts that may still use them: members of customer lists in and out.

    PENDING ─run─▸ SUCCESS

The work is done before the answer to RunOfflineUserDataJob; the operation says first that it runs.
Sources: the docstrings of OfflineUserDataJobError, OfflineUserDataJobOperation and the request messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.google import longrunning
from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal, Step, Unimplemented, not_found, required, status_message
from sandbox.google.identifiers import DEVICE, REGION, broken_hash
from sandbox.google.kinds import KINDS
from sandbox.google.longrunning import Work
from sandbox.google.members import Person, match_range
from sandbox.google.messages import Message, enum_name, message, set_enum
from sandbox.google.store import Entry

SERVICE = "services.types.offline_user_data_job_service"
KIND = KINDS["offline_user_data_job"]
FAMILY = "offline_user_data_job_error"
OPERATIONS = "operations"
LIST_TYPE = "CUSTOMER_MATCH_USER_LIST"
REFUSED_TYPES = {  # OfflineUserDataJobTypeEnum → what needs an allow-list of its own
    "STORE_SALES_UPLOAD_FIRST_PARTY": "NOT_ON_ALLOWLIST_FOR_STORE_SALES_DIRECT",
    "STORE_SALES_UPLOAD_THIRD_PARTY": "NOT_ON_ALLOWLIST_FOR_STORE_SALES_DIRECT",
}
MOST_IN_REQUEST, MOST_IN_OPERATION = 100_000, 20  # identifiers: docstring of TOO_MANY_USER_IDENTIFIERS
# Identifier → the upload key of the lists that take it.
KEYS = {
    "hashed_email": "CONTACT_INFO", "hashed_phone_number": "CONTACT_INFO", "address_info": "CONTACT_INFO",
    "mobile_id": "MOBILE_ADVERTISING_ID", "third_party_user_id": "CRM_ID",
}  # fmt: skip


def _problem(code: str, text: str, *path: Step) -> Problem:
    return Problem(FAMILY, code, text, path)


# -- create -------------------------------------------------------------------------------------------------


def create(account: Account, request: Message) -> Message:
    """CreateOfflineUserDataJob: for one customer list."""
    given = request.job
    _check_job(account, given)
    response = message(SERVICE, "CreateOfflineUserDataJobResponse")()
    with account.store.change(keep=not request.validate_only):
        job, id = KIND.new(), account.store.new_id()
        job.CopyFrom(given)
        job.resource_name, job.id = f"{account.root}/offlineUserDataJobs/{id}", id
        set_enum(job, "status", "PENDING")
        account.store.put(job.resource_name, Entry(KIND, job, account.today().isoformat()))
    if not request.validate_only:
        response.resource_name = job.resource_name
    return response


def _check_job(account: Account, job: Message) -> None:
    kind, metadata = enum_name(job, "type_"), job.customer_match_user_list_metadata
    path = ("job", "customer_match_user_list_metadata", "user_list")
    if kind in ("UNSPECIFIED", "UNKNOWN"):
        raise Refusal(required("type").below("job"))
    if kind in REFUSED_TYPES:
        raise Refusal(_problem(REFUSED_TYPES[kind], "The customer is not on the allow-list.", "job", "type"))
    if kind != LIST_TYPE:
        raise Unimplemented(f"OfflineUserDataJob.type {kind}")
    if not metadata.user_list:
        raise Refusal(required("user_list").below(*path[:-1]))
    found = account.store.get(metadata.user_list)
    if found is None:
        raise Refusal(_problem("INVALID_USER_LIST_ID", "The user list is not valid.", *path))
    if found.WhichOneof("user_list") != "crm_based_user_list":
        raise Refusal(_problem("INVALID_USER_LIST_TYPE", "It is no list of customers.", *path))


# -- operations ---------------------------------------------------------------------------------------------


def add(account: Account, request: Message, version: str) -> Message:
    """AddOfflineUserDataJobOperations: checked and kept until the job runs."""
    job = _job(account, request.resource_name)
    if enum_name(job, "status") != "PENDING":
        raise Refusal(_problem("JOB_ALREADY_STARTED", "The job has started."))
    if not request.operations:
        raise Refusal(required("operations"))
    before = [_parsed(blob) for blob in account.store.kept(job.resource_name, OPERATIONS)]
    _check_whole(before, list(request.operations))
    response = message(SERVICE, "AddOfflineUserDataJobOperationsResponse")()
    problems = [each for i, one in enumerate(request.operations) for each in _broken(account, job, one, i)]
    if problems and not request.enable_partial_failure:
        raise Refusal(*problems)
    if problems:
        response.partial_failure_error.CopyFrom(status_message(problems, version, ""))
    bad = {step[1] for each in problems for step in each.path[:1] if isinstance(step, tuple)}
    good = [one for index, one in enumerate(request.operations) if index not in bad]
    if not request.validate_only:
        account.store.keep(job.resource_name, OPERATIONS, [one.SerializeToString() for one in good])
    return response


def _parsed(blob: bytes) -> Message:
    return message(SERVICE, "OfflineUserDataJobOperation").FromString(blob)


def _check_whole(before: list[Message], given: list[Message]) -> None:
    """What only shows over all operations of a request or a job."""
    identifiers = sum(len(getattr(one, one.WhichOneof("operation") or "create").user_identifiers)
                      for one in given if one.WhichOneof("operation") != "remove_all")  # fmt: skip
    if identifiers > MOST_IN_REQUEST:
        text = f"At most {MOST_IN_REQUEST} identifiers in a request."
        raise Refusal(_problem("TOO_MANY_USER_IDENTIFIERS", text, "operations"))
    whole = [one.WhichOneof("operation") for one in (*before, *given)]
    if "remove_all" in whole[1:]:
        text = "Removing all is the first operation."
        raise Refusal(_problem("INVALID_OPERATION_ORDER", text, "operations"))
    if {"create", "remove"} <= set(whole):
        text = "One job creates or removes."
        raise Refusal(_problem("CONFLICTING_OPERATION", text, "operations"))


def _broken(account: Account, job: Message, one: Message, index: int) -> Iterator[Problem]:
    verb, at = one.WhichOneof("operation"), ("operations", index)
    if verb is None:
        text = "An operation must have a create, remove, or remove_all."
        yield Problem("request_error", "OPERATION_REQUIRED", text, (at,))
        return
    if verb == "remove_all":
        return
    identifiers = getattr(one, verb).user_identifiers
    if not identifiers:
        yield _problem("MISSING_USER_IDENTIFIER", "The user identifier is missing.", at, verb)
    if len(identifiers) > MOST_IN_OPERATION:
        text = f"At most {MOST_IN_OPERATION} identifiers in an operation."
        yield _problem("TOO_MANY_USER_IDENTIFIERS", text, at, verb, "user_identifiers")
    user_list = account.store.get(job.customer_match_user_list_metadata.user_list)
    key = enum_name(user_list.crm_based_user_list, "upload_key_type") if user_list is not None else ""
    for place, identifier in enumerate(identifiers):
        yield from _identifier(identifier, key, (at, verb, ("user_identifiers", place)))


def _identifier(identifier: Message, key: str, path: tuple[Step, ...]) -> Iterator[Problem]:
    kind = identifier.WhichOneof("identifier")
    if kind is None:
        yield _problem("MISSING_USER_IDENTIFIER", "The user identifier is missing.", *path)
    elif KEYS[kind] != key:
        code, text = "INCOMPATIBLE_UPLOAD_KEY_TYPE", f"The list takes {key}."
        yield _problem(code, text, *path, kind)
    elif kind == "mobile_id" and not DEVICE.fullmatch(identifier.mobile_id):
        yield _problem("INVALID_MOBILE_ID_FORMAT", "The mobile id is malformed.", *path, kind)
    elif kind == "address_info":
        yield from _address(identifier.address_info, (*path, kind))
    elif kind.startswith("hashed") and broken_hash(getattr(identifier, kind), "HEX"):
        # Choice: the platform's word for it is not documented.
        text = "It is no SHA-256 in hexadecimal digits."
        yield Problem("string_format_error", "INVALID_FORMAT", text, (*path, kind))


def _address(address: Message, path: tuple[Step, ...]) -> Iterator[Problem]:
    for field in ("hashed_first_name", "hashed_last_name", "country_code", "postal_code"):
        if not getattr(address, field):
            yield required(field).below(*path)
        elif field.startswith("hashed") and broken_hash(getattr(address, field), "HEX"):
            text = "It is no SHA-256 in hexadecimal digits."
            yield Problem("string_format_error", "INVALID_FORMAT", text, (*path, field))
    if address.country_code and not REGION.fullmatch(address.country_code):
        yield _problem("INVALID_COUNTRY_CODE", "The country code is invalid.", *path, "country_code")


# -- run ----------------------------------------------------------------------------------------------------


def run(account: Account, request: Message, work: Work) -> Any:
    """RunOfflineUserDataJob: members come in or go out."""
    job = _job(account, request.resource_name)
    if enum_name(job, "status") != "PENDING":
        raise Refusal(_problem("JOB_ALREADY_STARTED", "The job has started."))
    place = "resources.types.offline_user_data_job"
    metadata = message(place, "OfflineUserDataJobMetadata", work.version)()
    metadata.ParseFromString(job.operation_metadata.SerializeToString())
    keep = not request.validate_only
    operation = longrunning.begun(account, "offlineUserDataJob", job.resource_name, work, metadata, keep)
    if not keep:
        return operation
    done = KIND.new()
    done.CopyFrom(job)
    set_enum(done, "status", {"stuck": "RUNNING", "failed": "FAILED"}.get(work.fault, "SUCCESS"))
    if work.goes_on:
        operations = [_parsed(blob) for blob in account.store.kept(job.resource_name, OPERATIONS)]
        if rate := _carry_out(account, job, operations):
            set_enum(done.operation_metadata, "match_rate_range", rate)
        account.store.forget(job.resource_name, OPERATIONS)
    with account.store.change():
        account.store.put(done.resource_name, Entry(KIND, done, account.today().isoformat()))
    return operation


def _carry_out(account: Account, job: Message, operations: list[Message]) -> str:
    """Change the list; the range of the match rate of those who came, "" where nobody did."""
    members, metadata = account.store.members, job.customer_match_user_list_metadata
    user_list, whole = metadata.user_list, metadata.consent
    if any(one.WhichOneof("operation") == "remove_all" for one in operations):
        members.remove_all(user_list)
    gone = [_person(one.remove) for one in operations if one.WhichOneof("operation") == "remove"]
    members.remove(user_list, gone)
    come = [one.create for one in operations if one.WhichOneof("operation") == "create"]
    people = [_person(each) for each in come if not _denies(each, whole)]
    members.add(user_list, people, account.today())
    return f"MATCH_RANGE_{match_range(people)}" if people else ""


def _denies(member: Message, whole: Message) -> bool:
    said = member.consent if member.HasField("consent") else whole
    return enum_name(said, "ad_user_data") == "DENIED"


def _person(member: Message) -> Person:
    """Identifiers spelled as the Data Manager's are, so that either API finds a member of the other."""
    found = []
    for identifier in member.user_identifiers:
        kind = identifier.WhichOneof("identifier")
        if kind == "address_info":
            address = identifier.address_info
            names = (address.hashed_first_name, address.hashed_last_name)
            places = (address.country_code.upper(), address.postal_code.strip().upper())
            found.append(" ".join((*(name.lower() for name in names), *places)))
        else:
            text = str(getattr(identifier, kind))
            found.append(text if kind == "third_party_user_id" else text.lower())
    return found


def _job(account: Account, name: str) -> Message:
    entry = account.store.entries.get(name)
    if entry is None or entry.kind is not KIND:
        raise Refusal(not_found(name, "resource_name"))
    return entry.message
