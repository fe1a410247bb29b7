"""Batch jobs: operations are collected, run once, each for itself, and their results kept to be listed."""

from __future__ import annotations

from typing import Any

from sandbox.google import longrunning
from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal, not_found, status_message
from sandbox.google.kinds import KINDS
from sandbox.google.longrunning import Work
from sandbox.google.messages import Message, enum_name, message, set_enum
from sandbox.google.mutate import Request, item_of
from sandbox.google.store import Entry

SERVICE = "services.types.batch_job_service"
KIND = KINDS["batch_job"]
OPERATIONS, RESULTS = "operations", "results"
LARGEST = 10_484_504  # bytes of one request to add operations: docstring of BatchJobError.REQUEST_TOO_LARGE
PAGE = 1_000  # choice: results of a page when none is asked for, and the most


def mutate(account: Account, request: Message) -> Message:
    """BatchJobService.MutateBatchJob: create one, or remove one that has not run."""
    response = message(SERVICE, "MutateBatchJobResponse")()
    verb = request.operation.WhichOneof("operation")
    if verb is None:
        text = "Mutate operation must have a create, update, or remove specified."
        raise Refusal(Problem("request_error", "OPERATION_REQUIRED", text, ("operation",)))
    with account.store.change():
        if verb == "remove":
            job = _job(account, request.operation.remove, "operation", "remove")
            if enum_name(job, "status") != "PENDING":
                raise _refusal("CAN_ONLY_REMOVE_PENDING_JOB", "It has run.", "operation", "remove")
            account.store.drop(job.resource_name)
            account.store.forget(job.resource_name)
            response.result.resource_name = job.resource_name
        else:
            response.result.resource_name = _create(account)
    return response


def _create(account: Account) -> str:
    job, id = KIND.new(), account.store.new_id()
    job.resource_name, job.id = f"{account.root}/batchJobs/{id}", id
    set_enum(job, "status", "PENDING")
    job.next_add_sequence_token = _token(job, 0)
    job.metadata.creation_date_time = _now(account)
    _put(account, job)
    return str(job.resource_name)


def add(account: Account, request: Message) -> Message:
    """BatchJobService.AddBatchJobOperations; after the first call with the token that the last one gave."""
    job = _job(account, request.resource_name, "resource_name")
    if enum_name(job, "status") != "PENDING":
        raise _refusal("CANNOT_MODIFY_JOB_AFTER_JOB_STARTS_RUNNING", "The job has run.")
    if not request.mutate_operations:
        raise _refusal("EMPTY_OPERATIONS", "No operations are given.", "mutate_operations")
    if request.ByteSize() > LARGEST:
        raise _refusal("REQUEST_TOO_LARGE", f"A request has at most {LARGEST} bytes.")
    there = len(account.store.kept(job.resource_name, OPERATIONS))
    if request.sequence_token != (_token(job, there) if there else ""):
        raise _refusal("INVALID_SEQUENCE_TOKEN", "The token is not the next one.", "sequence_token")
    blobs = [operation.SerializeToString() for operation in request.mutate_operations]
    total = there + len(blobs)
    with account.store.change():
        account.store.keep(job.resource_name, OPERATIONS, blobs)
        changed = _changed(job)
        changed.next_add_sequence_token = _token(job, total)
        changed.metadata.operation_count = total
        _put(account, changed)
    response = message(SERVICE, "AddBatchJobOperationsResponse")()
    response.total_operations, response.next_sequence_token = total, _token(job, total)
    return response


def run(account: Account, request: Message, work: Work) -> Any:
    """BatchJobService.RunBatchJob: a long-running operation; every mutate succeeds or fails for itself."""
    job = _job(account, request.resource_name, "resource_name")
    if enum_name(job, "status") != "PENDING":
        raise _refusal("CANNOT_MODIFY_JOB_AFTER_JOB_STARTS_RUNNING", "The job has run.")
    metadata = message("resources.types.batch_job", "BatchJob", work.version).BatchJobMetadata()
    metadata.ParseFromString(job.metadata.SerializeToString())
    metadata.start_date_time = _now(account)
    operation = longrunning.begun(account, "batchJob", job.resource_name, work, metadata)
    if work.fault == "failed":
        return operation  # and may run anew
    results = _results(account, _blobs(account, job), work.version) if work.goes_on else []
    with account.store.change():
        changed = _changed(job)
        changed.ClearField("next_add_sequence_token")
        changed.long_running_operation = operation.name
        changed.metadata.start_date_time = metadata.start_date_time
        set_enum(changed, "status", "RUNNING")
        if work.goes_on:
            account.store.keep(job.resource_name, RESULTS, [each.SerializeToString() for each in results])
            changed.metadata.executed_operation_count = len(results)
            changed.metadata.completion_date_time = _now(account)
            set_enum(changed, "status", "DONE")
        _put(account, changed)
    return operation


def _blobs(account: Account, job: Message) -> list[bytes]:
    return account.store.kept(job.resource_name, OPERATIONS)


def _now(account: Account) -> str:
    return account.clock.now().astimezone(account.world.zone).strftime("%Y-%m-%d %H:%M:%S")


def _results(account: Account, blobs: list[bytes], version: str) -> list[Message]:
    made = []
    kind = message("services.types.google_ads_service", "MutateOperation")
    items = [item_of(kind.FromString(blob), index) for index, blob in enumerate(blobs)]
    failed: dict[int, list[Problem]] = {}
    names: list[str | None] = [None] * len(items)
    try:
        with account.store.change():
            outcome = Request(account, partial=True).run(items)
        names, problems = outcome.names, outcome.problems
    except Refusal as refusal:  # a whole transaction that cannot stand
        problems = list(refusal.problems)
    for problem in problems:
        failed.setdefault(_index(problem), []).append(problem)
    for index, (item, name) in enumerate(zip(items, names, strict=True)):
        result = message(SERVICE, "BatchJobResult")(operation_index=index)
        if index in failed:
            result.status.CopyFrom(status_message(failed[index], version, ""))
        elif name:
            getattr(result.mutate_operation_response, f"{item.kind.name}_result").resource_name = name
        made.append(result)
    return made


def _index(problem: Problem) -> int:
    return next((step[1] for step in problem.path if isinstance(step, tuple)), 0)


def results(account: Account, request: Message) -> Message:
    """BatchJobService.ListBatchJobResults, in the order of the operations."""
    job = _job(account, request.resource_name, "resource_name")
    if enum_name(job, "status") != "DONE":
        raise _refusal("RESULTS_NOT_READY", "The job has not run.")
    if not 0 <= request.page_size <= PAGE:
        raise _refusal("INVALID_PAGE_SIZE", f"A page has at most {PAGE} results.", "page_size")
    blobs = account.store.kept(job.resource_name, RESULTS)
    start = int(request.page_token) if request.page_token.isdigit() else 0
    end = start + (request.page_size or PAGE)
    response = message(SERVICE, "ListBatchJobResultsResponse")()
    for blob in blobs[start:end]:
        response.results.add().ParseFromString(blob)
    if end < len(blobs):
        response.next_page_token = str(end)
    return response


def _job(account: Account, name: str, *path: str) -> Message:
    entry = account.store.entries.get(name)
    if entry is None or entry.kind is not KIND:
        raise Refusal(not_found(name, *path))
    return entry.message


def _changed(job: Message) -> Message:
    copy = type(job)()
    copy.CopyFrom(job)
    return copy


def _put(account: Account, job: Message) -> None:
    account.store.put(job.resource_name, Entry(KIND, job, account.today().isoformat()))


def _token(job: Message, count: int) -> str:
    return f"{job.id}-{count}"


def _refusal(code: str, text: str, *path: str) -> Refusal:
    return Refusal(Problem("batch_job_error", code, text, path))
