"""Long-running operations: what a method that takes its time answers, and how a caller asks for the end.

The work is done before the first answer; the answer says that it runs, the first question after it that it is
done, so that a caller has to wait once as it has to with the platform.
"""

from __future__ import annotations

import re

from google.longrunning import operations_pb2  # type: ignore[import-untyped]
from google.protobuf import empty_pb2

from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal

PATH = "/google.longrunning.Operations/GetOperation"
NAME = re.compile(r"customers/(\d+)/operations/(\w+)-(\d+)")
# What an operation is about → the kind of resource that knows how it ended.
ABOUT = {"batchJob": "batchJobs", "experiment": "experiments", "offlineUserDataJob": "offlineUserDataJobs"}

ERRORS = "errors"  # parts of a resource: what went wrong while it was worked on, each a google.rpc.Status


def begun(account: Account, about: str, resource: str) -> operations_pb2.Operation:
    """The operation of a resource, still running."""
    id = resource.rsplit("/", 1)[-1]
    return operations_pb2.Operation(name=f"{account.root}/operations/{about}-{id}")


def asked(account: Account, data: bytes) -> operations_pb2.Operation:
    """GetOperation: done, with an empty response or the error that was kept.

    Raises Refusal for an operation that nobody began."""
    request = operations_pb2.GetOperationRequest.FromString(data)
    match = NAME.fullmatch(request.name)
    known = match is not None and match[1] == account.customer and match[2] in ABOUT
    if not known or account.store.get(f"{account.root}/{ABOUT[match[2]]}/{match[3]}") is None:  # type: ignore[index]
        text = f"Resource '{request.name}' was not found."
        raise Refusal(Problem("mutate_error", "RESOURCE_NOT_FOUND", text, ("name",), request.name))
    operation = operations_pb2.Operation(name=request.name, done=True)
    errors = account.store.kept(f"{account.root}/{ABOUT[match[2]]}/{match[3]}", ERRORS)  # type: ignore[index]
    if errors:
        operation.error.ParseFromString(errors[0])
    else:
        operation.response.Pack(empty_pb2.Empty())
    return operation
