"""Long-running operations: what a method that takes its time answers, and how a caller asks for the end.

The answer says that it runs, the first question after it that it is done, so that a caller has to wait once
as it has to with the platform. Two faults of the method that began it end otherwise: `stuck` never, `failed`
with an error, and neither does anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.longrunning import operations_pb2  # type: ignore[import-untyped]
from google.protobuf import any_pb2, empty_pb2

from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal, status_message
from sandbox.google.messages import Message

PATH = "/google.longrunning.Operations/GetOperation"
NAME = re.compile(r"customers/(\d+)/operations/(\w+)-(\d+)")
# What an operation is about → the kind of resource that knows how it ended.
ABOUT = {"batchJob": "batchJobs", "experiment": "experiments", "offlineUserDataJob": "offlineUserDataJobs"}

# Parts of a resource: what went wrong while it was worked on, each a google.rpc.Status; the metadata of its
# last operation; and the version and fate of that.
ERRORS, METADATA, FATE = "errors", "metadata", "fate"
Finish = Callable[[Account, str], None]


@dataclass(frozen=True)
class Work:
    """How the work of a call goes on: in which version its caller reads, and a fault that it meets."""

    version: str
    fault: str = ""  # stuck, failed, or none

    @property
    def goes_on(self) -> bool:
        return not self.fault


def begun(
    account: Account, about: str, resource: str, work: Work, metadata: Message, keep: bool = True
) -> operations_pb2.Operation:
    """The operation of a resource, still running; `metadata` is of the caller's version."""
    id = resource.rsplit("/", 1)[-1]
    operation = operations_pb2.Operation(name=f"{account.root}/operations/{about}-{id}")
    operation.metadata.Pack(metadata)
    if not keep:
        return operation
    account.store.forget(resource, METADATA, FATE, ERRORS)
    account.store.keep(resource, METADATA, [operation.metadata.SerializeToString()])
    account.store.keep(resource, FATE, [f"{work.version} {work.fault}".encode()])
    if work.fault == "failed":
        problem = Problem("internal_error", "INTERNAL_ERROR", "An internal error has occurred.")
        keep_errors(account, resource, [problem])
    return operation


def version_of(account: Account, resource: str) -> str:
    """In which version the caller of a resource's last operation reads."""
    return account.store.kept(resource, FATE)[0].decode().split(" ")[0]


def is_stuck(account: Account, resource: str) -> bool:
    return any(blob.endswith(b" stuck") for blob in account.store.kept(resource, FATE))


def keep_errors(account: Account, resource: str, problems: list[Problem]) -> None:
    """What the operation about a resource ended with."""
    version = version_of(account, resource)
    account.store.forget(resource, ERRORS)
    blobs = [status_message([each], version, "").SerializeToString() for each in problems]
    account.store.keep(resource, ERRORS, blobs)


def asked(account: Account, data: bytes, finish: Mapping[str, Finish]) -> operations_pb2.Operation:
    """GetOperation: done, with an empty response or the error that was kept, or running if it is stuck.

    `finish` does what is left to do about a resource. Raises Refusal for an operation that nobody began.
    """
    request = operations_pb2.GetOperationRequest.FromString(data)
    match = NAME.fullmatch(request.name)
    known = match is not None and match[1] == account.customer and match[2] in ABOUT
    resource = f"{account.root}/{ABOUT[match[2]]}/{match[3]}" if match and known else ""
    metadata = account.store.kept(resource, METADATA)
    if not match or account.store.get(resource) is None or not metadata:
        text = f"Resource '{request.name}' was not found."
        raise Refusal(Problem("mutate_error", "RESOURCE_NOT_FOUND", text, ("name",), request.name))
    operation: Any = operations_pb2.Operation(name=request.name)
    operation.metadata.CopyFrom(any_pb2.Any.FromString(metadata[0]))
    if is_stuck(account, resource):
        return operation
    if match[2] in finish:
        finish[match[2]](account, resource)
    operation.done = True
    errors = account.store.kept(resource, ERRORS)
    if errors:
        operation.error.ParseFromString(errors[0])
    else:
        operation.response.Pack(empty_pb2.Empty())
    return operation
